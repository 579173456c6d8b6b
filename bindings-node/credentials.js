'use strict'

// Who somebody is: identities, and the credentials of a package that are made from them.

const { entriesOf } = require('./accounts.js')
const { allowOf, bytes, list, maybe, object, text, texts, wrong } = require('./arguments.js')
const { answered } = require('./faults.js')
const { NativeCredential, NativeIdentity } = require('./native.js')
const secret = require('./secret.js')
const util = require('node:util')

class Identity {
  /** What the native half has of it, and the look-ups that it asks by number. */
  #native
  #lookUps

  constructor(key, made, lookUps) {
    if (key !== secret)
      throw new TypeError('identities are made by password, ntHash, anonymous and accounts')
    this.#native = made
    this.#lookUps = lookUps
  }

  get kind() {
    return this.#native.kind()
  }

  [util.inspect.custom]() {
    return `Identity { ${this.#native.describe()} }`
  }

  static native(name, value) {
    if (!(value instanceof Identity))
      throw wrong(name, 'an identity: password(…), accounts(…) or another', value)
    return value.#native
  }

  static lookUps(value) {
    return value.#lookUps
  }
}

const identity = (made, lookUps) => new Identity(secret, answered(made), lookUps)

function password(user, given, options) {
  const domain = maybe(text, 'domain', object('options', options).domain)
  return identity(NativeIdentity.password(text('user', user), text('password', given), domain))
}

function ntHash(user, hash, options) {
  const domain = maybe(text, 'domain', object('options', options).domain)
  return identity(NativeIdentity.ntHash(text('user', user), bytes('hash', hash), domain))
}

const anonymous = () => identity(NativeIdentity.anonymous())

let lastStore = 0

function accounts(store) {
  if (typeof store !== 'function') return identity(NativeIdentity.accounts(entriesOf(store)))
  lastStore += 1
  return identity(NativeIdentity.lookUp(lastStore), new Map([[lastStore, store]]))
}

const accountsFile = (path) => identity(NativeIdentity.accountsFile(text('path', path)))

/** What the options say about credentials; nothing where they say nothing. */
function choiceOf({ allow, packages, withoutPackages }) {
  if (allow === undefined && packages === undefined && withoutPackages === undefined)
    return undefined
  return {
    allow: maybe(allowOf, 'allow', allow) ?? 0,
    packages: maybe(texts, 'packages', packages),
    withoutPackages: maybe(texts, 'withoutPackages', withoutPackages),
  }
}

/** What the native half has of an identity or of several, and the look-ups of all, by number. */
function partsOf(name, value) {
  const identities = value instanceof Identity ? [value] : list(name, value, (_, one) => one)
  const natives = identities.map((one, at) => Identity.native(`${name}[${at}]`, one))
  const maps = identities.map(Identity.lookUps).filter(Boolean)
  const lookUps = maps.length > 0 ? new Map(maps.flatMap((map) => [...map])) : undefined
  return { natives, lookUps }
}

class Credential {
  #native
  #lookUps

  constructor(packageName, given, options) {
    const { natives, lookUps } = partsOf('identity', given)
    const isInbound = natives.some((one) => one.kind() === 'account store')
    const choice = choiceOf(object('options', options)) ?? { allow: 0 }
    this.#lookUps = lookUps
    this.#native = answered(
      NativeCredential.acquire(text('packageName', packageName), isInbound, natives, choice),
    )
  }

  get name() {
    return answered(this.#native.name())
  }

  get package() {
    return this.#native.package()
  }

  [util.inspect.custom]() {
    return `Credential { ${this.package.name}, ${this.name} }`
  }

  static parts(credential) {
    return [credential.#native, credential.#lookUps]
  }
}

module.exports = {
  Credential,
  Identity,
  accounts,
  accountsFile,
  anonymous,
  choiceOf,
  ntHash,
  partsOf,
  password,
}
