"""The full model in PyTorch, written from its definition with matrices over all pairs of positions.

Nothing of it comes from the Swift sources: it is what they are compared with.
"""
import itertools

import torch
import torch.nn.functional as F


def sets(H, D):
    """Subsets of the heads with at most D members, by size."""
    return [s for k in range(D + 1) for s in itertools.combinations(range(H), k)]


def places(position, L):
    """[H][L + 1][L + 1] logits of the positions alone: head h sees the M lags from h on, and its own position."""
    H, M = position.shape
    lag = torch.arange(L + 1)[:, None] - torch.arange(L + 1)[None, :]
    logits = torch.full((H, L + 1, L + 1), -torch.inf, dtype=position.dtype)
    logits = torch.where(lag == 0, torch.tensor(1e-6, dtype=position.dtype), logits)
    for h in range(H):
        for m in range(M):
            logits = torch.where((lag == h + 1 + m) & (torch.arange(H)[:, None, None] == h), position[h, m], logits)
    return logits


def loss(parameters, x, degree, criterion="logits", epsilon=0.0):
    """x [B][L + 1] -> the mean loss and y [B][d]."""
    position, query, key, value, gain, bias, coefficients, scale = parameters
    H, d, _ = query.shape
    L = x.shape[1] - 1
    tokens = F.one_hot(x, d).to(position.dtype)
    tokens[:, L] = 0  # the query is a zero token
    q, k = (torch.einsum("bid,hde->bhie", tokens, weights) for weights in (query, key))
    attention = torch.softmax(q @ k.transpose(-1, -2) + places(position, L), -1)
    values = torch.einsum("bhij,bjd,hde->bhie", attention, tokens, value)
    v = F.layer_norm(values, (d,), gain, bias, eps=1e-5)
    match = torch.relu((v[:, :, :L] * v[:, :, L:]).sum(-1))  # [B][H][L]
    shares = coefficients**2 / (coefficients**2).sum()
    similarity = sum(share * match[:, list(s)].prod(1) for share, s in zip(shares, sets(H, degree)))
    y = torch.einsum("bl,bld->bd", torch.softmax(scale * similarity, -1), tokens[:, :L])
    target = x[:, L]
    if criterion == "logits":
        return F.cross_entropy(y, target), y
    return -torch.log(y.gather(1, target[:, None]) + epsilon).mean(), y
