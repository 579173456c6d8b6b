'use strict'

const { bytes, text } = require('./arguments.js')
const { EarlyUserAuthResult } = require('./authorization.js')
const bindings = require('./bindings.js')
const { Certificate, TrustedRoots } = require('./certificates.js')
const { Context } = require('./context.js')
const credentials = require('./credentials.js')
const { DelegationPolicy } = require('./delegation.js')
const errors = require('./errors.js')
const { answered } = require('./faults.js')
const { Handshake, accept, initiate, start } = require('./handshake.js')
const { CredentialCache, Keytab } = require('./kerberos.js')
const native = require('./native.js')

function inspect(token) {
  const { text: tree, ...inspection } = native.inspect(bytes('token', token))
  Object.defineProperty(inspection, 'toString', { value: () => tree })
  return inspection
}

module.exports = {
  ...Object.fromEntries(Object.entries(errors).filter(([name]) => name !== 'byStatus')),
  ...bindings,
  Certificate,
  Context,
  Credential: credentials.Credential,
  CredentialCache,
  DelegationPolicy,
  EarlyUserAuthResult,
  Handshake,
  Identity: credentials.Identity,
  Keytab,
  Password: credentials.Password,
  SmartCard: credentials.SmartCard,
  TrustedRoots,
  accept,
  accounts: credentials.accounts,
  accountsFile: credentials.accountsFile,
  anonymous: credentials.anonymous,
  initiate,
  inspect,
  ntHash: credentials.ntHash,
  password: credentials.password,
  packageInfo: (name) => answered(native.packageInfo(text('name', name))),
  packages: native.packages,
  smartCard: credentials.smartCard,
  version: native.version(),
}

if (native.NativeSurroundings) {
  // Only in a build for tests.
  module.exports.testing = {
    fixed(now, entropy, host, failing = 0) {
      const surroundings = answered(native.NativeSurroundings.fixed(now, entropy, host, failing))
      const within = (...given) => surroundings.start(...given)
      const acquire = (...given) => surroundings.acquire(...given)
      return {
        acquire: (name, identity, options) =>
          new credentials.Credential(name, identity, options, acquire),
        initiate: (name, options) => start(name, false, options, within),
        accept: (name, options) => start(name, true, options, within),
      }
    },
    panic: () => answered(native.panicInTheLibrary()),
  }
}
