"""One training step in PyTorch: forward, backward and sampling compiled. Float, on the CPU.

    python3 torch_step.py [--threads N] [SIZE ..]
"""
import sys

import torch

from sizes import EPSILON, KERNELS, RATE, horner, kernels, measure, start

BLOCK = 8  # tokens of a chain in one call


def make(size, threads):
    torch.set_num_threads(threads)
    torch._dynamo.reset()
    d, L, B, M, H = (size[k] for k in ("d", "L", "B", "M", "H"))
    table = torch.tensor(kernels(size), dtype=torch.float32).reshape(-1, d)
    columns = [table[:, token].contiguous() for token in range(d - 1)]
    contexts = d ** len(size["lags"])
    polynomial = horner(H, size["D"])
    longest = max(size["lags"])

    def tokens_of(base, last, uniforms):
        x = list(last.unbind(0))
        for uniform in uniforms.unbind(0):
            context = base
            for i, lag in enumerate(size["lags"]):
                context = context + x[-lag] * d**i
            x.append(sum((uniform >= column[context]).long() for column in columns))
        return torch.stack(x[longest:])

    chain = torch.compile(tokens_of, dynamic=False)

    def sample():
        """All chains a few tokens at a time: a compiled step of one token spends more on being called than on its work."""
        base = torch.randint(KERNELS, (B,)) * contexts
        parts = [torch.randint(d, (longest, B))]
        blocks = -(-(L + 1 - longest) // BLOCK)
        for uniforms in torch.rand((blocks, BLOCK, B)).unbind(0):
            parts.append(chain(base, parts[-1][-longest:], uniforms))
        return torch.cat(parts)[:L + 1].T.contiguous()

    def loss(w, c, a, x):
        sigma = torch.softmax(w, -1)
        p = c**2 / (c**2).sum()
        # One-hot products rather than look-ups, whose derivative would be a scatter.
        tokens = (x[:, None, :L] == torch.arange(d)[None, :, None]).float()  # [B, d, L]
        query = torch.einsum("hj,bej->bhe", sigma, tokens[:, :, L - M:].flip(2))
        match = torch.bmm(query, tokens)  # [B, H, L]
        k = sum(sigma[None, :, j, None] * match[:, :, M - 1 - j:L - 1 - j] for j in range(M))  # keys M+1..L
        q = polynomial(p, k.unbind(1))
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
