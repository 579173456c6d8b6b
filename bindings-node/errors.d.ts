// Written by `cargo xtask generate` from core/src/status_table.rs: do not edit.

/** Why a call failed. The class says which status it is, or which family. */
export class SspiError extends Error {
  constructor(context?: string, details?: ErrorDetails)
  /** The number of the status, such as `0x8009030c`. */
  readonly status: number
  /** The name of the status in the Windows SDK, such as `SEC_E_LOGON_DENIED`. */
  readonly code: string
  /** What the caller should do about it, in a word. */
  readonly family: FamilyName
  /** What was being done and the likely cause. */
  readonly context: string
  /** A token that the peer should still be sent. */
  readonly token: Buffer | null
  /** The NTSTATUS behind it, such as `0xc0000072` for a disabled account. */
  readonly ntStatus: number | null
  /** The Kerberos error code behind it. */
  readonly kerberosCode: number | null
}

/** What an error says beside its context. */
export interface ErrorDetails {
  token?: Buffer | null
  ntStatus?: number | null
  kerberosCode?: number | null
  cause?: unknown
}

/** What the caller should do about an error. */
export type FamilyName = 'Credential' | 'Handshake' | 'Protection' | 'Usage' | 'Unsupported' | 'Network' | 'Internal'

export class CredentialError extends SspiError {}

export class HandshakeError extends SspiError {}

export class ProtectionError extends SspiError {}

export class UsageError extends SspiError {}

export class UnsupportedError extends SspiError {}

export class NetworkError extends SspiError {}

export class InternalFamilyError extends SspiError {}

/** Memory ran out during the call, so free some and try again. (`SEC_E_INSUFFICIENT_MEMORY`) */
export class InsufficientMemory extends InternalFamilyError {}

/** The handle was never valid or has been freed already, so acquire a new one. (`SEC_E_INVALID_HANDLE`) */
export class InvalidHandle extends UsageError {}

/** This package or platform cannot do what was asked, so leave the option out or choose another package. (`SEC_E_UNSUPPORTED_FUNCTION`) */
export class UnsupportedFunction extends UnsupportedError {}

/** Nobody knows a service by the target name, so check its spelling and that it is registered in the realm. (`SEC_E_TARGET_UNKNOWN`) */
export class TargetUnknown extends HandshakeError {}

/** Something failed inside the security package, so look at the detail message and report it. (`SEC_E_INTERNAL_ERROR`) */
export class InternalError extends InternalFamilyError {}

/** No security package has this name here, so list the packages and pick one of them. (`SEC_E_SECPKG_NOT_FOUND`) */
export class SecpkgNotFound extends UnsupportedError {}

/** The credential belongs to somebody else and the caller may not use it. (`SEC_E_NOT_OWNER`) */
export class NotOwner extends CredentialError {}

/** The security package could not be loaded or started, so check its installation. (`SEC_E_CANNOT_INSTALL`) */
export class CannotInstall extends InternalFamilyError {}

/** The token from the peer is malformed or does not belong at this point, so check that both sides speak the same protocol. (`SEC_E_INVALID_TOKEN`) */
export class InvalidToken extends HandshakeError {}

/** The security package could not encode its data for transport. (`SEC_E_CANNOT_PACK`) */
export class CannotPack extends InternalFamilyError {}

/** The context offers no such quality of protection, so ask for the default one. (`SEC_E_QOP_NOT_SUPPORTED`) */
export class QopNotSupported extends UsageError {}

/** The client did not allow the server to act in its name, so do without it or let the client grant it. (`SEC_E_NO_IMPERSONATION`) */
export class NoImpersonation extends UsageError {}

/** The user name or the password is wrong, or the account may not log on this way. (`SEC_E_LOGON_DENIED`) */
export class LogonDenied extends CredentialError {}

/** The package does not accept this kind of credential, so check what was passed in. (`SEC_E_UNKNOWN_CREDENTIALS`) */
export class UnknownCredentials extends CredentialError {}

/** There is no usable credential, so log on first or pass one explicitly. (`SEC_E_NO_CREDENTIALS`) */
export class NoCredentials extends CredentialError {}

/** The signature does not match the message, so discard it and treat the connection as broken. (`SEC_E_MESSAGE_ALTERED`) */
export class MessageAltered extends ProtectionError {}

/** A message was lost, repeated or reordered, so discard it and close the connection. (`SEC_E_OUT_OF_SEQUENCE`) */
export class OutOfSequence extends ProtectionError {}

/** No domain controller or KDC answered, so check the network, the name service and the realm. (`SEC_E_NO_AUTHENTICATING_AUTHORITY`) */
export class NoAuthenticatingAuthority extends NetworkError {}

/** The package identifier does not name any package on this machine. (`SEC_E_BAD_PKGID`) */
export class BadPkgid extends UnsupportedError {}

/** The context is past its lifetime or was closed, so authenticate again. (`SEC_E_CONTEXT_EXPIRED`) */
export class ContextExpired extends ProtectionError {}

/** Only part of the message has arrived, so read more from the peer and call again with all of it. (`SEC_E_INCOMPLETE_MESSAGE`) */
export class IncompleteMessage extends ProtectionError {}

/** A part of the credential is missing, so supply all that the package needs. (`SEC_E_INCOMPLETE_CREDENTIALS`) */
export class IncompleteCredentials extends CredentialError {}

/** The output does not fit into the buffer, so pass a larger one. (`SEC_E_BUFFER_TOO_SMALL`) */
export class BufferTooSmall extends UsageError {}

/** The peer is not the one named as the target, so check the target name and the key or certificate of the service. (`SEC_E_WRONG_PRINCIPAL`) */
export class WrongPrincipal extends HandshakeError {}

/** The clocks of the two sides differ too much, so synchronise them. (`SEC_E_TIME_SKEW`) */
export class TimeSkew extends HandshakeError {}

/** The peer's certificate chain ends in a root which is not trusted here. (`SEC_E_UNTRUSTED_ROOT`) */
export class UntrustedRoot extends HandshakeError {}

/** The peer sent a message that the protocol does not allow here, so check that both sides share a protocol version and settings. (`SEC_E_ILLEGAL_MESSAGE`) */
export class IllegalMessage extends HandshakeError {}

/** The certificate could not be processed, so check that it is complete and well formed. (`SEC_E_CERT_UNKNOWN`) */
export class CertUnknown extends HandshakeError {}

/** The certificate is past its last day of validity, so have it renewed and check the clock. (`SEC_E_CERT_EXPIRED`) */
export class CertExpired extends HandshakeError {}

/** The data could not be encrypted, so close the connection. (`SEC_E_ENCRYPT_FAILURE`) */
export class EncryptFailure extends ProtectionError {}

/** The data could not be decrypted, so discard it and close the connection. (`SEC_E_DECRYPT_FAILURE`) */
export class DecryptFailure extends ProtectionError {}

/** The two sides share no protocol version or algorithm, so widen the settings of one of them. (`SEC_E_ALGORITHM_MISMATCH`) */
export class AlgorithmMismatch extends HandshakeError {}

/** The context would lack a property that was demanded, so drop the demand or reconfigure the peer. (`SEC_E_SECURITY_QOS_FAILED`) */
export class SecurityQosFailed extends HandshakeError {}

/** The context was dropped in the middle of the handshake, which counts as a failed logon. (`SEC_E_UNFINISHED_CONTEXT_DELETED`) */
export class UnfinishedContextDeleted extends HandshakeError {}

/** The server did not send the ticket-granting ticket that user-to-user authentication needs. (`SEC_E_NO_TGT_REPLY`) */
export class NoTgtReply extends HandshakeError {}

/** This machine has no network address to put into the request, so bring the network up. (`SEC_E_NO_IP_ADDRESSES`) */
export class NoIpAddresses extends NetworkError {}

/** The context was started with another credential, so pass that one on every call. (`SEC_E_WRONG_CREDENTIAL_HANDLE`) */
export class WrongCredentialHandle extends UsageError {}

/** A cipher or checksum that is needed is not available on this machine. (`SEC_E_CRYPTO_SYSTEM_INVALID`) */
export class CryptoSystemInvalid extends UnsupportedError {}

/** The KDCs referred the request from realm to realm too often, so check the trusts between the realms. (`SEC_E_MAX_REFERRALS_EXCEEDED`) */
export class MaxReferralsExceeded extends NetworkError {}

/** This works only on a KDC, and this machine is none. (`SEC_E_MUST_BE_KDC`) */
export class MustBeKdc extends UnsupportedError {}

/** The peer insists on stronger encryption than this machine has to offer. (`SEC_E_STRONG_CRYPTO_NOT_SUPPORTED`) */
export class StrongCryptoNotSupported extends UnsupportedError {}

/** The KDC's reply names more than one principal, so check for duplicate entries in the realm. (`SEC_E_TOO_MANY_PRINCIPALS`) */
export class TooManyPrincipals extends HandshakeError {}

/** The KDC's reply lacks the hint about encryption types, so check which ones the account and the KDC allow. (`SEC_E_NO_PA_DATA`) */
export class NoPaData extends HandshakeError {}

/** The client certificate carries no user principal name, or one of a different user. (`SEC_E_PKINIT_NAME_MISMATCH`) */
export class PkinitNameMismatch extends CredentialError {}

/** This account may log on with a smart card only. (`SEC_E_SMARTCARD_LOGON_REQUIRED`) */
export class SmartcardLogonRequired extends CredentialError {}

/** The system is shutting down, so try again after it is back. (`SEC_E_SHUTDOWN_IN_PROGRESS`) */
export class ShutdownInProgress extends InternalFamilyError {}

/** The KDC rejected the request as malformed. (`SEC_E_KDC_INVALID_REQUEST`) */
export class KdcInvalidRequest extends HandshakeError {}

/** The KDC could not tell which realm holds the service, so check the target name and the trusts between the realms. (`SEC_E_KDC_UNABLE_TO_REFER`) */
export class KdcUnableToRefer extends NetworkError {}

/** The KDC does not support the encryption type, so allow one that both sides have. (`SEC_E_KDC_UNKNOWN_ETYPE`) */
export class KdcUnknownEtype extends HandshakeError {}

/** The KDC wants a kind of pre-authentication which is not available here. (`SEC_E_UNSUPPORTED_PREAUTH`) */
export class UnsupportedPreauth extends UnsupportedError {}

/** The call needs delegation, so let the account and the machine be trusted for it. (`SEC_E_DELEGATION_REQUIRED`) */
export class DelegationRequired extends CredentialError {}

/** The channel bindings of the two sides differ, so check them for equality and the connection for an interceptor. (`SEC_E_BAD_BINDINGS`) */
export class BadBindings extends HandshakeError {}

/** The certificate maps to several accounts, so name the one you mean. (`SEC_E_MULTIPLE_ACCOUNTS`) */
export class MultipleAccounts extends CredentialError {}

/** No Kerberos key is at hand for the account, so check the key table or set the password anew. (`SEC_E_NO_KERB_KEY`) */
export class NoKerbKey extends CredentialError {}

/** The certificate was not issued for this purpose, so use one whose extended key usage fits. (`SEC_E_CERT_WRONG_USAGE`) */
export class CertWrongUsage extends HandshakeError {}

/** Something weakened the negotiation on its way, so make sure that a domain controller can be reached and that nobody tampers with the traffic. (`SEC_E_DOWNGRADE_DETECTED`) */
export class DowngradeDetected extends HandshakeError {}

/** The smart card certificate was revoked, so obtain a new one. (`SEC_E_SMARTCARD_CERT_REVOKED`) */
export class SmartcardCertRevoked extends CredentialError {}

/** The authority that issued the smart card certificate is not trusted. (`SEC_E_ISSUING_CA_UNTRUSTED`) */
export class IssuingCaUntrusted extends CredentialError {}

/** Nobody could say whether the smart card certificate is revoked, so make the revocation server reachable. (`SEC_E_REVOCATION_OFFLINE_C`) */
export class RevocationOfflineC extends NetworkError {}

/** The smart card certificate is not trusted for the logon. (`SEC_E_PKINIT_CLIENT_FAILURE`) */
export class PkinitClientFailure extends CredentialError {}

/** The smart card certificate is past its last day of validity, so have it renewed. (`SEC_E_SMARTCARD_CERT_EXPIRED`) */
export class SmartcardCertExpired extends CredentialError {}

/** The domain has no KDC which can issue a ticket on behalf of a user. (`SEC_E_NO_S4U_PROT_SUPPORT`) */
export class NoS4uProtSupport extends UnsupportedError {}

/** This server may delegate only to services of its own realm, and the target lies outside. (`SEC_E_CROSSREALM_DELEGATION_FAILURE`) */
export class CrossrealmDelegationFailure extends CredentialError {}

/** Nobody could say whether the KDC's certificate is revoked, so make the revocation server reachable. (`SEC_E_REVOCATION_OFFLINE_KDC`) */
export class RevocationOfflineKdc extends NetworkError {}

/** The authority that issued the KDC's certificate is not trusted here. (`SEC_E_ISSUING_CA_UNTRUSTED_KDC`) */
export class IssuingCaUntrustedKdc extends HandshakeError {}

/** The KDC's certificate is past its last day of validity, so have it renewed. (`SEC_E_KDC_CERT_EXPIRED`) */
export class KdcCertExpired extends HandshakeError {}

/** The KDC's certificate was revoked, so the KDC needs a new one. (`SEC_E_KDC_CERT_REVOKED`) */
export class KdcCertRevoked extends HandshakeError {}

/** An argument is out of range or does not go with the others. (`SEC_E_INVALID_PARAMETER`) */
export class InvalidParameter extends UsageError {}

/** Policy forbids handing credentials to this server. (`SEC_E_DELEGATION_POLICY`) */
export class DelegationForbidden extends CredentialError {}

/** Policy forbids handing credentials to a server that was authenticated by NTLM alone. (`SEC_E_POLICY_NLTM_ONLY`) */
export class PolicyNltmOnly extends CredentialError {}

/** There is no established context to work on, so finish the handshake first. (`SEC_E_NO_CONTEXT`) */
export class NoContext extends UsageError {}

/** PKU2U could not make use of the certificates, so check those of both sides. (`SEC_E_PKU2U_CERT_FAILURE`) */
export class Pku2uCertFailure extends HandshakeError {}

/** The server did not prove who it is, so check the target name and close the connection. (`SEC_E_MUTUAL_AUTH_FAILED`) */
export class MutualAuthFailed extends HandshakeError {}

/** The address must begin with https, so use a protected connection. (`SEC_E_ONLY_HTTPS_ALLOWED`) */
export class OnlyHttpsAllowed extends UsageError {}

/** The two sides share no application protocol, so offer one that the peer knows. (`SEC_E_APPLICATION_PROTOCOL_MISMATCH`) */
export class ApplicationProtocolMismatch extends HandshakeError {}

/** The user name has a form that cannot be used to log on here, so try the user@domain form. (`SEC_E_INVALID_UPN_NAME`) */
export class InvalidUpnName extends CredentialError {}

/** The buffer for the TLS extension is too small, so pass a larger one. (`SEC_E_EXT_BUFFER_TOO_SMALL`) */
export class ExtBufferTooSmall extends UsageError {}

/** Too few buffers were passed, so add the missing ones to the list. (`SEC_E_INSUFFICIENT_BUFFERS`) */
export class InsufficientBuffers extends UsageError {}
