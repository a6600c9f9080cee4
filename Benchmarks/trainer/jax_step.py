"""One training step in JAX, jitted as a whole: sampling, forward, backward, descent. Float, on the CPU.

    python3 jax_step.py [--model disentangled|full] [--threads N] [SIZE ..]
"""
import os
import sys

threads = sys.argv[sys.argv.index("--threads") + 1] if "--threads" in sys.argv else "1"
os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'false' if threads == '1' else 'true'} intra_op_parallelism_threads={threads}"
os.environ["JAX_PLATFORMS"] = "cpu"
if threads == "1" and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {0})

import jax
import jax.numpy as jnp

from sizes import EPSILON, KERNELS, full_start, horner, kernels, measure, model, rate, start


def disentangled(size):
    d, L, M, H = (size[k] for k in ("d", "L", "M", "H"))
    polynomial = horner(H, size["D"])

    def loss(parameters, x):
        w, c, a = parameters
        sigma = jax.nn.softmax(w, axis=-1)
        p = c**2 / (c**2).sum()
        # One-hot products rather than look-ups, whose derivative would be a scatter.
        tokens = (x[:, None, :L] == jnp.arange(d)[None, :, None]).astype(jnp.float32)  # [B, d, L]
        query = jnp.einsum("hj,bej->bhe", sigma, tokens[:, :, L - M:][:, :, ::-1])
        match = jnp.einsum("bhe,bel->bhl", query, tokens)
        k = sum(sigma[None, :, j, None] * match[:, :, M - 1 - j:L - 1 - j] for j in range(M))  # keys M+1..L
        q = polynomial(p, [k[:, h] for h in range(H)])
        weight = jax.nn.softmax(a * q, axis=-1)
        y = (weight * (x[:, M:L] == x[:, L:])).sum(-1)
        return -jnp.log(y + EPSILON).mean()

    return loss, start(size)


def layer_norm(values, gain, bias):
    """Over the features, axis 2 of [B, H, d, L]."""
    centred = values - values.mean(2, keepdims=True)
    return gain[:, None] * centred / jnp.sqrt((centred**2).mean(2, keepdims=True) + 1e-5) + bias[:, None]


def full(size):
    """Attention over the lags that each head sees and itself; the scores of two tokens are a table, Q K^T. Positions come
    last, so that every operation has long rows."""
    d, L, M, H = (size[k] for k in ("d", "L", "M", "H"))
    polynomial = horner(H, size["D"])
    reach = M + H - 1
    lags = jnp.array([[h + 1 + m for m in range(M)] for h in range(H)])
    exists = jnp.arange(L) >= lags[:, :, None]  # [H, M, L]

    def loss(parameters, x):
        position, query, key, value, gain, bias, c, a = parameters
        p = c**2 / (c**2).sum()
        tokens = (x[:, None, :L] == jnp.arange(d)[None, :, None]).astype(jnp.float32)  # [B, d, L]
        padded = jnp.pad(tokens, ((0, 0), (0, 0), (reach, 0)))
        # Tokens at each head's lag number m, [B, H, d, L].
        seen = [jnp.stack([padded[:, :, reach - h - 1 - m:][:, :, :L] for h in range(H)], 1) for m in range(M)]
        scores = jnp.einsum("bdl,hde->bhel", tokens, query @ key.transpose(0, 2, 1))
        own = (scores * tokens[:, None]).sum(2) + 1e-6
        logits = [jnp.where(exists[:, m], (scores * seen[m]).sum(2) + position[:, m, None], -jnp.inf)
                  for m in range(M)]
        weights = jax.nn.softmax(jnp.stack([own] + logits), 0)
        means = weights[0][:, :, None] * tokens[:, None] + sum(weights[m + 1][:, :, None] * seen[m] for m in range(M))
        sigma = jax.nn.softmax(jnp.pad(position, ((0, 0), (1, 0)), constant_values=1e-6), -1)[:, 1:]
        query_means = sum(sigma[:, m, None] * jnp.stack([tokens[:, :, L - 1 - h - m] for h in range(H)], 1)
                          for m in range(M))
        v = layer_norm(jnp.einsum("bhdl,hde->bhel", means, value), gain, bias)
        v_query = layer_norm(jnp.einsum("bhd,hde->bhe", query_means, value)[:, :, :, None], gain, bias)
        k = jax.nn.relu((v * v_query).sum(2))
        q = polynomial(p, [k[:, h] for h in range(H)])
        y = (jax.nn.softmax(a * q, -1)[:, None] * tokens).sum(-1)
        target = (x[:, L:] == jnp.arange(d)).astype(jnp.float32)
        return -(jax.nn.log_softmax(y, -1) * target).sum(-1).mean()

    return loss, full_start(size)


def make(size, threads):
    d, L, B, M, H = (size[k] for k in ("d", "L", "B", "M", "H"))
    table = jnp.asarray(kernels(size), jnp.float32)
    longest = max(size["lags"])

    def sample(key):
        first, choice, uniform = jax.random.split(key, 3)
        kernel = jax.random.randint(choice, (B,), 0, KERNELS)
        begin = jax.random.randint(first, (longest, B), 0, d)
        uniforms = jax.random.uniform(uniform, (L + 1 - longest, B))

        def step(past, u):
            context = sum(past[longest - r] * d**i for i, r in enumerate(size["lags"]))
            token = jnp.minimum((u[:, None] >= table[kernel, context]).sum(-1), d - 1)
            return jnp.concatenate([past[1:], token[None]]), token

        _, rest = jax.lax.scan(step, begin, uniforms)
        return jnp.concatenate([begin, rest]).T

    loss, values = (full if model() == "full" else disentangled)(size)

    @jax.jit
    def step(parameters, key):
        x = sample(key)
        gradient = jax.grad(loss)(parameters, x)
        return jax.tree.map(lambda value, slope: value - rate() * slope, parameters, gradient)

    state = [tuple(jnp.asarray(part, jnp.float32) for part in values)]
    root = jax.random.key(0)

    def run(number):
        state[0] = jax.block_until_ready(step(state[0], jax.random.fold_in(root, number)))

    return run


measure("jax", make)
