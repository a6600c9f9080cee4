"""One training step in PyTorch: forward, backward and sampling compiled. Float, on the CPU.

    python3 torch_step.py [--model disentangled|full] [--threads N] [SIZE ..]
"""
import sys

import torch
import torch.nn.functional as F

from sizes import EPSILON, KERNELS, full_start, horner, kernels, measure, model, rate, start

BLOCK = 8  # tokens of a chain in one call


def disentangled(size):
    d, L, M, H = (size[k] for k in ("d", "L", "M", "H"))
    polynomial = horner(H, size["D"])

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

    return loss, start(size)


def layer_norm(values, gain, bias):
    """Over the features, axis 2 of [B, H, d, L]."""
    centred = values - values.mean(2, keepdim=True)
    return gain[:, None] * centred * torch.rsqrt((centred**2).mean(2, keepdim=True) + 1e-5) + bias[:, None]


def full(size):
    """Attention over the lags that each head sees and itself; the scores of two tokens are a table, Q K^T. Positions come
    last, so that every operation has long rows."""
    d, L, M, H = (size[k] for k in ("d", "L", "M", "H"))
    polynomial = horner(H, size["D"])
    reach = M + H - 1
    lags = torch.tensor([[h + 1 + m for m in range(M)] for h in range(H)])
    exists = torch.arange(L) >= lags[:, :, None]  # [H, M, L]

    def loss(position, query, key, value, gain, bias, c, a, x):
        p = c**2 / (c**2).sum()
        tokens = (x[:, None, :L] == torch.arange(d)[None, :, None]).float()  # [B, d, L]
        padded = F.pad(tokens, (reach, 0))
        # Tokens at each head's lag number m, [B, H, d, L].
        seen = [torch.stack([padded[:, :, reach - h - 1 - m:][:, :, :L] for h in range(H)], 1) for m in range(M)]
        scores = torch.einsum("bdl,hde->bhel", tokens, query @ key.transpose(1, 2))
        own = (scores * tokens[:, None]).sum(2) + 1e-6
        logits = [torch.where(exists[:, m], (scores * seen[m]).sum(2) + position[:, m, None], -torch.inf)
                  for m in range(M)]
        weights = torch.softmax(torch.stack([own] + logits), 0)
        means = weights[0][:, :, None] * tokens[:, None] + sum(weights[m + 1][:, :, None] * seen[m] for m in range(M))
        sigma = torch.softmax(F.pad(position, (1, 0), value=1e-6), -1)[:, 1:]
        query_means = sum(sigma[:, m, None] * torch.stack([tokens[:, :, L - 1 - h - m] for h in range(H)], 1)
                          for m in range(M))
        v = layer_norm(torch.einsum("bhdl,hde->bhel", means, value), gain, bias)
        v_query = layer_norm(torch.einsum("bhd,hde->bhe", query_means, value)[:, :, :, None], gain, bias)
        k = torch.relu((v * v_query).sum(2))
        q = polynomial(p, k.unbind(1))
        y = (torch.softmax(a * q, -1)[:, None] * tokens).sum(-1)
        return F.cross_entropy(y, x[:, L])

    return loss, full_start(size)


def make(size, threads):
    torch.set_num_threads(threads)
    torch._dynamo.reset()
    d, L, B, M, H = (size[k] for k in ("d", "L", "B", "M", "H"))
    table = torch.tensor(kernels(size), dtype=torch.float32).reshape(-1, d)
    columns = [table[:, token].contiguous() for token in range(d - 1)]
    contexts = d ** len(size["lags"])
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

    loss, values = (full if model() == "full" else disentangled)(size)
    parameters = [torch.tensor(part, dtype=torch.float32, requires_grad=True) for part in values]
    compiled = torch.compile(loss, dynamic=False)

    def run(number):
        value = compiled(*parameters, sample())
        value.backward()
        with torch.no_grad():
            for parameter in parameters:
                parameter -= rate() * parameter.grad
                parameter.grad = None

    return run


measure("torch.compile", make)
