import AnySspiBridge
import Foundation

/// What a server of Kerberos does about the PAC in a client's ticket, which says who the client is.
public enum PacPolicy: String, CaseIterable, Sendable {
  /// It is not looked at: the client has a name and no groups.
  case never
  /// One that is there must be the right one; a client without one is let in. The default.
  case whenPresent = "when_present"
  /// A client without one is refused.
  case always
}

/// Who the client is: its names, and where its Kerberos ticket carries a PAC, its SIDs and groups. The server has
/// checked that the PAC was signed for it and belongs to the ticket.
public struct Peer: Hashable, Sendable {
  /// A group that a client is in.
  public struct Group: Hashable, Sendable {
    /// Which group, as `S-1-5-21-…`.
    public let sid: String
    /// How the client is in it (`SE_GROUP_*`).
    public let attributes: UInt32
    /// Whether it lets its members in somewhere.
    public let isEnabled: Bool

    init(_ facts: GroupFacts) {
      (sid, attributes, isEnabled) = (facts.sid, facts.attributes, facts.isEnabled)
    }
  }

  /// The name of the client in its realm.
  public let user: String
  /// The realm of the client.
  public let realm: String
  /// Whether the ticket had a PAC. Without one there is nothing but the name and the realm.
  public let hasPac: Bool
  /// The name of the account (`sAMAccountName`).
  public let account: String?
  /// The name of the client's domain, as NetBIOS has it.
  public let domain: String?
  /// The name of its domain in the DNS.
  public let dnsDomain: String?
  /// The user principal name, such as `alice@example.com`.
  public let upn: String?
  /// Its name for people.
  public let fullName: String?
  /// The domain controller that authenticated it.
  public let logonServer: String?
  /// The SID of the user.
  public let sid: String?
  /// The SID of the primary group, which is among the groups too.
  public let primaryGroup: String?
  /// The groups of the client's domain that it is in.
  public let groups: [Group]
  /// The groups of the server's domain that it is in.
  public let resourceGroups: [Group]
  /// What else it is: groups of other domains, and what it has from its history.
  public let extra: [Group]
  /// What the domain claims of the client, as it wrote it and not looked into.
  public let claims: Data?
  /// Which device the client sits at, likewise.
  public let device: Data?
  /// What the domain claims of that device.
  public let deviceClaims: Data?
  /// Whether the client asked for the PAC by itself, where the KDC says so.
  public let askedForPac: Bool?
  /// Whether the KDC has signed the ticket for itself, so that it will notice a server that changes it.
  public let hasTicketSignature: Bool
  /// Whether the KDC has signed the whole PAC for itself.
  public let hasFullSignature: Bool

  private let granted: Set<String>

  init(_ facts: PeerFacts) {
    user = facts.user
    realm = facts.realm
    hasPac = facts.hasPac
    account = facts.account
    domain = facts.domain
    dnsDomain = facts.dnsDomain
    upn = facts.upn
    fullName = facts.fullName
    logonServer = facts.logonServer
    sid = facts.sid
    primaryGroup = facts.primaryGroup
    groups = facts.groups.map(Group.init)
    resourceGroups = facts.resourceGroups.map(Group.init)
    extra = facts.extra.map(Group.init)
    claims = facts.claims
    device = facts.device
    deviceClaims = facts.deviceClaims
    askedForPac = facts.askedForPac
    hasTicketSignature = facts.hasTicketSignature
    hasFullSignature = facts.hasFullSignature
    granted = Set(facts.granted)
  }

  /// Whether the client is this user or in this group, and the group counts.
  public func isMember(of sid: String) -> Bool { granted.contains(sid.uppercased()) }
}

extension Peer: CustomStringConvertible {
  public var description: String { "Peer(\(user)@\(realm)\(sid.map { ", \($0)" } ?? ""))" }
}
