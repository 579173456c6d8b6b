// What carries questions to a KDC in the tests of Kerberos, and what they need beside it.
import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a network says that is down.
struct NetworkIsDown: Error {}

/// Something to wait for, also in a task.
final class Semaphore: @unchecked Sendable {
  private let inner = DispatchSemaphore(value: 0)

  func signal() { inner.signal() }
  func wait() { inner.wait() }

  func wasSignalled() async {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        self.wait()
        continuation.resume()
      }
    }
  }
}

/// Counts, from any thread.
final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var names: [String] = []

  func add(_ name: String) { lock.withLock { names.append(name) } }
  var all: [String] { lock.withLock { names } }
}

/// Asks a KDC on a port of this machine, over TCP: four bytes with the length come first (RFC 4120 7.2.2).
func ask(_ port: UInt16, _ message: Data) throws -> Data {
  #if canImport(Glibc)
    let stream = Int32(SOCK_STREAM.rawValue)
  #else
    let stream = SOCK_STREAM
  #endif
  let descriptor = socket(AF_INET, stream, 0)
  defer { close(descriptor) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  let connected = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
  guard connected == 0 else { throw NetworkIsDown() }
  let question = withUnsafeBytes(of: UInt32(message.count).bigEndian) { Data($0) } + message
  guard question.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) == question.count
  else { throw NetworkIsDown() }
  func take(_ count: Int) throws -> Data {
    var taken = Data()
    while taken.count < count {
      var space = [UInt8](repeating: 0, count: count - taken.count)
      let got = read(descriptor, &space, space.count)
      guard got > 0 else { throw NetworkIsDown() }
      taken += space.prefix(got)
    }
    return taken
  }
  let length = try take(4).reduce(0) { $0 << 8 | Int($1) }
  return try take(length)
}
