package anysspi

import anysspi.bridge.BufferAfter
import anysspi.bridge.BufferPlace
import anysspi.bridge.MessageCall
import anysspi.bridge.NativeSecurityContext
import anysspi.bridge.RawAnswer
import anysspi.bridge.RawBuffer
import java.lang.ref.Reference
import java.time.Instant
import java.util.concurrent.atomic.AtomicBoolean

/**
 * The interface call by call, under its own names and with its own status codes, for people who port code or
 * read the Windows documentation.
 *
 * Statuses of the `SEC_I_` family come in [Outcome], those of the `SEC_E_` family as an [SspiException].
 */
public object Raw {
    /**
     * A typed buffer (`SecBuffer`) over [data], which is written in place.
     *
     * [length] says how many of its bytes count as an input: all at first, and after a call those that the call
     * wrote, or how many are needed. An output may use all of them. Memory that a call allocated is in [data].
     */
    public class Buffer(
        kind: BufferKind,
        data: ByteArray? = null,
        /** How it may be used. */
        public val attributes: BufferAttributes = BufferAttributes(0u),
    ) {
        /** What it is for. */
        public var kind: BufferKind = kind
            internal set

        /** The array with the bytes. */
        public var data: ByteArray? = data
            internal set

        /** Where in it they begin: the message in a STREAM buffer begins behind its signature. */
        public var offset: Int = 0
            internal set

        /** How many bytes count, or are needed. */
        public var length: Int = data?.size ?: 0
            internal set

        internal val isBusy = AtomicBoolean()

        /** A copy of the bytes that count. */
        public fun toByteArray(): ByteArray {
            val bytes = data ?: return ByteArray(0)
            return bytes.copyOfRange(offset, minOf(offset + length, bytes.size))
        }

        override fun toString(): String = "Buffer($kind, $length bytes)"

        internal fun lent(): RawBuffer {
            val memory = data?.let { if (offset == 0) it else it.copyOfRange(offset, it.size) }
            val counting = minOf(length, memory?.size ?: 0)
            return RawBuffer(kind.number, attributes.bits, memory, counting.toUInt())
        }

        internal fun became(after: BufferAfter, all: List<Buffer>) {
            kind = BufferKind(after.kind)
            length = after.length.toInt()
            when (val place = after.place) {
                BufferPlace.Unchanged -> {}
                BufferPlace.Nowhere -> if (data?.isEmpty() != true) data = null
                is BufferPlace.Written -> data?.let { place.bytes.copyInto(it, offset) }
                is BufferPlace.Allocated -> {
                    data = place.bytes
                    offset = 0
                }
                is BufferPlace.Within -> {
                    val other = all[place.buffer.toInt()]
                    data = other.data
                    offset = other.offset + place.offset.toInt()
                    data?.let { place.bytes.copyInto(it, offset) }
                }
            }
        }
    }

    /**
     * A context (`CtxtHandle`): null at first, then a handshake, then established.
     *
     * Without a [BindingPolicy] the flags decide, as on Windows: a server with bindings refuses a client that has
     * none, unless ALLOW_MISSING_BINDINGS is among its flags.
     *
     * @param kdc carries questions to KDCs within the legs of the handshake; without one nobody is asked
     */
    public class SecurityContext(
        bindingPolicy: BindingPolicy? = null,
        acceptedTargets: Collection<String> = emptySet(),
        pacPolicy: PacPolicy? = null,
        kdc: KdcCarrier? = null,
    ) {
        internal val thrown = Thrown()
        internal val native: NativeSecurityContext = calling {
            val policies = listOf(bindingPolicy, pacPolicy).map { it?.name?.lowercase() }
            val carrier = kdc?.let { GuardedCarrier(it) }
            NativeSecurityContext.`null`(policies[0], acceptedTargets.toList(), policies[1], carrier)
        }

        /** Whether the context is established. */
        public val isEstablished: Boolean get() = calling { native.isEstablished() }

        override fun toString(): String = "SecurityContext(${if (isEstablished) "established" else "not established"})"
    }

    /** What a call answers besides the token. Flags and expiry are final only with SEC_E_OK. */
    public class Outcome<Flags> internal constructor(
        /** SEC_E_OK or a status of the SEC_I_ family. */
        public val status: Status,
        /** What the context has. */
        public val flags: Flags,
        /** When it ends; `null` for never. */
        public val expiry: Instant?,
    ) {
        override fun toString(): String = "Outcome($status)"
    }

    /** What is told about every package (`EnumerateSecurityPackages`). */
    public fun enumerateSecurityPackages(): List<PackageInfo> = packages()

    /** What is told about a package (`QuerySecurityPackageInfo`). */
    public fun querySecurityPackageInfo(name: String): PackageInfo = packageInfo(name)

    /** Acquires credentials, and says when they expire (`AcquireCredentialsHandle`). */
    public fun acquireCredentialsHandle(
        principal: String?,
        packageName: String,
        usage: Usage,
        identity: CredentialSource?,
        allow: Collection<Allow> = emptySet(),
        packages: List<String>? = null,
        withoutPackages: Collection<String> = emptySet(),
        delegation: DelegationPolicy? = null,
    ): Pair<Credential, Instant?> {
        val credential =
            Credential(packageName, identity, usage, principal, allow, packages, withoutPackages, delegation)
        return credential to credential.expiry
    }

    /** Whose credentials they are (`QueryCredentialsAttributes`). */
    public fun queryCredentialsAttributes(credential: Credential): String = credential.name

    /** Frees a credential; contexts that were made from it go on (`FreeCredentialsHandle`). */
    public fun freeCredentialsHandle(credential: Credential): Unit = calling {
        credential.native.release()
    }

    /**
     * One leg as the client (`InitializeSecurityContext`).
     *
     * The first call takes credentials and a null context; later calls may leave the credentials out. Input: TOKEN
     * with the peer's token, EMPTY for MISSING or EXTRA, CHANNEL_BINDINGS. Output: TOKEN. With ALLOCATE_MEMORY the
     * output is allocated; without, a buffer that is too small throws [BufferTooSmall], its length says what is
     * needed, and the same call may be made again.
     */
    public fun initializeSecurityContext(
        credential: Credential?,
        context: SecurityContext,
        target: String?,
        flags: IscReq,
        input: List<Buffer>,
        output: List<Buffer>,
    ): Outcome<IscRet> {
        val said = lent(context, input, output) { given, taken ->
            context.native.initializeLeg(credential?.native, target, flags.bits, given, taken)
        }
        Reference.reachabilityFence(credential)
        return Outcome(Status(said.status), IscRet(said.flags), said.expiry)
    }

    /** One leg as the server (`AcceptSecurityContext`). The buffers are those of [initializeSecurityContext]. */
    public fun acceptSecurityContext(
        credential: Credential?,
        context: SecurityContext,
        flags: AscReq,
        input: List<Buffer>,
        output: List<Buffer>,
    ): Outcome<AscRet> {
        val said = lent(context, input, output) { given, taken ->
            context.native.acceptLeg(credential?.native, flags.bits, given, taken)
        }
        Reference.reachabilityFence(credential)
        return Outcome(Status(said.status), AscRet(said.flags), said.expiry)
    }

    /** Completes a token after SEC_I_COMPLETE_NEEDED or SEC_I_COMPLETE_AND_CONTINUE (`CompleteAuthToken`). */
    public fun completeAuthToken(context: SecurityContext, token: List<Buffer>) {
        lent(context, token, emptyList()) { given, _ -> context.native.complete(given) }
    }

    /** Deletes a context and wipes its secrets (`DeleteSecurityContext`). */
    public fun deleteSecurityContext(context: SecurityContext): Unit = calling {
        context.native.deleteContext()
    }

    /** Answers a question about an established context (`QueryContextAttributes`). */
    public fun queryContextAttributes(context: SecurityContext, attribute: Attribute): AttributeValue =
        calling { context.native.query(attribute.number).value() }

    /**
     * Sets UNIQUE_BINDINGS or ENDPOINT_BINDINGS, as a `SEC_CHANNEL_BINDINGS` structure
     * ([ChannelBindings.toStructure]), before the context is established (`SetContextAttributes`).
     */
    public fun setContextAttributes(context: SecurityContext, attribute: Attribute, value: ByteArray): Unit =
        calling { lending(value) { context.native.setAttribute(attribute.number, it) } }

    /** Who the client of a server's context is (`QuerySecurityContextToken`). */
    public fun querySecurityContextToken(context: SecurityContext): AccessToken =
        calling { context.native.accessToken().token() }

    /**
     * Signs the DATA buffers into the TOKEN buffer (`MakeSignature`). The sequence number counts only in
     * connectionless contexts.
     */
    public fun makeSignature(context: SecurityContext, quality: UInt, message: List<Buffer>, sequence: UInt = 0u) {
        protect(context, MessageCall.SIGN, quality, message, sequence)
    }

    /** Checks the signature in the TOKEN buffer; gives the quality of the protection (`VerifySignature`). */
    public fun verifySignature(context: SecurityContext, message: List<Buffer>, sequence: UInt = 0u): UInt =
        protect(context, MessageCall.VERIFY, 0u, message, sequence)

    /**
     * Encrypts the DATA buffers in place and signs them into the TOKEN buffer (`EncryptMessage`). In a stream the
     * signature is in STREAM_HEADER and STREAM_TRAILER buffers, of the sizes that STREAM_SIZES says.
     */
    public fun encryptMessage(context: SecurityContext, quality: UInt, message: List<Buffer>, sequence: UInt = 0u) {
        protect(context, MessageCall.ENCRYPT, quality, message, sequence)
    }

    /**
     * Decrypts the DATA buffers in place and checks the signature, which is in the TOKEN buffer or at the start of a
     * STREAM buffer; an empty DATA buffer then receives the message, in the stream's array (`DecryptMessage`).
     * Gives the quality of the protection.
     *
     * A stream comes as it was received, in one DATA buffer with three EMPTY ones behind it. They become
     * STREAM_HEADER, DATA with the message, STREAM_TRAILER, and EXTRA with what follows. Too few bytes throw
     * [IncompleteMessage], and an EMPTY buffer becomes MISSING; the end of the stream throws [ContextExpired].
     */
    public fun decryptMessage(context: SecurityContext, message: List<Buffer>, sequence: UInt = 0u): UInt =
        protect(context, MessageCall.DECRYPT, 0u, message, sequence)

    /** Ends a stream: the bytes to send as its last (`ApplyControlToken` with `SCHANNEL_SHUTDOWN`). */
    public fun shutDownStream(context: SecurityContext): ByteArray = calling { context.native.shutDownStream() }

    private fun protect(
        context: SecurityContext,
        call: MessageCall,
        quality: UInt,
        message: List<Buffer>,
        sequence: UInt,
    ): UInt =
        lent(context, message, emptyList()) { given, _ ->
            context.native.protect(call, quality, sequence, given)
        }.quality

    /** Lends lists of buffers to a call, and writes down what became of them, also where it failed. */
    private fun lent(
        context: SecurityContext,
        input: List<Buffer>,
        output: List<Buffer>,
        call: (List<RawBuffer>, List<RawBuffer>) -> RawAnswer,
    ): RawAnswer {
        val all = input + output
        val taken = all.takeWhile { it.isBusy.compareAndSet(false, true) }
        try {
            if (taken.size < all.size) {
                throw InvalidParameter("the same buffer is twice in the lists of one call, or in another call")
            }
            return lentAlone(context, input, output, call)
        } finally {
            taken.forEach { it.isBusy.set(false) }
        }
    }

    private fun lentAlone(
        context: SecurityContext,
        input: List<Buffer>,
        output: List<Buffer>,
        call: (List<RawBuffer>, List<RawBuffer>) -> RawAnswer,
    ): RawAnswer {
        val all = input + output
        val arrays = all.mapNotNull { it.data }.filter { it.isNotEmpty() }
        if (arrays.indices.any { at -> arrays.take(at).any { it === arrays[at] } }) {
            throw InvalidParameter("two buffers share an array: give each its own")
        }
        val thrown = context.thrown
        val answer = Thrown.collecting(thrown) {
            calling(thrown) { call(input.map { it.lent() }, output.map { it.lent() }) }
        }
        answer.buffers.zip(all) { after, buffer -> buffer.became(after, all) }
        answer.fault?.let { throw exceptionOf(it, thrown) }
        return answer
    }
}
