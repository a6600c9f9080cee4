// GSL's own driver, the rival that ODESolvers is measured beside.
#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>

static inline const gsl_odeiv2_step_type *rival_step(const char *name) {
  const gsl_odeiv2_step_type *all[] = {
      gsl_odeiv2_step_rk2,    gsl_odeiv2_step_rk4,    gsl_odeiv2_step_rkf45,  gsl_odeiv2_step_rkck,
      gsl_odeiv2_step_rk8pd,  gsl_odeiv2_step_rk1imp, gsl_odeiv2_step_rk2imp, gsl_odeiv2_step_rk4imp,
      gsl_odeiv2_step_bsimp,  gsl_odeiv2_step_msadams, gsl_odeiv2_step_msbdf};
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
    const char *a = all[i]->name, *b = name;
    while (*a && *a == *b) a++, b++;
    if (*a == *b) return all[i];
  }
  return 0;
}
