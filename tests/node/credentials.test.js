// Credentials and channel bindings: what they are made from, and what they never show.
const { createHash } = require('node:crypto')
const util = require('node:util')
const anysspi = require('../../bindings-node')
const { Exchange, PASSWORD, TARGET, USER, ends, hex, pair, thrownBy, unhex } = require('./support')

const { Credential, accounts, anonymous, channelBindings, ntHash, password, tlsServerEndPoint } =
  anysspi
const SECRET = 'correct-horse-battery'
const HASH = unhex('a4f49c406510bdcab6824ee7c30fd852')
const inside = (thing) =>
  `${util.inspect(thing, { depth: 9, showHidden: true })}${JSON.stringify(thing)}${thing}`

test('secrets are not shown', () => {
  const things = [
    password(USER, SECRET),
    ntHash(USER, HASH),
    accounts({ [USER]: SECRET }),
    accounts([{ name: USER, ntHash: HASH }]),
    new Credential('NTLM', password(USER, SECRET)),
    new Credential('Negotiate', accounts({ [USER]: SECRET })),
  ]
  for (const thing of things) {
    expect(inside(thing)).not.toContain(SECRET)
    expect(inside(thing).replaceAll(' ', '')).not.toContain(hex(HASH))
  }
  const [client, server] = ends()
  const [context] = new Exchange(client, server).run()
  const key = hex(context.sessionKey)
  for (const thing of [client, server, context]) {
    expect(inside(thing)).not.toContain(PASSWORD)
    expect(inside(thing).replaceAll(' ', '')).not.toContain(key)
  }
})

test('an NT hash is as good as the password', () => {
  const server = { credential: accounts({ [USER]: 'Password' }) }
  for (const hash of [HASH, new Uint8Array(HASH), new Uint8Array(HASH).buffer]) {
    const client = { credential: ntHash('alice', hash, { domain: 'CORP' }) }
    expect(pair('NTLM', client, server)[1].client).toBe(USER)
  }
  expect(() => ntHash('alice', HASH.subarray(1))).toThrow(/NT hash.*16 bytes, not 15/)
})

test.each(['NTLM', 'Negotiate'])('credentials of %s are shared by handshakes', async (name) => {
  const client = { credential: new Credential(name, password(USER, PASSWORD)) }
  const server = { credential: new Credential(name, accounts({ [USER]: PASSWORD })) }
  const runs = Array.from({ length: 20 }, () =>
    new Exchange(...ends(name, client, server)).runAsync(),
  )
  const keys = (await Promise.all(runs)).map(([, context]) => hex(context.sessionKey))
  expect(new Set(keys).size).toBe(20)
  expect([client.credential.name, client.credential.package.name]).toEqual([USER, name])
})

test('what only matters while acquiring is not passed over', () => {
  const credential = new Credential('NTLM', password(USER, PASSWORD))
  expect(() => ends('NTLM', { credential, allow: ['NTLM_V1'] })).toThrow(/acquired before/)
  expect(() => ends('Negotiate', { credential })).toThrow(anysspi.InvalidParameter)
})

test('without a credential the error says what is needed', () => {
  expect(() => anysspi.initiate('NTLM')).toThrow(/NO_CREDENTIALS.*password or an NT hash/)
  expect(() => anysspi.accept('NTLM')).toThrow(/NO_CREDENTIALS.*account store/)
  expect(() => ends('NTLM', { credential: anonymous() })).toThrow(/NO_CREDENTIALS.*ANONYMOUS/)
})

test('an anonymous client needs every consent', () => {
  const relax = ['INTEGRITY', 'CONFIDENTIALITY', 'REPLAY_DETECT', 'SEQUENCE_DETECT']
  const consent = { allow: ['ANONYMOUS'], relax }
  const client = { credential: anonymous(), ...consent }
  expect(() => pair('NTLM', client)).toThrow(anysspi.LogonDenied)
  const [, server] = pair('NTLM', client, { request: ['NULL_SESSION'], ...consent })
  expect([server.isAnonymous, server.client]).toEqual([true, ''])
})

const client = (options) => () => ends('Negotiate', options)
test.each([
  ['packageName', () => anysspi.initiate(3)],
  ['options', () => anysspi.initiate('NTLM', 3)],
  ['target', client({ target: 3 })],
  ['credential', client({ credential: 'alice' })],
  ['require', client({ require: 'INTEGRITY' })],
  ['request', client({ request: [7] })],
  ['relax', client({ relax: ['NOTHING'] })],
  ['without', client({ without: 1 })],
  ['allow', client({ allow: ['toString'] })],
  ['packages', client({ packages: 'NTLM' })],
  ['withoutPackages', client({ withoutPackages: [3] })],
  ['channelBindings', client({ channelBindings: Buffer.from('x') })],
  ['bindingPolicy', client({ bindingPolicy: 'sometimes' })],
  ['signal', client({ signal: {} })],
  ['acceptedTargets', () => ends('NTLM', {}, { acceptedTargets: 'HTTP/x' })],
  ['user', () => password(3, 'x')],
  ['password', () => password('x', Buffer.from('secret'))],
  ['domain', () => password('x', 'y', { domain: 1 })],
  ['hash', () => ntHash('x', hex(HASH))],
  ['applicationData', () => channelBindings('tls-unique:')],
  ['certificate', () => tlsServerEndPoint('-----BEGIN')],
])('%s of a wrong type is named', (name, call) => {
  const error = thrownBy(call)
  expect(error).toBeInstanceOf(TypeError)
  expect(error.message).toMatch(new RegExp(`^${name}\\b`))
})

test('a token in base64 is refused with a hint', () => {
  const [initiator, acceptor] = ends()
  const token = initiator.step()
  for (const call of ['step', 'receive', 'next']) {
    expect(() => acceptor[call]('TlRMTVNTUAAB')).toThrow(
      /^token must be bytes, not a string.*base64/,
    )
  }
  expect(acceptor.step(token)).toBeInstanceOf(Buffer)
})

test.each([
  ['right', 'right', 'when_supported', 'verified'],
  ['right', 'right', 'always', 'verified'],
  ['wrong', 'right', 'when_supported', null],
  ['wrong', 'right', 'never', 'no'],
  [null, 'right', 'when_supported', 'no'],
  [null, 'right', 'always', null],
  ['right', null, 'when_supported', 'no'],
  ['right', null, 'always', null],
])('bindings of client %s, server %s, %s', (ofClient, ofServer, bindingPolicy, checked) => {
  const made = (text) => (text ? { channelBindings: channelBindings(Buffer.from(text)) } : {})
  const run = () => pair('NTLM', made(ofClient), { ...made(ofServer), bindingPolicy })
  if (checked === null) expect(run).toThrow(anysspi.BadBindings)
  else expect(run()[1].bindingsChecked).toBe(checked)
})

test('the end point of a certificate is its hash', () => {
  // A certificate of SHA-256 with RSA, with nothing in it.
  const der = unhex('3013' + '3000' + '300b' + '06092a864886f70d01010b' + '0302005a')
  const bindings = tlsServerEndPoint(der)
  const hash = createHash('sha256').update(der).digest()
  const expected = Buffer.concat([Buffer.from('tls-server-end-point:'), hash])
  expect(bindings.applicationData).toEqual(expected)
  expect(util.inspect(bindings)).not.toContain(hex(hash))
  expect(() => tlsServerEndPoint(der.subarray(1))).toThrow(anysspi.InvalidParameter)
  expect(() => tlsServerEndPoint(Buffer.from('-----BEGIN CERTIFICATE-----'))).toThrow(/PEM/)
})

test('a client that means another server is refused', () => {
  const accepting = (name) => pair('NTLM', {}, { acceptedTargets: ['X', name] })
  expect(accepting(TARGET.toUpperCase())[1].target).toBe(TARGET)
  expect(() => accepting('CIFS/server.example.com')).toThrow(anysspi.WrongPrincipal)
})

test('a principal chooses one of several identities', () => {
  const users = [password('bob', 'pw'), password(USER, PASSWORD)]
  const named = new Credential('Negotiate', users, { principal: USER })
  expect([named.name, named.expiry]).toEqual([USER, null])
  expect(() => new Credential('Negotiate', users, { principal: 'carol' })).toThrow(
    anysspi.CredentialError,
  )
})

test('the usage says for which side credentials are', () => {
  const store = anysspi.accounts({ [USER]: PASSWORD })
  const both = new Credential('NTLM', [password(USER, PASSWORD), store], { usage: 'BOTH' })
  const [client, server] = ends('NTLM', { credential: both }, { credential: both })
  for (const token of client) {
    const answer = server.step(token)
    if (!client.done) client.receive(answer)
  }
  expect(server.context.client).toBe(USER)
  expect(() => new Credential('NTLM', store, { usage: 'SIDEWAYS' })).toThrow(/there are: INBOUND/)
  expect(() => new Credential('NTLM', store, { usage: 1 })).toThrow(/^usage must be/)
})
