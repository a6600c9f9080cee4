"""One training step in PyTorch: forward and backward compiled, sampling and descent with few calls. Float, on the CPU.

    python3 torch_step.py [--threads N] [SIZE ..]
"""
import sys

import torch

from sizes import EPSILON, KERNELS, RATE, kernels, measure, sets, start


def make(size, threads):
    torch.set_num_threads(threads)
    torch._dynamo.reset()
    d, L, B, M, H = (size[k] for k in ("d", "L", "B", "M", "H"))
    table = torch.tensor(kernels(size), dtype=torch.float32).reshape(-1, d)
    table[:, -1] = 2  # beyond every uniform number
    contexts = d ** len(size["lags"])
    subsets = sets(H, size["D"])
    longest = max(size["lags"])

    def sample():
        """All chains a token at a time. A compiled step would spend more on being called than on its work."""
        base = torch.randint(KERNELS, (B,)) * contexts
        x = list(torch.randint(d, (longest, B)))
        for uniform in torch.rand((L + 1 - longest, B, 1)):
            context = base
            for i, lag in enumerate(size["lags"]):
                context = torch.add(context, x[-lag], alpha=d**i)
            x.append(torch.searchsorted(table.index_select(0, context), uniform, right=True).squeeze(1))
        return torch.stack(x, 1)

    def loss(w, c, a, x):
        sigma = torch.softmax(w, -1)
        p = c**2 / (c**2).sum()
        # One-hot products rather than look-ups, whose derivative would be a scatter.
        tokens = (x[:, None, :L] == torch.arange(d)[None, :, None]).float()  # [B, d, L]
        query = torch.einsum("hj,bej->bhe", sigma, tokens[:, :, L - M:].flip(2))
        match = torch.bmm(query, tokens)  # [B, H, L]
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
