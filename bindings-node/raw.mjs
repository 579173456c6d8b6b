// Written by `cargo xtask generate`: do not edit.
// The same objects as for `require`: there is one set of classes, however it is loaded.
import raw from './raw.js'

export default raw
export const {
  SecurityBuffer,
  SecurityContext,
  acceptSecurityContext,
  acquireCredentialsHandle,
  completeAuthToken,
  decryptMessage,
  deleteSecurityContext,
  encryptMessage,
  enumerateSecurityPackages,
  freeCredentialsHandle,
  initializeSecurityContext,
  makeSignature,
  queryContextAttributes,
  queryCredentialsAttributes,
  querySecurityContextToken,
  querySecurityPackageInfo,
  setContextAttributes,
  shutDownStream,
  verifySignature,
} = raw
