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
        /** `ISC_REQ_DELEGATE` */
        public val DELEGATE: IscReq = IscReq(0x1uL)

        /** `ISC_REQ_MUTUAL_AUTH` */
        public val MUTUAL_AUTH: IscReq = IscReq(0x2uL)

        /** `ISC_REQ_REPLAY_DETECT` */
        public val REPLAY_DETECT: IscReq = IscReq(0x4uL)

        /** `ISC_REQ_SEQUENCE_DETECT` */
        public val SEQUENCE_DETECT: IscReq = IscReq(0x8uL)

        /** `ISC_REQ_CONFIDENTIALITY` */
        public val CONFIDENTIALITY: IscReq = IscReq(0x10uL)

        /** `ISC_REQ_USE_SESSION_KEY` */
        public val USE_SESSION_KEY: IscReq = IscReq(0x20uL)

        /** `ISC_REQ_PROMPT_FOR_CREDS` */
        public val PROMPT_FOR_CREDS: IscReq = IscReq(0x40uL)

        /** `ISC_REQ_USE_SUPPLIED_CREDS` */
        public val USE_SUPPLIED_CREDS: IscReq = IscReq(0x80uL)

        /** `ISC_REQ_ALLOCATE_MEMORY` */
        public val ALLOCATE_MEMORY: IscReq = IscReq(0x100uL)

        /** `ISC_REQ_USE_DCE_STYLE` */
        public val USE_DCE_STYLE: IscReq = IscReq(0x200uL)

        /** `ISC_REQ_DATAGRAM` */
        public val DATAGRAM: IscReq = IscReq(0x400uL)

        /** `ISC_REQ_CONNECTION` */
        public val CONNECTION: IscReq = IscReq(0x800uL)

        /** `ISC_REQ_CALL_LEVEL` */
        public val CALL_LEVEL: IscReq = IscReq(0x1000uL)

        /** `ISC_REQ_FRAGMENT_SUPPLIED` */
        public val FRAGMENT_SUPPLIED: IscReq = IscReq(0x2000uL)

        /** `ISC_REQ_EXTENDED_ERROR` */
        public val EXTENDED_ERROR: IscReq = IscReq(0x4000uL)

        /** `ISC_REQ_STREAM` */
        public val STREAM: IscReq = IscReq(0x8000uL)

        /** `ISC_REQ_INTEGRITY` */
        public val INTEGRITY: IscReq = IscReq(0x10000uL)

        /** `ISC_REQ_IDENTIFY` */
        public val IDENTIFY: IscReq = IscReq(0x20000uL)

        /** `ISC_REQ_NULL_SESSION` */
        public val NULL_SESSION: IscReq = IscReq(0x40000uL)

        /** `ISC_REQ_MANUAL_CRED_VALIDATION` */
        public val MANUAL_CRED_VALIDATION: IscReq = IscReq(0x80000uL)

        /** `ISC_REQ_RESERVED1` */
        public val RESERVED1: IscReq = IscReq(0x100000uL)

        /** `ISC_REQ_FRAGMENT_TO_FIT` */
        public val FRAGMENT_TO_FIT: IscReq = IscReq(0x200000uL)

        /** `ISC_REQ_FORWARD_CREDENTIALS` */
        public val FORWARD_CREDENTIALS: IscReq = IscReq(0x400000uL)

        /** `ISC_REQ_NO_INTEGRITY` */
        public val NO_INTEGRITY: IscReq = IscReq(0x800000uL)

        /** `ISC_REQ_USE_HTTP_STYLE` */
        public val USE_HTTP_STYLE: IscReq = IscReq(0x1000000uL)

        /** `ISC_REQ_UNVERIFIED_TARGET_NAME` */
        public val UNVERIFIED_TARGET_NAME: IscReq = IscReq(0x20000000uL)

        /** `ISC_REQ_CONFIDENTIALITY_ONLY` */
        public val CONFIDENTIALITY_ONLY: IscReq = IscReq(0x40000000uL)

        /** `ISC_REQ_MESSAGES` */
        public val MESSAGES: IscReq = IscReq(0x100000000uL)

        /** `ISC_REQ_DEFERRED_CRED_VALIDATION` */
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
        /** `ISC_RET_DELEGATE` */
        public val DELEGATE: IscRet = IscRet(0x1uL)

        /** `ISC_RET_MUTUAL_AUTH` */
        public val MUTUAL_AUTH: IscRet = IscRet(0x2uL)

        /** `ISC_RET_REPLAY_DETECT` */
        public val REPLAY_DETECT: IscRet = IscRet(0x4uL)

        /** `ISC_RET_SEQUENCE_DETECT` */
        public val SEQUENCE_DETECT: IscRet = IscRet(0x8uL)

        /** `ISC_RET_CONFIDENTIALITY` */
        public val CONFIDENTIALITY: IscRet = IscRet(0x10uL)

        /** `ISC_RET_USE_SESSION_KEY` */
        public val USE_SESSION_KEY: IscRet = IscRet(0x20uL)

        /** `ISC_RET_USED_COLLECTED_CREDS` */
        public val USED_COLLECTED_CREDS: IscRet = IscRet(0x40uL)

        /** `ISC_RET_USED_SUPPLIED_CREDS` */
        public val USED_SUPPLIED_CREDS: IscRet = IscRet(0x80uL)

        /** `ISC_RET_ALLOCATED_MEMORY` */
        public val ALLOCATED_MEMORY: IscRet = IscRet(0x100uL)

        /** `ISC_RET_USED_DCE_STYLE` */
        public val USED_DCE_STYLE: IscRet = IscRet(0x200uL)

        /** `ISC_RET_DATAGRAM` */
        public val DATAGRAM: IscRet = IscRet(0x400uL)

        /** `ISC_RET_CONNECTION` */
        public val CONNECTION: IscRet = IscRet(0x800uL)

        /** `ISC_RET_INTERMEDIATE_RETURN` */
        public val INTERMEDIATE_RETURN: IscRet = IscRet(0x1000uL)

        /** `ISC_RET_CALL_LEVEL` */
        public val CALL_LEVEL: IscRet = IscRet(0x2000uL)

        /** `ISC_RET_EXTENDED_ERROR` */
        public val EXTENDED_ERROR: IscRet = IscRet(0x4000uL)

        /** `ISC_RET_STREAM` */
        public val STREAM: IscRet = IscRet(0x8000uL)

        /** `ISC_RET_INTEGRITY` */
        public val INTEGRITY: IscRet = IscRet(0x10000uL)

        /** `ISC_RET_IDENTIFY` */
        public val IDENTIFY: IscRet = IscRet(0x20000uL)

        /** `ISC_RET_NULL_SESSION` */
        public val NULL_SESSION: IscRet = IscRet(0x40000uL)

        /** `ISC_RET_MANUAL_CRED_VALIDATION` */
        public val MANUAL_CRED_VALIDATION: IscRet = IscRet(0x80000uL)

        /** `ISC_RET_RESERVED1` */
        public val RESERVED1: IscRet = IscRet(0x100000uL)

        /** `ISC_RET_FRAGMENT_ONLY` */
        public val FRAGMENT_ONLY: IscRet = IscRet(0x200000uL)

        /** `ISC_RET_FORWARD_CREDENTIALS` */
        public val FORWARD_CREDENTIALS: IscRet = IscRet(0x400000uL)

        /** `ISC_RET_USED_HTTP_STYLE` */
        public val USED_HTTP_STYLE: IscRet = IscRet(0x1000000uL)

        /** `ISC_RET_NO_ADDITIONAL_TOKEN` */
        public val NO_ADDITIONAL_TOKEN: IscRet = IscRet(0x2000000uL)

        /** `ISC_RET_REAUTHENTICATION` */
        public val REAUTHENTICATION: IscRet = IscRet(0x8000000uL)

        /** `ISC_RET_CONFIDENTIALITY_ONLY` */
        public val CONFIDENTIALITY_ONLY: IscRet = IscRet(0x40000000uL)

        /** `ISC_RET_MESSAGES` */
        public val MESSAGES: IscRet = IscRet(0x100000000uL)

        /** `ISC_RET_DEFERRED_CRED_VALIDATION` */
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
        /** `ASC_REQ_DELEGATE` */
        public val DELEGATE: AscReq = AscReq(0x1uL)

        /** `ASC_REQ_MUTUAL_AUTH` */
        public val MUTUAL_AUTH: AscReq = AscReq(0x2uL)

        /** `ASC_REQ_REPLAY_DETECT` */
        public val REPLAY_DETECT: AscReq = AscReq(0x4uL)

        /** `ASC_REQ_SEQUENCE_DETECT` */
        public val SEQUENCE_DETECT: AscReq = AscReq(0x8uL)

        /** `ASC_REQ_CONFIDENTIALITY` */
        public val CONFIDENTIALITY: AscReq = AscReq(0x10uL)

        /** `ASC_REQ_USE_SESSION_KEY` */
        public val USE_SESSION_KEY: AscReq = AscReq(0x20uL)

        /** `ASC_REQ_SESSION_TICKET` */
        public val SESSION_TICKET: AscReq = AscReq(0x40uL)

        /** `ASC_REQ_ALLOCATE_MEMORY` */
        public val ALLOCATE_MEMORY: AscReq = AscReq(0x100uL)

        /** `ASC_REQ_USE_DCE_STYLE` */
        public val USE_DCE_STYLE: AscReq = AscReq(0x200uL)

        /** `ASC_REQ_DATAGRAM` */
        public val DATAGRAM: AscReq = AscReq(0x400uL)

        /** `ASC_REQ_CONNECTION` */
        public val CONNECTION: AscReq = AscReq(0x800uL)

        /** `ASC_REQ_CALL_LEVEL` */
        public val CALL_LEVEL: AscReq = AscReq(0x1000uL)

        /** `ASC_REQ_FRAGMENT_SUPPLIED` */
        public val FRAGMENT_SUPPLIED: AscReq = AscReq(0x2000uL)

        /** `ASC_REQ_EXTENDED_ERROR` */
        public val EXTENDED_ERROR: AscReq = AscReq(0x8000uL)

        /** `ASC_REQ_STREAM` */
        public val STREAM: AscReq = AscReq(0x10000uL)

        /** `ASC_REQ_INTEGRITY` */
        public val INTEGRITY: AscReq = AscReq(0x20000uL)

        /** `ASC_REQ_LICENSING` */
        public val LICENSING: AscReq = AscReq(0x40000uL)

        /** `ASC_REQ_IDENTIFY` */
        public val IDENTIFY: AscReq = AscReq(0x80000uL)

        /** `ASC_REQ_ALLOW_NULL_SESSION` */
        public val ALLOW_NULL_SESSION: AscReq = AscReq(0x100000uL)

        /** `ASC_REQ_ALLOW_NON_USER_LOGONS` */
        public val ALLOW_NON_USER_LOGONS: AscReq = AscReq(0x200000uL)

        /** `ASC_REQ_ALLOW_CONTEXT_REPLAY` */
        public val ALLOW_CONTEXT_REPLAY: AscReq = AscReq(0x400000uL)

        /** `ASC_REQ_FRAGMENT_TO_FIT` */
        public val FRAGMENT_TO_FIT: AscReq = AscReq(0x800000uL)

        /** `ASC_REQ_NO_TOKEN` */
        public val NO_TOKEN: AscReq = AscReq(0x1000000uL)

        /** `ASC_REQ_PROXY_BINDINGS` */
        public val PROXY_BINDINGS: AscReq = AscReq(0x4000000uL)

        /** `ASC_REQ_ALLOW_MISSING_BINDINGS` */
        public val ALLOW_MISSING_BINDINGS: AscReq = AscReq(0x10000000uL)

        /** `ASC_REQ_MESSAGES` */
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
        /** `ASC_RET_DELEGATE` */
        public val DELEGATE: AscRet = AscRet(0x1uL)

        /** `ASC_RET_MUTUAL_AUTH` */
        public val MUTUAL_AUTH: AscRet = AscRet(0x2uL)

        /** `ASC_RET_REPLAY_DETECT` */
        public val REPLAY_DETECT: AscRet = AscRet(0x4uL)

        /** `ASC_RET_SEQUENCE_DETECT` */
        public val SEQUENCE_DETECT: AscRet = AscRet(0x8uL)

        /** `ASC_RET_CONFIDENTIALITY` */
        public val CONFIDENTIALITY: AscRet = AscRet(0x10uL)

        /** `ASC_RET_USE_SESSION_KEY` */
        public val USE_SESSION_KEY: AscRet = AscRet(0x20uL)

        /** `ASC_RET_SESSION_TICKET` */
        public val SESSION_TICKET: AscRet = AscRet(0x40uL)

        /** `ASC_RET_ALLOCATED_MEMORY` */
        public val ALLOCATED_MEMORY: AscRet = AscRet(0x100uL)

        /** `ASC_RET_USED_DCE_STYLE` */
        public val USED_DCE_STYLE: AscRet = AscRet(0x200uL)

        /** `ASC_RET_DATAGRAM` */
        public val DATAGRAM: AscRet = AscRet(0x400uL)

        /** `ASC_RET_CONNECTION` */
        public val CONNECTION: AscRet = AscRet(0x800uL)

        /** `ASC_RET_CALL_LEVEL` */
        public val CALL_LEVEL: AscRet = AscRet(0x2000uL)

        /** `ASC_RET_THIRD_LEG_FAILED` */
        public val THIRD_LEG_FAILED: AscRet = AscRet(0x4000uL)

        /** `ASC_RET_EXTENDED_ERROR` */
        public val EXTENDED_ERROR: AscRet = AscRet(0x8000uL)

        /** `ASC_RET_STREAM` */
        public val STREAM: AscRet = AscRet(0x10000uL)

        /** `ASC_RET_INTEGRITY` */
        public val INTEGRITY: AscRet = AscRet(0x20000uL)

        /** `ASC_RET_LICENSING` */
        public val LICENSING: AscRet = AscRet(0x40000uL)

        /** `ASC_RET_IDENTIFY` */
        public val IDENTIFY: AscRet = AscRet(0x80000uL)

        /** `ASC_RET_NULL_SESSION` */
        public val NULL_SESSION: AscRet = AscRet(0x100000uL)

        /** `ASC_RET_ALLOW_NON_USER_LOGONS` */
        public val ALLOW_NON_USER_LOGONS: AscRet = AscRet(0x200000uL)

        /** `ASC_RET_ALLOW_CONTEXT_REPLAY` */
        public val ALLOW_CONTEXT_REPLAY: AscRet = AscRet(0x400000uL)

        /** `ASC_RET_FRAGMENT_ONLY` */
        public val FRAGMENT_ONLY: AscRet = AscRet(0x800000uL)

        /** `ASC_RET_NO_TOKEN` */
        public val NO_TOKEN: AscRet = AscRet(0x1000000uL)

        /** `ASC_RET_NO_ADDITIONAL_TOKEN` */
        public val NO_ADDITIONAL_TOKEN: AscRet = AscRet(0x2000000uL)

        /** `ASC_RET_MESSAGES` */
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
        /** `SECBUFFER_READONLY` */
        public val READONLY: BufferAttributes = BufferAttributes(0x80000000u)

        /** `SECBUFFER_READONLY_WITH_CHECKSUM` */
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
        /** `SECBUFFER_EMPTY` */
        public val EMPTY: BufferKind = BufferKind(0x0u)

        /** `SECBUFFER_DATA` */
        public val DATA: BufferKind = BufferKind(0x1u)

        /** `SECBUFFER_TOKEN` */
        public val TOKEN: BufferKind = BufferKind(0x2u)

        /** `SECBUFFER_PKG_PARAMS` */
        public val PKG_PARAMS: BufferKind = BufferKind(0x3u)

        /** `SECBUFFER_MISSING` */
        public val MISSING: BufferKind = BufferKind(0x4u)

        /** `SECBUFFER_EXTRA` */
        public val EXTRA: BufferKind = BufferKind(0x5u)

        /** `SECBUFFER_STREAM_TRAILER` */
        public val STREAM_TRAILER: BufferKind = BufferKind(0x6u)

        /** `SECBUFFER_STREAM_HEADER` */
        public val STREAM_HEADER: BufferKind = BufferKind(0x7u)

        /** `SECBUFFER_NEGOTIATION_INFO` */
        public val NEGOTIATION_INFO: BufferKind = BufferKind(0x8u)

        /** `SECBUFFER_PADDING` */
        public val PADDING: BufferKind = BufferKind(0x9u)

        /** `SECBUFFER_STREAM` */
        public val STREAM: BufferKind = BufferKind(0xAu)

        /** `SECBUFFER_MECHLIST` */
        public val MECHLIST: BufferKind = BufferKind(0xBu)

        /** `SECBUFFER_MECHLIST_SIGNATURE` */
        public val MECHLIST_SIGNATURE: BufferKind = BufferKind(0xCu)

        /** `SECBUFFER_TARGET` */
        public val TARGET: BufferKind = BufferKind(0xDu)

        /** `SECBUFFER_CHANNEL_BINDINGS` */
        public val CHANNEL_BINDINGS: BufferKind = BufferKind(0xEu)

        /** `SECBUFFER_CHANGE_PASS_RESPONSE` */
        public val CHANGE_PASS_RESPONSE: BufferKind = BufferKind(0xFu)

        /** `SECBUFFER_TARGET_HOST` */
        public val TARGET_HOST: BufferKind = BufferKind(0x10u)

        /** `SECBUFFER_ALERT` */
        public val ALERT: BufferKind = BufferKind(0x11u)

        /** `SECBUFFER_APPLICATION_PROTOCOLS` */
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
        /** `SECPKG_ATTR_SIZES` */
        public val SIZES: Attribute = Attribute(0x0u)

        /** `SECPKG_ATTR_NAMES` */
        public val NAMES: Attribute = Attribute(0x1u)

        /** `SECPKG_ATTR_LIFESPAN` */
        public val LIFESPAN: Attribute = Attribute(0x2u)

        /** `SECPKG_ATTR_DCE_INFO` */
        public val DCE_INFO: Attribute = Attribute(0x3u)

        /** `SECPKG_ATTR_STREAM_SIZES` */
        public val STREAM_SIZES: Attribute = Attribute(0x4u)

        /** `SECPKG_ATTR_KEY_INFO` */
        public val KEY_INFO: Attribute = Attribute(0x5u)

        /** `SECPKG_ATTR_AUTHORITY` */
        public val AUTHORITY: Attribute = Attribute(0x6u)

        /** `SECPKG_ATTR_PASSWORD_EXPIRY` */
        public val PASSWORD_EXPIRY: Attribute = Attribute(0x8u)

        /** `SECPKG_ATTR_SESSION_KEY` */
        public val SESSION_KEY: Attribute = Attribute(0x9u)

        /** `SECPKG_ATTR_PACKAGE_INFO` */
        public val PACKAGE_INFO: Attribute = Attribute(0xAu)

        /** `SECPKG_ATTR_NEGOTIATION_INFO` */
        public val NEGOTIATION_INFO: Attribute = Attribute(0xCu)

        /** `SECPKG_ATTR_NATIVE_NAMES` */
        public val NATIVE_NAMES: Attribute = Attribute(0xDu)

        /** `SECPKG_ATTR_FLAGS` */
        public val FLAGS: Attribute = Attribute(0xEu)

        /** `SECPKG_ATTR_TARGET_INFORMATION` */
        public val TARGET_INFORMATION: Attribute = Attribute(0x11u)

        /** `SECPKG_ATTR_ACCESS_TOKEN` */
        public val ACCESS_TOKEN: Attribute = Attribute(0x12u)

        /** `SECPKG_ATTR_TARGET` */
        public val TARGET: Attribute = Attribute(0x13u)

        /** `SECPKG_ATTR_UNIQUE_BINDINGS` */
        public val UNIQUE_BINDINGS: Attribute = Attribute(0x19u)

        /** `SECPKG_ATTR_ENDPOINT_BINDINGS` */
        public val ENDPOINT_BINDINGS: Attribute = Attribute(0x1Au)

        /** `SECPKG_ATTR_CLIENT_SPECIFIED_TARGET` */
        public val CLIENT_SPECIFIED_TARGET: Attribute = Attribute(0x1Bu)

        /** `SECPKG_ATTR_REMOTE_CERT_CONTEXT` */
        public val REMOTE_CERT_CONTEXT: Attribute = Attribute(0x53u)

        /** `SECPKG_ATTR_LOCAL_CERT_CONTEXT` */
        public val LOCAL_CERT_CONTEXT: Attribute = Attribute(0x54u)

        /** `SECPKG_ATTR_ISSUER_LIST_EX` */
        public val ISSUER_LIST_EX: Attribute = Attribute(0x59u)

        /** `SECPKG_ATTR_CONNECTION_INFO` */
        public val CONNECTION_INFO: Attribute = Attribute(0x5Au)

        /** `SECPKG_ATTR_CREDS` */
        public val CREDS: Attribute = Attribute(0x80000080u)

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
            0x80000080u to "CREDS",
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
        /** The call succeeded and nothing more is needed. */
        public val SEC_E_OK: Status = Status(0x0u)

        /** Send the output token to the peer, then call again with the peer's answer. */
        public val SEC_I_CONTINUE_NEEDED: Status = Status(0x90312u)

        /** Finish the output token with CompleteAuthToken before you send it to the peer. */
        public val SEC_I_COMPLETE_NEEDED: Status = Status(0x90313u)

        /** Finish the output token with CompleteAuthToken, send it, then call again with the peer's answer. */
        public val SEC_I_COMPLETE_AND_CONTINUE: Status = Status(0x90314u)

        /** The logon was decided on this machine without asking a domain controller. */
        public val SEC_I_LOCAL_LOGON: Status = Status(0x90315u)

        /** The peer sent a TLS extension that you asked to see, so read it and call again. */
        public val SEC_I_GENERIC_EXTENSION_RECEIVED: Status = Status(0x90316u)

        /** The peer has closed its sending side, so answer with a shutdown token and expect no more data. */
        public val SEC_I_CONTEXT_EXPIRED: Status = Status(0x90317u)

        /** The server asks for a client certificate, so call again with one, or without one if the server tolerates that. */
        public val SEC_I_INCOMPLETE_CREDENTIALS: Status = Status(0x90320u)

        /** The peer wants more handshake messages, so go back to the handshake calls before you carry on. */
        public val SEC_I_RENEGOTIATE: Status = Status(0x90321u)

        /** The context exists only in this process and the system's security service holds no part of it. */
        public val SEC_I_NO_LSA_CONTEXT: Status = Status(0x90323u)

        /** Sign the data which was handed out, then call again with the signature. */
        public val SEC_I_SIGNATURE_NEEDED: Status = Status(0x9035Cu)

        /** The peer refused to renegotiate, so keep the present session or close it. */
        public val SEC_I_NO_RENEGOTIATION: Status = Status(0x90360u)

        /** The output is one fragment of a larger message, so send it and call again for the next one. */
        public val SEC_I_MESSAGE_FRAGMENT: Status = Status(0x90364u)

        /** The handshake goes on, but messages may already be protected with the context. */
        public val SEC_I_CONTINUE_NEEDED_MESSAGE_OK: Status = Status(0x90366u)

        /** The call was queued and its result will arrive later through the asynchronous notification. */
        public val SEC_I_ASYNC_CALL_PENDING: Status = Status(0x90368u)

        /** Memory ran out during the call, so free some and try again. */
        public val SEC_E_INSUFFICIENT_MEMORY: Status = Status(0x80090300u)

        /** The handle was never valid or has been freed already, so acquire a new one. */
        public val SEC_E_INVALID_HANDLE: Status = Status(0x80090301u)

        /** This package or platform cannot do what was asked, so leave the option out or choose another package. */
        public val SEC_E_UNSUPPORTED_FUNCTION: Status = Status(0x80090302u)

        /** Nobody knows a service by the target name, so check its spelling and that it is registered in the realm. */
        public val SEC_E_TARGET_UNKNOWN: Status = Status(0x80090303u)

        /** Something failed inside the security package, so look at the detail message and report it. */
        public val SEC_E_INTERNAL_ERROR: Status = Status(0x80090304u)

        /** No security package has this name here, so list the packages and pick one of them. */
        public val SEC_E_SECPKG_NOT_FOUND: Status = Status(0x80090305u)

        /** The credential belongs to somebody else and the caller may not use it. */
        public val SEC_E_NOT_OWNER: Status = Status(0x80090306u)

        /** The security package could not be loaded or started, so check its installation. */
        public val SEC_E_CANNOT_INSTALL: Status = Status(0x80090307u)

        /** The token from the peer is malformed or does not belong at this point, so check that both sides speak the same protocol. */
        public val SEC_E_INVALID_TOKEN: Status = Status(0x80090308u)

        /** The security package could not encode its data for transport. */
        public val SEC_E_CANNOT_PACK: Status = Status(0x80090309u)

        /** The context offers no such quality of protection, so ask for the default one. */
        public val SEC_E_QOP_NOT_SUPPORTED: Status = Status(0x8009030Au)

        /** The client did not allow the server to act in its name, so do without it or let the client grant it. */
        public val SEC_E_NO_IMPERSONATION: Status = Status(0x8009030Bu)

        /** The user name or the password is wrong, or the account may not log on this way. */
        public val SEC_E_LOGON_DENIED: Status = Status(0x8009030Cu)

        /** The package does not accept this kind of credential, so check what was passed in. */
        public val SEC_E_UNKNOWN_CREDENTIALS: Status = Status(0x8009030Du)

        /** There is no usable credential, so log on first or pass one explicitly. */
        public val SEC_E_NO_CREDENTIALS: Status = Status(0x8009030Eu)

        /** The signature does not match the message, so discard it and treat the connection as broken. */
        public val SEC_E_MESSAGE_ALTERED: Status = Status(0x8009030Fu)

        /** A message was lost, repeated or reordered, so discard it and close the connection. */
        public val SEC_E_OUT_OF_SEQUENCE: Status = Status(0x80090310u)

        /** No domain controller or KDC answered, so check the network, the name service and the realm. */
        public val SEC_E_NO_AUTHENTICATING_AUTHORITY: Status = Status(0x80090311u)

        /** The package identifier does not name any package on this machine. */
        public val SEC_E_BAD_PKGID: Status = Status(0x80090316u)

        /** The context is past its lifetime or was closed, so authenticate again. */
        public val SEC_E_CONTEXT_EXPIRED: Status = Status(0x80090317u)

        /** Only part of the message has arrived, so read more from the peer and call again with all of it. */
        public val SEC_E_INCOMPLETE_MESSAGE: Status = Status(0x80090318u)

        /** A part of the credential is missing, so supply all that the package needs. */
        public val SEC_E_INCOMPLETE_CREDENTIALS: Status = Status(0x80090320u)

        /** The output does not fit into the buffer, so pass a larger one. */
        public val SEC_E_BUFFER_TOO_SMALL: Status = Status(0x80090321u)

        /** The peer is not the one named as the target, so check the target name and the key or certificate of the service. */
        public val SEC_E_WRONG_PRINCIPAL: Status = Status(0x80090322u)

        /** The clocks of the two sides differ too much, so synchronise them. */
        public val SEC_E_TIME_SKEW: Status = Status(0x80090324u)

        /** The peer's certificate chain ends in a root which is not trusted here. */
        public val SEC_E_UNTRUSTED_ROOT: Status = Status(0x80090325u)

        /** The peer sent a message that the protocol does not allow here, so check that both sides share a protocol version and settings. */
        public val SEC_E_ILLEGAL_MESSAGE: Status = Status(0x80090326u)

        /** The certificate could not be processed, so check that it is complete and well formed. */
        public val SEC_E_CERT_UNKNOWN: Status = Status(0x80090327u)

        /** The certificate is past its last day of validity, so have it renewed and check the clock. */
        public val SEC_E_CERT_EXPIRED: Status = Status(0x80090328u)

        /** The data could not be encrypted, so close the connection. */
        public val SEC_E_ENCRYPT_FAILURE: Status = Status(0x80090329u)

        /** The data could not be decrypted, so discard it and close the connection. */
        public val SEC_E_DECRYPT_FAILURE: Status = Status(0x80090330u)

        /** The two sides share no protocol version or algorithm, so widen the settings of one of them. */
        public val SEC_E_ALGORITHM_MISMATCH: Status = Status(0x80090331u)

        /** The context would lack a property that was demanded, so drop the demand or reconfigure the peer. */
        public val SEC_E_SECURITY_QOS_FAILED: Status = Status(0x80090332u)

        /** The context was dropped in the middle of the handshake, which counts as a failed logon. */
        public val SEC_E_UNFINISHED_CONTEXT_DELETED: Status = Status(0x80090333u)

        /** The server did not send the ticket-granting ticket that user-to-user authentication needs. */
        public val SEC_E_NO_TGT_REPLY: Status = Status(0x80090334u)

        /** This machine has no network address to put into the request, so bring the network up. */
        public val SEC_E_NO_IP_ADDRESSES: Status = Status(0x80090335u)

        /** The context was started with another credential, so pass that one on every call. */
        public val SEC_E_WRONG_CREDENTIAL_HANDLE: Status = Status(0x80090336u)

        /** A cipher or checksum that is needed is not available on this machine. */
        public val SEC_E_CRYPTO_SYSTEM_INVALID: Status = Status(0x80090337u)

        /** The KDCs referred the request from realm to realm too often, so check the trusts between the realms. */
        public val SEC_E_MAX_REFERRALS_EXCEEDED: Status = Status(0x80090338u)

        /** This works only on a KDC, and this machine is none. */
        public val SEC_E_MUST_BE_KDC: Status = Status(0x80090339u)

        /** The peer insists on stronger encryption than this machine has to offer. */
        public val SEC_E_STRONG_CRYPTO_NOT_SUPPORTED: Status = Status(0x8009033Au)

        /** The KDC's reply names more than one principal, so check for duplicate entries in the realm. */
        public val SEC_E_TOO_MANY_PRINCIPALS: Status = Status(0x8009033Bu)

        /** The KDC's reply lacks the hint about encryption types, so check which ones the account and the KDC allow. */
        public val SEC_E_NO_PA_DATA: Status = Status(0x8009033Cu)

        /** The client certificate carries no user principal name, or one of a different user. */
        public val SEC_E_PKINIT_NAME_MISMATCH: Status = Status(0x8009033Du)

        /** This account may log on with a smart card only. */
        public val SEC_E_SMARTCARD_LOGON_REQUIRED: Status = Status(0x8009033Eu)

        /** The system is shutting down, so try again after it is back. */
        public val SEC_E_SHUTDOWN_IN_PROGRESS: Status = Status(0x8009033Fu)

        /** The KDC rejected the request as malformed. */
        public val SEC_E_KDC_INVALID_REQUEST: Status = Status(0x80090340u)

        /** The KDC could not tell which realm holds the service, so check the target name and the trusts between the realms. */
        public val SEC_E_KDC_UNABLE_TO_REFER: Status = Status(0x80090341u)

        /** The KDC does not support the encryption type, so allow one that both sides have. */
        public val SEC_E_KDC_UNKNOWN_ETYPE: Status = Status(0x80090342u)

        /** The KDC wants a kind of pre-authentication which is not available here. */
        public val SEC_E_UNSUPPORTED_PREAUTH: Status = Status(0x80090343u)

        /** The call needs delegation, so let the account and the machine be trusted for it. */
        public val SEC_E_DELEGATION_REQUIRED: Status = Status(0x80090345u)

        /** The channel bindings of the two sides differ, so check them for equality and the connection for an interceptor. */
        public val SEC_E_BAD_BINDINGS: Status = Status(0x80090346u)

        /** The certificate maps to several accounts, so name the one you mean. */
        public val SEC_E_MULTIPLE_ACCOUNTS: Status = Status(0x80090347u)

        /** No Kerberos key is at hand for the account, so check the key table or set the password anew. */
        public val SEC_E_NO_KERB_KEY: Status = Status(0x80090348u)

        /** The certificate was not issued for this purpose, so use one whose extended key usage fits. */
        public val SEC_E_CERT_WRONG_USAGE: Status = Status(0x80090349u)

        /** Something weakened the negotiation on its way, so make sure that a domain controller can be reached and that nobody tampers with the traffic. */
        public val SEC_E_DOWNGRADE_DETECTED: Status = Status(0x80090350u)

        /** The smart card certificate was revoked, so obtain a new one. */
        public val SEC_E_SMARTCARD_CERT_REVOKED: Status = Status(0x80090351u)

        /** The authority that issued the smart card certificate is not trusted. */
        public val SEC_E_ISSUING_CA_UNTRUSTED: Status = Status(0x80090352u)

        /** Nobody could say whether the smart card certificate is revoked, so make the revocation server reachable. */
        public val SEC_E_REVOCATION_OFFLINE_C: Status = Status(0x80090353u)

        /** The smart card certificate is not trusted for the logon. */
        public val SEC_E_PKINIT_CLIENT_FAILURE: Status = Status(0x80090354u)

        /** The smart card certificate is past its last day of validity, so have it renewed. */
        public val SEC_E_SMARTCARD_CERT_EXPIRED: Status = Status(0x80090355u)

        /** The domain has no KDC which can issue a ticket on behalf of a user. */
        public val SEC_E_NO_S4U_PROT_SUPPORT: Status = Status(0x80090356u)

        /** This server may delegate only to services of its own realm, and the target lies outside. */
        public val SEC_E_CROSSREALM_DELEGATION_FAILURE: Status = Status(0x80090357u)

        /** Nobody could say whether the KDC's certificate is revoked, so make the revocation server reachable. */
        public val SEC_E_REVOCATION_OFFLINE_KDC: Status = Status(0x80090358u)

        /** The authority that issued the KDC's certificate is not trusted here. */
        public val SEC_E_ISSUING_CA_UNTRUSTED_KDC: Status = Status(0x80090359u)

        /** The KDC's certificate is past its last day of validity, so have it renewed. */
        public val SEC_E_KDC_CERT_EXPIRED: Status = Status(0x8009035Au)

        /** The KDC's certificate was revoked, so the KDC needs a new one. */
        public val SEC_E_KDC_CERT_REVOKED: Status = Status(0x8009035Bu)

        /** An argument is out of range or does not go with the others. */
        public val SEC_E_INVALID_PARAMETER: Status = Status(0x8009035Du)

        /** Policy forbids handing credentials to this server. */
        public val SEC_E_DELEGATION_POLICY: Status = Status(0x8009035Eu)

        /** Policy forbids handing credentials to a server that was authenticated by NTLM alone. */
        public val SEC_E_POLICY_NLTM_ONLY: Status = Status(0x8009035Fu)

        /** There is no established context to work on, so finish the handshake first. */
        public val SEC_E_NO_CONTEXT: Status = Status(0x80090361u)

        /** PKU2U could not make use of the certificates, so check those of both sides. */
        public val SEC_E_PKU2U_CERT_FAILURE: Status = Status(0x80090362u)

        /** The server did not prove who it is, so check the target name and close the connection. */
        public val SEC_E_MUTUAL_AUTH_FAILED: Status = Status(0x80090363u)

        /** The address must begin with https, so use a protected connection. */
        public val SEC_E_ONLY_HTTPS_ALLOWED: Status = Status(0x80090365u)

        /** The two sides share no application protocol, so offer one that the peer knows. */
        public val SEC_E_APPLICATION_PROTOCOL_MISMATCH: Status = Status(0x80090367u)

        /** The user name has a form that cannot be used to log on here, so try the user@domain form. */
        public val SEC_E_INVALID_UPN_NAME: Status = Status(0x80090369u)

        /** The buffer for the TLS extension is too small, so pass a larger one. */
        public val SEC_E_EXT_BUFFER_TOO_SMALL: Status = Status(0x8009036Au)

        /** Too few buffers were passed, so add the missing ones to the list. */
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
