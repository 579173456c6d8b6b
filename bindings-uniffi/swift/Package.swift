// swift-tools-version: 5.9
import PackageDescription

let package = Package(
  name: "AnySspi",
  platforms: [.macOS(.v12), .iOS(.v15), .tvOS(.v15), .watchOS(.v8)],
  products: [.library(name: "AnySspi", targets: ["AnySspi"])],
  targets: [
    .target(
      name: "AnySspi", dependencies: ["AnySspiBridge"],
      swiftSettings: [.enableExperimentalFeature("StrictConcurrency")]),
    // Both are generated from the native library: README.md says how.
    .target(
      name: "AnySspiBridge", dependencies: ["AnySspiBridgeFFI"],
      linkerSettings: [.linkedLibrary("anysspi_uniffi")]),
    .systemLibrary(name: "AnySspiBridgeFFI"),
  ]
)
