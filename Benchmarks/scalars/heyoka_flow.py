"""heyoka on the reduced dynamics: pip install heyoka. Prints compile times, one right-hand side and one
integration."""

import time

import heyoka as hy
import numpy as np

from flow import rates, start

window, heads, degree = 3, 3, 2
first = start(window, heads, degree)
n = len(first)
names = hy.make_vars(*[f"y{i}" for i in range(n)])
right = rates(names[: window * heads], names[window * heads :], hy.exp, window, heads, degree)
begin = time.perf_counter()
function = hy.cfunc(right, vars=names)
print(f"compile, right-hand side   {time.perf_counter() - begin:.3f} s")
point = np.array(first)
out = np.zeros(n)
begin = time.process_time()
for _ in range(100_000):
    function(point, outputs=out)
print(f"right-hand side            {(time.process_time() - begin) * 10:.3f} µs (with the call from Python)")
many = np.ascontiguousarray(np.tile(point[:, None], (1, 100_000)))
results = np.zeros_like(many)
begin = time.process_time()
function(many, outputs=results)
print(f"right-hand side            {(time.process_time() - begin) * 10:.3f} µs (100,000 at once)")

system = list(zip(names, right))
begin = time.perf_counter()
single = hy.taylor_adaptive(system, first, tol=1e-9, compact_mode=True)
print(f"compile, one integration   {time.perf_counter() - begin:.3f} s")
begin = time.process_time()
outcome = single.propagate_until(1e5)
print(f"one integration            {(time.process_time() - begin) * 1e3:.3f} ms, {outcome[3]} steps,",
      f"w[1 1] = {single.state[0]}, c[1] = {single.state[10]}")
