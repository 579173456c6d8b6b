'use strict'

// Questions to a context, and their answers.

const { known } = require('./arguments.js')
const { handed } = require('./credentials.js')
const tables = require('./flags.js')

const attributes = known(tables.attributes)

const dateOf = (milliseconds) => (milliseconds == null ? null : new Date(milliseconds))

const tokenOf = ({ expiry, ...token }) => ({ ...token, expiry: dateOf(expiry) })

/** An answer of the native half, which is one of its fields. */
function shown(value) {
  const [[kind, part]] = Object.entries(value).filter(([, part]) => part != null)
  if (kind === 'lifespan') return { start: dateOf(part.start), expiry: dateOf(part.expiry) }
  if (kind === 'delegated') return handed(part)
  if (kind === 'connection') return { ...part, keyExchange: part.keyExchange ?? null }
  return kind === 'token' ? tokenOf(part) : part
}

module.exports = { attributes, dateOf, shown, tokenOf }
