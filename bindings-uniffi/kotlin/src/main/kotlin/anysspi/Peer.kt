package anysspi

import anysspi.bridge.GroupFacts
import anysspi.bridge.PeerFacts

/** What a server of Kerberos does about the PAC in a client's ticket, which says who the client is. */
public enum class PacPolicy {
    /** It is not looked at: the client has a name and no groups. */
    NEVER,

    /** One that is there must be the right one; a client without one is let in. */
    WHEN_PRESENT,

    /** A client without one is refused. */
    ALWAYS,
}

/**
 * A group that a client is in.
 *
 * @property sid which group, as `S-1-5-21-…`
 * @property attributes how the client is in it (`SE_GROUP_*`)
 * @property isEnabled whether it lets its members in somewhere
 */
public data class Group(val sid: String, val attributes: UInt, val isEnabled: Boolean)

private fun List<GroupFacts>.groups() = map { Group(it.sid, it.attributes, it.isEnabled) }

/**
 * Who the client is: its names, and where its Kerberos ticket carries a PAC, its SIDs and groups. The server has
 * checked that the PAC was signed for it and belongs to the ticket.
 */
public class Peer internal constructor(facts: PeerFacts) {
    /** The name of the client in its realm. */
    public val user: String = facts.user

    /** The realm of the client. */
    public val realm: String = facts.realm

    /** Whether the ticket had a PAC. Without one there is nothing but the name and the realm. */
    public val hasPac: Boolean = facts.hasPac

    /** The name of the account (`sAMAccountName`). */
    public val account: String? = facts.account

    /** The name of the client's domain, as NetBIOS has it. */
    public val domain: String? = facts.domain

    /** The name of its domain in the DNS. */
    public val dnsDomain: String? = facts.dnsDomain

    /** The user principal name, such as `alice@example.com`. */
    public val upn: String? = facts.upn

    /** Its name for people. */
    public val fullName: String? = facts.fullName

    /** The domain controller that authenticated it. */
    public val logonServer: String? = facts.logonServer

    /** The SID of the user. */
    public val sid: String? = facts.sid

    /** The SID of the primary group, which is among the groups too. */
    public val primaryGroup: String? = facts.primaryGroup

    /** The groups of the client's domain that it is in. */
    public val groups: List<Group> = facts.groups.groups()

    /** The groups of the server's domain that it is in. */
    public val resourceGroups: List<Group> = facts.resourceGroups.groups()

    /** What else it is: groups of other domains, and what it has from its history. */
    public val extra: List<Group> = facts.extra.groups()

    /** What the domain claims of the client, as it wrote it and not looked into. */
    public val claims: ByteArray? = facts.claims

    /** Which device the client sits at, likewise. */
    public val device: ByteArray? = facts.device

    /** What the domain claims of that device. */
    public val deviceClaims: ByteArray? = facts.deviceClaims

    /** Whether the client asked for the PAC by itself, where the KDC says so. */
    public val askedForPac: Boolean? = facts.askedForPac

    /** Whether the KDC has signed the ticket for itself, so that it will notice a server that changes it. */
    public val hasTicketSignature: Boolean = facts.hasTicketSignature

    /** Whether the KDC has signed the whole PAC for itself. */
    public val hasFullSignature: Boolean = facts.hasFullSignature

    private val granted = facts.granted.toSet()

    /** Whether the client is this user or in this group, and the group counts. */
    public fun isMemberOf(sid: String): Boolean = sid.uppercase() in granted

    override fun toString(): String = "Peer($user@$realm${sid?.let { ", $it" } ?: ""})"
}
