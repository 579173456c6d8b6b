const errors = require('./errors.js')
const { allow: allowBits, flags: flagBits } = require('./flags.js')
const native = require('./native.js')
const { make } = require('./sspi-error.js')
const util = require('node:util')

const { NativeCredential, NativeEnd, NativeIdentity } = native

// Arguments: what is of a wrong type is a TypeError that names it, before anything is done.

function wrong(name, expected, value) {
  const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value
  return new TypeError(`${name} must be ${expected}, not ${found}`)
}

function text(name, value) {
  if (typeof value !== 'string') throw wrong(name, 'a string', value)
  return value
}

const maybe = (check, name, value) => (value == null ? undefined : check(name, value))

function bytes(name, value) {
  if (value instanceof Uint8Array) {
    if (value.buffer instanceof SharedArrayBuffer) {
      throw new TypeError(`${name} is in shared memory, which others may change: copy it first`)
    }
    if (value.byteLength === 0 && isDetached(value.buffer)) {
      throw new TypeError(`${name} is in memory that was given away`)
    }
    return value
  }
  if (value instanceof ArrayBuffer) {
    if (isDetached(value)) throw new TypeError(`${name} is memory that was given away`)
    return new Uint8Array(value)
  }
  if (typeof value === 'string') {
    throw new TypeError(
      `${name} must be bytes, not a string: decode it first, with Buffer.from(text, 'base64') for example`,
    )
  }
  throw wrong(name, 'a Buffer, a Uint8Array or an ArrayBuffer', value)
}

function isDetached(buffer) {
  try {
    new Uint8Array(buffer)
    return false
  } catch {
    return true
  }
}

function list(name, value, check) {
  if (typeof value === 'string' || typeof value?.[Symbol.iterator] !== 'function') {
    throw wrong(name, 'an array', value)
  }
  return Array.from(value, (one, at) => check(`${name}[${at}]`, one))
}

const texts = (name, value) => list(name, value, text)

function bits(table) {
  return (name, value) =>
    texts(name, value).reduce((sum, word) => {
      const bit = Object.hasOwn(table, word) ? table[word] : undefined
      if (bit === undefined) {
        throw new TypeError(
          `${name} has ${JSON.stringify(word)}; there are: ${Object.keys(table).join(', ')}`,
        )
      }
      return (sum | bit) >>> 0
    }, 0)
}

const flagsOf = bits(flagBits)
const allowOf = bits(allowBits)

function word(...words) {
  return (name, value) => {
    if (!words.includes(value)) {
      throw new TypeError(`${name} must be one of ${words.join(', ')}, not ${util.inspect(value)}`)
    }
    return value
  }
}

const policy = word('never', 'when_supported', 'always')

function object(name, value) {
  if (value === undefined) return {}
  if (value === null || typeof value !== 'object') throw wrong(name, 'an object', value)
  return value
}

// Errors: the native half answers with a fault where it has no other answer.

/** Errors that look-ups threw, by number, until the step that asked takes them. */
const thrown = new Map()
let lastThrown = 0

function keep(error) {
  lastThrown = (lastThrown + 1) >>> 0
  thrown.set(lastThrown, error)
  return lastThrown
}

/** @param {Map<number, unknown>} causes those that were taken before */
function errorOf(fault, causes = new Map()) {
  const details = { token: fault.token, ntStatus: fault.ntStatus, kerberosCode: fault.kerberosCode }
  if (fault.cause !== undefined) {
    // A handshake that has failed stays failed, with the same cause.
    if (!causes.has(fault.cause)) causes.set(fault.cause, thrown.get(fault.cause))
    thrown.delete(fault.cause)
    details.cause = causes.get(fault.cause)
  }
  return make(errors.byStatus, fault.status, fault.context, details)
}

function answered(answer) {
  if (answer?.fault) throw errorOf(answer)
  return answer
}

// Identities and credentials.

const secret = Symbol('made by the module itself')

class Identity {
  /** What the native half has of it, and the look-ups that it asks by number. */
  #native
  #lookUps

  constructor(key, made, lookUps) {
    if (key !== secret)
      throw new TypeError('identities are made by password, ntHash, anonymous and accounts')
    this.#native = made
    this.#lookUps = lookUps
  }

  get kind() {
    return this.#native.kind()
  }

  [util.inspect.custom]() {
    return `Identity { ${this.#native.describe()} }`
  }

  static native(name, value) {
    if (!(value instanceof Identity))
      throw wrong(name, 'an identity: password(…), accounts(…) or another', value)
    return value.#native
  }

  static lookUps(value) {
    return value.#lookUps
  }
}

const identity = (made, lookUps) => new Identity(secret, answered(made), lookUps)

function password(user, given, options) {
  const domain = maybe(text, 'domain', object('options', options).domain)
  return identity(NativeIdentity.password(text('user', user), text('password', given), domain))
}

function ntHash(user, hash, options) {
  const domain = maybe(text, 'domain', object('options', options).domain)
  return identity(NativeIdentity.ntHash(text('user', user), bytes('hash', hash), domain))
}

const anonymous = () => identity(NativeIdentity.anonymous())

function accountOf(name, account) {
  if (account === null || typeof account !== 'object') throw wrong(name, 'an account', account)
  const { expiry, state } = account
  if (expiry != null && !(expiry instanceof Date)) throw wrong(`${name}.expiry`, 'a Date', expiry)
  if (expiry != null && !(expiry.getTime() >= 0)) {
    throw new TypeError(`${name}.expiry must be a valid Date after 1970`)
  }
  const hash = maybe(bytes, `${name}.ntHash`, account.ntHash)
  return {
    name: text(`${name}.name`, account.name),
    password: maybe(text, `${name}.password`, account.password),
    ntHash: hash && Buffer.from(hash),
    state: maybe(text, `${name}.state`, state),
    expiry: expiry == null ? undefined : expiry.getTime(),
  }
}

let lastStore = 0

/** Whether it is an object of names, and not a promise or another thing that has none. */
function isPlain(value) {
  if (value === null || typeof value !== 'object') return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function accounts(store) {
  if (typeof store === 'function') {
    lastStore += 1
    return identity(NativeIdentity.lookUp(lastStore), new Map([[lastStore, store]]))
  }
  let entries
  if (Array.isArray(store)) {
    entries = list('store', store, accountOf)
  } else if (store instanceof Map || isPlain(store)) {
    const pairs = store instanceof Map ? [...store] : Object.entries(store)
    entries = pairs.map(([name, value]) => {
      const account = typeof value === 'string' ? { password: value } : value
      if (account === null || typeof account !== 'object')
        throw wrong(`the account ${name}`, 'a password or an account', account)
      return accountOf(`the account ${name}`, { ...account, name })
    })
  } else {
    throw wrong('store', 'a Map, an object, an array or a function', store)
  }
  return identity(NativeIdentity.accounts(entries))
}

const accountsFile = (path) => identity(NativeIdentity.accountsFile(text('path', path)))

class ChannelBindings {
  #data

  constructor(key, data) {
    if (key !== secret)
      throw new TypeError('channel bindings are made by channelBindings and tlsServerEndPoint')
    this.#data = data
  }

  get applicationData() {
    return Buffer.from(this.#data)
  }

  [util.inspect.custom]() {
    const name = this.#data.subarray(0, this.#data.indexOf(0x3a) + 1).toString('latin1')
    return `ChannelBindings { ${name} ${this.#data.length} bytes }`
  }

  static data(name, value) {
    if (!(value instanceof ChannelBindings)) throw wrong(name, 'channel bindings', value)
    return value.#data
  }
}

const channelBindings = (data) =>
  new ChannelBindings(secret, Buffer.from(bytes('applicationData', data)))

function tlsServerEndPoint(certificate) {
  return new ChannelBindings(
    secret,
    answered(native.tlsServerEndPoint(bytes('certificate', certificate))),
  )
}

/** What the options say about credentials; nothing where they say nothing. */
function choiceOf({ allow, packages, withoutPackages }) {
  if (allow === undefined && packages === undefined && withoutPackages === undefined)
    return undefined
  return {
    allow: maybe(allowOf, 'allow', allow) ?? 0,
    packages: maybe(texts, 'packages', packages),
    withoutPackages: maybe(texts, 'withoutPackages', withoutPackages),
  }
}

function identitiesOf(name, value) {
  if (value instanceof Identity) return [value]
  const identities = list(name, value, (_, one) => one)
  identities.forEach((one, at) => {
    Identity.native(`${name}[${at}]`, one)
  })
  return identities
}

/** The look-ups of several identities, by number. */
function lookUpsOf(identities) {
  const maps = identities.map(Identity.lookUps).filter(Boolean)
  return maps.length > 0 ? new Map(maps.flatMap((map) => [...map])) : undefined
}

class Credential {
  #native
  #lookUps

  constructor(packageName, given, options) {
    const identities = identitiesOf('identity', given)
    const isInbound = identities.some((one) => one.kind === 'account store')
    const natives = identities.map((one) => Identity.native('identity', one))
    const choice = choiceOf(object('options', options)) ?? { allow: 0 }
    this.#lookUps = lookUpsOf(identities)
    this.#native = answered(
      NativeCredential.acquire(text('packageName', packageName), isInbound, natives, choice),
    )
  }

  get name() {
    return answered(this.#native.name())
  }

  get package() {
    return this.#native.package()
  }

  [util.inspect.custom]() {
    return `Credential { ${this.package.name}, ${this.name} }`
  }

  static parts(credential) {
    return [credential.#native, credential.#lookUps]
  }
}

// Handshakes.

/** Where the native half puts tokens, which are copied from there. */
const space = Buffer.allocUnsafeSlow(8192)

/** The steps that are under way off the main thread, by number. */
const running = new Map()
let lastStep = 0
/** The handshake that makes a step on the main thread, while it does. */
let current

const busy = (what) =>
  new errors.OutOfSequence(
    `another call on this ${what} is under way: await it first, or use one ${what} for each`,
  )

const closed = () => new errors.OutOfSequence('a call out of turn: the handshake was closed')

class Handshake {
  #native
  #lookUps
  #signal
  #side
  #package
  #isBusy = false
  #isClosed = false
  #isDone = false
  #context
  /** The errors of look-ups that it failed with, by number. */
  #causes
  /** Says no more to a look-up that is waited for. */
  #giveUp

  constructor(key, made, packageName, side, lookUps, signal) {
    if (key !== secret) throw new TypeError('handshakes are made by initiate and accept')
    this.#native = made
    this.#package = packageName
    this.#side = side
    this.#lookUps = lookUps
    this.#signal = signal
  }

  /** Makes sure that nothing else is under way, and that nobody has given up. */
  #begin() {
    if (this.#isBusy) throw busy('handshake')
    if (this.#isClosed) throw closed()
    // What is at its end is not given up any more.
    if (this.#signal?.aborted && !this.done) {
      this.close()
      throw this.#signal.reason
    }
  }

  #failure(fault) {
    this.#causes ??= new Map()
    return errorOf(fault, this.#causes)
  }

  #answered(answer) {
    if (answer?.fault) throw this.#failure(answer)
    return answer
  }

  receive(token) {
    const given = bytes('token', token)
    this.#begin()
    const fault = this.#native.receive(given)
    this.#answered(fault)
  }

  step(token) {
    const given = maybe(bytes, 'token', token)
    this.#begin()
    this.#isBusy = true
    const before = current
    current = this
    let answer
    try {
      answer = this.#native.step(space, given)
    } finally {
      current = before
      this.#isBusy = false
      if (this.#isClosed) this.#native.close()
    }
    if (this.#isClosed) throw closed()
    return typeof answer === 'number'
      ? Buffer.from(space.subarray(0, answer))
      : this.#answered(answer)
  }

  async stepAsync(token) {
    const given = maybe(bytes, 'token', token)
    this.#begin()
    this.#isBusy = true
    lastStep = (lastStep + 1) >>> 0
    const number = lastStep
    running.set(number, this)
    // Where nobody waits for it any more it is still under way, and this is done when it is through.
    const step = (async () => this.#native.stepAsync(number, given))().finally(() => {
      running.delete(number)
      this.#isBusy = false
      if (this.#isClosed) this.#native.close()
    })
    const answer = await this.#unlessAborted(step)
    if (this.#isClosed) throw closed()
    return this.#answered(answer)
  }

  async #unlessAborted(step) {
    const signal = this.#signal
    if (!signal) return step
    let stop
    const aborted = new Promise((_, reject) => {
      stop = () => {
        this.close()
        reject(signal.reason)
      }
      signal.addEventListener('abort', stop, { once: true })
    })
    try {
      return await Promise.race([step, aborted])
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  next(token) {
    const value = this.step(token)
    return value === null ? { value: this.context, done: true } : { value, done: false }
  }

  async nextAsync(token) {
    const value = await this.stepAsync(token)
    return value === null ? { value: this.context, done: true } : { value, done: false }
  }

  get done() {
    if (this.#isBusy || this.#isClosed) return false
    this.#isDone ||= this.#native.isDone()
    return this.#isDone
  }

  get context() {
    this.#begin()
    if (!this.#context) {
      // Before its time it is an error, which the native half knows.
      if (!this.done) throw this.#failure(this.#native.facts())
      this.#context = new Context(secret, this.#native)
    }
    return this.#context
  }

  get extra() {
    return this.#isBusy ? Buffer.alloc(0) : this.#native.extra()
  }

  get side() {
    return this.#side
  }

  close() {
    this.#isClosed = true
    this.#giveUp?.()
    // A context that was taken is its owner's.
    if (!this.#isBusy && !this.#context) this.#native.close()
  }

  [Symbol.iterator]() {
    return {
      next: () => this.next(),
      return: (value) => ({ value, done: true }),
      [Symbol.iterator]() {
        return this
      },
    }
  }

  [Symbol.asyncIterator]() {
    return {
      next: () => this.nextAsync(),
      return: async (value) => ({ value, done: true }),
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  [util.inspect.custom]() {
    const phase = this.#isClosed
      ? 'closed'
      : this.#isBusy
        ? 'busy'
        : this.#native.isDone()
          ? 'done'
          : 'running'
    return `Handshake { ${this.#package}, ${this.#side}, ${phase} }`
  }

  /** Answers the native half in a step on the main thread. */
  static now(store, user, domain, packageName) {
    let account
    try {
      account = current.#lookUps.get(store)(user, domain, packageName)
      if (typeof account?.then !== 'function') return found(account)
      // Nobody waits for it here: what comes of it is nobody's error.
      account.then(undefined, () => undefined)
    } catch (error) {
      return failed(error)
    }
    const text =
      'the account look-up answers with a promise: use for await, nextAsync or stepAsync, which wait for it'
    return { ...failed(new TypeError(text)), isNonsense: true }
  }

  /** Answers the native half in a step off the main thread. */
  static async later(step, question, store, user, domain, packageName) {
    const handshake = running.get(step)
    const lookUp = handshake?.#lookUps?.get(store)
    let answer = { problem: 'the handshake was given up' }
    if (lookUp && !handshake.#isClosed) {
      const givenUp = new Promise((resolve) => {
        handshake.#giveUp = () => resolve(answer)
      })
      const looked = (async () => lookUp(user, domain, packageName))().then(found, failed)
      answer = await Promise.race([looked, givenUp])
      handshake.#giveUp = undefined
    }
    native.answerLookUp(question, answer)
  }
}

/** What a look-up found, as the native half wants it. */
function found(account) {
  if (account == null) return {}
  try {
    return { account: accountOf('the account that the look-up gives', account) }
  } catch (error) {
    return { ...failed(error), isNonsense: true }
  }
}

/** What a look-up threw. */
function failed(error) {
  return { thrown: keep(error), problem: `the account look-up failed: ${described(error)}` }
}

function described(error) {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  } catch {
    return 'what it threw cannot be shown'
  }
}

native.setLookUps(
  (...question) => Handshake.now(...question),
  (...question) => void Handshake.later(...question),
)

/** The settings that are not the usual ones; nothing where all of them are. */
function settingsOf(options) {
  const { target, require, request, relax, without, bindingPolicy, acceptedTargets } = options
  const bindings = options.channelBindings
  const first = target ?? require ?? request ?? relax ?? without ?? bindings
  if ((first ?? bindingPolicy ?? acceptedTargets) === undefined) return undefined
  return {
    target: maybe(text, 'target', target),
    require: maybe(flagsOf, 'require', require) ?? 0,
    request: maybe(flagsOf, 'request', request) ?? 0,
    relax: maybe(flagsOf, 'relax', relax) ?? 0,
    without: maybe(flagsOf, 'without', without) ?? 0,
    channelBindings: maybe(ChannelBindings.data, 'channelBindings', bindings),
    bindingPolicy: maybe(policy, 'bindingPolicy', bindingPolicy),
    acceptedTargets: maybe(texts, 'acceptedTargets', acceptedTargets),
  }
}

function start(packageName, isAcceptor, options, native = NativeEnd.start) {
  const name = text('packageName', packageName)
  const given = object('options', options)
  const { credential, signal } = given
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw wrong('signal', 'an AbortSignal', signal)
  let made
  let lookUps
  if (credential instanceof Credential) {
    const [handle, kept] = Credential.parts(credential)
    lookUps = kept
    if (choiceOf(given)) {
      throw new TypeError(
        'allow, packages and withoutPackages belong to the credential, which was acquired before',
      )
    }
    made = native(name, isAcceptor, handle, undefined, undefined, settingsOf(given))
  } else {
    const identities = credential === undefined ? [] : identitiesOf('credential', credential)
    lookUps = lookUpsOf(identities)
    const natives = identities.map((one) => Identity.native('credential', one))
    made = native(name, isAcceptor, undefined, natives, choiceOf(given), settingsOf(given))
  }
  return new Handshake(
    secret,
    answered(made),
    name,
    isAcceptor ? 'acceptor' : 'initiator',
    lookUps,
    signal,
  )
}

const initiate = (packageName, options) => start(packageName, false, options)
const accept = (packageName, options) => start(packageName, true, options)

// Contexts.

class Context {
  #native
  #facts
  #isBusy = false
  #isClosed = false

  constructor(key, made) {
    if (key !== secret) throw new TypeError('contexts come of handshakes')
    this.#native = made
  }

  #begin() {
    if (this.#isBusy) throw busy('context')
    if (this.#isClosed) throw new errors.InvalidHandle('the context was closed')
  }

  #known() {
    this.#begin()
    this.#facts ??= answered(this.#native.facts())
    return this.#facts
  }

  wrap(message) {
    const given = bytes('message', message)
    this.#begin()
    return answered(this.#native.wrap(given))
  }

  unwrap(wrapped) {
    const given = bytes('wrapped', wrapped)
    this.#begin()
    return answered(this.#native.unwrap(given))
  }

  async #protect(isWrapping, given) {
    this.#begin()
    this.#isBusy = true
    try {
      return answered(await this.#native.protectAsync(isWrapping, given))
    } finally {
      this.#isBusy = false
      if (this.#isClosed) this.#native.close()
    }
  }

  async wrapAsync(message) {
    return this.#protect(true, bytes('message', message))
  }

  async unwrapAsync(wrapped) {
    return this.#protect(false, bytes('wrapped', wrapped))
  }

  sign(message) {
    const given = bytes('message', message)
    this.#begin()
    return answered(this.#native.sign(given))
  }

  verify(message, signature) {
    const [given, code] = [bytes('message', message), bytes('signature', signature)]
    this.#begin()
    const fault = this.#native.verify(given, code)
    if (fault) throw errorOf(fault)
  }

  get package() {
    return this.#known().package
  }

  get negotiatedPackage() {
    return this.#known().negotiatedPackage
  }

  get negotiation() {
    const { negotiation } = this.#known()
    return negotiation ? { ...negotiation, chosen: negotiation.chosen ?? null } : null
  }

  get side() {
    return this.#known().side
  }

  get flags() {
    return this.#known().flags
  }

  get expiry() {
    const { expiry } = this.#known()
    return expiry === undefined ? null : new Date(expiry)
  }

  get client() {
    return this.#known().client
  }

  get isAnonymous() {
    return this.#known().isAnonymous
  }

  get server() {
    return this.#known().server ?? null
  }

  get target() {
    return this.#known().target ?? null
  }

  get bindingsChecked() {
    return this.#known().bindingsChecked
  }

  get sessionKey() {
    return Buffer.from(this.#known().sessionKey)
  }

  get sizes() {
    return this.#known().sizes
  }

  close() {
    this.#isClosed = true
    this.#facts?.sessionKey.fill(0)
    this.#facts = undefined
    if (!this.#isBusy) this.#native.close()
  }

  [util.inspect.custom]() {
    if (this.#isClosed) return 'Context { closed }'
    if (this.#isBusy) return 'Context { busy }'
    const {
      package: { name },
      side,
      client,
    } = this.#known()
    return `Context { ${name}, ${side}, client ${util.inspect(client)} }`
  }
}

// Node 20 has the symbol from 20.5 on; before, there is nobody who would ask for it.
if (Symbol.dispose) {
  Context.prototype[Symbol.dispose] = Context.prototype.close
}

// Tokens.

function inspect(token) {
  const { text: tree, ...inspection } = native.inspect(bytes('token', token))
  Object.defineProperty(inspection, 'toString', { value: () => tree })
  return inspection
}

module.exports = {
  ...Object.fromEntries(Object.entries(errors).filter(([name]) => name !== 'byStatus')),
  ChannelBindings,
  Context,
  Credential,
  Handshake,
  Identity,
  accept,
  accounts,
  accountsFile,
  anonymous,
  channelBindings,
  initiate,
  inspect,
  ntHash,
  packageInfo: (name) => answered(native.packageInfo(text('name', name))),
  packages: native.packages,
  password,
  tlsServerEndPoint,
  version: native.version(),
}

if (native.NativeSurroundings) {
  // Only in a build for tests.
  module.exports.testing = {
    fixed(now, entropy, host, failing = 0) {
      const surroundings = answered(native.NativeSurroundings.fixed(now, entropy, host, failing))
      const within = (name, isAcceptor, _, natives, choice, settings) =>
        surroundings.start(name, isAcceptor, natives, choice ?? { allow: 0 }, settings)
      return {
        initiate: (name, options) => start(name, false, options, within),
        accept: (name, options) => start(name, true, options, within),
      }
    },
    panic: () => answered(native.panicInTheLibrary()),
  }
}
