// What the tests of Kerberos share: a realm in a box, a client and a server in it.
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const anysspi = require('../../bindings-node')
const raw = require('../../bindings-node/raw')
const { Realm } = require('../../bindings-node/realm')
const { Exchange, PASSWORD, thrownBy } = require('./support')

const REALM = 'EXAMPLE.TEST'
const WEB = 'HTTP/web.example.test'
const OTHER = 'HTTP/other.example.test'
const ALICE = `alice@${REALM}`
const TYPES = [
  'aes128-cts-hmac-sha1-96',
  'aes256-cts-hmac-sha1-96',
  'aes128-cts-hmac-sha256-128',
  'aes256-cts-hmac-sha384-192',
  'rc4-hmac',
]

function realmOf(service = {}) {
  const made = new Realm(REALM)
  made.addUser('alice', PASSWORD, { groups: [512, 1105] })
  made.addUser('bob', PASSWORD)
  made.addService(WEB, service)
  made.addService(OTHER)
  return made
}

const realm = realmOf()
const KEYS = realm.keytab(WEB)
const TICKETS = realm.tickets('alice', WEB)

const client = (options, packageName = 'Kerberos') =>
  anysspi.initiate(packageName, { target: WEB, credential: TICKETS, ...options })
const server = (options, packageName = 'Kerberos') =>
  anysspi.accept(packageName, { credential: KEYS, ...options })
const pair = (ofClient, ofServer) => new Exchange(client(ofClient), server(ofServer)).run()

/** With a password alone: the tickets have to be asked for. */
const asking = (kdc, options) => ({
  credential: anysspi.password(ALICE, PASSWORD),
  kdc,
  ...options,
})

/** For a server that takes Kerberos and NTLM. */
const both = () => [KEYS, anysspi.accounts({ [ALICE]: PASSWORD })]

const refusal = (ofClient, ofServer) => thrownBy(() => pair(ofClient, ofServer))

/** What a handshake asks for by itself. */
const FLAGS = ['MUTUAL_AUTH', 'CONFIDENTIALITY', 'INTEGRITY', 'REPLAY_DETECT', 'SEQUENCE_DETECT']

/** A leg of a client, call by call: what it comes to, and the token to send. */
function rawLeg(credential, context, received = Buffer.alloc(0), more = [], target = WEB) {
  const input = [new raw.SecurityBuffer('TOKEN', received)]
  const output = [new raw.SecurityBuffer('TOKEN')]
  const flags = [...FLAGS, 'ALLOCATE_MEMORY', ...more]
  const { code } = raw.initializeSecurityContext(credential, context, target, flags, input, output)
  return { code, token: output[0].bytes }
}

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'anysspi-kerberos-'))
afterAll(() => fs.rmSync(directory, { recursive: true }))

function fileOf(name, data) {
  const file = path.join(directory, name)
  fs.writeFileSync(file, data, { mode: 0o600 })
  return file
}

module.exports = {
  ALICE,
  FLAGS,
  KEYS,
  OTHER,
  REALM,
  TICKETS,
  TYPES,
  WEB,
  asking,
  both,
  client,
  directory,
  fileOf,
  pair,
  rawLeg,
  realm,
  realmOf,
  refusal,
  server,
}
