// What there is: packages, the public names, and the end of the process.
const anysspi = require('../../bindings-node')
const { PENDING, runNode, thrownBy } = require('./support')

test('the packages say what is true of them', () => {
  const [negotiate, ntlm] = anysspi.packages()
  expect(negotiate).toMatchObject({ name: 'Negotiate', version: 1, rpcId: 9, maxToken: 53_248 })
  expect(ntlm).toMatchObject({ name: 'NTLM', version: 1, rpcId: 10, maxToken: 16_384 })
  expect(ntlm.comment).toContain('NTLM')
  expect(ntlm.capabilities).toContain('NEGOTIABLE')
  expect(negotiate.capabilities).not.toContain('NEGOTIABLE')
})

test.each(['NTLM', 'ntlm', 'nTlM'])('%s is found in any case', (name) => {
  expect(anysspi.packageInfo(name)).toEqual(anysspi.packages()[1])
})

test.each(['packageInfo', 'initiate', 'accept'])('%s names the packages there are', (call) => {
  const error = thrownBy(() => anysspi[call]('Kerberos5'))
  expect(error).toBeInstanceOf(anysspi.SecpkgNotFound)
  expect(error.message).toMatch(/Kerberos5.*Negotiate, NTLM/)
})

test('a package that fails says its own status', () => {
  const around = anysspi.testing.fixed(0, 0, 'host', 0x80090324)
  const server = around.accept('Failing')
  expect(() => server.step(Buffer.from('x'))).toThrow(anysspi.TimeSkew)
})

test('a panic becomes an InternalError, and the process lives on', async () => {
  const { code, out } = await runNode(`
    const anysspi = require('./bindings-node')
    try { anysspi.testing.panic() } catch (error) {
      console.log(error instanceof anysspi.InternalError, error.message, anysspi.packages().length > 0)
    }`)
  expect(code).toBe(0)
  expect(out).toMatch(/^true .*please report it true\n$/)
})

test.each(['index', 'raw', 'realm'])(
  'import and require give the same names and objects: %s',
  async (file) => {
    const code = `
    import { createRequire } from 'node:module'
    import * as imported from './bindings-node/${file}.mjs'
    const required = createRequire(process.cwd() + '/')('./bindings-node/${file}.js')
    const { default: whole, ...names } = imported
    // Only in a build for tests.
    const expected = Object.keys(required).filter((name) => name !== 'testing').sort()
    const same = expected.every((name) => names[name] === required[name])
    console.log(whole === required, same, expected.join() === Object.keys(names).sort().join())`
    const done = await runNode(code, '--input-type=module')
    expect(done).toEqual({ code: 0, err: '', out: 'true true true\n' })
  },
)

test.each([
  ['living objects', ''],
  ['a look-up', 'server.stepAsync(proof); setTimeout(() => process.exit(), 50)'],
  ['a look-up that nobody calls', 'server.stepAsync(proof); process.exit()'],
  [
    'a long message',
    `const other = anysspi.accept('NTLM', {
      credential: anysspi.accounts({ alice: 'secret' }) })
    const begun = anysspi.initiate('NTLM', { credential: anysspi.password('alice', 'secret') })
    other.step(begun.step(other.step(begun.step())))
    begun.context.wrapAsync(Buffer.alloc(64 << 20)); process.exit()`,
  ],
])('the process ends in silence with %s under way', async (_, code) => {
  const done = await runNode(`${PENDING}
    const { server, proof } = pendingServer(() => new Promise(() => {}))
    ${code}`)
  expect(done).toEqual({ code: 0, err: '', out: '' })
})
