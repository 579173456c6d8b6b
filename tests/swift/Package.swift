// swift-tools-version: 5.9
import PackageDescription

// `cargo xtask test swift` lays it out beside the library's package and runs it there.
let package = Package(
  name: "AnySspiTests",
  platforms: [.macOS(.v12)],
  dependencies: [.package(path: "../AnySspi")],
  targets: [
    .testTarget(
      name: "AnySspiTests",
      dependencies: [.product(name: "AnySspi", package: "AnySspi")],
      path: ".",
      exclude: ["acceptor.js"])
  ]
)
