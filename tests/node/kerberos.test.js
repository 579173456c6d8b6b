// Kerberos: logins in a realm in a box, with and without Negotiate, who the client is, and refusals.
const util = require('node:util')
const anysspi = require('../../bindings-node')
const raw = require('../../bindings-node/raw')
const {
  ALICE,
  KEYS,
  OTHER,
  REALM,
  TICKETS,
  WEB,
  asking,
  both,
  client,
  fileOf,
  pair,
  realm,
  realmOf,
  refusal,
  server,
} = require('./kerberos')
const { Exchange, PASSWORD, rejectionOf, thrownBy } = require('./support')

const { Credential, CredentialCache, channelBindings, password } = anysspi

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
    // The KDC signed the ticket and the PAC for itself too, and claims nothing more.
    hasTicketSignature: true,
    hasFullSignature: true,
    askedForPac: null,
    claims: null,
    device: null,
    deviceClaims: null,
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
  // A service is no user, and has no PAC.
  const credential = realm.tickets(OTHER, WEB)
  if (pacPolicy === 'always') {
    expect(refusal({ credential }, { pacPolicy })).toBeInstanceOf(anysspi.LogonDenied)
  } else {
    const [, ofServer] = pair({ credential }, { pacPolicy })
    expect(ofServer.peer).toMatchObject({ user: OTHER, hasPac: false, sid: null, groups: [] })
  }
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
