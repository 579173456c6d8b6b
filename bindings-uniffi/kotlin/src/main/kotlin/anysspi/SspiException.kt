package anysspi

import anysspi.bridge.Fault
import anysspi.bridge.FaultDetail
import anysspi.bridge.InternalException
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong

/** What the caller should do about an error. */
public enum class Family {
    /** The credential, the account behind it or a policy about it stands in the way: use another one. */
    CREDENTIAL,

    /** The peer or the negotiation is at fault: close the connection and check both sides. */
    HANDSHAKE,

    /** A message could not be protected or opened: close the connection. */
    PROTECTION,

    /** The call itself is wrong: correct the program. */
    USAGE,

    /** The package, the platform or the domain has no such feature: do without it. */
    UNSUPPORTED,

    /** An authority could not be reached or found: check the network, or try again later. */
    NETWORK,

    /** The library or the system failed, and neither the caller nor the peer is to blame. */
    INTERNAL,
}

/** What an error says beside its status and its context. */
public class ErrorDetails(
    /** A token that the peer should still be sent. */
    public val token: ByteArray? = null,
    /** The NTSTATUS behind it, such as 0xC0000072 for a disabled account. */
    public val ntStatus: UInt? = null,
    /** The Kerberos error code behind it. */
    public val kerberosCode: Int? = null,
    /** What was thrown behind it: by an account look-up of the application. */
    public val cause: Throwable? = null,
)

/**
 * Why a call failed. The class says which status it is, such as [LogonDenied], and its base which family,
 * such as [CredentialException].
 */
public sealed class SspiException(
    /** The number of the status, such as 0x8009030C. */
    public val status: UInt,
    /** The name of the status in the Windows SDK, such as `SEC_E_LOGON_DENIED`. */
    public val symbol: String,
    /** What the caller should do about it. */
    public val family: Family,
    /** What was being done and the likely cause. */
    public val context: String,
    details: ErrorDetails,
) : Exception(textOf(symbol, context, details), details.cause) {
    /** A token that the peer should still be sent, where the package wants it told. */
    public val token: ByteArray? = details.token

    /** The NTSTATUS behind it, such as 0xC0000072 for a disabled account. */
    public val ntStatus: UInt? = details.ntStatus

    /** The Kerberos error code behind it. */
    public val kerberosCode: Int? = details.kerberosCode

    private companion object {
        private const val serialVersionUID: Long = 1

        private fun textOf(symbol: String, context: String, details: ErrorDetails): String {
            val code =
                details.ntStatus?.let { " (NTSTATUS 0x%08X)".format(it.toLong()) }
                    ?: details.kerberosCode?.let { " (Kerberos error $it)" }
            return "$symbol: $context${code.orEmpty()}"
        }
    }
}

/** A status that is not in the table. */
public class UnlistedStatus(
    status: UInt,
    symbol: String,
    family: Family,
    context: String,
    details: ErrorDetails = ErrorDetails(),
) : SspiException(status, symbol, family, context, details)

/** What account look-ups of the application threw, until the errors behind it are told. */
internal class Thrown {
    private val kept = ConcurrentHashMap<ULong, Throwable>()

    fun keep(thrown: Throwable): ULong {
        val number = numbers.incrementAndGet().toULong()
        kept[number] = thrown
        return number
    }

    operator fun get(number: ULong?): Throwable? = number?.let { kept[it] }

    companion object {
        private val numbers = AtomicLong()
        private val current = ThreadLocal<Thrown?>()

        /** A look-up is called in the thread that makes the step, and the step's place is this one. */
        fun here(): Thrown? = current.get()

        fun <T> collecting(thrown: Thrown, work: () -> T): T {
            val before = current.get()
            current.set(thrown)
            try {
                return work()
            } finally {
                current.set(before)
            }
        }
    }
}

/** A call of the native half, whose faults become exceptions. */
internal inline fun <T> calling(thrown: Thrown? = null, call: () -> T): T =
    try {
        call()
    } catch (fault: Fault) {
        throw exceptionOf(fault, thrown)
    } catch (failure: InternalException) {
        throw InternalError("the library failed in a way that is a defect of its own: please report it",
            ErrorDetails(cause = failure))
    } catch (_: IllegalStateException) {
        // What the application's code throws never comes here: UniFFI says that the object was freed.
        throw closed()
    }

internal fun closed(): SspiException = InvalidHandle("it was closed")

internal fun busy(what: String): SspiException = OutOfSequence(
    "another call on this $what is under way, in another thread or in an account look-up of its own: " +
        "one at a time, or one $what for each",
)

internal fun FaultDetail.details(thrown: Thrown?): ErrorDetails =
    ErrorDetails(token, ntStatus, kerberosCode, thrown?.get(cause))

internal fun unlisted(detail: FaultDetail, thrown: Thrown?): SspiException =
    UnlistedStatus(
        detail.status,
        detail.symbol,
        Family.valueOf(detail.family.uppercase()),
        detail.explanation,
        detail.details(thrown),
    )
