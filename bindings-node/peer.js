'use strict'

// Who the client is, as a domain knows it.

const { text } = require('./arguments.js')

class Peer {
  #granted

  constructor({ granted, ...facts }) {
    for (const name of NAMES) this[name] = facts[name] ?? null
    this.#granted = new Set(granted)
    Object.freeze(this)
  }

  isMemberOf(sid) {
    return this.#granted.has(text('sid', sid).toUpperCase())
  }
}

const NAMES = [
  'user',
  'realm',
  'hasPac',
  'account',
  'domain',
  'dnsDomain',
  'upn',
  'fullName',
  'logonServer',
  'sid',
  'primaryGroup',
  'groups',
  'resourceGroups',
  'extra',
  'claims',
  'device',
  'deviceClaims',
  'askedForPac',
  'hasTicketSignature',
  'hasFullSignature',
]

module.exports = { Peer }
