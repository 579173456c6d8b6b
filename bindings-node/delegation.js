'use strict'

// To which servers a user hands credentials to act with.

const { maybe, object, text, texts, wrong } = require('./arguments.js')
const native = require('./native.js')
const util = require('node:util')

class DelegationPolicy {
  #lists

  constructor(lists) {
    const { allow, ntlmOnly } = object('lists', lists)
    this.#lists = {
      allow: maybe(texts, 'allow', allow),
      ntlmOnly: maybe(texts, 'ntlmOnly', ntlmOnly),
    }
  }

  allows(target) {
    return native.delegationAllows(this.#lists, text('target', target))
  }

  allowsNtlmOnly(target) {
    return native.delegationAllowsNtlmOnly(this.#lists, text('target', target))
  }

  [util.inspect.custom]() {
    const given = Object.entries(this.#lists).filter(([, list]) => list !== undefined)
    return `DelegationPolicy ${util.inspect(Object.fromEntries(given))}`
  }

  static lists(name, value) {
    if (!(value instanceof DelegationPolicy)) throw wrong(name, 'a DelegationPolicy', value)
    return value.#lists
  }
}

module.exports = { DelegationPolicy }
