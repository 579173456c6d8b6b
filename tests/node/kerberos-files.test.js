// Keytabs and credential caches: files, and their bytes.
const fs = require('node:fs')
const path = require('node:path')
const util = require('node:util')
const anysspi = require('../../bindings-node')
const {
  ALICE,
  OTHER,
  KEYS,
  TICKETS,
  client,
  directory,
  fileOf,
  pair,
  realm,
  server,
} = require('./kerberos')
const { Exchange, PASSWORD, hex, readCases, thrownBy, unhex } = require('./support')

const { Credential, CredentialCache, Keytab } = anysspi

test('keytabs and caches are files, and their bytes', () => {
  expect(TICKETS.client).toBe(ALICE)
  const data = TICKETS.toBytes()
  const file = fileOf('tickets', data)
  for (const name of [file, `FILE:${file}`]) {
    const cache = new CredentialCache(name)
    expect([cache.client, cache.toBytes()]).toEqual([ALICE, data])
    expect(cache.kind).toBe('credential cache')
    pair({ credential: cache })
  }
  for (const form of [data, new Uint8Array(data), new Uint8Array(data).buffer]) {
    expect(CredentialCache.fromBytes(form).toBytes()).toEqual(data)
  }
  expect(KEYS.kind).toBe('keytab')
  expect(new CredentialCache(file)).toBeInstanceOf(anysspi.Identity)
})

test('a keytab is a file that is read when credentials are made of it', () => {
  const data = KEYS.toBytes()
  const file = path.join(directory, 'later.keytab')
  const keytab = new Keytab(file)
  expect(() => new Credential('Kerberos', keytab, { usage: 'INBOUND' })).toThrow(
    anysspi.NoCredentials,
  )
  fs.writeFileSync(file, data, { mode: 0o600 })
  expect(new Credential('Kerberos', keytab, { usage: 'INBOUND' }).package.name).toBe('Kerberos')
  for (const form of [data, new Uint8Array(data), new Uint8Array(data).buffer]) {
    expect(Keytab.fromBytes(form).toBytes()).toEqual(data)
    pair({}, { credential: Keytab.fromBytes(form) })
  }
  expect(keytab.toBytes()).toEqual(data)
  pair({}, { credential: keytab })
})

test('a file that is missing or damaged is named', () => {
  const missing = path.join(directory, 'no such file')
  for (const call of [
    () => new CredentialCache(missing).client,
    () => new CredentialCache(missing).toBytes(),
    () => new Keytab(missing).toBytes(),
    () => client({ credential: new CredentialCache(missing) }),
    () => new Credential('Kerberos', new CredentialCache(missing)),
    () => server({ credential: new Keytab(missing) }),
  ]) {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(anysspi.NoCredentials)
    expect(error.message).toContain(missing)
  }
  const cut = TICKETS.toBytes().subarray(0, -7)
  const damaged = fileOf('damaged', cut)
  for (const call of [
    () => new CredentialCache(damaged).client,
    () => client({ credential: new CredentialCache(damaged) }),
    () => server({ credential: new Keytab(damaged) }),
  ]) {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(anysspi.InvalidParameter)
    expect(error.message).toContain(damaged)
    expect(error.message).toMatch(/at byte \d+/)
  }
  expect(() => CredentialCache.fromBytes(cut).client).toThrow(anysspi.InvalidParameter)
  expect(() => server({ credential: Keytab.fromBytes(cut) })).toThrow(anysspi.InvalidParameter)
  expect(() => new CredentialCache('KEYRING:user').client).toThrow(anysspi.SspiError)
})

test('what is of a wrong type is named', () => {
  for (const wrong of [undefined, null, 7, Buffer.from('x')]) {
    expect(() => new Keytab(wrong)).toThrow(/^path must be/)
    expect(() => new CredentialCache(wrong)).toThrow(/^name must be/)
  }
  for (const wrong of [undefined, null, 7, 'x']) {
    expect(() => Keytab.fromBytes(wrong)).toThrow(/^data must be/)
    expect(() => CredentialCache.fromBytes(wrong)).toThrow(/^data must be/)
  }
})

test('secrets are not shown', () => {
  const secrets = [TICKETS.toBytes(), KEYS.toBytes()].map((data) => data.toString('hex'))
  const things = [KEYS, TICKETS, realm, pair()[1], new Credential('Kerberos', TICKETS)]
  for (const thing of [
    ...things,
    pair({ require: ['DELEGATE'], kdc: realm.carry })[1].delegated(),
    client(),
  ]) {
    const text = util.inspect(thing, { depth: 9, showHidden: true }) + JSON.stringify(thing)
    expect(text).not.toContain(PASSWORD)
    expect(text.length).toBeLessThan(200)
    for (const secret of secrets) expect(text).not.toContain(secret.slice(-40, -10))
  }
})

test('keytabs and caches are shown by where they are', () => {
  const delegated = pair({ require: ['DELEGATE'], kdc: realm.carry })[1].delegated()
  for (const [shown, identity] of [
    ['Keytab { in memory }', KEYS],
    ['Keytab { in memory }', Keytab.fromBytes(KEYS.toBytes())],
    ['Keytab { /etc/krb5.keytab }', new Keytab('/etc/krb5.keytab')],
    ['CredentialCache { in memory }', TICKETS],
    ['CredentialCache { in memory }', CredentialCache.fromBytes(TICKETS.toBytes())],
    ['CredentialCache { in memory }', delegated],
    ['CredentialCache { FILE:/tmp/x }', new CredentialCache('FILE:/tmp/x')],
  ]) {
    expect(util.inspect(identity)).toBe(shown)
  }
})

// Tickets as KRB-CRED.

test.each(readCases('krb_cred.json'))('the shared cases of KRB-CRED pass: %s', (_, shared) => {
  const { client: whose, key, krb_cred: data, plain, status } = shared
  const given = key && { encryptionType: key.encryption_type, bytes: unhex(key.bytes) }
  let cache
  try {
    cache = CredentialCache.fromKrbCred(unhex(data), given)
  } catch (error) {
    if (!(error instanceof anysspi.SspiError)) throw error
    expect(error.code).toBe(status)
    return
  }
  expect([cache.client, hex(cache.toKrbCred())]).toEqual([whose, plain])
  // What it holds is a cache like any other.
  expect(hex(CredentialCache.fromBytes(cache.toBytes()).toKrbCred())).toBe(plain)
})

test('tickets in a KRB-CRED are tickets', () => {
  const data = TICKETS.toKrbCred()
  for (const form of [data, new Uint8Array(data), new Uint8Array(data).buffer]) {
    for (const key of [undefined, null]) {
      const cache = CredentialCache.fromKrbCred(form, key)
      expect([cache.client, cache.toKrbCred()]).toEqual([ALICE, data])
      expect(util.inspect(cache)).toBe('CredentialCache { in memory }')
      expect(pair({ credential: cache })[1].clientUser).toBe('alice')
    }
  }
  expect(new CredentialCache(fileOf('for KRB-CRED', TICKETS.toBytes())).toKrbCred()).toEqual(data)
  for (const length of data.keys()) {
    const cut = data.subarray(0, length)
    expect(() => CredentialCache.fromKrbCred(cut)).toThrow(anysspi.InvalidToken)
  }
  const missing = thrownBy(() => new CredentialCache('/nowhere/krb5cc').toKrbCred())
  expect(missing).toBeInstanceOf(anysspi.NoCredentials)
  expect(missing.message).toContain('/nowhere/krb5cc')
  const damaged = CredentialCache.fromBytes(Buffer.from('garbage'))
  expect(() => damaged.toKrbCred()).toThrow(anysspi.InvalidParameter)
})

test('what is no KRB-CRED and no key is refused', () => {
  const data = TICKETS.toKrbCred()
  const encryptionType = 'aes256-cts-hmac-sha1-96'
  for (const wrong of [undefined, null, 7, 'x']) {
    expect(() => CredentialCache.fromKrbCred(wrong)).toThrow(/^data must be/)
  }
  for (const [key, text] of [
    ['x', /^key must be an object/],
    [Buffer.alloc(32), /^key.encryptionType must be a string/],
    [{ encryptionType }, /^key.bytes must be/],
    [{ encryptionType: 18, bytes: Buffer.alloc(32) }, /^key.encryptionType must be a string/],
    [{ encryptionType, bytes: '5a' }, /^key.bytes must be bytes, not a string/],
  ]) {
    const error = thrownBy(() => CredentialCache.fromKrbCred(data, key))
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toMatch(text)
  }
  const key = { encryptionType, bytes: Buffer.alloc(32, 0x5a) }
  const error = thrownBy(() => CredentialCache.fromKrbCred(data, key))
  expect(error).toBeInstanceOf(anysspi.InvalidToken)
  // Nothing says what the key is.
  expect(util.inspect(error).toLowerCase()).not.toContain('5a5a')
})

test.each(['Kerberos', 'Negotiate'])('delegated tickets are written out and act: %s', (name) => {
  const first = client({ require: ['DELEGATE'], kdc: realm.carry }, name)
  const delegated = new Exchange(first, server({}, name)).run()[1].delegated()
  expect(delegated).toBeInstanceOf(CredentialCache)
  for (const credential of [
    delegated,
    new CredentialCache(fileOf('delegated', delegated.toBytes())),
    CredentialCache.fromBytes(delegated.toBytes()),
    CredentialCache.fromKrbCred(delegated.toKrbCred()),
  ]) {
    expect(credential.client).toBe(ALICE)
    const onwards = client({ credential, target: OTHER, kdc: realm.carry }, name)
    const there = server({ credential: realm.keytab(OTHER) }, name)
    expect(new Exchange(onwards, there).run()[1].clientUser).toBe('alice')
  }
})
