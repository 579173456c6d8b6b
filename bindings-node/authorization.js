'use strict'

// What a server says first inside CredSSP's stream, where the connection was negotiated so.

const { bytes } = require('./arguments.js')
const { answered } = require('./faults.js')
const native = require('./native.js')
const secret = require('./secret.js')
const util = require('node:util')

class EarlyUserAuthResult {
  #name
  #number

  constructor(key, name, number) {
    if (key !== secret) throw new TypeError('there are SUCCESS and ACCESS_DENIED, and no others')
    this.#name = name
    this.#number = number
    Object.freeze(this)
  }

  static SUCCESS = new EarlyUserAuthResult(secret, 'SUCCESS', 0)
  static ACCESS_DENIED = new EarlyUserAuthResult(secret, 'ACCESS_DENIED', 5)

  static fromBytes(received) {
    const number = answered(native.earlyAnswer(bytes('received', received)))
    const { ACCESS_DENIED, SUCCESS } = EarlyUserAuthResult
    return number === SUCCESS.#number ? SUCCESS : ACCESS_DENIED
  }

  toBytes() {
    return answered(native.earlyAnswerBytes(this.#number))
  }

  check() {
    answered(native.checkEarlyAnswer(this.#number))
  }

  [util.inspect.custom]() {
    return `EarlyUserAuthResult.${this.#name}`
  }
}

module.exports = { EarlyUserAuthResult }
