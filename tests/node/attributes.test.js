// What an established context answers.
const util = require('node:util')
const anysspi = require('../../bindings-node')
const { TARGET, USER, pair, standing } = require('./support')

const { packageInfo } = anysspi

const [client, server] = standing('password')
const FLAGS = ['REPLAY_DETECT', 'SEQUENCE_DETECT', 'CONFIDENTIALITY', 'CONNECTION', 'INTEGRITY']

describe.each([
  ['client', client],
  ['server', server],
])('the context of the %s', (_, context) => {
  test('knows who is who', () => {
    expect([context.client, context.isAnonymous]).toEqual([USER, false])
    expect([context.clientUser, context.clientDomain]).toEqual(['alice', 'CORP'])
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
    expect(context.query('PACKAGE_INFO')).toEqual(context.package)
    const negotiated = { package: context.package, state: 'complete' }
    expect(context.query('NEGOTIATION_INFO')).toEqual(negotiated)
  })

  test('answers questions', () => {
    expect(context.query('SIZES')).toEqual(context.sizes)
    expect(context.query('NAMES')).toBe(USER)
    expect(context.query('FLAGS')).toEqual(FLAGS)
    expect(context.query('SESSION_KEY')).toEqual(context.sessionKey)
    expect(context.query(9)).toEqual(context.sessionKey)
    expect(context.query('NATIVE_NAMES').client).toBe(USER)
    expect(context.query('KEY_INFO')).toMatchObject({ keySize: 128 })
    expect(context.query('LIFESPAN').start).toBeInstanceOf(Date)
    expect(context.query('CLIENT_SPECIFIED_TARGET')).toBe(TARGET)
  })

  test.each(['STREAM_SIZES', 'DCE_INFO', 'AUTHORITY', 'REMOTE_CERT_CONTEXT', 'CONNECTION_INFO'])(
    'does not know %s',
    (attribute) => {
      expect(() => context.query(attribute)).toThrow(anysspi.UnsupportedError)
      expect(() => context.query(attribute)).toThrow(`SECPKG_ATTR_${attribute}`)
    },
  )

  test('knows no questions that there are not', () => {
    expect(() => context.query(4711)).toThrow(anysspi.UnsupportedFunction)
    for (const wrong of ['WEATHER', -1, 1.5, 2 ** 32, null, undefined, {}]) {
      expect(() => context.query(wrong)).toThrow(TypeError)
    }
  })
})

test('only the client has the information of the server', () => {
  // MsvAvNbDomainName, six characters
  const information = client.query('TARGET_INFORMATION')
  expect(information.subarray(0, 4)).toEqual(Buffer.from([2, 0, 12, 0]))
  expect(() => server.query('TARGET_INFORMATION')).toThrow(anysspi.UnsupportedFunction)
})

test('only the server has an access token and knows the workstation', () => {
  const token = { user: USER, isAnonymous: false, isIdentifyOnly: false, expiry: null }
  expect(server.query('ACCESS_TOKEN')).toEqual(token)
  expect(() => client.query('ACCESS_TOKEN')).toThrow(anysspi.UnsupportedFunction)
  expect(server.workstation).toBe('CLIENT')
})

test.each([
  ['tls-unique:x', 'UNIQUE_BINDINGS', 'ENDPOINT_BINDINGS'],
  ['tls-server-end-point:x', 'ENDPOINT_BINDINGS', 'UNIQUE_BINDINGS'],
])('the bindings %s are told from others', (data, has, hasNot) => {
  const channelBindings = anysspi.channelBindings(Buffer.from(data))
  const [bound] = pair('NTLM', { channelBindings })
  expect(bound.query(has)).toEqual(channelBindings.toStructure())
  expect(() => bound.query(hasNot)).toThrow(anysspi.UnsupportedFunction)
})

test('a negotiation says how it went', () => {
  for (const context of pair('Negotiate')) {
    expect([context.package.name, context.negotiatedPackage.name]).toEqual(['Negotiate', 'NTLM'])
    const dropped = [
      { package: 'Kerberos', reason: expect.stringMatching(/^SEC_E_NO_(CREDENTIALS|KERB_KEY): /) },
    ]
    const expected = { offered: ['NTLM'], chosen: 'NTLM', dropped, listWasSigned: true }
    expect(context.negotiation).toEqual(expected)
  }
})

test('the two ends are told apart', () => {
  expect([client.side, server.side]).toEqual(['initiator', 'acceptor'])
  expect(util.inspect(client)).toBe("Context { NTLM, initiator, client 'CORP\\\\alice' }")
})
