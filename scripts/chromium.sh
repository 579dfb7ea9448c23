#!/usr/bin/env bash
# Finds a Chromium for the browser tests, or installs one; writes its path to the file named.
# Usage: scripts/chromium.sh FILE          REBOOK_CHROMIUM names one that is to be used.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/system.sh

answer="${1:?file for the path}"

works() { [ -x "$1" ] && "$1" --version >/dev/null 2>&1; }

found() {
    printf '%s\n' "$1" >"$answer"
    exit 0
}

look() {
    local name path
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        path="$(command -v "$name" 2>/dev/null || true)"
        if [ -n "$path" ] && works "$path"; then found "$path"; fi
    done
    for path in \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium" \
        "${HOME:-/nonexistent}/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        if works "$path"; then found "$path"; fi
    done
    # One that an earlier run downloaded.
    path="$(.venv/bin/python - 2>/dev/null <<'PYTHON' || true
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
PYTHON
)"
    if [ -n "$path" ] && works "$path"; then found "$path"; fi
}

if [ -n "${REBOOK_CHROMIUM:-}" ]; then
    works "$REBOOK_CHROMIUM" || stop "REBOOK_CHROMIUM names $REBOOK_CHROMIUM, which does not run."
    found "$REBOOK_CHROMIUM"
fi
if [ -s "$answer" ] && works "$(cat "$answer")"; then exit 0; fi
look

say "no Chromium found for the browser tests"
apt_install chromium || true
look
say "downloading one with playwright"
.venv/bin/playwright install chromium >&2 || true
look

stop "The browser tests need Chromium, and it could be neither found nor installed." \
    "Debian:  sudo apt-get install chromium" \
    "macOS:   brew install --cask chromium     (or Google Chrome)" \
    "Elsewhere: install Chromium or Chrome and set REBOOK_CHROMIUM to its program." \
    "Without it everything else still runs:  make check && .venv/bin/pytest -m 'not browser'"
