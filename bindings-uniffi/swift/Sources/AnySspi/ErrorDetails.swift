import Foundation

extension SspiError {
  /// What is known about an error beside its status.
  public struct Details: Sendable {
    /// What was being done and the likely cause.
    public let context: String
    /// A token that the peer should still be sent.
    public let token: Data?
    /// The NTSTATUS behind it, such as `0xC0000072` for a disabled account.
    public let ntStatus: UInt32?
    /// The Kerberos error code behind it.
    public let kerberosCode: Int32?
    /// What a store of the application threw.
    public let cause: (any Error)?
    /// Where no case says it.
    private(set) var status: UInt32 = 0

    public init(
      context: String, token: Data? = nil, ntStatus: UInt32? = nil, kerberosCode: Int32? = nil,
      cause: (any Error)? = nil
    ) {
      self.context = context
      self.token = token
      self.ntStatus = ntStatus
      self.kerberosCode = kerberosCode
      self.cause = cause
    }

    func with(status: UInt32) -> Self {
      var details = self
      details.status = status
      return details
    }
  }

  /// What was being done and the likely cause.
  public var context: String { details.context }

  /// A token that the peer should still be sent.
  public var token: Data? { details.token }

  /// The NTSTATUS behind it, such as `0xC0000072` for a disabled account.
  public var ntStatus: UInt32? { details.ntStatus }

  /// The Kerberos error code behind it.
  public var kerberosCode: Int32? { details.kerberosCode }

  /// What a store of the application threw.
  public var cause: (any Error)? { details.cause }
}

extension SspiError: CustomStringConvertible {
  /// The symbol, the context and the code of the protocol.
  public var description: String {
    if let ntStatus { return "\(symbol): \(context) (NTSTATUS \(hexadecimal(ntStatus)))" }
    if let kerberosCode { return "\(symbol): \(context) (Kerberos error \(kerberosCode))" }
    return "\(symbol): \(context)"
  }
}

extension SspiError: LocalizedError {
  public var errorDescription: String? { description }
}
