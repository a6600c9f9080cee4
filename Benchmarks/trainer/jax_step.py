"""One training step in JAX, jitted as a whole: sampling, forward, backward, descent. Float, on the CPU.

    python3 jax_step.py [--threads N] [SIZE ..]
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

from sizes import EPSILON, KERNELS, RATE, horner, kernels, measure, start


def make(size, threads):
    d, L, B, M, H = (size[k] for k in ("d", "L", "B", "M", "H"))
    table = jnp.asarray(kernels(size), jnp.float32)
    polynomial = horner(H, size["D"])
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

    @jax.jit
    def step(parameters, key):
        x = sample(key)
        gradient = jax.grad(loss)(parameters, x)
        return jax.tree.map(lambda value, slope: value - RATE * slope, parameters, gradient)

    state = [tuple(jnp.asarray(part, jnp.float32) for part in start(size))]
    root = jax.random.key(0)

    def run(number):
        state[0] = jax.block_until_ready(step(state[0], jax.random.fold_in(root, number)))

    return run


measure("jax", make)
