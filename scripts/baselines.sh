#!/bin/sh
# Writes docs/baselines.md from runs of inflow baselines in the folder given, which it makes or goes on with.
#
#   scripts/baselines.sh DIR             docs/baselines.md; half an hour on two cores
#   scripts/baselines.sh DIR FILE quick  the same tables of small runs, to FILE: to see that all goes well
set -eu
[ $# -eq 1 ] || [ $# -eq 3 ] || { echo "usage: scripts/baselines.sh DIR [FILE quick]" >&2; exit 64; }
cd "$(dirname "$0")/.."
inflow=${INFLOW:-.build/release/inflow}
out=${2:-docs/baselines.md}
small=""
steps="--set training.stages[0].steps=2000 --set training.data.fresh=1024"
code_steps="--set training.stages[0].steps=3000"
count=4096
if [ "${3:-}" = quick ]; then
  steps="--set training.stages[0].steps=10 --set training.data.fresh=32"
  code_steps="--set training.stages[0].steps=4 --set training.data={fixed:\ 32}"
  small="--set training.held-out.count=16 --set training.seeds=[1]"
  count=64
fi

# run NAME CONFIG OPTION..
run() {
  name=$1
  config=$2
  shift 2
  # The options hold no blanks but the escaped one of a map.
  eval "\"$inflow\" baselines $config --out \"$1/$name\" --sequences $count --length 30 --length 100 --length 1000 \
    --set training.precision=float --set training.measure.points=2 --set training.checkpoints.points=2 $small $2 >&2"
}

dir=$1
for alpha in 0.1 0.5 1; do
  run "alpha-$alpha" Examples/two-parents.yaml "$dir" \
    "$steps --set training.context=100 --set source.prior.dirichlet=$alpha"
done
run long Examples/two-parents.yaml "$dir" "$steps --set training.context=1000 --set training.data.fresh=256"
run code Examples/reference-code.yaml "$dir" "$code_steps"

# table NAME L: the models and ablations of one folder at one length, means over the seeds.
table() {
  awk -F, -v length_="$2" '
    function kind(name) { sub(/ seed .*/, "", name); return name }
    FNR == 1 { delete column; for (i = 1; i <= NF; i++) column[$i] = i; file++; next }
    $1 != length_ { next }
    file == 1 {
      name = kind($2)
      if (!(name in runs)) order[++names] = name
      runs[name]++
      loss[name] += $column["cross_entropy"]; accuracy[name] += $column["accuracy"]
      distance[name] += $column["total_variation"]; difference[name] += $column["difference"]
      error[name] += $column["cross_entropy_s.e."]
    }
    file == 2 {
      name = kind($2)
      masses[name]++; mass[name] += $column["mass"]
      set = $column["nearest"]
      if (index(read[name], set) == 0) read[name] = read[name] (read[name] == "" ? "" : ", ") set
    }
    END {
      base = mass["model"] / masses["model"]; right = accuracy["model"] / runs["model"]
      for (i = 1; i <= names; i++) {
        name = order[i]; n = runs[name]
        printf "| %s | %.4f ± %.4f | %+.4f | %.4f | %.4f | %+.1f %% |", name, loss[name] / n, error[name] / n,
          difference[name] / n, distance[name] / n, accuracy[name] / n, 100 * (right / (accuracy[name] / n) - 1)
        if (name in masses) {
          m = mass[name] / masses[name]
          printf " %.3f | %+.1f %% | %s |\n", m, 100 * (base / m - 1), read[name]
        } else print " | | |"
      }
      printf "| chance | | | | | | %.3f | | |\n", mass["chance"] / masses["chance"]
    }
  ' "$dir/$1/baselines.csv" "$dir/$1/features.csv"
}

head_of_table() {
  echo
  echo "| predictor | loss | to GIH(S*) | TV to kernel | accuracy | model ahead | mass | model ahead | nearest |"
  echo "|---|---|---|---|---|---|---|---|---|"
}

{
  cat scripts/baselines-head.md
  for alpha in 0.1 0.5 1; do
    printf '\n## The paper'"'"'s variant, Dirichlet(%s), L = 100\n' "$alpha"
    head_of_table
    table "alpha-$alpha" 100
  done
  printf '\n## The same, Dirichlet(0.5), trained and measured at L = 1000\n'
  head_of_table
  table long 1000
  printf '\n## The released code'"'"'s variant, L = 100\n'
  head_of_table
  table code 100
} > "$out"
