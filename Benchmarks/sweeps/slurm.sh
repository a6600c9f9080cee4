#!/bin/sh
# What a cell costs beyond Slurm's own: an array of tasks that do nothing, and one of as many tasks that each run a trivial
# cell, on a Slurm of one machine (Tests/Slurm/cluster.sh). Prints wall seconds a task.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
inflow=${INFLOW:-$here/../../.build/release/inflow}
tasks=${TASKS:-60}
place=$(mktemp -d)
CLUSTER=$place/cluster
export CLUSTER
cluster="sh $here/../../Tests/Slurm/cluster.sh"
trap '$cluster stop >/dev/null 2>&1; rm -rf "$place"' EXIT
$cluster start >/dev/null
SLURM_CONF=$($cluster configuration)
export SLURM_CONF

now() { date +%s.%N; }
each() { awk -v from="$1" -v to="$2" -v tasks="$tasks" 'BEGIN { printf "%.3f", (to - from) / tasks }'; }
emptied() { while [ -n "$(squeue --noheader)" ]; do sleep 0.1; done; }

begin=$(now)
sbatch --parsable --array="1-$tasks" -c 1 --output=/dev/null --wrap=true >/dev/null
emptied
own=$(each "$begin" "$(now)")

sed "s/points: 1000/points: $tasks/; s/linear: {from: 1, to: 100, points: 100}/list: [1]/" \
  "$here/trivial.yaml" >"$place/sweep.yaml"
begin=$(now)
"$inflow" sweep "$place/sweep.yaml" --out "$place/sweep" --engine slurm --sbatch "-c 1" >/dev/null
emptied
with=$(each "$begin" "$(now)")
"$inflow" sweep collect "$place/sweep"
echo "$tasks tasks on $(nproc) processors: $own s a task that does nothing, $with s a task with a cell"
