"""One training step in PyTorch, compiled as a whole: sampling, forward, backward, descent. Float, on the CPU.

    python3 torch_step.py [--threads N] [SIZE ..]
"""
import sys

import torch
import torch.nn.functional as F

from sizes import EPSILON, KERNELS, RATE, kernels, measure, sets, start


def make(size, threads):
    torch.set_num_threads(threads)
    torch._dynamo.reset()
    d, L, B, M, H = (size[k] for k in ("d", "L", "B", "M", "H"))
    table = torch.tensor(kernels(size), dtype=torch.float32)
    subsets = sets(H, size["D"])
    longest = max(size["lags"])
    powers = [d**i for i in range(len(size["lags"]))]
    rows = torch.arange(B)

    def sample():
        """Token by token: compiled as a graph of its own, one step of all chains, that a loop calls."""
        kernel = torch.randint(KERNELS, (B,))
        x = torch.empty((L + 1, B), dtype=torch.int64)
        x[:longest] = torch.randint(d, (longest, B))
        uniforms = torch.rand((L + 1 - longest, B, 1))
        cumulative = table[kernel]
        for t in range(longest, L + 1):
            x[t] = advance(cumulative, uniforms[t - longest], *(x[t - r] for r in size["lags"]))
        return x.T.contiguous()

    def advance_(cumulative, uniform, *past):
        context = sum(token * power for token, power in zip(past, powers))
        return (uniform >= cumulative[rows, context]).sum(-1).clamp_max(d - 1)

    advance = torch.compile(advance_, dynamic=False)

    def loss(w, c, a, x):
        sigma = torch.softmax(w, -1)
        p = c**2 / (c**2).sum()
        query = torch.einsum("hj,bje->bhe", sigma, F.one_hot(x[:, L - 1 - torch.arange(M)], d).float())
        match = torch.gather(query, 2, x[:, None, :L].expand(-1, H, -1))  # [B, H, L]
        k = sum(sigma[None, :, j, None] * match[:, :, M - 1 - j:L - 1 - j] for j in range(M))  # keys M+1..L
        q = p[0]
        for s, share in zip(subsets[1:], p[1:]):
            term = share
            for h in s:
                term = term * k[:, h]
            q = q + term
        weight = torch.softmax(a * q, -1)
        y = (weight * (x[:, M:L] == x[:, L:])).sum(-1)
        return -torch.log(y + EPSILON).mean()

    parameters = [torch.tensor(part, dtype=torch.float32, requires_grad=True) for part in start(size)]
    compiled = torch.compile(loss, dynamic=False)

    def run(number):
        value = compiled(*parameters, sample())
        value.backward()
        with torch.no_grad():
            for parameter in parameters:
                parameter -= RATE * parameter.grad
                parameter.grad = None

    return run


measure("torch.compile", make)
