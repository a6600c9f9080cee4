// swift-tools-version: 6.0
import PackageDescription

/// Speed measured beside rivals; a package of its own so that the library does not depend on it.
/// Each executable prints medians in milliseconds; the Python scripts beside it measure the rivals.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v14)],
  dependencies: [.package(name: "InductionFlow", path: "..")],
  targets: [
    .systemLibrary(
      name: "BLAS", path: "Sources/BLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(
      name: "GSL", path: "Sources/GSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"]), .brew(["gsl"])]),
    .executableTarget(
      name: "work-precision",
      dependencies: ["GSL", .product(name: "ODESolvers", package: "InductionFlow")],
      path: "Sources/WorkPrecision"),
    .executableTarget(
      name: "gradient",
      dependencies: [
        "BLAS", .product(name: "Theory", package: "InductionFlow"),
        .product(name: "MarkovChains", package: "InductionFlow"),
        .product(name: "InductionModel", package: "InductionFlow"),
      ], path: "Sources/GradientBenchmark"),
    .executableTarget(
      name: "leading-order",
      dependencies: [
        .product(name: "Theory", package: "InductionFlow"),
        .product(name: "SymbolicTensors", package: "InductionFlow"),
        .product(name: "MarkovChains", package: "InductionFlow"),
        .product(name: "InductionModel", package: "InductionFlow"),
      ], path: "Sources/LeadingOrderBenchmark"),
    .executableTarget(
      name: "trainer-benchmark",
      dependencies: [
        .product(name: "Transformer", package: "InductionFlow"),
        .product(name: "MarkovChains", package: "InductionFlow"),
        .product(name: "InductionModel", package: "InductionFlow"),
      ], path: "Sources/TrainerBenchmark"),
    .executableTarget(
      name: "scalars",
      dependencies: [
        .product(name: "SymbolicTensors", package: "InductionFlow"),
        .product(name: "ODESolvers", package: "InductionFlow"),
      ], path: "Sources/ScalarsBenchmark"),
    .executableTarget(
      name: "reference-run",
      dependencies: [
        .product(name: "Theory", package: "InductionFlow"),
        .product(name: "Transformer", package: "InductionFlow"),
        .product(name: "MarkovChains", package: "InductionFlow"),
        .product(name: "InductionModel", package: "InductionFlow"),
      ], path: "Sources/ReferenceRun"),
  ]
)
