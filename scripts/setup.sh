#!/usr/bin/env bash
# Makes .venv and installs exactly what the lock files pin, then Rebook itself.
# Usage: scripts/setup.sh run|develop      Needs Python 3.11 or later and a network, nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/system.sh

what="${1:?run or develop}"

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3.14 python3 python; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    stop "Python 3.11 or later is needed and none was found." \
        "Debian 12: apt-get install python3 python3-venv     macOS: brew install python@3.12" \
        "If it is somewhere unusual: make PYTHON=/path/to/python3"
}

# Debian splits venv and pip off its Python; without them `venv` leaves a directory without pip.
make_venv() {
    local python="$1"
    rm -rf .venv
    if "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        "$python" -m venv .venv
        return
    fi
    if command -v uv >/dev/null 2>&1; then
        uv venv --quiet --seed --python "$python" .venv
        return
    fi
    local package
    package="python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    if apt_install "$package" && "$python" -m venv .venv; then
        return
    fi
    rm -rf .venv
    stop "This Python ($python) cannot make a virtual environment: the package that carries venv is missing." \
        "Install it and run make again:   sudo apt-get install $package"
}

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python="$(find_python)"
    say "making .venv with $python"
    make_venv "$python"
fi

locks=(-r requirements.lock)
if [ "$what" = develop ]; then
    locks=(-r requirements-dev.lock)
fi
# Wheels only: nothing is compiled, so no compiler is needed. PySpark alone is published without one; what it
# unpacks is built with the tools pinned in requirements-build.lock, which therefore come first.
pip=(.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes
    --only-binary ":all:" --no-binary pyspark)
say "installing what the lock files pin (the first time takes a minute or two)"
"${pip[@]}" -r requirements-build.lock
"${pip[@]}" --no-build-isolation "${locks[@]}"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
    --no-deps --no-build-isolation --no-index --editable .

touch .venv/.set-up-to-run
if [ "$what" = develop ]; then
    touch .venv/.set-up-to-develop
fi
