/// The widest floating-point type of the machine: finite differences in it check derivatives to the last digits of Double.
#if arch(x86_64)
  public typealias Extended = Float80
#else
  public typealias Extended = Double
#endif
