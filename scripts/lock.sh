#!/usr/bin/env bash
# Writes the hash-pinned lock files from pyproject.toml: the exact public files, for every platform,
# without the address of any host. Run through `make lock`; needs a network.
set -euo pipefail
cd "$(dirname "$0")/.."

uv="${UV:-$(command -v .venv/bin/uv || command -v uv || true)}"
if [ -z "$uv" ]; then
    echo "lock: uv is needed to write the lock files: python3 -m pip install uv" >&2
    exit 1
fi
export UV_NO_CONFIG=1
# Settings of this machine (mirrors, local wheels) must not decide what the lock holds.
unset UV_INDEX UV_INDEX_URL UV_DEFAULT_INDEX UV_EXTRA_INDEX_URL UV_FIND_LINKS

compile() {
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header --no-sources "$@"
}

compile pyproject.toml --output-file requirements.lock
compile pyproject.toml --extra dev --constraint requirements.lock --output-file requirements-dev.lock
# What builds Rebook's own package: pinned too, so that set-up fetches nothing that is not.
compile - --output-file requirements-build.lock <<<'setuptools>=77'

if grep -nE 'https?://|file:' requirements*.lock; then
    echo "lock: a lock file names a host" >&2
    exit 1
fi
