'use strict'

// What Kerberos keeps on a machine: keys and tickets.

const { bytes, text } = require('./arguments.js')
const { Identity, delegable } = require('./credentials.js')
const { answered } = require('./faults.js')
const native = require('./native.js')
const secret = require('./secret.js')

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
}

class CredentialCache extends Identity {
  constructor(name, number) {
    super(secret, name === secret ? number : native.credentialCache(text('name', name)))
  }

  static fromBytes(data) {
    return new CredentialCache(secret, native.credentialCacheFromBytes(bytes('data', data)))
  }

  get client() {
    return answered(native.credentialCacheClient(Identity.number('cache', this)))
  }

  toBytes() {
    return answered(native.credentialCacheToBytes(Identity.number('cache', this)))
  }
}

delegable['credential cache'] = CredentialCache

module.exports = { CredentialCache, Keytab }
