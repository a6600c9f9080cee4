// The loops of tiles.c.

#define EACH_OF_EIGHT(function)                                                    \
  int64_t i = 0;                                                                   \
  if (VECTOR_BITS > 0)                                                             \
    for (; i + 8 <= n; i += 8)                                                     \
      *(double8 *)(d + i) = NAME(function##_double8)(*(const double8 *)(a + i));   \
  for (; i < n; ++i) d[i] = function(a[i]);

static void NAME(exp)(double *d, const double *a, int64_t n) { EACH_OF_EIGHT(exp) }

static void NAME(log)(double *d, const double *a, int64_t n) { EACH_OF_EIGHT(log) }
#undef EACH_OF_EIGHT

static double NAME(total)(const double *a, int64_t n) {
  // Eight partial sums: vectorisable without licence to reassociate, and the same on every machine.
  double s[8] = {0};
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (int k = 0; k < 8; ++k) s[k] += a[i + k];
  }
  for (; i < n; ++i) s[i & 7] += a[i];
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

static double NAME(dot)(const double *a, const double *b, int64_t n) {
  double s[16] = {0};
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    for (int k = 0; k < 16; ++k) s[k] += a[i + k] * b[i + k];
  }
  for (; i < n; ++i) s[i & 15] += a[i] * b[i];
  for (int width = 8; width > 0; width /= 2) {
    for (int k = 0; k < width; ++k) s[k] += s[k + width];
  }
  return s[0];
}

static void NAME(run)(const tile_instruction *program, int32_t count, double *const *operands, int32_t n) {
  for (const tile_instruction *p = program; p < program + count; ++p) {
    double *d = operands[p->d];
    const double *a = operands[p->a], *b = operands[p->b], *c = operands[p->c];
    switch (p->operation) {
    case TILE_ADD:
      if (p->broadcast == 3) { const double s = *a + *b; LOOP(n, d[i] = s); }
      else if (p->broadcast & 1) { const double s = *a; LOOP(n, d[i] = s + b[i]); }
      else if (p->broadcast & 2) { const double s = *b; LOOP(n, d[i] = a[i] + s); }
      else LOOP(n, d[i] = a[i] + b[i]);
      break;
    case TILE_MULTIPLY:
      if (p->broadcast == 3) { const double s = *a * *b; LOOP(n, d[i] = s); }
      else if (p->broadcast & 1) { const double s = *a; LOOP(n, d[i] = s * b[i]); }
      else if (p->broadcast & 2) { const double s = *b; LOOP(n, d[i] = a[i] * s); }
      else LOOP(n, d[i] = a[i] * b[i]);
      break;
    case TILE_LARGER:
      if (p->broadcast == 3) { const double s = *a < *b ? *b : *a; LOOP(n, d[i] = s); }
      else if (p->broadcast & 1) { const double s = *a; LOOP(n, d[i] = s < b[i] ? b[i] : s); }
      else if (p->broadcast & 2) { const double s = *b; LOOP(n, d[i] = a[i] < s ? s : a[i]); }
      else LOOP(n, d[i] = a[i] < b[i] ? b[i] : a[i]);
      break;
    case TILE_FMA:
      switch (p->broadcast) {
      case 0: LOOP(n, d[i] = a[i] * b[i] + c[i]); break;
      case 1: { const double s = *a; LOOP(n, d[i] = s * b[i] + c[i]); } break;
      case 2: { const double s = *b; LOOP(n, d[i] = a[i] * s + c[i]); } break;
      case 4: { const double t = *c; LOOP(n, d[i] = a[i] * b[i] + t); } break;
      case 5: { const double s = *a, t = *c; LOOP(n, d[i] = s * b[i] + t); } break;
      case 6: { const double s = *b, t = *c; LOOP(n, d[i] = a[i] * s + t); } break;
      case 3: { const double s = *a * *b; LOOP(n, d[i] = s + c[i]); } break;
      default: { const double s = *a * *b + *c; LOOP(n, d[i] = s); } break;
      }
      break;
    case TILE_RECIPROCAL: LOOP(n, d[i] = 1.0 / a[i]); break;
    case TILE_ROOT: LOOP(n, d[i] = __builtin_elementwise_sqrt(a[i])); break;
    case TILE_EXP: NAME(exp)(d, a, n); break;
    case TILE_LOG: NAME(log)(d, a, n); break;
    case TILE_ABSOLUTE: LOOP(n, d[i] = __builtin_fabs(a[i])); break;
    case TILE_SIGN: LOOP(n, d[i] = (double)(a[i] > 0) - (double)(a[i] < 0)); break;
    case TILE_RECTIFIER: LOOP(n, d[i] = a[i] > 0 ? a[i] : 0); break;
    case TILE_STEP: LOOP(n, d[i] = a[i] > 0 ? 1.0 : 0.0); break;
    case TILE_POWER:
      for (int32_t i = 0; i < n; ++i) d[i] = pow(a[i], p->exponent);
      break;
    case TILE_GUARDED_POWER:
      if (p->exponent == -0.5) LOOP(n, d[i] = a[i] == 0 ? 0 : 1.0 / __builtin_elementwise_sqrt(a[i]));
      else if (p->exponent == -1.5) LOOP(n, d[i] = a[i] == 0 ? 0 : 1.0 / (a[i] * __builtin_elementwise_sqrt(a[i])));
      else for (int32_t i = 0; i < n; ++i) d[i] = a[i] == 0 ? 0 : pow(a[i], p->exponent);
      break;
    case TILE_COPY:
      if (p->broadcast & 1) { const double s = *a; LOOP(n, d[i] = s); }
      else LOOP(n, d[i] = a[i]);
      break;
    case TILE_ACCUMULATE:
      if (p->broadcast & 1) { const double s = *a; LOOP(n, d[i] += s); }
      else LOOP(n, d[i] += a[i]);
      break;
    case TILE_DOT: *d += NAME(dot)(a, b, n); break;
    case TILE_REDUCE: *d += (p->broadcast & 1) ? *a * n : NAME(total)(a, n); break;
    }
  }
}

static void NAME(row)(const tile_kernel *kernel, double **operands, double *const *bases, int64_t start, int64_t end) {
  const int64_t *steps = kernel->strides + (kernel->dimensions - 1) * kernel->arrays;
  for (int64_t first = start; first < end; first += kernel->length) {
    const int64_t left = end - first;
    for (int32_t k = 0; k < kernel->arrays; ++k) operands[kernel->positions[k]] = bases[k] + steps[k] * first;
    NAME(run)(kernel->program, kernel->instructions, operands, (int32_t)(left < kernel->length ? left : kernel->length));
  }
}

static void NAME(shift)(const tile_kernel *kernel, double **bases, int32_t dimension, int64_t count) {
  const int64_t *steps = kernel->strides + dimension * kernel->arrays;
  for (int32_t k = 0; k < kernel->arrays; ++k) bases[k] += steps[k] * count;
}

// Recursion over the dimensions but the last: as deep as there are dimensions, and no counters to allocate.
static void NAME(inside)(const tile_kernel *kernel, double **operands, double **bases, int32_t dimension, int64_t first,
                         int64_t last) {
  if (dimension == kernel->dimensions - 1) {
    NAME(row)(kernel, operands, bases, first, last);
    return;
  }
  NAME(shift)(kernel, bases, dimension, first);
  for (int64_t i = first; i < last; ++i) {
    NAME(inside)(kernel, operands, bases, dimension + 1, 0, kernel->extents[dimension + 1]);
    NAME(shift)(kernel, bases, dimension, 1);
  }
  NAME(shift)(kernel, bases, dimension, -last);
}

