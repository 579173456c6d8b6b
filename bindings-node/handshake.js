'use strict'

// The loop: a handshake is an iterator over the tokens to send.

const {
  bytes,
  callable,
  flagsOf,
  maybe,
  object,
  pacPolicyOf,
  policy,
  text,
  texts,
  wrong,
} = require('./arguments.js')
const { ChannelBindings } = require('./bindings.js')
const { Context } = require('./context.js')
const { Credential, choiceOf, partsOf } = require('./credentials.js')
const { answered, busy, closed, errorOf } = require('./faults.js')
const { Kept } = require('./kept.js')
const lookUps = require('./look-ups.js')
const native = require('./native.js')
const { offThread, onQuestions } = require('./off-thread.js')
const secret = require('./secret.js')
const util = require('node:util')

/** Where the native half puts tokens, which are copied from there. */
const space = Buffer.allocUnsafeSlow(8192)

class Handshake {
  #kept
  #lookUps
  #signal
  #side
  #package
  #isBusy = false
  #isClosed = false
  /** Undefined where only the native half knows. */
  #isDone = false
  #context
  /** The errors of look-ups that it failed with, by number. */
  #causes
  /** Says no more to a look-up that is waited for. */
  #giveUp

  constructor(key, number, packageName, side, known, signal) {
    if (key !== secret) throw new TypeError('handshakes are made by initiate and accept')
    this.#kept = new Kept(number)
    this.#package = packageName
    this.#side = side
    this.#lookUps = known
    this.#signal = signal
  }

  /** Makes sure that nothing else is under way, and that nobody has given up. */
  #begin() {
    if (this.#isBusy) throw busy('handshake')
    if (this.#isClosed) throw closed()
    // What is at its end is not given up any more.
    if (this.#signal?.aborted && !this.done) {
      this.close()
      throw this.#signal.reason
    }
  }

  #failure(fault) {
    this.#causes ??= new Map()
    return errorOf(fault, this.#causes)
  }

  #answered(answer) {
    if (answer?.fault) throw this.#failure(answer)
    return answer
  }

  receive(token) {
    const given = bytes('token', token)
    this.#begin()
    this.#answered(native.receive(this.#kept.number, given))
  }

  speakFirst() {
    this.#begin()
    return this.#answered(native.speakFirst(this.#kept.number))
  }

  step(token) {
    const given = maybe(bytes, 'token', token)
    this.#begin()
    this.#isBusy = true
    const before = lookUps.ask(this.#lookUps)
    // In a look-up of another handshake, that one has the space.
    const room = before ? Buffer.allocUnsafe(space.length) : space
    let answer
    try {
      answer = native.step(this.#kept.number, room, given)
    } finally {
      lookUps.ask(before)
      this.#isBusy = false
      if (this.#isClosed) this.#kept.forget()
    }
    if (this.#isClosed) throw closed()
    if (typeof answer !== 'number') {
      this.#isDone = undefined
      return this.#answered(answer)
    }
    // The lowest bit says whether the context stands; below zero there is no token.
    this.#isDone = (answer & 1) === 1
    if (answer < 0) return null
    const made = Buffer.allocUnsafe(answer >> 1)
    room.copy(made, 0, 0, made.length)
    return made
  }

  async stepAsync(token) {
    const given = maybe(bytes, 'token', token)
    this.#begin()
    this.#isBusy = true
    const step = offThread(this, native.stepAsync, this.#kept.number, given)
    const answer = this.#signal ? await this.#unlessAborted(step) : this.#over(await step)
    if (this.#isClosed) throw closed()
    return this.#answered(answer)
  }

  /** What is done when a step is through, whether anybody waits for it or not. */
  #over(answer) {
    this.#isBusy = false
    this.#isDone = undefined
    if (this.#isClosed) this.#kept.forget()
    return answer
  }

  async #unlessAborted(step) {
    const signal = this.#signal
    const over = step.then((answer) => this.#over(answer))
    let stop
    const aborted = new Promise((_, reject) => {
      stop = () => {
        this.close()
        reject(signal.reason)
      }
      signal.addEventListener('abort', stop, { once: true })
    })
    try {
      return await Promise.race([over, aborted])
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  next(token) {
    const value = this.step(token)
    return value === null ? { value: this.context, done: true } : { value, done: false }
  }

  async nextAsync(token) {
    const value = await this.stepAsync(token)
    return value === null ? { value: this.context, done: true } : { value, done: false }
  }

  get done() {
    if (this.#isBusy || this.#isClosed) return false
    this.#isDone ??= native.isDone(this.#kept.number)
    return this.#isDone
  }

  get context() {
    this.#begin()
    if (!this.#context) {
      // Before its time it is an error, which the native half knows.
      if (!this.done) throw this.#failure(native.facts(this.#kept.number))
      this.#context = new Context(secret, this.#kept)
    }
    return this.#context
  }

  get extra() {
    return this.#isBusy ? Buffer.alloc(0) : native.extra(this.#kept.number)
  }

  get side() {
    return this.#side
  }

  close() {
    this.#isClosed = true
    this.#giveUp?.()
    // A context that was taken is its owner's.
    if (!this.#isBusy && !this.#context) this.#kept.forget()
  }

  [Symbol.iterator]() {
    return {
      next: () => this.next(),
      return: (value) => ({ value, done: true }),
      [Symbol.iterator]() {
        return this
      },
    }
  }

  [Symbol.asyncIterator]() {
    return {
      next: () => this.nextAsync(),
      return: async (value) => ({ value, done: true }),
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  [util.inspect.custom]() {
    const phase = this.#isClosed ? 'closed' : this.#isBusy ? 'busy' : this.done ? 'done' : 'running'
    return `Handshake { ${this.#package}, ${this.#side}, ${phase} }`
  }

  /** Answers the native half in a step off the main thread. */
  static async later(handshake, number, question) {
    const asked = handshake.#lookUps?.get(question.number)
    let answer = () => ({ problem: 'the handshake was given up' })
    if (asked && !handshake.#isClosed) {
      const givenUp = new Promise((resolve) => {
        handshake.#giveUp = () => resolve(answer)
      })
      const looked = (async () => lookUps.call(asked, question))().then(
        (value) => () => lookUps.given(question, value),
        (error) => () => lookUps.thrown(question, error),
      )
      answer = await Promise.race([looked, givenUp])
      handshake.#giveUp = undefined
    }
    native.answerLookUp(number, answer())
  }
}

onQuestions((...question) => void Handshake.later(...question))

/** The settings that are not the usual ones; nothing where all of them are. */
function settingsOf(options, kdc) {
  const { target, require, request, relax, without, acceptedTargets } = options
  const { bindingPolicy, channelBindings: bindings, pacPolicy } = options
  const first = target ?? require ?? request ?? relax ?? without ?? bindings
  const second = bindingPolicy ?? acceptedTargets ?? pacPolicy ?? kdc
  if ((first ?? second) === undefined) return undefined
  return {
    target: maybe(text, 'target', target),
    require: maybe(flagsOf, 'require', require) ?? 0,
    request: maybe(flagsOf, 'request', request) ?? 0,
    relax: maybe(flagsOf, 'relax', relax) ?? 0,
    without: maybe(flagsOf, 'without', without) ?? 0,
    channelBindings: maybe(ChannelBindings.data, 'channelBindings', bindings),
    bindingPolicy: maybe(policy, 'bindingPolicy', bindingPolicy),
    acceptedTargets: maybe(texts, 'acceptedTargets', acceptedTargets),
    pacPolicy: maybe(pacPolicyOf, 'pacPolicy', pacPolicy),
    kdc,
  }
}

function start(packageName, isAcceptor, options, startAs = native.start) {
  const name = text('packageName', packageName)
  const given = object('options', options)
  const { credential, signal } = given
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw wrong('signal', 'an AbortSignal', signal)
  const carrier = maybe(callable, 'kdc', given.kdc)
  const kdc = carrier && lookUps.numbered()
  const [choice, settings] = [choiceOf(given), settingsOf(given, kdc)]
  let number
  let known
  if (credential instanceof Credential) {
    if (choice) {
      throw new TypeError(
        'allow, packages, withoutPackages and delegation belong to the credential, which was acquired before',
      )
    }
    known = Credential.lookUps(credential)
    const other = Credential.isOf(credential, name) ? undefined : name
    number = native.startWith(other, isAcceptor, Credential.number(credential), settings)
  } else {
    const identities = partsOf('credential', credential ?? [])
    known = identities.lookUps
    number = startAs(name, isAcceptor, identities.numbers, choice, settings)
  }
  if (carrier) known = new Map([...(known ?? []), [kdc, carrier]])
  const side = isAcceptor ? 'acceptor' : 'initiator'
  return new Handshake(secret, answered(number), name, side, known, signal)
}

const initiate = (packageName, options) => start(packageName, false, options)
const accept = (packageName, options) => start(packageName, true, options)

module.exports = {
  Handshake,
  accept,
  initiate,
  start,
}
