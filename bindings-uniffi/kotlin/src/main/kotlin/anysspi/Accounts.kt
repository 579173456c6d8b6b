package anysspi

import anysspi.bridge.AccountRecord
import anysspi.bridge.Found
import anysspi.bridge.LookUp
import java.time.Instant

/** Whether an account may log on. */
public enum class AccountState {
    /** It may. */
    ACTIVE,

    /** An administrator disabled it. */
    DISABLED,

    /** It has expired. */
    EXPIRED,

    /** It is locked after too many wrong passwords. */
    LOCKED,

    /** Its password has expired. */
    PASSWORD_EXPIRED,

    /** Its password must be changed before the first logon. */
    MUST_CHANGE_PASSWORD,

    /** It may not log on at this time of day. */
    OUTSIDE_LOGON_HOURS,

    /** It may not log on from that workstation. */
    WORKSTATION_NOT_ALLOWED,
}

/**
 * An account: what an [AccountStore] answers. It has a password or an NT hash, and is told to be disabled or
 * expired only to a client that has proven the secret.
 */
public class Account(
    /** `DOMAIN\user`, `user@realm` or `user`. */
    public val name: String,
    private val password: String? = null,
    private val ntHash: ByteArray? = null,
    /** Whether it may log on. */
    public val state: AccountState = AccountState.ACTIVE,
    /** When it ends; `null` for never. */
    public val expiry: Instant? = null,
) {
    internal fun record(): AccountRecord =
        AccountRecord(name, password, ntHash, state.name.lowercase(), expiry)

    override fun toString(): String = "Account($name, ${state.name.lowercase()})"
}

/**
 * Looks accounts up when a client has said its name. What it throws ends the handshake with an
 * [InternalError] whose `cause` is what was thrown.
 */
public fun interface AccountStore {
    /** The account of this user in this domain, which may be empty; `null` says that there is none. */
    public fun lookUp(user: String, domain: String, packageName: String): Account?
}

/** A store of the application as the native half calls it. */
internal class GuardedStore(private val store: AccountStore) : LookUp {
    override fun lookUp(user: String, domain: String, packageName: String): Found =
        // Errors too, an AssertionError for one: what got through would be logged, and zeros taken for an answer.
        try {
            when (val account = store.lookUp(user, domain, packageName)) {
                null -> Found.Nobody
                else -> Found.Known(account.record())
            }
        } catch (thrown: Throwable) {
            val number = Thrown.here()?.keep(thrown) ?: 0uL
            Found.Thrown(number, "the account look-up threw ${thrown.javaClass.name}")
        }
}
