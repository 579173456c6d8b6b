import AnySspiBridge
import Foundation

/// Carries questions to KDCs, over whatever transport the application has: it gets the realm and the message, and
/// gives the answer. It may block. What it throws says that no KDC could be asked: Negotiate then goes on without
/// Kerberos.
public typealias KdcCarrier = @Sendable (_ realm: String, _ message: Data) throws -> Data

/// A carrier as the native half calls it. Nothing that is thrown gets through: it is told in words.
final class GuardedCarrier: Carrier {
  private let carrier: KdcCarrier

  init(_ carrier: @escaping KdcCarrier) {
    self.carrier = carrier
  }

  func carry(realm: String, message: Data) throws -> Carried {
    do {
      return .answered(answer: try carrier(realm, message))
    } catch {
      // Not kept as a cause: where a negotiation goes on, nobody would ever fetch it.
      return .notCarried(number: 0, explanation: "the carrier of the question to a KDC threw: \(error)")
    }
  }
}
