// GSL as Swift sees it. GSL keeps its steppers, generators and root finders in global `const T *` variables;
// Swift 6 refuses mutable C globals, so each is handed out by a static inline accessor.
#ifndef CGSL_SHIM_H
#define CGSL_SHIM_H

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_odeiv2.h>
#include <gsl/gsl_qrng.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_roots.h>
#include <gsl/gsl_sf.h>
#include <gsl/gsl_statistics.h>
#include <gsl/gsl_vector.h>
#include <gsl/gsl_version.h>

#define CGSL_STEPPER(name) \
  static inline const gsl_odeiv2_step_type *cgsl_step_##name(void) { return gsl_odeiv2_step_##name; }
CGSL_STEPPER(rk2)
CGSL_STEPPER(rk4)
CGSL_STEPPER(rkf45)
CGSL_STEPPER(rkck)
CGSL_STEPPER(rk8pd)
CGSL_STEPPER(rk1imp)
CGSL_STEPPER(rk2imp)
CGSL_STEPPER(rk4imp)
CGSL_STEPPER(bsimp)
CGSL_STEPPER(msadams)
CGSL_STEPPER(msbdf)
#undef CGSL_STEPPER

static inline const gsl_rng_type *cgsl_rng_mt19937(void) { return gsl_rng_mt19937; }
static inline const gsl_qrng_type *cgsl_qrng_sobol(void) { return gsl_qrng_sobol; }
static inline const gsl_root_fsolver_type *cgsl_root_brent(void) { return gsl_root_fsolver_brent; }
static inline const char *cgsl_version(void) { return gsl_version; }
/// GSL's default handler aborts the process. It is switched off once per process, never per call.
static inline void cgsl_error_handler_off(void) { (void)gsl_set_error_handler_off(); }

#endif
