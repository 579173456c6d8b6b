// Message protection: what opens, what must not, and what stays as it was.
const util = require('node:util')
const anysspi = require('../../bindings-node')
const {
  NO_ENCRYPT,
  ROOT,
  ends,
  hex,
  pair,
  readCases,
  rejectionOf,
  runNode,
  standing,
  unhex,
} = require('./support')

const { InvalidHandle, MessageAltered, OutOfSequence, SspiError, UnsupportedFunction } = anysspi
const PROTECTION = ['INTEGRITY', 'CONFIDENTIALITY', 'REPLAY_DETECT', 'SEQUENCE_DETECT']
const bytes = (text) => Buffer.from(text)

/** The message that was opened, whose quality has to be that of the context. */
function judged(context, { message, quality }) {
  expect(quality).toBe(context.flags.includes('CONFIDENTIALITY') ? 0 : NO_ENCRYPT)
  return message
}

const UNWRAP = {
  unwrap: (context, wrapped) => context.unwrap(wrapped),
  unwrapAsync: (context, wrapped) => context.unwrapAsync(wrapped),
  unwrapWithQuality: (context, wrapped) => judged(context, context.unwrapWithQuality(wrapped)),
  async unwrapWithQualityAsync(context, wrapped) {
    return judged(context, await context.unwrapWithQualityAsync(wrapped))
  },
}

describe.each([
  ['wrap', 'unwrap'],
  ['wrapAsync', 'unwrapAsync'],
  ['wrap', 'unwrapWithQuality'],
  ['wrapAsync', 'unwrapWithQualityAsync'],
])('the shared cases pass with %s and %s', (wrap, unwrap) => {
  test.each(readCases('protection.json'))('%s', async (_, shared) => {
    const [client, server] = standing(shared.handshake)
    for (const step of shared.messages) {
      const [here, there] = step.from === 'client' ? [client, server] : [server, client]
      const message = unhex(step.message)
      const wraps = step.call === 'wrap'
      let sealed
      if ('forged' in step) sealed = unhex(step.forged)
      else sealed = wraps ? await here[wrap](message) : here.sign(message)
      expect(hex(sealed)).toBe(step.protected)
      let status = 'SEC_E_OK'
      try {
        if (wraps) expect(await UNWRAP[unwrap](there, sealed)).toEqual(message)
        else there.verify(message, sealed)
      } catch (error) {
        if (!(error instanceof SspiError)) throw error
        status = error.code
      }
      expect(status).toBe(step.status)
    }
  })
})

test.each(['NTLM', 'Negotiate'])('messages of every size open with %s', async (packageName) => {
  const [client, server] = pair(packageName)
  const sizes = [...Array(70).keys(), 1024, 4079, 4080, 4081, 4095, 4096, 4097, 65_536, 1_000_003]
  for (const size of sizes) {
    const message = Buffer.alloc(
      size,
      Uint8Array.from({ length: 251 }, (_, at) => at),
    )
    for (const [here, there] of [
      [client, server],
      [server, client],
    ]) {
      const wrapped = here.wrap(message)
      expect(wrapped).toBeInstanceOf(Buffer)
      expect(wrapped).toHaveLength(size + 16)
      if (size >= 8) expect(wrapped.subarray(16).equals(message)).toBe(false)
      expect(there.unwrap(wrapped).equals(message)).toBe(true)
      there.verify(message, here.sign(message))
      const later = await here.wrapAsync(message)
      expect((await there.unwrapAsync(later)).equals(message)).toBe(true)
      for (const way of ['unwrapWithQuality', 'unwrapWithQualityAsync']) {
        const opened = await UNWRAP[way](there, here.wrap(message))
        expect(opened).toBeInstanceOf(Buffer)
        expect(opened.equals(message)).toBe(true)
      }
    }
  }
})

const KINDS = [
  ['Buffer', (from) => Buffer.from(from)],
  ['Uint8Array', (from) => new Uint8Array(from)],
  ['ArrayBuffer', (from) => new Uint8Array(from).buffer],
  [
    'view of a part',
    (from) => {
      const whole = new Uint8Array(from.length + 9).fill(7)
      whole.set(from, 4)
      return whole.subarray(4, from.length + 4)
    },
  ],
]

describe.each(KINDS)('a message is a %s', (_, made) => {
  test.each([0, 7, 70_000])('of %i bytes', async (size) => {
    const [client, server] = pair()
    const message = Buffer.alloc(size, 'm')
    const given = made(message)
    expect(server.unwrap(made(client.wrap(given)))).toEqual(message)
    const later = await client.wrapAsync(given)
    expect(await server.unwrapAsync(made(later))).toEqual(message)
    for (const way of ['unwrapWithQuality', 'unwrapWithQualityAsync']) {
      expect(await server[way](made(client.wrap(given)))).toEqual({ message, quality: 0 })
    }
    server.verify(given, made(client.sign(given)))
    expect(Buffer.from(given)).toEqual(message)
  })
})

test('what has no bytes is refused by its name', async () => {
  const [client, server] = pair()
  for (const wrong of [
    'text',
    3,
    null,
    undefined,
    [1, 2],
    {},
    new Float64Array(2),
    new DataView(new ArrayBuffer(4)),
  ]) {
    const calls = {
      message: [
        (given) => client.wrap(given),
        (given) => client.sign(given),
        (given) => server.verify(given, bytes('x')),
      ],
      wrapped: [(given) => server.unwrap(given), (given) => server.unwrapWithQuality(given)],
      signature: [(given) => server.verify(bytes('x'), given)],
    }
    for (const [name, ways] of Object.entries(calls)) {
      for (const call of ways) {
        expect(() => call(wrong)).toThrow(TypeError)
        expect(() => call(wrong)).toThrow(new RegExp(`^${name} must be`))
      }
    }
    const refused = [
      await rejectionOf(client.wrapAsync(wrong)),
      await rejectionOf(server.unwrapAsync(wrong)),
      await rejectionOf(server.unwrapWithQualityAsync(wrong)),
    ]
    for (const error of refused) expect(error).toBeInstanceOf(TypeError)
  }
  expect(() => client.wrap('text')).toThrow(/not a string.*Buffer\.from/)
  expect(server.unwrap(client.wrap(bytes('still the first')))).toEqual(bytes('still the first'))
})

test('shared memory and memory that was given away are refused', async () => {
  const [client] = pair()
  const shared = new SharedArrayBuffer(8)
  const buffer = new ArrayBuffer(8)
  const view = new Uint8Array(buffer)
  const part = Buffer.from(buffer, 2, 4)
  structuredClone(buffer, { transfer: [buffer] })
  for (const wrong of [shared, new Uint8Array(shared), Buffer.from(shared), buffer, view, part]) {
    expect(() => client.wrap(wrong)).toThrow(TypeError)
    expect(() => client.wrap(wrong)).toThrow(/^message /)
    const error = await rejectionOf(client.wrapAsync(wrong))
    expect(error).toBeInstanceOf(TypeError)
  }
})

test('a message that is given away while it is wrapped does no harm', async () => {
  const [client, server] = pair()
  const message = new Uint8Array(1 << 20).fill(5)
  const wrapping = client.wrapAsync(message)
  structuredClone(message.buffer, { transfer: [message.buffer] })
  expect(message).toHaveLength(0)
  expect(server.unwrap(await wrapping)).toHaveLength(1 << 20)
})

test('every altered byte is noticed and costs nothing', async () => {
  const [client, server] = pair()
  const wrapped = client.wrap(bytes('a message of some length'))
  for (const at of wrapped.keys()) {
    const altered = Buffer.from(wrapped)
    altered[at] ^= 0x80
    const expected = at >= 12 && at < 16 ? OutOfSequence : MessageAltered
    expect(() => server.unwrap(altered)).toThrow(expected)
    expect(() => server.unwrapWithQuality(altered)).toThrow(expected)
    for (const way of ['unwrapAsync', 'unwrapWithQualityAsync']) {
      expect(await rejectionOf(server[way](altered))).toBeInstanceOf(expected)
    }
  }
  expect(server.unwrap(wrapped)).toEqual(bytes('a message of some length'))
})

test('truncated and prolonged messages are altered', () => {
  const [client, server] = pair()
  const wrapped = client.wrap(bytes('message'))
  for (const length of wrapped.keys()) {
    expect(() => server.unwrap(wrapped.subarray(0, length))).toThrow(MessageAltered)
    expect(() => server.unwrapWithQuality(wrapped.subarray(0, length))).toThrow(MessageAltered)
  }
  expect(() => server.unwrap(Buffer.concat([wrapped, Buffer.alloc(1)]))).toThrow(MessageAltered)
  expect(server.unwrap(wrapped)).toEqual(bytes('message'))
})

test('replayed and reordered messages are out of sequence', () => {
  const [client, server] = pair()
  const [first, second] = [client.wrap(bytes('first!')), client.wrap(bytes('second'))]
  expect(() => server.unwrap(second)).toThrow(OutOfSequence)
  expect(server.unwrap(first)).toEqual(bytes('first!'))
  expect(() => server.unwrap(first)).toThrow(OutOfSequence)
  expect(server.unwrap(second)).toEqual(bytes('second'))
})

test("a message of one's own or of another context does not open", () => {
  const [client, server] = pair()
  const own = server.wrap(bytes('mine'))
  expect(() => server.unwrap(own)).toThrow(MessageAltered)
  expect(() => server.unwrap(pair()[0].wrap(bytes('foreign')))).toThrow(MessageAltered)
  expect(client.unwrap(own)).toEqual(bytes('mine'))
})

test('signatures cover the message and keep count', () => {
  const [client, server] = pair()
  const [first, second] = [client.sign(bytes('one')), client.sign(bytes('two'))]
  expect(() => server.verify(bytes('two'), second)).toThrow(OutOfSequence)
  expect(() => server.verify(bytes('0ne'), first)).toThrow(MessageAltered)
  expect(() => server.verify(bytes('one'), first.subarray(0, 15))).toThrow(MessageAltered)
  expect(() => server.verify(bytes('one'), Buffer.alloc(0))).toThrow(MessageAltered)
  expect(server.verify(bytes('one'), first)).toBeUndefined()
  server.verify(bytes('two'), second)
  expect(server.unwrap(client.wrap(bytes('three')))).toEqual(bytes('three'))
})

test('without confidentiality a wrapped message is only signed', () => {
  const plain = { without: ['CONFIDENTIALITY'] }
  const [client, server] = pair('NTLM', plain, plain)
  const wrapped = client.wrap(bytes('readable'))
  expect(wrapped.subarray(16)).toEqual(bytes('readable'))
  expect(server.unwrap(wrapped)).toEqual(bytes('readable'))
  const read = server.unwrapWithQuality(client.wrap(bytes('readable')))
  expect(read).toEqual({ message: bytes('readable'), quality: NO_ENCRYPT })
  const altered = client.wrap(bytes('readable'))
  altered[20] ^= 1
  expect(() => server.unwrap(altered)).toThrow(MessageAltered)
})

test('without integrity there is no protection', async () => {
  const none = { without: PROTECTION }
  const [client] = pair('NTLM', none, none)
  expect(() => client.wrap(bytes('x'))).toThrow(UnsupportedFunction)
  expect(() => client.sign(bytes('x'))).toThrow(UnsupportedFunction)
  await expect(client.wrapAsync(bytes('x'))).rejects.toThrow(UnsupportedFunction)
})

test('the event loop goes on while a large message is wrapped, and a second call is refused', async () => {
  const [client, server] = pair()
  const message = Buffer.alloc(64 << 20)
  let turns = 0
  const count = () => {
    turns += 1
    turning = setImmediate(count)
  }
  let turning = setImmediate(count)
  try {
    const wrapping = client.wrapAsync(message)
    for (const call of [
      () => client.wrap(bytes('x')),
      () => client.unwrap(bytes('x')),
      () => client.unwrapWithQuality(bytes('x')),
      () => client.client,
    ])
      expect(() => call()).toThrow(/^SEC_E_OUT_OF_SEQUENCE: another call/)
    await expect(client.wrapAsync(bytes('x'))).rejects.toThrow(OutOfSequence)
    await expect(client.unwrapAsync(bytes('x'))).rejects.toThrow(OutOfSequence)
    expect(util.inspect(client)).toBe('Context { busy }')
    const wrapped = await wrapping
    expect(turns).toBeGreaterThan(3)
    const before = turns
    expect((await server.unwrapAsync(wrapped)).equals(message)).toBe(true)
    expect(turns).toBeGreaterThan(before + 3)
    const another = await client.wrapAsync(message)
    const between = turns
    const opened = await server.unwrapWithQualityAsync(another)
    expect([opened.quality, opened.message.equals(message)]).toEqual([0, true])
    expect(turns).toBeGreaterThan(between + 3)
  } finally {
    clearImmediate(turning)
  }
  expect(server.unwrap(client.wrap(bytes('on')))).toEqual(bytes('on'))
})

function expectClosed(context) {
  for (const call of ['wrap', 'unwrap', 'unwrapWithQuality', 'sign']) {
    expect(() => context[call](bytes('x'))).toThrow(InvalidHandle)
  }
  expect(() => context.verify(bytes('x'), bytes('x'))).toThrow(InvalidHandle)
  for (const name of ['client', 'flags', 'sessionKey', 'package', 'sizes', 'expiry']) {
    expect(() => context[name]).toThrow(InvalidHandle)
  }
  expect(util.inspect(context)).toBe('Context { closed }')
}

test('a closed context answers InvalidHandle to everything', async () => {
  const [client, server] = pair()
  const key = client.sessionKey
  client.close()
  client.close()
  expectClosed(client)
  await expect(client.wrapAsync(bytes('x'))).rejects.toThrow(InvalidHandle)
  await expect(client.unwrapAsync(bytes('x'))).rejects.toThrow(InvalidHandle)
  await expect(client.unwrapWithQualityAsync(bytes('x'))).rejects.toThrow(InvalidHandle)
  expect(key).toEqual(server.sessionKey)
})

test('a context that is closed during a call still finishes it', async () => {
  const [client, server] = pair()
  const wrapping = client.wrapAsync(Buffer.alloc(8 << 20))
  client.close()
  expect(server.unwrap(await wrapping)).toHaveLength(8 << 20)
  expectClosed(client)
})

test('the handshake of a closed context gives no other one', () => {
  const [client, server] = ends()
  server.step(client.step(server.step(client.step())))
  client.context.close()
  expectClosed(client.context)
})

// jest gives tests a global object of their own, whose Symbol lacks `dispose` before Node 24.
test('a context is disposed of at the end of its block', async () => {
  const { code, err, out } = await runNode(`
    const { Context } = require(${JSON.stringify(`${ROOT}/bindings-node`)})
    console.log(typeof Symbol.dispose, Context.prototype[Symbol.dispose] === Context.prototype.close)
  `)
  expect({ code, err, out }).toEqual({ code: 0, err: '', out: 'symbol true\n' })
})

test('a connectionless context takes its messages by number', () => {
  const flags = { request: ['DATAGRAM'] }
  const [client, server] = pair('NTLM', flags, flags)
  expect(server.flags).toContain('DATAGRAM')
  const message = Buffer.from('one of many')
  const sealed = client.wrap(message, { number: 7 })
  const signature = client.sign(message, { number: 8 })
  server.verify(message, signature, { number: 8 })
  expect(server.unwrap(sealed, { number: 7 })).toEqual(message)
  expect(() => server.unwrap(client.wrap(message, { number: 9 }), { number: 10 })).toThrow(
    anysspi.ProtectionError,
  )
  expect(() => client.wrap(message)).toThrow(/give each its number/)
  expect(() => server.unwrapWithQuality(sealed)).toThrow(/give each its number/)
})

test('only a connectionless context takes numbers', () => {
  const [client, server] = pair()
  const message = Buffer.from('still the first')
  for (const call of [
    () => client.wrap(message, { number: 1 }),
    () => client.unwrap(message, { number: 1 }),
    () => client.sign(message, { number: 1 }),
    () => client.verify(message, message, { number: 1 }),
  ]) {
    expect(call).toThrow(anysspi.UnsupportedFunction)
  }
  for (const number of [-1, 2 ** 32, 1.5, '1', null]) {
    expect(() => client.wrap(message, { number })).toThrow(/^number must be/)
  }
  expect(server.unwrap(client.wrap(message))).toEqual(message)
})
