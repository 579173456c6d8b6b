'use strict'

/** The base of every error of the library. The classes of the statuses are in errors.js. */
class SspiError extends Error {
  /**
   * @param {string} context what was being done and the likely cause
   * @param {{ token?: Buffer | null, ntStatus?: number | null, kerberosCode?: number | null, cause?: unknown }} [details]
   */
  constructor(context = '', details = {}) {
    super(context, 'cause' in details ? { cause: details.cause } : undefined)
    this.context = context
    this.token = details.token ?? null
    this.ntStatus = details.ntStatus ?? null
    this.kerberosCode = details.kerberosCode ?? null
    const more = this.ntStatus === null ? null : `NTSTATUS 0x${hex(this.ntStatus)}`
    const code = this.kerberosCode === null ? more : `Kerberos error ${this.kerberosCode}`
    this.message = `${this.code}: ${context}${code ? ` (${code})` : ''}`
  }
}

const hex = (number) => number.toString(16).toUpperCase().padStart(8, '0')

/** Defines the class of a status or of a family. */
function define(name, base, properties) {
  const made = { [name]: class extends base {} }[name]
  for (const [property, value] of Object.entries({ name, ...properties })) {
    Object.defineProperty(made.prototype, property, { value, configurable: true, writable: true })
  }
  return made
}

for (const [property, value] of Object.entries({
  name: 'SspiError',
  status: 0x80090304,
  code: 'SEC_E_INTERNAL_ERROR',
  family: 'Internal',
})) {
  Object.defineProperty(SspiError.prototype, property, {
    value,
    configurable: true,
    writable: true,
  })
}

/** The error of a status; of the base class where the number is not in the table. */
function make(byStatus, status, context, details) {
  const known = byStatus.get(status)
  if (known) return new known(context, details)
  const unknown = define('SspiError', SspiError, { status, code: `0x${hex(status)}` })
  return new unknown(context, details)
}

module.exports = { SspiError, define, make }
