'use strict'

// The established context: names, flags, and the protection of messages.

const { bytes, count, object } = require('./arguments.js')
const { attributes, shown } = require('./attributes.js')
const { handed } = require('./credentials.js')
const errors = require('./errors.js')
const { answered, busy } = require('./faults.js')
const native = require('./native.js')
const { Peer } = require('./peer.js')
const { offThread } = require('./off-thread.js')
const secret = require('./secret.js')
const util = require('node:util')

class Context {
  #kept
  #facts
  #room
  #isBusy = false
  #isClosed = false

  constructor(key, kept) {
    if (key !== secret) throw new TypeError('contexts come of handshakes')
    this.#kept = kept
  }

  #begin() {
    if (this.#isBusy) throw busy('context')
    if (this.#isClosed) throw new errors.InvalidHandle('the context was closed')
  }

  #known() {
    this.#begin()
    this.#facts ??= answered(native.facts(this.#kept.number))
    return this.#facts
  }

  /** Wraps or unwraps, into memory that is made here: what Node itself makes costs it least. */
  #protectNow(isWrapping, given) {
    this.#begin()
    const end = this.#kept.number
    this.#room ??= answered(native.room(end))
    const { isStream, toUnwrap, toWrap } = this.#room
    if (isStream) return answered(native.protectStream(end, isWrapping, given))
    const less = given.length < toUnwrap ? 0 : toUnwrap
    const made = Buffer.allocUnsafe(given.length + (isWrapping ? toWrap : -less))
    const used = answered(native.protect(end, isWrapping, given, made))
    return used === made.length ? made : made.subarray(0, used)
  }

  /** The messages of a connectionless context are numbered by the caller. */
  #datagram(call, options, ...given) {
    const number = count('number', options.number)
    this.#begin()
    return answered(native[call](this.#kept.number, number, ...given))
  }

  wrap(message, options) {
    const given = bytes('message', message)
    return object('options', options).number === undefined
      ? this.#protectNow(true, given)
      : this.#datagram('wrapDatagram', options, given)
  }

  unwrap(wrapped, options) {
    const given = bytes('wrapped', wrapped)
    return object('options', options).number === undefined
      ? this.#protectNow(false, given)
      : this.#datagram('unwrapDatagram', options, given)
  }

  unwrapWithQuality(wrapped) {
    const given = bytes('wrapped', wrapped)
    this.#begin()
    return answered(native.unwrapWithQuality(this.#kept.number, given))
  }

  async #protectLater(isWrapping, given) {
    this.#begin()
    this.#isBusy = true
    try {
      const end = this.#kept.number
      return answered(await offThread(this, native.protectAsync, end, isWrapping, given))
    } finally {
      this.#isBusy = false
      if (this.#isClosed) this.#kept.forget()
    }
  }

  async wrapAsync(message) {
    return this.#protectLater(true, bytes('message', message))
  }

  async unwrapAsync(wrapped) {
    const { message } = await this.#protectLater(false, bytes('wrapped', wrapped))
    return message
  }

  async unwrapWithQualityAsync(wrapped) {
    return this.#protectLater(false, bytes('wrapped', wrapped))
  }

  shutDown() {
    this.#begin()
    return answered(native.shutDown(this.#kept.number))
  }

  delegated() {
    this.#begin()
    return handed(answered(native.delegated(this.#kept.number)))
  }

  get peer() {
    this.#begin()
    const facts = answered(native.peer(this.#kept.number))
    return facts ? new Peer(facts) : null
  }

  sign(message, options) {
    const given = bytes('message', message)
    if (object('options', options).number !== undefined)
      return this.#datagram('signDatagram', options, given)
    this.#begin()
    return answered(native.sign(this.#kept.number, given))
  }

  verify(message, signature, options) {
    const [given, code] = [bytes('message', message), bytes('signature', signature)]
    if (object('options', options).number !== undefined) {
      this.#datagram('verifyDatagram', options, given, code)
      return
    }
    this.#begin()
    answered(native.verify(this.#kept.number, given, code))
  }

  query(attribute) {
    const number = attributes.number('attribute', attribute)
    this.#begin()
    return shown(answered(native.query(this.#kept.number, number)))
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

  get clientUser() {
    return this.#known().clientUser
  }

  get clientDomain() {
    return this.#known().clientDomain ?? null
  }

  get isAnonymous() {
    return this.#known().isAnonymous
  }

  get server() {
    return this.#known().server ?? null
  }

  get workstation() {
    return this.#known().workstation ?? null
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
    if (!this.#isBusy) this.#kept.forget()
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

module.exports = {
  Context,
}
