// Statuses: classes and numbers are those of tests/cases/statuses.json.
const { Worker } = require('node:worker_threads')
const anysspi = require('../../bindings-node')
const { byStatus } = require('../../bindings-node/errors.js')
const { make } = require('../../bindings-node/sspi-error.js')
const { PASSWORD, ROOT, USER, ends, pair, readShared, rejectionOf, thrownBy } = require('./support')

const { LogonDenied, SspiError, inspect, password } = anysspi
const ERRORS = readShared('statuses.json')
  .statuses.filter(({ symbol }) => symbol.startsWith('SEC_E_') && symbol !== 'SEC_E_OK')
  .map((row) => [row.symbol, row])
const FAMILIES = {
  Credential: anysspi.CredentialError,
  Handshake: anysspi.HandshakeError,
  Protection: anysspi.ProtectionError,
  Usage: anysspi.UsageError,
  Unsupported: anysspi.UnsupportedError,
  Network: anysspi.NetworkError,
  Internal: anysspi.InternalFamilyError,
}

test.each(ERRORS)('%s has a class of its name and family', (symbol, row) => {
  const number = Number(row.number)
  const kind = anysspi[row.name]
  expect(byStatus.get(number)).toBe(kind)
  const error = make(byStatus, number, 'why')
  expect(error.constructor).toBe(kind)
  for (const base of [FAMILIES[row.family], SspiError, Error]) expect(error).toBeInstanceOf(base)
  expect([error.name, kind.name]).toEqual([row.name, row.name])
  expect([error.status, error.code, error.family]).toEqual([number, symbol, row.family])
  expect([error.message, error.context]).toEqual([`${symbol}: why`, 'why'])
})

test('there is nothing beside the table', () => {
  expect(ERRORS.length).toBeGreaterThan(70)
  expect([...byStatus.keys()].sort()).toEqual(ERRORS.map(([, row]) => Number(row.number)).sort())
  const classes = Object.values(anysspi).filter((made) => made?.prototype instanceof SspiError)
  expect(new Set(classes)).toEqual(new Set([...byStatus.values(), ...Object.values(FAMILIES)]))
})

test('a number that nobody knows is an SspiError', () => {
  const error = make(byStatus, 0x80090fff, 'why')
  expect(error).toBeInstanceOf(SspiError)
  expect([error.status, error.code]).toEqual([0x80090fff, '0x80090FFF'])
  expect(SspiError.prototype.status).toBe(0x80090304)
})

test('the text has the code of the protocol', () => {
  const nt = new LogonDenied('no', { ntStatus: 0xc0000072 })
  expect(nt.message).toBe('SEC_E_LOGON_DENIED: no (NTSTATUS 0xC0000072)')
  expect([nt.ntStatus, nt.kerberosCode]).toEqual([0xc0000072, null])
  const kerberos = new anysspi.TimeSkew('no', { kerberosCode: 37 })
  expect(kerberos.message).toBe('SEC_E_TIME_SKEW: no (Kerberos error 37)')
})

test('an error of a handshake has everything', () => {
  const locked = [{ name: USER, password: PASSWORD, state: 'locked' }]
  const error = thrownBy(() => pair('NTLM', {}, { credential: anysspi.accounts(locked) }))
  expect(error).toBeInstanceOf(LogonDenied)
  expect([error.ntStatus, error.token, 'cause' in error]).toEqual([0xc0000234, null, false])
  expect(error.stack).toContain('statuses.test.js')
})

test('a token for the peer comes with the error', () => {
  const [client, server] = ends('Negotiate', { credential: password(USER, 'wrong') })
  let token = client.step()
  let error
  while (!error) {
    try {
      token = client.step(server.step(token))
    } catch (thrown) {
      error = thrown
    }
  }
  expect(error).toBeInstanceOf(LogonDenied)
  expect(inspect(error.token).flat).toContainEqual(['negState', 'reject'])
  expect(() => client.step(error.token)).toThrow(/rejected/)
})

const NONSENSE = Buffer.from('nonsense')
const facts = ({ code, context, family, message, name, status }) => ({
  code,
  context,
  family,
  message,
  name,
  status,
})

test('errors are the same in calls, promises and workers', async () => {
  const now = thrownBy(() => ends()[1].step(NONSENSE))
  const later = await rejectionOf(ends()[1].stepAsync(NONSENSE))
  expect(later.constructor).toBe(now.constructor)
  expect(facts(later)).toEqual(facts(now))
  const worker = new Worker(
    `const anysspi = require(${JSON.stringify(`${ROOT}/bindings-node`)})
    const server = anysspi.accept('NTLM', { credential: anysspi.accounts({}) })
    const facts = ${facts}
    const { parentPort } = require('node:worker_threads')
    server.stepAsync(Buffer.from('nonsense')).catch((error) => {
      parentPort.postMessage([error instanceof anysspi.InvalidToken, facts(error)])
    })`,
    { eval: true },
  )
  const [isOurs, told] = await new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject)
  })
  await worker.terminate()
  expect([isOurs, told]).toEqual([true, facts(now)])
})
