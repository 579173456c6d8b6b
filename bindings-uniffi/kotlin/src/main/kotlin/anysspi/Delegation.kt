package anysspi

import anysspi.bridge.DelegationLists
import anysspi.bridge.NativeIdentity
import anysspi.bridge.SmartCardFacts
import anysspi.bridge.delegationAllows
import anysspi.bridge.delegationAllowsNtlmOnly

/**
 * What a client delegated to a server ([Context.delegated]): a [Password], a [SmartCard] or a [CredentialCache]. All
 * are identities to act with, and can be delegated further.
 */
public sealed interface Delegated : CredentialSource

internal fun NativeIdentity.delegated(): Delegated =
    calling { smartCardFacts() }?.let { SmartCard(this, it) }
        ?: if (calling { isCredentialCache() }) CredentialCache(this) else Password(this)

/**
 * A smart card to delegate, passed through as it is: how a server finds it, and the PIN that opens it. Nothing here
 * talks to a card, so another identity has to authenticate.
 */
public class SmartCard internal constructor(native: NativeIdentity, facts: SmartCardFacts) :
    Identity(native), Delegated {
    private constructor(pin: String, facts: SmartCardFacts) :
        this(calling { NativeIdentity.smartCard(pin, facts) }, facts)

    /**
     * @param keySpec which key of the container: `AT_KEYEXCHANGE` is 1, `AT_SIGNATURE` 2
     * @param card the name of the card
     * @param reader the name of the reader
     * @param container the name of the container
     * @param provider the name of the cryptographic service provider
     * @param userHint the user the card is to log on, where its certificate does not say it
     * @param domainHint the domain of that user
     */
    public constructor(
        pin: String,
        keySpec: Int = 1,
        card: String? = null,
        reader: String? = null,
        container: String? = null,
        provider: String? = null,
        userHint: String? = null,
        domainHint: String? = null,
    ) : this(pin, SmartCardFacts(keySpec.toUInt(), card, reader, container, provider, userHint, domainHint))

    /** The PIN. */
    public val pin: String get() = calling { native.secretText() }

    /** Which key of the container: `AT_KEYEXCHANGE` is 1, `AT_SIGNATURE` 2. */
    public val keySpec: Int = facts.keySpec.toInt()

    /** The name of the card. */
    public val card: String? = facts.card

    /** The name of the reader. */
    public val reader: String? = facts.reader

    /** The name of the container. */
    public val container: String? = facts.container

    /** The name of the cryptographic service provider. */
    public val provider: String? = facts.provider

    /** The user the card is to log on, where its certificate does not say it. */
    public val userHint: String? = facts.userHint

    /** The domain of that user. */
    public val domainHint: String? = facts.domainHint
}

/**
 * To which servers credentials may be delegated. They only ever are where [Flag.DELEGATE] is asked for, and after
 * the server has proven itself.
 *
 * A pattern is a target's name, in which `*` stands for any characters; case does not matter. Without any list, the
 * target that the caller names is allowed, whatever it is.
 *
 * ```kotlin
 * val policy = DelegationPolicy(allow = listOf("TERMSRV/desk*"), ntlmOnly = listOf("TERMSRV/lab-*"))
 * check(policy.allows("termsrv/desk7.corp.example"))
 * check(!policy.allowsNtlmOnly("TERMSRV/desk7.corp.example"))
 * ```
 *
 * @param allow targets that are allowed where the server authenticated itself beforehand, as Kerberos does
 * @param ntlmOnly targets that are allowed even where only NTLM was possible, which proves that the server knows the
 *   user and not which server it is
 */
public class DelegationPolicy(allow: Collection<String>? = null, ntlmOnly: Collection<String>? = null) {
    internal val lists = DelegationLists(allow?.toList(), ntlmOnly?.toList())

    /** Whether credentials may be delegated to a server that authenticated itself beforehand. */
    public fun allows(target: String): Boolean = calling { delegationAllows(lists, target) }

    /** Whether credentials may be delegated to a server with which only NTLM was possible. */
    public fun allowsNtlmOnly(target: String): Boolean = calling { delegationAllowsNtlmOnly(lists, target) }

    override fun equals(other: Any?): Boolean = other is DelegationPolicy && lists == other.lists

    override fun hashCode(): Int = lists.hashCode()

    override fun toString(): String =
        if (lists.allow == null && lists.ntlmOnly == null) "DelegationPolicy(named target)"
        else "DelegationPolicy(allow ${lists.allow.orEmpty()}, only NTLM ${lists.ntlmOnly.orEmpty()})"
}
