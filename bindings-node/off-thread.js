'use strict'

// Calls off the main thread. What they come to, and what their look-ups ask, are events, which are taken
// a few at a time: the turns of the event loop stay short however many calls are under way.

const native = require('./native.js')

const AT_ONCE = 16

/** Where the native half puts tokens, which are copied from there. */
const space = Buffer.allocUnsafeSlow(8192)

/**
 * Who made the calls that are under way, and waits for them, by their numbers, which are used again. A
 * Map would leave tables behind that V8 keeps alive, with all that was in them, for long.
 */
const calls = []
const free = []
let underWay = 0

/** Asks who made a call what its look-ups ask. */
let ask

/** Keeps the process alive while something is waited for. */
const alive = setInterval(() => undefined, 0x7fffffff)
alive.unref()

/**
 * Makes a call of the native half, and gives the promise of its answer. What its look-ups ask is asked
 * of `caller` (`onQuestions`).
 */
function offThread(caller, call, end, ...given) {
  return new Promise((resolve) => {
    const number = free.pop() ?? calls.push({}) - 1
    const fault = call(number, end, ...given)
    if (fault) {
      free.push(number)
      resolve(fault)
      return
    }
    if (underWay === 0) alive.ref()
    underWay += 1
    Object.assign(calls[number], { caller, resolve })
  })
}

function finish(number, answer) {
  const { resolve } = calls[number]
  Object.assign(calls[number], { caller: undefined, resolve: undefined })
  free.push(number)
  underWay -= 1
  if (underWay === 0) alive.unref()
  resolve(answer)
}

function answerOf({ fault, length, made, from, to, quality }) {
  if (fault) return fault
  if (made) {
    const message = from === undefined ? made : made.subarray(from, to)
    return quality === undefined ? message : { message, quality }
  }
  if (length < 0) return null
  const token = Buffer.allocUnsafe(length)
  space.copy(token, 0, 0, length)
  return token
}

function take() {
  for (let taken = 0; taken < AT_ONCE; taken += 1) {
    const event = native.takeEvent(space)
    if (event === null) return
    if (event.asked) ask(calls[event.call].caller, event.question, event.asked)
    else finish(event.call, answerOf(event))
  }
  setImmediate(take)
}

native.onEvents(take)

module.exports = {
  offThread,
  onQuestions(answer) {
    ask = answer
  },
}
