// Written by `cargo xtask generate` from the core: do not edit.
package anysspi

/** What a context is asked for, and what it has. */
public enum class Flag(internal val bits: UInt) {
    /** `ISC_REQ_DELEGATE`, `ASC_REQ_DELEGATE` */
    DELEGATE(0x1u),

    /** `ISC_REQ_MUTUAL_AUTH`, `ASC_REQ_MUTUAL_AUTH` */
    MUTUAL_AUTH(0x2u),

    /** `ISC_REQ_REPLAY_DETECT`, `ASC_REQ_REPLAY_DETECT` */
    REPLAY_DETECT(0x4u),

    /** `ISC_REQ_SEQUENCE_DETECT`, `ASC_REQ_SEQUENCE_DETECT` */
    SEQUENCE_DETECT(0x8u),

    /** `ISC_REQ_CONFIDENTIALITY`, `ASC_REQ_CONFIDENTIALITY` */
    CONFIDENTIALITY(0x10u),

    /** `ISC_REQ_USE_SESSION_KEY`, `ASC_REQ_USE_SESSION_KEY` */
    USE_SESSION_KEY(0x20u),

    /** `DCE_STYLE` */
    DCE_STYLE(0x40u),

    /** `ISC_REQ_DATAGRAM`, `ASC_REQ_DATAGRAM` */
    DATAGRAM(0x80u),

    /** `ISC_REQ_CONNECTION`, `ASC_REQ_CONNECTION` */
    CONNECTION(0x100u),

    /** `ISC_REQ_EXTENDED_ERROR`, `ASC_REQ_EXTENDED_ERROR` */
    EXTENDED_ERROR(0x200u),

    /** `ISC_REQ_STREAM`, `ASC_REQ_STREAM` */
    STREAM(0x400u),

    /** `ISC_REQ_INTEGRITY`, `ASC_REQ_INTEGRITY` */
    INTEGRITY(0x800u),

    /** `ISC_REQ_IDENTIFY`, `ASC_REQ_IDENTIFY` */
    IDENTIFY(0x1000u),

    /** `ISC_REQ_NULL_SESSION` */
    NULL_SESSION(0x2000u),

    /** `ISC_REQ_MANUAL_CRED_VALIDATION` */
    MANUAL_CRED_VALIDATION(0x4000u),

    /** `USE_SUPPLIED_CREDENTIALS` */
    USE_SUPPLIED_CREDENTIALS(0x8000u),

    /** `ISC_REQ_UNVERIFIED_TARGET_NAME` */
    UNVERIFIED_TARGET_NAME(0x10000u),

    /** `ASC_REQ_ALLOW_MISSING_BINDINGS` */
    ALLOW_MISSING_BINDINGS(0x20000u),

    /** `ISC_REQ_NO_INTEGRITY` */
    NO_INTEGRITY(0x40000u),

    /** `ISC_REQ_CONFIDENTIALITY_ONLY` */
    CONFIDENTIALITY_ONLY(0x80000u),

    /** `NO_ADDITIONAL_TOKEN` */
    NO_ADDITIONAL_TOKEN(0x100000u),

}

@JvmName("bitsOfFlag")
internal fun Collection<Flag>.bits(): UInt = fold(0u) { bits, one -> bits or one.bits }

/** What is off unless it is asked for by name. */
public enum class Allow(internal val bits: UInt) {
    /** `NTLM_V1` */
    NTLM_V1(0x1u),

    /** `WEAK_SEALING` */
    WEAK_SEALING(0x2u),

    /** `ANONYMOUS` */
    ANONYMOUS(0x4u),

    /** `OLD_CREDSSP` */
    OLD_CREDSSP(0x8u),

    /** `RC4` */
    RC4(0x10u),

}

@JvmName("bitsOfAllow")
internal fun Collection<Allow>.bits(): UInt = fold(0u) { bits, one -> bits or one.bits }

/** What a package can do (`SECPKG_FLAG_*`). */
public enum class Capability(internal val bits: UInt) {
    /** `SECPKG_FLAG_INTEGRITY` */
    INTEGRITY(0x1u),

    /** `SECPKG_FLAG_PRIVACY` */
    PRIVACY(0x2u),

    /** `SECPKG_FLAG_TOKEN_ONLY` */
    TOKEN_ONLY(0x4u),

    /** `SECPKG_FLAG_DATAGRAM` */
    DATAGRAM(0x8u),

    /** `SECPKG_FLAG_CONNECTION` */
    CONNECTION(0x10u),

    /** `SECPKG_FLAG_MULTI_REQUIRED` */
    MULTI_REQUIRED(0x20u),

    /** `SECPKG_FLAG_CLIENT_ONLY` */
    CLIENT_ONLY(0x40u),

    /** `SECPKG_FLAG_EXTENDED_ERROR` */
    EXTENDED_ERROR(0x80u),

    /** `SECPKG_FLAG_IMPERSONATION` */
    IMPERSONATION(0x100u),

    /** `SECPKG_FLAG_ACCEPT_WIN32_NAME` */
    ACCEPT_WIN32_NAME(0x200u),

    /** `SECPKG_FLAG_STREAM` */
    STREAM(0x400u),

    /** `SECPKG_FLAG_NEGOTIABLE` */
    NEGOTIABLE(0x800u),

    /** `SECPKG_FLAG_GSS_COMPATIBLE` */
    GSS_COMPATIBLE(0x1000u),

    /** `SECPKG_FLAG_LOGON` */
    LOGON(0x2000u),

    /** `SECPKG_FLAG_ASCII_BUFFERS` */
    ASCII_BUFFERS(0x4000u),

    /** `SECPKG_FLAG_FRAGMENT` */
    FRAGMENT(0x8000u),

    /** `SECPKG_FLAG_MUTUAL_AUTH` */
    MUTUAL_AUTH(0x10000u),

    /** `SECPKG_FLAG_DELEGATION` */
    DELEGATION(0x20000u),

    /** `SECPKG_FLAG_READONLY_WITH_CHECKSUM` */
    READONLY_WITH_CHECKSUM(0x40000u),

    /** `SECPKG_FLAG_RESTRICTED_TOKENS` */
    RESTRICTED_TOKENS(0x80000u),

    /** `SECPKG_FLAG_NEGO_EXTENDER` */
    NEGO_EXTENDER(0x100000u),

    /** `SECPKG_FLAG_NEGOTIABLE2` */
    NEGOTIABLE2(0x200000u),

    /** `SECPKG_FLAG_APPCONTAINER_PASSTHROUGH` */
    APPCONTAINER_PASSTHROUGH(0x400000u),

    /** `SECPKG_FLAG_APPCONTAINER_CHECKS` */
    APPCONTAINER_CHECKS(0x800000u),

}

@JvmName("bitsOfCapability")
internal fun Collection<Capability>.bits(): UInt = fold(0u) { bits, one -> bits or one.bits }
