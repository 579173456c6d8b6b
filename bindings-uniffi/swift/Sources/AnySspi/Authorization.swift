import AnySspiBridge
import Foundation

/// Whether the server lets the user in whom it has authenticated: the first four bytes of the stream in RDP with
/// `PROTOCOL_HYBRID_EX`. They are the application's to send and to read, because nothing in CredSSP says whether
/// they come.
public enum EarlyUserAuthResult: Sendable {
  /// `AUTHZ_SUCCESS`: the user may go on.
  case success
  /// `AUTHZ_ACCESS_DENIED`: the user may not.
  case accessDenied

  /// What was received: four bytes, and nothing else than the two answers, or it is `invalidToken`.
  public init(bytes: Data) throws {
    try AnySspi.check(bytes, "bytes")
    self =
      switch try calling(nil, { try earlyAnswerFromBytes(received: bytes) }) {
      case .success: .success
      case .accessDenied: .accessDenied
      }
  }

  private var native: EarlyAnswer {
    switch self {
    case .success: .success
    case .accessDenied: .accessDenied
    }
  }

  /// What is sent: four bytes.
  public func toBytes() throws -> Data {
    try calling { try earlyAnswerToBytes(early: native) }
  }

  /// `logonDenied` where the user is not let in.
  public func check() throws {
    try calling { try checkEarlyAnswer(early: native) }
  }
}
