// CredSSP: the shared cases, what is delegated, certificates, and a stream over a real socket.
const { once } = require('node:events')
const net = require('node:net')
const util = require('node:util')
const anysspi = require('../../bindings-node')
const raw = require('../../bindings-node/raw')
const { Exchange, PASSWORD, USER, readCases, thrownBy } = require('./support')

const {
  Certificate,
  Credential,
  DelegationPolicy,
  EarlyUserAuthResult,
  Password,
  SmartCard,
  TrustedRoots,
  accounts,
  password,
  smartCard,
} = anysspi

const TARGET = 'TERMSRV/server.example.com'
const CERTIFICATE = Certificate.selfSigned('server.example.com')
const OTHER = Certificate.selfSigned('other.example.com')
const SERVER = new Credential('CREDSSP', [accounts({ [USER]: PASSWORD }), CERTIFICATE])

const client = (options) =>
  anysspi.initiate('CREDSSP', {
    target: TARGET,
    credential: password(USER, PASSWORD),
    require: ['DELEGATE'],
    ...options,
  })
const server = (options) => anysspi.accept('CREDSSP', { credential: SERVER, ...options })
const pair = (options) => new Exchange(client(options), server()).run()

function clientOf({ delegate, packages, policy, roots, smart_card: card, target, ...known }) {
  const credential = [password(USER, known.password)]
  if (card) {
    const { key_spec: keySpec, user_hint: userHint, domain_hint: domainHint, pin, ...names } = card
    credential.push(smartCard(pin, { keySpec, userHint, domainHint, ...names }))
  }
  if (roots) credential.push(new TrustedRoots({ server: CERTIFICATE, other: OTHER }[roots].chain))
  const { allow = [], ntlm_only: ntlmOnly = [] } = policy ?? {}
  const delegation = policy && new DelegationPolicy({ allow, ntlmOnly })
  return client({ credential, delegation, packages, target, require: delegate ? ['DELEGATE'] : [] })
}

/** What was delegated, as the cases write it. */
function shown(delegated) {
  if (delegated === null) return { kind: 'nothing' }
  if (delegated instanceof Password) {
    return { kind: 'password', user: delegated.user, password: delegated.password }
  }
  expect(delegated).toBeInstanceOf(SmartCard)
  const { card, container, domainHint, keySpec, pin, provider, reader, userHint } = delegated
  const names = { card, reader, container, provider, user_hint: userHint, domain_hint: domainHint }
  const there = Object.entries(names).filter(([, name]) => name !== null)
  return { kind: 'smart_card', pin, key_spec: keySpec, ...Object.fromEntries(there) }
}

function failure(side, error) {
  if (!(error instanceof anysspi.SspiError)) throw error
  return { status: error.code, side }
}

async function resultOf(given, way) {
  let exchange
  try {
    exchange = new Exchange(clientOf(given), server())
    const [ofClient, ofServer] = await exchange[way]()
    const delegated = ofServer.delegated()
    for (const context of [ofClient, ofServer]) {
      expect(context.flags.includes('DELEGATE')).toBe(delegated !== null)
      expect(context.client).toBe(USER)
    }
    return { status: 'SEC_E_OK', delegated: shown(delegated) }
  } catch (error) {
    return failure(exchange?.side === 'server' ? 'acceptor' : 'initiator', error)
  }
}

describe.each(['run', 'runAsync'])('the shared cases pass with %s', (way) => {
  test.each(readCases('credssp.json'))('%s', async (_, shared) => {
    expect(await resultOf(shared.client, way)).toEqual(shared.result)
  })
})

test('what was delegated is handed out once, and the server can act with it', () => {
  const [ofClient, ofServer] = pair()
  const delegated = ofServer.delegated()
  const onwards = anysspi.initiate('NTLM', { credential: delegated })
  const there = anysspi.accept('NTLM', { credential: accounts({ [USER]: PASSWORD }) })
  expect(new Exchange(onwards, there).run()[1].client).toBe(USER)
  expect(() => ofServer.delegated()).toThrow(anysspi.NoCredentials)
  expect(() => ofServer.query('CREDS')).toThrow(anysspi.NoCredentials)
  expect(() => ofClient.delegated()).toThrow(anysspi.NoCredentials)
  const [, another] = pair()
  expect(another.query('CREDS').password).toBe(PASSWORD)
  expect(() => another.delegated()).toThrow(anysspi.NoCredentials)
  const [, nothing] = pair({ require: [] })
  expect(nothing.query('CREDS')).toBeNull()
})

test('a policy answers for targets', () => {
  const named = new DelegationPolicy()
  expect([named.allows('any/thing'), named.allowsNtlmOnly('any/thing')]).toEqual([true, true])
  const policy = new DelegationPolicy({ allow: ['TERMSRV/*', 'WSMAN/*.corp.example'] })
  expect(policy.allows('termsrv/desk7.corp.example')).toBe(true)
  expect(policy.allows('WSMAN/web.elsewhere.example')).toBe(false)
  expect(policy.allowsNtlmOnly('TERMSRV/desk7.corp.example')).toBe(false)
  const lab = new DelegationPolicy({ ntlmOnly: ['TERMSRV/lab-*'] })
  expect([lab.allows('TERMSRV/lab-3'), lab.allowsNtlmOnly('TERMSRV/lab-3')]).toEqual([false, true])
  const nowhere = new DelegationPolicy({ allow: [] })
  expect([nowhere.allows(''), nowhere.allowsNtlmOnly('')]).toEqual([false, false])
  expect(util.inspect(lab)).toBe("DelegationPolicy { ntlmOnly: [ 'TERMSRV/lab-*' ] }")
  for (const wrong of [{ allow: 'TERMSRV/*' }, { ntlmOnly: [7] }, 'TERMSRV/*', null]) {
    expect(() => new DelegationPolicy(wrong)).toThrow(TypeError)
  }
  expect(() => named.allows(7)).toThrow(TypeError)
  expect(() => client({ delegation: { allow: [] } })).toThrow(TypeError)
})

test('credentials that were acquired before have a policy of their own', () => {
  const delegation = new DelegationPolicy({ allow: [] })
  const credential = new Credential('CREDSSP', password(USER, PASSWORD), { delegation })
  expect(() => pair({ credential })).toThrow(anysspi.DelegationForbidden)
  const usual = new Credential('CREDSSP', password(USER, PASSWORD))
  expect(() => client({ credential: usual, delegation })).toThrow(/acquired before/)
  const alice = password(USER, PASSWORD)
  const byHand = raw.acquireCredentialsHandle(null, 'CREDSSP', 'OUTBOUND', alice, { delegation })
  expect(() => pair(byHand)).toThrow(anysspi.DelegationForbidden)
})

test('a certificate goes through PEM', () => {
  const pem = CERTIFICATE.toPem()
  const array = new Uint8Array(pem)
  for (const form of [pem, pem.toString(), array, array.buffer]) {
    const again = Certificate.fromPem(form)
    expect(again.chain).toEqual(CERTIFICATE.chain)
    expect(again.toPem()).toEqual(pem)
  }
  const [more] = OTHER.toPem().toString().split('-----BEGIN PRIVATE')
  const both = Certificate.fromPem(pem + more)
  expect(both.chain).toEqual([...CERTIFICATE.chain, ...OTHER.chain])
  const own = server({ credential: [accounts({ [USER]: PASSWORD }), both] })
  // The key among roots is passed over.
  const credential = [password(USER, PASSWORD), TrustedRoots.fromPem(pem.toString())]
  const [ofClient] = new Exchange(client({ credential }), own).run()
  expect(ofClient.query('REMOTE_CERT_CONTEXT')).toEqual(both.chain)
})

test('a certificate of DER serves, and one that does not fit is refused', () => {
  const [, text] = CERTIFICATE.toPem()
    .toString()
    .split(/-----(?:BEGIN|END) PRIVATE KEY-----/)
  const key = Buffer.from(text, 'base64')
  expect(new Certificate(CERTIFICATE.chain, key).toPem()).toEqual(CERTIFICATE.toPem())
  const garbage = Buffer.from('garbage')
  for (const [chain, privateKey] of [
    [[], key],
    [OTHER.chain, key],
    [[garbage], key],
    [CERTIFICATE.chain, garbage],
  ]) {
    const credential = [accounts({}), new Certificate(chain, privateKey)]
    expect(() => server({ credential })).toThrow(anysspi.CertUnknown)
  }
  expect(() => new Certificate(CERTIFICATE.chain, garbage).toPem()).toThrow(anysspi.CertUnknown)
  for (const wrong of [CERTIFICATE.chain[0], 'chain', [7], null, undefined]) {
    expect(() => new Certificate(wrong, key)).toThrow(TypeError)
    expect(() => new TrustedRoots(wrong)).toThrow(TypeError)
  }
  expect(() => new Certificate(CERTIFICATE.chain, 'key')).toThrow(TypeError)
})

test.each([[Certificate], [TrustedRoots]])('PEM that is none is refused by %p', (kind) => {
  const pem = CERTIFICATE.toPem().toString()
  const damaged = '-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n'
  for (const wrong of ['', Buffer.from('garbage'), damaged, pem.replace('END CERT', 'XXX')]) {
    expect(() => kind.fromPem(wrong)).toThrow(anysspi.CertUnknown)
  }
  const [keyless] = pem.split('-----BEGIN PRIVATE KEY-----')
  expect(() => Certificate.fromPem(keyless)).toThrow(anysspi.CertUnknown)
  for (const wrong of [null, 7, ['pem']]) expect(() => kind.fromPem(wrong)).toThrow(TypeError)
})

test('secrets are not shown', () => {
  const key = CERTIFICATE.toPem().toString().split('PRIVATE KEY-----\n')[1].slice(0, 40)
  const things = [smartCard('4711-pin', { reader: 'reader' }), CERTIFICATE, pair()[1].delegated()]
  for (const thing of [...things, new TrustedRoots(CERTIFICATE.chain)]) {
    const text = util.inspect(thing, { depth: 9, showHidden: true }) + JSON.stringify(thing)
    for (const secret of ['4711', key, PASSWORD]) expect(text).not.toContain(secret)
  }
  expect(() => smartCard(4711)).toThrow(TypeError)
  expect(() => new SmartCard()).toThrow(TypeError)
  expect(() => new Password()).toThrow(TypeError)
})

test('a context says what its connection is', () => {
  const [ofClient, ofServer] = pair()
  expect(ofClient.query('REMOTE_CERT_CONTEXT')).toEqual(CERTIFICATE.chain)
  expect(ofServer.query('LOCAL_CERT_CONTEXT')).toEqual(CERTIFICATE.chain)
  for (const context of [ofClient, ofServer]) {
    expect(context.query('CONNECTION_INFO')).toEqual({
      version: 0x0304,
      versionName: 'TLS 1.3',
      cipherSuite: expect.any(Number),
      cipherSuiteName: expect.stringMatching(/^TLS13_/),
      keyExchange: expect.any(String),
      isResumed: false,
    })
    const sizes = { header: 5, buffers: 4, maximumMessage: 16_384 }
    expect(context.query('STREAM_SIZES')).toMatchObject(sizes)
    const bindings = anysspi.tlsServerEndPoint(CERTIFICATE.chain[0])
    expect(context.query('ENDPOINT_BINDINGS')).toEqual(bindings.toStructure())
    expect([context.package.name, context.negotiatedPackage.name]).toEqual(['CREDSSP', 'NTLM'])
  }
  const credential = new Credential('CREDSSP', password(USER, PASSWORD))
  const resumed = [1, 2].map(() => pair({ credential })[0].query('CONNECTION_INFO').isResumed)
  expect(resumed).toEqual([false, true])
})

test('a stream takes messages of any length, cut anywhere', async () => {
  const [ofClient, ofServer] = pair()
  for (const [one, other] of [
    [ofClient, ofServer],
    [ofServer, ofClient],
  ]) {
    for (const length of [0, 1, 16_384, 16_385, 70_000]) {
      const message = Buffer.alloc(length, 'a message of many bytes; ')
      const ways = [one.wrap(new Uint8Array(message)), await one.wrapAsync(message)]
      for (const wrapped of ways) {
        expect(wrapped.length === 0).toBe(length === 0)
        const opened = []
        for (let at = 0, size = 1; at < wrapped.length; at += size, size = (size * 7) % 9001) {
          const piece = wrapped.subarray(at, at + size)
          opened.push(at % 2 ? other.unwrap(piece) : await other.unwrapAsync(piece))
        }
        expect(Buffer.concat(opened).equals(message)).toBe(true)
      }
      for (const way of ['unwrapWithQuality', 'unwrapWithQualityAsync']) {
        const { message: opened, quality } = await other[way](one.wrap(message))
        expect([opened.equals(message), quality]).toEqual([true, 0])
      }
    }
    expect(other.unwrap(Buffer.alloc(0))).toEqual(Buffer.alloc(0))
    expect(await other.unwrapAsync(Buffer.alloc(0))).toHaveLength(0)
  }
  const x = Buffer.from('x')
  for (const call of [
    () => ofClient.sign(x),
    () => ofClient.verify(x, x),
    () => ofClient.wrap(x, { number: 1 }),
    () => ofServer.unwrap(x, { number: 1 }),
  ]) {
    expect(call).toThrow(anysspi.UnsupportedFunction)
  }
})

test('a stream that is shut down ends behind its last bytes', async () => {
  const [ofClient, ofServer] = pair()
  const last = Buffer.concat([ofClient.wrap(Buffer.from('the last')), ofClient.shutDown()])
  expect(ofServer.unwrap(last).toString()).toBe('the last')
  const nothing = Buffer.alloc(0)
  expect(() => ofServer.unwrap(nothing)).toThrow(anysspi.ContextExpired)
  await expect(ofServer.unwrapAsync(nothing)).rejects.toThrow(anysspi.ContextExpired)
  expect(() => ofServer.unwrapWithQuality(nothing)).toThrow(anysspi.ContextExpired)
  // The other direction goes on.
  expect(ofClient.unwrap(ofServer.wrap(Buffer.from('and yet'))).toString()).toBe('and yet')
  ofClient.close()
  expect(() => ofClient.shutDown()).toThrow(anysspi.InvalidHandle)
  expect(() => ofClient.delegated()).toThrow(anysspi.InvalidHandle)
  const ntlm = anysspi.initiate('NTLM', { credential: password(USER, PASSWORD) })
  const there = anysspi.accept('NTLM', { credential: accounts({ [USER]: PASSWORD }) })
  const [bare] = new Exchange(ntlm, there).run()
  expect(() => bare.shutDown()).toThrow(anysspi.UnsupportedFunction)
})

test('a record that was changed is refused', () => {
  const [ofClient, ofServer] = pair()
  const wrapped = ofClient.wrap(Buffer.from('hello'))
  wrapped[wrapped.length - 1] ^= 1
  for (const _ of [1, 2]) expect(() => ofServer.unwrap(wrapped)).toThrow(anysspi.MessageAltered)
})

test('an early answer is four bytes', () => {
  const { ACCESS_DENIED, SUCCESS } = EarlyUserAuthResult
  for (const [answer, sent] of [
    [SUCCESS, [0, 0, 0, 0]],
    [ACCESS_DENIED, [5, 0, 0, 0]],
  ]) {
    expect([...answer.toBytes()]).toEqual(sent)
    expect(EarlyUserAuthResult.fromBytes(new Uint8Array(sent))).toBe(answer)
  }
  SUCCESS.check()
  expect(() => ACCESS_DENIED.check()).toThrow(anysspi.LogonDenied)
  expect(util.inspect(ACCESS_DENIED)).toBe('EarlyUserAuthResult.ACCESS_DENIED')
  for (const wrong of [[], [0, 0, 0], [0, 0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 5]]) {
    const error = thrownBy(() => EarlyUserAuthResult.fromBytes(new Uint8Array(wrong)))
    expect(error).toBeInstanceOf(anysspi.InvalidToken)
  }
  expect(() => new EarlyUserAuthResult()).toThrow(TypeError)
})

// Over a socket: whatever a read gives is what `receive` gets, here cut into pieces.

const QUESTION = Buffer.alloc(30_000, 'a question of many bytes; ')

/** Gives what comes, a few bytes at a time. */
function reader(socket) {
  const pieces = (async function* cut() {
    let size = 1
    for await (const chunk of socket) {
      for (let at = 0; at < chunk.length; at += size) {
        if (at > 0) size = (size * 5) % 1009
        yield chunk.subarray(at, at + size)
      }
    }
  })()
  return async () => {
    const { done, value } = await pieces.next()
    if (done) throw new Error('the connection has ended')
    return value
  }
}

const LOOPS = {
  async 'for…of'(handshake, socket, receive) {
    if (handshake.side === 'acceptor') handshake.receive(await receive())
    for (const token of handshake) {
      socket.write(token)
      if (!handshake.done) handshake.receive(await receive())
    }
  },
  async 'for await'(handshake, socket, receive) {
    if (handshake.side === 'acceptor') handshake.receive(await receive())
    for await (const token of handshake) {
      socket.write(token)
      if (!handshake.done) handshake.receive(await receive())
    }
  },
  async next(handshake, socket, receive) {
    let at = handshake.next(handshake.side === 'acceptor' ? await receive() : undefined)
    while (!at.done) {
      socket.write(at.value)
      at = handshake.done ? handshake.next() : handshake.next(await receive())
    }
    expect(at.value).toBe(handshake.context)
  },
  async stepAsync(handshake, socket, receive) {
    const first = handshake.side === 'acceptor' ? await receive() : undefined
    let token = await handshake.stepAsync(first)
    while (token !== null) {
      socket.write(token)
      token = handshake.done ? null : await handshake.stepAsync(await receive())
    }
  },
}

async function readAll(context, receive, length, first) {
  const parts = [first]
  for (let read = first.length; read < length; read += parts.at(-1).length) {
    parts.push(context.unwrap(await receive()))
  }
  return Buffer.concat(parts)
}

async function serve(socket, loop) {
  const receive = reader(socket)
  const handshake = server()
  await loop(handshake, socket, receive)
  const { context } = handshake
  const delegated = context.delegated()
  socket.write(context.wrap(EarlyUserAuthResult.SUCCESS.toBytes()))
  const first = context.unwrap(handshake.extra)
  socket.write(context.wrap(await readAll(context, receive, QUESTION.length, first)))
  await expect(readAll(context, receive, 1, Buffer.alloc(0))).rejects.toThrow(
    anysspi.ContextExpired,
  )
  socket.end(context.shutDown())
  return shown(delegated)
}

test.each(Object.entries(LOOPS))('a login over a socket with %s', async (_, loop) => {
  const listening = net.createServer()
  await once(listening.listen(0, '127.0.0.1'), 'listening')
  const served = once(listening, 'connection').then(([socket]) => serve(socket, loop))
  const socket = net.connect(listening.address().port, '127.0.0.1')
  const receive = reader(socket)
  const handshake = client()
  await loop(handshake, socket, receive)
  const { context } = handshake
  socket.write(context.wrap(QUESTION))
  const length = EarlyUserAuthResult.SUCCESS.toBytes().length + QUESTION.length
  const answer = await readAll(context, receive, length, context.unwrap(handshake.extra))
  EarlyUserAuthResult.fromBytes(answer.subarray(0, 4)).check()
  expect(answer.subarray(4).equals(QUESTION)).toBe(true)
  socket.write(context.shutDown())
  expect(await served).toEqual({ kind: 'password', user: USER, password: PASSWORD })
  socket.destroy()
  listening.close()
})

test('bytes behind the handshake are extra', () => {
  const [one, other] = [client(), server()]
  let token = one.step()
  while (!one.done) token = one.step(other.step(token))
  const more = Buffer.concat([token, one.context.wrap(Buffer.from('at once'))])
  expect(other.step(more)).toBeNull()
  expect(other.context.unwrap(other.extra).toString()).toBe('at once')
})

describe('call by call', () => {
  const CLIENT = new Credential('CREDSSP', password(USER, PASSWORD))
  const FLAGS = ['STREAM', 'ALLOCATE_MEMORY', 'DELEGATE', 'MUTUAL_AUTH', 'SEQUENCE_DETECT']
  const MORE = ['CONNECTION', 'MANUAL_CRED_VALIDATION', 'EXTENDED_ERROR']
  const buffer = (...given) => new raw.SecurityBuffer(...given)
  const given = (token) => [buffer('TOKEN', token), buffer('EMPTY')]

  function initiate(context, input) {
    const output = buffer('TOKEN')
    const flags = [...FLAGS, ...MORE]
    raw.initializeSecurityContext(CLIENT, context, TARGET, flags, input, [output])
    return output.bytes
  }

  function accept(context, input) {
    const output = buffer('TOKEN')
    const flags = ['STREAM', 'ALLOCATE_MEMORY']
    const { code } = raw.acceptSecurityContext(SERVER, context, flags, input, [output])
    return [code, output.bytes]
  }

  function standing() {
    const [one, other] = [new raw.SecurityContext(), new raw.SecurityContext()]
    let token = initiate(one, [])
    while (!one.isEstablished) token = initiate(one, given(accept(other, given(token))[1]))
    return [one, other, token]
  }

  test('too few bytes are missing, and too many extra', () => {
    const short = given(initiate(new raw.SecurityContext(), []).subarray(0, -1))
    const context = new raw.SecurityContext()
    expect(() => accept(context, short)).toThrow(anysspi.IncompleteMessage)
    expect([short[1].kind, short[1].length]).toEqual(['MISSING', 1])
    const [, other, token] = standing()
    const behind = Buffer.from('\x17\x03\x03\x00\x0cwhat follows', 'latin1')
    const more = given(Buffer.concat([token, behind]))
    expect(accept(other, more)[0]).toBe('SEC_E_OK')
    expect([more[1].kind, more[1].length]).toEqual(['EXTRA', behind.length])
  })

  test('a stream is encrypted in place, and shut down', () => {
    const [one, other, token] = standing()
    accept(other, given(token))
    const { header, trailer } = raw.queryContextAttributes(one, 'STREAM_SIZES')
    const space = Buffer.alloc(header + 5 + trailer)
    space.write('hello', header)
    const message = [
      buffer('STREAM_HEADER', space.subarray(0, header)),
      buffer('DATA', space.subarray(header, header + 5)),
      buffer('STREAM_TRAILER', space.subarray(header + 5)),
      buffer('EMPTY'),
    ]
    raw.encryptMessage(one, 0, message)
    const wire = Buffer.concat([3, 0, 1, 2].map((at) => message[at].bytes))
    expect(wire.includes('hello')).toBe(false)
    const opened = (data) => {
      const buffers = [buffer('DATA', Buffer.from(data)), ...[1, 2, 3].map(() => buffer('EMPTY'))]
      raw.decryptMessage(other, buffers)
      return buffers
    }
    expect(() => opened(wire.subarray(0, -1))).toThrow(anysspi.IncompleteMessage)
    const buffers = opened(Buffer.concat([wire, Buffer.from([0x17, 3])]))
    expect(Buffer.from(buffers[1].bytes).toString()).toBe('hello')
    const extra = buffers.filter(({ kind }) => kind === 'EXTRA')
    expect(extra.map(({ bytes }) => [...bytes])).toEqual([[0x17, 3]])
    expect(raw.queryContextAttributes(other, 'CREDS').password).toBe(PASSWORD)
    const last = raw.shutDownStream(one)
    expect(() => opened(last)).toThrow(anysspi.ContextExpired)
    const none = new raw.SecurityContext()
    expect(() => raw.shutDownStream(none)).toThrow(anysspi.InvalidHandle)
  })
})
