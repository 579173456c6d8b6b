'use strict'

// What is of a wrong type is a TypeError that names the argument, before anything is done.

const { allow: allowBits, flags: flagBits } = require('./flags.js')
const util = require('node:util')

function wrong(name, expected, value) {
  const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value
  return new TypeError(`${name} must be ${expected}, not ${found}`)
}

function text(name, value) {
  if (typeof value !== 'string') throw wrong(name, 'a string', value)
  return value
}

function callable(name, value) {
  if (typeof value !== 'function') throw wrong(name, 'a function', value)
  return value
}

const maybe = (check, name, value) => (value == null ? undefined : check(name, value))

function bytes(name, value) {
  if (value instanceof Uint8Array) {
    if (value.buffer instanceof SharedArrayBuffer) {
      throw new TypeError(`${name} is in shared memory, which others may change: copy it first`)
    }
    if (value.byteLength === 0 && isDetached(value.buffer)) {
      throw new TypeError(`${name} is in memory that was given away`)
    }
    return value
  }
  if (value instanceof ArrayBuffer) {
    if (isDetached(value)) throw new TypeError(`${name} is memory that was given away`)
    return new Uint8Array(value)
  }
  if (typeof value === 'string') {
    throw new TypeError(
      `${name} must be bytes, not a string: decode it first, with Buffer.from(text, 'base64') for example`,
    )
  }
  throw wrong(name, 'a Buffer, a Uint8Array or an ArrayBuffer', value)
}

function isDetached(buffer) {
  try {
    new Uint8Array(buffer)
    return false
  } catch {
    return true
  }
}

function list(name, value, check) {
  if (typeof value === 'string' || typeof value?.[Symbol.iterator] !== 'function') {
    throw wrong(name, 'an array', value)
  }
  return Array.from(value, (one, at) => check(`${name}[${at}]`, one))
}

const texts = (name, value) => list(name, value, text)

/** The number of a name in a table. */
function numberOf(name, word, table) {
  const number = Object.hasOwn(table, word) ? table[word] : undefined
  if (number === undefined) {
    throw new TypeError(
      `${name} has ${JSON.stringify(word)}; there are: ${Object.keys(table).join(', ')}`,
    )
  }
  return number
}

/** Knows a number by its name; one without a name is a number here too. */
function known(table) {
  const names = new Map(Object.entries(table).map(([name, number]) => [number, name]))
  return {
    name: (number) => names.get(number) ?? number,
    number: (name, value) =>
      typeof value === 'string' ? numberOf(name, value, table) : count(name, value),
  }
}

function count(name, value) {
  if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return value
  throw wrong(name, 'a number from 0 to 4294967295', value)
}

const counts = (name, value) => list(name, value, count)

/** The bits of names. Some are beyond the 32 that `|` knows. */
function bits(table) {
  return (name, value) =>
    Number(texts(name, value).reduce((sum, word) => sum | BigInt(numberOf(name, word, table)), 0n))
}

const flagsOf = bits(flagBits)
const allowOf = bits(allowBits)

function word(...words) {
  return (name, value) => {
    if (!words.includes(value)) {
      throw new TypeError(`${name} must be one of ${words.join(', ')}, not ${util.inspect(value)}`)
    }
    return value
  }
}

const policy = word('never', 'when_supported', 'always')
const pacPolicyOf = word('never', 'when_present', 'always')

function object(name, value) {
  if (value === undefined) return {}
  if (value === null || typeof value !== 'object') throw wrong(name, 'an object', value)
  return value
}

module.exports = {
  allowOf,
  bits,
  bytes,
  callable,
  count,
  counts,
  flagsOf,
  known,
  list,
  maybe,
  numberOf,
  object,
  pacPolicyOf,
  policy,
  text,
  texts,
  wrong,
}
