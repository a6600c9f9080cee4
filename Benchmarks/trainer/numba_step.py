"""One training step in numba, written by hand: a sequence at a time, table look-ups instead of one-hot vectors.

    python3 numba_step.py [--threads N] [SIZE ..]
"""
import numba
import numpy as np
from numba import njit, prange

from sizes import EPSILON, KERNELS, RATE, kernels, measure, sets, start

CHUNK = 16


@njit(inline="always")
def scramble(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(parallel=True, fastmath=True, boundscheck=False)
def gradient(table, lags, powers, sigma, p, a, first, second, third, step, B, L, M, H, d):
    """Gradients by (sigma, p, a) in chunks; sets are (head, head, head) with H for none."""
    chunks = B // CHUNK
    S = p.shape[0]
    out = np.zeros((chunks, H * M + S + 1), np.float32)
    longest = lags[-1]
    n = L - M
    for chunk in prange(chunks):
        x = np.empty(L + 1, np.int32)
        match = np.empty((H, L), np.float32)
        k = np.empty((H + 1, n), np.float32)
        dk = np.empty((H + 1, n), np.float32)
        q = np.empty(n, np.float32)
        e = np.empty(n, np.float32)
        dmatch = np.empty(L, np.float32)
        query = np.empty((H, d), np.float32)
        k[H, :] = 1
        for b in range(chunk * CHUNK, (chunk + 1) * CHUNK):
            state = scramble(np.uint64(step) * np.uint64(1 << 32) + np.uint64(b))
            kernel = np.int64(state % np.uint64(KERNELS))
            for t in range(L + 1):
                state += np.uint64(0x9E3779B97F4A7C15)
                u = np.float32(scramble(state) >> np.uint64(40)) * np.float32(2.0**-24)
                token = 0
                if t < longest:
                    token = np.int32(u * d)
                else:
                    context = 0
                    for i in range(lags.shape[0]):
                        context += x[t - lags[i]] * powers[i]
                    for o in range(d - 1):
                        token += u >= table[kernel, context, o]
                x[t] = token
            query[:] = 0
            for h in range(H):
                for j in range(M):
                    query[h, x[L - 1 - j]] += sigma[h, j]
                for t in range(L):
                    match[h, t] = query[h, x[t]]
                for l in range(n):
                    k[h, l] = 0
                for j in range(M):
                    s = sigma[h, j]
                    for l in range(n):
                        k[h, l] += s * match[h, l + M - 1 - j]
            for l in range(n):
                q[l] = p[0]
            for s in range(1, S):
                for l in range(n):
                    q[l] += p[s] * k[first[s], l] * k[second[s], l] * k[third[s], l]
            largest = q[0]
            for l in range(n):
                largest = max(largest, q[l])
            total = np.float32(0)
            hit = np.float32(0)
            for l in range(n):
                e[l] = np.exp(a * (q[l] - largest))
                total += e[l]
                hit += e[l] if x[l + M] == x[L] else np.float32(0)
            y = hit / total
            slope = -1 / (y + np.float32(EPSILON))
            da = np.float32(0)
            for l in range(n):
                dlogit = e[l] / total * slope * ((np.float32(1) if x[l + M] == x[L] else np.float32(0)) - y)
                da += dlogit * q[l]
                e[l] = a * dlogit
            out[chunk, H * M + S] += da
            dk[:] = 0
            for s in range(1, S):
                f, g, i = first[s], second[s], third[s]
                sum_ = np.float32(0)
                for l in range(n):
                    sum_ += e[l] * k[f, l] * k[g, l] * k[i, l]
                    dk[f, l] += e[l] * p[s] * k[g, l] * k[i, l]
                out[chunk, H * M + s] += sum_
                if g < H:
                    for l in range(n):
                        dk[g, l] += e[l] * p[s] * k[f, l] * k[i, l]
                if i < H:
                    for l in range(n):
                        dk[i, l] += e[l] * p[s] * k[f, l] * k[g, l]
            for h in range(H):
                dmatch[:] = 0
                for j in range(M):
                    s = sigma[h, j]
                    sum_ = np.float32(0)
                    for l in range(n):
                        sum_ += dk[h, l] * match[h, l + M - 1 - j]
                        dmatch[l + M - 1 - j] += s * dk[h, l]
                    out[chunk, h * M + j] += sum_
                query[h, :] = 0
                for t in range(L):
                    query[h, x[t]] += dmatch[t]
                for j in range(M):
                    out[chunk, h * M + j] += query[h, x[L - 1 - j]]
    return out


def make(size, threads):
    numba.set_num_threads(threads)
    d, L, B, M, H = (size[k] for k in ("d", "L", "B", "M", "H"))
    table = kernels(size).astype(np.float32)
    lags = np.array(size["lags"])
    powers = d ** np.arange(len(lags))
    members = np.array([(tuple(s) + (H, H, H))[:3] for s in sets(H, size["D"])])
    first, second, third = (np.ascontiguousarray(members[:, i]) for i in range(3))
    w, c, a = start(size)
    state = [w, c, a]

    def run(number):
        w, c, a = state
        sigma = np.exp(w - w.max(1, keepdims=True))
        sigma /= sigma.sum(1, keepdims=True)
        p = c**2 / (c**2).sum()
        sums = gradient(table, lags, powers, sigma.astype(np.float32), p.astype(np.float32), np.float32(a), first,
                        second, third, number, B, L, M, H, d).sum(0, dtype=np.float64) / B
        dsigma, dp, da = sums[:H * M].reshape(H, M), sums[H * M:-1], sums[-1]
        state[0] = w - RATE * sigma * (dsigma - (sigma * dsigma).sum(1, keepdims=True))
        state[1] = c - RATE * 2 * c / (c**2).sum() * (dp - (p * dp).sum())
        state[2] = a - RATE * da

    return run


measure("numba", make)
