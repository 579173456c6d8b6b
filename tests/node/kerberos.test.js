// Kerberos: logins in a realm in a box, who asks its KDC, who the client is, messages of every type of key.
const fs = require('node:fs')
const net = require('node:net')
const os = require('node:os')
const path = require('node:path')
const util = require('node:util')
const anysspi = require('../../bindings-node')
const raw = require('../../bindings-node/raw')
const { Realm, Serving } = require('../../bindings-node/realm')
const { Exchange, rejectionOf, runNode, thrownBy } = require('./support')

const { Credential, CredentialCache, Keytab, channelBindings, password } = anysspi

const REALM = 'EXAMPLE.TEST'
const WEB = 'HTTP/web.example.test'
const OTHER = 'HTTP/other.example.test'
const ALICE = `alice@${REALM}`
const PASSWORD = 'Passw0rd!'
const TYPES = [
  'aes128-cts-hmac-sha1-96',
  'aes256-cts-hmac-sha1-96',
  'aes128-cts-hmac-sha256-128',
  'aes256-cts-hmac-sha384-192',
  'rc4-hmac',
]

function realmOf(service = {}) {
  const made = new Realm(REALM)
  made.addUser('alice', PASSWORD, { groups: [512, 1105] })
  made.addUser('bob', PASSWORD)
  made.addService(WEB, service)
  made.addService(OTHER)
  return made
}

const realm = realmOf()
const KEYS = realm.keytab(WEB)
const TICKETS = realm.tickets('alice', WEB)

const client = (options, packageName = 'Kerberos') =>
  anysspi.initiate(packageName, { target: WEB, credential: TICKETS, ...options })
const server = (options, packageName = 'Kerberos') =>
  anysspi.accept(packageName, { credential: KEYS, ...options })
const pair = (ofClient, ofServer) => new Exchange(client(ofClient), server(ofServer)).run()

/** With a password alone: the tickets have to be asked for. */
const asking = (kdc, options) => ({ credential: password(ALICE, PASSWORD), kdc, ...options })

const refusal = (ofClient, ofServer) => thrownBy(() => pair(ofClient, ofServer))

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'anysspi-kerberos-'))
afterAll(() => fs.rmSync(directory, { recursive: true }))

function fileOf(name, data) {
  const file = path.join(directory, name)
  fs.writeFileSync(file, data, { mode: 0o600 })
  return file
}

// Who logs in, and in which form of the loop.

const LOOPS = {
  'for…of'(one, other) {
    for (const token of one) {
      expect(token).toBeInstanceOf(Buffer)
      const answer = other.step(token)
      if (!one.done) one.receive(answer)
    }
  },
  step(one, other) {
    expect(one.step(other.step(one.step()))).toBeNull()
  },
  next(one, other) {
    const { value } = other.next(one.next().value)
    expect(one.next(value)).toEqual({ value: one.context, done: true })
  },
  async 'for await'(one, other) {
    for await (const token of one) {
      const answer = await other.stepAsync(token)
      if (!one.done) one.receive(answer)
    }
  },
  async nextAsync(one, other) {
    const { value } = await other.nextAsync((await one.nextAsync()).value)
    expect(await one.nextAsync(value)).toEqual({ value: one.context, done: true })
  },
  async stepAsync(one, other) {
    expect(await one.stepAsync(await other.stepAsync(await one.stepAsync()))).toBeNull()
  },
}
const LATER = ['for await', 'nextAsync', 'stepAsync']

const CLIENTS = {
  'tickets of a cache': () => ({ credential: TICKETS }),
  'the file of a cache': () => ({
    credential: new CredentialCache(`FILE:${fileOf('cache', TICKETS.toBytes())}`),
  }),
  'the keytab of a user': () => ({ credential: realm.keytab('alice'), kdc: realm.carry }),
  'a password, and the KDC': () => asking(realm.carry),
  'a function': () => asking((name, message) => realm.carry(name, message)),
  'one that gives other bytes': () =>
    asking((_, message) => new Uint8Array(realm.answer(message)).buffer),
}

describe.each(Object.keys(LOOPS))('%s', (way) => {
  async function logIn(options) {
    const [one, other] = [client(options), server()]
    await LOOPS[way](one, other)
    expect([one.done, other.done]).toEqual([true, true])
    expect(other.context.client).toBe(`${REALM}\\alice`)
    expect(other.context.sessionKey).toEqual(one.context.sessionKey)
    expect(other.context.flags).toContain('MUTUAL_AUTH')
    expect([one.context.package.name, one.context.target]).toEqual(['Kerberos', WEB])
  }

  test.each(Object.keys(CLIENTS))('with %s', (name) => logIn(CLIENTS[name]()))

  if (LATER.includes(way)) {
    test('with an async function', async () => {
      const asked = []
      await logIn(
        asking(async (name, message) => {
          asked.push([name, message])
          await new Promise(setImmediate)
          return realm.answer(message)
        }),
      )
      expect(asked.map(([name]) => new Set([name]))).toEqual(asked.map(() => new Set([REALM])))
      for (const [, message] of asked) expect(message).toBeInstanceOf(Buffer)
    })
  }
})

test('without mutual authentication one token is all', () => {
  const [one, other] = [client({ without: ['MUTUAL_AUTH'] }), server({ relax: ['MUTUAL_AUTH'] })]
  expect(other.step(one.step())).toBeNull()
  expect([one.done, other.done]).toEqual([true, true])
  expect(other.context.flags).not.toContain('MUTUAL_AUTH')
  expect(other.context.unwrap(one.context.wrap(Buffer.from('hello')))).toEqual(Buffer.from('hello'))
  const error = refusal({ without: ['MUTUAL_AUTH'] }, { require: ['MUTUAL_AUTH'] })
  expect(error).toBeInstanceOf(anysspi.MutualAuthFailed)
})

test('a KDC is asked over a socket', async () => {
  const serving = realm.serve()
  try {
    expect(serving).toBeInstanceOf(Serving)
    expect(serving.krb5Conf).toContain(`127.0.0.1:${serving.port}`)
    expect(util.inspect(serving)).toBe(`Serving { port ${serving.port} }`)
    const carry = async (name, message) => {
      expect(name).toBe(REALM)
      const socket = net.connect(serving.port, '127.0.0.1')
      const length = Buffer.alloc(4)
      length.writeUInt32BE(message.length)
      socket.write(Buffer.concat([length, message]))
      let answer = Buffer.alloc(0)
      for await (const chunk of socket) {
        answer = Buffer.concat([answer, chunk])
        if (answer.length >= 4 && answer.length >= 4 + answer.readUInt32BE()) break
      }
      return answer.subarray(4)
    }
    const [, ofServer] = await new Exchange(client(asking(carry)), server()).runAsync()
    expect(ofServer.client).toBe(`${REALM}\\alice`)
  } finally {
    serving.stop()
    serving.stop()
  }
  const { port } = serving
  const error = await new Promise((resolve) =>
    net.connect(port, '127.0.0.1').once('error', resolve),
  )
  expect(error.code).toBe('ECONNREFUSED')
})

test('credentials that are shared ask once', () => {
  let asked = 0
  const kdc = (name, message) => {
    asked += 1
    return realm.carry(name, message)
  }
  const credential = new Credential('Kerberos', password(ALICE, PASSWORD))
  expect(credential.name).toBe(ALICE)
  pair({ credential, kdc })
  const once = asked
  expect(once).toBeGreaterThan(1)
  for (const _ of [1, 2, 3]) pair({ credential, kdc })
  expect(asked).toBe(once)
  pair({ credential })
  expect(new Credential('Kerberos', TICKETS).expiry.getTime()).toBeGreaterThan(Date.now())
})

test('another realm that is trusted lets its clients in', () => {
  const elsewhere = new Realm('ELSEWHERE.TEST')
  elsewhere.addService('HTTP/web.elsewhere.test')
  const home = realmOf()
  home.trust(elsewhere)
  const asked = []
  const kdc = (name, message) => {
    asked.push(name)
    return (name === REALM ? home : elsewhere).answer(message)
  }
  const credential = elsewhere.keytab('HTTP/web.elsewhere.test')
  const there = { target: 'HTTP/web.elsewhere.test' }
  const [, ofServer] = pair(asking(kdc, there), { credential })
  expect(ofServer.client).toBe(`${REALM}\\alice`)
  expect(new Set(asked)).toEqual(new Set([REALM, 'ELSEWHERE.TEST']))
  expect(ofServer.peer).toMatchObject({ user: 'alice', realm: REALM, hasPac: false, sid: null })
  expect(ofServer.peer.isMemberOf(`${home.domainSid}-513`)).toBe(false)
  // Its clients have no PAC.
  expect(refusal(asking(kdc, there), { credential, pacPolicy: 'always' })).toBeInstanceOf(
    anysspi.SspiError,
  )
  const [, passed] = pair(asking(kdc, there), { credential, pacPolicy: 'when_present' })
  expect(passed.peer.user).toBe('alice')
})

// Who cannot be asked.

const CARRIERS = {
  'one that throws': () => {
    throw new Error('the network is away')
  },
  'one that throws what is no Error': () => {
    throw 'the network is away'
  },
}
const LATER_CARRIERS = {
  ...CARRIERS,
  'one that rejects': async () => {
    throw new Error('the network is away')
  },
}
const MANY = { packages: ['Kerberos', 'NTLM'] }
const both = () => [KEYS, anysspi.accounts({ [ALICE]: PASSWORD })]

describe.each(Object.keys(LATER_CARRIERS))('%s', (name) => {
  const kdc = LATER_CARRIERS[name]

  test('is an error of Kerberos', async () => {
    const one = client(asking(kdc))
    const error = await rejectionOf(one.stepAsync())
    expect(error).toBeInstanceOf(anysspi.NoAuthenticatingAuthority)
    expect(error.message).toContain('the network is away')
    expect(error.cause).toBeUndefined()
    // A handshake that has failed stays failed.
    expect(thrownBy(() => one.step()).message).toBe(error.message)
    if (name in CARRIERS) {
      expect(thrownBy(() => client(asking(kdc)).step()).message).toBe(error.message)
    }
  })

  test('lets Negotiate go on with NTLM', async () => {
    const ends = () => [
      client(asking(kdc, MANY), 'Negotiate'),
      server({ credential: both() }, 'Negotiate'),
    ]
    const runs = [await new Exchange(...ends()).runAsync()]
    if (name in CARRIERS) runs.push(new Exchange(...ends()).run())
    for (const [ofClient, ofServer] of runs) {
      expect(ofClient.negotiatedPackage.name).toBe('NTLM')
      expect(ofServer.clientUser).toContain('alice')
      expect(ofServer.peer).toBeNull()
      const [{ package: dropped, reason }] = ofClient.negotiation.dropped
      expect(dropped).toBe('Kerberos')
      expect(reason).toContain('the network is away')
    }
  })
})

test('a promise in a synchronous call is no answer, and Negotiate goes on without', () => {
  const kdc = async () => {
    throw new Error('nobody hears this')
  }
  const error = thrownBy(() => client(asking(kdc)).step())
  expect(error).toBeInstanceOf(anysspi.NoAuthenticatingAuthority)
  expect(error.message).toMatch(/promise.*for await, nextAsync or stepAsync/)
  const ends = [client(asking(kdc, MANY), 'Negotiate'), server({ credential: both() }, 'Negotiate')]
  expect(new Exchange(...ends).run()[0].negotiatedPackage.name).toBe('NTLM')
})

test.each([undefined, null, 'answer', 7, {}, [1, 2]])('%p is no answer', async (nonsense) => {
  const now = thrownBy(() => client(asking(() => nonsense)).step())
  const later = await rejectionOf(client(asking(async () => nonsense)).stepAsync())
  for (const error of [now, later]) {
    expect(error).toBeInstanceOf(anysspi.NoAuthenticatingAuthority)
    expect(error.message).toContain('the answer of kdc must be ')
  }
})

test('an answer that is none of a KDC is refused', async () => {
  for (const answer of [Buffer.alloc(0), Buffer.from('nonsense'), Buffer.alloc(70_000, 0x30)]) {
    expect(thrownBy(() => client(asking(() => answer)).step())).toBeInstanceOf(anysspi.SspiError)
    const later = await rejectionOf(client(asking(async () => answer)).stepAsync())
    expect(later).toBeInstanceOf(anysspi.SspiError)
  }
})

test('what is no function is refused', () => {
  for (const wrong of [realm, 'realm', 7, {}]) {
    expect(() => client({ kdc: wrong })).toThrow(/^kdc must be a function/)
  }
})

test('a function may run another handshake, and may not enter its own', () => {
  const nested = (name, message) => {
    expect(pair(asking(realm.carry))[1].client).toBe(`${REALM}\\alice`)
    return realm.carry(name, message)
  }
  expect(pair(asking(nested))[1].client).toBe(`${REALM}\\alice`)
  const own = client(
    asking((name, message) => {
      expect(() => own.step()).toThrow(anysspi.OutOfSequence)
      return realm.carry(name, message)
    }),
  )
  expect(own.step()).toBeInstanceOf(Buffer)
})

test('who is not let in hears why', () => {
  const of = (user, secret, target = WEB) =>
    refusal({ target, credential: password(user, secret), kdc: realm.carry })
  const wrong = of(ALICE, 'wrong')
  expect([wrong.code, wrong.kerberosCode]).toEqual(['SEC_E_LOGON_DENIED', 24])
  expect(wrong.message).not.toContain('wrong "')
  const unknown = of(`mallory@${REALM}`, PASSWORD)
  expect([unknown.code, unknown.kerberosCode]).toEqual(['SEC_E_LOGON_DENIED', 6])
  const nowhere = of(ALICE, PASSWORD, 'HTTP/nowhere.example.test')
  expect([nowhere.code, nowhere.kerberosCode]).toEqual(['SEC_E_TARGET_UNKNOWN', 7])
  expect(of('alice', PASSWORD)).toBeInstanceOf(anysspi.NoCredentials)
  const elsewhere = of('alice@ELSEWHERE.TEST', PASSWORD)
  expect(elsewhere.message).toContain(`${REALM} is not the realm ELSEWHERE.TEST`)
  expect(refusal(asking(undefined))).toBeInstanceOf(anysspi.NoAuthenticatingAuthority)
  expect(refusal({ target: undefined })).toBeInstanceOf(anysspi.TargetUnknown)
})

// Functions that have not answered yet.

describe('while a KDC is asked', () => {
  /** A client whose question is not answered until it may be. */
  async function blocked(options) {
    let leave
    let entered
    const inside = new Promise((resolve) => {
      entered = resolve
    })
    const left = new Promise((resolve) => {
      leave = resolve
    })
    const kdc = async (_, message) => {
      entered()
      await left
      return realm.answer(message)
    }
    const one = client(asking(kdc, options))
    const step = one.stepAsync()
    await inside
    return { leave, one, step }
  }

  test('a second call is refused, and the event loop goes on', async () => {
    const { leave, one, step } = await blocked()
    for (const call of [() => one.step(), () => one.next(), () => one.context]) {
      expect(() => call()).toThrow(/^SEC_E_OUT_OF_SEQUENCE: another call/)
    }
    await expect(one.stepAsync()).rejects.toThrow(anysspi.OutOfSequence)
    const others = Array.from({ length: 8 }, () => new Exchange(client(), server()).runAsync())
    for (const [, other] of await Promise.all(others)) expect(other.clientUser).toBe('alice')
    leave()
    const other = server()
    expect(one.step(other.step(await step))).toBeNull()
  })

  test('closing ends the call', async () => {
    const { one, step } = await blocked()
    one.close()
    await expect(step).rejects.toThrow(/^SEC_E_OUT_OF_SEQUENCE: .*closed/)
  })

  test('an AbortSignal ends the call with its reason', async () => {
    const control = new AbortController()
    const { leave, one, step } = await blocked({ signal: control.signal })
    const reason = new Error('the user went away')
    control.abort(reason)
    expect(await rejectionOf(step)).toBe(reason)
    leave()
    await new Promise(setImmediate)
    expect(one.done).toBe(false)
    expect(() => one.step()).toThrow()
  })

  test('more handshakes than libuv has threads wait at once', async () => {
    const many = await Promise.all(Array.from({ length: 12 }, () => blocked()))
    for (const { leave } of many) leave()
    for (const { step } of many) expect(await step).toBeInstanceOf(Buffer)
  })
})

/** For code in a process of its own: a client, and a KDC that answers its question. */
const STAGE = `
  const anysspi = require('./bindings-node')
  const { Realm } = require('./bindings-node/realm')
  const realm = new Realm('${REALM}')
  realm.addUser('alice', '${PASSWORD}')
  realm.addService('${WEB}')
  const client = (kdc, options) => anysspi.initiate('Kerberos', {
    target: '${WEB}', credential: anysspi.password('${ALICE}', '${PASSWORD}'), kdc, ...options,
  })
`

test('a function that never answers keeps the process alive until its handshake is closed', async () => {
  const { code, err } = await runNode(`${STAGE}
    const one = client(() => new Promise(() => {}))
    one.stepAsync().catch((error) => {
      process.exitCode = error instanceof anysspi.OutOfSequence ? 0 : 5
    })
    setTimeout(() => one.close(), 200).unref()
    // Before that it would have ended with another code.
    process.exitCode = 3
  `)
  expect({ code, err }).toEqual({ code: 0, err: '' })
})

test('each thread asks its own functions', async () => {
  const { code, err, out } = await runNode(`
    const { Worker, isMainThread, parentPort, threadId } = require('node:worker_threads')
    const threads = 4
    const work = \`${STAGE}
      const { parentPort, threadId } = require('node:worker_threads')
      async function run() {
        const asked = new Set()
        const keytab = realm.keytab('${WEB}')
        for (let at = 0; at < 20; at++) {
          const kdc = async (name, message) => {
            asked.add(threadId)
            await new Promise(setImmediate)
            return realm.carry(name, message)
          }
          const [one, other] = [client(kdc), anysspi.accept('Kerberos', { credential: keytab })]
          await one.stepAsync(await other.stepAsync(await one.stepAsync()))
          if (other.context.clientUser !== 'alice') throw new Error(other.context.client)
        }
        return asked.size === 1 && asked.has(threadId)
      }
      run().then((right) => parentPort.postMessage(right))
    \`
    const all = Array.from({ length: threads }, () => new Promise((resolve, reject) => {
      new Worker(work, { eval: true }).once('message', resolve).once('error', reject)
    }))
    Promise.all(all).then((right) => console.log(right.join()))
  `)
  expect({ code, err, out }).toEqual({ code: 0, err: '', out: 'true,true,true,true\n' })
})

test('a worker may be ended while its question is not answered', async () => {
  const { code, err } = await runNode(`
    const { Worker } = require('node:worker_threads')
    const work = \`${STAGE}
      const { parentPort } = require('node:worker_threads')
      client(() => { parentPort.postMessage('asked'); return new Promise(() => {}) }).stepAsync()
    \`
    const worker = new Worker(work, { eval: true })
    worker.once('message', () => worker.terminate().then(() => process.exit(0)))
  `)
  expect({ code, err }).toEqual({ code: 0, err: '' })
})

test.each(['now', 'later'])('a function is let go with its handshake: %s', async (way) => {
  const { code, err } = await runNode(
    `${STAGE}
    let freed = 0
    const registry = new FinalizationRegistry(() => { freed += 1 })
    async function once() {
      const kdc = ${way === 'later' ? 'async' : ''} (name, message) => realm.carry(name, message)
      registry.register(kdc)
      const one = client(kdc)
      ${way === 'later' ? 'await one.stepAsync()' : 'one.step()'}
    }
    async function run() {
      for (let at = 0; at < 10; at++) await once()
      for (let at = 0; at < 50 && freed < 9; at++) {
        global.gc()
        await new Promise(setImmediate)
      }
      process.exit(freed >= 9 ? 0 : 1)
    }
    run()`,
    '--expose-gc',
  )
  expect({ code, err }).toEqual({ code: 0, err: '' })
})

// Negotiate.

test('Negotiate prefers Kerberos', async () => {
  const accounts = anysspi.accounts({ [ALICE]: PASSWORD })
  for (const credential of [TICKETS, [TICKETS, password(ALICE, PASSWORD)]]) {
    const ends = () => [
      client({ credential }, 'Negotiate'),
      server({ credential: [KEYS, accounts] }, 'Negotiate'),
    ]
    for (const [ofClient, ofServer] of [
      new Exchange(...ends()).run(),
      await new Exchange(...ends()).runAsync(),
    ]) {
      expect(ofClient.negotiatedPackage.name).toBe('Kerberos')
      expect(ofServer.negotiation).toMatchObject({ chosen: 'Kerberos' })
      expect([ofServer.client, ofServer.peer.realm]).toEqual([`${REALM}\\alice`, REALM])
      expect(ofServer.flags).toContain('MUTUAL_AUTH')
      expect(ofServer.unwrap(ofClient.wrap(Buffer.from('hello'))).toString()).toBe('hello')
    }
  }
})

test('Negotiate asks a KDC where it is told how', async () => {
  for (const kdc of [realm.carry, async (_, message) => realm.answer(message)]) {
    const ends = [client(asking(kdc), 'Negotiate'), server({ credential: both() }, 'Negotiate')]
    const [ofClient, ofServer] = await new Exchange(...ends).runAsync()
    expect(ofClient.negotiatedPackage.name).toBe('Kerberos')
    expect(ofServer.peer.user).toBe('alice')
  }
})

test('Negotiate falls back to NTLM', () => {
  const run = (ofClient, ofServer) =>
    new Exchange(
      client({ credential: [TICKETS, password(ALICE, PASSWORD)], ...ofClient }, 'Negotiate'),
      server({ credential: both(), ...ofServer }, 'Negotiate'),
    ).run()
  for (const [ofClient, ofServer] of [
    [{ target: OTHER }],
    [{ target: 'HTTP/unknown.example.test', kdc: realm.carry }],
    [{ credential: password(ALICE, PASSWORD) }],
    [{}, { credential: anysspi.accounts({ [ALICE]: PASSWORD }) }],
    [{ withoutPackages: ['Kerberos'] }],
  ]) {
    const contexts = run(ofClient, ofServer)
    for (const context of contexts) expect(context.negotiatedPackage.name).toBe('NTLM')
    expect(contexts[1].peer).toBeNull()
  }
  const alone = { target: OTHER, packages: ['Kerberos'] }
  expect(thrownBy(() => run(alone))).toBeInstanceOf(anysspi.NoAuthenticatingAuthority)
})

// Who the client is.

test('a server knows its client', () => {
  const [ofClient, ofServer] = pair()
  const { peer } = ofServer
  const domain = realm.domainSid
  expect(domain).toMatch(/^S-1-5-21-\d+-\d+-\d+$/)
  expect(peer).toMatchObject({
    user: 'alice',
    realm: REALM,
    hasPac: true,
    account: 'alice',
    dnsDomain: REALM,
    upn: 'alice@example.test',
    sid: expect.stringMatching(new RegExp(`^${domain}-\\d+$`)),
    primaryGroup: `${domain}-513`,
    resourceGroups: [],
  })
  expect(new Set(peer.groups.map(({ sid }) => sid))).toEqual(
    new Set([513, 512, 1105].map((group) => `${domain}-${group}`)),
  )
  for (const { attributes, isEnabled } of peer.groups) {
    expect([attributes & 4, isEnabled]).toEqual([4, true])
  }
  for (const [sid, isMember] of [
    [peer.sid, true],
    [`${domain}-512`, true],
    [`${domain}-1105`.toLowerCase(), true],
    [`${domain}-1106`, false],
    [domain, false],
    ['S-1-5-32-544', false],
    ['', false],
  ]) {
    expect(peer.isMemberOf(sid)).toBe(isMember)
  }
  expect(() => peer.isMemberOf(512)).toThrow(TypeError)
  expect(Object.isFrozen(peer)).toBe(true)
  expect(util.inspect(peer)).toMatch(/^Peer \{/)
  expect(ofClient.peer).toBeNull()
  ofServer.close()
  expect(() => ofServer.peer).toThrow(anysspi.InvalidHandle)
})

test.each(['when_present', 'always', 'never'])('a PAC and the policy %s', (pacPolicy) => {
  const [, { peer }] = pair({}, { pacPolicy })
  expect(peer.hasPac).toBe(pacPolicy !== 'never')
  expect(peer.isMemberOf(`${realm.domainSid}-512`)).toBe(pacPolicy !== 'never')
  expect(peer.user).toBe('alice')
})

test('a policy has one of three names', () => {
  for (const wrong of ['sometimes', 7, {}]) {
    expect(() => server({ pacPolicy: wrong })).toThrow(/^pacPolicy must be one of/)
    expect(() => new raw.SecurityContext({ pacPolicy: wrong })).toThrow(/^pacPolicy must be one of/)
  }
})

test('a client delegates its tickets', () => {
  const [ofClient, ofServer] = pair({ require: ['DELEGATE'], kdc: realm.carry })
  for (const context of [ofClient, ofServer]) expect(context.flags).toContain('DELEGATE')
  const delegated = ofServer.delegated()
  expect(delegated).toBeInstanceOf(CredentialCache)
  expect(delegated.client).toBe(ALICE)
  expect(() => ofServer.delegated()).toThrow(anysspi.NoCredentials)
  expect(() => ofClient.delegated()).toThrow(anysspi.NoCredentials)
  const onwards = client({ credential: delegated, target: OTHER, kdc: realm.carry })
  const there = server({ credential: realm.keytab(OTHER) })
  expect(new Exchange(onwards, there).run()[1].client).toBe(`${REALM}\\alice`)
  expect(pair()[1].delegated()).toBeNull()
})

test('tickets are delegated where that is allowed', () => {
  const policy = (allow) => ({
    require: ['DELEGATE'],
    kdc: realm.carry,
    delegation: new anysspi.DelegationPolicy({ allow }),
  })
  expect(pair(policy(['HTTP/*.example.test']))[1].delegated().client).toBe(ALICE)
  expect(refusal(policy([])).code).toBe('SEC_E_DELEGATION_POLICY')
  expect(refusal(policy(['ldap/*'])).code).toBe('SEC_E_DELEGATION_POLICY')
})

test('users authenticate to users', () => {
  const [, ofServer] = pair(
    { target: 'bob', require: ['USE_SESSION_KEY'], kdc: realm.carry },
    { credential: realm.tickets('bob') },
  )
  expect([ofServer.clientUser, ofServer.flags.includes('USE_SESSION_KEY')]).toEqual(['alice', true])
})

// Bindings, targets, replays, keys.

test('channel bindings follow the policy', () => {
  const [right, wrong] = ['right', 'wrong'].map((data) => channelBindings(Buffer.from(data)))
  const here = { channelBindings: right }
  const [ofClient, ofServer] = pair(here, here)
  expect([ofClient.bindingsChecked, ofServer.bindingsChecked]).toEqual(['sent', 'verified'])
  expect(pair({}, here)[1].bindingsChecked).toBe('no')
  const never = { ...here, bindingPolicy: 'never' }
  expect(pair({ channelBindings: wrong }, never)[1].bindingsChecked).toBe('no')
  for (const [one, other] of [
    [{ channelBindings: wrong }, here],
    [{}, { ...here, bindingPolicy: 'always' }],
    [{ bindingPolicy: 'always' }, here],
  ]) {
    expect(refusal(one, other)).toBeInstanceOf(anysspi.BadBindings)
  }
})

test('a client means a service by one of its names', () => {
  const credential = realm.keytab(WEB, OTHER)
  for (const accepted of [WEB, WEB.toUpperCase(), 'HTTP@web.example.test', `${WEB}@${REALM}`]) {
    pair({}, { credential, acceptedTargets: [OTHER, accepted] })
  }
  const error = refusal({}, { credential, acceptedTargets: [OTHER] })
  expect(error).toBeInstanceOf(anysspi.WrongPrincipal)
})

test.each(['step', 'stepAsync'])('a request is taken once: %s', async (way) => {
  const shared = new Credential('Kerberos', KEYS)
  const token = client().step()
  expect(await server({ credential: shared })[way](token)).toBeInstanceOf(Buffer)
  const error = await rejectionOf((async () => server({ credential: shared })[way](token))())
  expect(error).toBeInstanceOf(anysspi.OutOfSequence)
  expect(error.kerberosCode).toBe(34)
  expect(anysspi.inspect(error.token).toString()).toContain('KRB-ERROR')
  // The same ticket serves again.
  expect(await server({ credential: shared })[way](client().step())).toBeInstanceOf(Buffer)
})

test('a client reads why it was refused', () => {
  const one = client()
  const error = thrownBy(() => server({ credential: realm.keytab(OTHER) }).step(one.step()))
  expect(error).toBeInstanceOf(anysspi.WrongPrincipal)
  expect(error.kerberosCode).toBe(35)
  const told = thrownBy(() => one.step(error.token))
  expect(told).toBeInstanceOf(anysspi.WrongPrincipal)
  expect(told.kerberosCode).toBe(35)
})

test('a key that is not the right one opens nothing', () => {
  const keyless = realmOf({ version: 2 })
  const error = refusal({}, { credential: keyless.keytab(WEB) })
  expect([error.code, error.kerberosCode]).toEqual(['SEC_E_NO_KERB_KEY', 44])
  const other = refusal({}, { credential: realmOf().keytab(WEB) })
  expect([other.code, other.kerberosCode]).toEqual(['SEC_E_MESSAGE_ALTERED', 31])
  for (const mask of [1, 0x80]) {
    const token = client().step()
    token[token.length - 3] ^= mask
    expect(() => server().step(token)).toThrow(anysspi.SspiError)
  }
})

// Messages.

test('DCE style has three legs', () => {
  const [one, other] = [client({ require: ['DCE_STYLE'] }), server()]
  const tokens = [one.step()]
  tokens.push(other.step(tokens[0]))
  expect([one.done, other.done]).toEqual([false, false])
  tokens.push(one.step(tokens[1]))
  expect(other.step(tokens[2])).toBeNull()
  expect(tokens.map((token) => token[0])).toEqual([0x6e, 0x6f, 0x6f])
  for (const context of [one.context, other.context]) expect(context.flags).toContain('DCE_STYLE')
  expect(one.context.sessionKey).toEqual(other.context.sessionKey)
  const reflected = [client({ require: ['DCE_STYLE'] }), server()]
  reflected[0].step()
  const answer = reflected[1].step(client({ require: ['DCE_STYLE'] }).step())
  expect(() => reflected[1].step(answer)).toThrow(anysspi.SspiError)
})

const SIZES = [0, 1, 7, 8, 9, 15, 16, 17, 255, 256, 4096, 65_536]
const message = (size) => Buffer.from(Uint8Array.from({ length: size }, (_, at) => at % 251))

describe.each(TYPES)('%s', (type) => {
  const own = realmOf({ encryptionTypes: [type] })
  const allow = type === 'rc4-hmac' ? { allow: ['RC4'] } : {}
  const tickets = { credential: own.tickets('alice', WEB), ...allow }
  const standing = (options) =>
    pair(
      { ...tickets, ...options },
      { credential: own.keytab(WEB), ...allow, relax: options?.without ?? [] },
    )
  const SIGNED = { without: ['CONFIDENTIALITY'] }

  test.each([
    ['sealed', {}],
    ['signed', SIGNED],
  ])('messages of every size open: %s', async (kind, options) => {
    const [ofClient, ofServer] = standing(options)
    const { keySize } = ofServer.query('KEY_INFO')
    expect(keySize).toBe(type.includes('256-cts') ? 256 : 128)
    for (const [here, there] of [
      [ofClient, ofServer],
      [ofServer, ofClient],
    ]) {
      for (const size of SIZES) {
        const plain = message(size)
        for (const given of [plain, new Uint8Array(plain), new Uint8Array(plain).buffer]) {
          const wrapped = here.wrap(given)
          expect(wrapped).toBeInstanceOf(Buffer)
          if (size >= 16) expect(wrapped.includes(plain)).toBe(kind === 'signed')
          const opened = size % 2 ? there.unwrap(wrapped) : await there.unwrapAsync(wrapped)
          expect(opened.equals(plain)).toBe(true)
        }
        const later = await here.wrapAsync(plain)
        const opened = size % 2 ? await there.unwrapAsync(later) : there.unwrap(later)
        expect(opened.equals(plain)).toBe(true)
        const signature = here.sign(plain)
        expect(signature).toHaveLength(here.sizes.maxSignature)
        there.verify(plain, signature)
      }
    }
  })

  test('what was changed, repeated or left out is refused', async () => {
    const [ofClient, ofServer] = standing()
    const [first, second, third] = ['1', '2', '3'].map((text) => ofClient.wrap(Buffer.from(text)))
    expect(ofServer.unwrap(first).toString()).toBe('1')
    expect(() => ofServer.unwrap(first)).toThrow(anysspi.OutOfSequence)
    await expect(ofServer.unwrapAsync(first)).rejects.toThrow(anysspi.OutOfSequence)
    const changed = Buffer.from(second)
    changed[changed.length - 1] ^= 1
    expect(() => ofServer.unwrap(changed)).toThrow(anysspi.MessageAltered)
    await expect(ofServer.unwrapAsync(changed)).rejects.toThrow(anysspi.MessageAltered)
    expect(() => ofServer.unwrap(third)).toThrow(anysspi.OutOfSequence)
    for (const length of [0, 1, 15, 16, 17, second.length - 1]) {
      expect(() => ofServer.unwrap(second.subarray(0, length))).toThrow(anysspi.SspiError)
    }
    // One's own is no message of the peer's.
    expect(() => ofClient.unwrap(second)).toThrow(anysspi.SspiError)
    expect(ofServer.unwrap(second).toString()).toBe('2')
    expect(ofServer.unwrap(third).toString()).toBe('3')
    const signature = ofClient.sign(Buffer.from('x'))
    expect(() => ofServer.verify(Buffer.from('y'), signature)).toThrow(anysspi.MessageAltered)
  })

  if (type !== 'rc4-hmac') {
    // RFC 4121 4.2.5: a peer may rotate what follows the header by as much as it likes.
    test.each([
      ['sealed', {}],
      ['signed', SIGNED],
    ])('messages open however they are rotated: %s', async (_, options) => {
      const [ofClient, ofServer] = standing(options)
      for (const size of [0, 1, 16, 100, 5000]) {
        for (const rotation of [0, 1, 12, 28, 44, 999]) {
          const plain = message(size)
          const wrapped = ofClient.wrap(plain)
          const body = wrapped.subarray(16)
          const before = wrapped.readUInt16BE(6) % body.length
          const turned = (by) => Buffer.concat([body.subarray(by), body.subarray(0, by)])
          turned((body.length + before - (rotation % body.length)) % body.length).copy(wrapped, 16)
          wrapped.writeUInt16BE(rotation, 6)
          const opened =
            rotation % 2 ? await ofServer.unwrapAsync(wrapped) : ofServer.unwrap(wrapped)
          expect(opened.equals(plain)).toBe(true)
        }
      }
    })
  }

  test('every key is of this type', () => {
    const [ofClient, ofServer] = standing()
    expect(ofClient.query('KEY_INFO')).toEqual(ofServer.query('KEY_INFO'))
    expect(ofClient.query('KEY_INFO').encryptionAlgorithmName).toBe(type)
    expect(ofClient.query('SESSION_KEY')).toEqual(ofServer.sessionKey)
  })
})

test('rc4-hmac has to be allowed on both sides', () => {
  const own = realmOf({ encryptionTypes: ['rc4-hmac'] })
  const [tickets, credential] = [own.tickets('alice', WEB), own.keytab(WEB)]
  const allow = ['RC4']
  expect(pair({ credential: tickets, allow }, { credential, allow })[1].clientUser).toBe('alice')
  for (const [one, other] of [
    [{ credential: tickets }, { credential, allow }],
    [{ credential: tickets, allow }, { credential }],
  ]) {
    expect(refusal(one, other)).toBeInstanceOf(anysspi.SspiError)
  }
})

// Keytabs and caches.

test('keytabs and caches are files, and their bytes', () => {
  expect(TICKETS.client).toBe(ALICE)
  const data = TICKETS.toBytes()
  const file = fileOf('tickets', data)
  for (const name of [file, `FILE:${file}`]) {
    const cache = new CredentialCache(name)
    expect([cache.client, cache.toBytes()]).toEqual([ALICE, data])
    expect(cache.kind).toBe('credential cache')
    pair({ credential: cache })
  }
  for (const form of [data, new Uint8Array(data), new Uint8Array(data).buffer]) {
    expect(CredentialCache.fromBytes(form).toBytes()).toEqual(data)
  }
  expect(KEYS.kind).toBe('keytab')
  expect(new CredentialCache(file)).toBeInstanceOf(anysspi.Identity)
})

test('a keytab is a file that is read when credentials are made of it', () => {
  const data = KEYS.toBytes()
  const file = path.join(directory, 'later.keytab')
  const keytab = new Keytab(file)
  expect(() => new Credential('Kerberos', keytab, { usage: 'INBOUND' })).toThrow(
    anysspi.NoCredentials,
  )
  fs.writeFileSync(file, data, { mode: 0o600 })
  expect(new Credential('Kerberos', keytab, { usage: 'INBOUND' }).package.name).toBe('Kerberos')
  for (const form of [data, new Uint8Array(data), new Uint8Array(data).buffer]) {
    expect(Keytab.fromBytes(form).toBytes()).toEqual(data)
    pair({}, { credential: Keytab.fromBytes(form) })
  }
  expect(keytab.toBytes()).toEqual(data)
  pair({}, { credential: keytab })
})

test('a file that is missing or damaged is named', () => {
  const missing = path.join(directory, 'no such file')
  for (const call of [
    () => new CredentialCache(missing).client,
    () => new CredentialCache(missing).toBytes(),
    () => new Keytab(missing).toBytes(),
    () => client({ credential: new CredentialCache(missing) }),
    () => new Credential('Kerberos', new CredentialCache(missing)),
    () => server({ credential: new Keytab(missing) }),
  ]) {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(anysspi.NoCredentials)
    expect(error.message).toContain(missing)
  }
  const cut = TICKETS.toBytes().subarray(0, -7)
  const damaged = fileOf('damaged', cut)
  for (const call of [
    () => new CredentialCache(damaged).client,
    () => client({ credential: new CredentialCache(damaged) }),
    () => server({ credential: new Keytab(damaged) }),
  ]) {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(anysspi.InvalidParameter)
    expect(error.message).toContain(damaged)
    expect(error.message).toMatch(/at byte \d+/)
  }
  expect(() => CredentialCache.fromBytes(cut).client).toThrow(anysspi.InvalidParameter)
  expect(() => server({ credential: Keytab.fromBytes(cut) })).toThrow(anysspi.InvalidParameter)
  expect(() => new CredentialCache('KEYRING:user').client).toThrow(anysspi.SspiError)
})

test('what is of a wrong type is named', () => {
  for (const wrong of [undefined, null, 7, Buffer.from('x')]) {
    expect(() => new Keytab(wrong)).toThrow(/^path must be/)
    expect(() => new CredentialCache(wrong)).toThrow(/^name must be/)
    expect(() => new Realm(wrong)).toThrow(/^name must be/)
  }
  for (const wrong of [undefined, null, 7, 'x']) {
    expect(() => Keytab.fromBytes(wrong)).toThrow(/^data must be/)
    expect(() => CredentialCache.fromBytes(wrong)).toThrow(/^data must be/)
    expect(() => realm.answer(wrong)).toThrow(/^request must be/)
  }
  const calls = [
    [() => realm.addUser('x'), /^password must be/],
    [() => realm.addUser('x', 'y', { groups: 512 }), /^groups must be/],
    [() => realm.addUser('x', 'y', { groups: ['512'] }), /^groups\[0\] must be/],
    [() => realm.addUser('x', 'y', { encryptionTypes: 'aes' }), /^encryptionTypes must be/],
    [() => realm.addUser('x', 'y', { salt: 7 }), /^salt must be/],
    [() => realm.addUser('x', 'y', null), /^options must be/],
    [() => realm.addService(7), /^name must be/],
    [() => realm.addService('x', { version: '2' }), /^version must be/],
    [() => realm.keytab(7), /^names\[0\] must be/],
    [() => realm.tickets('alice', 7), /^services\[0\] must be/],
    [() => realm.trust('OTHER.TEST'), /^other must be a Realm/],
    [() => new Serving(), /^realms are served by serve/],
  ]
  for (const [call, text] of calls) {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toMatch(text)
  }
  for (const call of [
    () => realm.addUser('x', 'y', { encryptionTypes: ['rot13'] }),
    () => realm.keytab('nobody'),
    () => realm.tickets('nobody'),
    () => realm.tickets('alice', 'HTTP/nowhere.example.test'),
  ]) {
    expect(call).toThrow(anysspi.SspiError)
  }
})

test('users of a realm are as they are said to be', () => {
  const own = realmOf()
  own.addUser('carol', PASSWORD, { preAuthentication: false, salt: 'CAROL', groups: null })
  own.addUser('dave', PASSWORD, { encryptionTypes: ['aes128-cts-hmac-sha256-128'] })
  const credential = own.keytab(WEB)
  for (const name of ['carol', 'dave']) {
    const options = { credential: password(`${name}@${REALM}`, PASSWORD), kdc: own.carry }
    expect(pair(options, { credential })[1].clientUser).toBe(name)
  }
  expect([own.name, util.inspect(own)]).toEqual([REALM, `Realm { ${REALM} }`])
  const { carry } = own
  expect(() => carry('OTHER.TEST', Buffer.alloc(1))).toThrow(/EXAMPLE.TEST is not the realm OTHER/)
})

test('secrets are not shown', () => {
  const secrets = [TICKETS.toBytes(), KEYS.toBytes()].map((data) => data.toString('hex'))
  const things = [KEYS, TICKETS, realm, pair()[1], new Credential('Kerberos', TICKETS)]
  for (const thing of [
    ...things,
    pair({ require: ['DELEGATE'], kdc: realm.carry })[1].delegated(),
    client(),
  ]) {
    const text = util.inspect(thing, { depth: 9, showHidden: true }) + JSON.stringify(thing)
    expect(text).not.toContain(PASSWORD)
    expect(text.length).toBeLessThan(200)
    for (const secret of secrets) expect(text).not.toContain(secret.slice(-40, -10))
  }
  expect(util.inspect(KEYS)).toBe('Identity { keytab }')
})

// The interface call by call.

test('the raw layer makes contexts of Kerberos, and protects messages in place', () => {
  const { credential: outbound } = raw.acquireCredentialsHandle(
    null,
    'Kerberos',
    'OUTBOUND',
    TICKETS,
  )
  const { credential: inbound } = raw.acquireCredentialsHandle(null, 'Kerberos', 'INBOUND', KEYS)
  expect(raw.queryCredentialsAttributes(outbound)).toBe(ALICE)
  const [one, other] = [new raw.SecurityContext(), new raw.SecurityContext({ pacPolicy: 'always' })]
  const flags = ['MUTUAL_AUTH', 'CONFIDENTIALITY', 'REPLAY_DETECT', 'SEQUENCE_DETECT']
  const given = (bytes) => (bytes ? [new raw.SecurityBuffer('TOKEN', bytes)] : [])
  const initiate = (bytes) => {
    const output = new raw.SecurityBuffer('TOKEN')
    const wanted = [...flags, 'ALLOCATE_MEMORY']
    const { code } = raw.initializeSecurityContext(outbound, one, WEB, wanted, given(bytes), [
      output,
    ])
    return [code, output.bytes]
  }
  const [first, token] = initiate()
  expect(first).toBe('SEC_I_CONTINUE_NEEDED')
  const reply = new raw.SecurityBuffer('TOKEN')
  const outcome = raw.acceptSecurityContext(inbound, other, ['ALLOCATE_MEMORY'], given(token), [
    reply,
  ])
  expect(outcome.code).toBe('SEC_E_OK')
  expect(outcome.flags).toEqual(expect.arrayContaining(['MUTUAL_AUTH', 'CONFIDENTIALITY']))
  expect(initiate(reply.bytes)[0]).toBe('SEC_E_OK')
  expect(raw.queryContextAttributes(other, 'NAMES')).toBe(`${REALM}\\alice`)

  const { securityTrailer, blockSize } = raw.queryContextAttributes(one, 'SIZES')
  const text = Buffer.from('a message in place')
  const data = Buffer.from(text)
  const buffers = [
    new raw.SecurityBuffer('TOKEN', Buffer.alloc(securityTrailer)),
    new raw.SecurityBuffer('DATA', data),
    new raw.SecurityBuffer('PADDING', Buffer.alloc(blockSize)),
  ]
  raw.encryptMessage(one, 0, buffers)
  expect(data).not.toEqual(text)
  raw.decryptMessage(other, buffers)
  expect(buffers[1].bytes).toEqual(text)
  expect(buffers[1].data.buffer).toBe(data.buffer)
  expect(raw.querySecurityContextToken(other)).toMatchObject({ user: `${REALM}\\alice` })
})

test('the raw layer says which buffer is too small', () => {
  const { credential } = raw.acquireCredentialsHandle(null, 'Kerberos', 'OUTBOUND', TICKETS)
  const context = new raw.SecurityContext()
  const call = (output) =>
    raw.initializeSecurityContext(credential, context, WEB, ['MUTUAL_AUTH'], [], [output])
  const short = new raw.SecurityBuffer('TOKEN', Buffer.alloc(8))
  expect(() => call(short)).toThrow(anysspi.BufferTooSmall)
  expect(short.length).toBeGreaterThan(1000)
  const enough = new raw.SecurityBuffer('TOKEN', Buffer.alloc(short.length))
  expect(call(enough).code).toBe('SEC_I_CONTINUE_NEEDED')
  const relax = ['INTEGRITY', 'CONFIDENTIALITY', 'REPLAY_DETECT', 'SEQUENCE_DETECT']
  expect(server({ relax }).step(enough.bytes)).toBeInstanceOf(Buffer)
})
