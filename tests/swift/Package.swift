// swift-tools-version: 5.9
import PackageDescription

// `cargo xtask test swift` lays it out beside the library's package and runs it there.
let library: [Target.Dependency] = [.product(name: "AnySspi", package: "AnySspi")]

let package = Package(
  name: "AnySspiTests",
  platforms: [.macOS(.v12)],
  dependencies: [.package(path: "../AnySspi")],
  targets: [
    .testTarget(
      name: "AnySspiTests", dependencies: library, path: ".",
      exclude: ["acceptor.js", "Examples"]),
    // The examples of README.md and of the package's page, as they stand there.
    .executableTarget(
      name: "ReadmeExample", dependencies: library, path: "Examples/ReadmeExample"),
    .executableTarget(
      name: "PackageExample", dependencies: library, path: "Examples/PackageExample"),
    .executableTarget(
      name: "CredsspExample", dependencies: library, path: "Examples/CredsspExample"),
    .executableTarget(
      name: "KerberosExample", dependencies: library, path: "Examples/KerberosExample"),
    .executableTarget(
      name: "DelegationExample", dependencies: library, path: "Examples/DelegationExample"),
  ]
)
