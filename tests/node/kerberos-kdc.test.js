// Kerberos: the functions that carry questions to a KDC, and handshakes that wait for them.
const anysspi = require('../../bindings-node')
const raw = require('../../bindings-node/raw')
const {
  ALICE,
  FLAGS,
  KEYS,
  OTHER,
  REALM,
  TICKETS,
  WEB,
  asking,
  both,
  client,
  pair,
  rawLeg,
  realm,
  refusal,
  server,
} = require('./kerberos')
const { Exchange, PASSWORD, deferred, rejectionOf, runNode, thrownBy } = require('./support')

const { Credential, CredentialCache, password } = anysspi

/** Carries questions to the realm, and says how many. */
function counting() {
  const kdc = (name, message) => {
    kdc.asked += 1
    return realm.carry(name, message)
  }
  kdc.asked = 0
  return kdc
}

test('credentials that are shared ask once', () => {
  const kdc = counting()
  const credential = new Credential('Kerberos', password(ALICE, PASSWORD))
  expect(credential.name).toBe(ALICE)
  pair({ credential, kdc })
  const once = kdc.asked
  expect(once).toBeGreaterThan(1)
  for (const _ of [1, 2, 3]) pair({ credential, kdc })
  expect(kdc.asked).toBe(once)
  pair({ credential })
  expect(new Credential('Kerberos', TICKETS).expiry.getTime()).toBeGreaterThan(Date.now())
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
    const [inside, left] = [deferred(), deferred()]
    const kdc = async (_, message) => {
      inside.resolve()
      await left.promise
      return realm.answer(message)
    }
    const one = client(asking(kdc, options))
    const step = one.stepAsync()
    await inside.promise
    return { leave: left.resolve, one, step }
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

// Call by call.

describe('the raw layer', () => {
  const { SecurityBuffer, SecurityContext } = raw
  const mine = password(ALICE, PASSWORD)
  const acquired = (usage, identity, packageName = 'Kerberos', options = {}) =>
    raw.acquireCredentialsHandle(null, packageName, usage, identity, options).credential
  const outbound = (...given) => acquired('OUTBOUND', ...given)

  function rawAccept(credential, context, received) {
    const output = new SecurityBuffer('TOKEN')
    const input = [new SecurityBuffer('TOKEN', received)]
    const flags = ['ALLOCATE_MEMORY']
    const { code } = raw.acceptSecurityContext(credential, context, flags, input, [output])
    return { code, token: output.bytes }
  }

  test.each(['Kerberos', 'Negotiate'])('logs a password on with %s', (packageName) => {
    const ours = outbound(mine, packageName)
    const theirs = acquired('INBOUND', KEYS, packageName)
    const kdc = counting()
    for (const _ of [1, 2]) {
      const [one, other] = [new SecurityContext({ kdc }), new SecurityContext()]
      const first = rawLeg(ours, one)
      expect(first.code).toBe('SEC_I_CONTINUE_NEEDED')
      // The tickets stay with the credential: the second logon asks nobody.
      expect(kdc.asked).toBe(3)
      const answer = rawAccept(theirs, other, first.token)
      expect(answer.code).toBe('SEC_E_OK')
      expect(rawLeg(null, one, answer.token).code).toBe('SEC_E_OK')
      expect(raw.queryContextAttributes(other, 'NAMES')).toBe(`${REALM}\\alice`)
      expect([one.isEstablished, other.isEstablished]).toEqual([true, true])
    }
  })

  test('authenticates anew with the same function', () => {
    const kdc = counting()
    const [one, other] = [new SecurityContext({ kdc }), new SecurityContext()]
    const answer = rawAccept(acquired('INBOUND', KEYS), other, rawLeg(outbound(mine), one).token)
    expect(rawLeg(null, one, answer.token).code).toBe('SEC_E_OK')
    expect(rawLeg(outbound(mine), one).token.length).toBeGreaterThan(1000)
    expect(kdc.asked).toBe(6)
  })

  test('asks nobody twice for a buffer that is too small', () => {
    const kdc = counting()
    const [ours, one] = [outbound(mine), new SecurityContext({ kdc })]
    const call = (output) => raw.initializeSecurityContext(ours, one, WEB, FLAGS, [], [output])
    const short = new SecurityBuffer('TOKEN', Buffer.alloc(8))
    expect(() => call(short)).toThrow(anysspi.BufferTooSmall)
    const enough = new SecurityBuffer('TOKEN', Buffer.alloc(short.length))
    call(enough)
    expect(kdc.asked).toBe(3)
    expect(server().step(enough.bytes)).toBeInstanceOf(Buffer)
  })

  test.each(Object.keys(CARRIERS))('ends where its function is %s', (name) => {
    const one = new SecurityContext({ kdc: CARRIERS[name] })
    const errors = [1, 2].map(() => thrownBy(() => rawLeg(outbound(mine), one)))
    for (const error of errors) {
      expect(error).toBeInstanceOf(anysspi.NoAuthenticatingAuthority)
      expect(error.message).toContain('the network is away')
    }
    expect(one.isEstablished).toBe(false)
    expect(() => raw.queryContextAttributes(one, 'SIZES')).toThrow(
      anysspi.NoAuthenticatingAuthority,
    )
    // Negotiate goes on without Kerberos.
    const both = outbound(mine, 'Negotiate', MANY)
    const { token } = rawLeg(both, new SecurityContext({ kdc: CARRIERS[name] }))
    expect(Buffer.from(token).includes('NTLMSSP')).toBe(true)
  })

  test('waits for no promise', () => {
    const kdc = async (name, message) => realm.carry(name, message)
    const error = thrownBy(() => rawLeg(outbound(mine), new SecurityContext({ kdc })))
    expect(error).toBeInstanceOf(anysspi.NoAuthenticatingAuthority)
    expect(error.message).toContain('answers with a promise')
  })

  test('asks nobody without a function', () => {
    for (const context of [new SecurityContext(), new SecurityContext({ kdc: undefined })]) {
      const error = thrownBy(() => rawLeg(outbound(mine), context))
      expect(error).toBeInstanceOf(anysspi.NoAuthenticatingAuthority)
      expect(error.message).toContain('nobody to carry')
    }
    expect(rawLeg(outbound(TICKETS), new SecurityContext()).code).toBe('SEC_I_CONTINUE_NEEDED')
  })

  test('hears what a KDC says', () => {
    const wrong = outbound(password(ALICE, 'wrong'))
    const error = thrownBy(() => rawLeg(wrong, new SecurityContext({ kdc: realm.carry })))
    expect([error.code, error.kerberosCode]).toEqual(['SEC_E_LOGON_DENIED', 24])
    for (const answer of [undefined, 'answer', Buffer.alloc(0), Buffer.from('nonsense')]) {
      const context = new SecurityContext({ kdc: () => answer })
      expect(() => rawLeg(outbound(mine), context)).toThrow(anysspi.SspiError)
    }
    for (const kdc of [realm, 'realm', 7, {}]) {
      expect(() => new SecurityContext({ kdc })).toThrow(/^kdc must be a function/)
    }
  })

  test('lets a function use other contexts, and not its own', () => {
    const one = new SecurityContext({
      kdc(name, message) {
        for (const call of [() => rawLeg(null, one), () => raw.deleteSecurityContext(one)]) {
          expect(call).toThrow(anysspi.OutOfSequence)
        }
        const nested = new SecurityContext({ kdc: realm.carry })
        expect(rawLeg(outbound(mine), nested).code).toBe('SEC_I_CONTINUE_NEEDED')
        expect(pair(asking(realm.carry))[1].clientUser).toBe('alice')
        return realm.carry(name, message)
      },
    })
    expect(rawLeg(outbound(mine), one).code).toBe('SEC_I_CONTINUE_NEEDED')
  })

  test('keeps its function, and the look-ups of its credentials', () => {
    const store = () => anysspi.accounts(() => ({ name: ALICE, password: PASSWORD }))
    const ours = outbound(mine, 'NTLM')
    const [one, other] = [new SecurityContext(), new SecurityContext({ kdc: realm.carry })]
    const leg = (credential, received) => {
      const output = new SecurityBuffer('TOKEN')
      const input = [new SecurityBuffer('TOKEN', received)]
      const flags = ['CONFIDENTIALITY', 'ALLOCATE_MEMORY']
      raw.initializeSecurityContext(credential, one, WEB, flags, input, [output])
      return output.bytes
    }
    // Once, and once more after success, with other credentials.
    for (const _ of [1, 2]) {
      const challenge = rawAccept(
        acquired('INBOUND', store(), 'NTLM'),
        other,
        leg(ours, Buffer.alloc(0)),
      )
      expect(rawAccept(null, other, leg(null, challenge.token)).code).toBe('SEC_E_OK')
    }
  })

  test('delegates tickets', () => {
    const [one, other] = [new SecurityContext({ kdc: realm.carry }), new SecurityContext()]
    const { token } = rawLeg(outbound(TICKETS), one, undefined, ['DELEGATE'])
    rawAccept(acquired('INBOUND', KEYS), other, token)
    const delegated = raw.queryContextAttributes(other, 'CREDS')
    expect(CredentialCache.fromKrbCred(delegated.toKrbCred()).client).toBe(ALICE)
    const onwards = new SecurityContext({ kdc: realm.carry })
    const next = rawLeg(outbound(delegated), onwards, undefined, [], OTHER)
    expect(server({ credential: realm.keytab(OTHER) }).step(next.token)).toBeInstanceOf(Buffer)
    expect(() => raw.queryContextAttributes(other, 'CREDS')).toThrow(anysspi.NoCredentials)
  })
})
