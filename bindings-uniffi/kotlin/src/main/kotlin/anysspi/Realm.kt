package anysspi

import anysspi.bridge.NativeRealm
import anysspi.bridge.NativeServing

/**
 * A Kerberos realm with its KDC, in memory, for tests and demonstrations. It is not for production: it is forgotten
 * with the object, and has no protection against guessing.
 *
 * ```kotlin
 * val realm = Realm("EXAMPLE.TEST")
 * realm.addUser("alice", "secret")
 * realm.addService("HTTP/web.example.test")
 * val keytab = realm.keytab("HTTP/web.example.test") // for the server
 * val tickets = realm.tickets("alice", "HTTP/web.example.test") // of a user who logged on
 * ```
 *
 * It carries questions to itself: a handshake whose `kdc` it is logs a user on with a password.
 */
public class Realm(public val name: String) : KdcCarrier {
    private val native = calling { NativeRealm.create(name) }

    /** The SID of its domain, which those of its users and groups begin with. */
    public val domainSid: String get() = calling { native.domainSid() }

    /**
     * Adds a user, or puts one in the place of another of the same name.
     *
     * @param encryptionTypes names such as `aes256-cts-hmac-sha1-96`, instead of the usual ones
     * @param salt the salt of the password, where it is not the usual one
     * @param preAuthentication whether whoever asks has to prove who they are
     * @param groups the groups of the realm's domain, besides Domain Users, by their relative identifiers: 512 are
     *   Domain Admins
     */
    public fun addUser(
        name: String,
        password: String,
        encryptionTypes: List<String>? = null,
        salt: String? = null,
        preAuthentication: Boolean = true,
        groups: Collection<Int> = emptyList(),
    ): Unit = calling {
        native.addUser(name, password, encryptionTypes, salt, preAuthentication, groups.map { it.toUInt() })
    }

    /** Adds a service, or gives it new keys, of this version. */
    public fun addService(
        name: String,
        encryptionTypes: List<String>? = null,
        version: Int? = null,
        trustedForDelegation: Boolean = false,
    ): Unit = calling { native.addService(name, encryptionTypes, version?.toUInt(), trustedForDelegation) }

    /** Lets the clients of each of two realms use the services of the other one. */
    public fun trust(other: Realm): Unit = calling { native.trust(other.native) }

    /** The keys of services or users. */
    public fun keytab(vararg names: String): Keytab = Keytab(calling { native.keytab(names.toList()) })

    /** The tickets of a user who logged on and used these services. Nobody is asked for a password. */
    public fun tickets(user: String, vararg services: String): CredentialCache =
        CredentialCache(calling { native.tickets(user, services.toList()) })

    /** What the KDC says to a request. */
    public fun answer(request: ByteArray): ByteArray = calling { lending(request) { native.reply(it) } }

    override fun carry(realm: String, message: ByteArray): ByteArray {
        if (realm != name) throw NoAuthenticatingAuthority("$name is not the realm $realm")
        return answer(message)
    }

    /** Serves the KDC on a port of this machine, over TCP and UDP, for programs on this machine, until it is closed. */
    public fun serve(): Serving = Serving(calling { native.serve() })

    override fun toString(): String = "Realm($name)"
}

/** A [Realm] that answers on a port. */
public class Serving internal constructor(private val native: NativeServing) : AutoCloseable {
    /** The port, of TCP and UDP, on 127.0.0.1. */
    public val port: Int = calling { native.port() }.toInt()

    /** The configuration for clients of MIT Kerberos, Heimdal and Java, which `KRB5_CONFIG` names. */
    public val krb5Conf: String = calling { native.krb5Conf() }

    override fun close(): Unit = calling { native.stop() }

    override fun toString(): String = "Serving(port $port)"
}
