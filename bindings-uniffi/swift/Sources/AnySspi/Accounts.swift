import AnySspiBridge
import Foundation

/// Whether an account may log on.
public enum AccountState: String, CaseIterable, Sendable {
  /// It may.
  case active
  /// It was disabled.
  case disabled
  /// Its time is over.
  case expired
  /// Too many wrong passwords were tried.
  case locked
  /// Its password is too old.
  case passwordExpired = "password_expired"
  /// Its password has to be changed first.
  case mustChangePassword = "must_change_password"
  /// Not at this hour.
  case outsideLogonHours = "outside_logon_hours"
  /// Not from this machine.
  case workstationNotAllowed = "workstation_not_allowed"
}

/// An account: what an account store answers. Shown, it hides its secret.
public struct Account: Sendable {
  /// `DOMAIN\user`, `user@realm` or `user`.
  public let name: String
  /// Whether it may log on.
  public let state: AccountState
  /// When it ends; `nil` for never.
  public let expiry: Date?

  enum Key: Sendable {
    case password(String)
    case ntHash(Data)
  }

  let key: Key

  /// An account with a password.
  public init(
    name: String, password: String, state: AccountState = .active, expiry: Date? = nil
  ) {
    (self.name, key, self.state, self.expiry) = (name, .password(password), state, expiry)
  }

  /// An account with the NT hash of its password, 16 bytes.
  public init(name: String, ntHash: Data, state: AccountState = .active, expiry: Date? = nil) {
    (self.name, key, self.state, self.expiry) = (name, .ntHash(ntHash), state, expiry)
  }

  var record: AccountRecord {
    var password: String?
    var ntHash: Data?
    switch key {
    case .password(let text): password = text
    case .ntHash(let bytes): ntHash = bytes
    }
    return AccountRecord(
      name: name, password: password, ntHash: ntHash, state: state.rawValue, expiry: sendable)
  }

  /// The end in the range that gets through, or UniFFI would end the process. What is no time at all is
  /// in the past.
  private var sendable: Date? {
    guard let seconds = expiry?.timeIntervalSince1970 else { return nil }
    if seconds > Self.lastSecond { return nil }
    return seconds > 0 ? expiry : Date(timeIntervalSince1970: 0)
  }

  /// 31 December 9999: what ends later does not end.
  private static let lastSecond: TimeInterval = 253_402_300_799
}

extension Account: CustomStringConvertible, CustomReflectable {
  public var description: String { "Account(\(name), \(state))" }

  /// What `dump` and debuggers show.
  public var customMirror: Mirror {
    Mirror(self, children: ["name": name, "state": state, "expiry": expiry as Any])
  }
}

/// Where a server looks its clients' accounts up.
///
/// It is called when a client has said its name, in the thread that makes the step; `next` with `await`
/// makes it in a thread where waiting costs nobody anything. What it throws ends the handshake, and is
/// the `cause` of the error.
public protocol AccountStore: Sendable {
  /// The account with this name, as the client sent it; `nil` where there is none.
  func account(user: String, domain: String, package: String) throws -> Account?
}

/// A function as a store.
struct LookUpStore: AccountStore {
  let lookUp: @Sendable (String, String, String) throws -> Account?

  func account(user: String, domain: String, package: String) throws -> Account? {
    try lookUp(user, domain, package)
  }
}

/// A store as the native half calls it. Nothing that is thrown gets through: it is kept, and told.
final class StoreLookUp: LookUp {
  private let store: any AccountStore

  init(_ store: any AccountStore) {
    self.store = store
  }

  func lookUp(user: String, domain: String, packageName: String) throws -> Found {
    do {
      let found = try store.account(user: user, domain: domain, package: packageName)
      return found.map { .known(account: $0.record) } ?? .nobody
    } catch {
      // Its own words may have secrets in them.
      let explanation = "the account look-up threw \(type(of: error)), which is the cause"
      return .thrown(number: kept(error), explanation: explanation)
    }
  }
}
