"""The breaker of the core: which changes it makes, whom they reach, and its list of equal ones."""

import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))

from mutate_code import mutants_of  # noqa: E402
from mutate_graft import graft  # noqa: E402
from mutate_imports import files_that_reach, imports_it  # noqa: E402

SOURCE = '''"""What is broken here."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

Kind = Literal["a", "b"]
LIMIT = 3
DOUBLE = LIMIT * 2
NAMES = frozenset({"a", "b"})


@dataclass(frozen=True, slots=True)
class Box:
    """A box."""

    size: int = 5
    note: str = ""

    @property
    def is_big(self) -> bool:
        return self.size > LIMIT


@cache
def fits(count: int, *, most: int = 4) -> bool:
    """Whether it fits."""
    if count < 0:
        raise ValueError("nobody has fewer than none")
    return count <= most and count != 1
'''


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """A module, somebody who imported from it, and what breaks it by the words of the change."""
    path = tmp_path / "victim.py"
    path.write_text(SOURCE)
    victim, importer = ModuleType("victim"), ModuleType("importer")
    for module in (victim, importer):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(SOURCE, str(path), "exec"), vars(victim))
    vars(importer).update(
        {name: getattr(victim, name) for name in ("LIMIT", "DOUBLE", "NAMES", "Box", "fits")}
    )

    def apply(change, line=""):
        (mutant,) = [one for one in mutants_of(path) if one.change == change and line in one.text]
        graft(mutant, victim)
        return importer

    return apply


CHANGES = [
    # the change, part of its line, what it answers then, and without it
    ("3 -> 4", "LIMIT", lambda it: (it.LIMIT, it.DOUBLE), (4, 8)),
    ("LIMIT * 2 -> LIMIT // 2", "", lambda it: it.DOUBLE, 1),
    ("without 'a'", "NAMES", lambda it: it.NAMES, {"b"}),
    ("5 -> 6", "size", lambda it: it.Box().size, 6),
    ("self.size > LIMIT -> self.size >= LIMIT", "", lambda it: it.Box(3).is_big, True),
    ("self.size > LIMIT -> self.size <= LIMIT", "", lambda it: it.Box().is_big, False),
    ("return None", "self.size", lambda it: it.Box().is_big, None),
    ("4 -> 5", "most", lambda it: it.fits(5), True),
    ("count <= most -> count < most", "", lambda it: it.fits(4), False),
    ("count <= most and count != 1 without count != 1", "", lambda it: it.fits(1), True),
    ("without raise ValueError('nobody has fewer than none')", "", lambda it: it.fits(-1), True),
    ("count < 0 -> count >= 0", "", lambda it: it.fits(-1), True),
]


@pytest.mark.parametrize(("change", "line", "ask", "answer"), CHANGES, ids=[row[0] for row in CHANGES])
def test_a_change_reaches_whoever_imported_the_module(broken, change, line, ask, answer):
    assert ask(broken(change, line)) == answer


def test_words_types_and_what_begins_empty_are_left_alone(tmp_path):
    path = tmp_path / "victim.py"
    path.write_text(SOURCE)
    changes = {one.change for one in mutants_of(path)}
    assert not any("nobody has fewer" in one and "->" in one for one in changes)
    assert not any("Literal" in one or "Whether it fits" in one or "''" in one for one in changes)
    assert {one.line for one in mutants_of(path) if "slots" in one.text} == set()


def test_a_test_is_found_by_what_it_imports():
    core = ROOT / "src" / "rebook" / "core"
    room = ROOT / "tests" / "spec" / "capacity" / "test_edges_of_room.py"
    assert room in files_that_reach([core / "capacity_shares.py"], [room.parent])
    assert files_that_reach([core / "response" / "when.py"], [room.parent]) == []
    assert imports_it(room, core / "capacity_shares.py")
    assert not imports_it(room, core / "response" / "when.py")


@pytest.mark.parametrize(
    ("key", "rows"), tomllib.loads((ROOT / "scripts" / "mutate_equivalent.toml").read_text()).items()
)
def test_every_change_said_to_change_nothing_is_one_that_is_made(key, rows):
    mutants = mutants_of(ROOT / "src" / "rebook" / "core" / key)
    for row in rows:
        assert row["why"].endswith(".")
        assert any(row["line"] in one.text and row.get("change", "") in one.change for one in mutants), row
