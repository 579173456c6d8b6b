// Written by `cargo xtask generate` from core/src/status_table.rs: do not edit.
package anysspi

import anysspi.bridge.Fault

/** An error of the family [Family.CREDENTIAL]. */
public sealed class CredentialException(
    status: UInt,
    symbol: String,
    context: String,
    details: ErrorDetails,
) : SspiException(status, symbol, Family.CREDENTIAL, context, details)

/** An error of the family [Family.HANDSHAKE]. */
public sealed class HandshakeException(
    status: UInt,
    symbol: String,
    context: String,
    details: ErrorDetails,
) : SspiException(status, symbol, Family.HANDSHAKE, context, details)

/** An error of the family [Family.PROTECTION]. */
public sealed class ProtectionException(
    status: UInt,
    symbol: String,
    context: String,
    details: ErrorDetails,
) : SspiException(status, symbol, Family.PROTECTION, context, details)

/** An error of the family [Family.USAGE]. */
public sealed class UsageException(
    status: UInt,
    symbol: String,
    context: String,
    details: ErrorDetails,
) : SspiException(status, symbol, Family.USAGE, context, details)

/** An error of the family [Family.UNSUPPORTED]. */
public sealed class UnsupportedException(
    status: UInt,
    symbol: String,
    context: String,
    details: ErrorDetails,
) : SspiException(status, symbol, Family.UNSUPPORTED, context, details)

/** An error of the family [Family.NETWORK]. */
public sealed class NetworkException(
    status: UInt,
    symbol: String,
    context: String,
    details: ErrorDetails,
) : SspiException(status, symbol, Family.NETWORK, context, details)

/** An error of the family [Family.INTERNAL]. */
public sealed class InternalException(
    status: UInt,
    symbol: String,
    context: String,
    details: ErrorDetails,
) : SspiException(status, symbol, Family.INTERNAL, context, details)

/** Memory ran out during the call, so free some and try again. (`SEC_E_INSUFFICIENT_MEMORY`) */
public class InsufficientMemory(context: String = "", details: ErrorDetails = ErrorDetails()) :
    InternalException(0x80090300u, "SEC_E_INSUFFICIENT_MEMORY", context, details)

/** The handle was never valid or has been freed already, so acquire a new one. (`SEC_E_INVALID_HANDLE`) */
public class InvalidHandle(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UsageException(0x80090301u, "SEC_E_INVALID_HANDLE", context, details)

/** This package or platform cannot do what was asked, so leave the option out or choose another package. (`SEC_E_UNSUPPORTED_FUNCTION`) */
public class UnsupportedFunction(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UnsupportedException(0x80090302u, "SEC_E_UNSUPPORTED_FUNCTION", context, details)

/** Nobody knows a service by the target name, so check its spelling and that it is registered in the realm. (`SEC_E_TARGET_UNKNOWN`) */
public class TargetUnknown(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090303u, "SEC_E_TARGET_UNKNOWN", context, details)

/** Something failed inside the security package, so look at the detail message and report it. (`SEC_E_INTERNAL_ERROR`) */
public class InternalError(context: String = "", details: ErrorDetails = ErrorDetails()) :
    InternalException(0x80090304u, "SEC_E_INTERNAL_ERROR", context, details)

/** No security package has this name here, so list the packages and pick one of them. (`SEC_E_SECPKG_NOT_FOUND`) */
public class SecpkgNotFound(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UnsupportedException(0x80090305u, "SEC_E_SECPKG_NOT_FOUND", context, details)

/** The credential belongs to somebody else and the caller may not use it. (`SEC_E_NOT_OWNER`) */
public class NotOwner(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x80090306u, "SEC_E_NOT_OWNER", context, details)

/** The security package could not be loaded or started, so check its installation. (`SEC_E_CANNOT_INSTALL`) */
public class CannotInstall(context: String = "", details: ErrorDetails = ErrorDetails()) :
    InternalException(0x80090307u, "SEC_E_CANNOT_INSTALL", context, details)

/** The token from the peer is malformed or does not belong at this point, so check that both sides speak the same protocol. (`SEC_E_INVALID_TOKEN`) */
public class InvalidToken(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090308u, "SEC_E_INVALID_TOKEN", context, details)

/** The security package could not encode its data for transport. (`SEC_E_CANNOT_PACK`) */
public class CannotPack(context: String = "", details: ErrorDetails = ErrorDetails()) :
    InternalException(0x80090309u, "SEC_E_CANNOT_PACK", context, details)

/** The context offers no such quality of protection, so ask for the default one. (`SEC_E_QOP_NOT_SUPPORTED`) */
public class QopNotSupported(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UsageException(0x8009030Au, "SEC_E_QOP_NOT_SUPPORTED", context, details)

/** The client did not allow the server to act in its name, so do without it or let the client grant it. (`SEC_E_NO_IMPERSONATION`) */
public class NoImpersonation(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UsageException(0x8009030Bu, "SEC_E_NO_IMPERSONATION", context, details)

/** The user name or the password is wrong, or the account may not log on this way. (`SEC_E_LOGON_DENIED`) */
public class LogonDenied(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x8009030Cu, "SEC_E_LOGON_DENIED", context, details)

/** The package does not accept this kind of credential, so check what was passed in. (`SEC_E_UNKNOWN_CREDENTIALS`) */
public class UnknownCredentials(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x8009030Du, "SEC_E_UNKNOWN_CREDENTIALS", context, details)

/** There is no usable credential, so log on first or pass one explicitly. (`SEC_E_NO_CREDENTIALS`) */
public class NoCredentials(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x8009030Eu, "SEC_E_NO_CREDENTIALS", context, details)

/** The signature does not match the message, so discard it and treat the connection as broken. (`SEC_E_MESSAGE_ALTERED`) */
public class MessageAltered(context: String = "", details: ErrorDetails = ErrorDetails()) :
    ProtectionException(0x8009030Fu, "SEC_E_MESSAGE_ALTERED", context, details)

/** A message was lost, repeated or reordered, so discard it and close the connection. (`SEC_E_OUT_OF_SEQUENCE`) */
public class OutOfSequence(context: String = "", details: ErrorDetails = ErrorDetails()) :
    ProtectionException(0x80090310u, "SEC_E_OUT_OF_SEQUENCE", context, details)

/** No domain controller or KDC answered, so check the network, the name service and the realm. (`SEC_E_NO_AUTHENTICATING_AUTHORITY`) */
public class NoAuthenticatingAuthority(context: String = "", details: ErrorDetails = ErrorDetails()) :
    NetworkException(0x80090311u, "SEC_E_NO_AUTHENTICATING_AUTHORITY", context, details)

/** The package identifier does not name any package on this machine. (`SEC_E_BAD_PKGID`) */
public class BadPkgid(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UnsupportedException(0x80090316u, "SEC_E_BAD_PKGID", context, details)

/** The context is past its lifetime or was closed, so authenticate again. (`SEC_E_CONTEXT_EXPIRED`) */
public class ContextExpired(context: String = "", details: ErrorDetails = ErrorDetails()) :
    ProtectionException(0x80090317u, "SEC_E_CONTEXT_EXPIRED", context, details)

/** Only part of the message has arrived, so read more from the peer and call again with all of it. (`SEC_E_INCOMPLETE_MESSAGE`) */
public class IncompleteMessage(context: String = "", details: ErrorDetails = ErrorDetails()) :
    ProtectionException(0x80090318u, "SEC_E_INCOMPLETE_MESSAGE", context, details)

/** A part of the credential is missing, so supply all that the package needs. (`SEC_E_INCOMPLETE_CREDENTIALS`) */
public class IncompleteCredentials(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x80090320u, "SEC_E_INCOMPLETE_CREDENTIALS", context, details)

/** The output does not fit into the buffer, so pass a larger one. (`SEC_E_BUFFER_TOO_SMALL`) */
public class BufferTooSmall(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UsageException(0x80090321u, "SEC_E_BUFFER_TOO_SMALL", context, details)

/** The peer is not the one named as the target, so check the target name and the key or certificate of the service. (`SEC_E_WRONG_PRINCIPAL`) */
public class WrongPrincipal(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090322u, "SEC_E_WRONG_PRINCIPAL", context, details)

/** The clocks of the two sides differ too much, so synchronise them. (`SEC_E_TIME_SKEW`) */
public class TimeSkew(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090324u, "SEC_E_TIME_SKEW", context, details)

/** The peer's certificate chain ends in a root which is not trusted here. (`SEC_E_UNTRUSTED_ROOT`) */
public class UntrustedRoot(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090325u, "SEC_E_UNTRUSTED_ROOT", context, details)

/** The peer sent a message that the protocol does not allow here, so check that both sides share a protocol version and settings. (`SEC_E_ILLEGAL_MESSAGE`) */
public class IllegalMessage(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090326u, "SEC_E_ILLEGAL_MESSAGE", context, details)

/** The certificate could not be processed, so check that it is complete and well formed. (`SEC_E_CERT_UNKNOWN`) */
public class CertUnknown(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090327u, "SEC_E_CERT_UNKNOWN", context, details)

/** The certificate is past its last day of validity, so have it renewed and check the clock. (`SEC_E_CERT_EXPIRED`) */
public class CertExpired(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090328u, "SEC_E_CERT_EXPIRED", context, details)

/** The data could not be encrypted, so close the connection. (`SEC_E_ENCRYPT_FAILURE`) */
public class EncryptFailure(context: String = "", details: ErrorDetails = ErrorDetails()) :
    ProtectionException(0x80090329u, "SEC_E_ENCRYPT_FAILURE", context, details)

/** The data could not be decrypted, so discard it and close the connection. (`SEC_E_DECRYPT_FAILURE`) */
public class DecryptFailure(context: String = "", details: ErrorDetails = ErrorDetails()) :
    ProtectionException(0x80090330u, "SEC_E_DECRYPT_FAILURE", context, details)

/** The two sides share no protocol version or algorithm, so widen the settings of one of them. (`SEC_E_ALGORITHM_MISMATCH`) */
public class AlgorithmMismatch(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090331u, "SEC_E_ALGORITHM_MISMATCH", context, details)

/** The context would lack a property that was demanded, so drop the demand or reconfigure the peer. (`SEC_E_SECURITY_QOS_FAILED`) */
public class SecurityQosFailed(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090332u, "SEC_E_SECURITY_QOS_FAILED", context, details)

/** The context was dropped in the middle of the handshake, which counts as a failed logon. (`SEC_E_UNFINISHED_CONTEXT_DELETED`) */
public class UnfinishedContextDeleted(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090333u, "SEC_E_UNFINISHED_CONTEXT_DELETED", context, details)

/** The server did not send the ticket-granting ticket that user-to-user authentication needs. (`SEC_E_NO_TGT_REPLY`) */
public class NoTgtReply(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090334u, "SEC_E_NO_TGT_REPLY", context, details)

/** This machine has no network address to put into the request, so bring the network up. (`SEC_E_NO_IP_ADDRESSES`) */
public class NoIpAddresses(context: String = "", details: ErrorDetails = ErrorDetails()) :
    NetworkException(0x80090335u, "SEC_E_NO_IP_ADDRESSES", context, details)

/** The context was started with another credential, so pass that one on every call. (`SEC_E_WRONG_CREDENTIAL_HANDLE`) */
public class WrongCredentialHandle(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UsageException(0x80090336u, "SEC_E_WRONG_CREDENTIAL_HANDLE", context, details)

/** A cipher or checksum that is needed is not available on this machine. (`SEC_E_CRYPTO_SYSTEM_INVALID`) */
public class CryptoSystemInvalid(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UnsupportedException(0x80090337u, "SEC_E_CRYPTO_SYSTEM_INVALID", context, details)

/** The KDCs referred the request from realm to realm too often, so check the trusts between the realms. (`SEC_E_MAX_REFERRALS_EXCEEDED`) */
public class MaxReferralsExceeded(context: String = "", details: ErrorDetails = ErrorDetails()) :
    NetworkException(0x80090338u, "SEC_E_MAX_REFERRALS_EXCEEDED", context, details)

/** This works only on a KDC, and this machine is none. (`SEC_E_MUST_BE_KDC`) */
public class MustBeKdc(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UnsupportedException(0x80090339u, "SEC_E_MUST_BE_KDC", context, details)

/** The peer insists on stronger encryption than this machine has to offer. (`SEC_E_STRONG_CRYPTO_NOT_SUPPORTED`) */
public class StrongCryptoNotSupported(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UnsupportedException(0x8009033Au, "SEC_E_STRONG_CRYPTO_NOT_SUPPORTED", context, details)

/** The KDC's reply names more than one principal, so check for duplicate entries in the realm. (`SEC_E_TOO_MANY_PRINCIPALS`) */
public class TooManyPrincipals(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x8009033Bu, "SEC_E_TOO_MANY_PRINCIPALS", context, details)

/** The KDC's reply lacks the hint about encryption types, so check which ones the account and the KDC allow. (`SEC_E_NO_PA_DATA`) */
public class NoPaData(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x8009033Cu, "SEC_E_NO_PA_DATA", context, details)

/** The client certificate carries no user principal name, or one of a different user. (`SEC_E_PKINIT_NAME_MISMATCH`) */
public class PkinitNameMismatch(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x8009033Du, "SEC_E_PKINIT_NAME_MISMATCH", context, details)

/** This account may log on with a smart card only. (`SEC_E_SMARTCARD_LOGON_REQUIRED`) */
public class SmartcardLogonRequired(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x8009033Eu, "SEC_E_SMARTCARD_LOGON_REQUIRED", context, details)

/** The system is shutting down, so try again after it is back. (`SEC_E_SHUTDOWN_IN_PROGRESS`) */
public class ShutdownInProgress(context: String = "", details: ErrorDetails = ErrorDetails()) :
    InternalException(0x8009033Fu, "SEC_E_SHUTDOWN_IN_PROGRESS", context, details)

/** The KDC rejected the request as malformed. (`SEC_E_KDC_INVALID_REQUEST`) */
public class KdcInvalidRequest(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090340u, "SEC_E_KDC_INVALID_REQUEST", context, details)

/** The KDC could not tell which realm holds the service, so check the target name and the trusts between the realms. (`SEC_E_KDC_UNABLE_TO_REFER`) */
public class KdcUnableToRefer(context: String = "", details: ErrorDetails = ErrorDetails()) :
    NetworkException(0x80090341u, "SEC_E_KDC_UNABLE_TO_REFER", context, details)

/** The KDC does not support the encryption type, so allow one that both sides have. (`SEC_E_KDC_UNKNOWN_ETYPE`) */
public class KdcUnknownEtype(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090342u, "SEC_E_KDC_UNKNOWN_ETYPE", context, details)

/** The KDC wants a kind of pre-authentication which is not available here. (`SEC_E_UNSUPPORTED_PREAUTH`) */
public class UnsupportedPreauth(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UnsupportedException(0x80090343u, "SEC_E_UNSUPPORTED_PREAUTH", context, details)

/** The call needs delegation, so let the account and the machine be trusted for it. (`SEC_E_DELEGATION_REQUIRED`) */
public class DelegationRequired(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x80090345u, "SEC_E_DELEGATION_REQUIRED", context, details)

/** The channel bindings of the two sides differ, so check them for equality and the connection for an interceptor. (`SEC_E_BAD_BINDINGS`) */
public class BadBindings(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090346u, "SEC_E_BAD_BINDINGS", context, details)

/** The certificate maps to several accounts, so name the one you mean. (`SEC_E_MULTIPLE_ACCOUNTS`) */
public class MultipleAccounts(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x80090347u, "SEC_E_MULTIPLE_ACCOUNTS", context, details)

/** No Kerberos key is at hand for the account, so check the key table or set the password anew. (`SEC_E_NO_KERB_KEY`) */
public class NoKerbKey(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x80090348u, "SEC_E_NO_KERB_KEY", context, details)

/** The certificate was not issued for this purpose, so use one whose extended key usage fits. (`SEC_E_CERT_WRONG_USAGE`) */
public class CertWrongUsage(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090349u, "SEC_E_CERT_WRONG_USAGE", context, details)

/** Something weakened the negotiation on its way, so make sure that a domain controller can be reached and that nobody tampers with the traffic. (`SEC_E_DOWNGRADE_DETECTED`) */
public class DowngradeDetected(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090350u, "SEC_E_DOWNGRADE_DETECTED", context, details)

/** The smart card certificate was revoked, so obtain a new one. (`SEC_E_SMARTCARD_CERT_REVOKED`) */
public class SmartcardCertRevoked(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x80090351u, "SEC_E_SMARTCARD_CERT_REVOKED", context, details)

/** The authority that issued the smart card certificate is not trusted. (`SEC_E_ISSUING_CA_UNTRUSTED`) */
public class IssuingCaUntrusted(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x80090352u, "SEC_E_ISSUING_CA_UNTRUSTED", context, details)

/** Nobody could say whether the smart card certificate is revoked, so make the revocation server reachable. (`SEC_E_REVOCATION_OFFLINE_C`) */
public class RevocationOfflineC(context: String = "", details: ErrorDetails = ErrorDetails()) :
    NetworkException(0x80090353u, "SEC_E_REVOCATION_OFFLINE_C", context, details)

/** The smart card certificate is not trusted for the logon. (`SEC_E_PKINIT_CLIENT_FAILURE`) */
public class PkinitClientFailure(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x80090354u, "SEC_E_PKINIT_CLIENT_FAILURE", context, details)

/** The smart card certificate is past its last day of validity, so have it renewed. (`SEC_E_SMARTCARD_CERT_EXPIRED`) */
public class SmartcardCertExpired(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x80090355u, "SEC_E_SMARTCARD_CERT_EXPIRED", context, details)

/** The domain has no KDC which can issue a ticket on behalf of a user. (`SEC_E_NO_S4U_PROT_SUPPORT`) */
public class NoS4uProtSupport(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UnsupportedException(0x80090356u, "SEC_E_NO_S4U_PROT_SUPPORT", context, details)

/** This server may delegate only to services of its own realm, and the target lies outside. (`SEC_E_CROSSREALM_DELEGATION_FAILURE`) */
public class CrossrealmDelegationFailure(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x80090357u, "SEC_E_CROSSREALM_DELEGATION_FAILURE", context, details)

/** Nobody could say whether the KDC's certificate is revoked, so make the revocation server reachable. (`SEC_E_REVOCATION_OFFLINE_KDC`) */
public class RevocationOfflineKdc(context: String = "", details: ErrorDetails = ErrorDetails()) :
    NetworkException(0x80090358u, "SEC_E_REVOCATION_OFFLINE_KDC", context, details)

/** The authority that issued the KDC's certificate is not trusted here. (`SEC_E_ISSUING_CA_UNTRUSTED_KDC`) */
public class IssuingCaUntrustedKdc(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090359u, "SEC_E_ISSUING_CA_UNTRUSTED_KDC", context, details)

/** The KDC's certificate is past its last day of validity, so have it renewed. (`SEC_E_KDC_CERT_EXPIRED`) */
public class KdcCertExpired(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x8009035Au, "SEC_E_KDC_CERT_EXPIRED", context, details)

/** The KDC's certificate was revoked, so the KDC needs a new one. (`SEC_E_KDC_CERT_REVOKED`) */
public class KdcCertRevoked(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x8009035Bu, "SEC_E_KDC_CERT_REVOKED", context, details)

/** An argument is out of range or does not go with the others. (`SEC_E_INVALID_PARAMETER`) */
public class InvalidParameter(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UsageException(0x8009035Du, "SEC_E_INVALID_PARAMETER", context, details)

/** Policy forbids handing credentials to this server. (`SEC_E_DELEGATION_POLICY`) */
public class DelegationForbidden(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x8009035Eu, "SEC_E_DELEGATION_POLICY", context, details)

/** Policy forbids handing credentials to a server that was authenticated by NTLM alone. (`SEC_E_POLICY_NLTM_ONLY`) */
public class PolicyNltmOnly(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x8009035Fu, "SEC_E_POLICY_NLTM_ONLY", context, details)

/** There is no established context to work on, so finish the handshake first. (`SEC_E_NO_CONTEXT`) */
public class NoContext(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UsageException(0x80090361u, "SEC_E_NO_CONTEXT", context, details)

/** PKU2U could not make use of the certificates, so check those of both sides. (`SEC_E_PKU2U_CERT_FAILURE`) */
public class Pku2uCertFailure(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090362u, "SEC_E_PKU2U_CERT_FAILURE", context, details)

/** The server did not prove who it is, so check the target name and close the connection. (`SEC_E_MUTUAL_AUTH_FAILED`) */
public class MutualAuthFailed(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090363u, "SEC_E_MUTUAL_AUTH_FAILED", context, details)

/** The address must begin with https, so use a protected connection. (`SEC_E_ONLY_HTTPS_ALLOWED`) */
public class OnlyHttpsAllowed(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UsageException(0x80090365u, "SEC_E_ONLY_HTTPS_ALLOWED", context, details)

/** The two sides share no application protocol, so offer one that the peer knows. (`SEC_E_APPLICATION_PROTOCOL_MISMATCH`) */
public class ApplicationProtocolMismatch(context: String = "", details: ErrorDetails = ErrorDetails()) :
    HandshakeException(0x80090367u, "SEC_E_APPLICATION_PROTOCOL_MISMATCH", context, details)

/** The user name has a form that cannot be used to log on here, so try the user@domain form. (`SEC_E_INVALID_UPN_NAME`) */
public class InvalidUpnName(context: String = "", details: ErrorDetails = ErrorDetails()) :
    CredentialException(0x80090369u, "SEC_E_INVALID_UPN_NAME", context, details)

/** The buffer for the TLS extension is too small, so pass a larger one. (`SEC_E_EXT_BUFFER_TOO_SMALL`) */
public class ExtBufferTooSmall(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UsageException(0x8009036Au, "SEC_E_EXT_BUFFER_TOO_SMALL", context, details)

/** Too few buffers were passed, so add the missing ones to the list. (`SEC_E_INSUFFICIENT_BUFFERS`) */
public class InsufficientBuffers(context: String = "", details: ErrorDetails = ErrorDetails()) :
    UsageException(0x8009036Bu, "SEC_E_INSUFFICIENT_BUFFERS", context, details)

/** The exception of a fault. The compiler sees to it that no status is forgotten. */
internal fun exceptionOf(fault: Fault, thrown: Thrown?): SspiException =
    when (fault) {
        is Fault.InsufficientMemory -> InsufficientMemory(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.InvalidHandle -> InvalidHandle(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.UnsupportedFunction -> UnsupportedFunction(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.TargetUnknown -> TargetUnknown(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.InternalException -> InternalError(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.SecpkgNotFound -> SecpkgNotFound(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.NotOwner -> NotOwner(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.CannotInstall -> CannotInstall(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.InvalidToken -> InvalidToken(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.CannotPack -> CannotPack(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.QopNotSupported -> QopNotSupported(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.NoImpersonation -> NoImpersonation(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.LogonDenied -> LogonDenied(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.UnknownCredentials -> UnknownCredentials(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.NoCredentials -> NoCredentials(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.MessageAltered -> MessageAltered(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.OutOfSequence -> OutOfSequence(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.NoAuthenticatingAuthority -> NoAuthenticatingAuthority(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.BadPkgid -> BadPkgid(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.ContextExpired -> ContextExpired(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.IncompleteMessage -> IncompleteMessage(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.IncompleteCredentials -> IncompleteCredentials(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.BufferTooSmall -> BufferTooSmall(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.WrongPrincipal -> WrongPrincipal(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.TimeSkew -> TimeSkew(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.UntrustedRoot -> UntrustedRoot(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.IllegalMessage -> IllegalMessage(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.CertUnknown -> CertUnknown(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.CertExpired -> CertExpired(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.EncryptFailure -> EncryptFailure(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.DecryptFailure -> DecryptFailure(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.AlgorithmMismatch -> AlgorithmMismatch(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.SecurityQosFailed -> SecurityQosFailed(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.UnfinishedContextDeleted -> UnfinishedContextDeleted(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.NoTgtReply -> NoTgtReply(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.NoIpAddresses -> NoIpAddresses(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.WrongCredentialHandle -> WrongCredentialHandle(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.CryptoSystemInvalid -> CryptoSystemInvalid(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.MaxReferralsExceeded -> MaxReferralsExceeded(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.MustBeKdc -> MustBeKdc(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.StrongCryptoNotSupported -> StrongCryptoNotSupported(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.TooManyPrincipals -> TooManyPrincipals(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.NoPaData -> NoPaData(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.PkinitNameMismatch -> PkinitNameMismatch(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.SmartcardLogonRequired -> SmartcardLogonRequired(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.ShutdownInProgress -> ShutdownInProgress(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.KdcInvalidRequest -> KdcInvalidRequest(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.KdcUnableToRefer -> KdcUnableToRefer(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.KdcUnknownEtype -> KdcUnknownEtype(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.UnsupportedPreauth -> UnsupportedPreauth(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.DelegationRequired -> DelegationRequired(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.BadBindings -> BadBindings(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.MultipleAccounts -> MultipleAccounts(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.NoKerbKey -> NoKerbKey(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.CertWrongUsage -> CertWrongUsage(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.DowngradeDetected -> DowngradeDetected(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.SmartcardCertRevoked -> SmartcardCertRevoked(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.IssuingCaUntrusted -> IssuingCaUntrusted(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.RevocationOfflineC -> RevocationOfflineC(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.PkinitClientFailure -> PkinitClientFailure(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.SmartcardCertExpired -> SmartcardCertExpired(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.NoS4uProtSupport -> NoS4uProtSupport(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.CrossrealmDelegationFailure -> CrossrealmDelegationFailure(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.RevocationOfflineKdc -> RevocationOfflineKdc(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.IssuingCaUntrustedKdc -> IssuingCaUntrustedKdc(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.KdcCertExpired -> KdcCertExpired(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.KdcCertRevoked -> KdcCertRevoked(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.InvalidParameter -> InvalidParameter(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.DelegationForbidden -> DelegationForbidden(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.PolicyNltmOnly -> PolicyNltmOnly(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.NoContext -> NoContext(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.Pku2uCertFailure -> Pku2uCertFailure(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.MutualAuthFailed -> MutualAuthFailed(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.OnlyHttpsAllowed -> OnlyHttpsAllowed(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.ApplicationProtocolMismatch -> ApplicationProtocolMismatch(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.InvalidUpnName -> InvalidUpnName(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.ExtBufferTooSmall -> ExtBufferTooSmall(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.InsufficientBuffers -> InsufficientBuffers(fault.detail.explanation, fault.detail.details(thrown))
        is Fault.Unlisted -> unlisted(fault.detail, thrown)
    }

/** The classes of the statuses, by their numbers. */
internal val classes: Map<UInt, Class<out SspiException>> = mapOf(
    0x80090300u to InsufficientMemory::class.java,
    0x80090301u to InvalidHandle::class.java,
    0x80090302u to UnsupportedFunction::class.java,
    0x80090303u to TargetUnknown::class.java,
    0x80090304u to InternalError::class.java,
    0x80090305u to SecpkgNotFound::class.java,
    0x80090306u to NotOwner::class.java,
    0x80090307u to CannotInstall::class.java,
    0x80090308u to InvalidToken::class.java,
    0x80090309u to CannotPack::class.java,
    0x8009030Au to QopNotSupported::class.java,
    0x8009030Bu to NoImpersonation::class.java,
    0x8009030Cu to LogonDenied::class.java,
    0x8009030Du to UnknownCredentials::class.java,
    0x8009030Eu to NoCredentials::class.java,
    0x8009030Fu to MessageAltered::class.java,
    0x80090310u to OutOfSequence::class.java,
    0x80090311u to NoAuthenticatingAuthority::class.java,
    0x80090316u to BadPkgid::class.java,
    0x80090317u to ContextExpired::class.java,
    0x80090318u to IncompleteMessage::class.java,
    0x80090320u to IncompleteCredentials::class.java,
    0x80090321u to BufferTooSmall::class.java,
    0x80090322u to WrongPrincipal::class.java,
    0x80090324u to TimeSkew::class.java,
    0x80090325u to UntrustedRoot::class.java,
    0x80090326u to IllegalMessage::class.java,
    0x80090327u to CertUnknown::class.java,
    0x80090328u to CertExpired::class.java,
    0x80090329u to EncryptFailure::class.java,
    0x80090330u to DecryptFailure::class.java,
    0x80090331u to AlgorithmMismatch::class.java,
    0x80090332u to SecurityQosFailed::class.java,
    0x80090333u to UnfinishedContextDeleted::class.java,
    0x80090334u to NoTgtReply::class.java,
    0x80090335u to NoIpAddresses::class.java,
    0x80090336u to WrongCredentialHandle::class.java,
    0x80090337u to CryptoSystemInvalid::class.java,
    0x80090338u to MaxReferralsExceeded::class.java,
    0x80090339u to MustBeKdc::class.java,
    0x8009033Au to StrongCryptoNotSupported::class.java,
    0x8009033Bu to TooManyPrincipals::class.java,
    0x8009033Cu to NoPaData::class.java,
    0x8009033Du to PkinitNameMismatch::class.java,
    0x8009033Eu to SmartcardLogonRequired::class.java,
    0x8009033Fu to ShutdownInProgress::class.java,
    0x80090340u to KdcInvalidRequest::class.java,
    0x80090341u to KdcUnableToRefer::class.java,
    0x80090342u to KdcUnknownEtype::class.java,
    0x80090343u to UnsupportedPreauth::class.java,
    0x80090345u to DelegationRequired::class.java,
    0x80090346u to BadBindings::class.java,
    0x80090347u to MultipleAccounts::class.java,
    0x80090348u to NoKerbKey::class.java,
    0x80090349u to CertWrongUsage::class.java,
    0x80090350u to DowngradeDetected::class.java,
    0x80090351u to SmartcardCertRevoked::class.java,
    0x80090352u to IssuingCaUntrusted::class.java,
    0x80090353u to RevocationOfflineC::class.java,
    0x80090354u to PkinitClientFailure::class.java,
    0x80090355u to SmartcardCertExpired::class.java,
    0x80090356u to NoS4uProtSupport::class.java,
    0x80090357u to CrossrealmDelegationFailure::class.java,
    0x80090358u to RevocationOfflineKdc::class.java,
    0x80090359u to IssuingCaUntrustedKdc::class.java,
    0x8009035Au to KdcCertExpired::class.java,
    0x8009035Bu to KdcCertRevoked::class.java,
    0x8009035Du to InvalidParameter::class.java,
    0x8009035Eu to DelegationForbidden::class.java,
    0x8009035Fu to PolicyNltmOnly::class.java,
    0x80090361u to NoContext::class.java,
    0x80090362u to Pku2uCertFailure::class.java,
    0x80090363u to MutualAuthFailed::class.java,
    0x80090365u to OnlyHttpsAllowed::class.java,
    0x80090367u to ApplicationProtocolMismatch::class.java,
    0x80090369u to InvalidUpnName::class.java,
    0x8009036Au to ExtBufferTooSmall::class.java,
    0x8009036Bu to InsufficientBuffers::class.java,
)
