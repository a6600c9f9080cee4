#!/bin/sh
# Makes figures and executes their notebooks: numbers by inflow, pictures by Python in an environment of its own, which is
# made once in the user's cache folder.
#   figures.sh INFLOW DIR [OPTIONS OF inflow figures ..]
# Exit status: that of inflow; 1 where there are numbers and notebooks, but no pictures for want of Python or a package.
set -u

scripts=$(cd "$(dirname "$0")" && pwd) || exit 1
inflow=$1
out=$2
shift 2

folders=$("$inflow" figures --out "$out" "$@") || exit
printf '%s\n' "$folders"

unexecuted() {
  cat >&2 <<MESSAGE
The numbers and the notebooks are in $out, without pictures: $1.
To draw them: $2, then run the command again; or open $out/NAME/figure.ipynb where NumPy, pandas and matplotlib are.
MESSAGE
  exit 1
}

requirements=$scripts/figures-requirements.txt
cache=${INFLOW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/inductionflow}
environment=$cache/python-$(cksum <"$requirements" | tr ' ' '-')
log=$cache/install.log

# A file that is made last says that the environment is whole.
if ! { [ -e "$environment/whole" ] && "$environment/bin/python" -c '' 2>/dev/null; }; then
  command -v python3 >/dev/null 2>&1 || unexecuted "there is no python3" "install Python 3.11 or newer (apt-get install python3 python3-venv)"
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    unexecuted "$(python3 --version 2>&1 | tail -n 1) is too old or broken" "install Python 3.11 or newer"
  python3 -c 'import venv, ensurepip' 2>/dev/null ||
    unexecuted "Python's module venv is missing" "apt-get install python3-venv"
  echo "Making a Python environment in $environment (once) ..." >&2
  mkdir -p "$cache" || unexecuted "the cache folder $cache cannot be made" "set INFLOW_CACHE to a folder that can"
  python3 -m venv --clear "$environment" >"$log" 2>&1 ||
    unexecuted "python3 -m venv failed: $(tail -n 1 "$log")" "see $log"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" >"$log" 2>&1 ||
    unexecuted "Python packages could not be installed: $(grep ERROR "$log" | tail -n 1)" "see $log"
  : >"$environment/whole"
fi
echo "Drawing with the Python environment in $environment ..." >&2

printf '%s\n' "$folders" | {
  set --
  while read -r line; do set -- "$@" "${line#figure: }/figure.ipynb"; done
  # Kernels and settings are the environment's own.
  unset MPLBACKEND MATPLOTLIBRC
  JUPYTER_PREFER_ENV_PATH=1 MPLCONFIGDIR=$cache/matplotlib \
    "$environment/bin/python" "$scripts/execute-notebooks.py" "$@"
} || unexecuted "a notebook failed" "see the message above"
