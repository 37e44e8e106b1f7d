#!/usr/bin/env bash
# Chromium for the browser test, and a font for the emoji in its pictures.
set -euo pipefail

for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  printf '  installing Chromium\n'
  apt-get update >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    chromium fonts-liberation fonts-noto-color-emoji >/dev/null
else
  printf '%s\n' "Chromium is needed for the browser test: install it (apt-get install chromium)," \
    "or name another with CHROMIUM=/path/to/chrome make test." >&2
  exit 1
fi
