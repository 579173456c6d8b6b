/**
 * A Kerberos realm in a box: a small KDC in the process, for tests and demonstrations. It is not for
 * production: everything is kept in memory and forgotten with the object.
 *
 * ```js
 * const { Realm } = require('anysspi/realm')
 *
 * const realm = new Realm('EXAMPLE.TEST')
 * realm.addUser('alice', 'secret')
 * realm.addService('HTTP/web.example.test')
 * const keytab = realm.keytab('HTTP/web.example.test') // for the server
 * const tickets = realm.tickets('alice', 'HTTP/web.example.test') // of a user who logged on
 * ```
 *
 * @module
 */

import type { Bytes, CredentialCache, Keytab } from './index.js'

/** A realm with its KDC, in memory. */
export class Realm {
  /** A realm with nobody in it. */
  constructor(name: string)
  readonly name: string
  /** The SID of its domain, which those of its users and groups begin with. */
  readonly domainSid: string
  /** Adds a user, or puts one in the place of another of the same name. */
  addUser(
    name: string,
    password: string,
    options?: {
      /** Names such as `aes256-cts-hmac-sha1-96`, instead of the usual ones. */
      encryptionTypes?: readonly string[] | null
      /** The salt of the password, where it is not the usual one. */
      salt?: string | null
      /** Whether whoever asks has to prove who he is; the default is true. */
      preAuthentication?: boolean
      /** The groups of the realm's domain beside Domain Users, by their relative identifiers: 512 are Domain Admins. */
      groups?: readonly number[] | null
    },
  ): void
  /** Adds a service, or gives it new keys. */
  addService(
    name: string,
    options?: {
      /** Names such as `aes256-cts-hmac-sha1-96`, instead of the usual ones. */
      encryptionTypes?: readonly string[] | null
      /** The version of the keys (kvno). */
      version?: number | null
      trustedForDelegation?: boolean
    },
  ): void
  /** Lets the clients of each of two realms use the services of the other one. */
  trust(other: Realm): void
  /** The keys of services or users. */
  keytab(...names: string[]): Keytab
  /** The tickets of a user who logged on and used these services. Nobody is asked for a password. */
  tickets(user: string, ...services: string[]): CredentialCache
  /** What the KDC says to a request. */
  answer(request: Bytes): Buffer
  /** Carries a question of a handshake to this KDC: `kdc: realm.carry`. A user then logs on with a password. */
  readonly carry: (realm: string, message: Bytes) => Buffer
  /** Serves the KDC on a port of this machine, over TCP and UDP, for programs on this machine, until `stop`. */
  serve(): Serving
}

/** A realm that answers on a port. */
export class Serving {
  private constructor()
  /** The port, of TCP and UDP, on 127.0.0.1. */
  readonly port: number
  /** The configuration for clients of MIT Kerberos, Heimdal and Java, which `KRB5_CONFIG` names. */
  readonly krb5Conf: string
  stop(): void
}
