// Messages of Kerberos, with every encryption type.
const anysspi = require('../../bindings-node')
const raw = require('../../bindings-node/raw')
const { TYPES, WEB, pair, rawLeg, realmOf, refusal, server } = require('./kerberos')
const { NO_ENCRYPT } = require('./support')

const SIZES = [0, 1, 7, 8, 9, 15, 16, 17, 255, 256, 4096, 65_536]
const message = (size) => Buffer.from(Uint8Array.from({ length: size }, (_, at) => at % 251))

/** A message of a context of the raw layer, which says how it is protected. */
function rawWrap(context, plain, quality) {
  const { blockSize, securityTrailer } = raw.queryContextAttributes(context, 'SIZES')
  const buffers = [
    new raw.SecurityBuffer('TOKEN', Buffer.alloc(securityTrailer)),
    new raw.SecurityBuffer('DATA', Buffer.from(plain)),
    new raw.SecurityBuffer('PADDING', Buffer.alloc(blockSize)),
  ]
  raw.encryptMessage(context, quality, buffers)
  return Buffer.concat(buffers.map((buffer) => buffer.bytes))
}

describe.each(TYPES)('%s', (type) => {
  const own = realmOf({ encryptionTypes: [type] })
  const allow = type === 'rc4-hmac' ? { allow: ['RC4'] } : {}
  const tickets = { credential: own.tickets('alice', WEB), ...allow }
  const standing = (options) =>
    pair(
      { ...tickets, ...options },
      { credential: own.keytab(WEB), ...allow, relax: options?.without ?? [] },
    )
  const SIGNED = { without: ['CONFIDENTIALITY'] }

  test.each([
    ['sealed', {}],
    ['signed', SIGNED],
  ])('messages of every size open: %s', async (kind, options) => {
    const [ofClient, ofServer] = standing(options)
    const { keySize } = ofServer.query('KEY_INFO')
    expect(keySize).toBe(type.includes('256-cts') ? 256 : 128)
    for (const [here, there] of [
      [ofClient, ofServer],
      [ofServer, ofClient],
    ]) {
      for (const size of SIZES) {
        const plain = message(size)
        for (const given of [plain, new Uint8Array(plain), new Uint8Array(plain).buffer]) {
          const wrapped = here.wrap(given)
          expect(wrapped).toBeInstanceOf(Buffer)
          if (size >= 16) expect(wrapped.includes(plain)).toBe(kind === 'signed')
          const opened = size % 2 ? there.unwrap(wrapped) : await there.unwrapAsync(wrapped)
          expect(opened.equals(plain)).toBe(true)
        }
        const later = await here.wrapAsync(plain)
        const opened = size % 2 ? await there.unwrapAsync(later) : there.unwrap(later)
        expect(opened.equals(plain)).toBe(true)
        const signature = here.sign(plain)
        expect(signature).toHaveLength(here.sizes.maxSignature)
        there.verify(plain, signature)
      }
    }
  })

  test('what was changed, repeated or left out is refused', async () => {
    const [ofClient, ofServer] = standing()
    const [first, second, third] = ['1', '2', '3'].map((text) => ofClient.wrap(Buffer.from(text)))
    expect(ofServer.unwrap(first).toString()).toBe('1')
    expect(() => ofServer.unwrap(first)).toThrow(anysspi.OutOfSequence)
    await expect(ofServer.unwrapAsync(first)).rejects.toThrow(anysspi.OutOfSequence)
    const changed = Buffer.from(second)
    changed[changed.length - 1] ^= 1
    expect(() => ofServer.unwrap(changed)).toThrow(anysspi.MessageAltered)
    await expect(ofServer.unwrapAsync(changed)).rejects.toThrow(anysspi.MessageAltered)
    expect(() => ofServer.unwrap(third)).toThrow(anysspi.OutOfSequence)
    for (const length of [0, 1, 15, 16, 17, second.length - 1]) {
      expect(() => ofServer.unwrap(second.subarray(0, length))).toThrow(anysspi.SspiError)
    }
    // One's own is no message of the peer's.
    expect(() => ofClient.unwrap(second)).toThrow(anysspi.SspiError)
    expect(ofServer.unwrap(second).toString()).toBe('2')
    expect(ofServer.unwrap(third).toString()).toBe('3')
    const signature = ofClient.sign(Buffer.from('x'))
    expect(() => ofServer.verify(Buffer.from('y'), signature)).toThrow(anysspi.MessageAltered)
  })

  if (type !== 'rc4-hmac') {
    // RFC 4121 4.2.5: a peer may rotate what follows the header by as much as it likes.
    test.each([
      ['sealed', {}],
      ['signed', SIGNED],
    ])('messages open however they are rotated: %s', async (_, options) => {
      const [ofClient, ofServer] = standing(options)
      for (const size of [0, 1, 16, 100, 5000]) {
        for (const rotation of [0, 1, 12, 28, 44, 999]) {
          const plain = message(size)
          const wrapped = ofClient.wrap(plain)
          const body = wrapped.subarray(16)
          const before = wrapped.readUInt16BE(6) % body.length
          const turned = (by) => Buffer.concat([body.subarray(by), body.subarray(0, by)])
          turned((body.length + before - (rotation % body.length)) % body.length).copy(wrapped, 16)
          wrapped.writeUInt16BE(rotation, 6)
          const opened =
            rotation % 2 ? await ofServer.unwrapAsync(wrapped) : ofServer.unwrap(wrapped)
          expect(opened.equals(plain)).toBe(true)
        }
      }
    })
  }

  /** A client that chooses how its messages are protected, and a server. */
  function choosing() {
    const ours = tickets.credential
    const { credential } = raw.acquireCredentialsHandle(null, 'Kerberos', 'OUTBOUND', ours, allow)
    const one = new raw.SecurityContext()
    const other = server({ credential: own.keytab(WEB), ...allow })
    rawLeg(credential, one, other.step(rawLeg(credential, one).token))
    return [one, other.context]
  }

  test('messages say whether they were encrypted', async () => {
    const [one, other] = choosing()
    for (const size of [0, 1, 16, 100, 5000, 70_000]) {
      const plain = message(size)
      for (const quality of [0, NO_ENCRYPT, NO_ENCRYPT, 0]) {
        const wrapped = rawWrap(one, plain, quality)
        if (size >= 16) expect(wrapped.includes(plain)).toBe(quality === NO_ENCRYPT)
        expect(other.unwrapWithQuality(wrapped)).toEqual({ message: plain, quality })
        const later = await other.unwrapWithQualityAsync(rawWrap(one, plain, quality))
        expect(later).toEqual({ message: plain, quality })
      }
    }
    expect(other.unwrap(rawWrap(one, Buffer.from('signed'), NO_ENCRYPT)).toString()).toBe('signed')
  })

  test.each([0, NO_ENCRYPT])("no quality is told of what is not the peer's: %i", (quality) => {
    const [one, other] = choosing()
    const wrapped = rawWrap(one, Buffer.from('a message'), quality)
    for (const at of wrapped.keys()) {
      const altered = Buffer.from(wrapped)
      altered[at] ^= 0x10
      expect(() => other.unwrapWithQuality(altered)).toThrow(anysspi.ProtectionError)
    }
    for (const length of wrapped.keys()) {
      const cut = wrapped.subarray(0, length)
      expect(() => other.unwrapWithQuality(cut)).toThrow(anysspi.ProtectionError)
    }
    expect(other.unwrapWithQuality(wrapped).quality).toBe(quality)
    expect(() => other.unwrapWithQuality(wrapped)).toThrow(anysspi.OutOfSequence)
  })

  test('every key is of this type', () => {
    const [ofClient, ofServer] = standing()
    expect(ofClient.query('KEY_INFO')).toEqual(ofServer.query('KEY_INFO'))
    expect(ofClient.query('KEY_INFO').encryptionAlgorithmName).toBe(type)
    expect(ofClient.query('SESSION_KEY')).toEqual(ofServer.sessionKey)
  })
})

test('rc4-hmac has to be allowed on both sides', () => {
  const own = realmOf({ encryptionTypes: ['rc4-hmac'] })
  const [tickets, credential] = [own.tickets('alice', WEB), own.keytab(WEB)]
  const allow = ['RC4']
  expect(pair({ credential: tickets, allow }, { credential, allow })[1].clientUser).toBe('alice')
  for (const [one, other] of [
    [{ credential: tickets }, { credential, allow }],
    [{ credential: tickets, allow }, { credential }],
  ]) {
    expect(refusal(one, other)).toBeInstanceOf(anysspi.SspiError)
  }
})
