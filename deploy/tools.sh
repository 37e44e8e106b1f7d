#!/usr/bin/env bash
# Installs what is missing: uv, the Python environment, the Node.js tools. Quick when nothing is.
set -euo pipefail
cd "$(dirname "$0")/.."
UV_VERSION=0.13.8
export PATH="$PWD/.tools/bin:$PATH"

fail() { printf '%s\n' "$*" >&2; exit 1; }
say() { printf '  %s\n' "$*"; }

stamp() { cat "$@" | cksum; }

python_found() {
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  fail "Python 3.11 to 3.14 is needed, and none is here (python3 is $(python3 --version 2>&1))."
}

# One that runs and is new enough: a version manager leaves stubs that only complain.
have_uv() {
  case "$(uv venv --help 2>/dev/null)" in *--clear*) ;; *) return 1 ;; esac
}

# A failed attempt leaves half an environment behind.
make_tools() {
  rm -rf .tools
  "$1" -m venv .tools >/dev/null 2>&1 || { rm -rf .tools; return 1; }
}

# A bare Debian has Python without ensurepip, and often without pip.
install_uv() {
  have_uv && return
  say "installing uv"
  local python=$1 pip
  if make_tools "$python"; then
    pip=(.tools/bin/pip install)
  elif "$python" -m pip --version >/dev/null 2>&1; then
    pip=("$python" -m pip install --target .tools)
  else
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      { apt-get update && apt-get install -y --no-install-recommends python3-venv; } >/dev/null 2>&1 || true
    fi
    make_tools "$python" ||
      fail "Python can't make an environment: install python3-venv (apt-get install python3-venv) or uv."
    pip=(.tools/bin/pip install)
  fi
  "${pip[@]}" -qq --disable-pip-version-check "uv==$UV_VERSION" ||
    fail "uv could not be installed: is the Python package index reachable?"
}

install_python() {
  local wanted
  wanted=$(stamp requirements/dev.txt)
  [ -x .venv/bin/python ] && [ "$(cat .venv/stamp 2>/dev/null)" = "$wanted" ] && return
  say "installing the Python environment"
  uv venv --quiet --clear --python "$1" .venv
  uv pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes -r requirements/dev.txt
  printf '%s' "$wanted" >.venv/stamp
}

# The environment holds no package of ours that could bring it.
install_command() {
  [ -x .venv/bin/sfn-alerts ] && return
  printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s" -m app.cli "$@"\n' "$PWD" "$PWD/.venv/bin/python" \
    >.venv/bin/sfn-alerts
  chmod +x .venv/bin/sfn-alerts
}

install_node() {
  local wanted
  wanted=$(stamp package-lock.json)
  [ "$(cat node_modules/.stamp 2>/dev/null)" = "$wanted" ] && return
  node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null ||
    fail "Node.js 20 or newer is needed, and $(node --version 2>/dev/null || echo none) is here."
  command -v npm >/dev/null || fail "npm is needed beside Node.js (apt-get install npm)."
  say "installing the Node.js tools"
  npm ci --silent --no-progress --ignore-scripts
  printf '%s' "$wanted" >node_modules/.stamp
}

python=
if [ ! -x .venv/bin/python ] || ! have_uv; then python=$(python_found); fi
install_uv "${python:-python3}"
install_python "${python:-$(python_found)}"
install_command
install_node
