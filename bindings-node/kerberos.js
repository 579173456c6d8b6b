'use strict'

// What Kerberos keeps on a machine: keys and tickets.

const { bytes, maybe, object, text } = require('./arguments.js')
const { Identity, delegable } = require('./credentials.js')
const { answered } = require('./faults.js')
const native = require('./native.js')
const secret = require('./secret.js')
const util = require('node:util')

/** A keytab or a cache, for whoever looks at it. */
const shown = (name, identity) =>
  `${name} { ${answered(native.identityPlace(Identity.number(name, identity)))} }`

class Keytab extends Identity {
  constructor(path, number) {
    super(secret, path === secret ? number : native.keytab(text('path', path)))
  }

  static fromBytes(data) {
    return new Keytab(secret, native.keytabFromBytes(bytes('data', data)))
  }

  toBytes() {
    return answered(native.keytabToBytes(Identity.number('keytab', this)))
  }

  [util.inspect.custom]() {
    return shown('Keytab', this)
  }
}

/** The name of the encryption type of a key, and its bytes. */
function keyOf(name, value) {
  const { bytes: given, encryptionType } = object(name, value)
  return [text(`${name}.encryptionType`, encryptionType), bytes(`${name}.bytes`, given)]
}

class CredentialCache extends Identity {
  constructor(name, number) {
    super(secret, name === secret ? number : native.credentialCache(text('name', name)))
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
    return shown('CredentialCache', this)
  }
}

delegable['credential cache'] = CredentialCache

module.exports = { CredentialCache, Keytab }
