// Written by `cargo xtask generate` from the core: do not edit.
package anysspi

/** What a context is asked for, and what it has. */
public enum class Flag(internal val bits: UInt) {
    DELEGATE(0x1u),
    MUTUAL_AUTH(0x2u),
    REPLAY_DETECT(0x4u),
    SEQUENCE_DETECT(0x8u),
    CONFIDENTIALITY(0x10u),
    USE_SESSION_KEY(0x20u),
    DCE_STYLE(0x40u),
    DATAGRAM(0x80u),
    CONNECTION(0x100u),
    EXTENDED_ERROR(0x200u),
    STREAM(0x400u),
    INTEGRITY(0x800u),
    IDENTIFY(0x1000u),
    NULL_SESSION(0x2000u),
    MANUAL_CRED_VALIDATION(0x4000u),
    USE_SUPPLIED_CREDENTIALS(0x8000u),
    UNVERIFIED_TARGET_NAME(0x10000u),
    ALLOW_MISSING_BINDINGS(0x20000u),
    NO_INTEGRITY(0x40000u),
    CONFIDENTIALITY_ONLY(0x80000u),
    NO_ADDITIONAL_TOKEN(0x100000u),
}

@JvmName("bitsOfFlag")
internal fun Collection<Flag>.bits(): UInt = fold(0u) { bits, one -> bits or one.bits }

/** What is off unless it is asked for by name. */
public enum class Allow(internal val bits: UInt) {
    NTLM_V1(0x1u),
    WEAK_SEALING(0x2u),
    ANONYMOUS(0x4u),
}

@JvmName("bitsOfAllow")
internal fun Collection<Allow>.bits(): UInt = fold(0u) { bits, one -> bits or one.bits }

/** What a package can do (`SECPKG_FLAG_*`). */
public enum class Capability(internal val bits: UInt) {
    INTEGRITY(0x1u),
    PRIVACY(0x2u),
    TOKEN_ONLY(0x4u),
    DATAGRAM(0x8u),
    CONNECTION(0x10u),
    MULTI_REQUIRED(0x20u),
    CLIENT_ONLY(0x40u),
    EXTENDED_ERROR(0x80u),
    IMPERSONATION(0x100u),
    ACCEPT_WIN32_NAME(0x200u),
    STREAM(0x400u),
    NEGOTIABLE(0x800u),
    GSS_COMPATIBLE(0x1000u),
    LOGON(0x2000u),
    ASCII_BUFFERS(0x4000u),
    FRAGMENT(0x8000u),
    MUTUAL_AUTH(0x10000u),
    DELEGATION(0x20000u),
    READONLY_WITH_CHECKSUM(0x40000u),
    RESTRICTED_TOKENS(0x80000u),
    NEGO_EXTENDER(0x100000u),
    NEGOTIABLE2(0x200000u),
    APPCONTAINER_PASSTHROUGH(0x400000u),
    APPCONTAINER_CHECKS(0x800000u),
}

@JvmName("bitsOfCapability")
internal fun Collection<Capability>.bits(): UInt = fold(0u) { bits, one -> bits or one.bits }
