"""Writes docs/reference/gaps.md from the spec tables of tests/spec/gaps."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests" / "spec" / "gaps")]

from spec_tables import Section, sections  # noqa: E402

TARGET = ROOT / "docs" / "reference" / "gaps.md"
HEAD = """# When a patient has reason to come back

Written by `scripts/write_gap_reference.py` from the tables that test both engines; change those, not this
page. A chart is read line by line: what happened, when, of which kind. The answer gives for every gap that is
open, or that only a coming appointment closes: what it counts from, since when it is due and overdue, its
risk class and how long the patient has been away.
"""

SHIPPED = """## The shipped rules

Those of every specialty are in [packs.md](packs.md).
"""


def render() -> str:
    """The whole page."""
    return "\n".join([HEAD, SHIPPED, *(_section(one) for one in sections())])


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
