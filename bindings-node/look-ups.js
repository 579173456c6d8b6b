'use strict'

// The look-ups of the application in calls on the main thread. The native half knows them by number,
// and asks whoever makes a call.

const { found } = require('./accounts.js')
const { failed } = require('./faults.js')
const native = require('./native.js')

/** The look-ups, by number, of the call that is under way. */
let current

/** Says whose look-ups are asked from now on, and gives those that were asked before. */
function ask(lookUps) {
  const before = current
  current = lookUps
  return before
}

native.setLookUps((store, user, domain, packageName) => {
  let account
  try {
    account = current.get(store)(user, domain, packageName)
    if (typeof account?.then !== 'function') return found(account)
    // Nobody waits for it here: what comes of it is nobody's error.
    account.then(undefined, () => undefined)
  } catch (error) {
    return failed(error)
  }
  const text =
    'the account look-up answers with a promise: use for await, nextAsync or stepAsync, which wait for it'
  return { ...failed(new TypeError(text)), isNonsense: true }
})

module.exports = { ask }
