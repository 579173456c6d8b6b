const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { join } = require('node:path')
const { createInterface } = require('node:readline')
const {
  Certificate,
  LogonDenied,
  MessageAltered,
  accept,
  accounts,
  initiate,
  password,
} = require('anysspi')
const { testWith } = require('./peer.js')

const USER = 'EXAMPLE\\alice'
const PASSWORD = 'Passw0rd!'
const TARGET = 'HTTP/server.example.com'
// Latin, Greek, Cyrillic, Chinese and a character outside the basic plane.
const UNICODE_USER = 'ÉXÄMPLE\\Ünïcødé-Ωμέγα-Жук-王-\u{1F512}'
const UNICODE_PASSWORD = 'Пароль-密码-\u{1F511}'
const ACCOUNTS = { [USER]: PASSWORD, [UNICODE_USER]: UNICODE_PASSWORD }

const EVERYTHING = [
  'integrity',
  'confidentiality',
  'replay_detect',
  'sequence_detect',
  'mutual_auth',
]
const SIZES = [0, 1, 15, 16, 17, 255, 4096, 65_537, 1_000_000]

// A handshake with more tokens than this does not come to an end.
const MOST_TOKENS = 8

const script = join(__dirname, '../../interop/pyspnego/peer.py')
const base64 = (bytes) => bytes?.toString('base64') ?? null
const fromBase64 = (text) => Buffer.from(text, 'base64')

/** What pyspnego refuses with. */
class Refusal extends Error {
  constructor({ error, message }) {
    super(message)
    this.class = error
  }
}

/** A context of pyspnego's, in a process of its own. */
class Pyspnego {
  constructor() {
    this.process = spawn(process.env.ANYSSPI_PYSPNEGO_PYTHON, [script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]()
  }

  async ask(what, request = {}) {
    this.process.stdin.write(`${JSON.stringify({ do: what, ...request })}\n`)
    const { value, done } = await this.lines.next()
    if (done) throw new Error('pyspnego has ended')
    const answer = JSON.parse(value)
    if ('error' in answer) throw new Refusal(answer)
    return answer.ok
  }

  async step(token) {
    const { token: text, complete } = await this.ask('step', { token: base64(token) })
    return { token: text === null ? null : fromBase64(text), complete }
  }

  async protect(what, data) {
    return fromBase64(await this.ask(what, { data: base64(data) }))
  }

  async end() {
    const ended = this.process.exitCode === null && once(this.process, 'exit')
    this.process.stdin.end()
    await ended
  }
}

const peers = []

function pyspnego() {
  const peer = new Pyspnego()
  peers.push(peer)
  return peer
}

afterEach(() => Promise.all(peers.splice(0).map((peer) => peer.end())))

const itsServer = (packageName) => ({
  protocol: packageName.toLowerCase(),
  accounts: Object.entries(ACCOUNTS).map(([user, word]) => [...user.split('\\'), word]),
  flags: EVERYTHING,
})

const itsClient = (packageName, user, word) => ({
  protocol: packageName.toLowerCase(),
  user,
  password: word,
  target: TARGET,
  flags: EVERYTHING,
})

const ourClient = (packageName, user = USER, word = PASSWORD) =>
  initiate(packageName, { target: TARGET, credential: password(user, word) })

const ourServer = (packageName) =>
  accept(packageName, { credential: accounts(async (user, domain) => find(user, domain)) })

function find(user, domain) {
  const name = `${domain}\\${user}`
  return Object.hasOwn(ACCOUNTS, name) ? { name, password: ACCOUNTS[name] } : null
}

/** Our client against pyspnego's server. */
async function toPyspnego(peer, client) {
  let count = 0
  for await (const token of client) {
    count += 1
    expect(count).toBeLessThan(MOST_TOKENS)
    const answer = await peer.step(token)
    if (answer.token !== null) client.receive(answer.token)
    else expect([client.done, answer.complete]).toEqual([true, true])
  }
  return client.context
}

/** Pyspnego's client against our server. */
async function fromPyspnego(peer, server) {
  let sent = null
  for (let count = 0; count < MOST_TOKENS; count += 1) {
    const { token, complete } = await peer.step(sent)
    if (token === null) {
      expect(complete).toBe(true)
      return server.context
    }
    sent = await server.stepAsync(token)
    if (sent === null) return server.context
  }
  throw new Error('it does not come to an end')
}

/** Both ends have the same key, and the same view of what was agreed on. */
async function expectAgreement(peer, context, packageName, user) {
  const facts = await peer.ask('facts')
  expect(context.sessionKey).toHaveLength(16)
  expect(base64(context.sessionKey)).toBe(facts.key)
  expect(facts.negotiated).toBe('ntlm')
  expect(context.package.name).toBe(packageName)
  expect(context.negotiatedPackage.name).toBe('NTLM')
  expect(context.negotiation?.chosen ?? null).toBe(packageName === 'NTLM' ? null : 'NTLM')
  expect(context.negotiation?.listWasSigned ?? null).toBe(packageName === 'NTLM' ? null : true)
  expect(context.flags).toEqual(
    expect.arrayContaining(['INTEGRITY', 'CONFIDENTIALITY', 'REPLAY_DETECT', 'SEQUENCE_DETECT']),
  )
  if (context.side === 'initiator') expect(facts.client).toBe(user)
  else expect(context.client).toBe(user)
}

async function expectProtection(peer, context) {
  for (const size of SIZES) {
    const message = Buffer.alloc(size, 'a message of many bytes; ')
    const fromUs = size % 2 === 0 ? context.wrap(message) : await context.wrapAsync(message)
    expect(fromUs).toHaveLength(size + 16)
    if (size >= 15) expect(fromUs.includes(message.subarray(0, 15))).toBe(false)
    expect((await peer.protect('unwrap', fromUs)).equals(message)).toBe(true)

    const fromIt = await peer.protect('wrap', message)
    const opened = size % 2 === 0 ? await context.unwrapAsync(fromIt) : context.unwrap(fromIt)
    expect(opened.equals(message)).toBe(true)

    await peer.ask('verify', { data: base64(message), mic: base64(context.sign(message)) })
    context.verify(message, await peer.protect('sign', message))
  }
}

/** Comes last: pyspnego does not go on afterwards. */
async function expectChangesToBeSeen(peer, context) {
  const sealed = await peer.protect('wrap', Buffer.from('from it'))
  const changed = Buffer.from(sealed)
  changed[17] ^= 1
  expect(() => context.unwrap(changed)).toThrow(MessageAltered)
  expect(context.unwrap(sealed).toString()).toBe('from it')

  const signature = await peer.protect('sign', Buffer.from('signed'))
  expect(() => context.verify(Buffer.from('signet'), signature)).toThrow(MessageAltered)
  context.verify(Buffer.from('signed'), signature)

  const ours = context.wrap(Buffer.from('to it'))
  ours[17] ^= 1
  await expect(peer.protect('unwrap', ours)).rejects.toMatchObject({ class: 'BadMICError' })
}

async function refusalOf(promise) {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('nobody refused')
}

const testPyspnego = testWith('ANYSSPI_PYSPNEGO_PYTHON')

describe.each(['NTLM', 'Negotiate'])('%s', (packageName) => {
  testPyspnego('our client is let in', async () => {
    for (const [user, word] of Object.entries(ACCOUNTS)) {
      const peer = pyspnego()
      await peer.ask('server', itsServer(packageName))
      const context = await toPyspnego(peer, ourClient(packageName, user, word))
      await expectAgreement(peer, context, packageName, user)
      expect(context.side).toBe('initiator')
    }
  })

  testPyspnego('our client and its server protect messages both ways', async () => {
    const peer = pyspnego()
    await peer.ask('server', itsServer(packageName))
    const context = await toPyspnego(peer, ourClient(packageName))
    await expectProtection(peer, context)
    await expectChangesToBeSeen(peer, context)
  })

  testPyspnego('our client is refused with a wrong password and as an unknown user', async () => {
    for (const [user, word] of [
      [USER, 'wrong'],
      [USER, UNICODE_PASSWORD],
      ['EXAMPLE\\mallory', PASSWORD],
    ]) {
      const peer = pyspnego()
      await peer.ask('server', itsServer(packageName))
      const refusal = await refusalOf(toPyspnego(peer, ourClient(packageName, user, word)))
      expect(refusal).toBeInstanceOf(Refusal)
    }
  })

  testPyspnego('its client is let in', async () => {
    for (const [user, word] of Object.entries(ACCOUNTS)) {
      const peer = pyspnego()
      await peer.ask('client', itsClient(packageName, user, word))
      const context = await fromPyspnego(peer, ourServer(packageName))
      await expectAgreement(peer, context, packageName, user)
      expect(context.side).toBe('acceptor')
      expect(context.target).toBe(TARGET)
    }
  })

  testPyspnego('its client and our server protect messages both ways', async () => {
    const peer = pyspnego()
    await peer.ask('client', itsClient(packageName, USER, PASSWORD))
    const context = await fromPyspnego(peer, ourServer(packageName))
    await expectProtection(peer, context)
    await expectChangesToBeSeen(peer, context)
  })

  testPyspnego('its client is refused with a wrong password and as an unknown user', async () => {
    const messages = []
    for (const [user, word] of [
      [USER, 'wrong'],
      [USER, UNICODE_PASSWORD],
      ['EXAMPLE\\mallory', PASSWORD],
    ]) {
      const peer = pyspnego()
      await peer.ask('client', itsClient(packageName, user, word))
      const server = ourServer(packageName)
      const refusal = await refusalOf(fromPyspnego(peer, server))
      expect(refusal).toBeInstanceOf(LogonDenied)
      expect(refusal.code).toBe('SEC_E_LOGON_DENIED')
      expect(server.done).toBe(false)
      messages.push(refusal.message)
    }
    // Nobody learns which users there are.
    expect(new Set(messages).size).toBe(1)
  })
})

describe.each(['1.2', '1.3'])('CREDSSP over TLS %s', (tls) => {
  // More legs than any handshake has.
  const MOST_LEGS = 16
  const target = 'TERMSRV/server.example.com'

  async function expectStream(peer, context) {
    for (const length of [1, 100, 5000]) {
      const message = Buffer.alloc(length, 'a message of many bytes; ')
      expect((await peer.protect('unwrap', context.wrap(message))).equals(message)).toBe(true)
      expect(context.unwrap(await peer.protect('wrap', message)).equals(message)).toBe(true)
    }
  }

  const ours = (word) =>
    initiate('CREDSSP', { target, credential: password(USER, word), require: ['DELEGATE'] })

  async function toIts(peer, client) {
    await peer.ask('server', { ...itsServer('credssp'), tls })
    let token = await client.stepAsync()
    for (let leg = 0; leg < MOST_LEGS; leg += 1) {
      const answer = await peer.step(token)
      if (client.done) return client.context
      token = await client.stepAsync(answer.token ?? Buffer.alloc(0))
    }
    throw new Error('it does not come to an end')
  }

  async function fromIts(peer, word) {
    // Its client takes only servers whose key is RSA.
    const certificate = Certificate.fromPem(await peer.ask('certificate'))
    const credential = [accounts(async (user, domain) => find(user, domain)), certificate]
    const server = accept('CREDSSP', { credential })
    await peer.ask('client', { ...itsClient('credssp', USER, word), target, tls })
    let { token } = await peer.step(null)
    for (let leg = 0; leg < MOST_LEGS; leg += 1) {
      const answer = await server.stepAsync(token)
      if (server.done) return server.context
      token = (await peer.step(answer)).token
    }
    throw new Error('it does not come to an end')
  }

  testPyspnego('its server gets the password that we delegate', async () => {
    const peer = pyspnego()
    const context = await toIts(peer, ours(PASSWORD))
    const delegated = await peer.ask('delegated')
    const version = { 1.2: 'TLSv1.2', 1.3: 'TLSv1.3' }[tls]
    expect(delegated).toMatchObject({ domain: 'EXAMPLE', user: 'alice', password: PASSWORD })
    expect(delegated).toMatchObject({ tls: version, version: 6 })
    expect(context.query('CONNECTION_INFO').versionName).toBe(`TLS ${tls}`)
    await expectStream(peer, context)
  })

  testPyspnego('its client delegates a password to us', async () => {
    const peer = pyspnego()
    const context = await fromIts(peer, PASSWORD)
    const { password: given, user } = context.delegated()
    expect([user, given]).toEqual([USER, PASSWORD])
    await expectStream(peer, context)
  })

  testPyspnego('a wrong password is refused on both sides, and it is told', async () => {
    const peer = pyspnego()
    expect(await refusalOf(toIts(peer, ours('wrong')))).toBeInstanceOf(LogonDenied)
    const refusal = await refusalOf(fromIts(peer, 'wrong'))
    expect(refusal).toBeInstanceOf(LogonDenied)
    const told = await refusalOf(peer.step(refusal.token))
    expect(told.message).toContain('NTStatus')
  })
})
