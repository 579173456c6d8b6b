'use strict'

// The established context: names, flags, and the protection of messages.

const { bytes } = require('./arguments.js')
const errors = require('./errors.js')
const { answered, busy } = require('./faults.js')
const secret = require('./secret.js')
const util = require('node:util')

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
    answered(this.#native.verify(given, code))
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

module.exports = {
  Context,
}
