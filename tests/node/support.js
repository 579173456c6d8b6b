// What the tests share: two ends in one process, and the cases of tests/cases.
const { execFile } = require('node:child_process')
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const anysspi = require('../../bindings-node')

const ROOT = join(__dirname, '..', '..')
const USER = 'CORP\\alice'
const PASSWORD = 'Passw0rd!'
const TARGET = 'HTTP/server.example.com'

/** SECQOP_WRAP_NO_ENCRYPT */
const NO_ENCRYPT = 0x80000001

const hex = (bytes) => Buffer.from(bytes).toString('hex')
const unhex = (text) => Buffer.from(text, 'hex')

/** Tokens between two ends, with somebody on the way who may change them. */
class Exchange {
  tokens = []

  /** @param change gets the tokens before it and a token, and gives what arrives in its place */
  constructor(client, server, change = (_, token) => token) {
    this.ends = [client, server]
    this.change = change
  }

  /** The end whose turn it is: after an error, the one that threw it. */
  get side() {
    return ['client', 'server'][this.tokens.length % 2]
  }

  get turn() {
    return this.ends[this.tokens.length % 2]
  }

  /** Whether the token that a step gave was the last. */
  passed(token) {
    if (token !== null) this.tokens.push(this.change(this.tokens, token))
    return token === null || this.turn.done
  }

  run() {
    while (!this.passed(this.turn.step(this.tokens.at(-1))));
    return this.ends.map((end) => end.context)
  }

  async runAsync() {
    while (!this.passed(await this.turn.stepAsync(this.tokens.at(-1))));
    return this.ends.map((end) => end.context)
  }
}

/** A client and a server that know each other, unless the options say otherwise. */
function ends(packageName = 'NTLM', client = {}, server = {}) {
  const { accept, accounts, initiate, password } = anysspi
  const credential = password(USER, PASSWORD)
  return [
    initiate(packageName, { target: TARGET, credential, ...client }),
    accept(packageName, { credential: accounts({ [USER]: PASSWORD }), ...server }),
  ]
}

/** The contexts of both ends after a handshake. */
const pair = (packageName, client, server) =>
  new Exchange(...ends(packageName, client, server)).run()

/** A server that calls the look-up when it gets the token. */
function pendingServer(lookUp, options = {}, packageName = 'NTLM') {
  const credential = anysspi.accounts(lookUp)
  const [client, server] = ends(packageName, {}, { credential, ...options })
  const proof = client.step(server.step(client.step()))
  return { server, proof }
}

const readShared = (name) => JSON.parse(readFileSync(join(ROOT, 'tests', 'cases', name), 'utf8'))

/** The cases of a file as rows for `test.each`: the name and the case. */
const readCases = (name) => readShared(name).cases.map((shared) => [shared.name, shared])

const OPTIONS = {
  allow: 'allow',
  target: 'target',
  require: 'require',
  request: 'request',
  relax: 'relax',
  without: 'without',
  packages: 'packages',
  without_packages: 'withoutPackages',
  binding_policy: 'bindingPolicy',
  accepted_targets: 'acceptedTargets',
}

function optionsOf(end) {
  const options = {}
  for (const [name, value] of Object.entries(end)) {
    if (name in OPTIONS) options[OPTIONS[name]] = value
  }
  if (end.bindings !== undefined) {
    options.channelBindings = anysspi.channelBindings(unhex(end.bindings))
  }
  return options
}

function userOf({ user, domain, password, nt_hash: hash }) {
  if (user === undefined) return []
  if (password !== undefined) return [anysspi.password(user, password, { domain })]
  return [anysspi.ntHash(user, unhex(hash), { domain })]
}

/** Who a client is: its tickets come first. */
function identitiesOf({ cache, ...end }) {
  const tickets = cache === undefined ? [] : [anysspi.CredentialCache.fromBytes(unhex(cache))]
  const identities = [...tickets, ...userOf(end)]
  return identities.length > 0 ? identities : [anysspi.anonymous()]
}

/** What a server knows: its keys, and accounts. */
function knownBy({ accounts = [], keytab }) {
  if (keytab === undefined) return [anysspi.accounts(accounts.map(accountOf))]
  const keys = anysspi.Keytab.fromBytes(unhex(keytab))
  return accounts.length > 0 ? [keys, anysspi.accounts(accounts.map(accountOf))] : [keys]
}

const accountOf = ({ nt_hash: hash, ...account }) =>
  hash === undefined ? account : { ...account, ntHash: unhex(hash) }

const changeOf = (shared) => (earlier, arriving) => {
  let token = arriving
  for (const what of shared.change ?? []) {
    if (what.leg !== earlier.length) continue
    if ('token' in what) token = unhex(what.token)
    if ('of_leg' in what) token = earlier[what.of_leg]
    if ('truncate' in what) token = token.subarray(0, what.truncate)
    if ('xor' in what) {
      token = Buffer.from(token)
      unhex(what.xor).forEach((mask, at) => {
        token[what.at + at] ^= mask
      })
    }
  }
  return token
}

/** The two ends of a case of handshake.json, and what makes another server with the same credentials. */
function open(shared) {
  const { client, now, package: packageName, server } = shared
  const around = (end) => anysspi.testing.fixed(end.now ?? now, end.entropy, end.host)
  const surroundings = around(server)
  const { allow, packages, withoutPackages, ...options } = optionsOf(server)
  const choice = { allow, packages, withoutPackages }
  const credential = surroundings.acquire(packageName, knownBy(server), choice)
  const serve = () => surroundings.accept(packageName, { credential, ...options })
  const acceptor = serve()
  const initiator = around(client).initiate(packageName, {
    credential: identitiesOf(client),
    ...optionsOf(client),
  })
  return { exchange: new Exchange(initiator, acceptor, changeOf(shared)), serve }
}

function resultOf([client, server]) {
  expect(client.sessionKey).toEqual(server.sessionKey)
  expect(client.flags).toEqual(server.flags)
  return {
    status: 'SEC_E_OK',
    session_key: hex(server.sessionKey),
    client: server.client,
    flags: server.flags,
  }
}

function failureOf(side, error) {
  if (!(error instanceof anysspi.SspiError)) throw error
  const result = { status: error.code, side }
  if (error.kerberosCode !== null) {
    return { ...result, code: `Kerberos error ${error.kerberosCode}` }
  }
  if (error.ntStatus === null) return result
  return { ...result, code: `0x${error.ntStatus.toString(16).toUpperCase().padStart(8, '0')}` }
}

/** Runs a case of handshake.json with `run` or `runAsync`: the tokens as they came in, and the result. */
async function runCase(shared, way) {
  let opened
  let result
  try {
    opened = open(shared)
    result = resultOf(await opened.exchange[way]())
  } catch (error) {
    result = failureOf(opened?.exchange.side ?? 'client', error)
  }
  const tokens = opened?.exchange.tokens ?? []
  if (result.status === 'SEC_E_OK' && shared.repeat !== undefined) {
    // What came before is not taken again.
    const step = way === 'run' ? 'step' : 'stepAsync'
    const again = (async () => opened.serve()[step](tokens[shared.repeat]))()
    result = failureOf('server', await rejectionOf(again))
  }
  return { tokens: tokens.map(hex), result }
}

/** The contexts of a case of handshake.json. */
function standing(name) {
  const [, shared] = readCases('handshake.json').find(([known]) => known === name)
  return open(shared).exchange.run()
}

/** A promise, and what fulfils it. */
function deferred() {
  const made = {}
  made.promise = new Promise((resolve) => {
    made.resolve = resolve
  })
  return made
}

/** What a call throws; fails where it throws nothing. */
function thrownBy(call) {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

/** What a promise is rejected with; fails where it is fulfilled. */
async function rejectionOf(promise) {
  return promise.then(
    () => Promise.reject(new Error('the promise was fulfilled')),
    (error) => error,
  )
}

/** Runs code in a process of its own, which has to end by itself. */
function runNode(code, ...flags) {
  return new Promise((resolve) => {
    const options = { cwd: ROOT, timeout: 15_000 }
    execFile(process.execPath, [...flags, '-e', code], options, (error, out, err) =>
      resolve({ code: error?.killed ? 'it hung' : (error?.code ?? 0), out, err }),
    )
  })
}

/** For code in a process of its own: a server whose look-up is called with the proof. */
const PENDING = `
  const anysspi = require('./bindings-node')
  function pendingServer(lookUp, options) {
    const client = anysspi.initiate('NTLM', { credential: anysspi.password('alice', 'secret') })
    const server = anysspi.accept('NTLM', { credential: anysspi.accounts(lookUp), ...options })
    const proof = client.step(server.step(client.step()))
    return { client, server, proof }
  }
`

module.exports = {
  Exchange,
  NO_ENCRYPT,
  PASSWORD,
  PENDING,
  ROOT,
  TARGET,
  USER,
  deferred,
  ends,
  hex,
  pair,
  pendingServer,
  readCases,
  readShared,
  rejectionOf,
  runCase,
  runNode,
  standing,
  thrownBy,
  unhex,
}
