"""What is published names no machine: no host in a lock file, no path of somebody's disk."""

import re
from itertools import pairwise

import pytest

LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-build.lock"]
# Homes and working directories of the machine somebody developed on.
MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:home|Users|work|workspace|root)/[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")
REGISTRY = re.compile(r"(?:files\.pythonhosted\.org|pypi\.org/simple|registry\.(?:npmjs|yarnpkg)\.)")
BINARY = {".png", ".jpg", ".gz", ".zip", ".parquet", ".woff2", ".woff", ".ico", ".pdf", ".xlsx"}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_no_host(name, repository):
    text = (repository / name).read_text()
    assert not re.search(r"://|--index-url|--find-links|--extra-index|@ ", text)


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(name, repository):
    lines = (repository / name).read_text().splitlines()
    pins = [(line, after) for line, after in pairwise([*lines, ""]) if "==" in line and line[0].isalnum()]
    assert pins
    assert [line for line, after in pins if "--hash=sha256:" not in after] == []


def test_what_runs_is_pinned_the_same_for_the_tests(repository):
    def pins(name):
        return {line for line in (repository / name).read_text().splitlines() if "==" in line}

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_no_tracked_file_names_a_path_of_a_machine_or_a_registry(tracked, repository):
    found = []
    for path in tracked:
        if path.suffix in BINARY or path.name == "test_no_addresses.py":
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1):
            if MACHINE_PATH.search(line) or REGISTRY.search(line):
                found.append(f"{path.relative_to(repository)}:{number}")
    assert found == []
