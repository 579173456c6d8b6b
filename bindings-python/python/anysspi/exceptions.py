# Written by `cargo xtask generate` from core/src/status_table.rs: do not edit.
"""Every exception: a class for each status, under a class for each family, under `SspiError`.

    except anysspi.LogonDenied: ...       # one status
    except anysspi.CredentialError: ...   # everything that another credential may cure
    except anysspi.SspiError: ...         # whatever the library raises by itself
"""

from anysspi._error import SspiError


class CredentialError(SspiError):
    """Use another credential, or have the account or the policy changed."""

    family = "Credential"


class HandshakeError(SspiError):
    """The peer or the negotiation is at fault: close the connection."""

    family = "Handshake"


class ProtectionError(SspiError):
    """A message could not be protected or opened: close the connection, or get the rest of it."""

    family = "Protection"


class UsageError(SspiError):
    """The call itself is wrong: correct the program."""

    family = "Usage"


class UnsupportedError(SspiError):
    """The package or the platform has no such feature: do without it."""

    family = "Unsupported"


class NetworkError(SspiError):
    """An authority could not be reached: look at the network, or try again later."""

    family = "Network"


class InternalFamilyError(SspiError):
    """The library or the system failed; neither caller nor peer is to blame."""

    family = "Internal"


class InsufficientMemory(InternalFamilyError):
    """Memory ran out during the call, so free some and try again. (`SEC_E_INSUFFICIENT_MEMORY`)"""

    status = 0x80090300
    symbol = "SEC_E_INSUFFICIENT_MEMORY"


class InvalidHandle(UsageError):
    """The handle was never valid or has been freed already, so acquire a new one.
    (`SEC_E_INVALID_HANDLE`)
    """

    status = 0x80090301
    symbol = "SEC_E_INVALID_HANDLE"


class UnsupportedFunction(UnsupportedError):
    """This package or platform cannot do what was asked, so leave the option out or choose another
    package. (`SEC_E_UNSUPPORTED_FUNCTION`)
    """

    status = 0x80090302
    symbol = "SEC_E_UNSUPPORTED_FUNCTION"


class TargetUnknown(HandshakeError):
    """Nobody knows a service by the target name, so check its spelling and that it is registered in
    the realm. (`SEC_E_TARGET_UNKNOWN`)
    """

    status = 0x80090303
    symbol = "SEC_E_TARGET_UNKNOWN"


class InternalError(InternalFamilyError):
    """Something failed inside the security package, so look at the detail message and report it.
    (`SEC_E_INTERNAL_ERROR`)
    """

    status = 0x80090304
    symbol = "SEC_E_INTERNAL_ERROR"


class SecpkgNotFound(UnsupportedError):
    """No security package has this name here, so list the packages and pick one of them.
    (`SEC_E_SECPKG_NOT_FOUND`)
    """

    status = 0x80090305
    symbol = "SEC_E_SECPKG_NOT_FOUND"


class NotOwner(CredentialError):
    """The credential belongs to somebody else and the caller may not use it. (`SEC_E_NOT_OWNER`)"""

    status = 0x80090306
    symbol = "SEC_E_NOT_OWNER"


class CannotInstall(InternalFamilyError):
    """The security package could not be loaded or started, so check its installation.
    (`SEC_E_CANNOT_INSTALL`)
    """

    status = 0x80090307
    symbol = "SEC_E_CANNOT_INSTALL"


class InvalidToken(HandshakeError):
    """The token from the peer is malformed or does not belong at this point, so check that both
    sides speak the same protocol. (`SEC_E_INVALID_TOKEN`)
    """

    status = 0x80090308
    symbol = "SEC_E_INVALID_TOKEN"


class CannotPack(InternalFamilyError):
    """The security package could not encode its data for transport. (`SEC_E_CANNOT_PACK`)"""

    status = 0x80090309
    symbol = "SEC_E_CANNOT_PACK"


class QopNotSupported(UsageError):
    """The context offers no such quality of protection, so ask for the default one.
    (`SEC_E_QOP_NOT_SUPPORTED`)
    """

    status = 0x8009030A
    symbol = "SEC_E_QOP_NOT_SUPPORTED"


class NoImpersonation(UsageError):
    """The client did not allow the server to act in its name, so do without it or let the client
    grant it. (`SEC_E_NO_IMPERSONATION`)
    """

    status = 0x8009030B
    symbol = "SEC_E_NO_IMPERSONATION"


class LogonDenied(CredentialError):
    """The user name or the password is wrong, or the account may not log on this way.
    (`SEC_E_LOGON_DENIED`)
    """

    status = 0x8009030C
    symbol = "SEC_E_LOGON_DENIED"


class UnknownCredentials(CredentialError):
    """The package does not accept this kind of credential, so check what was passed in.
    (`SEC_E_UNKNOWN_CREDENTIALS`)
    """

    status = 0x8009030D
    symbol = "SEC_E_UNKNOWN_CREDENTIALS"


class NoCredentials(CredentialError):
    """There is no usable credential, so log on first or pass one explicitly.
    (`SEC_E_NO_CREDENTIALS`)
    """

    status = 0x8009030E
    symbol = "SEC_E_NO_CREDENTIALS"


class MessageAltered(ProtectionError):
    """The signature does not match the message, so discard it and treat the connection as broken.
    (`SEC_E_MESSAGE_ALTERED`)
    """

    status = 0x8009030F
    symbol = "SEC_E_MESSAGE_ALTERED"


class OutOfSequence(ProtectionError):
    """A message was lost, repeated or reordered, so discard it and close the connection.
    (`SEC_E_OUT_OF_SEQUENCE`)
    """

    status = 0x80090310
    symbol = "SEC_E_OUT_OF_SEQUENCE"


class NoAuthenticatingAuthority(NetworkError):
    """No domain controller or KDC answered, so check the network, the name service and the realm.
    (`SEC_E_NO_AUTHENTICATING_AUTHORITY`)
    """

    status = 0x80090311
    symbol = "SEC_E_NO_AUTHENTICATING_AUTHORITY"


class BadPkgid(UnsupportedError):
    """The package identifier does not name any package on this machine. (`SEC_E_BAD_PKGID`)"""

    status = 0x80090316
    symbol = "SEC_E_BAD_PKGID"


class ContextExpired(ProtectionError):
    """The context is past its lifetime or was closed, so authenticate again.
    (`SEC_E_CONTEXT_EXPIRED`)
    """

    status = 0x80090317
    symbol = "SEC_E_CONTEXT_EXPIRED"


class IncompleteMessage(ProtectionError):
    """Only part of the message has arrived, so read more from the peer and call again with all of
    it. (`SEC_E_INCOMPLETE_MESSAGE`)
    """

    status = 0x80090318
    symbol = "SEC_E_INCOMPLETE_MESSAGE"


class IncompleteCredentials(CredentialError):
    """A part of the credential is missing, so supply all that the package needs.
    (`SEC_E_INCOMPLETE_CREDENTIALS`)
    """

    status = 0x80090320
    symbol = "SEC_E_INCOMPLETE_CREDENTIALS"


class BufferTooSmall(UsageError):
    """The output does not fit into the buffer, so pass a larger one. (`SEC_E_BUFFER_TOO_SMALL`)"""

    status = 0x80090321
    symbol = "SEC_E_BUFFER_TOO_SMALL"


class WrongPrincipal(HandshakeError):
    """The peer is not the one named as the target, so check the target name and the key or
    certificate of the service. (`SEC_E_WRONG_PRINCIPAL`)
    """

    status = 0x80090322
    symbol = "SEC_E_WRONG_PRINCIPAL"


class TimeSkew(HandshakeError):
    """The clocks of the two sides differ too much, so synchronise them. (`SEC_E_TIME_SKEW`)"""

    status = 0x80090324
    symbol = "SEC_E_TIME_SKEW"


class UntrustedRoot(HandshakeError):
    """The peer's certificate chain ends in a root which is not trusted here.
    (`SEC_E_UNTRUSTED_ROOT`)
    """

    status = 0x80090325
    symbol = "SEC_E_UNTRUSTED_ROOT"


class IllegalMessage(HandshakeError):
    """The peer sent a message that the protocol does not allow here, so check that both sides share
    a protocol version and settings. (`SEC_E_ILLEGAL_MESSAGE`)
    """

    status = 0x80090326
    symbol = "SEC_E_ILLEGAL_MESSAGE"


class CertUnknown(HandshakeError):
    """The certificate could not be processed, so check that it is complete and well formed.
    (`SEC_E_CERT_UNKNOWN`)
    """

    status = 0x80090327
    symbol = "SEC_E_CERT_UNKNOWN"


class CertExpired(HandshakeError):
    """The certificate is past its last day of validity, so have it renewed and check the clock.
    (`SEC_E_CERT_EXPIRED`)
    """

    status = 0x80090328
    symbol = "SEC_E_CERT_EXPIRED"


class EncryptFailure(ProtectionError):
    """The data could not be encrypted, so close the connection. (`SEC_E_ENCRYPT_FAILURE`)"""

    status = 0x80090329
    symbol = "SEC_E_ENCRYPT_FAILURE"


class DecryptFailure(ProtectionError):
    """The data could not be decrypted, so discard it and close the connection.
    (`SEC_E_DECRYPT_FAILURE`)
    """

    status = 0x80090330
    symbol = "SEC_E_DECRYPT_FAILURE"


class AlgorithmMismatch(HandshakeError):
    """The two sides share no protocol version or algorithm, so widen the settings of one of them.
    (`SEC_E_ALGORITHM_MISMATCH`)
    """

    status = 0x80090331
    symbol = "SEC_E_ALGORITHM_MISMATCH"


class SecurityQosFailed(HandshakeError):
    """The context would lack a property that was demanded, so drop the demand or reconfigure the
    peer. (`SEC_E_SECURITY_QOS_FAILED`)
    """

    status = 0x80090332
    symbol = "SEC_E_SECURITY_QOS_FAILED"


class UnfinishedContextDeleted(HandshakeError):
    """The context was dropped in the middle of the handshake, which counts as a failed logon.
    (`SEC_E_UNFINISHED_CONTEXT_DELETED`)
    """

    status = 0x80090333
    symbol = "SEC_E_UNFINISHED_CONTEXT_DELETED"


class NoTgtReply(HandshakeError):
    """The server did not send the ticket-granting ticket that user-to-user authentication needs.
    (`SEC_E_NO_TGT_REPLY`)
    """

    status = 0x80090334
    symbol = "SEC_E_NO_TGT_REPLY"


class NoIpAddresses(NetworkError):
    """This machine has no network address to put into the request, so bring the network up.
    (`SEC_E_NO_IP_ADDRESSES`)
    """

    status = 0x80090335
    symbol = "SEC_E_NO_IP_ADDRESSES"


class WrongCredentialHandle(UsageError):
    """The context was started with another credential, so pass that one on every call.
    (`SEC_E_WRONG_CREDENTIAL_HANDLE`)
    """

    status = 0x80090336
    symbol = "SEC_E_WRONG_CREDENTIAL_HANDLE"


class CryptoSystemInvalid(UnsupportedError):
    """A cipher or checksum that is needed is not available on this machine.
    (`SEC_E_CRYPTO_SYSTEM_INVALID`)
    """

    status = 0x80090337
    symbol = "SEC_E_CRYPTO_SYSTEM_INVALID"


class MaxReferralsExceeded(NetworkError):
    """The KDCs referred the request from realm to realm too often, so check the trusts between the
    realms. (`SEC_E_MAX_REFERRALS_EXCEEDED`)
    """

    status = 0x80090338
    symbol = "SEC_E_MAX_REFERRALS_EXCEEDED"


class MustBeKdc(UnsupportedError):
    """This works only on a KDC, and this machine is none. (`SEC_E_MUST_BE_KDC`)"""

    status = 0x80090339
    symbol = "SEC_E_MUST_BE_KDC"


class StrongCryptoNotSupported(UnsupportedError):
    """The peer insists on stronger encryption than this machine has to offer.
    (`SEC_E_STRONG_CRYPTO_NOT_SUPPORTED`)
    """

    status = 0x8009033A
    symbol = "SEC_E_STRONG_CRYPTO_NOT_SUPPORTED"


class TooManyPrincipals(HandshakeError):
    """The KDC's reply names more than one principal, so check for duplicate entries in the realm.
    (`SEC_E_TOO_MANY_PRINCIPALS`)
    """

    status = 0x8009033B
    symbol = "SEC_E_TOO_MANY_PRINCIPALS"


class NoPaData(HandshakeError):
    """The KDC's reply lacks the hint about encryption types, so check which ones the account and
    the KDC allow. (`SEC_E_NO_PA_DATA`)
    """

    status = 0x8009033C
    symbol = "SEC_E_NO_PA_DATA"


class PkinitNameMismatch(CredentialError):
    """The client certificate carries no user principal name, or one of a different user.
    (`SEC_E_PKINIT_NAME_MISMATCH`)
    """

    status = 0x8009033D
    symbol = "SEC_E_PKINIT_NAME_MISMATCH"


class SmartcardLogonRequired(CredentialError):
    """This account may log on with a smart card only. (`SEC_E_SMARTCARD_LOGON_REQUIRED`)"""

    status = 0x8009033E
    symbol = "SEC_E_SMARTCARD_LOGON_REQUIRED"


class ShutdownInProgress(InternalFamilyError):
    """The system is shutting down, so try again after it is back. (`SEC_E_SHUTDOWN_IN_PROGRESS`)"""

    status = 0x8009033F
    symbol = "SEC_E_SHUTDOWN_IN_PROGRESS"


class KdcInvalidRequest(HandshakeError):
    """The KDC rejected the request as malformed. (`SEC_E_KDC_INVALID_REQUEST`)"""

    status = 0x80090340
    symbol = "SEC_E_KDC_INVALID_REQUEST"


class KdcUnableToRefer(NetworkError):
    """The KDC could not tell which realm holds the service, so check the target name and the trusts
    between the realms. (`SEC_E_KDC_UNABLE_TO_REFER`)
    """

    status = 0x80090341
    symbol = "SEC_E_KDC_UNABLE_TO_REFER"


class KdcUnknownEtype(HandshakeError):
    """The KDC does not support the encryption type, so allow one that both sides have.
    (`SEC_E_KDC_UNKNOWN_ETYPE`)
    """

    status = 0x80090342
    symbol = "SEC_E_KDC_UNKNOWN_ETYPE"


class UnsupportedPreauth(UnsupportedError):
    """The KDC wants a kind of pre-authentication which is not available here.
    (`SEC_E_UNSUPPORTED_PREAUTH`)
    """

    status = 0x80090343
    symbol = "SEC_E_UNSUPPORTED_PREAUTH"


class DelegationRequired(CredentialError):
    """The call needs delegation, so let the account and the machine be trusted for it.
    (`SEC_E_DELEGATION_REQUIRED`)
    """

    status = 0x80090345
    symbol = "SEC_E_DELEGATION_REQUIRED"


class BadBindings(HandshakeError):
    """The channel bindings of the two sides differ, so check them for equality and the connection
    for an interceptor. (`SEC_E_BAD_BINDINGS`)
    """

    status = 0x80090346
    symbol = "SEC_E_BAD_BINDINGS"


class MultipleAccounts(CredentialError):
    """The certificate maps to several accounts, so name the one you mean.
    (`SEC_E_MULTIPLE_ACCOUNTS`)
    """

    status = 0x80090347
    symbol = "SEC_E_MULTIPLE_ACCOUNTS"


class NoKerbKey(CredentialError):
    """No Kerberos key is at hand for the account, so check the key table or set the password anew.
    (`SEC_E_NO_KERB_KEY`)
    """

    status = 0x80090348
    symbol = "SEC_E_NO_KERB_KEY"


class CertWrongUsage(HandshakeError):
    """The certificate was not issued for this purpose, so use one whose extended key usage fits.
    (`SEC_E_CERT_WRONG_USAGE`)
    """

    status = 0x80090349
    symbol = "SEC_E_CERT_WRONG_USAGE"


class DowngradeDetected(HandshakeError):
    """Something weakened the negotiation on its way, so make sure that a domain controller can be
    reached and that nobody tampers with the traffic. (`SEC_E_DOWNGRADE_DETECTED`)
    """

    status = 0x80090350
    symbol = "SEC_E_DOWNGRADE_DETECTED"


class SmartcardCertRevoked(CredentialError):
    """The smart card certificate was revoked, so obtain a new one. (`SEC_E_SMARTCARD_CERT_REVOKED`)
    """

    status = 0x80090351
    symbol = "SEC_E_SMARTCARD_CERT_REVOKED"


class IssuingCaUntrusted(CredentialError):
    """The authority that issued the smart card certificate is not trusted.
    (`SEC_E_ISSUING_CA_UNTRUSTED`)
    """

    status = 0x80090352
    symbol = "SEC_E_ISSUING_CA_UNTRUSTED"


class RevocationOfflineC(NetworkError):
    """Nobody could say whether the smart card certificate is revoked, so make the revocation server
    reachable. (`SEC_E_REVOCATION_OFFLINE_C`)
    """

    status = 0x80090353
    symbol = "SEC_E_REVOCATION_OFFLINE_C"


class PkinitClientFailure(CredentialError):
    """The smart card certificate is not trusted for the logon. (`SEC_E_PKINIT_CLIENT_FAILURE`)"""

    status = 0x80090354
    symbol = "SEC_E_PKINIT_CLIENT_FAILURE"


class SmartcardCertExpired(CredentialError):
    """The smart card certificate is past its last day of validity, so have it renewed.
    (`SEC_E_SMARTCARD_CERT_EXPIRED`)
    """

    status = 0x80090355
    symbol = "SEC_E_SMARTCARD_CERT_EXPIRED"


class NoS4uProtSupport(UnsupportedError):
    """The domain has no KDC which can issue a ticket on behalf of a user.
    (`SEC_E_NO_S4U_PROT_SUPPORT`)
    """

    status = 0x80090356
    symbol = "SEC_E_NO_S4U_PROT_SUPPORT"


class CrossrealmDelegationFailure(CredentialError):
    """This server may delegate only to services of its own realm, and the target lies outside.
    (`SEC_E_CROSSREALM_DELEGATION_FAILURE`)
    """

    status = 0x80090357
    symbol = "SEC_E_CROSSREALM_DELEGATION_FAILURE"


class RevocationOfflineKdc(NetworkError):
    """Nobody could say whether the KDC's certificate is revoked, so make the revocation server
    reachable. (`SEC_E_REVOCATION_OFFLINE_KDC`)
    """

    status = 0x80090358
    symbol = "SEC_E_REVOCATION_OFFLINE_KDC"


class IssuingCaUntrustedKdc(HandshakeError):
    """The authority that issued the KDC's certificate is not trusted here.
    (`SEC_E_ISSUING_CA_UNTRUSTED_KDC`)
    """

    status = 0x80090359
    symbol = "SEC_E_ISSUING_CA_UNTRUSTED_KDC"


class KdcCertExpired(HandshakeError):
    """The KDC's certificate is past its last day of validity, so have it renewed.
    (`SEC_E_KDC_CERT_EXPIRED`)
    """

    status = 0x8009035A
    symbol = "SEC_E_KDC_CERT_EXPIRED"


class KdcCertRevoked(HandshakeError):
    """The KDC's certificate was revoked, so the KDC needs a new one. (`SEC_E_KDC_CERT_REVOKED`)"""

    status = 0x8009035B
    symbol = "SEC_E_KDC_CERT_REVOKED"


class InvalidParameter(UsageError):
    """An argument is out of range or does not go with the others. (`SEC_E_INVALID_PARAMETER`)"""

    status = 0x8009035D
    symbol = "SEC_E_INVALID_PARAMETER"


class DelegationForbidden(CredentialError):
    """Policy forbids handing credentials to this server. (`SEC_E_DELEGATION_POLICY`)"""

    status = 0x8009035E
    symbol = "SEC_E_DELEGATION_POLICY"


class PolicyNltmOnly(CredentialError):
    """Policy forbids handing credentials to a server that was authenticated by NTLM alone.
    (`SEC_E_POLICY_NLTM_ONLY`)
    """

    status = 0x8009035F
    symbol = "SEC_E_POLICY_NLTM_ONLY"


class NoContext(UsageError):
    """There is no established context to work on, so finish the handshake first.
    (`SEC_E_NO_CONTEXT`)
    """

    status = 0x80090361
    symbol = "SEC_E_NO_CONTEXT"


class Pku2uCertFailure(HandshakeError):
    """PKU2U could not make use of the certificates, so check those of both sides.
    (`SEC_E_PKU2U_CERT_FAILURE`)
    """

    status = 0x80090362
    symbol = "SEC_E_PKU2U_CERT_FAILURE"


class MutualAuthFailed(HandshakeError):
    """The server did not prove who it is, so check the target name and close the connection.
    (`SEC_E_MUTUAL_AUTH_FAILED`)
    """

    status = 0x80090363
    symbol = "SEC_E_MUTUAL_AUTH_FAILED"


class OnlyHttpsAllowed(UsageError):
    """The address must begin with https, so use a protected connection.
    (`SEC_E_ONLY_HTTPS_ALLOWED`)
    """

    status = 0x80090365
    symbol = "SEC_E_ONLY_HTTPS_ALLOWED"


class ApplicationProtocolMismatch(HandshakeError):
    """The two sides share no application protocol, so offer one that the peer knows.
    (`SEC_E_APPLICATION_PROTOCOL_MISMATCH`)
    """

    status = 0x80090367
    symbol = "SEC_E_APPLICATION_PROTOCOL_MISMATCH"


class InvalidUpnName(CredentialError):
    """The user name has a form that cannot be used to log on here, so try the user@domain form.
    (`SEC_E_INVALID_UPN_NAME`)
    """

    status = 0x80090369
    symbol = "SEC_E_INVALID_UPN_NAME"


class ExtBufferTooSmall(UsageError):
    """The buffer for the TLS extension is too small, so pass a larger one.
    (`SEC_E_EXT_BUFFER_TOO_SMALL`)
    """

    status = 0x8009036A
    symbol = "SEC_E_EXT_BUFFER_TOO_SMALL"


class InsufficientBuffers(UsageError):
    """Too few buffers were passed, so add the missing ones to the list.
    (`SEC_E_INSUFFICIENT_BUFFERS`)
    """

    status = 0x8009036B
    symbol = "SEC_E_INSUFFICIENT_BUFFERS"


BY_STATUS: dict[int, type[SspiError]] = {
    0x80090300: InsufficientMemory,
    0x80090301: InvalidHandle,
    0x80090302: UnsupportedFunction,
    0x80090303: TargetUnknown,
    0x80090304: InternalError,
    0x80090305: SecpkgNotFound,
    0x80090306: NotOwner,
    0x80090307: CannotInstall,
    0x80090308: InvalidToken,
    0x80090309: CannotPack,
    0x8009030A: QopNotSupported,
    0x8009030B: NoImpersonation,
    0x8009030C: LogonDenied,
    0x8009030D: UnknownCredentials,
    0x8009030E: NoCredentials,
    0x8009030F: MessageAltered,
    0x80090310: OutOfSequence,
    0x80090311: NoAuthenticatingAuthority,
    0x80090316: BadPkgid,
    0x80090317: ContextExpired,
    0x80090318: IncompleteMessage,
    0x80090320: IncompleteCredentials,
    0x80090321: BufferTooSmall,
    0x80090322: WrongPrincipal,
    0x80090324: TimeSkew,
    0x80090325: UntrustedRoot,
    0x80090326: IllegalMessage,
    0x80090327: CertUnknown,
    0x80090328: CertExpired,
    0x80090329: EncryptFailure,
    0x80090330: DecryptFailure,
    0x80090331: AlgorithmMismatch,
    0x80090332: SecurityQosFailed,
    0x80090333: UnfinishedContextDeleted,
    0x80090334: NoTgtReply,
    0x80090335: NoIpAddresses,
    0x80090336: WrongCredentialHandle,
    0x80090337: CryptoSystemInvalid,
    0x80090338: MaxReferralsExceeded,
    0x80090339: MustBeKdc,
    0x8009033A: StrongCryptoNotSupported,
    0x8009033B: TooManyPrincipals,
    0x8009033C: NoPaData,
    0x8009033D: PkinitNameMismatch,
    0x8009033E: SmartcardLogonRequired,
    0x8009033F: ShutdownInProgress,
    0x80090340: KdcInvalidRequest,
    0x80090341: KdcUnableToRefer,
    0x80090342: KdcUnknownEtype,
    0x80090343: UnsupportedPreauth,
    0x80090345: DelegationRequired,
    0x80090346: BadBindings,
    0x80090347: MultipleAccounts,
    0x80090348: NoKerbKey,
    0x80090349: CertWrongUsage,
    0x80090350: DowngradeDetected,
    0x80090351: SmartcardCertRevoked,
    0x80090352: IssuingCaUntrusted,
    0x80090353: RevocationOfflineC,
    0x80090354: PkinitClientFailure,
    0x80090355: SmartcardCertExpired,
    0x80090356: NoS4uProtSupport,
    0x80090357: CrossrealmDelegationFailure,
    0x80090358: RevocationOfflineKdc,
    0x80090359: IssuingCaUntrustedKdc,
    0x8009035A: KdcCertExpired,
    0x8009035B: KdcCertRevoked,
    0x8009035D: InvalidParameter,
    0x8009035E: DelegationForbidden,
    0x8009035F: PolicyNltmOnly,
    0x80090361: NoContext,
    0x80090362: Pku2uCertFailure,
    0x80090363: MutualAuthFailed,
    0x80090365: OnlyHttpsAllowed,
    0x80090367: ApplicationProtocolMismatch,
    0x80090369: InvalidUpnName,
    0x8009036A: ExtBufferTooSmall,
    0x8009036B: InsufficientBuffers,
}
"""The class of each status."""

__all__ = [
    "AlgorithmMismatch",
    "ApplicationProtocolMismatch",
    "BadBindings",
    "BadPkgid",
    "BufferTooSmall",
    "CannotInstall",
    "CannotPack",
    "CertExpired",
    "CertUnknown",
    "CertWrongUsage",
    "ContextExpired",
    "CredentialError",
    "CrossrealmDelegationFailure",
    "CryptoSystemInvalid",
    "DecryptFailure",
    "DelegationForbidden",
    "DelegationRequired",
    "DowngradeDetected",
    "EncryptFailure",
    "ExtBufferTooSmall",
    "HandshakeError",
    "IllegalMessage",
    "IncompleteCredentials",
    "IncompleteMessage",
    "InsufficientBuffers",
    "InsufficientMemory",
    "InternalError",
    "InternalFamilyError",
    "InvalidHandle",
    "InvalidParameter",
    "InvalidToken",
    "InvalidUpnName",
    "IssuingCaUntrusted",
    "IssuingCaUntrustedKdc",
    "KdcCertExpired",
    "KdcCertRevoked",
    "KdcInvalidRequest",
    "KdcUnableToRefer",
    "KdcUnknownEtype",
    "LogonDenied",
    "MaxReferralsExceeded",
    "MessageAltered",
    "MultipleAccounts",
    "MustBeKdc",
    "MutualAuthFailed",
    "NetworkError",
    "NoAuthenticatingAuthority",
    "NoContext",
    "NoCredentials",
    "NoImpersonation",
    "NoIpAddresses",
    "NoKerbKey",
    "NoPaData",
    "NoS4uProtSupport",
    "NoTgtReply",
    "NotOwner",
    "OnlyHttpsAllowed",
    "OutOfSequence",
    "PkinitClientFailure",
    "PkinitNameMismatch",
    "Pku2uCertFailure",
    "PolicyNltmOnly",
    "ProtectionError",
    "QopNotSupported",
    "RevocationOfflineC",
    "RevocationOfflineKdc",
    "SecpkgNotFound",
    "SecurityQosFailed",
    "ShutdownInProgress",
    "SmartcardCertExpired",
    "SmartcardCertRevoked",
    "SmartcardLogonRequired",
    "SspiError",
    "StrongCryptoNotSupported",
    "TargetUnknown",
    "TimeSkew",
    "TooManyPrincipals",
    "UnfinishedContextDeleted",
    "UnknownCredentials",
    "UnsupportedError",
    "UnsupportedFunction",
    "UnsupportedPreauth",
    "UntrustedRoot",
    "UsageError",
    "WrongCredentialHandle",
    "WrongPrincipal",
]
