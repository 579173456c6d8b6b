import AnySspiBridge
import Foundation

/// What a client delegated to a server (`Context.delegated`). The secrets stay in the native half until they
/// are asked for.
public enum Delegated: Hashable, Sendable {
  /// A user and a password.
  case password(Password)
  /// A smart card by its names, and its PIN.
  case smartCard(SmartCard)
  /// Kerberos tickets.
  case credentialCache(CredentialCache)

  /// A user and a password.
  public struct Password: Hashable, Sendable {
    let held: Held
    /// The user, as `DOMAIN\user`.
    public let name: String

    /// The password.
    public var password: String {
      get throws { try calling { try held.native.secretText() } }
    }
  }

  /// The same as a credential: to act with, or to delegate it further.
  public var credential: Credential {
    switch self {
    case .password(let password): Credential(identities: [password.held.native])
    case .smartCard(let card): .smartCard(card)
    case .credentialCache(let cache): .credentialCache(cache)
    }
  }

  /// What the native half knows as an identity.
  init(_ native: NativeIdentity) throws {
    if let facts = try calling(nil, { try native.smartCardFacts() }) {
      self = .smartCard(SmartCard(Held(native), facts))
    } else if try calling(nil, { try native.isCredentialCache() }) {
      self = .credentialCache(CredentialCache(Held(native)))
    } else {
      let name = try calling { try native.userName() }
      self = .password(Password(held: Held(native), name: name))
    }
  }
}

extension Delegated: CustomStringConvertible, CustomReflectable {
  public var description: String {
    switch self {
    case .password(let password): "\(password)"
    case .smartCard(let card): "\(card)"
    case .credentialCache(let cache): "\(cache)"
    }
  }

  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Delegated.Password: CustomStringConvertible, CustomReflectable {
  public var description: String { "Password(\(name))" }

  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A smart card to delegate, passed through as it is: how a server finds it, and the PIN that opens it. Nothing
/// here talks to a card, so another credential has to authenticate.
public struct SmartCard: Hashable, Sendable {
  let held: Held
  /// Which key of the container: `AT_KEYEXCHANGE` is 1, `AT_SIGNATURE` 2.
  public let keySpec: UInt32
  /// The name of the card.
  public let card: String?
  /// The name of the reader.
  public let reader: String?
  /// The name of the container.
  public let container: String?
  /// The name of the cryptographic service provider.
  public let provider: String?
  /// The user the card is to log on, where its certificate does not say it.
  public let userHint: String?
  /// The domain of that user.
  public let domainHint: String?

  /// A card by its names, as far as they are known.
  public init(
    pin: String, keySpec: UInt32 = 1, card: String? = nil, reader: String? = nil,
    container: String? = nil, provider: String? = nil, userHint: String? = nil,
    domainHint: String? = nil
  ) throws {
    let facts = SmartCardFacts(
      keySpec: keySpec, card: card, reader: reader, container: container, provider: provider,
      userHint: userHint, domainHint: domainHint)
    self.init(Held(try calling { try NativeIdentity.smartCard(pin: pin, facts: facts) }), facts)
  }

  init(_ held: Held, _ facts: SmartCardFacts) {
    self.held = held
    keySpec = facts.keySpec
    card = facts.card
    reader = facts.reader
    container = facts.container
    provider = facts.provider
    userHint = facts.userHint
    domainHint = facts.domainHint
  }

  /// The PIN.
  public var pin: String {
    get throws { try calling { try held.native.secretText() } }
  }
}

extension SmartCard: CustomStringConvertible, CustomReflectable {
  public var description: String { "SmartCard(\(card ?? reader ?? "unnamed"))" }

  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Credential {
  /// A smart card to delegate; another credential beside it has to authenticate (`several`).
  public static func smartCard(_ card: SmartCard) -> Self {
    Self(identities: [card.held.native])
  }
}

/// To which servers credentials may be delegated. They only ever are where `delegate` is asked for, and after the
/// server has proven itself.
///
/// A pattern is a target's name, in which `*` stands for any characters; case does not matter. Without any list,
/// the target that the caller names is allowed, whatever it is.
///
/// ```swift
/// let policy = DelegationPolicy(allow: ["TERMSRV/*"], ntlmOnly: ["TERMSRV/lab-*"])
/// try policy.allows("termsrv/desk7.corp.example")  // true
/// try policy.allowsNtlmOnly("TERMSRV/desk7.corp.example")  // false
/// ```
public struct DelegationPolicy: Hashable, Sendable {
  /// Targets that are allowed where the server authenticated itself beforehand, as Kerberos does.
  public let allow: [String]?
  /// Targets that are allowed even where only NTLM was possible, which proves that the server knows the user and
  /// not which server it is.
  public let ntlmOnly: [String]?

  /// A policy of lists; without any, the target that the caller names is allowed.
  public init(allow: [String]? = nil, ntlmOnly: [String]? = nil) {
    (self.allow, self.ntlmOnly) = (allow, ntlmOnly)
  }

  var lists: DelegationLists { DelegationLists(allow: allow, ntlmOnly: ntlmOnly) }

  /// Whether credentials may be delegated to a server that authenticated itself beforehand.
  public func allows(_ target: String) throws -> Bool {
    try calling { try delegationAllows(lists: lists, target: target) }
  }

  /// Whether credentials may be delegated to a server with which only NTLM was possible.
  public func allowsNtlmOnly(_ target: String) throws -> Bool {
    try calling { try delegationAllowsNtlmOnly(lists: lists, target: target) }
  }
}
