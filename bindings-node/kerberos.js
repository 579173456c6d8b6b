'use strict'

// What Kerberos keeps on a machine: keys and tickets.

const { bytes, maybe, object, text } = require('./arguments.js')
const { Identity, delegable } = require('./credentials.js')
const { answered } = require('./faults.js')
const native = require('./native.js')
const secret = require('./secret.js')
const util = require('node:util')

class Keytab extends Identity {
  #place

  constructor(path, number) {
    const isMade = path === secret
    super(secret, isMade ? number : native.keytab(text('path', path)))
    this.#place = isMade ? 'in memory' : path
  }

  static fromBytes(data) {
    return new Keytab(secret, native.keytabFromBytes(bytes('data', data)))
  }

  toBytes() {
    return answered(native.keytabToBytes(Identity.number('keytab', this)))
  }

  [util.inspect.custom]() {
    return `Keytab { ${this.#place} }`
  }
}

/** The name of the encryption type of a key, and its bytes. */
function keyOf(name, value) {
  const { bytes: given, encryptionType } = object(name, value)
  return [text(`${name}.encryptionType`, encryptionType), bytes(`${name}.bytes`, given)]
}

class CredentialCache extends Identity {
  #place

  constructor(name, number) {
    const isMade = name === secret
    super(secret, isMade ? number : native.credentialCache(text('name', name)))
    this.#place = isMade ? 'in memory' : name
  }

  static fromBytes(data) {
    return new CredentialCache(secret, native.credentialCacheFromBytes(bytes('data', data)))
  }

  static fromKrbCred(data, key) {
    const given = bytes('data', data)
    const parts = maybe(keyOf, 'key', key) ?? []
    const number = answered(native.credentialCacheFromKrbCred(given, ...parts))
    return new CredentialCache(secret, number)
  }

  get client() {
    return answered(native.credentialCacheClient(Identity.number('cache', this)))
  }

  toBytes() {
    return answered(native.credentialCacheToBytes(Identity.number('cache', this)))
  }

  toKrbCred() {
    return answered(native.credentialCacheToKrbCred(Identity.number('cache', this)))
  }

  [util.inspect.custom]() {
    return `CredentialCache { ${this.#place} }`
  }
}

delegable['credential cache'] = CredentialCache

module.exports = { CredentialCache, Keytab }
