"""Sizes, kernels and timing that the rivals share with trainer-benchmark."""
import itertools
import json
import sys
import time

import numpy as np

SIZES = {
    "small": dict(d=3, lags=(1, 2), M=3, H=3, D=2, L=100, B=1024),
    "long": dict(d=3, lags=(1, 2), M=3, H=3, D=2, L=1000, B=256),
    "wide": dict(d=10, lags=(1, 3), M=8, H=8, D=2, L=512, B=256),
    "deep": dict(d=4, lags=(1, 2), M=6, H=6, D=3, L=256, B=512),
}
EPSILON, KERNELS = 1e-3, 64


def sets(H, D):
    """Subsets of the heads with at most D members, by size."""
    return [s for k in range(D + 1) for s in itertools.combinations(range(H), k)]


def horner(H, D):
    """The sum over sets of p[set] times the product of k over its members, by Horner's rule: half the time of the plain
    sum, and for some compilers a tenth of its gradient's."""
    number = {s: i for i, s in enumerate(sets(H, D))}

    def factor(p, k, s=()):
        value = p[number[s]]
        if len(s) < D:
            for h in range(s[-1] + 1 if s else 0, H):
                value = value + k[h] * factor(p, k, s + (h,))
        return value

    return factor


def kernels(size):
    """Cumulative rows [kernel][context][token] of kernels drawn from Dirichlet(0.5)."""
    rows = np.random.default_rng(1).dirichlet(
        [0.5] * size["d"], size=(KERNELS, size["d"] ** len(size["lags"])))
    return rows.cumsum(-1)


def start(size):
    w = np.zeros((size["H"], size["M"]))
    for h in range(min(size["H"], size["M"])):
        w[h, h] = 1
    return w, np.ones(len(sets(size["H"], size["D"]))), 0.01


def full_start(size):
    """w, Q, K, V, gain, bias, c and a of the full model, where training starts."""
    d, H, M = size["d"], size["H"], size["M"]
    w = np.full((H, M), 0.01)
    w[:, 0] = 3  # head h's first lag is its own
    maps = [0.001 * np.tile(np.eye(d), (H, 1, 1))] * 3
    return w, *maps, np.ones(d), np.zeros(d), np.full(len(sets(H, size["D"])), 0.01), 0.01


def model():
    return sys.argv[sys.argv.index("--model") + 1] if "--model" in sys.argv else "disentangled"


def rate():
    return 0.01 if model() == "full" else 1.0


def measure(rival, make):
    """`make(size, threads)` gives a function of the step's number that does one step."""
    def option(name, default):
        return type(default)(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default

    chosen = [a for a in sys.argv[1:] if a in SIZES] or list(SIZES)
    threads, seconds = option("--threads", 1), option("--seconds", 5.0)
    for name in chosen:
        step = make(SIZES[name], threads)
        for warm in range(3):
            step(warm)
        times, end, processor = [], time.perf_counter() + seconds, time.process_time()
        while time.perf_counter() < end or len(times) < 20:
            began = time.perf_counter()
            step(3 + len(times))
            times.append(1e3 * (time.perf_counter() - began))
        processor = 1e3 * (time.process_time() - processor) / len(times)
        print(json.dumps(dict(rival=rival, model=model(), size=name, threads=threads, steps=len(times),
                              median_ms=round(float(np.median(times)), 4), least_ms=round(min(times), 4),
                              processor_ms=round(processor, 4))), flush=True)
