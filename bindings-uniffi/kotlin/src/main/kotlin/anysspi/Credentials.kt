package anysspi

import anysspi.bridge.CredentialOptions
import anysspi.bridge.NativeCredential
import anysspi.bridge.NativeIdentity
import java.nio.file.Path
import java.time.Instant

/** Where a handshake gets its credentials from: an [Identity], several [Identities], or a [Credential]. */
public sealed interface CredentialSource

/** One way to prove who somebody is, or to check it. Secrets are kept outside the heap and wiped. */
public sealed class Identity(internal val native: NativeIdentity) : CredentialSource {
    /** What kind of identity it is, in a word or two. */
    public val kind: String get() = calling { native.kind() }

    override fun toString(): String = calling { native.describe() }
}

/**
 * A user and a password. The user is `DOMAIN\user`, `user@realm` or `user`, unless the domain is given beside
 * it.
 */
public class Password internal constructor(native: NativeIdentity) : Identity(native), Delegated {
    public constructor(user: String, password: String, domain: String? = null) :
        this(calling { NativeIdentity.password(user, password, domain) })

    /** The user, as `DOMAIN\user`. */
    public val name: String get() = calling { native.userName() }

    /** The password. */
    public val password: String get() = calling { native.secretText() }
}

/** A user and the NT hash of the password, 16 bytes, which is as good as the password to NTLM. */
public class NtHash(user: String, hash: ByteArray, domain: String? = null) :
    Identity(calling { lending(hash) { NativeIdentity.ntHash(user, it, domain) } })

/** Nobody in particular. Needs [Allow.ANONYMOUS]. */
public class Anonymous : Identity(calling { NativeIdentity.anonymous() })

/** The accounts a server checks clients against. */
public class Accounts private constructor(native: NativeIdentity) : Identity(native) {
    /** Accounts that a function of the application looks up. */
    public constructor(store: AccountStore) : this(calling { NativeIdentity.lookUp(GuardedStore(store)) })

    /** These accounts, which are read once. */
    public constructor(accounts: Iterable<Account>) :
        this(calling { NativeIdentity.accounts(accounts.map { it.record() }) })

    /** Passwords by name, which are read once. */
    public constructor(passwords: Map<String, String>) :
        this(passwords.map { (name, password) -> Account(name, password) })

    /**
     * The accounts in a file of lines `DOMAIN:user:password`, or in Samba's smbpasswd, which is read anew when
     * it changes.
     */
    public constructor(file: Path) : this(calling { NativeIdentity.accountsFile(file.toString()) })
}

/** Several identities, in order of preference. */
public class Identities(internal val identities: List<Identity>) : CredentialSource {
    /** Several identities, in order of preference. */
    public constructor(vararg identities: Identity) : this(identities.toList())

    override fun toString(): String = identities.toString()
}

/** What credentials are for. */
public enum class Usage(internal val bits: UInt) {
    /** To accept: `SECPKG_CRED_INBOUND`. */
    INBOUND(1u),

    /** To initiate: `SECPKG_CRED_OUTBOUND`. */
    OUTBOUND(2u),

    /** To do either: `SECPKG_CRED_BOTH`. */
    BOTH(3u),
}

/**
 * Credentials of a package, acquired once and shared by any number of handshakes and threads: keys are derived
 * once. Closing them does not disturb handshakes that were made from them.
 */
public class Credential internal constructor(internal val native: NativeCredential) :
    CredentialSource, AutoCloseable {
    /**
     * With [Accounts] they are a server's, otherwise a client's, unless [usage] says what they are for. Among
     * several identities, [principal] names the one that is meant. [packages] and [withoutPackages] are for
     * Negotiate, and [delegation] says to which targets they may be delegated.
     */
    public constructor(
        packageName: String,
        identity: CredentialSource? = null,
        usage: Usage? = null,
        principal: String? = null,
        allow: Collection<Allow> = emptySet(),
        packages: List<String>? = null,
        withoutPackages: Collection<String> = emptySet(),
        delegation: DelegationPolicy? = null,
    ) : this(
        calling {
            NativeCredential.acquire(
                CredentialOptions(
                    packageName,
                    usage?.bits ?: 0u,
                    principal,
                    identitiesOf(identity),
                    allow.bits(),
                    packages,
                    withoutPackages.toList(),
                    delegation?.lists,
                ),
            )
        },
    )

    /** Whose credentials they are. */
    public val name: String get() = calling { native.name() }

    /** The package. */
    public val packageInfo: PackageInfo get() = calling { native.packageFacts().info() }

    /** When they expire; `null` for never. */
    public val expiry: Instant? get() = calling { native.expiry() }

    /** Frees them. Every later call throws [InvalidHandle]; closing them again is none. */
    override fun close() {
        // Not `destroy`: UniFFI hands a freed object over as an argument without looking.
        try {
            calling { native.release() }
        } catch (_: InvalidHandle) {
            // It was closed before.
        }
    }

    override fun toString(): String =
        try {
            "Credential(${packageInfo.name}, $name)"
        } catch (_: InvalidHandle) {
            "Credential(freed)"
        }
}

internal fun identitiesOf(source: CredentialSource?): List<NativeIdentity> =
    when (source) {
        null -> emptyList()
        is Identity -> listOf(source.native)
        is Identities -> source.identities.map { it.native }
        is Credential -> throw InvalidParameter("these credentials were acquired before")
    }
