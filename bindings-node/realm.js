'use strict'

// A realm in a box: a small KDC in the process, for tests and demonstrations.

const { bytes, count, counts, maybe, object, text, texts, wrong } = require('./arguments.js')
const { answered } = require('./faults.js')
const { CredentialCache, Keytab } = require('./kerberos.js')
const native = require('./native.js')
const secret = require('./secret.js')
const util = require('node:util')

class Serving {
  #native
  #port
  #krb5Conf

  constructor(key, serving) {
    if (key !== secret) throw new TypeError('realms are served by serve')
    this.#native = serving
    this.#port = serving.port()
    this.#krb5Conf = serving.krb5Conf()
  }

  get port() {
    return this.#port
  }

  get krb5Conf() {
    return this.#krb5Conf
  }

  stop() {
    this.#native.stop()
  }

  [util.inspect.custom]() {
    return `Serving { port ${this.#port} }`
  }
}

class Realm {
  #native
  #name

  constructor(name) {
    this.#name = text('name', name)
    this.#native = answered(native.NativeRealm.create(this.#name))
    this.carry = this.carry.bind(this)
  }

  get name() {
    return this.#name
  }

  get domainSid() {
    return this.#native.domainSid()
  }

  addUser(name, password, options) {
    const { encryptionTypes, groups, salt, preAuthentication = true } = object('options', options)
    const facts = {
      encryptionTypes: maybe(texts, 'encryptionTypes', encryptionTypes),
      salt: maybe(text, 'salt', salt),
      preAuthentication: Boolean(preAuthentication),
      groups: maybe(counts, 'groups', groups),
    }
    answered(this.#native.addUser(text('name', name), text('password', password), facts))
  }

  addService(name, options) {
    const { encryptionTypes, version, trustedForDelegation } = object('options', options)
    const facts = {
      encryptionTypes: maybe(texts, 'encryptionTypes', encryptionTypes),
      version: maybe(count, 'version', version),
      trustedForDelegation: Boolean(trustedForDelegation),
    }
    answered(this.#native.addService(text('name', name), facts))
  }

  trust(other) {
    if (!(other instanceof Realm)) throw wrong('other', 'a Realm', other)
    answered(this.#native.trust(other.#native))
  }

  keytab(...names) {
    return new Keytab(secret, answered(this.#native.keytab(texts('names', names))))
  }

  tickets(user, ...services) {
    const number = answered(this.#native.tickets(text('user', user), texts('services', services)))
    return new CredentialCache(secret, number)
  }

  answer(request) {
    return answered(this.#native.answer(bytes('request', request)))
  }

  carry(realm, message) {
    if (realm !== this.#name) throw new Error(`${this.#name} is not the realm ${realm}`)
    return this.answer(message)
  }

  serve() {
    return new Serving(secret, answered(this.#native.serve()))
  }

  [util.inspect.custom]() {
    return `Realm { ${this.#name} }`
  }
}

module.exports = { Realm, Serving }
