// Written by `cargo xtask generate` from the core: do not edit.
package anysspi

/** What a client asks for (`ISC_REQ_*`). */
@JvmInline
public value class IscReq(
    /** The number. */
    public val bits: ULong,
) {
    /** The flags of both. */
    public infix fun or(other: IscReq): IscReq = IscReq(bits or other.bits)

    /** Whether all of these flags are among them. */
    public operator fun contains(other: IscReq): Boolean = bits and other.bits == other.bits

    override fun toString(): String = namesOf(bits, symbols)

    public companion object {
        public val DELEGATE: IscReq = IscReq(0x1uL)
        public val MUTUAL_AUTH: IscReq = IscReq(0x2uL)
        public val REPLAY_DETECT: IscReq = IscReq(0x4uL)
        public val SEQUENCE_DETECT: IscReq = IscReq(0x8uL)
        public val CONFIDENTIALITY: IscReq = IscReq(0x10uL)
        public val USE_SESSION_KEY: IscReq = IscReq(0x20uL)
        public val PROMPT_FOR_CREDS: IscReq = IscReq(0x40uL)
        public val USE_SUPPLIED_CREDS: IscReq = IscReq(0x80uL)
        public val ALLOCATE_MEMORY: IscReq = IscReq(0x100uL)
        public val USE_DCE_STYLE: IscReq = IscReq(0x200uL)
        public val DATAGRAM: IscReq = IscReq(0x400uL)
        public val CONNECTION: IscReq = IscReq(0x800uL)
        public val CALL_LEVEL: IscReq = IscReq(0x1000uL)
        public val FRAGMENT_SUPPLIED: IscReq = IscReq(0x2000uL)
        public val EXTENDED_ERROR: IscReq = IscReq(0x4000uL)
        public val STREAM: IscReq = IscReq(0x8000uL)
        public val INTEGRITY: IscReq = IscReq(0x10000uL)
        public val IDENTIFY: IscReq = IscReq(0x20000uL)
        public val NULL_SESSION: IscReq = IscReq(0x40000uL)
        public val MANUAL_CRED_VALIDATION: IscReq = IscReq(0x80000uL)
        public val RESERVED1: IscReq = IscReq(0x100000uL)
        public val FRAGMENT_TO_FIT: IscReq = IscReq(0x200000uL)
        public val FORWARD_CREDENTIALS: IscReq = IscReq(0x400000uL)
        public val NO_INTEGRITY: IscReq = IscReq(0x800000uL)
        public val USE_HTTP_STYLE: IscReq = IscReq(0x1000000uL)
        public val UNVERIFIED_TARGET_NAME: IscReq = IscReq(0x20000000uL)
        public val CONFIDENTIALITY_ONLY: IscReq = IscReq(0x40000000uL)
        public val MESSAGES: IscReq = IscReq(0x100000000uL)
        public val DEFERRED_CRED_VALIDATION: IscReq = IscReq(0x200000000uL)

        private val symbols = mapOf(
            0x1uL to "DELEGATE",
            0x2uL to "MUTUAL_AUTH",
            0x4uL to "REPLAY_DETECT",
            0x8uL to "SEQUENCE_DETECT",
            0x10uL to "CONFIDENTIALITY",
            0x20uL to "USE_SESSION_KEY",
            0x40uL to "PROMPT_FOR_CREDS",
            0x80uL to "USE_SUPPLIED_CREDS",
            0x100uL to "ALLOCATE_MEMORY",
            0x200uL to "USE_DCE_STYLE",
            0x400uL to "DATAGRAM",
            0x800uL to "CONNECTION",
            0x1000uL to "CALL_LEVEL",
            0x2000uL to "FRAGMENT_SUPPLIED",
            0x4000uL to "EXTENDED_ERROR",
            0x8000uL to "STREAM",
            0x10000uL to "INTEGRITY",
            0x20000uL to "IDENTIFY",
            0x40000uL to "NULL_SESSION",
            0x80000uL to "MANUAL_CRED_VALIDATION",
            0x100000uL to "RESERVED1",
            0x200000uL to "FRAGMENT_TO_FIT",
            0x400000uL to "FORWARD_CREDENTIALS",
            0x800000uL to "NO_INTEGRITY",
            0x1000000uL to "USE_HTTP_STYLE",
            0x20000000uL to "UNVERIFIED_TARGET_NAME",
            0x40000000uL to "CONFIDENTIALITY_ONLY",
            0x100000000uL to "MESSAGES",
            0x200000000uL to "DEFERRED_CRED_VALIDATION",
        )
    }
}

/** What a client's context has (`ISC_RET_*`). */
@JvmInline
public value class IscRet(
    /** The number. */
    public val bits: ULong,
) {
    /** The flags of both. */
    public infix fun or(other: IscRet): IscRet = IscRet(bits or other.bits)

    /** Whether all of these flags are among them. */
    public operator fun contains(other: IscRet): Boolean = bits and other.bits == other.bits

    override fun toString(): String = namesOf(bits, symbols)

    public companion object {
        public val DELEGATE: IscRet = IscRet(0x1uL)
        public val MUTUAL_AUTH: IscRet = IscRet(0x2uL)
        public val REPLAY_DETECT: IscRet = IscRet(0x4uL)
        public val SEQUENCE_DETECT: IscRet = IscRet(0x8uL)
        public val CONFIDENTIALITY: IscRet = IscRet(0x10uL)
        public val USE_SESSION_KEY: IscRet = IscRet(0x20uL)
        public val USED_COLLECTED_CREDS: IscRet = IscRet(0x40uL)
        public val USED_SUPPLIED_CREDS: IscRet = IscRet(0x80uL)
        public val ALLOCATED_MEMORY: IscRet = IscRet(0x100uL)
        public val USED_DCE_STYLE: IscRet = IscRet(0x200uL)
        public val DATAGRAM: IscRet = IscRet(0x400uL)
        public val CONNECTION: IscRet = IscRet(0x800uL)
        public val INTERMEDIATE_RETURN: IscRet = IscRet(0x1000uL)
        public val CALL_LEVEL: IscRet = IscRet(0x2000uL)
        public val EXTENDED_ERROR: IscRet = IscRet(0x4000uL)
        public val STREAM: IscRet = IscRet(0x8000uL)
        public val INTEGRITY: IscRet = IscRet(0x10000uL)
        public val IDENTIFY: IscRet = IscRet(0x20000uL)
        public val NULL_SESSION: IscRet = IscRet(0x40000uL)
        public val MANUAL_CRED_VALIDATION: IscRet = IscRet(0x80000uL)
        public val RESERVED1: IscRet = IscRet(0x100000uL)
        public val FRAGMENT_ONLY: IscRet = IscRet(0x200000uL)
        public val FORWARD_CREDENTIALS: IscRet = IscRet(0x400000uL)
        public val USED_HTTP_STYLE: IscRet = IscRet(0x1000000uL)
        public val NO_ADDITIONAL_TOKEN: IscRet = IscRet(0x2000000uL)
        public val REAUTHENTICATION: IscRet = IscRet(0x8000000uL)
        public val CONFIDENTIALITY_ONLY: IscRet = IscRet(0x40000000uL)
        public val MESSAGES: IscRet = IscRet(0x100000000uL)
        public val DEFERRED_CRED_VALIDATION: IscRet = IscRet(0x200000000uL)

        private val symbols = mapOf(
            0x1uL to "DELEGATE",
            0x2uL to "MUTUAL_AUTH",
            0x4uL to "REPLAY_DETECT",
            0x8uL to "SEQUENCE_DETECT",
            0x10uL to "CONFIDENTIALITY",
            0x20uL to "USE_SESSION_KEY",
            0x40uL to "USED_COLLECTED_CREDS",
            0x80uL to "USED_SUPPLIED_CREDS",
            0x100uL to "ALLOCATED_MEMORY",
            0x200uL to "USED_DCE_STYLE",
            0x400uL to "DATAGRAM",
            0x800uL to "CONNECTION",
            0x1000uL to "INTERMEDIATE_RETURN",
            0x2000uL to "CALL_LEVEL",
            0x4000uL to "EXTENDED_ERROR",
            0x8000uL to "STREAM",
            0x10000uL to "INTEGRITY",
            0x20000uL to "IDENTIFY",
            0x40000uL to "NULL_SESSION",
            0x80000uL to "MANUAL_CRED_VALIDATION",
            0x100000uL to "RESERVED1",
            0x200000uL to "FRAGMENT_ONLY",
            0x400000uL to "FORWARD_CREDENTIALS",
            0x1000000uL to "USED_HTTP_STYLE",
            0x2000000uL to "NO_ADDITIONAL_TOKEN",
            0x8000000uL to "REAUTHENTICATION",
            0x40000000uL to "CONFIDENTIALITY_ONLY",
            0x100000000uL to "MESSAGES",
            0x200000000uL to "DEFERRED_CRED_VALIDATION",
        )
    }
}

/** What a server asks for (`ASC_REQ_*`). */
@JvmInline
public value class AscReq(
    /** The number. */
    public val bits: ULong,
) {
    /** The flags of both. */
    public infix fun or(other: AscReq): AscReq = AscReq(bits or other.bits)

    /** Whether all of these flags are among them. */
    public operator fun contains(other: AscReq): Boolean = bits and other.bits == other.bits

    override fun toString(): String = namesOf(bits, symbols)

    public companion object {
        public val DELEGATE: AscReq = AscReq(0x1uL)
        public val MUTUAL_AUTH: AscReq = AscReq(0x2uL)
        public val REPLAY_DETECT: AscReq = AscReq(0x4uL)
        public val SEQUENCE_DETECT: AscReq = AscReq(0x8uL)
        public val CONFIDENTIALITY: AscReq = AscReq(0x10uL)
        public val USE_SESSION_KEY: AscReq = AscReq(0x20uL)
        public val SESSION_TICKET: AscReq = AscReq(0x40uL)
        public val ALLOCATE_MEMORY: AscReq = AscReq(0x100uL)
        public val USE_DCE_STYLE: AscReq = AscReq(0x200uL)
        public val DATAGRAM: AscReq = AscReq(0x400uL)
        public val CONNECTION: AscReq = AscReq(0x800uL)
        public val CALL_LEVEL: AscReq = AscReq(0x1000uL)
        public val FRAGMENT_SUPPLIED: AscReq = AscReq(0x2000uL)
        public val EXTENDED_ERROR: AscReq = AscReq(0x8000uL)
        public val STREAM: AscReq = AscReq(0x10000uL)
        public val INTEGRITY: AscReq = AscReq(0x20000uL)
        public val LICENSING: AscReq = AscReq(0x40000uL)
        public val IDENTIFY: AscReq = AscReq(0x80000uL)
        public val ALLOW_NULL_SESSION: AscReq = AscReq(0x100000uL)
        public val ALLOW_NON_USER_LOGONS: AscReq = AscReq(0x200000uL)
        public val ALLOW_CONTEXT_REPLAY: AscReq = AscReq(0x400000uL)
        public val FRAGMENT_TO_FIT: AscReq = AscReq(0x800000uL)
        public val NO_TOKEN: AscReq = AscReq(0x1000000uL)
        public val PROXY_BINDINGS: AscReq = AscReq(0x4000000uL)
        public val ALLOW_MISSING_BINDINGS: AscReq = AscReq(0x10000000uL)
        public val MESSAGES: AscReq = AscReq(0x100000000uL)

        private val symbols = mapOf(
            0x1uL to "DELEGATE",
            0x2uL to "MUTUAL_AUTH",
            0x4uL to "REPLAY_DETECT",
            0x8uL to "SEQUENCE_DETECT",
            0x10uL to "CONFIDENTIALITY",
            0x20uL to "USE_SESSION_KEY",
            0x40uL to "SESSION_TICKET",
            0x100uL to "ALLOCATE_MEMORY",
            0x200uL to "USE_DCE_STYLE",
            0x400uL to "DATAGRAM",
            0x800uL to "CONNECTION",
            0x1000uL to "CALL_LEVEL",
            0x2000uL to "FRAGMENT_SUPPLIED",
            0x8000uL to "EXTENDED_ERROR",
            0x10000uL to "STREAM",
            0x20000uL to "INTEGRITY",
            0x40000uL to "LICENSING",
            0x80000uL to "IDENTIFY",
            0x100000uL to "ALLOW_NULL_SESSION",
            0x200000uL to "ALLOW_NON_USER_LOGONS",
            0x400000uL to "ALLOW_CONTEXT_REPLAY",
            0x800000uL to "FRAGMENT_TO_FIT",
            0x1000000uL to "NO_TOKEN",
            0x4000000uL to "PROXY_BINDINGS",
            0x10000000uL to "ALLOW_MISSING_BINDINGS",
            0x100000000uL to "MESSAGES",
        )
    }
}

/** What a server's context has (`ASC_RET_*`). */
@JvmInline
public value class AscRet(
    /** The number. */
    public val bits: ULong,
) {
    /** The flags of both. */
    public infix fun or(other: AscRet): AscRet = AscRet(bits or other.bits)

    /** Whether all of these flags are among them. */
    public operator fun contains(other: AscRet): Boolean = bits and other.bits == other.bits

    override fun toString(): String = namesOf(bits, symbols)

    public companion object {
        public val DELEGATE: AscRet = AscRet(0x1uL)
        public val MUTUAL_AUTH: AscRet = AscRet(0x2uL)
        public val REPLAY_DETECT: AscRet = AscRet(0x4uL)
        public val SEQUENCE_DETECT: AscRet = AscRet(0x8uL)
        public val CONFIDENTIALITY: AscRet = AscRet(0x10uL)
        public val USE_SESSION_KEY: AscRet = AscRet(0x20uL)
        public val SESSION_TICKET: AscRet = AscRet(0x40uL)
        public val ALLOCATED_MEMORY: AscRet = AscRet(0x100uL)
        public val USED_DCE_STYLE: AscRet = AscRet(0x200uL)
        public val DATAGRAM: AscRet = AscRet(0x400uL)
        public val CONNECTION: AscRet = AscRet(0x800uL)
        public val CALL_LEVEL: AscRet = AscRet(0x2000uL)
        public val THIRD_LEG_FAILED: AscRet = AscRet(0x4000uL)
        public val EXTENDED_ERROR: AscRet = AscRet(0x8000uL)
        public val STREAM: AscRet = AscRet(0x10000uL)
        public val INTEGRITY: AscRet = AscRet(0x20000uL)
        public val LICENSING: AscRet = AscRet(0x40000uL)
        public val IDENTIFY: AscRet = AscRet(0x80000uL)
        public val NULL_SESSION: AscRet = AscRet(0x100000uL)
        public val ALLOW_NON_USER_LOGONS: AscRet = AscRet(0x200000uL)
        public val ALLOW_CONTEXT_REPLAY: AscRet = AscRet(0x400000uL)
        public val FRAGMENT_ONLY: AscRet = AscRet(0x800000uL)
        public val NO_TOKEN: AscRet = AscRet(0x1000000uL)
        public val NO_ADDITIONAL_TOKEN: AscRet = AscRet(0x2000000uL)
        public val MESSAGES: AscRet = AscRet(0x100000000uL)

        private val symbols = mapOf(
            0x1uL to "DELEGATE",
            0x2uL to "MUTUAL_AUTH",
            0x4uL to "REPLAY_DETECT",
            0x8uL to "SEQUENCE_DETECT",
            0x10uL to "CONFIDENTIALITY",
            0x20uL to "USE_SESSION_KEY",
            0x40uL to "SESSION_TICKET",
            0x100uL to "ALLOCATED_MEMORY",
            0x200uL to "USED_DCE_STYLE",
            0x400uL to "DATAGRAM",
            0x800uL to "CONNECTION",
            0x2000uL to "CALL_LEVEL",
            0x4000uL to "THIRD_LEG_FAILED",
            0x8000uL to "EXTENDED_ERROR",
            0x10000uL to "STREAM",
            0x20000uL to "INTEGRITY",
            0x40000uL to "LICENSING",
            0x80000uL to "IDENTIFY",
            0x100000uL to "NULL_SESSION",
            0x200000uL to "ALLOW_NON_USER_LOGONS",
            0x400000uL to "ALLOW_CONTEXT_REPLAY",
            0x800000uL to "FRAGMENT_ONLY",
            0x1000000uL to "NO_TOKEN",
            0x2000000uL to "NO_ADDITIONAL_TOKEN",
            0x100000000uL to "MESSAGES",
        )
    }
}

/** How a buffer may be used (`SECBUFFER_READONLY*`). */
@JvmInline
public value class BufferAttributes(
    /** The number. */
    public val bits: UInt,
) {
    /** The flags of both. */
    public infix fun or(other: BufferAttributes): BufferAttributes = BufferAttributes(bits or other.bits)

    /** Whether all of these flags are among them. */
    public operator fun contains(other: BufferAttributes): Boolean = bits and other.bits == other.bits

    override fun toString(): String = namesOf(bits.toULong(), symbols)

    public companion object {
        public val READONLY: BufferAttributes = BufferAttributes(0x80000000u)
        public val READONLY_WITH_CHECKSUM: BufferAttributes = BufferAttributes(0x10000000u)

        private val symbols = mapOf(
            0x80000000uL to "READONLY",
            0x10000000uL to "READONLY_WITH_CHECKSUM",
        )
    }
}

/** What a buffer is for (`SECBUFFER_*`). */
@JvmInline
public value class BufferKind(
    /** The number. */
    public val number: UInt,
) {
    override fun toString(): String = symbols[number] ?: "0x%08X".format(number.toLong())

    public companion object {
        public val EMPTY: BufferKind = BufferKind(0x0u)
        public val DATA: BufferKind = BufferKind(0x1u)
        public val TOKEN: BufferKind = BufferKind(0x2u)
        public val PKG_PARAMS: BufferKind = BufferKind(0x3u)
        public val MISSING: BufferKind = BufferKind(0x4u)
        public val EXTRA: BufferKind = BufferKind(0x5u)
        public val STREAM_TRAILER: BufferKind = BufferKind(0x6u)
        public val STREAM_HEADER: BufferKind = BufferKind(0x7u)
        public val NEGOTIATION_INFO: BufferKind = BufferKind(0x8u)
        public val PADDING: BufferKind = BufferKind(0x9u)
        public val STREAM: BufferKind = BufferKind(0xAu)
        public val MECHLIST: BufferKind = BufferKind(0xBu)
        public val MECHLIST_SIGNATURE: BufferKind = BufferKind(0xCu)
        public val TARGET: BufferKind = BufferKind(0xDu)
        public val CHANNEL_BINDINGS: BufferKind = BufferKind(0xEu)
        public val CHANGE_PASS_RESPONSE: BufferKind = BufferKind(0xFu)
        public val TARGET_HOST: BufferKind = BufferKind(0x10u)
        public val ALERT: BufferKind = BufferKind(0x11u)
        public val APPLICATION_PROTOCOLS: BufferKind = BufferKind(0x12u)

        private val symbols = mapOf(
            0x0u to "EMPTY",
            0x1u to "DATA",
            0x2u to "TOKEN",
            0x3u to "PKG_PARAMS",
            0x4u to "MISSING",
            0x5u to "EXTRA",
            0x6u to "STREAM_TRAILER",
            0x7u to "STREAM_HEADER",
            0x8u to "NEGOTIATION_INFO",
            0x9u to "PADDING",
            0xAu to "STREAM",
            0xBu to "MECHLIST",
            0xCu to "MECHLIST_SIGNATURE",
            0xDu to "TARGET",
            0xEu to "CHANNEL_BINDINGS",
            0xFu to "CHANGE_PASS_RESPONSE",
            0x10u to "TARGET_HOST",
            0x11u to "ALERT",
            0x12u to "APPLICATION_PROTOCOLS",
        )
    }
}

/** A question to a context (`SECPKG_ATTR_*`). */
@JvmInline
public value class Attribute(
    /** The number. */
    public val number: UInt,
) {
    override fun toString(): String = symbols[number] ?: "0x%08X".format(number.toLong())

    public companion object {
        public val SIZES: Attribute = Attribute(0x0u)
        public val NAMES: Attribute = Attribute(0x1u)
        public val LIFESPAN: Attribute = Attribute(0x2u)
        public val DCE_INFO: Attribute = Attribute(0x3u)
        public val STREAM_SIZES: Attribute = Attribute(0x4u)
        public val KEY_INFO: Attribute = Attribute(0x5u)
        public val AUTHORITY: Attribute = Attribute(0x6u)
        public val PASSWORD_EXPIRY: Attribute = Attribute(0x8u)
        public val SESSION_KEY: Attribute = Attribute(0x9u)
        public val PACKAGE_INFO: Attribute = Attribute(0xAu)
        public val NEGOTIATION_INFO: Attribute = Attribute(0xCu)
        public val NATIVE_NAMES: Attribute = Attribute(0xDu)
        public val FLAGS: Attribute = Attribute(0xEu)
        public val TARGET_INFORMATION: Attribute = Attribute(0x11u)
        public val ACCESS_TOKEN: Attribute = Attribute(0x12u)
        public val TARGET: Attribute = Attribute(0x13u)
        public val UNIQUE_BINDINGS: Attribute = Attribute(0x19u)
        public val ENDPOINT_BINDINGS: Attribute = Attribute(0x1Au)
        public val CLIENT_SPECIFIED_TARGET: Attribute = Attribute(0x1Bu)
        public val REMOTE_CERT_CONTEXT: Attribute = Attribute(0x53u)
        public val LOCAL_CERT_CONTEXT: Attribute = Attribute(0x54u)
        public val ISSUER_LIST_EX: Attribute = Attribute(0x59u)
        public val CONNECTION_INFO: Attribute = Attribute(0x5Au)

        private val symbols = mapOf(
            0x0u to "SIZES",
            0x1u to "NAMES",
            0x2u to "LIFESPAN",
            0x3u to "DCE_INFO",
            0x4u to "STREAM_SIZES",
            0x5u to "KEY_INFO",
            0x6u to "AUTHORITY",
            0x8u to "PASSWORD_EXPIRY",
            0x9u to "SESSION_KEY",
            0xAu to "PACKAGE_INFO",
            0xCu to "NEGOTIATION_INFO",
            0xDu to "NATIVE_NAMES",
            0xEu to "FLAGS",
            0x11u to "TARGET_INFORMATION",
            0x12u to "ACCESS_TOKEN",
            0x13u to "TARGET",
            0x19u to "UNIQUE_BINDINGS",
            0x1Au to "ENDPOINT_BINDINGS",
            0x1Bu to "CLIENT_SPECIFIED_TARGET",
            0x53u to "REMOTE_CERT_CONTEXT",
            0x54u to "LOCAL_CERT_CONTEXT",
            0x59u to "ISSUER_LIST_EX",
            0x5Au to "CONNECTION_INFO",
        )
    }
}

/** A status of the interface, under its symbol. */
@JvmInline
public value class Status(
    /** The number. */
    public val number: UInt,
) {
    override fun toString(): String = symbols[number] ?: "0x%08X".format(number.toLong())

    public companion object {
        public val SEC_E_OK: Status = Status(0x0u)
        public val SEC_I_CONTINUE_NEEDED: Status = Status(0x90312u)
        public val SEC_I_COMPLETE_NEEDED: Status = Status(0x90313u)
        public val SEC_I_COMPLETE_AND_CONTINUE: Status = Status(0x90314u)
        public val SEC_I_LOCAL_LOGON: Status = Status(0x90315u)
        public val SEC_I_GENERIC_EXTENSION_RECEIVED: Status = Status(0x90316u)
        public val SEC_I_CONTEXT_EXPIRED: Status = Status(0x90317u)
        public val SEC_I_INCOMPLETE_CREDENTIALS: Status = Status(0x90320u)
        public val SEC_I_RENEGOTIATE: Status = Status(0x90321u)
        public val SEC_I_NO_LSA_CONTEXT: Status = Status(0x90323u)
        public val SEC_I_SIGNATURE_NEEDED: Status = Status(0x9035Cu)
        public val SEC_I_NO_RENEGOTIATION: Status = Status(0x90360u)
        public val SEC_I_MESSAGE_FRAGMENT: Status = Status(0x90364u)
        public val SEC_I_CONTINUE_NEEDED_MESSAGE_OK: Status = Status(0x90366u)
        public val SEC_I_ASYNC_CALL_PENDING: Status = Status(0x90368u)
        public val SEC_E_INSUFFICIENT_MEMORY: Status = Status(0x80090300u)
        public val SEC_E_INVALID_HANDLE: Status = Status(0x80090301u)
        public val SEC_E_UNSUPPORTED_FUNCTION: Status = Status(0x80090302u)
        public val SEC_E_TARGET_UNKNOWN: Status = Status(0x80090303u)
        public val SEC_E_INTERNAL_ERROR: Status = Status(0x80090304u)
        public val SEC_E_SECPKG_NOT_FOUND: Status = Status(0x80090305u)
        public val SEC_E_NOT_OWNER: Status = Status(0x80090306u)
        public val SEC_E_CANNOT_INSTALL: Status = Status(0x80090307u)
        public val SEC_E_INVALID_TOKEN: Status = Status(0x80090308u)
        public val SEC_E_CANNOT_PACK: Status = Status(0x80090309u)
        public val SEC_E_QOP_NOT_SUPPORTED: Status = Status(0x8009030Au)
        public val SEC_E_NO_IMPERSONATION: Status = Status(0x8009030Bu)
        public val SEC_E_LOGON_DENIED: Status = Status(0x8009030Cu)
        public val SEC_E_UNKNOWN_CREDENTIALS: Status = Status(0x8009030Du)
        public val SEC_E_NO_CREDENTIALS: Status = Status(0x8009030Eu)
        public val SEC_E_MESSAGE_ALTERED: Status = Status(0x8009030Fu)
        public val SEC_E_OUT_OF_SEQUENCE: Status = Status(0x80090310u)
        public val SEC_E_NO_AUTHENTICATING_AUTHORITY: Status = Status(0x80090311u)
        public val SEC_E_BAD_PKGID: Status = Status(0x80090316u)
        public val SEC_E_CONTEXT_EXPIRED: Status = Status(0x80090317u)
        public val SEC_E_INCOMPLETE_MESSAGE: Status = Status(0x80090318u)
        public val SEC_E_INCOMPLETE_CREDENTIALS: Status = Status(0x80090320u)
        public val SEC_E_BUFFER_TOO_SMALL: Status = Status(0x80090321u)
        public val SEC_E_WRONG_PRINCIPAL: Status = Status(0x80090322u)
        public val SEC_E_TIME_SKEW: Status = Status(0x80090324u)
        public val SEC_E_UNTRUSTED_ROOT: Status = Status(0x80090325u)
        public val SEC_E_ILLEGAL_MESSAGE: Status = Status(0x80090326u)
        public val SEC_E_CERT_UNKNOWN: Status = Status(0x80090327u)
        public val SEC_E_CERT_EXPIRED: Status = Status(0x80090328u)
        public val SEC_E_ENCRYPT_FAILURE: Status = Status(0x80090329u)
        public val SEC_E_DECRYPT_FAILURE: Status = Status(0x80090330u)
        public val SEC_E_ALGORITHM_MISMATCH: Status = Status(0x80090331u)
        public val SEC_E_SECURITY_QOS_FAILED: Status = Status(0x80090332u)
        public val SEC_E_UNFINISHED_CONTEXT_DELETED: Status = Status(0x80090333u)
        public val SEC_E_NO_TGT_REPLY: Status = Status(0x80090334u)
        public val SEC_E_NO_IP_ADDRESSES: Status = Status(0x80090335u)
        public val SEC_E_WRONG_CREDENTIAL_HANDLE: Status = Status(0x80090336u)
        public val SEC_E_CRYPTO_SYSTEM_INVALID: Status = Status(0x80090337u)
        public val SEC_E_MAX_REFERRALS_EXCEEDED: Status = Status(0x80090338u)
        public val SEC_E_MUST_BE_KDC: Status = Status(0x80090339u)
        public val SEC_E_STRONG_CRYPTO_NOT_SUPPORTED: Status = Status(0x8009033Au)
        public val SEC_E_TOO_MANY_PRINCIPALS: Status = Status(0x8009033Bu)
        public val SEC_E_NO_PA_DATA: Status = Status(0x8009033Cu)
        public val SEC_E_PKINIT_NAME_MISMATCH: Status = Status(0x8009033Du)
        public val SEC_E_SMARTCARD_LOGON_REQUIRED: Status = Status(0x8009033Eu)
        public val SEC_E_SHUTDOWN_IN_PROGRESS: Status = Status(0x8009033Fu)
        public val SEC_E_KDC_INVALID_REQUEST: Status = Status(0x80090340u)
        public val SEC_E_KDC_UNABLE_TO_REFER: Status = Status(0x80090341u)
        public val SEC_E_KDC_UNKNOWN_ETYPE: Status = Status(0x80090342u)
        public val SEC_E_UNSUPPORTED_PREAUTH: Status = Status(0x80090343u)
        public val SEC_E_DELEGATION_REQUIRED: Status = Status(0x80090345u)
        public val SEC_E_BAD_BINDINGS: Status = Status(0x80090346u)
        public val SEC_E_MULTIPLE_ACCOUNTS: Status = Status(0x80090347u)
        public val SEC_E_NO_KERB_KEY: Status = Status(0x80090348u)
        public val SEC_E_CERT_WRONG_USAGE: Status = Status(0x80090349u)
        public val SEC_E_DOWNGRADE_DETECTED: Status = Status(0x80090350u)
        public val SEC_E_SMARTCARD_CERT_REVOKED: Status = Status(0x80090351u)
        public val SEC_E_ISSUING_CA_UNTRUSTED: Status = Status(0x80090352u)
        public val SEC_E_REVOCATION_OFFLINE_C: Status = Status(0x80090353u)
        public val SEC_E_PKINIT_CLIENT_FAILURE: Status = Status(0x80090354u)
        public val SEC_E_SMARTCARD_CERT_EXPIRED: Status = Status(0x80090355u)
        public val SEC_E_NO_S4U_PROT_SUPPORT: Status = Status(0x80090356u)
        public val SEC_E_CROSSREALM_DELEGATION_FAILURE: Status = Status(0x80090357u)
        public val SEC_E_REVOCATION_OFFLINE_KDC: Status = Status(0x80090358u)
        public val SEC_E_ISSUING_CA_UNTRUSTED_KDC: Status = Status(0x80090359u)
        public val SEC_E_KDC_CERT_EXPIRED: Status = Status(0x8009035Au)
        public val SEC_E_KDC_CERT_REVOKED: Status = Status(0x8009035Bu)
        public val SEC_E_INVALID_PARAMETER: Status = Status(0x8009035Du)
        public val SEC_E_DELEGATION_POLICY: Status = Status(0x8009035Eu)
        public val SEC_E_POLICY_NLTM_ONLY: Status = Status(0x8009035Fu)
        public val SEC_E_NO_CONTEXT: Status = Status(0x80090361u)
        public val SEC_E_PKU2U_CERT_FAILURE: Status = Status(0x80090362u)
        public val SEC_E_MUTUAL_AUTH_FAILED: Status = Status(0x80090363u)
        public val SEC_E_ONLY_HTTPS_ALLOWED: Status = Status(0x80090365u)
        public val SEC_E_APPLICATION_PROTOCOL_MISMATCH: Status = Status(0x80090367u)
        public val SEC_E_INVALID_UPN_NAME: Status = Status(0x80090369u)
        public val SEC_E_EXT_BUFFER_TOO_SMALL: Status = Status(0x8009036Au)
        public val SEC_E_INSUFFICIENT_BUFFERS: Status = Status(0x8009036Bu)

        private val symbols = mapOf(
            0x0u to "SEC_E_OK",
            0x90312u to "SEC_I_CONTINUE_NEEDED",
            0x90313u to "SEC_I_COMPLETE_NEEDED",
            0x90314u to "SEC_I_COMPLETE_AND_CONTINUE",
            0x90315u to "SEC_I_LOCAL_LOGON",
            0x90316u to "SEC_I_GENERIC_EXTENSION_RECEIVED",
            0x90317u to "SEC_I_CONTEXT_EXPIRED",
            0x90320u to "SEC_I_INCOMPLETE_CREDENTIALS",
            0x90321u to "SEC_I_RENEGOTIATE",
            0x90323u to "SEC_I_NO_LSA_CONTEXT",
            0x9035Cu to "SEC_I_SIGNATURE_NEEDED",
            0x90360u to "SEC_I_NO_RENEGOTIATION",
            0x90364u to "SEC_I_MESSAGE_FRAGMENT",
            0x90366u to "SEC_I_CONTINUE_NEEDED_MESSAGE_OK",
            0x90368u to "SEC_I_ASYNC_CALL_PENDING",
            0x80090300u to "SEC_E_INSUFFICIENT_MEMORY",
            0x80090301u to "SEC_E_INVALID_HANDLE",
            0x80090302u to "SEC_E_UNSUPPORTED_FUNCTION",
            0x80090303u to "SEC_E_TARGET_UNKNOWN",
            0x80090304u to "SEC_E_INTERNAL_ERROR",
            0x80090305u to "SEC_E_SECPKG_NOT_FOUND",
            0x80090306u to "SEC_E_NOT_OWNER",
            0x80090307u to "SEC_E_CANNOT_INSTALL",
            0x80090308u to "SEC_E_INVALID_TOKEN",
            0x80090309u to "SEC_E_CANNOT_PACK",
            0x8009030Au to "SEC_E_QOP_NOT_SUPPORTED",
            0x8009030Bu to "SEC_E_NO_IMPERSONATION",
            0x8009030Cu to "SEC_E_LOGON_DENIED",
            0x8009030Du to "SEC_E_UNKNOWN_CREDENTIALS",
            0x8009030Eu to "SEC_E_NO_CREDENTIALS",
            0x8009030Fu to "SEC_E_MESSAGE_ALTERED",
            0x80090310u to "SEC_E_OUT_OF_SEQUENCE",
            0x80090311u to "SEC_E_NO_AUTHENTICATING_AUTHORITY",
            0x80090316u to "SEC_E_BAD_PKGID",
            0x80090317u to "SEC_E_CONTEXT_EXPIRED",
            0x80090318u to "SEC_E_INCOMPLETE_MESSAGE",
            0x80090320u to "SEC_E_INCOMPLETE_CREDENTIALS",
            0x80090321u to "SEC_E_BUFFER_TOO_SMALL",
            0x80090322u to "SEC_E_WRONG_PRINCIPAL",
            0x80090324u to "SEC_E_TIME_SKEW",
            0x80090325u to "SEC_E_UNTRUSTED_ROOT",
            0x80090326u to "SEC_E_ILLEGAL_MESSAGE",
            0x80090327u to "SEC_E_CERT_UNKNOWN",
            0x80090328u to "SEC_E_CERT_EXPIRED",
            0x80090329u to "SEC_E_ENCRYPT_FAILURE",
            0x80090330u to "SEC_E_DECRYPT_FAILURE",
            0x80090331u to "SEC_E_ALGORITHM_MISMATCH",
            0x80090332u to "SEC_E_SECURITY_QOS_FAILED",
            0x80090333u to "SEC_E_UNFINISHED_CONTEXT_DELETED",
            0x80090334u to "SEC_E_NO_TGT_REPLY",
            0x80090335u to "SEC_E_NO_IP_ADDRESSES",
            0x80090336u to "SEC_E_WRONG_CREDENTIAL_HANDLE",
            0x80090337u to "SEC_E_CRYPTO_SYSTEM_INVALID",
            0x80090338u to "SEC_E_MAX_REFERRALS_EXCEEDED",
            0x80090339u to "SEC_E_MUST_BE_KDC",
            0x8009033Au to "SEC_E_STRONG_CRYPTO_NOT_SUPPORTED",
            0x8009033Bu to "SEC_E_TOO_MANY_PRINCIPALS",
            0x8009033Cu to "SEC_E_NO_PA_DATA",
            0x8009033Du to "SEC_E_PKINIT_NAME_MISMATCH",
            0x8009033Eu to "SEC_E_SMARTCARD_LOGON_REQUIRED",
            0x8009033Fu to "SEC_E_SHUTDOWN_IN_PROGRESS",
            0x80090340u to "SEC_E_KDC_INVALID_REQUEST",
            0x80090341u to "SEC_E_KDC_UNABLE_TO_REFER",
            0x80090342u to "SEC_E_KDC_UNKNOWN_ETYPE",
            0x80090343u to "SEC_E_UNSUPPORTED_PREAUTH",
            0x80090345u to "SEC_E_DELEGATION_REQUIRED",
            0x80090346u to "SEC_E_BAD_BINDINGS",
            0x80090347u to "SEC_E_MULTIPLE_ACCOUNTS",
            0x80090348u to "SEC_E_NO_KERB_KEY",
            0x80090349u to "SEC_E_CERT_WRONG_USAGE",
            0x80090350u to "SEC_E_DOWNGRADE_DETECTED",
            0x80090351u to "SEC_E_SMARTCARD_CERT_REVOKED",
            0x80090352u to "SEC_E_ISSUING_CA_UNTRUSTED",
            0x80090353u to "SEC_E_REVOCATION_OFFLINE_C",
            0x80090354u to "SEC_E_PKINIT_CLIENT_FAILURE",
            0x80090355u to "SEC_E_SMARTCARD_CERT_EXPIRED",
            0x80090356u to "SEC_E_NO_S4U_PROT_SUPPORT",
            0x80090357u to "SEC_E_CROSSREALM_DELEGATION_FAILURE",
            0x80090358u to "SEC_E_REVOCATION_OFFLINE_KDC",
            0x80090359u to "SEC_E_ISSUING_CA_UNTRUSTED_KDC",
            0x8009035Au to "SEC_E_KDC_CERT_EXPIRED",
            0x8009035Bu to "SEC_E_KDC_CERT_REVOKED",
            0x8009035Du to "SEC_E_INVALID_PARAMETER",
            0x8009035Eu to "SEC_E_DELEGATION_POLICY",
            0x8009035Fu to "SEC_E_POLICY_NLTM_ONLY",
            0x80090361u to "SEC_E_NO_CONTEXT",
            0x80090362u to "SEC_E_PKU2U_CERT_FAILURE",
            0x80090363u to "SEC_E_MUTUAL_AUTH_FAILED",
            0x80090365u to "SEC_E_ONLY_HTTPS_ALLOWED",
            0x80090367u to "SEC_E_APPLICATION_PROTOCOL_MISMATCH",
            0x80090369u to "SEC_E_INVALID_UPN_NAME",
            0x8009036Au to "SEC_E_EXT_BUFFER_TOO_SMALL",
            0x8009036Bu to "SEC_E_INSUFFICIENT_BUFFERS",
        )
    }
}

private fun namesOf(bits: ULong, names: Map<ULong, String>): String {
    val known = names.filterKeys { bits and it == it }
    val rest = bits and known.keys.fold(0uL) { sum, bit -> sum or bit }.inv()
    val more = if (rest == 0uL) emptyList() else listOf("0x%X".format(rest.toLong()))
    return (known.values + more).joinToString(" | ").ifEmpty { "0" }
}
