import AnySspiBridge
import Foundation

/// The bindings of a channel (Extended Protection): what ties a logon to its TLS connection.
public struct ChannelBindings: Hashable, Sendable {
  /// The application data.
  public let applicationData: Data

  /// Bindings of application data alone, such as `tls-unique:` and the first Finished message.
  public init(applicationData: Data) {
    self.applicationData = applicationData
  }

  /// The bindings of a server's certificate, in DER.
  public static func tlsServerEndPoint(certificate: Data) throws -> Self {
    try check(certificate, "certificate")
    return Self(applicationData: try calling { try endPointBindings(certificate: certificate) })
  }

  /// The structure `SEC_CHANNEL_BINDINGS`, for the buffers of the raw layer.
  public func structure() throws -> Data {
    try check(applicationData, "applicationData")
    return try calling { try bindingsStructure(applicationData: applicationData) }
  }
}

extension ChannelBindings: CustomStringConvertible, CustomReflectable {
  public var description: String { "ChannelBindings(\(applicationData.count) bytes)" }

  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What to do about channel bindings.
public enum BindingPolicy: String, CaseIterable, Sendable {
  /// They are not looked at.
  case never
  /// A peer that has none is let in; wrong ones are refused. The default.
  case whenSupported = "when_supported"
  /// A peer that has none is refused.
  case always
}
