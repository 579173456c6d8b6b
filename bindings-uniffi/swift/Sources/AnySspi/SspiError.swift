// Written by `cargo xtask generate` from core/src/status_table.rs: do not edit.
import AnySspiBridge

/// Why a call failed. The case says which status it is; every case has the same properties, and
/// `family` says what to do about it.
///
/// ```swift
/// do {
///   token = try handshake.next()
/// } catch SspiError.logonDenied {
///   askAgain()
/// } catch let error as SspiError where error.family == .network {
///   tryLater(error.context)
/// }
/// ```
public enum SspiError: Error {
  /// What the caller should do about an error.
  public enum Family: String, CaseIterable, Sendable {
    /// Use another credential, or have the account or the policy changed.
    case `credential` = "Credential"
    /// The peer or the negotiation is at fault: close the connection.
    case `handshake` = "Handshake"
    /// A message could not be protected or opened: close the connection, or get the rest of it.
    case `protection` = "Protection"
    /// The call itself is wrong: correct the program.
    case `usage` = "Usage"
    /// The package or the platform has no such feature: do without it.
    case `unsupported` = "Unsupported"
    /// An authority could not be reached: look at the network, or try again later.
    case `network` = "Network"
    /// The library or the system failed; neither caller nor peer is to blame.
    case `internal` = "Internal"
  }

  /// Memory ran out during the call, so free some and try again. (`SEC_E_INSUFFICIENT_MEMORY`)
  case insufficientMemory(Details)
  /// The handle was never valid or has been freed already, so acquire a new one. (`SEC_E_INVALID_HANDLE`)
  case invalidHandle(Details)
  /// This package or platform cannot do what was asked, so leave the option out or choose another package. (`SEC_E_UNSUPPORTED_FUNCTION`)
  case unsupportedFunction(Details)
  /// Nobody knows a service by the target name, so check its spelling and that it is registered in the realm. (`SEC_E_TARGET_UNKNOWN`)
  case targetUnknown(Details)
  /// Something failed inside the security package, so look at the detail message and report it. (`SEC_E_INTERNAL_ERROR`)
  case internalError(Details)
  /// No security package has this name here, so list the packages and pick one of them. (`SEC_E_SECPKG_NOT_FOUND`)
  case secpkgNotFound(Details)
  /// The credential belongs to somebody else and the caller may not use it. (`SEC_E_NOT_OWNER`)
  case notOwner(Details)
  /// The security package could not be loaded or started, so check its installation. (`SEC_E_CANNOT_INSTALL`)
  case cannotInstall(Details)
  /// The token from the peer is malformed or does not belong at this point, so check that both sides speak the same protocol. (`SEC_E_INVALID_TOKEN`)
  case invalidToken(Details)
  /// The security package could not encode its data for transport. (`SEC_E_CANNOT_PACK`)
  case cannotPack(Details)
  /// The context offers no such quality of protection, so ask for the default one. (`SEC_E_QOP_NOT_SUPPORTED`)
  case qopNotSupported(Details)
  /// The client did not allow the server to act in its name, so do without it or let the client grant it. (`SEC_E_NO_IMPERSONATION`)
  case noImpersonation(Details)
  /// The user name or the password is wrong, or the account may not log on this way. (`SEC_E_LOGON_DENIED`)
  case logonDenied(Details)
  /// The package does not accept this kind of credential, so check what was passed in. (`SEC_E_UNKNOWN_CREDENTIALS`)
  case unknownCredentials(Details)
  /// There is no usable credential, so log on first or pass one explicitly. (`SEC_E_NO_CREDENTIALS`)
  case noCredentials(Details)
  /// The signature does not match the message, so discard it and treat the connection as broken. (`SEC_E_MESSAGE_ALTERED`)
  case messageAltered(Details)
  /// A message was lost, repeated or reordered, so discard it and close the connection. (`SEC_E_OUT_OF_SEQUENCE`)
  case outOfSequence(Details)
  /// No domain controller or KDC answered, so check the network, the name service and the realm. (`SEC_E_NO_AUTHENTICATING_AUTHORITY`)
  case noAuthenticatingAuthority(Details)
  /// The package identifier does not name any package on this machine. (`SEC_E_BAD_PKGID`)
  case badPkgid(Details)
  /// The context is past its lifetime or was closed, so authenticate again. (`SEC_E_CONTEXT_EXPIRED`)
  case contextExpired(Details)
  /// Only part of the message has arrived, so read more from the peer and call again with all of it. (`SEC_E_INCOMPLETE_MESSAGE`)
  case incompleteMessage(Details)
  /// A part of the credential is missing, so supply all that the package needs. (`SEC_E_INCOMPLETE_CREDENTIALS`)
  case incompleteCredentials(Details)
  /// The output does not fit into the buffer, so pass a larger one. (`SEC_E_BUFFER_TOO_SMALL`)
  case bufferTooSmall(Details)
  /// The peer is not the one named as the target, so check the target name and the key or certificate of the service. (`SEC_E_WRONG_PRINCIPAL`)
  case wrongPrincipal(Details)
  /// The clocks of the two sides differ too much, so synchronise them. (`SEC_E_TIME_SKEW`)
  case timeSkew(Details)
  /// The peer's certificate chain ends in a root which is not trusted here. (`SEC_E_UNTRUSTED_ROOT`)
  case untrustedRoot(Details)
  /// The peer sent a message that the protocol does not allow here, so check that both sides share a protocol version and settings. (`SEC_E_ILLEGAL_MESSAGE`)
  case illegalMessage(Details)
  /// The certificate could not be processed, so check that it is complete and well formed. (`SEC_E_CERT_UNKNOWN`)
  case certUnknown(Details)
  /// The certificate is past its last day of validity, so have it renewed and check the clock. (`SEC_E_CERT_EXPIRED`)
  case certExpired(Details)
  /// The data could not be encrypted, so close the connection. (`SEC_E_ENCRYPT_FAILURE`)
  case encryptFailure(Details)
  /// The data could not be decrypted, so discard it and close the connection. (`SEC_E_DECRYPT_FAILURE`)
  case decryptFailure(Details)
  /// The two sides share no protocol version or algorithm, so widen the settings of one of them. (`SEC_E_ALGORITHM_MISMATCH`)
  case algorithmMismatch(Details)
  /// The context would lack a property that was demanded, so drop the demand or reconfigure the peer. (`SEC_E_SECURITY_QOS_FAILED`)
  case securityQosFailed(Details)
  /// The context was dropped in the middle of the handshake, which counts as a failed logon. (`SEC_E_UNFINISHED_CONTEXT_DELETED`)
  case unfinishedContextDeleted(Details)
  /// The server did not send the ticket-granting ticket that user-to-user authentication needs. (`SEC_E_NO_TGT_REPLY`)
  case noTgtReply(Details)
  /// This machine has no network address to put into the request, so bring the network up. (`SEC_E_NO_IP_ADDRESSES`)
  case noIpAddresses(Details)
  /// The context was started with another credential, so pass that one on every call. (`SEC_E_WRONG_CREDENTIAL_HANDLE`)
  case wrongCredentialHandle(Details)
  /// A cipher or checksum that is needed is not available on this machine. (`SEC_E_CRYPTO_SYSTEM_INVALID`)
  case cryptoSystemInvalid(Details)
  /// The KDCs referred the request from realm to realm too often, so check the trusts between the realms. (`SEC_E_MAX_REFERRALS_EXCEEDED`)
  case maxReferralsExceeded(Details)
  /// This works only on a KDC, and this machine is none. (`SEC_E_MUST_BE_KDC`)
  case mustBeKdc(Details)
  /// The peer insists on stronger encryption than this machine has to offer. (`SEC_E_STRONG_CRYPTO_NOT_SUPPORTED`)
  case strongCryptoNotSupported(Details)
  /// The KDC's reply names more than one principal, so check for duplicate entries in the realm. (`SEC_E_TOO_MANY_PRINCIPALS`)
  case tooManyPrincipals(Details)
  /// The KDC's reply lacks the hint about encryption types, so check which ones the account and the KDC allow. (`SEC_E_NO_PA_DATA`)
  case noPaData(Details)
  /// The client certificate carries no user principal name, or one of a different user. (`SEC_E_PKINIT_NAME_MISMATCH`)
  case pkinitNameMismatch(Details)
  /// This account may log on with a smart card only. (`SEC_E_SMARTCARD_LOGON_REQUIRED`)
  case smartcardLogonRequired(Details)
  /// The system is shutting down, so try again after it is back. (`SEC_E_SHUTDOWN_IN_PROGRESS`)
  case shutdownInProgress(Details)
  /// The KDC rejected the request as malformed. (`SEC_E_KDC_INVALID_REQUEST`)
  case kdcInvalidRequest(Details)
  /// The KDC could not tell which realm holds the service, so check the target name and the trusts between the realms. (`SEC_E_KDC_UNABLE_TO_REFER`)
  case kdcUnableToRefer(Details)
  /// The KDC does not support the encryption type, so allow one that both sides have. (`SEC_E_KDC_UNKNOWN_ETYPE`)
  case kdcUnknownEtype(Details)
  /// The KDC wants a kind of pre-authentication which is not available here. (`SEC_E_UNSUPPORTED_PREAUTH`)
  case unsupportedPreauth(Details)
  /// The call needs delegation, so let the account and the machine be trusted for it. (`SEC_E_DELEGATION_REQUIRED`)
  case delegationRequired(Details)
  /// The channel bindings of the two sides differ, so check them for equality and the connection for an interceptor. (`SEC_E_BAD_BINDINGS`)
  case badBindings(Details)
  /// The certificate maps to several accounts, so name the one you mean. (`SEC_E_MULTIPLE_ACCOUNTS`)
  case multipleAccounts(Details)
  /// No Kerberos key is at hand for the account, so check the key table or set the password anew. (`SEC_E_NO_KERB_KEY`)
  case noKerbKey(Details)
  /// The certificate was not issued for this purpose, so use one whose extended key usage fits. (`SEC_E_CERT_WRONG_USAGE`)
  case certWrongUsage(Details)
  /// Something weakened the negotiation on its way, so make sure that a domain controller can be reached and that nobody tampers with the traffic. (`SEC_E_DOWNGRADE_DETECTED`)
  case downgradeDetected(Details)
  /// The smart card certificate was revoked, so obtain a new one. (`SEC_E_SMARTCARD_CERT_REVOKED`)
  case smartcardCertRevoked(Details)
  /// The authority that issued the smart card certificate is not trusted. (`SEC_E_ISSUING_CA_UNTRUSTED`)
  case issuingCaUntrusted(Details)
  /// Nobody could say whether the smart card certificate is revoked, so make the revocation server reachable. (`SEC_E_REVOCATION_OFFLINE_C`)
  case revocationOfflineC(Details)
  /// The smart card certificate is not trusted for the logon. (`SEC_E_PKINIT_CLIENT_FAILURE`)
  case pkinitClientFailure(Details)
  /// The smart card certificate is past its last day of validity, so have it renewed. (`SEC_E_SMARTCARD_CERT_EXPIRED`)
  case smartcardCertExpired(Details)
  /// The domain has no KDC which can issue a ticket on behalf of a user. (`SEC_E_NO_S4U_PROT_SUPPORT`)
  case noS4uProtSupport(Details)
  /// This server may delegate only to services of its own realm, and the target lies outside. (`SEC_E_CROSSREALM_DELEGATION_FAILURE`)
  case crossrealmDelegationFailure(Details)
  /// Nobody could say whether the KDC's certificate is revoked, so make the revocation server reachable. (`SEC_E_REVOCATION_OFFLINE_KDC`)
  case revocationOfflineKdc(Details)
  /// The authority that issued the KDC's certificate is not trusted here. (`SEC_E_ISSUING_CA_UNTRUSTED_KDC`)
  case issuingCaUntrustedKdc(Details)
  /// The KDC's certificate is past its last day of validity, so have it renewed. (`SEC_E_KDC_CERT_EXPIRED`)
  case kdcCertExpired(Details)
  /// The KDC's certificate was revoked, so the KDC needs a new one. (`SEC_E_KDC_CERT_REVOKED`)
  case kdcCertRevoked(Details)
  /// An argument is out of range or does not go with the others. (`SEC_E_INVALID_PARAMETER`)
  case invalidParameter(Details)
  /// Policy forbids handing credentials to this server. (`SEC_E_DELEGATION_POLICY`)
  case delegationForbidden(Details)
  /// Policy forbids handing credentials to a server that was authenticated by NTLM alone. (`SEC_E_POLICY_NLTM_ONLY`)
  case policyNltmOnly(Details)
  /// There is no established context to work on, so finish the handshake first. (`SEC_E_NO_CONTEXT`)
  case noContext(Details)
  /// PKU2U could not make use of the certificates, so check those of both sides. (`SEC_E_PKU2U_CERT_FAILURE`)
  case pku2uCertFailure(Details)
  /// The server did not prove who it is, so check the target name and close the connection. (`SEC_E_MUTUAL_AUTH_FAILED`)
  case mutualAuthFailed(Details)
  /// The address must begin with https, so use a protected connection. (`SEC_E_ONLY_HTTPS_ALLOWED`)
  case onlyHttpsAllowed(Details)
  /// The two sides share no application protocol, so offer one that the peer knows. (`SEC_E_APPLICATION_PROTOCOL_MISMATCH`)
  case applicationProtocolMismatch(Details)
  /// The user name has a form that cannot be used to log on here, so try the user@domain form. (`SEC_E_INVALID_UPN_NAME`)
  case invalidUpnName(Details)
  /// The buffer for the TLS extension is too small, so pass a larger one. (`SEC_E_EXT_BUFFER_TOO_SMALL`)
  case extBufferTooSmall(Details)
  /// Too few buffers were passed, so add the missing ones to the list. (`SEC_E_INSUFFICIENT_BUFFERS`)
  case insufficientBuffers(Details)
  /// A status that this version does not know.
  case other(Details)

  /// The error of a status.
  public init(status: UInt32, details: Details) {
    switch status {
    case 0x80090300: self = .insufficientMemory(details)
    case 0x80090301: self = .invalidHandle(details)
    case 0x80090302: self = .unsupportedFunction(details)
    case 0x80090303: self = .targetUnknown(details)
    case 0x80090304: self = .internalError(details)
    case 0x80090305: self = .secpkgNotFound(details)
    case 0x80090306: self = .notOwner(details)
    case 0x80090307: self = .cannotInstall(details)
    case 0x80090308: self = .invalidToken(details)
    case 0x80090309: self = .cannotPack(details)
    case 0x8009030A: self = .qopNotSupported(details)
    case 0x8009030B: self = .noImpersonation(details)
    case 0x8009030C: self = .logonDenied(details)
    case 0x8009030D: self = .unknownCredentials(details)
    case 0x8009030E: self = .noCredentials(details)
    case 0x8009030F: self = .messageAltered(details)
    case 0x80090310: self = .outOfSequence(details)
    case 0x80090311: self = .noAuthenticatingAuthority(details)
    case 0x80090316: self = .badPkgid(details)
    case 0x80090317: self = .contextExpired(details)
    case 0x80090318: self = .incompleteMessage(details)
    case 0x80090320: self = .incompleteCredentials(details)
    case 0x80090321: self = .bufferTooSmall(details)
    case 0x80090322: self = .wrongPrincipal(details)
    case 0x80090324: self = .timeSkew(details)
    case 0x80090325: self = .untrustedRoot(details)
    case 0x80090326: self = .illegalMessage(details)
    case 0x80090327: self = .certUnknown(details)
    case 0x80090328: self = .certExpired(details)
    case 0x80090329: self = .encryptFailure(details)
    case 0x80090330: self = .decryptFailure(details)
    case 0x80090331: self = .algorithmMismatch(details)
    case 0x80090332: self = .securityQosFailed(details)
    case 0x80090333: self = .unfinishedContextDeleted(details)
    case 0x80090334: self = .noTgtReply(details)
    case 0x80090335: self = .noIpAddresses(details)
    case 0x80090336: self = .wrongCredentialHandle(details)
    case 0x80090337: self = .cryptoSystemInvalid(details)
    case 0x80090338: self = .maxReferralsExceeded(details)
    case 0x80090339: self = .mustBeKdc(details)
    case 0x8009033A: self = .strongCryptoNotSupported(details)
    case 0x8009033B: self = .tooManyPrincipals(details)
    case 0x8009033C: self = .noPaData(details)
    case 0x8009033D: self = .pkinitNameMismatch(details)
    case 0x8009033E: self = .smartcardLogonRequired(details)
    case 0x8009033F: self = .shutdownInProgress(details)
    case 0x80090340: self = .kdcInvalidRequest(details)
    case 0x80090341: self = .kdcUnableToRefer(details)
    case 0x80090342: self = .kdcUnknownEtype(details)
    case 0x80090343: self = .unsupportedPreauth(details)
    case 0x80090345: self = .delegationRequired(details)
    case 0x80090346: self = .badBindings(details)
    case 0x80090347: self = .multipleAccounts(details)
    case 0x80090348: self = .noKerbKey(details)
    case 0x80090349: self = .certWrongUsage(details)
    case 0x80090350: self = .downgradeDetected(details)
    case 0x80090351: self = .smartcardCertRevoked(details)
    case 0x80090352: self = .issuingCaUntrusted(details)
    case 0x80090353: self = .revocationOfflineC(details)
    case 0x80090354: self = .pkinitClientFailure(details)
    case 0x80090355: self = .smartcardCertExpired(details)
    case 0x80090356: self = .noS4uProtSupport(details)
    case 0x80090357: self = .crossrealmDelegationFailure(details)
    case 0x80090358: self = .revocationOfflineKdc(details)
    case 0x80090359: self = .issuingCaUntrustedKdc(details)
    case 0x8009035A: self = .kdcCertExpired(details)
    case 0x8009035B: self = .kdcCertRevoked(details)
    case 0x8009035D: self = .invalidParameter(details)
    case 0x8009035E: self = .delegationForbidden(details)
    case 0x8009035F: self = .policyNltmOnly(details)
    case 0x80090361: self = .noContext(details)
    case 0x80090362: self = .pku2uCertFailure(details)
    case 0x80090363: self = .mutualAuthFailed(details)
    case 0x80090365: self = .onlyHttpsAllowed(details)
    case 0x80090367: self = .applicationProtocolMismatch(details)
    case 0x80090369: self = .invalidUpnName(details)
    case 0x8009036A: self = .extBufferTooSmall(details)
    case 0x8009036B: self = .insufficientBuffers(details)
    default: self = .other(details.with(status: status))
    }
  }

  /// The number of the status, such as `0x8009030C`.
  public var status: UInt32 {
    switch self {
    case .insufficientMemory: 0x80090300
    case .invalidHandle: 0x80090301
    case .unsupportedFunction: 0x80090302
    case .targetUnknown: 0x80090303
    case .internalError: 0x80090304
    case .secpkgNotFound: 0x80090305
    case .notOwner: 0x80090306
    case .cannotInstall: 0x80090307
    case .invalidToken: 0x80090308
    case .cannotPack: 0x80090309
    case .qopNotSupported: 0x8009030A
    case .noImpersonation: 0x8009030B
    case .logonDenied: 0x8009030C
    case .unknownCredentials: 0x8009030D
    case .noCredentials: 0x8009030E
    case .messageAltered: 0x8009030F
    case .outOfSequence: 0x80090310
    case .noAuthenticatingAuthority: 0x80090311
    case .badPkgid: 0x80090316
    case .contextExpired: 0x80090317
    case .incompleteMessage: 0x80090318
    case .incompleteCredentials: 0x80090320
    case .bufferTooSmall: 0x80090321
    case .wrongPrincipal: 0x80090322
    case .timeSkew: 0x80090324
    case .untrustedRoot: 0x80090325
    case .illegalMessage: 0x80090326
    case .certUnknown: 0x80090327
    case .certExpired: 0x80090328
    case .encryptFailure: 0x80090329
    case .decryptFailure: 0x80090330
    case .algorithmMismatch: 0x80090331
    case .securityQosFailed: 0x80090332
    case .unfinishedContextDeleted: 0x80090333
    case .noTgtReply: 0x80090334
    case .noIpAddresses: 0x80090335
    case .wrongCredentialHandle: 0x80090336
    case .cryptoSystemInvalid: 0x80090337
    case .maxReferralsExceeded: 0x80090338
    case .mustBeKdc: 0x80090339
    case .strongCryptoNotSupported: 0x8009033A
    case .tooManyPrincipals: 0x8009033B
    case .noPaData: 0x8009033C
    case .pkinitNameMismatch: 0x8009033D
    case .smartcardLogonRequired: 0x8009033E
    case .shutdownInProgress: 0x8009033F
    case .kdcInvalidRequest: 0x80090340
    case .kdcUnableToRefer: 0x80090341
    case .kdcUnknownEtype: 0x80090342
    case .unsupportedPreauth: 0x80090343
    case .delegationRequired: 0x80090345
    case .badBindings: 0x80090346
    case .multipleAccounts: 0x80090347
    case .noKerbKey: 0x80090348
    case .certWrongUsage: 0x80090349
    case .downgradeDetected: 0x80090350
    case .smartcardCertRevoked: 0x80090351
    case .issuingCaUntrusted: 0x80090352
    case .revocationOfflineC: 0x80090353
    case .pkinitClientFailure: 0x80090354
    case .smartcardCertExpired: 0x80090355
    case .noS4uProtSupport: 0x80090356
    case .crossrealmDelegationFailure: 0x80090357
    case .revocationOfflineKdc: 0x80090358
    case .issuingCaUntrustedKdc: 0x80090359
    case .kdcCertExpired: 0x8009035A
    case .kdcCertRevoked: 0x8009035B
    case .invalidParameter: 0x8009035D
    case .delegationForbidden: 0x8009035E
    case .policyNltmOnly: 0x8009035F
    case .noContext: 0x80090361
    case .pku2uCertFailure: 0x80090362
    case .mutualAuthFailed: 0x80090363
    case .onlyHttpsAllowed: 0x80090365
    case .applicationProtocolMismatch: 0x80090367
    case .invalidUpnName: 0x80090369
    case .extBufferTooSmall: 0x8009036A
    case .insufficientBuffers: 0x8009036B
    case .other: details.status
    }
  }

  /// The name of the status in the Windows SDK, such as `SEC_E_LOGON_DENIED`.
  public var symbol: String {
    switch self {
    case .insufficientMemory: "SEC_E_INSUFFICIENT_MEMORY"
    case .invalidHandle: "SEC_E_INVALID_HANDLE"
    case .unsupportedFunction: "SEC_E_UNSUPPORTED_FUNCTION"
    case .targetUnknown: "SEC_E_TARGET_UNKNOWN"
    case .internalError: "SEC_E_INTERNAL_ERROR"
    case .secpkgNotFound: "SEC_E_SECPKG_NOT_FOUND"
    case .notOwner: "SEC_E_NOT_OWNER"
    case .cannotInstall: "SEC_E_CANNOT_INSTALL"
    case .invalidToken: "SEC_E_INVALID_TOKEN"
    case .cannotPack: "SEC_E_CANNOT_PACK"
    case .qopNotSupported: "SEC_E_QOP_NOT_SUPPORTED"
    case .noImpersonation: "SEC_E_NO_IMPERSONATION"
    case .logonDenied: "SEC_E_LOGON_DENIED"
    case .unknownCredentials: "SEC_E_UNKNOWN_CREDENTIALS"
    case .noCredentials: "SEC_E_NO_CREDENTIALS"
    case .messageAltered: "SEC_E_MESSAGE_ALTERED"
    case .outOfSequence: "SEC_E_OUT_OF_SEQUENCE"
    case .noAuthenticatingAuthority: "SEC_E_NO_AUTHENTICATING_AUTHORITY"
    case .badPkgid: "SEC_E_BAD_PKGID"
    case .contextExpired: "SEC_E_CONTEXT_EXPIRED"
    case .incompleteMessage: "SEC_E_INCOMPLETE_MESSAGE"
    case .incompleteCredentials: "SEC_E_INCOMPLETE_CREDENTIALS"
    case .bufferTooSmall: "SEC_E_BUFFER_TOO_SMALL"
    case .wrongPrincipal: "SEC_E_WRONG_PRINCIPAL"
    case .timeSkew: "SEC_E_TIME_SKEW"
    case .untrustedRoot: "SEC_E_UNTRUSTED_ROOT"
    case .illegalMessage: "SEC_E_ILLEGAL_MESSAGE"
    case .certUnknown: "SEC_E_CERT_UNKNOWN"
    case .certExpired: "SEC_E_CERT_EXPIRED"
    case .encryptFailure: "SEC_E_ENCRYPT_FAILURE"
    case .decryptFailure: "SEC_E_DECRYPT_FAILURE"
    case .algorithmMismatch: "SEC_E_ALGORITHM_MISMATCH"
    case .securityQosFailed: "SEC_E_SECURITY_QOS_FAILED"
    case .unfinishedContextDeleted: "SEC_E_UNFINISHED_CONTEXT_DELETED"
    case .noTgtReply: "SEC_E_NO_TGT_REPLY"
    case .noIpAddresses: "SEC_E_NO_IP_ADDRESSES"
    case .wrongCredentialHandle: "SEC_E_WRONG_CREDENTIAL_HANDLE"
    case .cryptoSystemInvalid: "SEC_E_CRYPTO_SYSTEM_INVALID"
    case .maxReferralsExceeded: "SEC_E_MAX_REFERRALS_EXCEEDED"
    case .mustBeKdc: "SEC_E_MUST_BE_KDC"
    case .strongCryptoNotSupported: "SEC_E_STRONG_CRYPTO_NOT_SUPPORTED"
    case .tooManyPrincipals: "SEC_E_TOO_MANY_PRINCIPALS"
    case .noPaData: "SEC_E_NO_PA_DATA"
    case .pkinitNameMismatch: "SEC_E_PKINIT_NAME_MISMATCH"
    case .smartcardLogonRequired: "SEC_E_SMARTCARD_LOGON_REQUIRED"
    case .shutdownInProgress: "SEC_E_SHUTDOWN_IN_PROGRESS"
    case .kdcInvalidRequest: "SEC_E_KDC_INVALID_REQUEST"
    case .kdcUnableToRefer: "SEC_E_KDC_UNABLE_TO_REFER"
    case .kdcUnknownEtype: "SEC_E_KDC_UNKNOWN_ETYPE"
    case .unsupportedPreauth: "SEC_E_UNSUPPORTED_PREAUTH"
    case .delegationRequired: "SEC_E_DELEGATION_REQUIRED"
    case .badBindings: "SEC_E_BAD_BINDINGS"
    case .multipleAccounts: "SEC_E_MULTIPLE_ACCOUNTS"
    case .noKerbKey: "SEC_E_NO_KERB_KEY"
    case .certWrongUsage: "SEC_E_CERT_WRONG_USAGE"
    case .downgradeDetected: "SEC_E_DOWNGRADE_DETECTED"
    case .smartcardCertRevoked: "SEC_E_SMARTCARD_CERT_REVOKED"
    case .issuingCaUntrusted: "SEC_E_ISSUING_CA_UNTRUSTED"
    case .revocationOfflineC: "SEC_E_REVOCATION_OFFLINE_C"
    case .pkinitClientFailure: "SEC_E_PKINIT_CLIENT_FAILURE"
    case .smartcardCertExpired: "SEC_E_SMARTCARD_CERT_EXPIRED"
    case .noS4uProtSupport: "SEC_E_NO_S4U_PROT_SUPPORT"
    case .crossrealmDelegationFailure: "SEC_E_CROSSREALM_DELEGATION_FAILURE"
    case .revocationOfflineKdc: "SEC_E_REVOCATION_OFFLINE_KDC"
    case .issuingCaUntrustedKdc: "SEC_E_ISSUING_CA_UNTRUSTED_KDC"
    case .kdcCertExpired: "SEC_E_KDC_CERT_EXPIRED"
    case .kdcCertRevoked: "SEC_E_KDC_CERT_REVOKED"
    case .invalidParameter: "SEC_E_INVALID_PARAMETER"
    case .delegationForbidden: "SEC_E_DELEGATION_POLICY"
    case .policyNltmOnly: "SEC_E_POLICY_NLTM_ONLY"
    case .noContext: "SEC_E_NO_CONTEXT"
    case .pku2uCertFailure: "SEC_E_PKU2U_CERT_FAILURE"
    case .mutualAuthFailed: "SEC_E_MUTUAL_AUTH_FAILED"
    case .onlyHttpsAllowed: "SEC_E_ONLY_HTTPS_ALLOWED"
    case .applicationProtocolMismatch: "SEC_E_APPLICATION_PROTOCOL_MISMATCH"
    case .invalidUpnName: "SEC_E_INVALID_UPN_NAME"
    case .extBufferTooSmall: "SEC_E_EXT_BUFFER_TOO_SMALL"
    case .insufficientBuffers: "SEC_E_INSUFFICIENT_BUFFERS"
    case .other: hexadecimal(details.status)
    }
  }

  /// What the caller should do about it.
  public var family: Family {
    switch self {
    case .insufficientMemory: .internal
    case .invalidHandle: .usage
    case .unsupportedFunction: .unsupported
    case .targetUnknown: .handshake
    case .internalError: .internal
    case .secpkgNotFound: .unsupported
    case .notOwner: .credential
    case .cannotInstall: .internal
    case .invalidToken: .handshake
    case .cannotPack: .internal
    case .qopNotSupported: .usage
    case .noImpersonation: .usage
    case .logonDenied: .credential
    case .unknownCredentials: .credential
    case .noCredentials: .credential
    case .messageAltered: .protection
    case .outOfSequence: .protection
    case .noAuthenticatingAuthority: .network
    case .badPkgid: .unsupported
    case .contextExpired: .protection
    case .incompleteMessage: .protection
    case .incompleteCredentials: .credential
    case .bufferTooSmall: .usage
    case .wrongPrincipal: .handshake
    case .timeSkew: .handshake
    case .untrustedRoot: .handshake
    case .illegalMessage: .handshake
    case .certUnknown: .handshake
    case .certExpired: .handshake
    case .encryptFailure: .protection
    case .decryptFailure: .protection
    case .algorithmMismatch: .handshake
    case .securityQosFailed: .handshake
    case .unfinishedContextDeleted: .handshake
    case .noTgtReply: .handshake
    case .noIpAddresses: .network
    case .wrongCredentialHandle: .usage
    case .cryptoSystemInvalid: .unsupported
    case .maxReferralsExceeded: .network
    case .mustBeKdc: .unsupported
    case .strongCryptoNotSupported: .unsupported
    case .tooManyPrincipals: .handshake
    case .noPaData: .handshake
    case .pkinitNameMismatch: .credential
    case .smartcardLogonRequired: .credential
    case .shutdownInProgress: .internal
    case .kdcInvalidRequest: .handshake
    case .kdcUnableToRefer: .network
    case .kdcUnknownEtype: .handshake
    case .unsupportedPreauth: .unsupported
    case .delegationRequired: .credential
    case .badBindings: .handshake
    case .multipleAccounts: .credential
    case .noKerbKey: .credential
    case .certWrongUsage: .handshake
    case .downgradeDetected: .handshake
    case .smartcardCertRevoked: .credential
    case .issuingCaUntrusted: .credential
    case .revocationOfflineC: .network
    case .pkinitClientFailure: .credential
    case .smartcardCertExpired: .credential
    case .noS4uProtSupport: .unsupported
    case .crossrealmDelegationFailure: .credential
    case .revocationOfflineKdc: .network
    case .issuingCaUntrustedKdc: .handshake
    case .kdcCertExpired: .handshake
    case .kdcCertRevoked: .handshake
    case .invalidParameter: .usage
    case .delegationForbidden: .credential
    case .policyNltmOnly: .credential
    case .noContext: .usage
    case .pku2uCertFailure: .handshake
    case .mutualAuthFailed: .handshake
    case .onlyHttpsAllowed: .usage
    case .applicationProtocolMismatch: .handshake
    case .invalidUpnName: .credential
    case .extBufferTooSmall: .usage
    case .insufficientBuffers: .usage
    case .other: .internal
    }
  }

  /// What is known beside the status.
  public var details: Details {
    switch self {
    case .insufficientMemory(let details): details
    case .invalidHandle(let details): details
    case .unsupportedFunction(let details): details
    case .targetUnknown(let details): details
    case .internalError(let details): details
    case .secpkgNotFound(let details): details
    case .notOwner(let details): details
    case .cannotInstall(let details): details
    case .invalidToken(let details): details
    case .cannotPack(let details): details
    case .qopNotSupported(let details): details
    case .noImpersonation(let details): details
    case .logonDenied(let details): details
    case .unknownCredentials(let details): details
    case .noCredentials(let details): details
    case .messageAltered(let details): details
    case .outOfSequence(let details): details
    case .noAuthenticatingAuthority(let details): details
    case .badPkgid(let details): details
    case .contextExpired(let details): details
    case .incompleteMessage(let details): details
    case .incompleteCredentials(let details): details
    case .bufferTooSmall(let details): details
    case .wrongPrincipal(let details): details
    case .timeSkew(let details): details
    case .untrustedRoot(let details): details
    case .illegalMessage(let details): details
    case .certUnknown(let details): details
    case .certExpired(let details): details
    case .encryptFailure(let details): details
    case .decryptFailure(let details): details
    case .algorithmMismatch(let details): details
    case .securityQosFailed(let details): details
    case .unfinishedContextDeleted(let details): details
    case .noTgtReply(let details): details
    case .noIpAddresses(let details): details
    case .wrongCredentialHandle(let details): details
    case .cryptoSystemInvalid(let details): details
    case .maxReferralsExceeded(let details): details
    case .mustBeKdc(let details): details
    case .strongCryptoNotSupported(let details): details
    case .tooManyPrincipals(let details): details
    case .noPaData(let details): details
    case .pkinitNameMismatch(let details): details
    case .smartcardLogonRequired(let details): details
    case .shutdownInProgress(let details): details
    case .kdcInvalidRequest(let details): details
    case .kdcUnableToRefer(let details): details
    case .kdcUnknownEtype(let details): details
    case .unsupportedPreauth(let details): details
    case .delegationRequired(let details): details
    case .badBindings(let details): details
    case .multipleAccounts(let details): details
    case .noKerbKey(let details): details
    case .certWrongUsage(let details): details
    case .downgradeDetected(let details): details
    case .smartcardCertRevoked(let details): details
    case .issuingCaUntrusted(let details): details
    case .revocationOfflineC(let details): details
    case .pkinitClientFailure(let details): details
    case .smartcardCertExpired(let details): details
    case .noS4uProtSupport(let details): details
    case .crossrealmDelegationFailure(let details): details
    case .revocationOfflineKdc(let details): details
    case .issuingCaUntrustedKdc(let details): details
    case .kdcCertExpired(let details): details
    case .kdcCertRevoked(let details): details
    case .invalidParameter(let details): details
    case .delegationForbidden(let details): details
    case .policyNltmOnly(let details): details
    case .noContext(let details): details
    case .pku2uCertFailure(let details): details
    case .mutualAuthFailed(let details): details
    case .onlyHttpsAllowed(let details): details
    case .applicationProtocolMismatch(let details): details
    case .invalidUpnName(let details): details
    case .extBufferTooSmall(let details): details
    case .insufficientBuffers(let details): details
    case .other(let details): details
    }
  }
}

extension Fault {
  var detail: FaultDetail {
    switch self {
    case .InsufficientMemory(let detail): detail
    case .InvalidHandle(let detail): detail
    case .UnsupportedFunction(let detail): detail
    case .TargetUnknown(let detail): detail
    case .InternalError(let detail): detail
    case .SecpkgNotFound(let detail): detail
    case .NotOwner(let detail): detail
    case .CannotInstall(let detail): detail
    case .InvalidToken(let detail): detail
    case .CannotPack(let detail): detail
    case .QopNotSupported(let detail): detail
    case .NoImpersonation(let detail): detail
    case .LogonDenied(let detail): detail
    case .UnknownCredentials(let detail): detail
    case .NoCredentials(let detail): detail
    case .MessageAltered(let detail): detail
    case .OutOfSequence(let detail): detail
    case .NoAuthenticatingAuthority(let detail): detail
    case .BadPkgid(let detail): detail
    case .ContextExpired(let detail): detail
    case .IncompleteMessage(let detail): detail
    case .IncompleteCredentials(let detail): detail
    case .BufferTooSmall(let detail): detail
    case .WrongPrincipal(let detail): detail
    case .TimeSkew(let detail): detail
    case .UntrustedRoot(let detail): detail
    case .IllegalMessage(let detail): detail
    case .CertUnknown(let detail): detail
    case .CertExpired(let detail): detail
    case .EncryptFailure(let detail): detail
    case .DecryptFailure(let detail): detail
    case .AlgorithmMismatch(let detail): detail
    case .SecurityQosFailed(let detail): detail
    case .UnfinishedContextDeleted(let detail): detail
    case .NoTgtReply(let detail): detail
    case .NoIpAddresses(let detail): detail
    case .WrongCredentialHandle(let detail): detail
    case .CryptoSystemInvalid(let detail): detail
    case .MaxReferralsExceeded(let detail): detail
    case .MustBeKdc(let detail): detail
    case .StrongCryptoNotSupported(let detail): detail
    case .TooManyPrincipals(let detail): detail
    case .NoPaData(let detail): detail
    case .PkinitNameMismatch(let detail): detail
    case .SmartcardLogonRequired(let detail): detail
    case .ShutdownInProgress(let detail): detail
    case .KdcInvalidRequest(let detail): detail
    case .KdcUnableToRefer(let detail): detail
    case .KdcUnknownEtype(let detail): detail
    case .UnsupportedPreauth(let detail): detail
    case .DelegationRequired(let detail): detail
    case .BadBindings(let detail): detail
    case .MultipleAccounts(let detail): detail
    case .NoKerbKey(let detail): detail
    case .CertWrongUsage(let detail): detail
    case .DowngradeDetected(let detail): detail
    case .SmartcardCertRevoked(let detail): detail
    case .IssuingCaUntrusted(let detail): detail
    case .RevocationOfflineC(let detail): detail
    case .PkinitClientFailure(let detail): detail
    case .SmartcardCertExpired(let detail): detail
    case .NoS4uProtSupport(let detail): detail
    case .CrossrealmDelegationFailure(let detail): detail
    case .RevocationOfflineKdc(let detail): detail
    case .IssuingCaUntrustedKdc(let detail): detail
    case .KdcCertExpired(let detail): detail
    case .KdcCertRevoked(let detail): detail
    case .InvalidParameter(let detail): detail
    case .DelegationForbidden(let detail): detail
    case .PolicyNltmOnly(let detail): detail
    case .NoContext(let detail): detail
    case .Pku2uCertFailure(let detail): detail
    case .MutualAuthFailed(let detail): detail
    case .OnlyHttpsAllowed(let detail): detail
    case .ApplicationProtocolMismatch(let detail): detail
    case .InvalidUpnName(let detail): detail
    case .ExtBufferTooSmall(let detail): detail
    case .InsufficientBuffers(let detail): detail
    case .Unlisted(let detail): detail
    }
  }
}
