import Foundation

/// Does work that may wait, in a thread of its own: where the threads are shared, those that wait keep
/// others from being served for seconds. A task that is cancelled meanwhile gives the work up, and waits
/// for it no more.
func waiting<T: Sendable>(
  giveUp: @escaping @Sendable () -> Void, _ work: @escaping @Sendable () throws -> T
) async throws -> T {
  try Task.checkCancellation()
  let answer = Answer<T>()
  return try await withTaskCancellationHandler {
    try await withCheckedThrowingContinuation { continuation in
      guard answer.isAwaited(by: continuation) else { return }
      Thread.detachNewThread { _ = answer.give(Result(catching: work)) }
    }
  } onCancel: {
    if answer.give(.failure(CancellationError())) { giveUp() }
  }
}

/// An answer that may come from two sides, of which the first counts.
private final class Answer<T: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var result: Result<T, any Error>?
  private var continuation: CheckedContinuation<T, any Error>?

  /// Whether the work has to be done: not where it was given up before it began.
  func isAwaited(by continuation: CheckedContinuation<T, any Error>) -> Bool {
    let given = lock.withLock {
      if result == nil { self.continuation = continuation }
      return result
    }
    if let given { continuation.resume(with: given) }
    return given == nil
  }

  /// Whether it was the first.
  func give(_ result: Result<T, any Error>) -> Bool {
    let (isFirst, awaiting) = lock.withLock {
      defer { continuation = nil }
      guard self.result == nil else { return (false, continuation) }
      self.result = result
      return (true, continuation)
    }
    if isFirst { awaiting?.resume(with: result) }
    return isFirst
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
