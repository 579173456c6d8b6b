'use strict'

// The native half answers with a fault where it has no other answer; here it becomes an error.

const errors = require('./errors.js')
const { make } = require('./sspi-error.js')

/** Errors that look-ups threw, by number, until the step that asked takes them. */
const thrown = new Map()
let lastThrown = 0

function keep(error) {
  lastThrown = (lastThrown + 1) >>> 0
  thrown.set(lastThrown, error)
  return lastThrown
}

/** @param {Map<number, unknown>} causes those that were taken before */
function errorOf(fault, causes = new Map()) {
  const details = { token: fault.token, ntStatus: fault.ntStatus, kerberosCode: fault.kerberosCode }
  if (fault.cause !== undefined) {
    // A handshake that has failed stays failed, with the same cause.
    if (!causes.has(fault.cause)) causes.set(fault.cause, thrown.get(fault.cause))
    thrown.delete(fault.cause)
    details.cause = causes.get(fault.cause)
  }
  return make(errors.byStatus, fault.status, fault.context, details)
}

function answered(answer) {
  if (answer?.fault) throw errorOf(answer)
  return answer
}

/** What a look-up threw. */
function failed(error) {
  return { thrown: keep(error), problem: `the account look-up failed: ${described(error)}` }
}

function described(error) {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  } catch {
    return 'what it threw cannot be shown'
  }
}

const busy = (what) =>
  new errors.OutOfSequence(
    `another call on this ${what} is under way: await it first, or use one ${what} for each`,
  )

const closed = () => new errors.OutOfSequence('a call out of turn: the handshake was closed')

module.exports = {
  answered,
  busy,
  closed,
  described,
  errorOf,
  failed,
}
