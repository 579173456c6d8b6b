package anysspi

import anysspi.bridge.ContextFacts
import anysspi.bridge.NativeEnd
import anysspi.bridge.NegotiationFacts
import anysspi.bridge.Opened
import anysspi.bridge.SizeFacts
import java.nio.ByteBuffer
import java.time.Instant
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** Sizes for message protection. */
public data class Sizes(
    /** The largest token of the handshake. */
    val maxToken: Int,
    /** The largest signature of a signed message. */
    val maxSignature: Int,
    /** The size messages are padded to a multiple of. */
    val blockSize: Int,
    /** The size of the TOKEN buffer of an encrypted message. */
    val securityTrailer: Int,
)

internal fun SizeFacts.sizes(): Sizes =
    Sizes(maxToken.toInt(), maxSignature.toInt(), blockSize.toInt(), securityTrailer.toInt())

internal fun flagsOf(bits: UInt): Set<Flag> =
    Flag.entries.filterTo(linkedSetOf()) { bits and it.bits == it.bits }

/** A package that could not take part in a negotiation. */
public class DroppedPackage(
    /** The package. */
    public val packageName: String,
    /** Why not. */
    public val error: SspiException,
) {
    override fun toString(): String = "DroppedPackage($packageName, ${error.message})"
}

/** How a package was agreed on. */
public class Negotiation(
    /** The packages this side was ready for, in its order. */
    public val offered: List<String>,
    /** The package that was agreed on. */
    public val chosen: String?,
    /** The packages that were passed over before anything was offered, and why. */
    public val dropped: List<DroppedPackage>,
    /** Whether the peer signed the list of mechanisms. */
    public val listWasSigned: Boolean,
) {
    override fun toString(): String = "Negotiation(of ${offered.joinToString()}, chosen $chosen)"
}

private fun NegotiationFacts.negotiation(): Negotiation =
    Negotiation(
        offered,
        chosen,
        dropped.map { DroppedPackage(it.packageName, exceptionOf(it.fault, null)) },
        listWasSigned,
    )

private fun Opened.parts(): Pair<ByteArray, UInt> = message to quality

/**
 * An established context. One call at a time: a second one while one is under way throws [OutOfSequence].
 * Closed, it answers every call that needs its keys with [InvalidHandle].
 */
public class Context internal constructor(private val native: NativeEnd, private val facts: ContextFacts) :
    AutoCloseable {
    @Volatile private var isClosed = false

    private inline fun <T> open(call: () -> T): T {
        if (isClosed) throw closed()
        return calling { call() }
    }

    /**
     * Protects a message: its signature and the message, encrypted where the context has confidentiality. A
     * connectionless context wants the message's number, which must never come twice. Of a stream it gives the
     * bytes to send, for messages of any length.
     */
    public fun wrap(message: ByteArray, number: UInt? = null): ByteArray = open {
        lending(message) { if (number == null) native.wrap(it) else native.wrapDatagram(number, it) }
    }

    /** [wrap] of the bytes that remain in a buffer, which are not copied on their way where it is a direct one. */
    public fun wrap(message: ByteBuffer): ByteArray = open { lending(message) { native.wrap(it) } }

    /** [wrap] in a thread that may work for long. The message must not be changed meanwhile. */
    public suspend fun wrapAsync(message: ByteArray): ByteArray =
        withContext(Dispatchers.Default) { wrap(message) }

    /**
     * Opens a message that the peer protected. One that is not the message that is due harms nothing.
     *
     * Of a stream it takes the bytes as they come, cut anywhere, and gives what is in them, which may be nothing
     * yet; [Handshake.extra] are the first. At the stream's end it throws [ContextExpired].
     */
    public fun unwrap(wrapped: ByteArray, number: UInt? = null): ByteArray = open {
        lending(wrapped) { if (number == null) native.unwrap(it) else native.unwrapDatagram(number, it) }
    }

    /** [unwrap] of the bytes that remain in a buffer, which are not copied on their way where it is a direct one. */
    public fun unwrap(wrapped: ByteBuffer): ByteArray = open { lending(wrapped) { native.unwrap(it) } }

    /** [unwrap] in a thread that may work for long. The message must not be changed meanwhile. */
    public suspend fun unwrapAsync(wrapped: ByteArray): ByteArray =
        withContext(Dispatchers.Default) { unwrap(wrapped) }

    /**
     * [unwrap], which also gives the quality of the protection: 0 where the message was encrypted, 0x80000001
     * (`SECQOP_WRAP_NO_ENCRYPT`) where the peer only signed it. Kerberos and PKU2U open both; everything in a stream
     * is encrypted.
     *
     * ```kotlin
     * val (message, quality) = context.unwrapWithQuality(wrapped)
     * check(quality == 0u) { "it was not encrypted" }
     * ```
     */
    public fun unwrapWithQuality(wrapped: ByteArray): Pair<ByteArray, UInt> = open {
        lending(wrapped) { native.unwrapWithQuality(it) }.parts()
    }

    /** [unwrapWithQuality] of the bytes that remain in a buffer. */
    public fun unwrapWithQuality(wrapped: ByteBuffer): Pair<ByteArray, UInt> = open {
        lending(wrapped) { native.unwrapWithQuality(it) }.parts()
    }

    /** [unwrapWithQuality] in a thread that may work for long. The message must not be changed meanwhile. */
    public suspend fun unwrapWithQualityAsync(wrapped: ByteArray): Pair<ByteArray, UInt> =
        withContext(Dispatchers.Default) { unwrapWithQuality(wrapped) }

    /** Ends a stream: the bytes to send as its last. What the peer still sends can be opened. */
    public fun shutDown(): ByteArray = open { native.shutDown() }

    /**
     * What the client delegated, on a server: credentials to act with, as a [Password], a [SmartCard] or a
     * [CredentialCache], and `null` where it is nothing. They are handed out once; asked again, or on a client, it
     * throws [NoCredentials].
     */
    public fun delegated(): Delegated? = open { native.delegated()?.delegated() }

    /**
     * Who the client is beyond its name, on a server: its realm, SIDs and groups, where the package learns them.
     * Kerberos does.
     */
    public val peer: Peer? get() = open { native.peer()?.let { Peer(it) } }

    /** Signs a message that goes out in the clear. */
    public fun sign(message: ByteArray, number: UInt? = null): ByteArray = open {
        lending(message) { if (number == null) native.sign(it) else native.signDatagram(number, it) }
    }

    /** Checks the signature of a message in the clear; [MessageAltered] says that it is wrong. */
    public fun verify(message: ByteArray, signature: ByteArray, number: UInt? = null): Unit = open {
        lending(message) { data ->
            lending(signature) {
                if (number == null) native.verify(data, it) else native.verifyDatagram(number, data, it)
            }
        }
    }

    private inline fun <T> known(look: (ContextFacts) -> T): T {
        if (isClosed) throw closed()
        return look(facts)
    }

    /** The package: `Negotiate` where it was negotiated. */
    public val packageInfo: PackageInfo get() = known { it.`package`.info() }

    /** The package that was negotiated; the package itself where nothing was. */
    public val negotiatedPackage: PackageInfo get() = known { it.negotiatedPackage.info() }

    /** How the package was agreed on, where it was. */
    public val negotiation: Negotiation? get() = known { it.negotiation?.negotiation() }

    /** Which end this is. */
    public val side: Side get() = known { if (it.isAcceptor) Side.ACCEPTOR else Side.INITIATOR }

    /** What the context has. Every flag is true of it. */
    public val flags: Set<Flag> get() = known { flagsOf(it.flags) }

    /** When it ends; `null` for never. */
    public val expiry: Instant? get() = known { it.expiry }

    /** The client, as `DOMAIN\user`: on a server the user that was authenticated. */
    public val client: String get() = known { it.client }

    /** The client without the domain. */
    public val clientUser: String get() = known { it.clientUser }

    /** The client's domain. */
    public val clientDomain: String? get() = known { it.clientDomain }

    /** Whether the client is anonymous. */
    public val isAnonymous: Boolean get() = known { it.isAnonymous }

    /** The server, as it announced itself. */
    public val server: String? get() = known { it.server }

    /** The workstation the client says it is on. Nobody vouches for it. */
    public val workstation: String? get() = known { it.workstation }

    /** The target's name as the client gave it. */
    public val target: String? get() = known { it.target }

    /** What became of the channel bindings. */
    public val bindingsChecked: BindingsChecked
        get() = known { BindingsChecked.valueOf(it.bindingsChecked.uppercase()) }

    /** The session key. */
    public val sessionKey: ByteArray get() = open { native.sessionKey() }

    /** The sizes for message protection. */
    public val sizes: Sizes get() = known { it.sizes.sizes() }

    /** Asks anything else. */
    public fun query(attribute: Attribute): AttributeValue =
        open { native.query(attribute.number).value() }

    /** Frees the context and wipes its secrets, at the end of the call that is under way if there is one. */
    override fun close() {
        isClosed = true
        native.destroy()
    }

    override fun toString(): String {
        if (isClosed) return "Context(closed)"
        return "Context(${facts.`package`.name}, ${side.name.lowercase()}, client ${facts.client})"
    }
}
