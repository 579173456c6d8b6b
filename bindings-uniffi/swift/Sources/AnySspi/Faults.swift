import AnySspiBridge
import Foundation

/// What stores of the application threw, until the error that it is the cause of is made.
private final class Thrown: @unchecked Sendable {
  static let all = Thrown()

  private let lock = NSLock()
  private var errors: [UInt64: any Error] = [:]
  private var last: UInt64 = 0

  func keep(_ error: any Error) -> UInt64 {
    lock.withLock {
      last &+= 1
      errors[last] = error
      return last
    }
  }

  func take(_ number: UInt64) -> (any Error)? {
    lock.withLock { errors.removeValue(forKey: number) }
  }
}

/// Keeps what a store threw; gives the number by which the native half knows it.
func kept(_ error: any Error) -> UInt64 {
  Thrown.all.keep(error)
}

/// The causes that one object has seen. A failed handshake gives the same error again, cause and all.
final class Causes: @unchecked Sendable {
  private let lock = NSLock()
  private var seen: [UInt64: any Error] = [:]

  fileprivate func error(_ number: UInt64) -> (any Error)? {
    lock.withLock {
      if let error = seen[number] { return error }
      let error = Thrown.all.take(number)
      seen[number] = error
      return error
    }
  }
}

/// Makes a native call, whose fault becomes an error of ours.
func calling<T>(_ causes: Causes? = nil, _ call: () throws -> T) throws -> T {
  do {
    return try call()
  } catch let fault as Fault {
    throw SspiError(fault, causes ?? Causes())
  } catch let error as SspiError {
    throw error
  } catch {
    // UniFFI's own: a defect on the way, which its type keeps to itself.
    throw SspiError.internalError(.init(context: "the call did not get through: \(error)"))
  }
}

/// The most bytes a call takes. UniFFI counts in 31 bits, and ends the process beyond.
private let largest = 1 << 30

/// Refuses what would not get through.
func check(_ bytes: Data, _ name: String) throws {
  guard bytes.count <= largest else {
    let context = "\(name) must not have more than \(largest) bytes, and has \(bytes.count)"
    throw SspiError.invalidParameter(.init(context: context))
  }
}

/// Refuses a list of which the whole would not get through.
func check(_ list: [Data], _ name: String) throws {
  let total = list.reduce(0) { $0 + $1.count }
  guard total <= largest else {
    let context = "\(name) must not have more than \(largest) bytes, and has \(total)"
    throw SspiError.invalidParameter(.init(context: context))
  }
}

extension SspiError {
  init(_ fault: Fault, _ causes: Causes = Causes()) {
    let detail = fault.detail
    let details = Details(
      context: detail.explanation, token: detail.token, ntStatus: detail.ntStatus,
      kerberosCode: detail.kerberosCode, cause: detail.cause.flatMap { causes.error($0) })
    self.init(status: detail.status, details: details)
  }
}

/// What a call on something closed gives.
func closed(_ what: String) -> SspiError {
  .invalidHandle(.init(context: "the \(what) was closed"))
}
