"""trainer-benchmark and its rivals in turns, so that all see the same machine; a Markdown table of milliseconds a step.

    swift build -c release --product trainer-benchmark
    python3 trainer/side_by_side.py [--rounds R] [--seconds S] [--threads 1,2] [--clock wall|processor]
        [--model disentangled|full] [SIZE ..]

A number is the least over the rounds: of their medians by the wall clock, which wants an idle machine, or of the
processor time of a step, which does not. Rivals that are not
installed are left out. PYTHON_torch and the like name another interpreter for one rival.
"""
import json
import os
import subprocess
import sys
from pathlib import Path

from sizes import SIZES, model

FOLDER = Path(__file__).resolve().parent
OURS = FOLDER.parent / ".build" / "release" / "trainer-benchmark"


def option(name, default):
    return type(default)(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


def command(name):
    if name == "inflow":
        return [os.environ.get("TRAINER_BENCHMARK", str(OURS))]
    return [os.environ.get(f"PYTHON_{name}", sys.executable), str(FOLDER / f"{name}_step.py")]


def time_of_step(name, size, threads, seconds, clock):
    arguments = ["--model", model(), "--threads", str(threads), "--seconds", str(seconds), size]
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), NUMBA_NUM_THREADS=str(threads))
    run = subprocess.run(command(name) + arguments, capture_output=True, text=True, env=environment)
    if run.returncode != 0:
        print(f"{name} {size}: {run.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return json.loads(run.stdout.strip().splitlines()[-1])["processor_ms" if clock == "processor" else "median_ms"]


def main():
    rounds, seconds = option("--rounds", 3), option("--seconds", 2.0)
    clock = option("--clock", "wall")
    sizes = [a for a in sys.argv[1:] if a in SIZES] or list(SIZES)
    rivals = ["numba", "jax", "torch"] if model() == "disentangled" else ["jax", "torch"]
    counts = [int(n) for n in option("--threads", "1,2").split(",")]
    titles = {"numba": "numba", "jax": "JAX", "torch": "torch.compile"}
    columns = ["size", "threads", "inflow"] + [titles[name] for name in rivals]
    columns += ["numba / inflow"] * ("numba" in rivals) + ["best of JAX, torch / inflow"]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for size in sizes:
        for threads in counts:
            times = {name: [] for name in ["inflow"] + rivals}
            for _ in range(rounds):
                for name in times:
                    value = time_of_step(name, size, threads, seconds, clock)
                    if value is not None:
                        times[name].append(value)
            best = {name: min(values) for name, values in times.items() if values}
            shown = [f"{best[name]:.3f}" if name in best else "-" for name in times]
            ours, compiled = best.get("inflow"), [best[name] for name in ("jax", "torch") if name in best]
            ratios = [f"{best['numba'] / ours:.1f}" if ours and "numba" in best else "-"] * ("numba" in rivals)
            ratios += [f"{min(compiled) / ours:.1f}" if ours and compiled else "-"]
            print(f"| {size} | {threads} | " + " | ".join(shown + ratios) + " |", flush=True)


main()
