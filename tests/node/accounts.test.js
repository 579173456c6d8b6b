// Account stores: files, maps, lists, and functions of the application.
const { mkdtempSync, rmSync, utimesSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const anysspi = require('../../bindings-node')
const {
  PASSWORD,
  PENDING,
  USER,
  ends,
  pair,
  pendingServer,
  readCases,
  rejectionOf,
  runNode,
  thrownBy,
  unhex,
} = require('./support')

const { InternalError, InvalidParameter, LogonDenied, OutOfSequence, SspiError } = anysspi
const { accounts, accountsFile, ntHash, password } = anysspi
const HASH = 'a4f49c406510bdcab6824ee7c30fd852'
const ALICE = { name: USER, password: PASSWORD }
const CASES = readCases('accounts.json')
const NT_STATUS = {
  disabled: 0xc0000072,
  expired: 0xc0000193,
  locked: 0xc0000234,
  password_expired: 0xc0000071,
  must_change_password: 0xc0000224,
  outside_logon_hours: 0xc000006f,
  workstation_not_allowed: 0xc0000070,
}

const folder = mkdtempSync(join(tmpdir(), 'anysspi-'))
const file = join(folder, 'accounts')
afterAll(() => rmSync(folder, { recursive: true }))

const serving = (store) => ({ credential: accounts(store) })

/** The accounts that the lines of a file stand for. */
function accountsOf({ file: lines }) {
  const states = { '[U': 'active', '[UD': 'disabled', '[UL': 'locked' }
  return lines.flatMap((line) => {
    const [first, second, ...rest] = line.split(':')
    if (rest.length > 2) {
      const state = states[rest[2].split(' ')[0]]
      return state ? [{ name: first, ntHash: unhex(rest[1]), state }] : []
    }
    if (!second) return []
    return [{ name: first ? `${first}\\${second}` : second, password: rest.join(':') }]
  })
}

function fileOf(shared) {
  writeFileSync(file, shared.file.join('\n'))
  return accountsFile(file)
}

const byName = (shared) => accountsOf(shared).map(({ name, ...rest }) => [name, rest])
const STORES = [
  ['a file', fileOf],
  ['an array', (shared) => accounts(accountsOf(shared))],
  ['a Map', (shared) => accounts(new Map(byName(shared)))],
  ['an object', (shared) => accounts(Object.fromEntries(byName(shared)))],
]

describe.each(STORES)('the shared cases pass with %s', (_, make) => {
  test.each(CASES.filter(([, shared]) => !shared.refused))('%s', (_, shared) => {
    const server = { credential: make(shared) }
    const all = accountsOf(shared)
    for (const { domain, found, nt_hash: hash, state, user } of shared.look_ups) {
      const known = all.filter((account) => account.name === found)
      expect(known).toHaveLength(found === null ? 0 : 1)
      if (hash) known.push({ ntHash: unhex(hash) })
      // Of a user that nobody knows, no key of the others is the right one.
      const tried = found === null ? [ALICE, ...all] : known
      for (const account of tried) {
        const options = { domain: domain || undefined }
        const credential = account.ntHash
          ? ntHash(user, account.ntHash, options)
          : password(user, account.password, options)
        if (found !== null && !state) {
          expect(pair('NTLM', { credential }, server)[1].client).toBe(found)
          continue
        }
        const error = thrownBy(() => pair('NTLM', { credential }, server))
        expect(error).toBeInstanceOf(LogonDenied)
        expect(error.ntStatus).toBe(NT_STATUS[state] ?? null)
      }
    }
  })
})

test.each(CASES.filter(([, shared]) => shared.refused))('a file is refused: %s', (_, shared) => {
  const error = thrownBy(() => fileOf(shared))
  expect(error).toBeInstanceOf(SspiError)
  expect(error.message).toContain(shared.refused)
  expect(error.message).not.toContain('Password')
})

test('a file that is not there is named', () => {
  const error = thrownBy(() => accountsFile('/nowhere/at/all'))
  expect(error).toBeInstanceOf(SspiError)
  expect(error.message).toContain('/nowhere/at/all')
})

test('a file is read anew when it changes', () => {
  writeFileSync(file, 'CORP:alice:before')
  const server = { credential: accountsFile(file) }
  const login = (secret) => pair('NTLM', { credential: password(USER, secret) }, server)
  expect(login('before')[1].client).toBe(USER)
  writeFileSync(file, 'CORP:alice:after!')
  utimesSync(file, 2_000_000_000, 2_000_000_000)
  expect(login('after!')[1].client).toBe(USER)
  expect(() => login('before')).toThrow(LogonDenied)
})

test.each([
  ['a Map of passwords', () => new Map([[USER, PASSWORD]]), (store) => store.clear()],
  ['an object of passwords', () => ({ [USER]: PASSWORD }), (store) => delete store[USER]],
  [
    'an object of accounts',
    () => ({ [USER]: { password: PASSWORD } }),
    (store) => delete store[USER],
  ],
  ['an array of accounts', () => [{ ...ALICE }], (store) => store.pop()],
])('%s is read once', (_, make, clear) => {
  const store = make()
  const server = serving(store)
  clear(store)
  expect(pair('NTLM', {}, server)[1].client).toBe(USER)
})

describe.each(Object.keys(NT_STATUS))('an account that is %s', (state) => {
  test('is told only to who knows the password', () => {
    const server = serving([{ ...ALICE, state }])
    const right = thrownBy(() => pair('NTLM', {}, server))
    expect(right).toBeInstanceOf(LogonDenied)
    expect(right.ntStatus).toBe(NT_STATUS[state])
    const wrong = thrownBy(() => pair('NTLM', { credential: password(USER, 'wrong') }, server))
    expect(wrong).toBeInstanceOf(LogonDenied)
    expect(wrong.ntStatus).toBeNull()
  })

  test('is refused by a look-up too', async () => {
    const { proof, server } = pendingServer(async () => ({ ...ALICE, state }))
    const error = await rejectionOf(server.stepAsync(proof))
    expect(error).toBeInstanceOf(LogonDenied)
    expect(error.ntStatus).toBe(NT_STATUS[state])
  })
})

test('an account ends at its time', () => {
  const expiring = (milliseconds) =>
    serving([{ ...ALICE, expiry: new Date(Date.now() + milliseconds) }])
  const error = thrownBy(() => pair('NTLM', {}, expiring(-3_600_000)))
  expect(error).toBeInstanceOf(LogonDenied)
  expect(error.ntStatus).toBe(NT_STATUS.expired)
  expect(pair('NTLM', {}, expiring(3_600_000))[1].client).toBe(USER)
})

test.each([
  [
    'neither password nor hash',
    () => accounts([{ name: USER }]),
    InvalidParameter,
    /password or an NT hash/,
  ],
  [
    'both',
    () => accounts([{ ...ALICE, ntHash: unhex(HASH) }]),
    InvalidParameter,
    /password or an NT hash/,
  ],
  [
    'a short hash',
    () => accounts([{ name: USER, ntHash: new Uint8Array(15) }]),
    InvalidParameter,
    /NT hash.*16 bytes, not 15/,
  ],
  [
    'an unknown state',
    () => accounts([{ ...ALICE, state: 'tired' }]),
    InvalidParameter,
    /state.*locked.*not "tired"/,
  ],
  [
    'no date',
    () => accounts([{ ...ALICE, expiry: 'now' }]),
    TypeError,
    /expiry must be a Date, not string/,
  ],
  [
    'a date that is none',
    () => accounts([{ ...ALICE, expiry: new Date('never') }]),
    TypeError,
    /expiry/,
  ],
  [
    'no name',
    () => accounts([{ password: PASSWORD }]),
    TypeError,
    /store\[0\]\.name must be a string/,
  ],
  ['a name alone', () => accounts([USER]), TypeError, /store\[0\] must be an account, not string/],
  [
    'a password that is a number',
    () => accounts({ alice: 3 }),
    TypeError,
    /alice must be a password or an account/,
  ],
  [
    'no store',
    () => accounts(),
    TypeError,
    /store must be a Map, an object, an array or a function/,
  ],
  ['a number', () => accounts(3), TypeError, /store must be/],
  ['a string', () => accounts('alice'), TypeError, /store must be/],
  [
    'a promise, which somebody forgot to await',
    () => accounts(Promise.resolve({})),
    TypeError,
    /store must be/,
  ],
  ['a Set', () => accounts(new Set([ALICE])), TypeError, /store must be/],
  ['a path that is none', () => accountsFile(3), TypeError, /path must be a string/],
])('what is no account store is refused: %s', (_, make, kind, text) => {
  const error = thrownBy(make)
  expect(error).toBeInstanceOf(kind)
  expect(error.message).toMatch(text)
  expect(error.message).not.toContain(PASSWORD)
})

describe.each(['NTLM', 'Negotiate'])('a look-up of %s', (packageName) => {
  test.each([
    ['a function', (answer) => () => answer],
    ['an async function', (answer) => async () => answer],
    [
      'a function with a promise',
      (answer) => () => new Promise((resolve) => setTimeout(resolve, 5, answer)),
    ],
  ])('%s is asked for the names as they were sent', async (_, made) => {
    const asked = []
    const answer = made({ name: '', password: PASSWORD })
    const lookUp = (...names) => {
      asked.push(names)
      return answer()
    }
    const client = { credential: password('Corp\\ALICE', PASSWORD) }
    const [initiator, acceptor] = ends(packageName, client, serving(lookUp))
    let token = initiator.step()
    while (token !== null) {
      token = await acceptor.stepAsync(token)
      token = token && initiator.step(token)
    }
    expect(asked).toEqual([['ALICE', 'Corp', 'NTLM']])
    expect(acceptor.context.client).toBe('Corp\\ALICE')
  })
})

test('a plain function serves the synchronous calls', () => {
  expect(
    pair(
      'Negotiate',
      {},
      serving(() => ALICE),
    )[1].client,
  ).toBe(USER)
  const hashed = serving(() => ({ name: USER, ntHash: unhex(HASH) }))
  const credential = password(USER, 'Password')
  expect(pair('NTLM', { credential }, hashed)[1].client).toBe(USER)
})

test.each([null, undefined])('a look-up that gives %s refuses', async (nobody) => {
  const sync = pendingServer(() => nobody)
  expect(() => sync.server.step(sync.proof)).toThrow(LogonDenied)
  const later = pendingServer(async () => nobody)
  await expect(later.server.stepAsync(later.proof)).rejects.toThrow(LogonDenied)
})

const PROBLEMS = [
  ['an Error', new Error('no database')],
  ['a TypeError', new TypeError('no function')],
  ['an error of the library', new LogonDenied('no')],
  ['a string', 'no database'],
  ['null', null],
  ['undefined', undefined],
  ['a symbol', Symbol('no')],
  ['an object without a prototype', Object.create(null)],
  [
    'an error that does not say its message',
    Object.defineProperty(new Error('x'), 'message', { get: () => Symbol('y') }),
  ],
]

describe.each(PROBLEMS)('what a look-up throws is the cause: %s', (_, problem) => {
  const failing = () => {
    throw problem
  }

  function expectCause(error) {
    expect(error).toBeInstanceOf(InternalError)
    expect(error).toHaveProperty('cause')
    expect(Object.is(error.cause, problem)).toBe(true)
  }

  test('thrown in a synchronous call', () => {
    const { proof, server } = pendingServer(failing, {}, 'Negotiate')
    for (const call of [() => server.step(proof), () => server.next(), () => server.context])
      expectCause(thrownBy(call))
  })

  test.each([
    ['thrown', failing],
    ['rejected', async () => Promise.reject(problem)],
  ])('%s in an asynchronous call', async (_, lookUp) => {
    // In time: what is not passed on would leave the call hanging.
    const { proof, server } = pendingServer(lookUp, { signal: AbortSignal.timeout(3000) })
    expectCause(await rejectionOf(server.stepAsync(proof)))
    expectCause(thrownBy(() => server.step()))
  })
})

describe.each(['secret', 3, true, {}, [], Buffer.from('secret'), password(USER, 'secret')])(
  'a look-up that gives nonsense is told so: %p',
  (nonsense) => {
    function expectTold(error) {
      expect(error).toBeInstanceOf(InvalidParameter)
      expect(error.cause).toBeInstanceOf(TypeError)
      expect(error.message).toContain('the account that the look-up gives')
      expect(error.message).not.toContain('secret')
    }

    test('now', () => {
      const { proof, server } = pendingServer(() => nonsense)
      expectTold(thrownBy(() => server.step(proof)))
    })

    test('later', async () => {
      const { proof, server } = pendingServer(async () => nonsense)
      expectTold(await rejectionOf(server.stepAsync(proof)))
    })
  },
)

test.each([
  ['neither password nor hash', { name: USER }, /password or an NT hash/],
  ['a short hash', { name: USER, ntHash: new Uint8Array(15) }, /16 bytes, not 15/],
  ['an unknown state', { ...ALICE, state: 'tired' }, /"tired"/],
])('a look-up that gives an account with %s is told so', async (_, account, text) => {
  const { proof, server } = pendingServer(async () => account)
  const error = await rejectionOf(server.stepAsync(proof))
  expect(error).toBeInstanceOf(InvalidParameter)
  expect(error.message).toMatch(text)
})

test('a promise in a synchronous call is refused with a hint', () => {
  const { proof, server } = pendingServer(async () => {
    throw new Error('nobody hears this')
  })
  const error = thrownBy(() => server.step(proof))
  expect(error).toBeInstanceOf(InvalidParameter)
  expect(error.message).toMatch(/promise.*for await, nextAsync or stepAsync/)
})

test('a look-up that enters its own handshake is refused', async () => {
  const entering = (call) => {
    const made = pendingServer(() => call(made.server))
    return made
  }
  const sync = entering((server) => server.step())
  expect(thrownBy(() => sync.server.step(sync.proof)).cause).toBeInstanceOf(OutOfSequence)
  const later = entering((server) => server.stepAsync())
  const error = await rejectionOf(later.server.stepAsync(later.proof))
  expect(error.cause).toBeInstanceOf(OutOfSequence)
})

test('a look-up may run another handshake', async () => {
  const sync = pendingServer(() => {
    const inner = serving(() => ALICE)
    expect(pair('Negotiate', {}, inner)[1].client).toBe(USER)
    return ALICE
  })
  expect(sync.server.step(sync.proof)).toBeNull()
  const later = pendingServer(async () => {
    const inner = pendingServer(async () => ALICE)
    expect(await inner.server.stepAsync(inner.proof)).toBeNull()
    return ALICE
  })
  expect(await later.server.stepAsync(later.proof)).toBeNull()
})

test.each(['step', 'stepAsync'])(
  'a handshake that its look-up closes has no context: %s',
  async (way) => {
    const { proof, server } = pendingServer(() => {
      server.close()
      return ALICE
    })
    const error = await rejectionOf((async () => server[way](proof))())
    expect(error).toBeInstanceOf(OutOfSequence)
    expect(error.message).toContain('closed')
  },
)

test('a look-up that never answers ends with the signal, and the answer is dropped', async () => {
  const control = new AbortController()
  let answer
  const lookUp = () =>
    new Promise((resolve) => {
      answer = resolve
      setImmediate(() => control.abort(new Error('enough')))
    })
  const { proof, server } = pendingServer(lookUp, { signal: control.signal })
  await expect(server.stepAsync(proof)).rejects.toThrow('enough')
  answer(ALICE)
  await new Promise(setImmediate)
  expect(server.done).toBe(false)
  expect(() => server.context).toThrow()
})

test('look-ups of many handshakes do not get mixed up', async () => {
  const names = Array.from({ length: 30 }, (_, at) => `user${at}`)
  const lookUp = (user) =>
    new Promise((resolve) =>
      setTimeout(resolve, Math.random() * 20, { name: user, password: user }),
    )
  const credential = new anysspi.Credential('NTLM', accounts(lookUp))
  const logins = names.map(async (name) => {
    const [client, server] = ends('NTLM', { credential: password(name, name) }, { credential })
    await server.stepAsync(client.step(await server.stepAsync(client.step())))
    return server.context.client
  })
  expect(await Promise.all(logins)).toEqual(names)
})

test('a look-up is called without a handshake in its hands', () => {
  let self = 'not called'
  const store = {
    lookUp() {
      self = this
      return ALICE
    },
  }
  pair('NTLM', {}, serving(store.lookUp))
  expect(self === undefined || self === globalThis).toBe(true)
})

test('a store is let go with its last handshake', async () => {
  const { code, err } = await runNode(
    `${PENDING}
    let freed = 0
    const registry = new FinalizationRegistry(() => { freed += 1 })
    function once() {
      const lookUp = () => ({ name: 'alice', password: 'secret' })
      registry.register(lookUp)
      const { server, proof } = pendingServer(lookUp)
      server.step(proof)
      server.close()
    }
    for (let at = 0; at < 10; at++) once()
    async function collected() {
      for (let at = 0; at < 50 && freed < 9; at++) {
        global.gc()
        await new Promise(setImmediate)
      }
      process.exit(freed >= 9 ? 0 : 1)
    }
    collected()`,
    '--expose-gc',
  )
  expect({ code, err }).toEqual({ code: 0, err: '' })
})
