extension FlowSystem {
  /// A self-contained C99 file with GSL's callback signatures, `flow` and `jacobian`, and `initial_state`, `names` and
  /// `dimension`; it needs nothing but libm.
  ///
  /// - Parameter dataFile: the name of the data file, read at the first call from the working directory or from
  ///   where `load` is told.
  public func cFile(dataFile: String) -> ExportedSource {
    let functions = FlowFunctions(
      self, .c, reserved: CWriter.reserved, jacobian: equations.jacobianProduct())
    let text = CWriter(system: self, functions: functions, dataFile: dataFile).text
    return ExportedSource(text: text, data: functions.constants.data)
  }
}

private struct CWriter {
  let system: FlowSystem
  let functions: FlowFunctions
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
    "multiply", "APART",
  ]

  var text: String {
    let count = system.names.count
    let names = system.names.map { "\"\($0)\"" }.wrapped(indentation: "  ")
    let initial = system.initial.map(SourceDialect.c.literal(_:)).wrapped(indentation: "    ")
    return """
      /*
      \(system.heading.map { " * \($0)".trimmingTrailingSpace }.joined(separator: "\n"))
       *
       * gsl_odeiv2_system system = {flow, \(functions.product == nil ? "NULL" : "jacobian"), dimension, NULL};
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

      \(constants)\(hasData ? loader : "")\(helpers)\(functions.flow.definitions)/* 0 is GSL_SUCCESS, -1 is GSL_FAILURE. */
      int flow(double time, const double state[], double derivative[], void *params) {
        (void)time;
        (void)params;
      \(hasData ? "  if (data == NULL && load(DATA_FILE) != 0) return -1;\n" : "")\(body(functions.flow))
        return 0;
      }
      \(functions.product.map(jacobian) ?? "")
      """
  }

  /// The Jacobian by its columns: as long as twice the flow, whatever the dimension.
  private func jacobian(_ product: SourceFunction) -> String {
    let count = system.names.count
    return """

      \(product.definitions)/* The derivative of the flow along a direction. */
      static int jacobian_product(const double state[], const double direction[], double product[]) {
      \(body(product))
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
    var identifiers = functions.identifiers
    var text = ""
    for entry in functions.constants.entries where entry.offset == nil {
      let name = identifiers.identifier(entry.symbol, in: system.graph)
      if entry.shape.isEmpty {
        text += "static const double \(name) = \(SourceDialect.c.literal(entry.values[0]));\n"
      } else {
        let shape = entry.shape.map(String.init).joined(separator: " x ")
        text += """
          /* \(shape) */
          static const double \(name)[\(entry.values.count)] = {
          \(entry.values.map(SourceDialect.c.literal(_:)).wrapped(indentation: "  "))
          };

          """
      }
    }
    return text.isEmpty ? "" : text + "\n"
  }

  private var hasData: Bool { !functions.constants.data.isEmpty }

  private var helpers: String {
    let all = [functions.flow] + (functions.product.map { [$0] } ?? [])
    return (all.allSatisfy(\.definitions.isEmpty) ? "" : CParts.apart + "\n")
      + (all.contains { $0.helpers.contains(.multiply) } ? CParts.multiply + "\n" : "")
  }

  private func body(_ function: SourceFunction) -> String {
    pointers(function) + workspace(function) + function.lines.joined(separator: "\n")
  }

  private func pointers(_ function: SourceFunction) -> String {
    var identifiers = functions.identifiers
    return functions.constants.entries.filter { function.symbols.contains($0.symbol) }.compactMap { entry in
      entry.offset.map {
        "  const double *\(identifiers.identifier(entry.symbol, in: system.graph)) = data + \($0);\n"
      }
    }.joined()
  }

  private func workspace(_ function: SourceFunction) -> String {
    guard function.workspace > 0 else { return "" }
    return """
        static double *workspace = NULL;
        if (workspace == NULL) workspace = malloc(sizeof(double) * (size_t)\(function.workspace));
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
      const size_t count = \(functions.constants.data.count);
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
