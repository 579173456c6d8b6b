/**
 * The interface call by call, under its own names, for people who port code.
 *
 * Statuses of the `SEC_I_` family come in `Outcome`, those of the `SEC_E_` family are thrown. A null
 * handle is `new SecurityContext()`. Flags, kinds of buffers and questions have the names of the
 * Windows SDK without their prefixes. Buffers are typed: messages are protected in their memory.
 *
 * ```js
 * const { password } = require('anysspi')
 * const raw = require('anysspi/raw')
 *
 * const { credential } = raw.acquireCredentialsHandle(null, 'NTLM', 'OUTBOUND', password('alice', 'secret'))
 * const context = new raw.SecurityContext()
 * const token = new raw.SecurityBuffer('TOKEN')
 * const flags = ['ALLOCATE_MEMORY', 'CONFIDENTIALITY']
 * const { code } = raw.initializeSecurityContext(credential, context, null, flags, [], [token])
 * // code is 'SEC_I_CONTINUE_NEEDED', and token.bytes is the first token
 * ```
 *
 * @module
 */

import type {
  AscReqName,
  AscRetName,
  AttributeName,
  BufferAttributeName,
  BufferKindName,
  IscReqName,
  IscRetName,
  UsageName,
} from './flags'
import type {
  AccessToken,
  Answers,
  Bytes,
  Credential,
  CredentialOptions,
  DelegationPolicy,
  Identity,
  KdcCarrier,
  PackageInfo,
} from './index'

export type {
  AscReqName,
  AscRetName,
  AttributeName,
  BufferAttributeName,
  BufferKindName,
  IscReqName,
  IscRetName,
  UsageName,
} from './flags'

/**
 * A typed buffer (`SecBuffer`) over memory of yours, which is written in place, or without memory.
 *
 * `length` says how many bytes count as an input: all at first, and after a call those that the call
 * wrote, or how many are needed. An output may use all of its memory.
 */
export class SecurityBuffer {
  constructor(
    kind: BufferKindName | number,
    data?: Bytes | null,
    options?: { attributes?: readonly BufferAttributeName[] },
  )
  /** What it is for. A call may change it: to MISSING or EXTRA, which are counts. */
  readonly kind: BufferKindName | number
  /** How it may be used. */
  readonly attributes: readonly BufferAttributeName[]
  /** The memory: yours, what a call allocated, or a part of another buffer's. */
  readonly data: Uint8Array | null
  /** How many bytes count, or are needed. */
  readonly length: number
  /** The bytes that count, in their memory. */
  readonly bytes: Uint8Array
}

/** A context: null at first, then a handshake, then established. */
export class SecurityContext {
  /**
   * Without a `bindingPolicy` the flags decide, as on Windows: a server with bindings refuses a client
   * that has none, unless ALLOW_MISSING_BINDINGS is among its flags.
   */
  constructor(options?: {
    bindingPolicy?: 'never' | 'when_supported' | 'always'
    acceptedTargets?: readonly string[]
    pacPolicy?: 'never' | 'when_present' | 'always'
    /**
     * Carries questions to KDCs within the legs of the handshake; without one nobody is asked. It has to answer at
     * once: a call here waits for no promise.
     */
    kdc?: KdcCarrier
  })
  /** Whether the context is established. */
  readonly isEstablished: boolean
}

/** What a leg answers besides the token. Flags and expiry are final only with SEC_E_OK. */
export interface Outcome<Flag> {
  /** The number of the status. */
  readonly status: number
  /** SEC_E_OK, SEC_I_CONTINUE_NEEDED, SEC_I_COMPLETE_NEEDED or SEC_I_COMPLETE_AND_CONTINUE. */
  readonly code: string
  /** What the context has. */
  readonly flags: readonly Flag[]
  /** When it ends; `null` for never. */
  readonly expiry: Date | null
}

/** What is told about every package (`EnumerateSecurityPackages`). */
export function enumerateSecurityPackages(): PackageInfo[]

/** What is told about a package (`QuerySecurityPackageInfo`). */
export function querySecurityPackageInfo(name: string): PackageInfo

/** Acquires credentials, and says when they expire; `null` for never. */
export function acquireCredentialsHandle(
  principal: string | null,
  packageName: string,
  usage: UsageName,
  identity?: Identity | readonly Identity[] | null,
  options?: CredentialOptions & { delegation?: DelegationPolicy },
): { credential: Credential; expiry: Date | null }

/** Frees credentials. Contexts that were made from them go on. */
export function freeCredentialsHandle(credential: Credential): void

/** Whose credentials they are (`QueryCredentialsAttributes`, SECPKG_CRED_ATTR_NAMES). */
export function queryCredentialsAttributes(credential: Credential): string

/**
 * One leg as the client.
 *
 * The first call takes credentials and a null context; later calls may leave the credentials out.
 * Input: TOKEN with the peer's token, EMPTY for MISSING or EXTRA, CHANNEL_BINDINGS. Output: TOKEN. With
 * ALLOCATE_MEMORY the output is allocated; without, a buffer that is too small throws BufferTooSmall,
 * its length says what is needed, and the same call may be made again.
 */
export function initializeSecurityContext(
  credential: Credential | null,
  context: SecurityContext,
  target: string | null,
  flags: readonly IscReqName[],
  input: readonly SecurityBuffer[],
  output: readonly SecurityBuffer[],
): Outcome<IscRetName>

/** One leg as the server. The buffers are those of `initializeSecurityContext`. */
export function acceptSecurityContext(
  credential: Credential | null,
  context: SecurityContext,
  flags: readonly AscReqName[],
  input: readonly SecurityBuffer[],
  output: readonly SecurityBuffer[],
): Outcome<AscRetName>

/** Completes a token after SEC_I_COMPLETE_NEEDED or SEC_I_COMPLETE_AND_CONTINUE. */
export function completeAuthToken(
  context: SecurityContext,
  token: readonly SecurityBuffer[],
): void

/** Deletes a context and wipes its secrets. Every later call on it throws InvalidHandle. */
export function deleteSecurityContext(context: SecurityContext): void

/**
 * Ends a stream: gives the bytes to send as its last (`ApplyControlToken` with SCHANNEL_SHUTDOWN, and the
 * call after it).
 */
export function shutDownStream(context: SecurityContext): Buffer

/** Answers a question about an established context. UnsupportedFunction says that it has no answer. */
export function queryContextAttributes<Name extends AttributeName>(
  context: SecurityContext,
  attribute: Name,
): Name extends keyof Answers ? Answers[Name] : unknown
export function queryContextAttributes(context: SecurityContext, attribute: number): unknown

/**
 * Sets UNIQUE_BINDINGS or ENDPOINT_BINDINGS, as a SEC_CHANNEL_BINDINGS structure, before the context is
 * established.
 */
export function setContextAttributes(
  context: SecurityContext,
  attribute: AttributeName | number,
  value: Bytes,
): void

/** Who the client of a server's context is. */
export function querySecurityContextToken(context: SecurityContext): AccessToken

/**
 * Signs the DATA buffers into the TOKEN buffer. The sequence number counts only in connectionless
 * contexts.
 */
export function makeSignature(
  context: SecurityContext,
  quality: number,
  message: readonly SecurityBuffer[],
  sequence?: number,
): void

/** Checks the signature in the TOKEN buffer; gives the quality of the protection. */
export function verifySignature(
  context: SecurityContext,
  message: readonly SecurityBuffer[],
  sequence?: number,
): number

/**
 * Encrypts the DATA buffers in place and signs them into the TOKEN buffer. A context of a stream wants
 * STREAM_HEADER and STREAM_TRAILER beside a DATA buffer, and EMPTY for what goes out before them.
 */
export function encryptMessage(
  context: SecurityContext,
  quality: number,
  message: readonly SecurityBuffer[],
  sequence?: number,
): void

/**
 * Decrypts the DATA buffers in place and checks the signature, which is in the TOKEN buffer or at the
 * start of a STREAM buffer; an empty DATA buffer then receives the message, as a part of the stream's
 * memory. A context of a stream takes the bytes that came in a DATA buffer, with EMPTY ones beside it for
 * the message, MISSING and EXTRA. Gives the quality of the protection.
 */
export function decryptMessage(
  context: SecurityContext,
  message: readonly SecurityBuffer[],
  sequence?: number,
): number
