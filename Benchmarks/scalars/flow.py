"""The flow of Sources/ScalarsBenchmark/Flow.swift for the Python rivals: the same tensors, symmetrised per head."""

MASK = (1 << 64) - 1


def uniforms(seed):
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield ((z ^ (z >> 31)) >> 11) * 2.0**-53


def sets(heads, degree):
    every = [[h for h in range(heads) if mask >> h & 1] for mask in range(1 << heads)]
    return [s for s in every if len(s) <= degree]


def tensors(window, heads, degree, seed=1):
    """[(set, {sorted index pairs per head: coefficient})]: monomials collected."""
    random = uniforms(seed)
    result = []
    for s in sets(heads, degree):
        terms = {}
        if s:
            size = window ** (2 * len(s))
            for entry in range(size):
                number = (0.4 * next(random) - 0.1) / size
                digits = []
                for _ in range(2 * len(s)):
                    digits.append(entry % window)
                    entry //= window
                digits.reverse()
                key = tuple(tuple(sorted((digits[p], digits[p + len(s)]))) for p in range(len(s)))
                terms[key] = terms.get(key, 0.0) + number
        result.append((s, terms))
    return result


def start(window, heads, degree):
    return [1.0 if j == h else 0.0 for h in range(heads) for j in range(window)] + [1.0] * len(sets(heads, degree))


def rates(w, c, exp, window, heads, degree, scale=0.1):
    """The right-hand side, by the chain rule, in any expression type."""
    sigma = []
    for h in range(heads):
        e = [exp(w[h * window + j]) for j in range(window)]
        total = sum(e[1:], e[0])
        sigma.append([x / total for x in e])
    g = tensors(window, heads, degree)
    norm = sum((x * x for x in c[1:]), c[0] * c[0])
    shares = [x * x / norm for x in c]
    information, slopes = [], [[0.0] * window for _ in range(heads)]
    for (s, terms), p in zip(g, shares):
        value = 0.0
        grad = {h: [0.0] * window for h in s}
        for key, number in terms.items():
            pairs = [sigma[h][i] * sigma[h][j] for h, (i, j) in zip(s, key)]
            product = number
            for x in pairs:
                product = product * x
            value = value + product
            for position, (h, (i, j)) in enumerate(zip(s, key)):
                rest = number
                for other, x in enumerate(pairs):
                    if other != position:
                        rest = rest * x
                grad[h][i] = grad[h][i] + rest * sigma[h][j]
                grad[h][j] = grad[h][j] + rest * sigma[h][i]
        information.append(value)
        for h in s:
            for j in range(window):
                slopes[h][j] = slopes[h][j] + p * grad[h][j]
    mean = sum((p * i for p, i in zip(shares, information)), 0.0)
    result = []
    for h in range(heads):
        average = sum((x * y for x, y in zip(sigma[h], slopes[h])), 0.0)
        result += [scale * x * (y - average) for x, y in zip(sigma[h], slopes[h])]
    result += [2 * scale / norm * x * (i - mean) for x, i in zip(c, information)]
    return result
