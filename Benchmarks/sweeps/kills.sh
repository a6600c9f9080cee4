#!/bin/sh
# kill -9 of a driver at 20 random moments, then of single cells at 20: what is left is gone on with each time, and in
# the end nothing but the killed cells' work was lost and the table is that of an undisturbed sweep.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
inflow=${INFLOW:-$here/../../.build/release/inflow}
kills=${KILLS:-20}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cat >"$place/sweep.yaml" <<YAML
base: $here/../../Examples/two-parents.yaml
run: train
set: {training.context: 100, training.data: {fresh: 256}, training.held-out.count: 64, training.seeds: [1, 2],
  training.stages: [{steps: 400}], training.measure: {every: step}}
axes:
  - {key: initial.scale, list: [0.01, 0.1, 1]}
  - {key: source.prior.seed, list: [1, 2, 3, 4]}
collect: {share: 'shares.[1 2]', a: parameters.scale, loss: loss}
YAML
"$inflow" sweep "$place/sweep.yaml" --out "$place/whole" --quiet >/dev/null
random() { awk -v seed="$1" -v most="$2" 'BEGIN { srand(seed); printf "%.3f", rand() * most }'; }

kill_one() { # number, seconds at the most, command
  number=$1 most=$2
  shift 2
  "$@" >/dev/null 2>&1 &
  process=$!
  sleep "$(random "$number" "$most")"
  kill -9 "$process" 2>/dev/null || true
  wait "$process" 2>/dev/null || true
}

for number in $(seq "$kills"); do
  kill_one "$number" 3 "$inflow" sweep "$place/sweep.yaml" --out "$place/killed" --quiet
done
"$inflow" sweep "$place/sweep.yaml" --out "$place/killed" --quiet >/dev/null
cmp "$place/whole/sweep.csv" "$place/killed/sweep.csv" && echo "$kills kills of the driver: the same table"

"$inflow" sweep "$place/sweep.yaml" --out "$place/tasks" --cells 1 --quiet >/dev/null
for number in $(seq "$kills"); do
  kill_one "$((number + 100))" 1 "$inflow" sweep run "$place/tasks" --cells "$((number % 12 + 1))" --quiet
done
"$inflow" resume "$place/tasks" --quiet >/dev/null
cmp "$place/whole/sweep.csv" "$place/tasks/sweep.csv" && echo "$kills kills of tasks: the same table"
(cd "$place/whole/cells" && find . -type f ! -name manifest.json) | while read -r file; do
  cmp "$place/whole/cells/$file" "$place/killed/cells/$file" || exit 1
  cmp "$place/whole/cells/$file" "$place/tasks/cells/$file" || exit 1
done && echo "every file of every run is the same"
find "$place/killed" "$place/tasks" -name '.*' -type f | grep . && { echo "files were left behind"; exit 1; } || echo "nothing was left behind"
