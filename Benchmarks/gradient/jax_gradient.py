"""JAX's jitted gradient of the same infinite-context loss: python3 jax_gradient.py [threads]"""
import itertools, os, sys, time

threads = int(sys.argv[1]) if len(sys.argv) > 1 else 1
os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'} intra_op_parallelism_threads={threads}"
os.environ["JAX_PLATFORMS"] = "cpu"
if threads == 1:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)


def setting(d, M, H, D, K, seed=1):
    """A population's joint law mu[k, e, Z]; only its shape matters for the time."""
    random = np.random.default_rng(seed)
    N = d**M
    mu = random.dirichlet(np.full(d * N, 0.5), size=K).reshape(K, d, N)
    lags = np.stack([np.arange(N) // d**j % d for j in range(M)])
    one_hot = jnp.asarray(np.eye(d)[lags])  # [lag, window, token]
    sets = [S for k in range(D + 1) for S in itertools.combinations(range(H), k)]
    mu = jnp.asarray(mu)

    def loss(w, c, a):
        sigma = jax.nn.softmax(w, axis=1)
        v = jnp.einsum("hj,jzx->hzx", sigma, one_hot)
        inner = jnp.einsum("hZx,hzx->hZz", v, v)
        share = c**2 / jnp.sum(c**2)
        q = 0
        for p, S in zip(share, sets):
            term = p
            for h in S:
                term = term * inner[h]
            q = q + term
        E = jnp.exp(a * q)
        n = jnp.einsum("keZ,Zz->kez", mu, E)
        y = n / jnp.sum(n, axis=1, keepdims=True)
        return -jnp.mean(jnp.sum(mu * jnp.log(y), axis=(1, 2)))

    w = jnp.asarray(np.eye(H, M))
    return jax.jit(jax.grad(loss, argnums=(0, 1, 2))), (w, jnp.ones(len(sets)), 1.0)


for name, size in {
    "d=3 M=5 H=3 D=2 K=64": (3, 5, 3, 2, 64),
    "d=2 M=8 H=8 D=2 K=64": (2, 8, 8, 2, 64),
    "d=3 M=3 H=3 D=2 K=64": (3, 3, 3, 2, 64),
}.items():
    function, arguments = setting(*size)
    for _ in range(5):
        jax.block_until_ready(function(*arguments))
    times = []
    for _ in range(40):
        start = time.perf_counter()
        jax.block_until_ready(function(*arguments))
        times.append(time.perf_counter() - start)
    print(f"{name} threads {threads} JAX {1e3 * np.median(times):.3f} ms")
