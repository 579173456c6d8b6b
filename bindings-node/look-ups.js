'use strict'

// The functions that the library calls: account look-ups, and carriers of questions to KDCs. The native
// half knows them by number, and asks whoever makes a call: on the main thread here, off it in a later
// turn of the event loop.

const { found } = require('./accounts.js')
const { bytes } = require('./arguments.js')
const { described, failed } = require('./faults.js')
const native = require('./native.js')

let last = 0

/** A number for a function. */
function numbered() {
  last += 1
  return last
}

/** The functions, by number, of the call that is under way. */
let current

/** Says whose functions are asked from now on, and gives those that were asked before. */
function ask(lookUps) {
  const before = current
  current = lookUps
  return before
}

const call = (ask, { account, kdc }) =>
  kdc ? ask(kdc.realm, kdc.message) : ask(account.user, account.domain, account.package)

// What a carrier throws is told in words and not kept: where a negotiation goes on, nobody would fetch it.
const unasked = (error) => ({ problem: `no KDC could be asked: ${described(error)}` })

/** What a function gave, as the native half wants it. */
function given({ kdc }, value) {
  if (!kdc) return found(value)
  try {
    return { answer: Buffer.from(bytes('the answer of kdc', value)) }
  } catch (error) {
    return unasked(error)
  }
}

/** What a function threw. */
const thrown = ({ kdc }, error) => (kdc ? unasked(error) : failed(error))

native.setLookUps((number, question) => {
  let value
  try {
    value = call(current.get(number), question)
    if (typeof value?.then !== 'function') return given(question, value)
    // Nobody waits for it here: what comes of it is nobody's error.
    value.then(undefined, () => undefined)
  } catch (error) {
    return thrown(question, error)
  }
  const what = question.kdc ? 'the function for the KDC' : 'the account look-up'
  const text = `${what} answers with a promise: only for await, nextAsync or stepAsync wait for it`
  return { ...thrown(question, new TypeError(text)), isNonsense: true }
})

module.exports = { ask, call, given, numbered, thrown }
