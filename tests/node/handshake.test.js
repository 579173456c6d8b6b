// Handshakes: the shared cases, every way to run the loop, and calls out of turn.
const fs = require('node:fs')
const path = require('node:path')
const util = require('node:util')
const anysspi = require('../../bindings-node')
const {
  Exchange,
  PASSWORD,
  PENDING,
  TARGET,
  USER,
  deferred,
  ends,
  pair,
  pendingServer,
  readCases,
  rejectionOf,
  runCase,
  runNode,
  thrownBy,
} = require('./support')

const { InvalidToken, LogonDenied, OutOfSequence, accounts, password } = anysspi
const BOTH = ['NTLM', 'Negotiate']
const ALICE = { name: USER, password: PASSWORD }

/** Everything as far as the end. */
function finished(packageName) {
  const [client, server] = ends(packageName)
  new Exchange(client, server).run()
  return [client, server]
}

describe.each([
  ['step', 'run'],
  ['stepAsync', 'runAsync'],
])('the shared cases pass with %s', (_, way) => {
  test.each(readCases('handshake.json'))('%s', async (_, shared) => {
    const { result, tokens } = shared
    expect(await runCase(shared, way)).toEqual({ result, tokens })
  })
})

describe.each(BOTH)('%s', (packageName) => {
  test('for…of gives the tokens to send', () => {
    const [client, server] = ends(packageName)
    for (const token of client) {
      expect(token).toBeInstanceOf(Buffer)
      const answer = server.step(token)
      if (!client.done) client.receive(answer)
    }
    expect([client.done, server.done]).toEqual([true, true])
    expect([client.side, server.side]).toEqual(['initiator', 'acceptor'])
    expect([server.context.client, server.context.target]).toEqual([USER, TARGET])
    expect(server.context).toBe(server.context)
    expect(client.context.sessionKey).toEqual(server.context.sessionKey)
  })

  test('for await gives the tokens to send', async () => {
    const [client, server] = ends(packageName)
    for await (const token of client) {
      expect(token).toBeInstanceOf(Buffer)
      const answer = await server.stepAsync(token)
      if (!client.done) client.receive(answer)
    }
    expect([client.done, server.done]).toEqual([true, true])
    expect(client.context.sessionKey).toEqual(server.context.sessionKey)
  })

  test.each(['next', 'nextAsync'])('%s gives tokens, and the context at the end', async (next) => {
    const [client, server] = ends(packageName)
    let [at, here, there] = [await client[next](), server, client]
    while (!at.done) {
      expect(at.value).toBeInstanceOf(Buffer)
      at = await here[next](at.value)
      ;[here, there] = [there, here]
    }
    expect(at.value).toBe(there.context)
    expect(await there[next]()).toEqual({ value: there.context, done: true })
  })
})

test('a loop that was left goes on where it was', () => {
  const [client, server] = ends()
  for (const token of client) {
    server.receive(token)
    break
  }
  client.receive(server.next().value)
  expect([...client].map((token) => server.step(token))).toEqual([null])
})

test('an error comes out of both loops', async () => {
  const [, server] = ends()
  await expect(server.stepAsync(Buffer.from('nonsense'))).rejects.toThrow(InvalidToken)
  await expect(
    (async () => {
      for await (const token of server) throw new Error(`no token, but ${token}`)
    })(),
  ).rejects.toThrow(InvalidToken)
  expect(() => [...server]).toThrow(InvalidToken)
})

describe('a call out of turn says so', () => {
  test.each([
    ['the server goes first', (_, server) => server.next()],
    ['the server steps without a token', (_, server) => server.step()],
    [
      'the client gets a token before it has sent one',
      (client) => client.receive(Buffer.from('x')),
    ],
    ['the client goes on while a token is awaited', (client) => [client.next(), client.next()]],
    ['the context before the end', (client) => client.context],
    [
      'a second token before the work is done',
      (client, server) => {
        server.receive(client.step())
        server.receive(Buffer.from('x'))
      },
    ],
  ])('%s', (_, call) => {
    const error = thrownBy(() => call(...ends()))
    expect(error).toBeInstanceOf(OutOfSequence)
    expect(error.message).toContain('out of turn')
  })

  test('in a promise', async () => {
    const [, server] = ends()
    const error = await rejectionOf(server.nextAsync())
    expect(error).toBeInstanceOf(OutOfSequence)
    expect(error.message).toContain('out of turn')
  })
})

test('a call out of turn does no harm', () => {
  const [client, server] = ends()
  expect(() => server.next()).toThrow(OutOfSequence)
  server.receive(client.step())
  expect(() => client.next()).toThrow(OutOfSequence)
  expect(server.step(client.step(server.step()))).toBeNull()
  expect(server.done).toBe(true)
})

test('a handshake at its end has nothing more to say', async () => {
  const [client, server] = finished()
  expect(client.step()).toBeNull()
  expect(await client.stepAsync()).toBeNull()
  expect([...client]).toEqual([])
  for (const call of ['receive', 'step', 'next']) {
    expect(() => client[call](Buffer.from('x'))).toThrow(/^SEC_E_OUT_OF_SEQUENCE: .*at its end/)
  }
  expect(client.context.wrap(Buffer.from('still standing'))).toHaveLength(30)
  expect([client.extra, server.extra]).toEqual([Buffer.alloc(0), Buffer.alloc(0)])
})

test('extra is empty before the end', () => {
  expect(ends()[0].extra).toEqual(Buffer.alloc(0))
})

test('a failed handshake stays failed with the same error', async () => {
  const [, server] = ends()
  const calls = [
    () => server.step(Buffer.from('nonsense')),
    () => server.next(),
    () => server.receive(Buffer.from('more')),
    () => server.context,
  ]
  const errors = calls.map(thrownBy)
  errors.push(await rejectionOf(server.stepAsync()))
  for (const error of errors) expect(error).toBeInstanceOf(InvalidToken)
  expect(new Set(errors.map(String)).size).toBe(1)
  expect(new Set(errors).size).toBe(errors.length)
  expect(server.done).toBe(false)
})

test('a wrong password and an unknown user look the same', () => {
  const refused = (user, secret) =>
    thrownBy(() => pair('NTLM', { credential: password(user, secret) }))
  const wrong = refused(USER, 'wrong')
  expect(wrong).toBeInstanceOf(LogonDenied)
  expect(wrong.message).toBe(refused('CORP\\mallory', PASSWORD).message)
})

test('a closed handshake has no context', async () => {
  const [, server] = finished()
  server.close()
  server.close()
  expect(server.done).toBe(false)
  for (const call of [
    () => server.context,
    () => server.step(Buffer.from('x')),
    () => server.next(),
  ])
    expect(() => call()).toThrow(/^SEC_E_OUT_OF_SEQUENCE: .*closed/)
  await expect(server.nextAsync()).rejects.toThrow(/^SEC_E_OUT_OF_SEQUENCE: .*closed/)
})

test('a context that was taken outlives its handshake', () => {
  const [, server] = finished()
  const { context } = server
  server.close()
  expect(context.client).toBe(USER)
})

const asArrayBuffer = (buffer) =>
  buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.length)

test.each([
  ['Buffer', Buffer.from],
  ['Uint8Array', (buffer) => new Uint8Array(buffer)],
  ['ArrayBuffer', asArrayBuffer],
  [
    'view of a part',
    (buffer) => Buffer.concat([Buffer.alloc(3), buffer, Buffer.alloc(3)]).subarray(3, -3),
  ],
])('a token is a %s', async (_, made) => {
  const [client, server] = ends()
  client.step()
  const [other] = ends()
  client.receive(made(server.step(made(other.step()))))
  expect(await server.stepAsync(made(client.step()))).toBeNull()
})

test('a token may be changed once it was handed over', async () => {
  const [client, server] = ends()
  const token = client.step()
  server.receive(token)
  token.fill(0)
  const challenge = server.step()
  const copy = Buffer.from(challenge)
  const step = client.stepAsync(copy)
  copy.fill(0)
  expect(server.step(await step)).toBeNull()
})

describe('while a look-up is under way', () => {
  /** A server that waits for its look-up until it may leave. */
  async function blocked(options) {
    const [inside, left] = [deferred(), deferred()]
    const lookUp = () => {
      inside.resolve()
      return left.promise
    }
    const { proof, server } = pendingServer(lookUp, options)
    const login = server.stepAsync(proof)
    await inside.promise
    return { leave: () => left.resolve(ALICE), login, proof, server }
  }

  test('a second call is refused', async () => {
    const { leave, login, server } = await blocked()
    for (const call of [() => server.step(), () => server.next(), () => server.context])
      expect(() => call()).toThrow(/^SEC_E_OUT_OF_SEQUENCE: another call/)
    expect(() => server.receive(Buffer.from('x'))).toThrow(OutOfSequence)
    await expect(server.stepAsync()).rejects.toThrow(/^SEC_E_OUT_OF_SEQUENCE: another call/)
    await expect(server.nextAsync()).rejects.toThrow(OutOfSequence)
    expect(server.done).toBe(false)
    expect(util.inspect(server)).toContain('busy')
    leave()
    expect(await login).toBeNull()
    expect(server.context.client).toBe(USER)
  })

  test('the event loop and other handshakes go on', async () => {
    const { leave, login, server } = await blocked()
    let settled = false
    login.finally(() => {
      settled = true
    })
    const others = Array.from({ length: 20 }, () => new Exchange(...ends()).runAsync())
    for (const [, other] of await Promise.all(others)) expect(other.client).toBe(USER)
    expect(settled).toBe(false)
    leave()
    await login
    expect(server.done).toBe(true)
  })

  test('closing ends the call', async () => {
    const { login, server } = await blocked()
    server.close()
    await expect(login).rejects.toThrow(/^SEC_E_OUT_OF_SEQUENCE: .*closed/)
    expect(() => server.step()).toThrow(/^SEC_E_OUT_OF_SEQUENCE: .*closed/)
  })

  test('an AbortSignal ends the call with its reason', async () => {
    const control = new AbortController()
    const { login, server } = await blocked({ signal: control.signal })
    const reason = new Error('the user went away')
    control.abort(reason)
    expect(await rejectionOf(login)).toBe(reason)
    expect(() => server.step()).toThrow()
    expect(server.done).toBe(false)
  })

  test('more handshakes than libuv has threads wait at once', async () => {
    const many = await Promise.all(Array.from({ length: 12 }, () => blocked()))
    for (const { leave } of many) leave()
    for (const { login, server } of many) {
      expect(await login).toBeNull()
      expect(server.context.client).toBe(USER)
    }
  })
})

test('two calls in one breath: the second is refused, the first is not disturbed', async () => {
  const [client, server] = ends()
  const first = server.stepAsync(client.step())
  await expect(server.stepAsync(Buffer.from('x'))).rejects.toThrow(OutOfSequence)
  expect(server.step(client.step(await first))).toBeNull()
})

test('a handshake that was closed before its look-up was called does not hang', async () => {
  const { code, err } = await runNode(`${PENDING}
    const { server, proof } = pendingServer(() => new Promise(() => {}))
    const login = server.stepAsync(proof)
    server.close()
    const end = setTimeout(() => process.exit(3), 5000)
    login.then(() => process.exit(4), (error) => {
      clearTimeout(end)
      process.exit(error instanceof anysspi.OutOfSequence ? 0 : 5)
    })
  `)
  expect({ code, err }).toEqual({ code: 0, err: '' })
})

// In a process of its own: what is tested for here would stop the main thread for good.
test.each(['close()', 'extra'])('an aborted handshake may be asked for %s', async (call) => {
  const { code, err } = await runNode(`${PENDING}
    const control = new AbortController()
    const { server, proof } = pendingServer(() => new Promise(() => {}), { signal: control.signal })
    const login = server.stepAsync(proof)
    // Time for the step to come as far as its look-up, which nobody calls meanwhile.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
    control.abort()
    login.catch(() => server.${call}).then(() => process.exit(0))
  `)
  expect({ code, err }).toEqual({ code: 0, err: '' })
})

test('a signal that is aborted before the first call is enough', async () => {
  const reason = new Error('too late')
  const signal = AbortSignal.abort(reason)
  const [client] = ends('NTLM', { signal })
  expect(thrownBy(() => client.step())).toBe(reason)
  const [other] = ends('NTLM', { signal })
  expect(await rejectionOf(other.stepAsync())).toBe(reason)
})

test('a signal that is aborted after the end takes no context away', () => {
  const control = new AbortController()
  const [client, server] = ends('NTLM', { signal: control.signal })
  new Exchange(client, server).run()
  const before = client.context
  control.abort()
  expect(before.client).toBe(USER)
  expect(client.context).toBe(before)
  expect(client.done).toBe(true)
})

test('signals are let go with the call', async () => {
  const control = new AbortController()
  const { getEventListeners } = require('node:events')
  const credential = accounts({ [USER]: PASSWORD })
  const [client, server] = ends('NTLM', {}, { credential, signal: control.signal })
  await new Exchange(client, server).runAsync()
  expect(getEventListeners(control.signal, 'abort')).toEqual([])
})

test('inspecting a handshake says where it is', () => {
  const [client, server] = ends()
  expect(util.inspect(client)).toBe('Handshake { NTLM, initiator, running }')
  new Exchange(client, server).run()
  expect(util.inspect(server)).toBe('Handshake { NTLM, acceptor, done }')
  server.close()
  expect(util.inspect(server)).toBe('Handshake { NTLM, acceptor, closed }')
})

test('handshakes come of initiate and accept alone', () => {
  expect(() => new anysspi.Handshake()).toThrow(TypeError)
  expect(() => new anysspi.Context()).toThrow(TypeError)
})

test('a datagram handshake starts with the server', () => {
  const flags = { request: ['DATAGRAM'] }
  const [client, server] = ends('NTLM', flags, flags)
  expect(client.step()).toHaveLength(0)
  const proof = client.step(server.speakFirst())
  expect(server.step(proof)).toBeNull()
  expect(server.context.client).toBe(USER)
  expect(() => server.speakFirst()).toThrow(anysspi.OutOfSequence)
})

test('a token that is given away in a look-up is not missed', () => {
  const before = []
  const { server, proof } = pendingServer(() => {
    structuredClone(token, { transfer: [token.buffer] })
    // Another handshake in the look-up has the native half to itself.
    before.push(...pair())
    return { name: USER, password: PASSWORD }
  })
  const token = new Uint8Array(proof)
  expect(server.step(token)).toBeNull()
  expect(token).toHaveLength(0)
  expect(before.map((context) => context.client)).toEqual([USER, USER])
})

test('peers with certificates know each other, and nobody else', () => {
  const pem = (name) => fs.readFileSync(path.join(__dirname, `../vectors/pku2u/${name}.pem`))
  const one = (name, trusted) => [
    anysspi.Certificate.fromPem(pem(name)),
    anysspi.TrustedRoots.fromPem(pem(trusted)),
  ]
  const exchange = (trusted) =>
    new Exchange(
      anysspi.initiate('PKU2U', { target: 'HTTP/server', credential: one('alice', 'server') }),
      anysspi.accept('PKU2U', { credential: one('server', trusted) }),
    )
  const [client, server] = exchange('alice').run()
  expect(server.client).toBe('alice\\alice')
  expect(server.unwrap(client.wrap(Buffer.from('hello')))).toEqual(Buffer.from('hello'))
  expect(() => exchange('server').run()).toThrow(anysspi.UntrustedRoot)
})
