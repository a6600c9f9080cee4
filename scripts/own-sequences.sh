#!/bin/sh
# Makes sequences to bring along: dna.fa, chains over A, C, G, T with runs of unknown bases and lower case, as FASTA.
#
#   scripts/own-sequences.sh DIR
set -eu
[ $# -eq 1 ] || { echo "usage: scripts/own-sequences.sh DIR" >&2; exit 64; }
inflow=${INFLOW:-.build/release/inflow}
mkdir -p "$1"
"$inflow" sample Examples/own-sequences/chains.yaml --out "$1/chains.csv" --force
awk -F, '
  {
    print ">chain " NR
    line = ""
    for (i = 1; i <= NF; i++) {
      # A stretch of lower case, as for repeats, and a few bases that are not known.
      base = (i % 1000 > 900) ? tolower($i) : $i
      if (i % 1500 < 5) base = "N"
      line = line base
      if (length(line) == 60 || i == NF) { print line; line = "" }
    }
  }
' "$1/chains.csv" > "$1/dna.fa"
