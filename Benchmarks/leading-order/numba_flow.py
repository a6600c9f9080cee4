"""The leading-order right-hand side of M = 6, H = 4, D = 3 in tensor form with numba: loops over pairs of lags i <= j,
derivatives by the chain rule. Tensors are random: the time does not depend on them.

    python3 Benchmarks/leading-order/numba_flow.py
"""

import itertools
import time

import numba
import numpy as np

heads, degree = 4, 3


def sets(heads, degree):
    return [s for size in range(degree + 1) for s in itertools.combinations(range(heads), size)]


@numba.njit(cache=False, fastmath=True)
def rates(w, c, a, members, sizes, g1, g2, g3, first, second):
    heads, window = w.shape
    pairs = len(first)
    sigma = np.empty_like(w)
    s = np.empty((heads, pairs))
    slope = np.zeros((heads, pairs))
    for h in range(heads):
        e = np.exp(w[h] - w[h].max())
        sigma[h] = e / e.sum()
        for k in range(pairs):
            s[h, k] = sigma[h, first[k]] * sigma[h, second[k]]
    total = (c * c).sum()
    information = np.zeros(len(c))
    for n in range(len(c)):
        p = c[n] * c[n] / total
        if sizes[n] == 1:
            x = members[n, 0]
            for i in range(pairs):
                information[n] += g1[i] * s[x, i]
                slope[x, i] += p * g1[i]
        elif sizes[n] == 2:
            x, y = members[n, 0], members[n, 1]
            for i in range(pairs):
                value = 0.0
                weight = p * s[x, i]
                for j in range(pairs):
                    value += g2[i, j] * s[y, j]
                    slope[y, j] += weight * g2[i, j]
                slope[x, i] += p * value
                information[n] += value * s[x, i]
        elif sizes[n] == 3:
            x, y, z = members[n, 0], members[n, 1], members[n, 2]
            for i in range(pairs):
                outer = 0.0
                for j in range(pairs):
                    value = 0.0
                    weight = p * s[x, i] * s[y, j]
                    for k in range(pairs):
                        value += g3[i, j, k] * s[z, k]
                        slope[z, k] += weight * g3[i, j, k]
                    outer += value * s[y, j]
                    slope[y, j] += p * s[x, i] * value
                slope[x, i] += p * outer
                information[n] += outer * s[x, i]
    mean = (c * c * information).sum() / total
    dc = 2 * a * c / total * (information - mean)
    dw = np.zeros_like(w)
    for h in range(heads):
        for k in range(pairs):
            dw[h, first[k]] += slope[h, k] * sigma[h, second[k]]
            dw[h, second[k]] += slope[h, k] * sigma[h, first[k]]
        dw[h] = a * sigma[h] * (dw[h] - (sigma[h] * dw[h]).sum())
    return dw, dc, mean


for window in (3, 6):
    d = 2 if window == 3 else degree
    n = 3 if window == 3 else heads
    random = np.random.default_rng(1)
    lags = list(itertools.combinations_with_replacement(range(window), 2))
    first, second = np.array([i for i, _ in lags]), np.array([j for _, j in lags])
    r = len(lags)
    g1, g2, g3 = random.random(r), random.random((r, r)), random.random((r, r, r))
    all_sets = sets(n, d)
    members = np.zeros((len(all_sets), 3), dtype=np.int64)
    for row, s in enumerate(all_sets):
        members[row, : len(s)] = s
    sizes = np.array([len(s) for s in all_sets])
    w, c = np.eye(n, window), np.ones(len(all_sets))
    arguments = (w, c, 0.1, members, sizes, g1, g2, g3, first, second)
    rates(*arguments)
    times = []
    for _ in range(7):
        begin = time.process_time()
        for _ in range(10_000):
            rates(*arguments)
        times.append((time.process_time() - begin) / 10_000)
    print(f"M={window} H={n} D={d}: right-hand side {sorted(times)[3] * 1e6:.2f} µs (with the call from Python)")
