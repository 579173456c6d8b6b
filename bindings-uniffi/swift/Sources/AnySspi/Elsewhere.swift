import Foundation

/// Does work that may wait, in a thread of its own: where the threads are shared, those that wait keep
/// others from being served for seconds.
func waiting<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
  try Task.checkCancellation()
  return try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread {
      continuation.resume(with: Result(catching: work))
    }
  }
}

/// Does work that only takes its time, off the threads that tasks run in.
func computing<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
  try Task.checkCancellation()
  return try await withCheckedThrowingContinuation { continuation in
    DispatchQueue.global().async {
      continuation.resume(with: Result(catching: work))
    }
  }
}
