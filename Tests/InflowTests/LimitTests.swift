#if os(Linux)
  import Testing

  /// Under limits of address space the program does what fits, and says what does not: it never waits for memory.
  @Suite struct LimitTests {
    @Test(arguments: [200_000, 250_000, 300_000, 450_000])
    func addressSpaceThatIsTooSmallIsTold(kibibytes: Int) throws {
      let place = try Workplace()
      let result = try Command.run(
        "integrate", "small.yaml", "--out", "run", "--threads", "2", under: "-v \(kibibytes)", in: place)
      #expect([0, 1].contains(result.status), "\(result.status): \(result.error)")
      if result.status == 1 {
        #expect(result.error.contains("need 144.0 MiB of address space"), "\(result.error)")
        #expect(result.error.contains("ulimit -v"))
      }
    }

    /// A limit changes what fits, not what comes out.
    @Test func resultsAreTheSameUnderALimit() throws {
      let place = try Workplace()
      let free = try Command.run("integrate", "small.yaml", "--out", "free", "--threads", "2", in: place)
      let bound = try Command.run(
        "integrate", "small.yaml", "--out", "bound", "--threads", "2", under: "-v 1000000", in: place)
      #expect(free.status == 0 && bound.status == 0, "\(bound.error)")
      #expect(try place.read("free/trajectory.csv") == place.read("bound/trajectory.csv"))
    }

    @Test func messagesNeedNoRoom() throws {
      let place = try Workplace()
      let refused = try Command.run("validate", "small.yaml", "--set", "x=1", under: "-v 250000", in: place)
      #expect(refused.status == 65)
      let window = try Command.run(
        "integrate", "small.yaml", "--out", "run", "--set", "model.window=7", under: "-v 600000", in: place)
      #expect(window.status == 65)
      #expect(window.error.contains("lower model.window"), "\(window.error)")
    }

    @Test func filesWithoutAnEndAreRefused() throws {
      let place = try Workplace()
      let result = try Command.run("validate", "/dev/zero", under: "-c 0", in: place)
      #expect(result.status == 65)
      #expect(result.error == "inflow: /dev/zero: found more than 16 MiB; allowed: a configuration in YAML\n")
    }
  }
#endif
