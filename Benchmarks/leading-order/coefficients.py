"""The coefficient tensors G_S of M = 6, H = 4, D = 3 (d = 3, 64 kernels) as one writes them in NumPy: an einsum over the
law of next token and window for each pair of lag tuples. Processor time of one thread.

    OMP_NUM_THREADS=1 python3 Benchmarks/leading-order/coefficients.py
"""

import itertools
import os
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np

tokens, window, degree, kernels = 3, 6, 3, 64
random = np.random.default_rng(1)


def window_law():
    """P(e, Z) for windows of the last six tokens under a random kernel with parents {1, 2}."""
    kernel = random.dirichlet(np.full(tokens, 0.5), size=tokens**2)
    step = np.zeros((tokens**2, tokens**2))
    for context in range(tokens**2):
        for e in range(tokens):
            step[context, context % tokens * tokens + e] = kernel[context, e]
    # Σ_j x_{t-j} d^{j-1}: the newest token is the fastest digit.
    matrix = np.vstack([step.T - np.eye(tokens**2), np.ones(tokens**2)])
    law = np.linalg.lstsq(matrix, np.append(np.zeros(tokens**2), 1), rcond=None)[0]
    for _ in range(window - 2):
        length = len(law)
        longer = np.zeros(length * tokens)
        for old in range(length):
            for e in range(tokens):
                longer[old * tokens + e] += law[old] * kernel[old % tokens**2, e]
        law = longer
    joint = np.array([[law[z] * kernel[z % tokens**2, e] for z in range(len(law))] for e in range(tokens)])
    return joint.reshape((tokens,) + (tokens,) * window)  # axis 1 is the oldest lag


laws = [np.maximum(window_law(), 0) for _ in range(kernels)]
begin = time.process_time()
for size in range(1, degree + 1):
    tuples = list(itertools.product(range(1, window + 1), repeat=size))
    tensor = np.zeros((len(tuples), len(tuples)))
    for joint in laws:
        next_law = joint.sum(axis=tuple(range(1, window + 1)))
        marginals = []
        for lags in tuples:
            axes = [window + 1 - lag for lag in lags]
            letters = "".join(chr(ord("a") + axis) for axis in range(1, window + 1))
            # Equal lags give the diagonal: P(e, x_i = z, x_i = z') = 0 for z ≠ z'.
            kept = sorted(set(axes))
            small = np.einsum(f"E{letters}->E{''.join(chr(ord('a') + axis) for axis in kept)}", joint)
            full = np.zeros((tokens,) + (tokens,) * size)
            for values in itertools.product(range(tokens), repeat=size):
                by_axis = {}
                if all(by_axis.setdefault(axis, value) == value for axis, value in zip(axes, values)):
                    full[(slice(None), *values)] = small[(slice(None), *(by_axis[axis] for axis in kept))]
            marginals.append(full.reshape(tokens, -1))
        marginals = np.array(marginals)
        tensor += np.einsum("iez,jez,e->ij", marginals, marginals, 1 / next_law, optimize=True)
        both = marginals.sum(axis=1)
        tensor -= both @ both.T
    print(f"sets of {size}: {tensor.size} entries, {time.process_time() - begin:.2f} s in all")
