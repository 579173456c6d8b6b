//! The table of all status codes: the one place where they are listed.
//!
//! [`Status`](crate::Status) and every language binding are generated from
//! [`for_each_status!`](crate::for_each_status), so that no second list can fall behind.

/// Calls a macro, given by its name or path, with the whole status table as its input.
///
/// The macro is called once. Its input is a plain sequence of rows without separators, and each row
/// has the form
///
/// ```text
/// (CamelCase, CONSTANT, number, SYMBOL, Family, "Sentence.")
/// ```
///
/// | part        | macro fragment | meaning                                                     |
/// |-------------|----------------|-------------------------------------------------------------|
/// | `CamelCase` | `ident`        | the name for enumerations and exception classes             |
/// | `CONSTANT`  | `ident`        | the associated constant of [`Status`](crate::Status)        |
/// | `number`    | `literal`      | the value, an unsigned 32-bit number                        |
/// | `SYMBOL`    | `ident`        | the name in the header files of the Windows SDK             |
/// | `Family`    | `ident`        | a variant of [`Family`](crate::Family)                      |
/// | `Sentence`  | `literal`      | one sentence for people: what happened, what to do about it |
///
/// The rows are sorted by number and every column except the family is unique.
/// `CONSTANT` is `SYMBOL` without `SEC_E_` or `SEC_I_`, and `CamelCase` is `CONSTANT` with each
/// word capitalised. Two rows deviate, because the SDK has the same name as an error too:
/// `SEC_I_CONTEXT_EXPIRED` is `CONTEXT_EXPIRED_NOTICE` and `SEC_I_INCOMPLETE_CREDENTIALS` is
/// `CREDENTIALS_WANTED`. `DELEGATION_POLICY` is `DelegationForbidden`, so that bindings can call the
/// policy itself [`DelegationPolicy`](crate::DelegationPolicy). The SDK's second names for the same number (`SEC_E_NO_SPM`,
/// `SEC_E_NOT_SUPPORTED`) are no rows; [`Status`](crate::Status) has them as constants.
///
/// Rows may be added in later versions, so a callback must accept any number of them.
///
/// # Examples
///
/// A binding defines a macro which turns the rows into whatever its language needs:
///
/// ```
/// macro_rules! exception_names {
///     ($((
///         $name:ident, $constant:ident, $number:literal, $symbol:ident, $family:ident,
///         $sentence:literal
///     ))*) => {
///         const EXCEPTIONS: &[(u32, &str, &str)] =
///             &[$(($number, concat!(stringify!($name), "Error"), $sentence)),*];
///     };
/// }
/// anysspi::for_each_status!(exception_names);
///
/// assert!(EXCEPTIONS.iter().any(|row| row.0 == 0x8009_030C && row.1 == "LogonDeniedError"));
/// ```
///
/// It works in the place of an expression as well:
///
/// ```
/// macro_rules! count {
///     ($($row:tt)*) => { [$(stringify!($row)),*].len() };
/// }
/// assert_eq!(anysspi::for_each_status!(count), anysspi::Status::all().len());
/// ```
#[macro_export]
macro_rules! for_each_status {
    // A `path` fragment could not be called in the place of an expression, hence the bare tokens.
    ($($callback:tt)+) => {
        $($callback)+! {
            (Ok, OK, 0x0000_0000, SEC_E_OK, Success, "The call succeeded and nothing more is needed.")
            (ContinueNeeded, CONTINUE_NEEDED, 0x0009_0312, SEC_I_CONTINUE_NEEDED, Success, "Send the output token to the peer, then call again with the peer's answer.")
            (CompleteNeeded, COMPLETE_NEEDED, 0x0009_0313, SEC_I_COMPLETE_NEEDED, Success, "Finish the output token with CompleteAuthToken before you send it to the peer.")
            (CompleteAndContinue, COMPLETE_AND_CONTINUE, 0x0009_0314, SEC_I_COMPLETE_AND_CONTINUE, Success, "Finish the output token with CompleteAuthToken, send it, then call again with the peer's answer.")
            (LocalLogon, LOCAL_LOGON, 0x0009_0315, SEC_I_LOCAL_LOGON, Success, "The logon was decided on this machine without asking a domain controller.")
            (GenericExtensionReceived, GENERIC_EXTENSION_RECEIVED, 0x0009_0316, SEC_I_GENERIC_EXTENSION_RECEIVED, Success, "The peer sent a TLS extension that you asked to see, so read it and call again.")
            (ContextExpiredNotice, CONTEXT_EXPIRED_NOTICE, 0x0009_0317, SEC_I_CONTEXT_EXPIRED, Success, "The peer has closed its sending side, so answer with a shutdown token and expect no more data.")
            (CredentialsWanted, CREDENTIALS_WANTED, 0x0009_0320, SEC_I_INCOMPLETE_CREDENTIALS, Success, "The server asks for a client certificate, so call again with one, or without one if the server tolerates that.")
            (Renegotiate, RENEGOTIATE, 0x0009_0321, SEC_I_RENEGOTIATE, Success, "The peer wants more handshake messages, so go back to the handshake calls before you carry on.")
            (NoLsaContext, NO_LSA_CONTEXT, 0x0009_0323, SEC_I_NO_LSA_CONTEXT, Success, "The context exists only in this process and the system's security service holds no part of it.")
            (SignatureNeeded, SIGNATURE_NEEDED, 0x0009_035C, SEC_I_SIGNATURE_NEEDED, Success, "Sign the data which was handed out, then call again with the signature.")
            (NoRenegotiation, NO_RENEGOTIATION, 0x0009_0360, SEC_I_NO_RENEGOTIATION, Success, "The peer refused to renegotiate, so keep the present session or close it.")
            (MessageFragment, MESSAGE_FRAGMENT, 0x0009_0364, SEC_I_MESSAGE_FRAGMENT, Success, "The output is one fragment of a larger message, so send it and call again for the next one.")
            (ContinueNeededMessageOk, CONTINUE_NEEDED_MESSAGE_OK, 0x0009_0366, SEC_I_CONTINUE_NEEDED_MESSAGE_OK, Success, "The handshake goes on, but messages may already be protected with the context.")
            (AsyncCallPending, ASYNC_CALL_PENDING, 0x0009_0368, SEC_I_ASYNC_CALL_PENDING, Success, "The call was queued and its result will arrive later through the asynchronous notification.")
            (InsufficientMemory, INSUFFICIENT_MEMORY, 0x8009_0300, SEC_E_INSUFFICIENT_MEMORY, Internal, "Memory ran out during the call, so free some and try again.")
            (InvalidHandle, INVALID_HANDLE, 0x8009_0301, SEC_E_INVALID_HANDLE, Usage, "The handle was never valid or has been freed already, so acquire a new one.")
            (UnsupportedFunction, UNSUPPORTED_FUNCTION, 0x8009_0302, SEC_E_UNSUPPORTED_FUNCTION, Unsupported, "This package or platform cannot do what was asked, so leave the option out or choose another package.")
            (TargetUnknown, TARGET_UNKNOWN, 0x8009_0303, SEC_E_TARGET_UNKNOWN, Handshake, "Nobody knows a service by the target name, so check its spelling and that it is registered in the realm.")
            (InternalError, INTERNAL_ERROR, 0x8009_0304, SEC_E_INTERNAL_ERROR, Internal, "Something failed inside the security package, so look at the detail message and report it.")
            (SecpkgNotFound, SECPKG_NOT_FOUND, 0x8009_0305, SEC_E_SECPKG_NOT_FOUND, Unsupported, "No security package has this name here, so list the packages and pick one of them.")
            (NotOwner, NOT_OWNER, 0x8009_0306, SEC_E_NOT_OWNER, Credential, "The credential belongs to somebody else and the caller may not use it.")
            (CannotInstall, CANNOT_INSTALL, 0x8009_0307, SEC_E_CANNOT_INSTALL, Internal, "The security package could not be loaded or started, so check its installation.")
            (InvalidToken, INVALID_TOKEN, 0x8009_0308, SEC_E_INVALID_TOKEN, Handshake, "The token from the peer is malformed or does not belong at this point, so check that both sides speak the same protocol.")
            (CannotPack, CANNOT_PACK, 0x8009_0309, SEC_E_CANNOT_PACK, Internal, "The security package could not encode its data for transport.")
            (QopNotSupported, QOP_NOT_SUPPORTED, 0x8009_030A, SEC_E_QOP_NOT_SUPPORTED, Usage, "The context offers no such quality of protection, so ask for the default one.")
            (NoImpersonation, NO_IMPERSONATION, 0x8009_030B, SEC_E_NO_IMPERSONATION, Usage, "The client did not allow the server to act in its name, so do without it or let the client grant it.")
            (LogonDenied, LOGON_DENIED, 0x8009_030C, SEC_E_LOGON_DENIED, Credential, "The user name or the password is wrong, or the account may not log on this way.")
            (UnknownCredentials, UNKNOWN_CREDENTIALS, 0x8009_030D, SEC_E_UNKNOWN_CREDENTIALS, Credential, "The package does not accept this kind of credential, so check what was passed in.")
            (NoCredentials, NO_CREDENTIALS, 0x8009_030E, SEC_E_NO_CREDENTIALS, Credential, "There is no usable credential, so log on first or pass one explicitly.")
            (MessageAltered, MESSAGE_ALTERED, 0x8009_030F, SEC_E_MESSAGE_ALTERED, Protection, "The signature does not match the message, so discard it and treat the connection as broken.")
            (OutOfSequence, OUT_OF_SEQUENCE, 0x8009_0310, SEC_E_OUT_OF_SEQUENCE, Protection, "A message was lost, repeated or reordered, so discard it and close the connection.")
            (NoAuthenticatingAuthority, NO_AUTHENTICATING_AUTHORITY, 0x8009_0311, SEC_E_NO_AUTHENTICATING_AUTHORITY, Network, "No domain controller or KDC answered, so check the network, the name service and the realm.")
            (BadPkgid, BAD_PKGID, 0x8009_0316, SEC_E_BAD_PKGID, Unsupported, "The package identifier does not name any package on this machine.")
            (ContextExpired, CONTEXT_EXPIRED, 0x8009_0317, SEC_E_CONTEXT_EXPIRED, Protection, "The context is past its lifetime or was closed, so authenticate again.")
            (IncompleteMessage, INCOMPLETE_MESSAGE, 0x8009_0318, SEC_E_INCOMPLETE_MESSAGE, Protection, "Only part of the message has arrived, so read more from the peer and call again with all of it.")
            (IncompleteCredentials, INCOMPLETE_CREDENTIALS, 0x8009_0320, SEC_E_INCOMPLETE_CREDENTIALS, Credential, "A part of the credential is missing, so supply all that the package needs.")
            (BufferTooSmall, BUFFER_TOO_SMALL, 0x8009_0321, SEC_E_BUFFER_TOO_SMALL, Usage, "The output does not fit into the buffer, so pass a larger one.")
            (WrongPrincipal, WRONG_PRINCIPAL, 0x8009_0322, SEC_E_WRONG_PRINCIPAL, Handshake, "The peer is not the one named as the target, so check the target name and the key or certificate of the service.")
            (TimeSkew, TIME_SKEW, 0x8009_0324, SEC_E_TIME_SKEW, Handshake, "The clocks of the two sides differ too much, so synchronise them.")
            (UntrustedRoot, UNTRUSTED_ROOT, 0x8009_0325, SEC_E_UNTRUSTED_ROOT, Handshake, "The peer's certificate chain ends in a root which is not trusted here.")
            (IllegalMessage, ILLEGAL_MESSAGE, 0x8009_0326, SEC_E_ILLEGAL_MESSAGE, Handshake, "The peer sent a message that the protocol does not allow here, so check that both sides share a protocol version and settings.")
            (CertUnknown, CERT_UNKNOWN, 0x8009_0327, SEC_E_CERT_UNKNOWN, Handshake, "The certificate could not be processed, so check that it is complete and well formed.")
            (CertExpired, CERT_EXPIRED, 0x8009_0328, SEC_E_CERT_EXPIRED, Handshake, "The certificate is past its last day of validity, so have it renewed and check the clock.")
            (EncryptFailure, ENCRYPT_FAILURE, 0x8009_0329, SEC_E_ENCRYPT_FAILURE, Protection, "The data could not be encrypted, so close the connection.")
            (DecryptFailure, DECRYPT_FAILURE, 0x8009_0330, SEC_E_DECRYPT_FAILURE, Protection, "The data could not be decrypted, so discard it and close the connection.")
            (AlgorithmMismatch, ALGORITHM_MISMATCH, 0x8009_0331, SEC_E_ALGORITHM_MISMATCH, Handshake, "The two sides share no protocol version or algorithm, so widen the settings of one of them.")
            (SecurityQosFailed, SECURITY_QOS_FAILED, 0x8009_0332, SEC_E_SECURITY_QOS_FAILED, Handshake, "The context would lack a property that was demanded, so drop the demand or reconfigure the peer.")
            (UnfinishedContextDeleted, UNFINISHED_CONTEXT_DELETED, 0x8009_0333, SEC_E_UNFINISHED_CONTEXT_DELETED, Handshake, "The context was dropped in the middle of the handshake, which counts as a failed logon.")
            (NoTgtReply, NO_TGT_REPLY, 0x8009_0334, SEC_E_NO_TGT_REPLY, Handshake, "The server did not send the ticket-granting ticket that user-to-user authentication needs.")
            (NoIpAddresses, NO_IP_ADDRESSES, 0x8009_0335, SEC_E_NO_IP_ADDRESSES, Network, "This machine has no network address to put into the request, so bring the network up.")
            (WrongCredentialHandle, WRONG_CREDENTIAL_HANDLE, 0x8009_0336, SEC_E_WRONG_CREDENTIAL_HANDLE, Usage, "The context was started with another credential, so pass that one on every call.")
            (CryptoSystemInvalid, CRYPTO_SYSTEM_INVALID, 0x8009_0337, SEC_E_CRYPTO_SYSTEM_INVALID, Unsupported, "A cipher or checksum that is needed is not available on this machine.")
            (MaxReferralsExceeded, MAX_REFERRALS_EXCEEDED, 0x8009_0338, SEC_E_MAX_REFERRALS_EXCEEDED, Network, "The KDCs referred the request from realm to realm too often, so check the trusts between the realms.")
            (MustBeKdc, MUST_BE_KDC, 0x8009_0339, SEC_E_MUST_BE_KDC, Unsupported, "This works only on a KDC, and this machine is none.")
            (StrongCryptoNotSupported, STRONG_CRYPTO_NOT_SUPPORTED, 0x8009_033A, SEC_E_STRONG_CRYPTO_NOT_SUPPORTED, Unsupported, "The peer insists on stronger encryption than this machine has to offer.")
            (TooManyPrincipals, TOO_MANY_PRINCIPALS, 0x8009_033B, SEC_E_TOO_MANY_PRINCIPALS, Handshake, "The KDC's reply names more than one principal, so check for duplicate entries in the realm.")
            (NoPaData, NO_PA_DATA, 0x8009_033C, SEC_E_NO_PA_DATA, Handshake, "The KDC's reply lacks the hint about encryption types, so check which ones the account and the KDC allow.")
            (PkinitNameMismatch, PKINIT_NAME_MISMATCH, 0x8009_033D, SEC_E_PKINIT_NAME_MISMATCH, Credential, "The client certificate carries no user principal name, or one of a different user.")
            (SmartcardLogonRequired, SMARTCARD_LOGON_REQUIRED, 0x8009_033E, SEC_E_SMARTCARD_LOGON_REQUIRED, Credential, "This account may log on with a smart card only.")
            (ShutdownInProgress, SHUTDOWN_IN_PROGRESS, 0x8009_033F, SEC_E_SHUTDOWN_IN_PROGRESS, Internal, "The system is shutting down, so try again after it is back.")
            (KdcInvalidRequest, KDC_INVALID_REQUEST, 0x8009_0340, SEC_E_KDC_INVALID_REQUEST, Handshake, "The KDC rejected the request as malformed.")
            (KdcUnableToRefer, KDC_UNABLE_TO_REFER, 0x8009_0341, SEC_E_KDC_UNABLE_TO_REFER, Network, "The KDC could not tell which realm holds the service, so check the target name and the trusts between the realms.")
            (KdcUnknownEtype, KDC_UNKNOWN_ETYPE, 0x8009_0342, SEC_E_KDC_UNKNOWN_ETYPE, Handshake, "The KDC does not support the encryption type, so allow one that both sides have.")
            (UnsupportedPreauth, UNSUPPORTED_PREAUTH, 0x8009_0343, SEC_E_UNSUPPORTED_PREAUTH, Unsupported, "The KDC wants a kind of pre-authentication which is not available here.")
            (DelegationRequired, DELEGATION_REQUIRED, 0x8009_0345, SEC_E_DELEGATION_REQUIRED, Credential, "The call needs delegation, so let the account and the machine be trusted for it.")
            (BadBindings, BAD_BINDINGS, 0x8009_0346, SEC_E_BAD_BINDINGS, Handshake, "The channel bindings of the two sides differ, so check them for equality and the connection for an interceptor.")
            (MultipleAccounts, MULTIPLE_ACCOUNTS, 0x8009_0347, SEC_E_MULTIPLE_ACCOUNTS, Credential, "The certificate maps to several accounts, so name the one you mean.")
            (NoKerbKey, NO_KERB_KEY, 0x8009_0348, SEC_E_NO_KERB_KEY, Credential, "No Kerberos key is at hand for the account, so check the key table or set the password anew.")
            (CertWrongUsage, CERT_WRONG_USAGE, 0x8009_0349, SEC_E_CERT_WRONG_USAGE, Handshake, "The certificate was not issued for this purpose, so use one whose extended key usage fits.")
            (DowngradeDetected, DOWNGRADE_DETECTED, 0x8009_0350, SEC_E_DOWNGRADE_DETECTED, Handshake, "Something weakened the negotiation on its way, so make sure that a domain controller can be reached and that nobody tampers with the traffic.")
            (SmartcardCertRevoked, SMARTCARD_CERT_REVOKED, 0x8009_0351, SEC_E_SMARTCARD_CERT_REVOKED, Credential, "The smart card certificate was revoked, so obtain a new one.")
            (IssuingCaUntrusted, ISSUING_CA_UNTRUSTED, 0x8009_0352, SEC_E_ISSUING_CA_UNTRUSTED, Credential, "The authority that issued the smart card certificate is not trusted.")
            (RevocationOfflineC, REVOCATION_OFFLINE_C, 0x8009_0353, SEC_E_REVOCATION_OFFLINE_C, Network, "Nobody could say whether the smart card certificate is revoked, so make the revocation server reachable.")
            (PkinitClientFailure, PKINIT_CLIENT_FAILURE, 0x8009_0354, SEC_E_PKINIT_CLIENT_FAILURE, Credential, "The smart card certificate is not trusted for the logon.")
            (SmartcardCertExpired, SMARTCARD_CERT_EXPIRED, 0x8009_0355, SEC_E_SMARTCARD_CERT_EXPIRED, Credential, "The smart card certificate is past its last day of validity, so have it renewed.")
            (NoS4uProtSupport, NO_S4U_PROT_SUPPORT, 0x8009_0356, SEC_E_NO_S4U_PROT_SUPPORT, Unsupported, "The domain has no KDC which can issue a ticket on behalf of a user.")
            (CrossrealmDelegationFailure, CROSSREALM_DELEGATION_FAILURE, 0x8009_0357, SEC_E_CROSSREALM_DELEGATION_FAILURE, Credential, "This server may delegate only to services of its own realm, and the target lies outside.")
            (RevocationOfflineKdc, REVOCATION_OFFLINE_KDC, 0x8009_0358, SEC_E_REVOCATION_OFFLINE_KDC, Network, "Nobody could say whether the KDC's certificate is revoked, so make the revocation server reachable.")
            (IssuingCaUntrustedKdc, ISSUING_CA_UNTRUSTED_KDC, 0x8009_0359, SEC_E_ISSUING_CA_UNTRUSTED_KDC, Handshake, "The authority that issued the KDC's certificate is not trusted here.")
            (KdcCertExpired, KDC_CERT_EXPIRED, 0x8009_035A, SEC_E_KDC_CERT_EXPIRED, Handshake, "The KDC's certificate is past its last day of validity, so have it renewed.")
            (KdcCertRevoked, KDC_CERT_REVOKED, 0x8009_035B, SEC_E_KDC_CERT_REVOKED, Handshake, "The KDC's certificate was revoked, so the KDC needs a new one.")
            (InvalidParameter, INVALID_PARAMETER, 0x8009_035D, SEC_E_INVALID_PARAMETER, Usage, "An argument is out of range or does not go with the others.")
            (DelegationForbidden, DELEGATION_POLICY, 0x8009_035E, SEC_E_DELEGATION_POLICY, Credential, "Policy forbids handing credentials to this server.")
            (PolicyNltmOnly, POLICY_NLTM_ONLY, 0x8009_035F, SEC_E_POLICY_NLTM_ONLY, Credential, "Policy forbids handing credentials to a server that was authenticated by NTLM alone.")
            (NoContext, NO_CONTEXT, 0x8009_0361, SEC_E_NO_CONTEXT, Usage, "There is no established context to work on, so finish the handshake first.")
            (Pku2uCertFailure, PKU2U_CERT_FAILURE, 0x8009_0362, SEC_E_PKU2U_CERT_FAILURE, Handshake, "PKU2U could not make use of the certificates, so check those of both sides.")
            (MutualAuthFailed, MUTUAL_AUTH_FAILED, 0x8009_0363, SEC_E_MUTUAL_AUTH_FAILED, Handshake, "The server did not prove who it is, so check the target name and close the connection.")
            (OnlyHttpsAllowed, ONLY_HTTPS_ALLOWED, 0x8009_0365, SEC_E_ONLY_HTTPS_ALLOWED, Usage, "The address must begin with https, so use a protected connection.")
            (ApplicationProtocolMismatch, APPLICATION_PROTOCOL_MISMATCH, 0x8009_0367, SEC_E_APPLICATION_PROTOCOL_MISMATCH, Handshake, "The two sides share no application protocol, so offer one that the peer knows.")
            (InvalidUpnName, INVALID_UPN_NAME, 0x8009_0369, SEC_E_INVALID_UPN_NAME, Credential, "The user name has a form that cannot be used to log on here, so try the user@domain form.")
            (ExtBufferTooSmall, EXT_BUFFER_TOO_SMALL, 0x8009_036A, SEC_E_EXT_BUFFER_TOO_SMALL, Usage, "The buffer for the TLS extension is too small, so pass a larger one.")
            (InsufficientBuffers, INSUFFICIENT_BUFFERS, 0x8009_036B, SEC_E_INSUFFICIENT_BUFFERS, Usage, "Too few buffers were passed, so add the missing ones to the list.")
        }
    };
}
