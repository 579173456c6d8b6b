'use strict'

// What the native half keeps for this one, which knows it by number. When the object with the number is
// collected, it is forgotten there.

const native = require('./native.js')

const collected = new FinalizationRegistry(native.forget)

class Kept {
  constructor(number) {
    this.number = number
    collected.register(this, number)
  }

  /** Frees it now. */
  forget() {
    native.forget(this.number)
  }
}

module.exports = { Kept }
