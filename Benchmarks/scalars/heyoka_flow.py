"""heyoka on the reduced dynamics: pip install heyoka. Prints compile times, one right-hand side, one integration, and
10,000 starts in batch mode."""

import time

import heyoka as hy
import numpy as np

from flow import rates, start, uniforms

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

size = hy.recommended_simd_size()
begin = time.perf_counter()
batch = hy.taylor_adaptive_batch(system, np.tile(point[:, None], (1, size)), tol=1e-9, compact_mode=True)
print(f"compile, batches of {size}      {time.perf_counter() - begin:.3f} s")
random = uniforms(5)
count = 10_000
starts = np.array([[x + 0.2 * next(random) - 0.1 for x in first] for _ in range(count)])
some = count if size == 1 else 2_000 // size * size
begin = time.process_time()
for block in range(0, some, size):
    batch.set_time(0.0)
    batch.state[:] = starts[block : block + size].T
    batch.propagate_until(1e5)
print(f"{some} starts                {(time.process_time() - begin) / some * 1e6:.1f} µs a start")
