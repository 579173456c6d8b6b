'use strict'

// Channel bindings: what ties a logon to the TLS connection it runs in.

const { bytes, wrong } = require('./arguments.js')
const { answered } = require('./faults.js')
const native = require('./native.js')
const secret = require('./secret.js')
const util = require('node:util')

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

  toStructure() {
    return native.bindingsStructure(this.#data)
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

module.exports = {
  ChannelBindings,
  channelBindings,
  tlsServerEndPoint,
}
