#!/bin/sh
# What a sweep costs: 1,000 small cells on one thread and on all, and with any argument 100,000 trivial ones too.
# Prints wall time, processor time and peak memory of whole processes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
inflow=${INFLOW:-$here/../../.build/release/inflow}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

measure() { # name, sweep, threads
  /usr/bin/time -f "$1: %e s wall, %U s user, %S s system, %M KiB" -o "$place/time" \
    "$inflow" sweep "$here/$2" --out "$place/$1" --threads "$3" --quiet >"$place/$1.txt"
  cat "$place/time"
}

measure one-thread thousand.yaml 1
measure all-threads thousand.yaml "$(nproc)"
cmp "$place/one-thread/sweep.csv" "$place/all-threads/sweep.csv" && echo "the same table"
[ $# -eq 0 ] || measure trivial trivial.yaml "$(nproc)"
