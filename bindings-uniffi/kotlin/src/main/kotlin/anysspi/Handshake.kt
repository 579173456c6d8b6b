package anysspi

import anysspi.bridge.ContextFacts
import anysspi.bridge.HandshakeOptions
import anysspi.bridge.NativeEnd
import anysspi.bridge.Stepped
import java.lang.ref.Reference
import java.util.concurrent.atomic.AtomicBoolean
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.runInterruptible

/** Which end of a context it is. */
public enum class Side {
    /** The client: it sends the first token. */
    INITIATOR,

    /** The server. */
    ACCEPTOR,
}

/**
 * Starts a handshake as the client of a package: `Negotiate`, `Kerberos`, `NTLM`, `CREDSSP`.
 *
 * @param target the server's name, such as `HTTP/web.example.com`
 * @param credential an identity, several, or credentials that were acquired before
 * @param require what must be had beside the default
 * @param request what is asked for and not insisted on
 * @param relax what of the default is not insisted on
 * @param without what is not even asked for
 * @param channelBindings the bindings of the TLS connection
 * @param bindingPolicy what to do about channel bindings
 * @param allow what is off unless it is asked for by name
 * @param packages the packages that Negotiate may use, in order of preference
 * @param withoutPackages the packages that Negotiate may not use
 * @param delegation to which targets credentials may be delegated, if [require] or [request] has
 *   [Flag.DELEGATE]; the default is the [target]
 * @param kdc carries questions to KDCs; without one nobody is asked
 */
public fun initiate(
    packageName: String,
    target: String? = null,
    credential: CredentialSource? = null,
    require: Collection<Flag> = emptySet(),
    request: Collection<Flag> = emptySet(),
    relax: Collection<Flag> = emptySet(),
    without: Collection<Flag> = emptySet(),
    channelBindings: ChannelBindings? = null,
    bindingPolicy: BindingPolicy = BindingPolicy.WHEN_SUPPORTED,
    allow: Collection<Allow> = emptySet(),
    packages: List<String>? = null,
    withoutPackages: Collection<String> = emptySet(),
    delegation: DelegationPolicy? = null,
    kdc: KdcCarrier? = null,
): Handshake =
    Handshake.start(
        optionsOf(
            packageName, isAcceptor = false, credential, target, emptySet(), require, request, relax, without,
            channelBindings, bindingPolicy, allow, packages, withoutPackages, delegation, kdc,
        ),
    )

/**
 * Starts a handshake as the server of a package. It receives first.
 *
 * @param acceptedTargets the names by which clients may have called the server; without any, every name will do
 * @param pacPolicy what becomes of clients of Kerberos by the PAC in their ticket
 */
public fun accept(
    packageName: String,
    credential: CredentialSource? = null,
    acceptedTargets: Collection<String> = emptySet(),
    require: Collection<Flag> = emptySet(),
    request: Collection<Flag> = emptySet(),
    relax: Collection<Flag> = emptySet(),
    without: Collection<Flag> = emptySet(),
    channelBindings: ChannelBindings? = null,
    bindingPolicy: BindingPolicy = BindingPolicy.WHEN_SUPPORTED,
    allow: Collection<Allow> = emptySet(),
    packages: List<String>? = null,
    withoutPackages: Collection<String> = emptySet(),
    kdc: KdcCarrier? = null,
    pacPolicy: PacPolicy = PacPolicy.WHEN_PRESENT,
): Handshake =
    Handshake.start(
        optionsOf(
            packageName, isAcceptor = true, credential, target = null, acceptedTargets, require, request, relax,
            without, channelBindings, bindingPolicy, allow, packages, withoutPackages, delegation = null, kdc,
            pacPolicy,
        ),
    )

/** What the native half is told about a handshake of either side. */
private fun optionsOf(
    packageName: String,
    isAcceptor: Boolean,
    credential: CredentialSource?,
    target: String?,
    acceptedTargets: Collection<String>,
    require: Collection<Flag>,
    request: Collection<Flag>,
    relax: Collection<Flag>,
    without: Collection<Flag>,
    channelBindings: ChannelBindings?,
    bindingPolicy: BindingPolicy,
    allow: Collection<Allow>,
    packages: List<String>?,
    withoutPackages: Collection<String>,
    delegation: DelegationPolicy?,
    kdc: KdcCarrier?,
    pacPolicy: PacPolicy? = null,
): HandshakeOptions =
    HandshakeOptions(
        packageName,
        isAcceptor,
        (credential as? Credential)?.native,
        if (credential is Credential) emptyList() else identitiesOf(credential),
        target,
        acceptedTargets.toList(),
        require.bits(),
        request.bits(),
        relax.bits(),
        without.bits(),
        channelBindings?.applicationData,
        bindingPolicy.name.lowercase(),
        delegation?.lists,
        allow.bits(),
        packages,
        withoutPackages.toList(),
        kdc?.let { GuardedCarrier(it) },
        pacPolicy?.name?.lowercase(),
    )

/**
 * A handshake: a loop over the tokens to send.
 *
 * ```kotlin
 * for (token in handshake) {
 *     send(token)
 *     if (!handshake.done) handshake.receive(receive())
 * }
 * val sealed = handshake.context.wrap(message)
 * ```
 *
 * A token may be empty: there is nothing to send, and more of the peer's bytes are wanted. A package that speaks
 * in a stream, as CREDSSP does, takes bytes cut anywhere; sending nothing and reading on is all there is to do.
 *
 * One call at a time: a second one while one is under way throws [OutOfSequence]. A failed handshake stays
 * failed, and every later call throws the same error.
 */
public class Handshake internal constructor(
    private val native: NativeEnd,
    private val packageName: String,
    /** Which end this is. */
    public val side: Side,
) : Iterable<ByteArray>, AutoCloseable {
    private val isBusy = AtomicBoolean()
    private val thrown = Thrown()

    @Volatile private var isClosed = false

    @Volatile private var facts: ContextFacts? = null

    @Volatile private var remainder = ByteArray(0)
    private var established: Context? = null

    /** Whether the peer's token is awaited. */
    private var isPeersTurn = side == Side.ACCEPTOR

    /** The peer's token, until the next step takes it: a call less. */
    private var received: ByteArray? = null

    /** Makes one call, while nobody makes another. */
    private inline fun <T> alone(call: () -> T): T {
        if (!isBusy.compareAndSet(false, true)) throw busy("handshake")
        try {
            if (isClosed) throw closed()
            return call()
        } finally {
            isBusy.set(false)
            if (isClosed) free()
        }
    }

    /** A call of the native half, whose account look-ups may throw. */
    private fun <T> stepping(call: () -> T): T =
        Thrown.collecting(thrown) { calling(thrown) { call() } }

    /** Hands over the peer's token. The next step does the work. */
    public fun receive(token: ByteArray): Unit = alone { take(token) }

    private fun take(token: ByteArray) {
        if (isPeersTurn) {
            received = token.copyOf()
            isPeersTurn = false
            return
        }
        // Out of turn: the native half says why, once it knows what there was before.
        received?.let { earlier -> stepping { lending(earlier) { native.receive(it) } } }
        received = null
        stepping { lending(token) { native.receive(it) } }
    }

    /** Does the work; gives the next token to send, or `null` at the end. */
    public fun next(): ByteArray? = alone { advance() }

    private fun advance(): ByteArray? {
        if (facts != null) return null
        val token = received
        received = null
        val stepped =
            if (token == null) stepping { native.advance() }
            else stepping { lending(token) { native.step(it) } }
        return came(stepped)
    }

    private fun came(stepped: Stepped): ByteArray? {
        stepped.facts?.let {
            remainder = stepped.extra
            facts = it
        }
        isPeersTurn = facts == null
        return stepped.token
    }

    /** [receive] and [next] in one call, for those who loop by hand. A client's first step has no token. */
    public fun step(token: ByteArray? = null): ByteArray? = alone {
        if (token == null) return@alone advance()
        if (!isPeersTurn) {
            take(token)
            return@alone advance()
        }
        isPeersTurn = false
        came(stepping { lending(token) { native.step(it) } })
    }

    /** Has a server speak first, where a protocol wants that: a connectionless one. */
    public fun speakFirst(): ByteArray = alone { stepping { native.speakFirst() } }

    /**
     * [next] in a thread that may wait: an account look-up may take its time. A coroutine that is cancelled
     * interrupts it.
     */
    public suspend fun nextAsync(): ByteArray? = waiting { next() }

    /** [step] in a thread that may wait. */
    public suspend fun stepAsync(token: ByteArray? = null): ByteArray? = waiting { step(token) }

    /** Who cancels it interrupts the look-up that is under way, and has cancelled it, whatever comes of that. */
    private suspend fun <T> waiting(work: () -> T): T =
        try {
            runInterruptible(Dispatchers.IO, work)
        } catch (error: SspiException) {
            currentCoroutineContext().ensureActive()
            throw error
        }

    /** Whether the context stands. A last token may still have to be sent. */
    public val done: Boolean get() = facts != null && !isClosed

    /** The context; [OutOfSequence] before [done]. It outlives the handshake, and is its owner's to close. */
    public val context: Context get() = alone {
        established ?: run {
            // Before its time it is an error, which the native half knows.
            val known = facts ?: stepping { native.facts() }
            Context(native, known).also { established = it }
        }
    }

    /** The peer's bytes beyond the end of the handshake: of a stream the first for [Context.unwrap]. */
    public val extra: ByteArray get() = remainder.copyOf()

    /** The tokens to send. A loop that was left goes on where it was. */
    override fun iterator(): Iterator<ByteArray> = object : Iterator<ByteArray> {
        private var token: ByteArray? = null

        override fun hasNext(): Boolean {
            if (token == null) token = this@Handshake.next()
            return token != null
        }

        override fun next(): ByteArray {
            if (!hasNext()) throw NoSuchElementException("the handshake is at its end")
            return token!!.also { token = null }
        }
    }

    /**
     * Ends the handshake and wipes its secrets, at the end of the call that is under way if there is one. A
     * context that was taken stays.
     */
    override fun close() {
        isClosed = true
        if (isBusy.compareAndSet(false, true)) {
            try {
                free()
            } finally {
                isBusy.set(false)
            }
        }
    }

    private fun free() {
        received = null
        if (established == null) native.destroy()
    }

    override fun toString(): String {
        val phase = when {
            isClosed -> "closed"
            isBusy.get() -> "busy"
            done -> "done"
            else -> "running"
        }
        return "Handshake($packageName, ${side.name.lowercase()}, $phase)"
    }

    internal companion object {
        fun start(options: HandshakeOptions, start: (HandshakeOptions) -> NativeEnd = NativeEnd::start): Handshake =
            try {
                Handshake(
                    calling { start(options) },
                    options.packageName,
                    if (options.isAcceptor) Side.ACCEPTOR else Side.INITIATOR,
                )
            } finally {
                // What it is made from is not collected before it was handed over.
                Reference.reachabilityFence(options)
            }
    }
}
