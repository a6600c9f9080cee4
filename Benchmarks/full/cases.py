"""Losses, gradients and predictions of the full model by PyTorch's autograd in double precision, as JSON files that
Tests/TransformerTests reads.

    python3 full/cases.py ../Tests/TransformerTests/FullCases
"""
import json
import sys
from pathlib import Path

import torch

from definition import loss, sets

NAMES = ["position", "query", "key", "value", "gain", "bias", "coefficients", "scale"]
# Name, sizes, criterion and ε, and the standard deviation of the scores' maps: 3 makes logits that lie 40 apart.
CASES = [
    ("published", dict(d=3, H=3, M=3, D=2, L=100, B=3), "logits", 0.0, None),
    ("random", dict(d=3, H=3, M=3, D=2, L=20, B=4), "logits", 0.0, 1.0),
    ("cross-entropy", dict(d=4, H=2, M=4, D=1, L=7, B=5), "cross-entropy", 0.05, 1.0),
    ("short", dict(d=5, H=4, M=3, D=3, L=3, B=6), "logits", 0.0, 0.7),
    ("many-heads", dict(d=3, H=9, M=2, D=2, L=15, B=2), "logits", 0.0, 0.5),
    ("steep", dict(d=4, H=3, M=2, D=2, L=24, B=3), "logits", 0.0, 6.0),
]


def parameters(size, deviation, generator):
    d, H, M = size["d"], size["H"], size["M"]
    count = len(sets(H, size["D"]))
    if deviation is None:
        position = torch.full((H, M), 0.01)
        position[:, 0] = 3  # head h's first lag is its own
        maps = [0.001 * torch.eye(d).repeat(H, 1, 1)] * 3
        return [position, *maps, torch.ones(d), torch.zeros(d), torch.full((count,), 0.01), torch.tensor(0.01)]

    def normal(*shape, scale=1.0):
        return scale * torch.randn(*shape, generator=generator)

    return [
        normal(H, M), normal(H, d, d, scale=deviation), normal(H, d, d, scale=deviation), normal(H, d, d),
        1 + normal(d, scale=0.3), normal(d, scale=0.3), normal(count), torch.tensor(1.3)]


def named(values, size):
    """In the shape of the parameters file."""
    result = dict(zip(NAMES, (value.tolist() for value in values)))
    labels = ["[" + " ".join(str(h + 1) for h in s) + "]" for s in sets(size["H"], size["D"])]
    result["coefficients"] = dict(zip(labels, result["coefficients"]))
    return result


def main(folder):
    torch.set_default_dtype(torch.float64)
    for number, (name, size, criterion, epsilon, deviation) in enumerate(CASES):
        generator = torch.Generator().manual_seed(number)
        values = [value.clone().requires_grad_() for value in parameters(size, deviation, generator)]
        x = torch.randint(size["d"], (size["B"], size["L"] + 1), generator=generator)
        # Half of the tokens repeat the one three places before, so that windows recur.
        for t in range(3, size["L"] + 1):
            again = torch.rand(size["B"], generator=generator) < 0.5
            x[:, t] = torch.where(again, x[:, t - 3], x[:, t])
        value, y = loss(values, x, size["D"], criterion, epsilon)
        value.backward()
        case = dict(
            made_by="Benchmarks/full/cases.py", tokens=size["d"], heads=size["H"], window=size["M"],
            degree=size["D"], criterion=criterion, epsilon=epsilon, parameters=named(values, size),
            sequences=x.tolist(), loss=value.item(), gradient=named([v.grad for v in values], size),
            prediction=y.tolist())
        (Path(folder) / f"{name}.json").write_text(json.dumps(case) + "\n")


main(sys.argv[1])
