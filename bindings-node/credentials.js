'use strict'

// Who somebody is: identities, and the credentials of a package that are made from them.

const { entriesOf } = require('./accounts.js')
const { allowOf, bytes, count, list, maybe, numberOf, object, text, texts, wrong } =
  require('./arguments.js')
const { DelegationPolicy } = require('./delegation.js')
const errors = require('./errors.js')
const { answered } = require('./faults.js')
const { usages } = require('./flags.js')
const { Kept } = require('./kept.js')
const { numbered } = require('./look-ups.js')
const native = require('./native.js')
const secret = require('./secret.js')
const util = require('node:util')

class Identity {
  #kept
  /** The functions that it asks, by number. */
  #lookUps

  constructor(key, number, lookUps) {
    if (key !== secret)
      throw new TypeError('identities are made by password, ntHash, anonymous, accounts and others')
    this.#kept = new Kept(number)
    this.#lookUps = lookUps
  }

  get kind() {
    return answered(native.identityKind(this.#kept.number))
  }

  [util.inspect.custom]() {
    return `Identity { ${answered(native.describeIdentity(this.#kept.number))} }`
  }

  static number(name, value) {
    if (!(value instanceof Identity))
      throw wrong(name, 'an identity: password(…), accounts(…) or another', value)
    return value.#kept.number
  }

  static lookUps(value) {
    return value.#lookUps
  }
}

class Password extends Identity {
  get user() {
    return answered(native.identityUser(Identity.number('password', this)))
  }

  get password() {
    return answered(native.identitySecret(Identity.number('password', this)))
  }
}

const CARD_NAMES = ['card', 'reader', 'container', 'provider', 'userHint', 'domainHint']

/** AT_KEYEXCHANGE */
const USUAL_KEY = 1

class SmartCard extends Identity {
  #facts

  constructor(key, number) {
    super(key, number)
    this.#facts = answered(native.smartCardFacts(number))
  }

  get pin() {
    return answered(native.identitySecret(Identity.number('smartCard', this)))
  }

  get keySpec() {
    return this.#facts.keySpec
  }

  get card() {
    return this.#facts.card ?? null
  }

  get reader() {
    return this.#facts.reader ?? null
  }

  get container() {
    return this.#facts.container ?? null
  }

  get provider() {
    return this.#facts.provider ?? null
  }

  get userHint() {
    return this.#facts.userHint ?? null
  }

  get domainHint() {
    return this.#facts.domainHint ?? null
  }
}

function smartCard(pin, options) {
  const given = object('options', options)
  const facts = { keySpec: maybe(count, 'keySpec', given.keySpec) ?? USUAL_KEY }
  for (const name of CARD_NAMES) facts[name] = maybe(text, name, given[name])
  return new SmartCard(secret, native.smartCard(text('pin', pin), facts))
}

/** The classes of what can be delegated, by what the native half calls it; kerberos.js adds its own. */
const delegable = { password: Password, 'smart card': SmartCard }

/** What the native half says was delegated, as an identity. */
function handed({ identity, kind }) {
  return identity == null ? null : new delegable[kind](secret, identity)
}

const identity = (number, lookUps) => new Identity(secret, answered(number), lookUps)

function password(user, given, options) {
  const domain = maybe(text, 'domain', object('options', options).domain)
  return new Password(secret, native.password(text('user', user), text('password', given), domain))
}

function ntHash(user, hash, options) {
  const domain = maybe(text, 'domain', object('options', options).domain)
  return identity(native.ntHash(text('user', user), bytes('hash', hash), domain))
}

const anonymous = () => identity(native.anonymous())

function accounts(store) {
  if (typeof store !== 'function') return identity(native.accounts(entriesOf(store)))
  const number = numbered()
  return identity(native.accountsOfLookUp(number), new Map([[number, store]]))
}

const accountsFile = (path) => identity(native.accountsFile(text('path', path)))

/** What the options say about credentials; nothing where they say nothing. */
function choiceOf({ allow, delegation, packages, withoutPackages }) {
  if ((allow ?? packages ?? withoutPackages ?? delegation) == null) return undefined
  return {
    allow: maybe(allowOf, 'allow', allow) ?? 0,
    packages: maybe(texts, 'packages', packages),
    withoutPackages: maybe(texts, 'withoutPackages', withoutPackages),
    delegation: maybe(DelegationPolicy.lists, 'delegation', delegation),
  }
}

/** The numbers of an identity or of several, and the look-ups of all. */
function partsOf(name, value) {
  const identities = value instanceof Identity ? [value] : list(name, value, (_, one) => one)
  const numbers = identities.map((one, at) => Identity.number(`${name}[${at}]`, one))
  const maps = identities.map(Identity.lookUps).filter(Boolean)
  const lookUps = maps.length > 0 ? new Map(maps.flatMap((map) => [...map])) : undefined
  return { numbers, lookUps }
}

const usageOf = (name, value) => numberOf(name, text(name, value), usages)

class Credential {
  #kept
  #lookUps
  #packageName
  #isFreed = false

  /** @param acquire the call that acquires them: another one in the tests */
  constructor(packageName, given, options, acquire = native.acquire) {
    const name = text('packageName', packageName)
    const { numbers, lookUps } = partsOf('identity', given ?? [])
    const { principal, usage, ...more } = object('options', options)
    const purpose = maybe(usageOf, 'usage', usage) ?? 0
    const user = maybe(text, 'principal', principal)
    this.#lookUps = lookUps
    this.#packageName = name
    this.#kept = new Kept(
      answered(acquire(name, user, purpose, numbers, choiceOf(more) ?? { allow: 0 })),
    )
  }

  get name() {
    return answered(native.credentialName(Credential.number(this)))
  }

  get expiry() {
    const expiry = answered(native.credentialExpiry(Credential.number(this)))
    return expiry === null ? null : new Date(expiry)
  }

  get package() {
    return answered(native.credentialPackage(Credential.number(this)))
  }

  [util.inspect.custom]() {
    return this.#isFreed
      ? 'Credential { freed }'
      : `Credential { ${this.package.name}, ${this.name} }`
  }

  static number(credential) {
    if (!(credential instanceof Credential)) throw wrong('credential', 'a Credential', credential)
    if (credential.#isFreed) throw new errors.InvalidHandle('the credentials were freed')
    return credential.#kept.number
  }

  static lookUps(credential) {
    return credential.#lookUps
  }

  /** Whether they were acquired for the package of this name. */
  static isOf(credential, name) {
    return credential.#packageName === name
  }

  static free(credential) {
    Credential.number(credential)
    credential.#isFreed = true
    credential.#kept.forget()
  }
}

module.exports = {
  Credential,
  Identity,
  Password,
  SmartCard,
  accounts,
  accountsFile,
  delegable,
  anonymous,
  choiceOf,
  handed,
  ntHash,
  partsOf,
  password,
  smartCard,
}
