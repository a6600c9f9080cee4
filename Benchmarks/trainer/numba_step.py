"""One training step in numba, written by hand: a sequence at a time, table look-ups instead of one-hot vectors.

    python3 numba_step.py [--threads N] [SIZE ..]
"""
import numba
import numpy as np
from numba import njit, prange

from sizes import EPSILON, KERNELS, kernels, measure, rate, sets, start

CHUNK = 16


@njit(inline="always")
def scramble(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(inline="always")
def axpy(n, a, x, y):
    for l in range(n):
        y[l] += a * x[l]


@njit(inline="always")
def fused(n, x, y, z):
    for l in range(n):
        z[l] += x[l] * y[l]


@njit(inline="always")
def dot(n, x, y):
    total = np.float32(0)
    for l in range(n):
        total += x[l] * y[l]
    return total


@njit(inline="always")
def exponentials(n, a, shift, q, e, bits, powers):
    """e = exp(a (q - shift)) by range reduction and a polynomial, which LLVM vectorises as it does not vectorise exp.
    `powers` is `bits` seen as floats."""
    for l in range(n):
        x = max(a * (q[l] - shift), np.float32(-80)) * np.float32(1.4426950408889634)
        whole = np.int32(x - np.float32(0.5))
        f = (x - np.float32(whole)) * np.float32(0.6931471805599453)
        bits[l] = (whole + np.int32(127)) << np.int32(23)
        e[l] = ((((f * np.float32(1 / 120) + np.float32(1 / 24)) * f + np.float32(1 / 6)) * f + np.float32(0.5)) * f
                + np.float32(1)) * f + np.float32(1)
    for l in range(n):
        e[l] *= powers[l]


@njit(parallel=True, fastmath=True, boundscheck=False)
def gradient(table, lags, powers, sigma, p, a, parent, head, inner, step, B, L, M, H, d):
    """Gradients by (sigma, p, a) in chunks; sets come as their parent, the head that it lacks, and how many have children."""
    chunks = B // CHUNK
    S = p.shape[0]
    out = np.zeros((chunks, H * M + S + 1), np.float32)
    longest = lags[-1]
    n = L - M
    for chunk in prange(chunks):
        x = np.empty(L + 1, np.int32)
        match = np.empty((H, L), np.float32)
        k = np.empty((H, n), np.float32)
        dk = np.empty((H, n), np.float32)
        factor = np.empty((inner, n), np.float32)
        product = np.empty((inner, n), np.float32)
        e = np.empty(n, np.float32)
        bits = np.empty(n, np.int32)
        scales = bits.view(np.float32)
        hit = np.empty(n, np.float32)
        dmatch = np.empty(L, np.float32)
        query = np.empty((H, d), np.float32)
        own = out[chunk]
        for b in range(chunk * CHUNK, (chunk + 1) * CHUNK):
            state = scramble(np.uint64(step) * np.uint64(1 << 32) + np.uint64(b))
            rows = table[np.int64(state % np.uint64(KERNELS))]
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
                        token += u >= rows[context, o]
                x[t] = token
            query[:] = 0
            for h in range(H):
                row, seen, kh = query[h], match[h], k[h]
                for j in range(M):
                    row[x[L - 1 - j]] += sigma[h, j]
                for t in range(L):
                    seen[t] = row[x[t]]
                kh[:] = 0
                for j in range(M):
                    axpy(n, sigma[h, j], seen[M - 1 - j:], kh)
            # Horner's rule over the tree in which a set's parent lacks its largest head.
            for i in range(inner):
                factor[i, :] = p[i]
            for s in range(S - 1, 0, -1):
                kh, above = k[head[s]], factor[parent[s]]
                if s < inner:
                    fused(n, kh, factor[s], above)
                else:
                    axpy(n, p[s], kh, above)
            q = factor[0]
            largest = q[0]
            for l in range(n):
                largest = max(largest, q[l])
            exponentials(n, a, largest, q, e, bits, scales)
            keys = x[M:]
            for l in range(n):
                hit[l] = np.float32(1) if keys[l] == x[L] else np.float32(0)
            total = np.float32(0)
            for l in range(n):
                total += e[l]
            y = dot(n, e, hit) / total
            slope = -1 / (y + np.float32(EPSILON)) / total
            da = np.float32(0)
            for l in range(n):
                dlogit = e[l] * slope * (hit[l] - y)
                da += dlogit * q[l]
                e[l] = a * dlogit
            own[H * M + S] += da
            dk[:] = 0
            product[0, :] = e
            total = np.float32(0)
            for l in range(n):
                total += e[l]
            own[H * M] += total
            for s in range(1, S):
                kh, dh, above = k[head[s]], dk[head[s]], product[parent[s]]
                if s < inner:
                    below, here = factor[s], product[s]
                    total = np.float32(0)
                    for l in range(n):
                        g = above[l] * kh[l]
                        here[l] = g
                        total += g
                        dh[l] += above[l] * below[l]
                    own[H * M + s] += total
                else:
                    own[H * M + s] += dot(n, above, kh)
                    axpy(n, p[s], above, dh)
            for h in range(H):
                seen, dh, row = match[h], dk[h], query[h]
                dmatch[:] = 0
                for j in range(M):
                    own[h * M + j] += dot(n, dh, seen[M - 1 - j:])
                    axpy(n, sigma[h, j], dh, dmatch[M - 1 - j:])
                row[:] = 0
                for t in range(L):
                    row[x[t]] += dmatch[t]
                for j in range(M):
                    own[h * M + j] += row[x[L - 1 - j]]
    return out


def make(size, threads):
    numba.set_num_threads(threads)
    d, L, B, M, H = (size[k] for k in ("d", "L", "B", "M", "H"))
    table = kernels(size).astype(np.float32)
    lags = np.array(size["lags"])
    powers = d ** np.arange(len(lags))
    subsets = sets(H, size["D"])
    number = {s: i for i, s in enumerate(subsets)}
    parent = np.array([number[s[:-1]] for s in subsets])
    head = np.array([s[-1] if s else 0 for s in subsets])
    inner = sum(len(s) < size["D"] for s in subsets)
    w, c, a = start(size)
    state = [w, c, a]

    def run(number):
        w, c, a = state
        sigma = np.exp(w - w.max(1, keepdims=True))
        sigma /= sigma.sum(1, keepdims=True)
        p = c**2 / (c**2).sum()
        sums = gradient(table, lags, powers, sigma.astype(np.float32), p.astype(np.float32), np.float32(a), parent,
                        head, inner, number, B, L, M, H, d).sum(0, dtype=np.float64) / B
        dsigma, dp, da = sums[:H * M].reshape(H, M), sums[H * M:-1], sums[-1]
        state[0] = w - rate() * sigma * (dsigma - (sigma * dsigma).sum(1, keepdims=True))
        state[1] = c - rate() * 2 * c / (c**2).sum() * (dp - (p * dp).sum())
        state[2] = a - rate() * da

    return run


measure("numba", make)
