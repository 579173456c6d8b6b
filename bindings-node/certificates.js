'use strict'

// Certificates: a side's own, and those by which a client judges a server's.

const { bytes, list, text } = require('./arguments.js')
const { Identity } = require('./credentials.js')
const { answered } = require('./faults.js')
const native = require('./native.js')
const secret = require('./secret.js')

/** PEM is text, and is read from files as bytes. */
const pemOf = (pem) => (typeof pem === 'string' ? Buffer.from(pem) : bytes('pem', pem))

/** Copies, as Buffers: of an array, and not of the numbers of bytes. */
function byteStrings(name, value) {
  return list(name, ArrayBuffer.isView(value) ? null : value, (at, one) =>
    Buffer.from(bytes(at, one)),
  )
}

class Certificate extends Identity {
  constructor(chain, privateKey, number) {
    super(
      secret,
      chain === secret
        ? number
        : native.certificate(byteStrings('chain', chain), bytes('privateKey', privateKey)),
    )
  }

  static fromPem(pem) {
    return new Certificate(secret, null, answered(native.certificateFromPem(pemOf(pem))))
  }

  static selfSigned(hostName) {
    const made = native.selfSignedCertificate(text('hostName', hostName))
    return new Certificate(secret, null, answered(made))
  }

  get chain() {
    return answered(native.certificateChain(Identity.number('certificate', this)))
  }

  toPem() {
    return answered(native.certificateToPem(Identity.number('certificate', this)))
  }
}

class TrustedRoots extends Identity {
  constructor(roots, number) {
    super(secret, roots === secret ? number : native.trustedRoots(byteStrings('roots', roots)))
  }

  static fromPem(pem) {
    return new TrustedRoots(secret, answered(native.trustedRootsFromPem(pemOf(pem))))
  }
}

module.exports = { Certificate, TrustedRoots }
