#!/bin/sh
# Makes sure that GSL and OpenBLAS can be compiled against and linked; installs them with apt where they are not.
# Does nothing when they are there. Exit status: 0 they are there, 1 they are missing and cannot be installed.
set -u

packages="libgsl-dev libopenblas-dev pkg-config"

# A program that calls both libraries, as the compiler that ships with Swift sees it.
usable() {
  command -v pkg-config >/dev/null 2>&1 || return 1
  compiler=$(command -v clang || command -v cc) || return 1
  flags=$(pkg-config --cflags --libs gsl openblas 2>/dev/null) || return 1
  # shellcheck disable=SC2086 # flags are several words
  printf '%s\n' '#include <gsl/gsl_odeiv2.h>' 'void openblas_set_num_threads(int);' \
    'int main(void) { openblas_set_num_threads(1); return gsl_odeiv2_step_rk4 == 0; }' |
    "$compiler" -x c - -o /dev/null $flags >/dev/null 2>&1
}

missing() {
  cat >&2 <<MESSAGE
GSL or OpenBLAS is missing and could not be installed: $1.
Install by hand, then run make again:
  Debian, Ubuntu:  apt-get install $packages
  Homebrew:        brew install gsl openblas pkgconf
                   export PKG_CONFIG_PATH="\$(brew --prefix openblas)/lib/pkgconfig"
MESSAGE
  exit 1
}

usable && exit 0

command -v apt-get >/dev/null 2>&1 || missing "there is no apt-get here"
if [ "$(id -u)" -eq 0 ]; then
  privileged=""
elif command -v sudo >/dev/null 2>&1; then
  # Without a terminal nobody could type a password.
  if [ -t 0 ]; then privileged="sudo"; else privileged="sudo -n"; fi
else
  missing "this user is not root and there is no sudo"
fi

echo "Installing $packages ..." >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { $privileged apt-get update && $privileged env DEBIAN_FRONTEND=noninteractive \
  apt-get install --yes --no-install-recommends $packages; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  missing "apt-get failed"
fi
usable || missing "the packages are installed, but a program that uses them does not link"
