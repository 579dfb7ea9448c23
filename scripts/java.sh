#!/usr/bin/env bash
# Finds a Java that Spark runs on (17 to 21), or installs one; writes its home to the file named.
# Usage: scripts/java.sh FILE          JAVA_HOME names one that is to be used.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/system.sh

answer="${1:?file for the path}"

works() {
    local major
    [ -x "$1/bin/java" ] || return 1
    major="$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)"
    [ -n "$major" ] && [ "$major" -ge 17 ] && [ "$major" -le 21 ]
}

found() {
    printf '%s\n' "$1" >"$answer"
    exit 0
}

# The directory above bin of the program behind a link.
home_of() {
    local path="$1" next
    while next="$(readlink "$path")"; do
        case "$next" in /*) path="$next" ;; *) path="$(dirname "$path")/$next" ;; esac
    done
    (cd "$(dirname "$path")/.." && pwd -P)
}

look() {
    local path
    path="$(command -v java 2>/dev/null || true)"
    if [ -n "$path" ]; then
        path="$(home_of "$path")"
        if works "$path"; then found "$path"; fi
    fi
    for path in /usr/lib/jvm/*-17-* /usr/lib/jvm/*-21-* /usr/lib/jvm/*17* /usr/lib/jvm/*21* \
        /opt/homebrew/opt/openjdk@17 /opt/homebrew/opt/openjdk@21 \
        /usr/local/opt/openjdk@17 /usr/local/opt/openjdk@21 \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if works "$path"; then found "$path"; fi
    done
}

if [ -n "${JAVA_HOME:-}" ] && works "$JAVA_HOME"; then found "$JAVA_HOME"; fi
if [ -s "$answer" ] && works "$(cat "$answer")"; then exit 0; fi
look

say "no Java 17 to 21 found for the tests of the third engine, Spark"
apt_install openjdk-17-jre-headless || apt_install openjdk-21-jre-headless || true
look

stop "The tests of the population engine on Spark need Java 17 or 21, and it could be neither found nor installed." \
    "Debian:  sudo apt-get install openjdk-17-jre-headless     (on Debian 13: openjdk-21-jre-headless)" \
    "macOS:   brew install openjdk@17" \
    "Elsewhere: install a Java 17 and set JAVA_HOME to its directory." \
    "Without it everything else still runs:  make check && .venv/bin/pytest --ignore tests/spec/gaps/test_spark.py"
