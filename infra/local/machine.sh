#!/usr/bin/env bash
# Sets up what the Makefile's targets need of the machine.
#   machine.sh venv DIR LOCK   a virtual environment in DIR holding exactly what LOCK pins
#   machine.sh files DIR LOCK   what LOCK pins, alone and unpacked in DIR: files to serve, not code to import
#   machine.sh browser         Chromium and a Chinese font, for the browser tests
# Where we are root on a Debian family system we install what is missing; elsewhere we say what to install.
set -euo pipefail
PYTHON=${PYTHON:-python3}

say() { echo "regulars: $*" >&2; }
fail() {
  say "$*"
  exit 1
}

# install WHY PACKAGE...
install() {
  local why=$1
  shift
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    fail "$why Install it and run make again (on Debian or Ubuntu: sudo apt-get install $*)."
  fi
  say "$why Installing $* ..."
  apt-get update -qq >/dev/null || say "apt-get update failed, trying with the lists at hand"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
    fail "apt-get could not install $*."
}

need_python() {
  command -v "$PYTHON" >/dev/null || install "Python 3.11 or newer is needed and '$PYTHON' was not found." python3 python3-venv
  "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or newer is needed; '$PYTHON' is $("$PYTHON" -V). Name another: make PYTHON=python3.11 ..."
  # Debian ships Python without the half of venv that brings pip.
  "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null ||
    install "This Python has no venv module." "$("$PYTHON" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
}

make_venv() {
  local dir=$1 lock=$2
  need_python
  # A half-made environment (no pip), or one whose interpreter has gone, is made anew.
  "$dir/bin/python" -m pip --version >/dev/null 2>&1 || { rm -rf "$dir" && "$PYTHON" -m venv "$dir"; }
  say "$dir: installing what $lock pins (once, about a minute) ..."
  "$dir/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r "$lock"
  touch -r "$lock" "$dir/.stamp"
}

# Two makes at once (say `run` and `test` in a fresh clone): the second waits, then finds the work done.
venv() {
  local dir=$1 lock=$2
  if command -v flock >/dev/null; then
    exec 9>"$dir.lock"
    flock 9
  fi
  if [ ! -e "$dir/.stamp" ] || [ "$lock" -nt "$dir/.stamp" ]; then make_venv "$dir" "$lock"; fi
}

# Nothing depends on these files but a page that says so itself: without a network the rest still starts.
files() {
  local dir=$1 lock=$2 fresh=$1.$$
  if .venv/bin/python -m pip install -qq --disable-pip-version-check --retries 1 --require-hashes --no-deps \
    --no-compile --target "$fresh" -r "$lock"; then
    touch -r "$lock" "$fresh/.stamp"
    rm -rf "$dir" && mv "$fresh" "$dir"
  else
    say "$dir: what $lock pins could not be installed; going on without it."
  fi
}

browser() {
  local missing=()
  command -v chromium >/dev/null || [ -x /usr/bin/chromium ] || missing+=(chromium)
  # Without a Chinese font the pages' screenshots are rows of boxes.
  compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null || missing+=(fonts-noto-cjk)
  [ ${#missing[@]} = 0 ] || install "The browser tests need ${missing[*]}." "${missing[@]}"
}

"$@"
