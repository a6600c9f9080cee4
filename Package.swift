// swift-tools-version: 6.0
import PackageDescription

/// glibc ships its vectorised exp and log (libmvec) on x86-64; elsewhere CKernels falls back to scalar loops.
#if arch(x86_64) && os(Linux)
  let vectorMath: [LinkerSetting] = [.linkedLibrary("mvec")]
#else
  let vectorMath: [LinkerSetting] = []
#endif

let package = Package(
  name: "InductionFlow",
  platforms: [.macOS(.v14)],
  products: [
    .executable(name: "inflow", targets: ["inflow"]),
    .library(name: "SymbolicTensors", targets: ["SymbolicTensors"]),
    .library(name: "ODESolvers", targets: ["ODESolvers"]),
    .library(name: "ParameterSpaces", targets: ["ParameterSpaces"]),
    .library(name: "Flows", targets: ["Flows"]),
    .library(name: "MarkovChains", targets: ["MarkovChains"]),
    .library(name: "InductionModel", targets: ["InductionModel"]),
    .library(name: "Theory", targets: ["Theory"]),
    .library(name: "Transformer", targets: ["Transformer"]),
    .library(name: "Experiments", targets: ["Experiments"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.0.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    // For `make docs` alone.
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"]), .brew(["gsl"])]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .target(name: "CKernels", linkerSettings: vectorMath),
    .target(name: "CSystem"),
    .target(
      name: "SymbolicTensors",
      dependencies: [
        "COpenBLAS", "CKernels", "CSystem",
        .product(name: "Collections", package: "swift-collections"),
        .product(name: "Numerics", package: "swift-numerics"),
      ]),
    .target(name: "GSLSupport", dependencies: ["CGSL"]),
    .target(name: "ODESolvers", dependencies: ["CGSL", "GSLSupport"]),
    .target(name: "StrictJSON"),
    .target(name: "ParameterSpaces", dependencies: ["StrictJSON"]),
    .target(
      name: "Flows",
      dependencies: [
        "ParameterSpaces", "SymbolicTensors", "ODESolvers",
        .product(name: "Numerics", package: "swift-numerics"),
      ]),
    .target(name: "InductionModel", dependencies: ["ParameterSpaces", "StrictJSON"]),
    .target(name: "MarkovChains", dependencies: ["StrictJSON", "CGSL", "GSLSupport", "CKernels"]),
    .target(
      name: "Theory",
      dependencies: [
        "Flows", "InductionModel", "MarkovChains",
        .product(name: "Numerics", package: "swift-numerics"),
      ]),
    .target(
      name: "Transformer",
      dependencies: [
        "StrictJSON", "ParameterSpaces", "InductionModel", "MarkovChains", "COpenBLAS", "CKernels",
      ]),
    .target(
      name: "Experiments",
      dependencies: [
        "StrictJSON", "ParameterSpaces", "SymbolicTensors", "Flows", "Theory", "Transformer", "CSystem",
        "Yams",
        .product(name: "Collections", package: "swift-collections"),
      ]),
    .executableTarget(
      name: "inflow",
      dependencies: [
        "Experiments",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "TestSupport", dependencies: ["ParameterSpaces", "InductionModel"], path: "Tests/TestSupport"),
    .testTarget(
      name: "SymbolicTensorsTests",
      dependencies: ["SymbolicTensors", "TestSupport", .product(name: "Numerics", package: "swift-numerics")]),
    .testTarget(name: "StrictJSONTests", dependencies: ["StrictJSON"]),
    .testTarget(name: "ODESolversTests", dependencies: ["ODESolvers"]),
    .testTarget(name: "ParameterSpacesTests", dependencies: ["ParameterSpaces"]),
    .testTarget(name: "FlowsTests", dependencies: ["ParameterSpaces", "Flows", "TestSupport"]),
    .testTarget(name: "InductionModelTests", dependencies: ["InductionModel", "StrictJSON"]),
    .testTarget(name: "MarkovChainsTests", dependencies: ["MarkovChains", "TestSupport"]),
    .testTarget(
      name: "TheoryTests", dependencies: ["ParameterSpaces", "Flows", "Theory", "TestSupport"],
      resources: [.copy("ReferenceCases")]),
    .testTarget(
      name: "TransformerTests", dependencies: ["Transformer", "Theory", "TestSupport"], exclude: ["FullCases"]
    ),
    .testTarget(name: "ExperimentsTests", dependencies: ["Experiments", "TestSupport"]),
    .testTarget(name: "InflowTests", dependencies: ["Experiments", "inflow", "TestSupport"]),
  ]
)
