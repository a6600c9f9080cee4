"""JiTCODE on the reduced dynamics: pip install jitcode. Prints compile time, one right-hand side, one integration."""

import os
import statistics
import time

import numpy as np
import symengine
from jitcode import jitcode, y

from flow import rates, start

os.environ.setdefault("CC", "clang")
window, heads, degree = 3, 3, 2
first = np.array(start(window, heads, degree))
n = len(first)
begin = time.perf_counter()
expressions = rates(
    [y(i) for i in range(window * heads)], [y(window * heads + i) for i in range(n - window * heads)],
    symengine.exp, window, heads, degree)
print(f"expressions      {time.perf_counter() - begin:.3f} s")
ode = jitcode(expressions, n=n, verbose=False)
begin = time.perf_counter()
ode.generate_f_C(simplify=False, do_cse=True)
ode.compile_C()
print(f"compile          {time.perf_counter() - begin:.3f} s")
function = ode.f
function(0.0, first)
begin = time.process_time()
for _ in range(100_000):
    function(0.0, first)
print(f"right-hand side  {(time.process_time() - begin) * 10:.3f} µs (with the call from Python)")
for method in ["dopri5", "dop853", "DOP853"]:
    times = []
    for _ in range(5):
        ode.set_integrator(method, rtol=1e-9, atol=1e-9, **({"nsteps": 10**7} if method.islower() else {}))
        ode.set_initial_value(first, 0.0)
        begin = time.process_time()
        end = ode.integrate(1e5)
        times.append(time.process_time() - begin)
    print(f"one integration  {statistics.median(times) * 1e3:.3f} ms, {method}, w[1 1] = {end[0]}, c[1] = {end[10]}")
