// Compiled by tsc --strict and never run: what people write has types, and mistakes have none.

import {
  accept,
  accounts,
  Certificate,
  type Context,
  Credential,
  CredentialCache,
  CredentialError,
  DelegationPolicy,
  EarlyUserAuthResult,
  type FamilyName,
  type Handshake,
  initiate,
  Keytab,
  LogonDenied,
  ntHash,
  type Opened,
  type Peer,
  password,
  SmartCard,
  smartCard,
  TrustedRoots,
  tlsServerEndPoint,
} from 'anysspi'
import {
  initializeSecurityContext,
  queryContextAttributes,
  SecurityBuffer,
  SecurityContext,
} from 'anysspi/raw'
import { Realm, type Serving } from 'anysspi/realm'

export async function client(send: (token: Buffer) => void, receive: () => Promise<Uint8Array>) {
  const handshake: Handshake = initiate('Negotiate', {
    target: 'HTTP/web.example.com',
    credential: password('alice', 'secret', { domain: 'CORP' }),
    channelBindings: tlsServerEndPoint(new Uint8Array(3)),
    bindingPolicy: 'always',
    relax: ['INTEGRITY'],
    withoutPackages: ['NTLM'],
  })
  for await (const token of handshake) {
    send(token)
    if (!handshake.done) handshake.receive(await receive())
  }
  const context: Context = handshake.context
  const expiry: Date | null = context.expiry
  const sealed: Buffer = await context.wrapAsync(new ArrayBuffer(3))
  const opened: Opened = await context.unwrapWithQualityAsync(sealed)
  const { message, quality }: { message: Buffer; quality: number } =
    context.unwrapWithQuality(sealed)
  return [expiry, sealed, opened.message.equals(message) && quality === 0]
}

export function server(token: Buffer): string {
  const shared = new Credential('NTLM', [accounts(new Map([['alice', 'secret']]))])
  const handshake = accept('NTLM', { credential: shared })
  const result = handshake.next(token)
  if (result.done) return result.value.client
  return result.value.toString('base64')
}

export function family(error: unknown): FamilyName | undefined {
  if (error instanceof LogonDenied && error.ntStatus === 0xc0000234) return error.family
  return error instanceof CredentialError ? error.family : undefined
}

accounts(async (user, domain, packageName) => ({
  name: `${domain}\\${user}@${packageName}`,
  ntHash: new Uint8Array(16),
}))
accounts([{ name: 'alice', password: 'secret', state: 'disabled', expiry: new Date() }])

export function delegated(context: Context, data: Buffer): string | number | null {
  const mine = Certificate.fromPem(Certificate.selfSigned('desk7').toPem().toString())
  accept('CREDSSP', { credential: [accounts({ alice: 'secret' }), mine] })
  initiate('CREDSSP', {
    credential: [password('alice', 'secret'), new TrustedRoots(mine.chain), smartCard('1234')],
    delegation: new DelegationPolicy({ allow: ['TERMSRV/*'], ntlmOnly: [] }),
  })
  EarlyUserAuthResult.fromBytes(data).check()
  const { isResumed, keyExchange } = context.query('CONNECTION_INFO')
  if (isResumed) return keyExchange
  const given = context.delegated()
  if (given instanceof CredentialCache) return given.client
  return given instanceof SmartCard ? given.keySpec : (given?.password ?? null)
}

export async function kerberos(data: Buffer, ask: (message: Buffer) => Promise<Uint8Array>) {
  const realm = new Realm('EXAMPLE.TEST')
  realm.addUser('alice', 'secret', { encryptionTypes: null, groups: [512], salt: null })
  realm.addService('HTTP/web', { version: 2, trustedForDelegation: true })
  const serving: Serving = realm.serve()
  const tickets: CredentialCache = realm.tickets('alice', 'HTTP/web')
  initiate('Kerberos', { target: 'HTTP/web', credential: tickets, kdc: realm.carry })
  initiate('Kerberos', {
    credential: new CredentialCache('FILE:/x'),
    kdc: (_, message) => ask(message),
  })
  const server = accept('Kerberos', {
    credential: [realm.keytab('HTTP/web'), Keytab.fromBytes(data), new Keytab('/etc/krb5.keytab')],
    pacPolicy: 'always',
  })
  const peer: Peer | null = server.context.peer
  const group: string | undefined = peer?.groups[0]?.sid
  const saved: Buffer = tickets.toBytes()
  const key = { encryptionType: 'aes256-cts-hmac-sha1-96', bytes: data }
  const handed: CredentialCache = CredentialCache.fromKrbCred(tickets.toKrbCred(), key)
  return [serving.port, group, peer?.isMemberOf('S-1-5-32-544'), saved, handed]
}

// @ts-expect-error a function carries questions, and a realm is none
initiate('Kerberos', { kdc: new Realm('EXAMPLE.TEST') })
new SecurityContext({ kdc: new Realm('EXAMPLE.TEST').carry, pacPolicy: 'always' })
// @ts-expect-error a function carries questions, and a realm is none
new SecurityContext({ kdc: new Realm('EXAMPLE.TEST') })
// @ts-expect-error an answer is bytes
initiate('Kerberos', { kdc: () => 'answer' })
// @ts-expect-error a key has a type and bytes
CredentialCache.fromKrbCred(new Uint8Array(), new Uint8Array(32))
// @ts-expect-error a policy about PACs is for servers
initiate('Kerberos', { pacPolicy: 'always' })
// @ts-expect-error groups are numbers
new Realm('EXAMPLE.TEST').addUser('alice', 'secret', { groups: ['512'] })
// @ts-expect-error a policy is for clients
accept('CREDSSP', { delegation: new DelegationPolicy() })
// @ts-expect-error a token is bytes
initiate('NTLM').step('TlRMTVNTUAAB')
// @ts-expect-error there is no such flag
initiate('NTLM', { require: ['SECRECY'] })
// @ts-expect-error there is no such policy
accept('NTLM', { bindingPolicy: 'sometimes' })
// @ts-expect-error a hash is bytes
ntHash('alice', 'a4f49c406510bdcab6824ee7c30fd852')
// @ts-expect-error a look-up gives an account
accounts(() => 'secret')

export function raw(user: Credential, context: SecurityContext): [string, number, boolean] {
  const token = new SecurityBuffer('TOKEN', new Uint8Array(64), { attributes: ['READONLY'] })
  const outcome = initializeSecurityContext(user, context, null, ['CONFIDENTIALITY'], [], [token])
  const { securityTrailer } = queryContextAttributes(context, 'SIZES')
  // @ts-expect-error there is no such flag
  initializeSecurityContext(user, context, null, ['CONFIDENTIALLY'], [], [token])
  // @ts-expect-error what leaves it out has to say so
  new SecurityBuffer()
  return [outcome.code, securityTrailer, outcome.flags.includes('ALLOCATED_MEMORY')]
}
