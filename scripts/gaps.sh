#!/bin/sh
# Writes docs/gaps.md from the sweep Examples/sweeps/gaps.yaml, which it runs, or goes on with, in the folder given.
#
#   scripts/gaps.sh gaps-run
set -eu
[ $# -eq 1 ] || { echo "usage: scripts/gaps.sh DIR" >&2; exit 64; }
cd "$(dirname "$0")/.."
.build/release/inflow sweep Examples/sweeps/gaps.yaml --out "$1"

awk -F, '
  NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
  function of(name) { return $column[name] }
  function row(level, key) {
    printf "| %s | %s | %.3f | %+.3f | %.4f | %+.4f |\n", of("training.context"), level, of(key "_a"),
      of(key "_a_gap"), of(key "_p"), of(key "_p_gap")
  }
  {
    if (of("status") != "done") { print "cell " of("cell") " is not done" > "/dev/stderr"; exit 1 }
    printf "| %s | training | %.3f ± %.3f | | %.4f ± %.4f | |\n", of("training.context"), of("training_a"),
      of("training_a_se"), of("training_p"), of("training_p_se")
    row("infinite-context", "infinite")
    row("finite-context", "finite")
    row("leading-order, outside of its range from t = " sprintf("%.3g", of("leading_left")), "leading")
  }
' "$1/sweep.csv" > "$1/gaps.rows"
{
  cat <<'HEAD'
# What the levels of theory leave of training

Made by `scripts/gaps.sh DIR`, which runs [Examples/sweeps/gaps.yaml](../Examples/sweeps/gaps.yaml).

The built-in example at rate 1, with 4,096 fresh sequences a step, ε = 1e-3 in theory and training, 4 seeds. At t = 400 the
scale a and the share p{1,2} of training, with the standard error over the seeds, and of each level of theory; a gap is
training minus the level.

The infinite-context flow lets a grow for ever; training at a finite length L stops, the sooner the shorter it is. The
finite-context flow averages over 4,096 sequences of the same length, drawn once. The leading order in a is an expansion that
ends where a is of order one, and says where it has left its range.

| L | | a | gap | p{1,2} | gap |
|---|---|---|---|---|---|
HEAD
  cat "$1/gaps.rows"
} > docs/gaps.md
