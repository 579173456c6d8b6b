// Tokens and what is seen in them.
const anysspi = require('../../bindings-node')
const { Exchange, ends, hex, readCases, unhex } = require('./support')

const { inspect } = anysspi

test.each(readCases('inspect.json'))('the shared cases pass: %s', (_, shared) => {
  const seen = inspect(unhex(shared.token))
  expect([seen.protocol, seen.message]).toEqual([shared.protocol, shared.message])
  expect(seen.problems).toEqual(shared.problems)
  expect(seen.flat).toHaveLength(Object.keys(shared.fields).length)
  expect(Object.fromEntries(seen.flat)).toEqual(shared.fields)
  expect(seen).toHaveLength(shared.token.length / 2)
})

function tokens() {
  const exchange = new Exchange(...ends())
  exchange.run()
  return exchange.tokens
}

const field = (fields, name) => fields.find((one) => one.name === name)

test('a field says where it is', () => {
  const kind = field(inspect(tokens()[1]).fields, 'MessageType')
  expect(kind).toMatchObject({ value: '2', offset: 8, length: 4, fields: [], hidden: false })
})

test('what could be cracked is not shown', () => {
  const proof = tokens()[2]
  const seen = inspect(proof)
  const response = field(field(seen.fields, 'NtChallengeResponse').fields, 'Response')
  for (const one of [response, field(seen.fields, 'EncryptedRandomSessionKey')]) {
    expect(one).toMatchObject({ hidden: true, length: 16 })
    const secret = hex(proof.subarray(one.offset, one.offset + 16))
    expect(`${seen}${JSON.stringify(seen)}`).not.toContain(secret)
  }
  expect(String(seen).split('\n').length).toBeGreaterThan(3)
})

test('no token makes it fail', () => {
  for (const token of ['', '\0', 'NTLMSSP\0', '`'.repeat(70_000)].map((text) =>
    Buffer.from(text),
  )) {
    for (const given of [token, new Uint8Array(token), new Uint8Array(token).buffer]) {
      const seen = inspect(given)
      expect(seen).toHaveLength(token.length)
      expect(seen.problems).not.toEqual([])
    }
  }
})

test('every cut of a token can be inspected', () => {
  for (const token of tokens()) {
    expect(inspect(token).problems).toEqual([])
    for (const cut of token.keys()) {
      const seen = inspect(token.subarray(0, cut))
      // The oldest clients end their first token after the flags.
      expect(seen.problems.length > 0 || seen.message === 'NEGOTIATE_MESSAGE').toBe(true)
    }
  }
})

test('what is no token is refused', () => {
  expect(() => inspect('TlRMTVNTUAAB')).toThrow(/^token must be bytes, not a string.*base64/)
  for (const wrong of [3, null, undefined, {}])
    expect(() => inspect(wrong)).toThrow(/^token must be/)
})
