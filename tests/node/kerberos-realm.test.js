// The realm in a box itself: who is in it, and who it answers.
const net = require('node:net')
const util = require('node:util')
const anysspi = require('../../bindings-node')
const { Realm, Serving } = require('../../bindings-node/realm')
const { REALM, WEB, asking, client, pair, realm, realmOf, server } = require('./kerberos')
const { Exchange, PASSWORD, thrownBy } = require('./support')

const { password } = anysspi

test('a KDC is asked over a socket', async () => {
  const serving = realm.serve()
  try {
    expect(serving).toBeInstanceOf(Serving)
    expect(serving.krb5Conf).toContain(`127.0.0.1:${serving.port}`)
    expect(util.inspect(serving)).toBe(`Serving { port ${serving.port} }`)
    const carry = async (name, message) => {
      expect(name).toBe(REALM)
      const socket = net.connect(serving.port, '127.0.0.1')
      const length = Buffer.alloc(4)
      length.writeUInt32BE(message.length)
      socket.write(Buffer.concat([length, message]))
      let answer = Buffer.alloc(0)
      for await (const chunk of socket) {
        answer = Buffer.concat([answer, chunk])
        if (answer.length >= 4 && answer.length >= 4 + answer.readUInt32BE()) break
      }
      return answer.subarray(4)
    }
    const [, ofServer] = await new Exchange(client(asking(carry)), server()).runAsync()
    expect(ofServer.client).toBe(`${REALM}\\alice`)
  } finally {
    serving.stop()
    serving.stop()
  }
  const { port } = serving
  const error = await new Promise((resolve) =>
    net.connect(port, '127.0.0.1').once('error', resolve),
  )
  expect(error.code).toBe('ECONNREFUSED')
})

test('another realm that is trusted lets its clients in', () => {
  const elsewhere = new Realm('ELSEWHERE.TEST')
  elsewhere.addService('HTTP/web.elsewhere.test')
  const home = realmOf()
  home.trust(elsewhere)
  const asked = []
  const kdc = (name, message) => {
    asked.push(name)
    return (name === REALM ? home : elsewhere).answer(message)
  }
  const credential = elsewhere.keytab('HTTP/web.elsewhere.test')
  const there = { target: 'HTTP/web.elsewhere.test' }
  const [, ofServer] = pair(asking(kdc, there), { credential })
  expect(ofServer.client).toBe(`${REALM}\\alice`)
  expect(new Set(asked)).toEqual(new Set([REALM, 'ELSEWHERE.TEST']))
  expect(ofServer.peer).toMatchObject({ user: 'alice', realm: REALM, hasPac: true })
  // She is in the groups of her own realm, and in none of the other.
  expect(ofServer.peer.isMemberOf(`${home.domainSid}-512`)).toBe(true)
  expect(ofServer.peer.isMemberOf(`${elsewhere.domainSid}-512`)).toBe(false)
})

test('what a realm cannot take is named', () => {
  for (const wrong of [undefined, null, 7, Buffer.from('x')]) {
    expect(() => new Realm(wrong)).toThrow(/^name must be/)
  }
  for (const wrong of [undefined, null, 7, 'x']) {
    expect(() => realm.answer(wrong)).toThrow(/^request must be/)
  }
  const calls = [
    [() => realm.addUser('x'), /^password must be/],
    [() => realm.addUser('x', 'y', { groups: 512 }), /^groups must be/],
    [() => realm.addUser('x', 'y', { groups: ['512'] }), /^groups\[0\] must be/],
    [() => realm.addUser('x', 'y', { encryptionTypes: 'aes' }), /^encryptionTypes must be/],
    [() => realm.addUser('x', 'y', { salt: 7 }), /^salt must be/],
    [() => realm.addUser('x', 'y', null), /^options must be/],
    [() => realm.addService(7), /^name must be/],
    [() => realm.addService('x', { version: '2' }), /^version must be/],
    [() => realm.keytab(7), /^names\[0\] must be/],
    [() => realm.tickets('alice', 7), /^services\[0\] must be/],
    [() => realm.trust('OTHER.TEST'), /^other must be a Realm/],
    [() => new Serving(), /^realms are served by serve/],
  ]
  for (const [call, text] of calls) {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toMatch(text)
  }
  for (const call of [
    () => realm.addUser('x', 'y', { encryptionTypes: ['rot13'] }),
    () => realm.keytab('nobody'),
    () => realm.tickets('nobody'),
    () => realm.tickets('alice', 'HTTP/nowhere.example.test'),
  ]) {
    expect(call).toThrow(anysspi.SspiError)
  }
})

test('users of a realm are as they are said to be', () => {
  const own = realmOf()
  own.addUser('carol', PASSWORD, { preAuthentication: false, salt: 'CAROL', groups: null })
  own.addUser('dave', PASSWORD, { encryptionTypes: ['aes128-cts-hmac-sha256-128'] })
  const credential = own.keytab(WEB)
  for (const name of ['carol', 'dave']) {
    const options = { credential: password(`${name}@${REALM}`, PASSWORD), kdc: own.carry }
    expect(pair(options, { credential })[1].clientUser).toBe(name)
  }
  expect([own.name, util.inspect(own)]).toEqual([REALM, `Realm { ${REALM} }`])
  const { carry } = own
  expect(() => carry('OTHER.TEST', Buffer.alloc(1))).toThrow(/EXAMPLE.TEST is not the realm OTHER/)
})
