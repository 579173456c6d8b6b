package anysspi

import anysspi.bridge.NativeIdentity
import java.nio.file.Path

/**
 * A keytab: the keys of Kerberos services, for a server, or of a user. A file is opened when credentials are made of
 * it.
 */
public class Keytab internal constructor(native: NativeIdentity) : Identity(native) {
    /** A keytab file. */
    public constructor(path: Path) : this(calling { NativeIdentity.keytab(path.toString()) })

    /** The bytes of a keytab file. */
    public constructor(bytes: ByteArray) : this(calling { lending(bytes) { NativeIdentity.keytabFromBytes(it) } })

    /** The bytes of a file with these keys: for a file that nobody else may read. The keytab is read for it. */
    public fun toBytes(): ByteArray = calling { native.keytabBytes() }

    override fun toString(): String = "Keytab(${native.place()})"
}

/** A credential cache: Kerberos tickets that somebody already has. */
public class CredentialCache internal constructor(native: NativeIdentity) : Identity(native), Delegated {
    /** A cache by its name, such as `FILE:/tmp/krb5cc_1000`, or by its path. */
    public constructor(name: String) : this(calling { NativeIdentity.credentialCache(name) })

    /** The bytes of a cache file. */
    public constructor(bytes: ByteArray) :
        this(calling { lending(bytes) { NativeIdentity.credentialCacheFromBytes(it) } })

    /** Whose tickets they are, such as `alice@EXAMPLE.COM`. The cache is read for it. */
    public val client: String get() = calling { native.cacheClient() }

    /** The bytes of a file with these tickets: for a file that nobody else may read. The cache is read for it. */
    public fun toBytes(): ByteArray = calling { native.cacheBytes() }

    /**
     * The tickets as a KRB-CRED that is not encrypted: for a file that nobody else may read, since whoever reads it has
     * the tickets. The cache is read for it.
     */
    public fun toKrbCred(): ByteArray = calling { native.cacheKrbCred() }

    override fun toString(): String = "CredentialCache(${native.place()})"

    public companion object {
        /**
         * The tickets of a KRB-CRED (RFC 4120 5.8), as Windows programs keep them in `.kirbi` files: one that is not
         * encrypted, or with a key one that is encrypted with it.
         *
         * @param key the name of its encryption type and its bytes: `"aes256-cts-hmac-sha1-96" to bytes`
         */
        public fun fromKrbCred(bytes: ByteArray, key: Pair<String, ByteArray>? = null): CredentialCache {
            val (encryptionType, secret) = key ?: Pair(null, ByteArray(0))
            return CredentialCache(
                calling {
                    lending(bytes) { data ->
                        lending(secret) { NativeIdentity.credentialCacheFromKrbCred(data, encryptionType, it) }
                    }
                },
            )
        }
    }
}
