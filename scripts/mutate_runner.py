"""Runs the tests that reach a changed line, in a fork of one warm process, until one of them notices.

The tests are collected once. One fork runs them all and notes which line each reaches; then every mutant has
a fork of its own, where the quickest tests that reach it go first. A fork that hangs was noticed too.
"""

import os
import pickle
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from mutate_code import Mutant
from mutate_graft import CannotGraft, graft
from mutate_imports import imports_it

MEMORY = 6 * 1024**3
EXAMPLES = 40


@dataclass
class Seen:
    """One test's run on sound code."""

    passed: bool
    seconds: float
    lines: dict[str, set[int]]


@dataclass
class Verdict:
    """``by``: the test that noticed; "" when none did. ``reached``: how many tests ran the line."""

    mutant: Mutant
    by: str
    reached: int
    why: str = ""


@dataclass
class Breaker:
    """The pytest plugin: instead of running the tests once, runs them against every mutant."""

    mutants: list[Mutant]
    slowest_s: float
    is_warm: bool
    tell: Callable[[Verdict], None]
    verdicts: list[Verdict] = field(default_factory=list)
    tests: int = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = session.items
        self.tests = len(items)
        for item in items:
            _fewer_examples(item)
        modules = _modules({mutant.path for mutant in self.mutants})
        watched = {str(module.__file__) for module in modules.values()}
        began = time.monotonic()
        # Warm, the packs stay loaded, and every fork has them: quick, but only where no loaded thing hangs on
        # the module that is broken.
        seen = (
            _watch(items, watched) if self.is_warm else _in_fork(lambda: _watch(items, watched), limit_s=1200)
        )
        usable = [(one, item) for one, item in zip(seen or [], items, strict=True) if one.passed]
        usable = [pair for pair in usable if pair[0].seconds <= self.slowest_s]
        took = time.monotonic() - began
        print(f"{len(usable)} of {len(items)} tests used, run in {took:.0f} s", file=sys.stderr, flush=True)
        for mutant in self.mutants:
            module = modules.get(mutant.path)
            known = self._judge(mutant, module, usable) if module else None
            verdict = known or Verdict(mutant, "", 0, "no test imports it")
            self.verdicts.append(verdict)
            self.tell(verdict)
        return True

    def _judge(self, mutant: Mutant, module: ModuleType, usable: list[tuple[Seen, pytest.Item]]) -> Verdict:
        file = str(module.__file__)
        span = set(range(mutant.first, mutant.last + 1))
        reach = [
            (seen.seconds, number, item)
            for number, (seen, item) in enumerate(usable)
            if (span & seen.lines.get(file, set()))
            or (not mutant.in_body and (file in seen.lines or imports_it(item.path, mutant.path)))
        ]
        if not reach:
            return Verdict(mutant, "", 0, "no test runs it")
        ordered = [item for *_, item in sorted(reach)]
        limit = 10 + 3 * sum(seconds for seconds, *_ in reach)
        answer = _in_fork(lambda: _first_to_fail(mutant, module, ordered), limit_s=limit)
        by = "it hangs or dies" if answer is None else answer
        return Verdict(mutant, by, len(reach))


def _watch(items: list[pytest.Item], watched: set[str]) -> list[Seen]:
    answers = []
    lines: dict[str, set[int]] = {}

    def local(frame: FrameType, event: str, arg: Any) -> Any:
        if event == "line":
            lines.setdefault(frame.f_code.co_filename, set()).add(frame.f_lineno)
        return local

    def entered(frame: FrameType, event: str, arg: Any) -> Any:
        if frame.f_code.co_filename in watched:
            lines.setdefault(frame.f_code.co_filename, set()).add(frame.f_lineno)
            return local
        return None

    for item, following in zip(items, [*items[1:], None], strict=True):
        began = time.monotonic()
        lines = {}
        sys.settrace(entered)
        try:
            passed = _passes(item, following)
        finally:
            sys.settrace(None)
        answers.append(Seen(passed, time.monotonic() - began, lines))
    return answers


def _passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    reports = runtestprotocol(item, log=False, nextitem=following)
    return all(report.passed for report in reports)


def _first_to_fail(mutant: Mutant, module: ModuleType, items: list[pytest.Item]) -> str:
    try:
        graft(mutant, module)
    except CannotGraft:
        return "cannot be grafted"
    except Exception as error:
        return f"the module does not load: {type(error).__name__}"
    for item, following in zip(items, [*items[1:], None], strict=True):
        if not _passes(item, following):
            return item.nodeid
    return ""


def _in_fork(work: Callable[[], Any], *, limit_s: float) -> Any:
    """What ``work`` answers in a process of its own; None when it dies or takes too long."""
    with tempfile.NamedTemporaryFile(delete=False) as kept:
        answer = Path(kept.name)
    child = os.fork()
    if not child:
        try:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            answer.write_bytes(pickle.dumps(work()))
        finally:
            os._exit(0)
    ends = time.monotonic() + limit_s
    while not os.waitpid(child, os.WNOHANG)[0]:
        if time.monotonic() > ends:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            break
        time.sleep(0.003)
    written = answer.read_bytes()
    answer.unlink()
    return pickle.loads(written) if written else None


def _modules(paths: set[Path]) -> dict[Path, ModuleType]:
    by_file = {
        Path(file).resolve(): module
        for module in list(sys.modules.values())
        if (file := getattr(module, "__file__", None))
    }
    return {path: by_file[path.resolve()] for path in paths if path.resolve() in by_file}


def _fewer_examples(item: pytest.Item) -> None:
    """Found is enough: fewer invented inputs, the same ones every time, and none made smaller."""
    function = getattr(item, "obj", None)
    function = getattr(function, "__func__", function)
    owner = getattr(function, "hypothesis", None) and function
    case = getattr(item, "parent", None)
    machine = getattr(getattr(case, "obj", None), "settings", None)
    if owner is not None and hasattr(owner, "_hypothesis_internal_use_settings"):
        owner._hypothesis_internal_use_settings = _quick(owner._hypothesis_internal_use_settings)
    elif type(machine).__name__ == "settings":
        case.obj.settings = _quick(machine)  # type: ignore[union-attr]


def _quick(known: Any) -> Any:
    from hypothesis import Phase, settings  # not before pytest has started: it rewrites the library's asserts

    known = known or settings()
    return settings(
        known,
        max_examples=min(known.max_examples, EXAMPLES),
        phases=(Phase.explicit, Phase.generate),
        derandomize=True,
        database=None,
        print_blob=False,
    )
