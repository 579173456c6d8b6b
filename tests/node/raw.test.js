'use strict'

// The raw layer: handles, buffers and statuses, call by call.

const { inspect } = require('node:util')
const anysspi = require('../../bindings-node')
const raw = require('../../bindings-node/raw.js')
const { NO_ENCRYPT, PASSWORD, TARGET, USER, thrownBy } = require('./support')

const { SecurityBuffer, SecurityContext } = raw
const SEAL = ['CONFIDENTIALITY', 'INTEGRITY', 'REPLAY_DETECT', 'SEQUENCE_DETECT', 'CONNECTION']
const MESSAGE = Buffer.from('a message')

function credentials(store = { [USER]: PASSWORD }) {
  const user = anysspi.password(USER, PASSWORD)
  const accounts = anysspi.accounts(store)
  return [
    raw.acquireCredentialsHandle(null, 'NTLM', 'OUTBOUND', user).credential,
    raw.acquireCredentialsHandle(null, 'NTLM', 'INBOUND', accounts).credential,
  ]
}

const [OUTBOUND, INBOUND] = credentials()

const empty = (kind) => new SecurityBuffer(kind)
const over = (kind, bytes) => new SecurityBuffer(kind, bytes)
const room = (size) => over('TOKEN', new Uint8Array(size))

function initiate(context, token = Buffer.alloc(0), more = [], credential = OUTBOUND) {
  const output = empty('TOKEN')
  const flags = [...SEAL, 'ALLOCATE_MEMORY']
  const input = [over('TOKEN', token), ...more]
  const outcome = raw.initializeSecurityContext(credential, context, TARGET, flags, input, [output])
  return [outcome, output.bytes]
}

function accept(context, token, more = [], flags = [], credential = INBOUND) {
  const output = empty('TOKEN')
  const input = [over('TOKEN', token), ...more]
  const wanted = [...flags, 'ALLOCATE_MEMORY']
  const outcome = raw.acceptSecurityContext(credential, context, wanted, input, [output])
  return [outcome, output.bytes]
}

function run(client, server, more = [], flags = []) {
  let [, token] = initiate(client)
  token = accept(server, token, more, flags)[1]
  token = initiate(client, token)[1]
  return accept(server, token, more, flags)[0]
}

function pair() {
  const [client, server] = [new SecurityContext(), new SecurityContext()]
  run(client, server)
  return [client, server]
}

/** The signature and the message, both made in their place. */
function seal(context, message) {
  const space = new Uint8Array(16 + message.length)
  space.set(message, 16)
  const buffers = [over('TOKEN', space.subarray(0, 16)), over('DATA', space.subarray(16))]
  raw.encryptMessage(context, 0, buffers)
  return space
}

test('statuses and flags are those of the interface', () => {
  const [client, server] = [new SecurityContext(), new SecurityContext()]
  let [outcome, token] = initiate(client)
  expect(outcome).toMatchObject({ status: 0x00090312, code: 'SEC_I_CONTINUE_NEEDED' })
  expect(client.isEstablished).toBe(false)
  ;[outcome, token] = accept(server, token)
  expect(outcome.code).toBe('SEC_I_CONTINUE_NEEDED')
  ;[outcome, token] = initiate(client, token)
  expect(outcome).toMatchObject({ status: 0, code: 'SEC_E_OK', expiry: null })
  expect(outcome.flags.toSorted()).toEqual([...SEAL, 'ALLOCATED_MEMORY'].toSorted())
  expect(client.isEstablished).toBe(true)
  ;[outcome, token] = accept(server, token)
  expect([outcome.code, token.length]).toEqual(['SEC_E_OK', 0])
  expect(outcome.flags).toEqual(expect.arrayContaining(['INTEGRITY', 'NO_ADDITIONAL_TOKEN']))
})

test('packages have the names of the interface', () => {
  expect(raw.enumerateSecurityPackages()).toEqual(anysspi.packages())
  expect(raw.querySecurityPackageInfo('ntlm')).toEqual(anysspi.packageInfo('NTLM'))
})

test('credentials say whose they are', () => {
  expect(raw.queryCredentialsAttributes(OUTBOUND)).toBe(USER)
  const users = [anysspi.password('bob', 'pw'), anysspi.password(USER, PASSWORD)]
  const named = raw.acquireCredentialsHandle(USER, 'Negotiate', 'OUTBOUND', users)
  expect(raw.queryCredentialsAttributes(named.credential)).toBe(USER)
  expect(named.expiry).toBeNull()
  expect(() => raw.acquireCredentialsHandle(null, 'NTLM', 'SIDEWAYS')).toThrow(TypeError)
})

test('output is allocated where that is asked for', () => {
  const output = empty('TOKEN')
  const flags = [...SEAL, 'ALLOCATE_MEMORY']
  raw.initializeSecurityContext(OUTBOUND, new SecurityContext(), null, flags, [], [output])
  expect(output.data).toBeInstanceOf(Buffer)
  expect([output.length, output.data.length]).toEqual([40, 40])
  expect(output.bytes).toEqual(output.data)
})

test.each([0, 39])('a buffer of %i bytes says what is needed and loses nothing', (size) => {
  const [client, server] = [new SecurityContext(), new SecurityContext()]
  const short = room(size)
  const call = (output) =>
    raw.initializeSecurityContext(OUTBOUND, client, TARGET, SEAL, [], [output])
  expect(() => call(short)).toThrow(anysspi.BufferTooSmall)
  expect(short.length).toBe(40)
  const space = new Uint8Array(64)
  const output = over('TOKEN', space)
  expect(call(output).code).toBe('SEC_I_CONTINUE_NEEDED')
  expect(output.data).toBe(space)
  expect([output.length, output.bytes]).toEqual([40, space.subarray(0, 40)])
  const challenge = accept(server, output.bytes)[1]
  expect(accept(server, initiate(client, challenge)[1])[0].code).toBe('SEC_E_OK')
})

test('handles that are null or of the other side are invalid', () => {
  const context = new SecurityContext()
  expect(inspect(context)).toContain('null')
  const data = over('DATA', new Uint8Array(4))
  for (const call of [
    () => raw.queryContextAttributes(context, 'SIZES'),
    () => raw.querySecurityContextToken(context),
    () => raw.completeAuthToken(context, []),
    () => raw.makeSignature(context, 0, [data]),
    () => raw.verifySignature(context, [data]),
    () => raw.encryptMessage(context, 0, [data]),
    () => raw.decryptMessage(context, [data]),
    () => initiate(context, undefined, [], null),
    () => raw.deleteSecurityContext(context),
  ]) {
    expect(call).toThrow(anysspi.InvalidHandle)
  }
  const [, token] = initiate(context)
  expect(() => accept(context, token)).toThrow(anysspi.InvalidHandle)
  expect(() => raw.queryContextAttributes(context, 'SIZES')).toThrow(anysspi.OutOfSequence)
})

test('a deleted context is invalid', () => {
  const [client, server] = pair()
  raw.deleteSecurityContext(client)
  expect(client.isEstablished).toBe(false)
  for (const call of [
    () => initiate(client),
    () => raw.queryContextAttributes(client, 'SIZES'),
    () => raw.encryptMessage(client, 0, []),
    () => raw.deleteSecurityContext(client),
  ]) {
    expect(call).toThrow(anysspi.InvalidHandle)
  }
  expect(raw.queryContextAttributes(server, 'NAMES')).toBe(USER)
})

test('a freed credential is invalid and its contexts go on', () => {
  const [outbound] = credentials()
  const [client, server] = [new SecurityContext(), new SecurityContext()]
  let [, token] = initiate(client, undefined, [], outbound)
  raw.freeCredentialsHandle(outbound)
  expect(inspect(outbound)).toBe('Credential { freed }')
  for (const call of [
    () => raw.freeCredentialsHandle(outbound),
    () => raw.queryCredentialsAttributes(outbound),
    () => outbound.name,
    () => initiate(new SecurityContext(), undefined, [], outbound),
    () => anysspi.initiate('NTLM', { credential: outbound }),
  ]) {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(anysspi.InvalidHandle)
    expect(error.message).toContain('freed')
  }
  token = accept(server, token)[1]
  token = initiate(client, token, [], null)[1]
  expect(accept(server, token)[0].code).toBe('SEC_E_OK')
})

test('a call after success authenticates anew', () => {
  const [client, server] = pair()
  const before = raw.queryContextAttributes(client, 'SESSION_KEY')
  expect(run(client, server).code).toBe('SEC_E_OK')
  const after = raw.queryContextAttributes(client, 'SESSION_KEY')
  expect(after).toEqual(raw.queryContextAttributes(server, 'SESSION_KEY'))
  expect(after).not.toEqual(before)
})

test('a failed context stays failed', () => {
  const server = new SecurityContext()
  const [first, second] = [Buffer.from('nonsense'), initiate(new SecurityContext())[1]].map(
    (token) => thrownBy(() => accept(server, token)),
  )
  expect(first).toBeInstanceOf(anysspi.InvalidToken)
  expect(second.message).toBe(first.message)
  expect(second).not.toBe(first)
  raw.deleteSecurityContext(server)
})

const structure = (text) =>
  anysspi.channelBindings(Buffer.from(`tls-server-end-point:${text}`)).toStructure()

test.each([
  ['right', [], undefined, true],
  [undefined, ['ALLOW_MISSING_BINDINGS'], undefined, true],
  ['wrong', [], undefined, false],
  ['wrong', ['ALLOW_MISSING_BINDINGS'], undefined, false],
  [undefined, [], undefined, false],
  [undefined, [], 'when_supported', true],
  ['wrong', [], 'never', true],
])('channel bindings: %s with %j and %s', (ofClient, flags, bindingPolicy, stands) => {
  const client = new SecurityContext()
  const server = new SecurityContext({ bindingPolicy })
  if (ofClient) raw.setContextAttributes(client, 'ENDPOINT_BINDINGS', structure(ofClient))
  const given = over('CHANNEL_BINDINGS', structure('right'))
  if (stands) expect(run(client, server, [given], flags).code).toBe('SEC_E_OK')
  else expect(() => run(client, server, [given], flags)).toThrow(anysspi.BadBindings)
})

test('bindings that are cut are refused', () => {
  const cut = over('CHANNEL_BINDINGS', structure('x').subarray(0, 31))
  const call = () => run(new SecurityContext(), new SecurityContext(), [cut])
  expect(call).toThrow(anysspi.InvalidParameter)
})

test('target names are checked where some are given', () => {
  run(new SecurityContext(), new SecurityContext({ acceptedTargets: [TARGET] }))
  const other = new SecurityContext({ acceptedTargets: ['CIFS/x'] })
  expect(() => run(new SecurityContext(), other)).toThrow(anysspi.WrongPrincipal)
})

test('an established context answers', () => {
  const [client, server] = pair()
  expect(raw.queryContextAttributes(client, 'SIZES').securityTrailer).toBe(16)
  expect(raw.queryContextAttributes(client, 0).securityTrailer).toBe(16)
  expect(raw.queryContextAttributes(server, 'NAMES')).toBe(USER)
  expect(raw.queryContextAttributes(server, 'PACKAGE_INFO').name).toBe('NTLM')
  expect(raw.queryContextAttributes(server, 'NEGOTIATION_INFO')).toMatchObject({
    package: { name: 'NTLM' },
    state: 'complete',
  })
  expect(raw.queryContextAttributes(server, 'NATIVE_NAMES').client).toBe(USER)
  expect(raw.queryContextAttributes(client, 'KEY_INFO').keySize).toBe(128)
  expect(raw.queryContextAttributes(client, 'FLAGS')).toContain('CONFIDENTIALITY')
  expect(raw.queryContextAttributes(client, 'LIFESPAN').expiry).toBeNull()
  const token = { user: USER, isAnonymous: false, isIdentifyOnly: false, expiry: null }
  expect(raw.querySecurityContextToken(server)).toEqual(token)
  expect(raw.queryContextAttributes(server, 'ACCESS_TOKEN')).toEqual(token)
  for (const call of [
    () => raw.querySecurityContextToken(client),
    () => raw.queryContextAttributes(client, 4711),
  ]) {
    expect(call).toThrow(anysspi.UnsupportedFunction)
  }
  expect(() => raw.queryContextAttributes(client, 'WEATHER')).toThrow(/there are: SIZES/)
  const set = () => raw.setContextAttributes(client, 'SESSION_KEY', Buffer.alloc(16))
  expect(set).toThrow(anysspi.SspiError)
})

test('nothing is to be completed in NTLM', () => {
  const [client] = pair()
  const call = () => raw.completeAuthToken(client, [over('TOKEN', Buffer.from('x'))])
  expect(call).toThrow(anysspi.UnsupportedFunction)
})

test('a look-up may touch neither its context nor the memory of the call', () => {
  const problems = []
  const lookUp = () => {
    structuredClone(token, { transfer: [token.buffer] })
    for (const call of [
      () => raw.deleteSecurityContext(server),
      () => raw.queryContextAttributes(server, 'NAMES'),
      () => accept(server, Buffer.alloc(1)),
    ]) {
      problems.push(thrownBy(call))
    }
    expect(inspect(server)).toBe('SecurityContext { busy }')
    return { name: USER, password: PASSWORD }
  }
  const [, inbound] = credentials(lookUp)
  const [client, server] = [new SecurityContext(), new SecurityContext()]
  const [, challenge] = accept(server, initiate(client)[1], [], [], inbound)
  const token = new Uint8Array(initiate(client, challenge)[1])
  const [outcome] = accept(server, token, [], [], null)
  expect(outcome.code).toBe('SEC_E_OK')
  expect(token.length).toBe(0)
  expect(problems).toHaveLength(3)
  for (const problem of problems) expect(problem).toBeInstanceOf(anysspi.OutOfSequence)
})

test('what a look-up throws is the cause, and one that promises is refused', () => {
  const thrown = new Error('the directory is closed')
  const lookUps = [
    () => {
      throw thrown
    },
    async () => null,
  ]
  const errors = lookUps.map((lookUp) => {
    const [, inbound] = credentials(lookUp)
    const [client, server] = [new SecurityContext(), new SecurityContext()]
    const [, challenge] = accept(server, initiate(client)[1], [], [], inbound)
    return thrownBy(() => accept(server, initiate(client, challenge)[1], [], [], inbound))
  })
  expect(errors[0].cause).toBe(thrown)
  expect(errors[1].cause.message).toContain('promise')
})

test('a message is encrypted and decrypted in its place', () => {
  const [client, server] = pair()
  const [token, data] = [new Uint8Array(16), Buffer.from(MESSAGE)]
  const buffers = [over('TOKEN', token), over('DATA', data)]
  raw.encryptMessage(client, 0, buffers)
  expect(data).not.toEqual(MESSAGE)
  expect(token).not.toEqual(new Uint8Array(16))
  expect(buffers[1].data).toBe(data)
  expect(raw.decryptMessage(server, buffers)).toBe(0)
  expect(data).toEqual(MESSAGE)
})

test('a message is signed in the clear', () => {
  const [client, server] = pair()
  const buffers = [room(16), over('DATA', Buffer.from(MESSAGE))]
  raw.makeSignature(client, 0, buffers)
  expect(buffers[1].bytes).toEqual(MESSAGE)
  expect(raw.verifySignature(server, buffers)).toBe(NO_ENCRYPT)
  buffers[1].data[0] ^= 1
  expect(() => raw.verifySignature(server, buffers)).toThrow(anysspi.ProtectionError)
})

test('parts of one Buffer are buffers, and an ArrayBuffer is one', () => {
  const [client, server] = pair()
  const packet = seal(client, MESSAGE)
  raw.decryptMessage(server, [
    over('TOKEN', packet.subarray(0, 16)),
    over('DATA', packet.subarray(16)),
  ])
  expect(Buffer.from(packet.subarray(16))).toEqual(MESSAGE)
  const whole = seal(client, MESSAGE)
  const buffers = [over('STREAM', whole.buffer), empty('DATA')]
  raw.decryptMessage(server, buffers)
  expect(Buffer.from(buffers[1].data)).toEqual(MESSAGE)
})

test.each([0, 1, 9, 100_000])(
  'a message of %i bytes in a stream is a part of its memory',
  (size) => {
    const [client, server] = pair()
    const message = Buffer.alloc(size, 'm')
    const stream = seal(client, message)
    const buffers = [over('STREAM', stream), empty('DATA')]
    expect(raw.decryptMessage(server, buffers)).toBe(0)
    expect(buffers[1].length).toBe(size)
    expect(Buffer.from(buffers[1].bytes)).toEqual(message)
    if (size === 0) return
    expect(buffers[1].data.buffer).toBe(stream.buffer)
    stream[16] = 0x4d
    expect(buffers[1].data[0]).toBe(0x4d)
  },
)

test('the length that a token needs is told', () => {
  const [client, server] = pair()
  const message = over('DATA', Buffer.from(MESSAGE))
  for (const short of [room(15), room(0)]) {
    expect(() => raw.encryptMessage(client, 0, [short, message])).toThrow(anysspi.BufferTooSmall)
    expect(short.length).toBe(16)
  }
  expect(message.bytes).toEqual(MESSAGE)
  const token = room(16)
  raw.encryptMessage(client, 0, [token, message])
  raw.decryptMessage(server, [token, message])
  expect(message.bytes).toEqual(MESSAGE)
})

test('what counts of a buffer is what the next call reads', () => {
  const [client, server] = [new SecurityContext(), new SecurityContext()]
  const [token, answer, proof] = [room(4096), room(4096), room(4096)]
  raw.initializeSecurityContext(OUTBOUND, client, TARGET, SEAL, [], [token])
  raw.acceptSecurityContext(INBOUND, server, [], [token], [answer])
  raw.initializeSecurityContext(null, client, TARGET, SEAL, [answer], [proof])
  expect(raw.acceptSecurityContext(null, server, [], [proof], [answer]).code).toBe('SEC_E_OK')
})

test('a message that was changed is refused and wiped, and the one that is due still opens', () => {
  const [client, server] = pair()
  const packet = seal(client, MESSAGE)
  const changed = packet.slice()
  changed[20] ^= 1
  const call = () => raw.decryptMessage(server, [over('STREAM', changed), empty('DATA')])
  expect(call).toThrow(anysspi.MessageAltered)
  expect(Buffer.from(changed).includes('message')).toBe(false)
  raw.decryptMessage(server, [over('STREAM', packet), empty('DATA')])
  expect(Buffer.from(packet.subarray(16))).toEqual(MESSAGE)
})

test('memory belongs to one buffer', () => {
  const [client] = pair()
  const space = new Uint8Array(32)
  for (const [token, data] of [
    [space, space],
    [space.subarray(0, 17), space.subarray(16)],
    [space.subarray(16), space.subarray(0, 17)],
    [Buffer.from(space.buffer, 4, 16), space.subarray(8)],
  ]) {
    const call = () => raw.makeSignature(client, 0, [over('TOKEN', token), over('DATA', data)])
    expect(call).toThrow('share memory')
  }
  expect(space).toEqual(new Uint8Array(32))
  raw.makeSignature(client, 0, [room(16), over('DATA', new Uint8Array(3)), over('DATA', space)])
})

test('a buffer is in a call only once', () => {
  const [client] = pair()
  const twice = over('DATA', new Uint8Array(3))
  expect(() => raw.makeSignature(client, 0, [room(16), twice, twice])).toThrow('twice')
})

test('memory that was given away, or is shared, is refused', () => {
  const [client] = pair()
  const data = new Uint8Array(3)
  const buffer = over('DATA', data)
  structuredClone(data, { transfer: [data.buffer] })
  expect(() => raw.makeSignature(client, 0, [room(16), buffer])).toThrow(/data.*given away/)
  expect(() => over('DATA', new Uint8Array(new SharedArrayBuffer(3)))).toThrow(/data.*shared/)
})

test('a buffer says what it is', () => {
  const data = Buffer.from('some')
  const buffer = new SecurityBuffer('DATA', data, { attributes: ['READONLY'] })
  expect([buffer.kind, buffer.attributes, buffer.length]).toEqual(['DATA', ['READONLY'], 4])
  expect(buffer.data).toBe(data)
  expect(inspect(buffer)).toBe('SecurityBuffer { DATA, 4 bytes }')
  expect(empty('TOKEN')).toMatchObject({ data: null, length: 0, bytes: Buffer.alloc(0) })
  expect([empty(4711).kind, empty(2).kind]).toEqual([4711, 'TOKEN'])
  expect(() => over('DATA', 'some')).toThrow(/data must be bytes/)
  expect(() => empty('WHAT')).toThrow(/there are: EMPTY/)
  expect(() => empty(null)).toThrow(/kind must be/)
})

test('what is read only is signed and not encrypted', () => {
  const [client, server] = pair()
  const header = new SecurityBuffer('DATA', Buffer.from('head'), {
    attributes: ['READONLY_WITH_CHECKSUM'],
  })
  const buffers = [room(16), header, over('DATA', Buffer.from(MESSAGE))]
  raw.encryptMessage(client, 0, buffers)
  expect(header.bytes).toEqual(Buffer.from('head'))
  expect(buffers[2].bytes).not.toEqual(MESSAGE)
  raw.decryptMessage(server, buffers)
  expect(buffers[2].bytes).toEqual(MESSAGE)
})

test.each([null, 'NTLM', Buffer.from('x'), [Buffer.from('x')], [null], [{}]])(
  'what is no list of buffers is refused: %p',
  (wrong) => {
    const [client] = pair()
    expect(() => raw.encryptMessage(client, 0, wrong)).toThrow(TypeError)
  },
)

test('arguments of a wrong type are named', () => {
  const [client] = pair()
  const context = new SecurityContext()
  const leg = (...given) => raw.initializeSecurityContext(...given)
  const calls = [
    [() => leg('NTLM', context, null, [], [], []), /credential must be/],
    [() => leg(OUTBOUND, {}, null, [], [], []), /context must be/],
    [() => leg(OUTBOUND, context, 7, [], [], []), /target must be/],
    [() => leg(OUTBOUND, context, null, 0x10, [], []), /flags must be/],
    [() => leg(OUTBOUND, context, null, ['STRONG'], [], []), /flags.*STRONG/],
    [() => leg(OUTBOUND, context, null, [], null, []), /input must be/],
    [() => leg(OUTBOUND, context, null, [], [], [1]), /output\[0\] must be/],
    [() => raw.encryptMessage(client, -1, []), /quality must be/],
    [() => raw.decryptMessage(client, [], 'x'), /sequence must be/],
    [() => raw.setContextAttributes(context, 'ENDPOINT_BINDINGS', 'x'), /value must be/],
    [() => raw.freeCredentialsHandle({}), /credential must be/],
    [() => new SecurityContext({ bindingPolicy: 'sometimes' }), /bindingPolicy must be/],
  ]
  for (const [call, message] of calls) {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toMatch(message)
  }
})
