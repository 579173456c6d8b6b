/**
 * The Security Support Provider Interface on every platform: Kerberos, NTLM, Negotiate and CredSSP, as
 * client and as server.
 *
 * ```js
 * const { initiate, password } = require('anysspi')
 *
 * const handshake = initiate('Negotiate', {
 *   target: 'HTTP/web.example.com',
 *   credential: password('CORP\\alice', 'secret'),
 * })
 * for await (const token of handshake) {
 *   await send(token)
 *   if (!handshake.done) handshake.receive(await receive())
 * }
 * const sealed = handshake.context.wrap(Buffer.from('hello'))
 * ```
 *
 * @module
 */

import type { AllowName, AttributeName, FlagName, UsageName } from './flags'

export * from './errors'
export type { AllowName, AttributeName, FlagName, UsageName } from './flags'

/** An object that has bytes: a Buffer, any Uint8Array, or an ArrayBuffer. */
export type Bytes = Uint8Array | ArrayBuffer

/** What is told about a security package. */
export interface PackageInfo {
  /** The name it is asked for by. */
  readonly name: string
  /** What it is, in a sentence. */
  readonly comment: string
  /** What it can do. */
  readonly capabilities: readonly string[]
  /** The version of its protocol. */
  readonly version: number
  /** The number DCE RPC knows it by. */
  readonly rpcId: number
  /** The largest token it makes. */
  readonly maxToken: number
}

/** What is told about every package. */
export function packages(): PackageInfo[]

/** What is told about the package with this name, in any case. */
export function packageInfo(name: string): PackageInfo

/** One way to prove who somebody is, or to check it. Shown, it hides its secrets. */
export class Identity {
  protected constructor()
  /** What kind of identity it is, in a word or two. */
  readonly kind: string
}

/**
 * A user and a password. The user is `DOMAIN\user`, `user@realm` or `user`, unless the domain is given
 * beside it.
 */
export function password(user: string, password: string, options?: { domain?: string }): Password

/** A user and a password, given by `password` or delegated by a client. */
export class Password extends Identity {
  private constructor()
  /** The user, as `DOMAIN\user` where there is a domain. */
  readonly user: string
  /** The password. */
  readonly password: string
}

/** A user and the NT hash of the password, 16 bytes, which is as good as the password to NTLM. */
export function ntHash(user: string, hash: Bytes, options?: { domain?: string }): Identity

/** Nobody in particular. Needs `allow: ['ANONYMOUS']`. */
export function anonymous(): Identity

/** Whether an account may log on. */
export type AccountState =
  | 'active'
  | 'disabled'
  | 'expired'
  | 'locked'
  | 'password_expired'
  | 'must_change_password'
  | 'outside_logon_hours'
  | 'workstation_not_allowed'

/** An account: what an account store answers. It has a password or an NT hash. */
export interface Account {
  /** `DOMAIN\user`, `user@realm` or `user`. */
  readonly name: string
  readonly password?: string
  readonly ntHash?: Bytes
  readonly state?: AccountState
  readonly expiry?: Date
}

/** Looks an account up, now or later; `null` says that there is none. */
export type LookUp = (
  user: string,
  domain: string,
  packageName: string,
) => Account | null | undefined | Promise<Account | null | undefined>

/** Where accounts are: passwords or accounts by name, a list of accounts, or a look-up. */
export type AccountStore =
  | Map<string, string | Omit<Account, 'name'>>
  | { readonly [name: string]: string | Omit<Account, 'name'> }
  | readonly Account[]
  | LookUp

/**
 * The accounts a server checks clients against. A Map, an object or a list is read once. A look-up is
 * called when a client has said its name; one that returns a promise needs the asynchronous calls of
 * the handshake. What it throws ends the handshake, with the error's `cause`.
 */
export function accounts(store: AccountStore): Identity

/**
 * The accounts in a file of lines `DOMAIN:user:password`, or in Samba's smbpasswd, which is read anew
 * when it changes.
 */
export function accountsFile(path: string): Identity

/**
 * A keytab: the keys of Kerberos services, for a server, or of a user. A file is opened when credentials are
 * made of it.
 */
export class Keytab extends Identity {
  /** A keytab file. */
  constructor(path: string)
  /** The bytes of a keytab file. */
  static fromBytes(data: Bytes): Keytab
  /** The bytes of a file with these keys: for a file that nobody else may read. The keytab is read for it. */
  toBytes(): Buffer
}

/** A credential cache: Kerberos tickets that somebody already has. */
export class CredentialCache extends Identity {
  /** A cache by its name, such as `FILE:/tmp/krb5cc_1000`, or by its path. */
  constructor(name: string)
  /** The bytes of a cache file. */
  static fromBytes(data: Bytes): CredentialCache
  /**
   * The tickets of a KRB-CRED (RFC 4120 5.8), as Windows programs keep them in `.kirbi` files: one that is not
   * encrypted, or with a key one that is encrypted with it. The encryption type has a name such as
   * `aes256-cts-hmac-sha1-96`.
   */
  static fromKrbCred(
    data: Bytes,
    key?: { readonly encryptionType: string; readonly bytes: Bytes } | null,
  ): CredentialCache
  /** Whose tickets they are, such as `alice@EXAMPLE.COM`. The cache is read for it. */
  readonly client: string
  /** The bytes of a file with these tickets: for a file that nobody else may read. The cache is read for it. */
  toBytes(): Buffer
  /**
   * The tickets as a KRB-CRED that is not encrypted: for a file that nobody else may read, since whoever reads
   * it has the tickets. The cache is read for it.
   */
  toKrbCred(): Buffer
}

/**
 * A certificate chain and the private key of its first certificate: for a server of CredSSP, and who one
 * is to PKU2U, beside `TrustedRoots`.
 */
export class Certificate extends Identity {
  /** A chain and a private key in DER, the own certificate first. */
  constructor(chain: readonly Bytes[], privateKey: Bytes)
  /**
   * Reads a chain and its private key from PEM, which may be one file or two put together. The key is
   * PKCS#8, PKCS#1 or SEC1, and not encrypted. CertUnknown says what is wrong with them.
   */
  static fromPem(pem: string | Bytes): Certificate
  /**
   * A certificate that signs itself, with a new key: what a server uses that is given none. To use one
   * for long, keep it: clients may remember a server by its key.
   */
  static selfSigned(hostName: string): Certificate
  /** The chain in DER, the own certificate first. */
  readonly chain: Buffer[]
  /** The chain and the private key in PEM, as `fromPem` reads them: for a file that nobody else may read. */
  toPem(): Buffer
}

/**
 * The roots by which a client judges a server's certificate, and the name in it, before anything is sent;
 * to PKU2U the certificates of the peers that are trusted, on both sides.
 */
export class TrustedRoots extends Identity {
  /** Roots in DER. */
  constructor(roots: readonly Bytes[])
  /** Roots in PEM, any number of them in a file. */
  static fromPem(pem: string | Bytes): TrustedRoots
}

/** How a server finds a smart card. Nothing here talks to one. */
export interface SmartCardOptions {
  /** Which key of the container: AT_KEYEXCHANGE is 1, the default, AT_SIGNATURE 2. */
  keySpec?: number
  card?: string | null
  reader?: string | null
  container?: string | null
  /** The name of the cryptographic service provider. */
  provider?: string | null
  /** The user the card is to log on, where its certificate does not say it. */
  userHint?: string | null
  /** The domain of that user. */
  domainHint?: string | null
}

/** A smart card to delegate, by its names, and its PIN. Another identity authenticates. */
export function smartCard(pin: string, options?: SmartCardOptions): SmartCard

/** A smart card, given by `smartCard` or delegated by a client. */
export class SmartCard extends Identity {
  private constructor()
  readonly pin: string
  readonly keySpec: number
  readonly card: string | null
  readonly reader: string | null
  readonly container: string | null
  readonly provider: string | null
  readonly userHint: string | null
  readonly domainHint: string | null
}

/**
 * To which servers credentials may be delegated. They are only ever delegated where the caller asks for
 * it (`require: ['DELEGATE']`), and after the server has proven itself.
 *
 * Without lists it is the target that the client names, whatever it is: the default. A pattern is a
 * target's name, in which `*` stands for any characters; case does not matter. An empty list, and no
 * other, is nowhere.
 */
export class DelegationPolicy {
  constructor(lists?: {
    /** Where the server authenticated itself beforehand, as Kerberos does. */
    allow?: readonly string[]
    /** Even where only NTLM was possible, which does not prove which server it is. */
    ntlmOnly?: readonly string[]
  })
  /** Whether credentials may be delegated to a server that authenticated itself beforehand. */
  allows(target: string): boolean
  /** Whether credentials may be delegated to a server with which only NTLM was possible. */
  allowsNtlmOnly(target: string): boolean
}

/**
 * Whether an RDP server lets the user in whom it has authenticated: the first four bytes of the stream
 * with PROTOCOL_HYBRID_EX. They are yours to send and to read: nothing in CredSSP says whether they come.
 */
export class EarlyUserAuthResult {
  private constructor()
  /** AUTHZ_SUCCESS: the user may go on. */
  static readonly SUCCESS: EarlyUserAuthResult
  /** AUTHZ_ACCESS_DENIED: the user may not. */
  static readonly ACCESS_DENIED: EarlyUserAuthResult
  /** What was received: four bytes, and nothing else than the two answers, or it throws InvalidToken. */
  static fromBytes(received: Bytes): EarlyUserAuthResult
  /** What is sent. */
  toBytes(): Buffer
  /** Throws LogonDenied where the user is not let in. */
  check(): void
}

/** The bindings of a channel (Extended Protection): what ties a logon to its TLS connection. */
export class ChannelBindings {
  private constructor()
  /** The application data. */
  readonly applicationData: Buffer
  /** The bindings as the interface hands them over (`SEC_CHANNEL_BINDINGS`), for `anysspi/raw`. */
  toStructure(): Buffer
}

/** Bindings of application data alone, such as `tls-unique:` and the first Finished message. */
export function channelBindings(applicationData: Bytes): ChannelBindings

/**
 * The bindings of a server's certificate, in DER: `socket.getPeerCertificate().raw` on a client's
 * TLSSocket.
 */
export function tlsServerEndPoint(certificate: Bytes): ChannelBindings

/** What both sides may say about a credential. */
export interface CredentialOptions {
  /** What is allowed although it is weak or surprising. */
  allow?: readonly AllowName[]
  /** The packages that Negotiate may use, in order of preference. */
  packages?: readonly string[]
  /** The packages that Negotiate may not use. */
  withoutPackages?: readonly string[]
}

/**
 * Credentials of a package, acquired once and shared by any number of handshakes: keys are derived
 * once.
 */
export class Credential {
  /**
   * With `accounts` they are a server's, otherwise a client's, unless the usage says more. The principal
   * chooses one of several identities.
   */
  constructor(
    packageName: string,
    identity?: Identity | readonly Identity[] | null,
    options?: CredentialOptions & {
      principal?: string | null
      usage?: UsageName
      /** For a client of CredSSP. */
      delegation?: DelegationPolicy
    },
  )
  /** When they expire; `null` for never. */
  readonly expiry: Date | null
  /** Whose credentials they are. */
  readonly name: string
  /** The package. */
  readonly package: PackageInfo
}

/** Brings a message to a KDC of a realm and comes back with the answer, now or later. */
export type KdcCarrier = (realm: string, message: Buffer) => Bytes | Promise<Bytes>

/** The settings of a handshake. */
export interface HandshakeOptions extends CredentialOptions {
  /** An identity, several in order of preference, or credentials that were acquired before. */
  credential?: Credential | Identity | readonly Identity[]
  /** What must be had beside the default. */
  require?: readonly FlagName[]
  /** What is asked for and not insisted on. */
  request?: readonly FlagName[]
  /** What of the default is not insisted on. */
  relax?: readonly FlagName[]
  /** What is not even asked for. */
  without?: readonly FlagName[]
  /** The bindings of the TLS connection. */
  channelBindings?: ChannelBindings
  /** What to do about channel bindings; `when_supported` is the default. */
  bindingPolicy?: 'never' | 'when_supported' | 'always'
  /**
   * Carries questions to KDCs; without one nobody is asked. What it throws says that no KDC could be asked:
   * Negotiate then goes on without Kerberos. One that returns a promise needs the asynchronous calls of the
   * handshake.
   */
  kdc?: KdcCarrier
  /**
   * Gives the handshake up: the look-up that is under way is not waited for any more. One that never
   * answers keeps the process alive until then, or until `close`.
   */
  signal?: AbortSignal
}

/** The settings of a client's handshake. */
export interface InitiateOptions extends HandshakeOptions {
  /** The server's name, such as `HTTP/web.example.com`. */
  target?: string
  /** To which targets CredSSP may delegate credentials; the named target is the default. */
  delegation?: DelegationPolicy
}

/** The settings of a server's handshake. */
export interface AcceptOptions extends HandshakeOptions {
  /** The names by which clients may have called the server; without any, every name will do. */
  acceptedTargets?: readonly string[]
  /**
   * What becomes of clients of Kerberos by the PAC in their ticket: `when_present`, the default, lets in who has
   * none and refuses a wrong one; `always` lets in only who has a right one; `never` does not look at it.
   */
  pacPolicy?: 'never' | 'when_present' | 'always'
}

/** Starts a handshake as the client of a package: `Negotiate`, `Kerberos`, `NTLM`, `CREDSSP`. */
export function initiate(packageName: string, options?: InitiateOptions): Handshake

/** Starts a handshake as the server of a package. It receives first. */
export function accept(packageName: string, options?: AcceptOptions): Handshake

/**
 * A handshake: an iterator over the tokens to send, and an asynchronous one, whose work runs off the
 * main thread. A second call while one is under way throws OutOfSequence. An empty token has nothing to
 * say: more of the peer's bytes are wanted.
 */
export class Handshake implements Iterable<Buffer>, AsyncIterable<Buffer> {
  private constructor()
  /** Hands over the peer's token. The next step does the work. */
  receive(token: Bytes): void
  /** The next token to send; at the end, the context. With a token it is `receive` first. */
  next(token?: Bytes): IteratorResult<Buffer, Context>
  /** `next`, off the main thread. */
  nextAsync(token?: Bytes): Promise<IteratorResult<Buffer, Context>>
  /**
   * Has a server speak first, where a protocol wants that: the token to send, before anything is
   * received.
   */
  speakFirst(): Buffer
  /** `receive` and the next step in one call: the token to send, or `null` at the end. */
  step(token?: Bytes): Buffer | null
  /** `step`, off the main thread. */
  stepAsync(token?: Bytes): Promise<Buffer | null>
  /** Whether the context stands. A last token may still have to be sent. */
  readonly done: boolean
  /** The context; OutOfSequence before `done`. */
  readonly context: Context
  /** The peer's bytes beyond the end of the handshake. */
  readonly extra: Buffer
  /** Which end this is. */
  readonly side: 'initiator' | 'acceptor'
  /** Ends the handshake and wipes its secrets. */
  close(): void
  [Symbol.iterator](): IterableIterator<Buffer>
  [Symbol.asyncIterator](): AsyncIterableIterator<Buffer>
}

/** How a package was agreed on. */
export interface Negotiation {
  /** The packages this side was ready for, in its order. */
  readonly offered: readonly string[]
  /** The package that was agreed on. */
  readonly chosen: string | null
  /** The packages that were passed over before anything was offered, and why. */
  readonly dropped: readonly { readonly package: string; readonly reason: string }[]
  /** Whether the peer signed the list of mechanisms. */
  readonly listWasSigned: boolean
}

/** Sizes for message protection. */
export interface Sizes {
  readonly maxToken: number
  readonly maxSignature: number
  readonly blockSize: number
  /** The size of the TOKEN buffer of an encrypted message. */
  readonly securityTrailer: number
}

/** Sizes for stream protection. */
export interface StreamSizes {
  readonly header: number
  readonly trailer: number
  readonly maximumMessage: number
  readonly buffers: number
  readonly blockSize: number
}

/** Algorithms and strength. */
export interface KeyInfo {
  readonly signatureAlgorithmName: string
  readonly encryptionAlgorithmName: string
  /** The bits of the key. */
  readonly keySize: number
  readonly signatureAlgorithm: number
  readonly encryptionAlgorithm: number
}

/** The protocol and ciphers of a connection, by the numbers and names that TLS gives them. */
export interface ConnectionInfo {
  /** 0x0303 for TLS 1.2, 0x0304 for TLS 1.3. */
  readonly version: number
  readonly versionName: string
  readonly cipherSuite: number
  readonly cipherSuiteName: string
  /** The group of the key exchange, where one took place. */
  readonly keyExchange: string | null
  /** Whether an earlier session was resumed. */
  readonly isResumed: boolean
}

/** Who the client of a server's context is: what an application judges access by. */
export interface AccessToken {
  readonly user: string
  readonly isAnonymous: boolean
  /** Whether the client lets the server only identify it. */
  readonly isIdentifyOnly: boolean
  readonly expiry: Date | null
}

/** What a question to a context is answered with. */
export interface Answers {
  SIZES: Sizes
  /** The client, as `DOMAIN\user`. */
  NAMES: string
  LIFESPAN: { readonly start: Date | null; readonly expiry: Date | null }
  STREAM_SIZES: StreamSizes
  KEY_INFO: KeyInfo
  SESSION_KEY: Buffer
  PACKAGE_INFO: PackageInfo
  NEGOTIATION_INFO: {
    readonly package: PackageInfo
    readonly state: 'complete' | 'optimistic' | 'in_progress'
  }
  NATIVE_NAMES: { readonly client: string; readonly server: string }
  FLAGS: readonly FlagName[]
  TARGET_INFORMATION: Buffer
  ACCESS_TOKEN: AccessToken
  TARGET: string
  UNIQUE_BINDINGS: Buffer
  ENDPOINT_BINDINGS: Buffer
  CLIENT_SPECIFIED_TARGET: string
  /** The peer's chain in DER, its own certificate first. */
  REMOTE_CERT_CONTEXT: Buffer[]
  /** This side's chain in DER. */
  LOCAL_CERT_CONTEXT: Buffer[]
  /** The names of authorities in DER, those that the server trusts first of all. */
  ISSUER_LIST_EX: Buffer[]
  CONNECTION_INFO: ConnectionInfo
  /** What the client delegated: `delegated()`. */
  CREDS: Password | SmartCard | CredentialCache | null
}

/** The number of a message, which a connectionless context wants. It must never come twice. */
export interface Numbered {
  number?: number
}

/** A message that was opened, and how it was protected. */
export interface Opened {
  readonly message: Buffer
  /**
   * The quality of the protection: 0 where the message was encrypted, 0x80000001 (`SECQOP_WRAP_NO_ENCRYPT`)
   * where the peer only signed it. Kerberos and PKU2U open both; everything in a stream is encrypted.
   */
  readonly quality: number
}

/** A group that a client is in. */
export interface Group {
  /** Which group, as `S-1-5-21-…`. */
  readonly sid: string
  /** How the client is in it (`SE_GROUP_*`). */
  readonly attributes: number
  /** Whether it lets its members in somewhere. */
  readonly isEnabled: boolean
}

/**
 * Who the client is: its names, and where its Kerberos ticket carries a PAC, its SIDs and groups. The server
 * has checked that the PAC was signed for it and belongs to the ticket.
 */
export interface Peer {
  /** The name of the client in its realm. */
  readonly user: string
  readonly realm: string
  /** Whether the ticket had a PAC. Without one there is nothing but the name and the realm. */
  readonly hasPac: boolean
  /** The name of the account (`sAMAccountName`). */
  readonly account: string | null
  /** The name of the client's domain, as NetBIOS has it. */
  readonly domain: string | null
  readonly dnsDomain: string | null
  /** The user principal name, such as `alice@example.com`. */
  readonly upn: string | null
  readonly fullName: string | null
  /** The domain controller that authenticated it. */
  readonly logonServer: string | null
  readonly sid: string | null
  /** The SID of the primary group, which is among the groups too. */
  readonly primaryGroup: string | null
  /** The groups of the client's domain that it is in. */
  readonly groups: readonly Group[]
  /** The groups of the server's domain that it is in. */
  readonly resourceGroups: readonly Group[]
  /** What else it is: groups of other domains, and what it has from its history. */
  readonly extra: readonly Group[]
  /** What the domain claims of the client, as it wrote it and not looked into. */
  readonly claims: Buffer | null
  /** Which device the client sits at, likewise. */
  readonly device: Buffer | null
  /** What the domain claims of that device. */
  readonly deviceClaims: Buffer | null
  /** Whether the client asked for the PAC by itself, where the KDC says so. */
  readonly askedForPac: boolean | null
  /** Whether the KDC has signed the ticket for itself, so that it will notice a server that changes it. */
  readonly hasTicketSignature: boolean
  /** Whether the KDC has signed the whole PAC for itself. */
  readonly hasFullSignature: boolean
  /** Whether the client is this user or in this group, and the group counts. */
  isMemberOf(sid: string): boolean
}

/** An established context. `using` frees it at the end of the block. */
export class Context {
  private constructor()
  /**
   * Protects a message: its signature and the message, encrypted where it has confidentiality. Of a
   * stream it gives the bytes to send, for messages of any length.
   */
  wrap(message: Bytes, options?: Numbered): Buffer
  /** `wrap`, off the main thread, of a copy of the message. */
  wrapAsync(message: Bytes): Promise<Buffer>
  /**
   * Opens a message that the peer protected.
   *
   * Of a stream it takes the bytes as they come, cut anywhere, and gives what is in them, which may be
   * nothing yet: begin with `handshake.extra`. At the stream's end it throws ContextExpired.
   */
  unwrap(wrapped: Bytes, options?: Numbered): Buffer
  /** `unwrap`, off the main thread. */
  unwrapAsync(wrapped: Bytes): Promise<Buffer>
  /** `unwrap`, which also says how the message was protected. */
  unwrapWithQuality(wrapped: Bytes): Opened
  /** `unwrapWithQuality`, off the main thread. */
  unwrapWithQualityAsync(wrapped: Bytes): Promise<Opened>
  /** Ends a stream: the bytes to send as its last. What the peer still sends can be opened. */
  shutDown(): Buffer
  /**
   * What the client delegated, on a server: credentials to act with, or `null` where it is nothing. They
   * are handed out once; asked again, or on a client, it throws NoCredentials.
   */
  delegated(): Password | SmartCard | CredentialCache | null
  /**
   * Who the client is beyond its name, on a server: its realm, SIDs and groups, where the package learns
   * them; `null` elsewhere. Kerberos does.
   */
  readonly peer: Peer | null
  /** Signs a message that goes out in the clear. */
  sign(message: Bytes, options?: Numbered): Buffer
  /** Checks the signature of a message in the clear; MessageAltered says that it is wrong. */
  verify(message: Bytes, signature: Bytes, options?: Numbered): void
  /** The package: `Negotiate` where it was negotiated. */
  readonly package: PackageInfo
  /** The package that was negotiated; the package itself where nothing was. */
  readonly negotiatedPackage: PackageInfo
  /** How the package was agreed on, where it was. */
  readonly negotiation: Negotiation | null
  /** Which end this is. */
  readonly side: 'initiator' | 'acceptor'
  /** What the context has. Every flag is true of it. */
  readonly flags: readonly FlagName[]
  /** When it ends; `null` for never. */
  readonly expiry: Date | null
  /** The client, as `DOMAIN\user`: on a server the user that was authenticated. */
  readonly client: string
  /** The client without the domain. */
  readonly clientUser: string
  /** The client's domain. */
  readonly clientDomain: string | null
  /** Whether the client is anonymous. */
  readonly isAnonymous: boolean
  /** The server, as it announced itself. */
  readonly server: string | null
  /** The workstation the client says it is on. */
  readonly workstation: string | null
  /** The target's name as the client gave it. */
  readonly target: string | null
  /** What became of the channel bindings. */
  readonly bindingsChecked: 'no' | 'sent' | 'verified'
  /** The session key. */
  readonly sessionKey: Buffer
  /** The sizes for message protection. */
  readonly sizes: Sizes
  /** Answers a question. UnsupportedFunction says that the context has no answer. */
  query<Name extends AttributeName>(
    attribute: Name,
  ): Name extends keyof Answers ? Answers[Name] : unknown
  query(attribute: number): unknown
  /** Frees the context and wipes its secrets. Every later call throws InvalidHandle. */
  close(): void
  [Symbol.dispose](): void
}

/** A field of a token. */
export interface Field {
  /** The name in the specification of the protocol. */
  readonly name: string
  /** The value as it is displayed. */
  readonly value: string
  /** Whether its bytes are not shown. */
  readonly hidden: boolean
  /** Where the value begins, as the token states it. */
  readonly offset: number
  /** How many bytes the value has, as the token states it. */
  readonly length: number
  /** The fields this one is made of. */
  readonly fields: readonly Field[]
}

/** What is in a token. */
export interface Inspection {
  /** The protocol's name, or `unknown`. */
  readonly protocol: string
  /** The message's name in the specification of the protocol, or `unknown`. */
  readonly message: string
  /** The number of bytes in the token. */
  readonly length: number
  /** The fields, in the order in which the message describes them. */
  readonly fields: readonly Field[]
  /** The fields as pairs of a dotted name and the value as it is displayed. */
  readonly flat: readonly (readonly [name: string, value: string])[]
  /** What is wrong with the token, as sentences. */
  readonly problems: readonly string[]
  /** A tree for people to read. */
  toString(): string
}

/** Looks into a token. Never fails, and never shows a secret. */
export function inspect(token: Bytes): Inspection

/** The version of the package. */
export const version: string
