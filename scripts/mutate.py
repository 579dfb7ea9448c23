"""Break modules of the pure core one small change at a time, and say which changes no test notices.

    nice python scripts/mutate.py src/rebook/core/outreach/capacity*.py [--tests tests/spec/capacity]
        [--again FILE] [--json FILE] [--slowest SECONDS] [--warm]

Runs only the tests in tests/spec and tests/unit whose imports lead to the module, and of those only the ones
that run the changed line. Changes that change nothing stand in ``mutate_equivalent.toml`` with the reason.
Leaves with 1 when a change went unnoticed. The guard's rules have ``mutate_guard.py``.
"""

import argparse
import json
import sys
import tomllib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import pytest
from mutate_code import Mutant, mutants_of
from mutate_imports import ROOT, files_that_reach
from mutate_runner import Breaker, Verdict

EQUIVALENT = Path(__file__).with_name("mutate_equivalent.toml")
FOLDERS = ("tests/spec", "tests/unit")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("modules", nargs="+", type=Path)
    parser.add_argument("--tests", nargs="+", type=Path, help="only the tests below here")
    parser.add_argument("--again", type=Path, help="only what went unnoticed in this earlier answer")
    parser.add_argument("--json", type=Path, help="write the answer here")
    parser.add_argument(
        "--slowest", type=float, default=3.0, help="leave out tests longer than this, seconds"
    )
    parser.add_argument(
        "--warm", action="store_true", help="keep what the tests loaded: see mutate_runner.py"
    )
    asked = parser.parse_args()
    known = _equivalent()
    mutants = [one for module in asked.modules for one in mutants_of(module)]
    same = [one for one in mutants if _is_known(one, known)]
    tried = [one for one in mutants if one not in same]
    if asked.again:
        before = {tuple(row) for row in json.loads(asked.again.read_text())["unnoticed"]}
        tried = [one for one in tried if _row(one) in before]
    folders = [path.resolve() for path in asked.tests or [ROOT / folder for folder in FOLDERS]]
    files = [path for path in folders if path.is_file()]
    files += files_that_reach(asked.modules, [path for path in folders if path.is_dir()])
    breaker = Breaker(tried, asked.slowest, asked.warm, _tell)
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--no-header", "--no-summary"]
    pytest.main([*options, *map(str, files)], plugins=[breaker])
    return _report(asked.modules, breaker, same, asked.json)


def _equivalent() -> dict[str, list[dict[str, str]]]:
    """By module: the line as it stands, the change ("" for any), and why it changes nothing."""
    if not EQUIVALENT.exists():
        return {}
    return tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))


def _is_known(mutant: Mutant, known: dict[str, list[dict[str, str]]]) -> bool:
    key = str(mutant.path.resolve().relative_to(ROOT / "src" / "rebook" / "core"))
    return any(
        one["line"] in mutant.text and one.get("change", "") in mutant.change for one in known.get(key, [])
    )


def _row(mutant: Mutant) -> tuple[str, str, str]:
    return mutant.path.name, mutant.text, mutant.change


def _tell(verdict: Verdict) -> None:
    if not verdict.by:
        print(f"{verdict.mutant.name}   [{verdict.why or f'{verdict.reached} tests'}]", flush=True)


def _report(modules: list[Path], breaker: Breaker, same: list[Mutant], file: Path | None) -> int:
    unnoticed = [one for one in breaker.verdicts if not one.by]
    rows = []
    for module in modules:
        mine = [one for one in breaker.verdicts if one.mutant.path == module]
        missed = sum(not one.by for one in mine)
        equal = sum(one.path == module for one in same)
        odd = sum(one.by == "cannot be grafted" for one in mine)
        rows.append([str(module), len(mine) - odd, len(mine) - odd - missed, missed, equal])
    print(f"{'module':60} mutants noticed unnoticed equivalent")
    for name, *counts in rows:
        print(f"{name:60} {counts[0]:7} {counts[1]:7} {counts[2]:9} {counts[3]:10}")
    if file:
        answer = {
            "modules": rows,
            "unnoticed": [_row(one.mutant) for one in unnoticed],
            "by": {one.mutant.name: one.by for one in breaker.verdicts},
        }
        file.write_text(json.dumps(answer, indent=1))
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
