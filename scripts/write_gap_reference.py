"""Writes docs/reference/gaps.md from the spec tables of tests/spec/gaps and the shipped packs."""

import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests" / "spec" / "gaps")]

from spec_tables import Section, sections  # noqa: E402

from rebook.core.gaps import GapDefinition  # noqa: E402
from rebook.packs.gaps import gap_definitions, pack_keys  # noqa: E402

TARGET = ROOT / "docs" / "reference" / "gaps.md"
HEAD = """# When a patient has reason to come back

Written by `scripts/write_gap_reference.py` from the tables that test both engines; change those, not this
page. A chart is read line by line: what happened, when, of which kind. The answer gives for every gap that is
open, or that only a coming appointment closes: what it counts from, since when it is due and overdue, its
risk class and how long the patient has been away.
"""


def render() -> str:
    """The whole page."""
    parts = [HEAD, "## The shipped rules\n"]
    parts += [_pack(key) for key in pack_keys()]
    parts += [_section(one) for one in sections()]
    return "\n".join(parts)


def _pack(key: str) -> str:
    rows = [
        "| Rule | For | Every | Grace | Class | Source |",
        "|---|---|---|---|---|---|",
        *(_row(one) for one in gap_definitions((key,))),
    ]
    return f"### {key}\n\n" + "\n".join(rows) + "\n"


def _row(one: GapDefinition) -> str:
    signed = one.signed_off_by or "not signed off"
    source = f"{one.source} ({signed})"
    cells = (
        f"`{one.key}`: {one.words()}",
        _whom(one),
        _every(one),
        f"{one.grace_days} days",
        one.risk_class,
        source,
    )
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _whom(one: GapDefinition) -> str:
    words: list[str] = list(one.sexes)
    if one.min_age is not None or one.max_age is not None:
        words.append(
            f"{one.min_age or 0} to {one.max_age} years" if one.max_age is not None else f"from {one.min_age}"
        )
    if one.conditions:
        words.append("with " + " or ".join(one.conditions))
    if one.none_of_conditions:
        words.append("without " + ", ".join(one.none_of_conditions))
    return ", ".join(words) or "all"


def _every(one: GapDefinition) -> str:
    lengths = []
    for group in one.qualifying:
        length = f"{group.interval_months} months" if group.interval_months else f"{group.interval_days} days"
        kinds: Sequence[str] = dict.fromkeys((*group.visit_types, *group.procedures))
        lengths.append(f"{length} after {', '.join(kinds)}")
    return "; ".join(lengths)


def _section(section: Section) -> str:
    cases = []
    for case in section.cases:
        chart = case.chart_text or "(nothing)"
        answer = case.answer_text or "nothing is due"
        cases.append(f"### {case.title}\n\nOn {case.as_of}:\n\n```\n{chart}\n```\n\n```\n{answer}\n```\n")
    rules = f"Rules {section.rules}.\n" if section.rules else ""
    return "\n".join([f"## {section.title}\n", section.about.replace("\n", " ") + "\n", rules, *cases])


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(render(), encoding="utf-8")
    print(f"wrote {TARGET.relative_to(ROOT)}")
