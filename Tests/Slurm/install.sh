#!/bin/sh
# Makes sure that Slurm and MUNGE are on this machine; installs Debian's packages where they are missing.
# Starts nothing. Exit status: 0 they are there, 77 they are missing and may not or cannot be installed here.
set -u

PATH="$PATH:/usr/sbin:/sbin"
packages="slurm-wlm munge"

there() {
  for program in munged slurmctld slurmd sbatch squeue scancel scontrol sinfo; do
    command -v "$program" >/dev/null 2>&1 || return 1
  done
}

skip() {
  echo "Slurm is not here and was not installed: $1. Install by hand: apt-get install $packages" >&2
  exit 77
}

there && exit 0
[ "$(uname -s)" = Linux ] || skip "the one-machine cluster needs Linux"
command -v apt-get >/dev/null 2>&1 || skip "there is no apt-get"
if [ "$(id -u)" -eq 0 ]; then
  privileged=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
  privileged="sudo -n"
else
  skip "this user is not root and has no sudo without a password"
fi

echo "Installing $packages ..." >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Another apt-get may be at work: wait for it rather than give up.
apt="apt-get -o DPkg::Lock::Timeout=120"
# shellcheck disable=SC2086 # several words
if ! { $privileged $apt update && $privileged env DEBIAN_FRONTEND=noninteractive \
  $apt install --yes --no-install-recommends $packages; } >"$log" 2>&1 </dev/null; then
  tail -n 5 "$log" >&2
  skip "apt-get failed"
fi
there || skip "the packages are installed, but their programs are not on the path"
