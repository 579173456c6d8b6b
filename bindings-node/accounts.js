'use strict'

// Accounts, as the native half wants them.

const { bytes, list, maybe, text, wrong } = require('./arguments.js')
const { failed } = require('./faults.js')

function accountOf(name, account) {
  if (account === null || typeof account !== 'object') throw wrong(name, 'an account', account)
  const { expiry, state } = account
  if (expiry != null && !(expiry instanceof Date)) throw wrong(`${name}.expiry`, 'a Date', expiry)
  if (expiry != null && !(expiry.getTime() >= 0)) {
    throw new TypeError(`${name}.expiry must be a valid Date after 1970`)
  }
  const hash = maybe(bytes, `${name}.ntHash`, account.ntHash)
  return {
    name: text(`${name}.name`, account.name),
    password: maybe(text, `${name}.password`, account.password),
    ntHash: hash && Buffer.from(hash),
    state: maybe(text, `${name}.state`, state),
    expiry: expiry == null ? undefined : expiry.getTime(),
  }
}

/** Whether it is an object of names, and not a promise or another thing that has none. */
function isPlain(value) {
  if (value === null || typeof value !== 'object') return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** The accounts of a Map, an object or an array. */
function entriesOf(store) {
  if (Array.isArray(store)) return list('store', store, accountOf)
  if (!(store instanceof Map || isPlain(store))) {
    throw wrong('store', 'a Map, an object, an array or a function', store)
  }
  const pairs = store instanceof Map ? [...store] : Object.entries(store)
  return pairs.map(([name, value]) => {
    const account = typeof value === 'string' ? { password: value } : value
    if (account === null || typeof account !== 'object') {
      throw wrong(`the account ${name}`, 'a password or an account', account)
    }
    return accountOf(`the account ${name}`, { ...account, name })
  })
}

/** What a look-up found, as the native half wants it. */
function found(account) {
  if (account == null) return {}
  try {
    return { account: accountOf('the account that the look-up gives', account) }
  } catch (error) {
    return { ...failed(error), isNonsense: true }
  }
}

module.exports = {
  entriesOf,
  found,
}
