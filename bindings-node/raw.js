'use strict'

// The interface call by call, over lists of typed buffers.

const {
  bits,
  bytes,
  callable,
  count,
  known,
  list,
  maybe,
  object,
  pacPolicyOf,
  policy,
  text,
  texts,
  wrong,
} = require('./arguments.js')
const { attributes, dateOf, shown, tokenOf } = require('./attributes.js')
const { Credential } = require('./credentials.js')
const { answered, busy, errorOf } = require('./faults.js')
const tables = require('./flags.js')
const { packageInfo, packages } = require('./index.js')
const { Kept } = require('./kept.js')
const lookUps = require('./look-ups.js')
const native = require('./native.js')
const util = require('node:util')

const ascReq = bits(tables.ascReq)
const attributesOf = bits(tables.bufferAttributes)
const iscReq = bits(tables.iscReq)

const kinds = known(tables.bufferKinds)

class SecurityBuffer {
  #kind
  #attributes
  #data
  #length

  constructor(kind, data, options) {
    const given = object('options', options)
    this.#kind = kinds.number('kind', kind)
    this.#data = maybe(bytes, 'data', data) ?? null
    this.#length = this.#data?.length ?? 0
    this.#attributes = maybe(attributesOf, 'attributes', given.attributes) ?? 0
  }

  get kind() {
    return kinds.name(this.#kind)
  }

  get attributes() {
    const names = Object.entries(tables.bufferAttributes)
    return names.filter(([, bit]) => (this.#attributes & bit) >>> 0 === bit).map(([name]) => name)
  }

  get data() {
    return this.#data
  }

  get length() {
    return this.#length
  }

  get bytes() {
    return this.#data?.subarray(0, this.#length) ?? Buffer.alloc(0)
  }

  [util.inspect.custom]() {
    return `SecurityBuffer { ${this.kind}, ${this.#length} bytes }`
  }

  /** For the native half. Memory may have been given away since it was put into the buffer. */
  static lent(buffer) {
    const data = buffer.#data === null ? undefined : bytes('data', buffer.#data)
    return { kind: buffer.#kind, attributes: buffer.#attributes, length: buffer.#length, data }
  }

  /** Takes what became of the buffers of a call. */
  static take(buffers, became) {
    const before = buffers.map((buffer) => buffer.#data)
    became.forEach(({ kind, length, within, start, bytes: made }, at) => {
      const buffer = buffers[at]
      buffer.#kind = kind
      buffer.#length = length
      if (within === undefined) buffer.#data = made ?? null
      else if (within !== at) buffer.#data = before[within].subarray(start, start + length)
      else if (made) buffer.#data.set(made)
    })
  }
}

/** The buffers of one call, which share no memory. */
function buffersOf(...lists) {
  const buffers = lists.flatMap(([name, value]) =>
    list(name, value, (at, one) => {
      if (!(one instanceof SecurityBuffer)) throw wrong(at, 'a SecurityBuffer', one)
      return one
    }),
  )
  if (new Set(buffers).size < buffers.length) {
    throw new TypeError('the same buffer is twice in the lists of one call')
  }
  const memory = buffers
    .map((buffer) => buffer.data)
    .filter((data) => data !== null && data.length > 0)
    .sort((one, other) => one.byteOffset - other.byteOffset)
  const ends = new Map()
  for (const { buffer, byteOffset, byteLength } of memory) {
    if (byteOffset < (ends.get(buffer) ?? 0)) {
      throw new TypeError('two buffers share memory: give each its own')
    }
    ends.set(buffer, byteOffset + byteLength)
  }
  return buffers
}

/** Makes a call over buffers. */
function over(buffers, call) {
  const { became, failed, ...made } = call(buffers.map(SecurityBuffer.lent))
  SecurityBuffer.take(buffers, became)
  if (failed) throw errorOf(failed)
  return made
}

class SecurityContext {
  #kept
  #isBusy = false
  /** What carries its questions to KDCs, and the look-ups of its credentials, by number. */
  #lookUps = new Map()

  constructor(options) {
    const { acceptedTargets, bindingPolicy, kdc, pacPolicy } = object('options', options)
    const carrier = maybe(callable, 'kdc', kdc)
    const number = carrier && lookUps.numbered()
    if (carrier) this.#lookUps.set(number, carrier)
    this.#kept = new Kept(
      answered(
        native.nullContext(
          maybe(policy, 'bindingPolicy', bindingPolicy),
          maybe(texts, 'acceptedTargets', acceptedTargets),
          maybe(pacPolicyOf, 'pacPolicy', pacPolicy),
          number,
        ),
      ),
    )
  }

  get isEstablished() {
    return answered(native.isEstablished(SecurityContext.number(this)))
  }

  [util.inspect.custom]() {
    return this.#isBusy
      ? 'SecurityContext { busy }'
      : `SecurityContext { ${answered(native.describeContext(this.#kept.number))} }`
  }

  /** The number, for a call: a look-up that is called in one may not make another. */
  static number(context) {
    if (!(context instanceof SecurityContext)) throw wrong('context', 'a SecurityContext', context)
    if (context.#isBusy) throw busy('context')
    return context.#kept.number
  }

  /** A leg, in which the look-ups of the credentials may be called. */
  static leg(context, credential, call) {
    if (credential != null && !(credential instanceof Credential))
      throw wrong('credential', 'a Credential or null', credential)
    const number = SecurityContext.number(context)
    const handle = credential == null ? undefined : Credential.number(credential)
    const more = credential == null ? undefined : Credential.lookUps(credential)
    for (const [asked, lookUp] of more ?? []) context.#lookUps.set(asked, lookUp)
    const before = lookUps.ask(context.#lookUps)
    context.#isBusy = true
    try {
      const { code, expiry, flags, status } = call(handle, number).outcome
      return { status, code, flags, expiry: dateOf(expiry) }
    } finally {
      context.#isBusy = false
      lookUps.ask(before)
    }
  }
}

function acquireCredentialsHandle(principal, packageName, usage, identity, options) {
  const settings = { ...object('options', options), principal, usage: text('usage', usage) }
  const credential = new Credential(packageName, identity, settings)
  return { credential, expiry: credential.expiry }
}

function initializeSecurityContext(credential, context, target, flags, input, output) {
  const name = maybe(text, 'target', target)
  const wanted = iscReq('flags', flags)
  const buffers = buffersOf(['input', input], ['output', output])
  const inputs = buffers.length - output.length
  return SecurityContext.leg(context, credential, (handle, number) =>
    over(buffers, (lent) =>
      native.initializeSecurityContext(handle, number, name, wanted, lent, inputs),
    ),
  )
}

function acceptSecurityContext(credential, context, flags, input, output) {
  const wanted = ascReq('flags', flags)
  const buffers = buffersOf(['input', input], ['output', output])
  const inputs = buffers.length - output.length
  return SecurityContext.leg(context, credential, (handle, number) =>
    over(buffers, (lent) => native.acceptSecurityContext(handle, number, wanted, lent, inputs)),
  )
}

function completeAuthToken(context, token) {
  const number = SecurityContext.number(context)
  over(buffersOf(['token', token]), (lent) => native.completeAuthToken(number, lent))
}

const shutDownStream = (context) => answered(native.shutDownStream(SecurityContext.number(context)))

const deleteSecurityContext = (context) =>
  void answered(native.deleteSecurityContext(SecurityContext.number(context)))

function queryContextAttributes(context, attribute) {
  const number = attributes.number('attribute', attribute)
  return shown(answered(native.queryContextAttributes(SecurityContext.number(context), number)))
}

function setContextAttributes(context, attribute, value) {
  const number = attributes.number('attribute', attribute)
  const given = bytes('value', value)
  answered(native.setContextAttributes(SecurityContext.number(context), number, given))
}

const querySecurityContextToken = (context) =>
  tokenOf(answered(native.querySecurityContextToken(SecurityContext.number(context))))

function makeSignature(context, quality, message, sequence = 0) {
  const numbers = [count('quality', quality), count('sequence', sequence)]
  const number = SecurityContext.number(context)
  over(buffersOf(['message', message]), (lent) =>
    native.makeSignature(number, numbers[0], lent, numbers[1]),
  )
}

function verifySignature(context, message, sequence = 0) {
  const turn = count('sequence', sequence)
  const number = SecurityContext.number(context)
  return over(buffersOf(['message', message]), (lent) => native.verifySignature(number, lent, turn))
    .quality
}

function encryptMessage(context, quality, message, sequence = 0) {
  const numbers = [count('quality', quality), count('sequence', sequence)]
  const number = SecurityContext.number(context)
  over(buffersOf(['message', message]), (lent) =>
    native.encryptMessage(number, numbers[0], lent, numbers[1]),
  )
}

function decryptMessage(context, message, sequence = 0) {
  const turn = count('sequence', sequence)
  const number = SecurityContext.number(context)
  return over(buffersOf(['message', message]), (lent) => native.decryptMessage(number, lent, turn))
    .quality
}

module.exports = {
  SecurityBuffer,
  SecurityContext,
  acceptSecurityContext,
  acquireCredentialsHandle,
  completeAuthToken,
  decryptMessage,
  deleteSecurityContext,
  encryptMessage,
  enumerateSecurityPackages: packages,
  freeCredentialsHandle: (credential) => Credential.free(credential),
  initializeSecurityContext,
  makeSignature,
  queryContextAttributes,
  queryCredentialsAttributes: (credential) => credential.name,
  querySecurityContextToken,
  querySecurityPackageInfo: packageInfo,
  setContextAttributes,
  shutDownStream,
  verifySignature,
}
