// What an established context answers.
const util = require('node:util')
const { packageInfo } = require('../../bindings-node')
const { TARGET, USER, pair, standing } = require('./support')

const [client, server] = standing('password')
const FLAGS = ['REPLAY_DETECT', 'SEQUENCE_DETECT', 'CONFIDENTIALITY', 'CONNECTION', 'INTEGRITY']

describe.each([
  ['client', client],
  ['server', server],
])('the context of the %s', (_, context) => {
  test('knows who is who', () => {
    expect([context.client, context.isAnonymous]).toEqual([USER, false])
    expect([context.server, context.target]).toEqual(['server.example.com', TARGET])
  })

  test('knows what it has', () => {
    expect(context.flags).toEqual(FLAGS)
    expect(context.expiry).toBeNull()
    expect(context.bindingsChecked).toBe('no')
    const sizes = { maxToken: 16_384, maxSignature: 16, blockSize: 1, securityTrailer: 16 }
    expect(context.sizes).toEqual(sizes)
  })

  test('gives copies of its key', () => {
    expect(context.sessionKey).toHaveLength(16)
    const key = Buffer.from(context.sessionKey)
    context.sessionKey.fill(0)
    expect(context.sessionKey).toEqual(key)
  })

  test('is of its own package where nothing was negotiated', () => {
    expect(context.package).toEqual(packageInfo('NTLM'))
    expect(context.negotiatedPackage).toEqual(context.package)
    expect(context.negotiation).toBeNull()
  })
})

test('a negotiation says how it went', () => {
  for (const context of pair('Negotiate')) {
    expect([context.package.name, context.negotiatedPackage.name]).toEqual(['Negotiate', 'NTLM'])
    const expected = { offered: ['NTLM'], chosen: 'NTLM', dropped: [], listWasSigned: true }
    expect(context.negotiation).toEqual(expected)
  }
})

test('the two ends are told apart', () => {
  expect([client.side, server.side]).toEqual(['initiator', 'acceptor'])
  expect(util.inspect(client)).toBe("Context { NTLM, initiator, client 'CORP\\\\alice' }")
})
