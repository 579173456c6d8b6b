// swift-tools-version: 5.9
import PackageDescription

// `cargo xtask bench swift` lays it out beside the library's package and runs it there.
let package = Package(
  name: "Ratios",
  platforms: [.macOS(.v12)],
  dependencies: [.package(path: "../AnySspi")],
  targets: [
    .executableTarget(
      name: "Ratios", dependencies: [.product(name: "AnySspi", package: "AnySspi")], path: ".")
  ]
)
