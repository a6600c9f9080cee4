extension FlowSystem {
  /// A self-contained C99 file with GSL's callback signatures, `flow` and `jacobian`, and `initial_state`, `names` and
  /// `dimension`; it needs nothing but libm.
  ///
  /// - Parameter dataFile: the name of the data file, read at the first call from the working directory or from
  ///   where `load` is told.
  public func cFile(dataFile: String) -> ExportedSource {
    let jacobian = equations.jacobianProduct()
    let roots = components.map(\.derivative.id) + (jacobian?.product.map(\.id) ?? [])
    let constants = SourceConstants(self, used: graph.evaluated(roots), given: jacobian?.direction ?? [])
    let program = LoopProgram(
      self, .c, constants: constants, identifiers: SourceIdentifiers(reserved: CWriter.reserved),
      into: "derivative", given: nil)
    let product = jacobian.map { jacobian in
      LoopProgram(
        replacing(jacobian.product), .c, constants: constants, identifiers: program.identifiers,
        into: "product", given: LoopProgram.Vector(name: "direction", symbols: jacobian.direction))
    }
    let text = CWriter(system: self, program: program, product: product, dataFile: dataFile).text
    return ExportedSource(text: text, data: constants.data)
  }
}

private struct CWriter {
  let system: FlowSystem
  let program: LoopProgram
  /// The Jacobian times a vector; nil where there is none.
  let product: LoopProgram?
  let dataFile: String

  static let reserved: Set = [
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern",
    "float", "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short",
    "signed",
    "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while",
    "exp",
    "log", "fabs", "sqrt", "pow", "state", "derivative", "params", "time", "workspace", "total", "largest",
    "names", "dimension", "flow", "load", "initial_state", "data", "main", "y0", "y1", "yn", "j0", "j1", "jn",
    "direction", "product", "jacobian", "jacobian_product", "dfdy", "dfdt", "column", "gamma", "signgam",
    "malloc", "free", "exit", "abs", "div", "index", "NAN", "INFINITY", "NULL",
  ]

  var text: String {
    let count = system.names.count
    let hasData = !program.constants.data.isEmpty
    let names = system.names.map { "\"\($0)\"" }.wrapped(indentation: "  ")
    let initial = system.initial.map(LoopDialect.c.literal(_:)).wrapped(indentation: "    ")
    return """
      /*
      \(system.heading.map { " * \($0)".trimmingTrailingSpace }.joined(separator: "\n"))
       *
       * gsl_odeiv2_system system = {flow, \(product == nil ? "NULL" : "jacobian"), dimension, NULL};
       * One thread at a time: intermediate results lie in one workspace.
       */
      #include <math.h>
      #include <stddef.h>
      \(hasData ? "#include <stdio.h>\n" : "")#include <stdlib.h>

      const int dimension = \(count);

      /* Components of the state. */
      const char *const names[\(count)] = {
      \(names)
      };

      void initial_state(double state[]) {
        static const double start[\(count)] = {
      \(initial)
        };
        for (int i = 0; i < \(count); i++) state[i] = start[i];
      }

      \(constants)\(hasData ? loader : "")/* 0 is GSL_SUCCESS, -1 is GSL_FAILURE. */
      int flow(double time, const double state[], double derivative[], void *params) {
        (void)time;
        (void)params;
      \(hasData ? "  if (data == NULL && load(DATA_FILE) != 0) return -1;\n" : "")\(pointers(program))\(workspace(program))\(
        program.lines.joined(separator: "\n"))
        return 0;
      }
      \(product.map(jacobian) ?? "")
      """
  }

  /// The Jacobian by its columns: as long as twice the flow, whatever the dimension.
  private func jacobian(_ product: LoopProgram) -> String {
    let count = system.names.count
    let hasData = !program.constants.data.isEmpty
    return """

      /* The derivative of the flow along a direction. */
      static int jacobian_product(const double state[], const double direction[], double product[]) {
      \(pointers(product))\(workspace(product))\(product.lines.joined(separator: "\n"))
        return 0;
      }

      /* dfdy[i * dimension + j] is the derivative of the flow's component i by the state's component j. */
      int jacobian(double time, const double state[], double *dfdy, double dfdt[], void *params) {
        (void)time;
        (void)params;
      \(hasData ? "  if (data == NULL && load(DATA_FILE) != 0) return -1;\n" : "")  double direction[\(count)] = {0.0}, column[\(count)];
        for (int j = 0; j < \(count); j++) {
          direction[j] = 1.0;
          if (jacobian_product(state, direction, column) != 0) return -1;
          direction[j] = 0.0;
          for (int i = 0; i < \(count); i++) dfdy[i * \(count) + j] = column[i];
          dfdt[j] = 0.0;
        }
        return 0;
      }

      """
  }

  private var constants: String {
    var identifiers = (product ?? program).identifiers
    var text = ""
    for entry in program.constants.entries where entry.offset == nil {
      let name = identifiers.identifier(entry.symbol, in: system.graph)
      if entry.shape.isEmpty {
        text += "static const double \(name) = \(LoopDialect.c.literal(entry.values[0]));\n"
      } else {
        let shape = entry.shape.map(String.init).joined(separator: " x ")
        text += """
          /* \(shape) */
          static const double \(name)[\(entry.values.count)] = {
          \(entry.values.map(LoopDialect.c.literal(_:)).wrapped(indentation: "  "))
          };

          """
      }
    }
    return text.isEmpty ? "" : text + "\n"
  }

  private func pointers(_ program: LoopProgram) -> String {
    var identifiers = program.identifiers
    return program.constants.entries.filter { program.uses($0.symbol) }.compactMap { entry in
      entry.offset.map {
        "  const double *\(identifiers.identifier(entry.symbol, in: system.graph)) = data + \($0);\n"
      }
    }.joined()
  }

  private func workspace(_ program: LoopProgram) -> String {
    guard program.workspace > 0 else { return "" }
    return """
        static double *workspace = NULL;
        if (workspace == NULL) workspace = malloc(sizeof(double) * (size_t)\(program.workspace));
        if (workspace == NULL) return -1;

      """
  }

  private var loader: String {
    """
    /* The constants: little-endian doubles. */
    #ifndef DATA_FILE
    #define DATA_FILE "\(dataFile)"
    #endif
    static double *data = NULL;

    /* Reads the constants; flow calls it with DATA_FILE if it was not called before. 0 if all is well. */
    int load(const char *path) {
      const size_t count = \(program.constants.data.count);
      FILE *file = fopen(path, "rb");
      if (file == NULL) return -1;
      double *numbers = malloc(sizeof(double) * count);
      size_t read = numbers == NULL ? 0 : fread(numbers, sizeof(double), count, file);
      fclose(file);
      if (read != count) {
        free(numbers);
        return -1;
      }
      free(data);
      data = numbers;
      return 0;
    }


    """
  }
}
