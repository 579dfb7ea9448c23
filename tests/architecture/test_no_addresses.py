"""What is published names no machine: no host in a lock file, no path of somebody's disk."""

import re
import sys
import tomllib
from itertools import pairwise

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

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


def _pinned(text):
    """Versions by name that apply to this Python and platform."""
    lines = (
        line.removesuffix("\\").strip() for line in text.splitlines() if "==" in line and line[0].isalnum()
    )
    requirements = (Requirement(line) for line in lines)
    return {
        canonicalize_name(r.name): next(iter(r.specifier)).version
        for r in requirements
        if r.marker is None or r.marker.evaluate()
    }


def test_the_locks_follow_what_is_asked_for(repository):
    """A dependency added to pyproject.toml without `make lock` would be missing on every other machine."""
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    asked = {
        "requirements.lock": project["dependencies"],
        "requirements-dev.lock": project["dependencies"] + project["optional-dependencies"]["dev"],
    }
    missing = [
        f"{name}: {line}"
        for name, lines in asked.items()
        for line in lines
        if (requirement := Requirement(line))
        and not requirement.specifier.contains(
            _pinned((repository / name).read_text()).get(canonicalize_name(requirement.name), "0")
        )
    ]
    assert missing == [], f"run make lock (Python {sys.version_info.major}.{sys.version_info.minor})"


def test_no_tracked_file_names_a_path_of_a_machine_or_a_registry(tracked, repository):
    found = []
    for path in tracked:
        if path.suffix in BINARY or path.name == "test_no_addresses.py":
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1):
            if MACHINE_PATH.search(line) or REGISTRY.search(line):
                found.append(f"{path.relative_to(repository)}:{number}")
    assert found == []
