#!/bin/sh
# Writes docs/full-model-runs.md from the sweep Examples/sweeps/full-model.yaml, which it runs, or goes on with, in the folder
# given: twenty runs, about a minute of one core each.
#
#   scripts/full-model.sh full-model-runs
set -eu
[ $# -eq 1 ] || { echo "usage: scripts/full-model.sh DIR" >&2; exit 64; }
cd "$(dirname "$0")/.."
inflow=${INFLOW:-.build/release/inflow}
"$inflow" sweep Examples/sweeps/full-model.yaml --out "$1"

awk -F, '
  NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
  function of(name) { return $column[name] }
  # Mean and deviation of a quantity over the runs of a setting.
  function spread(setting, name, digits,   format, mean, variance) {
    format = "%." digits "f"
    mean = sum[setting, name] / runs[setting]
    variance = (square[setting, name] - runs[setting] * mean^2) / (runs[setting] - 1)
    return sprintf(format " ± " format, mean, variance > 0 ? sqrt(variance) : 0)
  }
  BEGIN { sets = split("p1 p2 p3 p12 p13 p23", set, " "); quantities = split("p12 p13 p23 a loss", quantity, " ") }
  {
    if (of("status") != "done") { print "cell " of("cell") " is not done" > "/dev/stderr"; exit 1 }
    setting = of("initial.own") " | " of("training.optimizer.sgd.rate")
    if (!(setting in runs)) order[++settings] = setting
    runs[setting]++
    winner = set[1]
    for (i = 2; i <= sets; i++) if (of(set[i]) + 0 > of(winner) + 0) winner = set[i]
    wins[setting, winner]++
    for (i = 1; i <= quantities; i++) {
      sum[setting, quantity[i]] += of(quantity[i])
      square[setting, quantity[i]] += of(quantity[i])^2
    }
  }
  END {
    for (s = 1; s <= settings; s++) {
      setting = order[s]
      printf "| %s | %d | %d | %d | %d |", setting, wins[setting, "p12"], wins[setting, "p13"], wins[setting, "p23"],
        runs[setting] - wins[setting, "p12"] - wins[setting, "p13"] - wins[setting, "p23"]
      for (i = 1; i <= quantities; i++) printf " %s |", spread(setting, quantity[i], i < 4 ? 3 : i == 4 ? 2 : 4)
      print ""
    }
  }
' "$1/sweep.csv" > "$1/settings.rows"
awk -F, '
  NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
  function of(name) { return $column[name] }
  {
    seed = of("training.seeds"); gsub(/[^0-9]/, "", seed)
    printf "| %s | %s | %s | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f | %.2f | %.4f |\n", of("initial.own"),
      of("training.optimizer.sgd.rate"), seed, of("p12"), of("p13"), of("p23"), of("p1"), of("p2"), of("p3"), of("a"),
      of("loss")
  }
' "$1/sweep.csv" > "$1/runs.rows"
{
  cat <<'HEAD'
# Which set the full model reads

Made by `scripts/full-model.sh DIR`, which runs [Examples/sweeps/full-model.yaml](../Examples/sweeps/full-model.yaml).

The full model at the published settings: d = 3, parents {1, 2}, α = 0.1, H = M = 3, D = 2, L = 100, 9,000 fixed sequences with a kernel
each in one batch, 10,000 steps of gradient descent, in double precision; w on the own lag and the rate as in the table, five datasets
each. Largest share at the end, and mean ± standard deviation over the datasets.

| w, own lag | rate | {1,2} | {1,3} | {2,3} | other | p{1,2} | p{1,3} | p{2,3} | a | validation loss |
|---|---|---|---|---|---|---|---|---|---|---|
HEAD
  cat "$1/settings.rows"
  cat <<'MIDDLE'

The published runs, one of each setting, disagree 2 : 2: {1,2} in two, {2,3} in the others. One of them (w = 3, rate 0.001) ends at
p{1,2} .971, p{1} .013, p{2,3} .012, a 3.10 and a training loss of .6961. Here {1,2} wins in all twenty, and a stays
smaller after as many steps; what differs between the two has not been found.

| w, own lag | rate | seed | p{1,2} | p{1,3} | p{2,3} | p{1} | p{2} | p{3} | a | validation loss |
|---|---|---|---|---|---|---|---|---|---|---|
MIDDLE
  cat "$1/runs.rows"
} > docs/full-model-runs.md
