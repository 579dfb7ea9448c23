"""Writes docs/reference/packs.md from the shipped specialty packs."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]

from rebook.core.gaps import GapDefinition, Qualifying  # noqa: E402
from rebook.packs.gaps import gap_definitions  # noqa: E402
from rebook.packs.red_flags import red_flags  # noqa: E402
from rebook.packs.specialties import Specialty, all_specialties, specialty  # noqa: E402

TARGET = ROOT / "docs" / "reference" / "packs.md"
HEAD = """# The specialty packs

Written by `scripts/write_pack_reference.py` from the files under `src/rebook/packs/specialty`; change those,
not this page. A practice chooses its packs with `rebook init` or in Setup, Specialties.

Nothing here is signed. A clinician of the practice reads each rule, confirms its interval against its source
and signs it in Setup, Rules. Until then a rule of class 0 to 2 runs and is shown as not signed; one of class
3 or 4 does not run. An interval that a practitioner enters for a patient always comes before the one here
(R-C2). What is marked "from general knowledge, to be confirmed" has no source that anybody has read.

Classes: 4 time-critical, owned by a clinician; 3 monitoring where delay can harm; 2 follow-up and courses of
treatment; 1 routine prevention; 0 elective. *Visit only* is raised when the patient comes and never written
about; *staff* is a task for staff and no message.
"""


def render() -> str:
    """The whole page."""
    packs = all_specialties()
    table = ["| Pack | Key | Rules | Held back until signed |", "|---|---|---|---|", *map(_line, packs)]
    return "\n".join([HEAD, "\n".join(table) + "\n", *map(_pack, packs)])


def _line(pack: Specialty) -> str:
    rules = gap_definitions((pack.key,))
    held = sum(one.blocks_unsigned for one in rules)
    return f"| {pack.called()} | `{pack.key}` | {len(rules)} | {held} |"


def _pack(pack: Specialty) -> str:
    rows = [
        "| Rule | For whom | Due | Grace | Class | Source | Signed by |",
        "|---|---|---|---|---|---|---|",
        *(_row(one) for one in gap_definitions((pack.key,))),
    ]
    flags = [f"- {one.meaning} ({one.source})" for one in red_flags(pack.key)]
    months = pack.tiers
    tiers = (
        f"Tiers: slipping after {months.slipping_months} months without a visit, dormant after "
        f"{months.dormant_months}, long lapsed after {months.long_lapsed_months}, lost after "
        f"{months.lost_after_months}."
    )
    sources = "Sources: " + " ; ".join(pack.sources)
    said = ["Words that send a reply to a person at once, whatever the practice:\n", "\n".join(flags) + "\n"]
    parts = [f"## {pack.called()}\n", pack.about + "\n", tiers + "\n", sources + "\n", "\n".join(rows) + "\n"]
    return "\n".join([*parts, *(said if flags else [])])


def _row(one: GapDefinition) -> str:
    grace = f"{one.grace_days} days" if one.grace_days else "none"
    if one.lead_days:
        grace = f"opens {one.lead_days} days before"
    how = {"yes": "", "at_visit": ", visit only", "staff": ", staff"}[one.outreach]
    cells = (
        f"`{one.key}`: {one.words()}",
        _whom(one),
        _due(one),
        grace,
        f"{one.risk_class}{how}",
        f"{one.source} Guideline: {one.guideline} {one.guideline_version}, look again by {one.valid_until}.",
        one.signed_off_by or "nobody yet",
    )
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def _whom(one: GapDefinition) -> str:
    words: list[str] = list(one.sexes)
    if one.max_age is not None:
        words.append(f"{one.min_age or 0} to {one.max_age} years")
    elif one.min_age is not None:
        words.append(f"from {one.min_age} years")
    words += ["with " + _called(one, "condition", one.conditions)] if one.conditions else []
    words += ["on " + _called(one, "medication", one.medications)] if one.medications else []
    words += ["where its criterion holds"] if one.eligible_when else []
    without = [
        _called(one, "condition", (*one.none_of_conditions, *one.exclusion_conditions)),
        _called(one, "medication", one.none_of_medications),
        _called(one, "procedure", one.exclusion_procedures),
        _called(one, "exclusion", one.exclusion_words),
    ]
    words += ["not: " + " or ".join(filter(None, without))] if any(without) else []
    words += ["replaces " + ", ".join(one.supersedes)] if one.supersedes else []
    words += ["sensitive: " + ", ".join(one.sensitivity)] if one.sensitivity else []
    return "; ".join(words) or "all"


def _called(one: GapDefinition, kind: str, keys: Iterable[str]) -> str:
    """The words of a rule as people say them."""
    words = specialty(one.specialty).words
    return " or ".join(words[kind, key].label["en"] for key in keys)


def _due(one: GapDefinition) -> str:
    after = " or ".join(dict.fromkeys(_kinds(one, group) for group in one.qualifying))
    if one.at_ages:
        return "at " + ", ".join(one.at_ages) + f" ({after})"
    first = {
        "never": "",
        "age": f"first at {one.first_due_age} years",
        "condition": "first counted from the condition",
        "medication": "first counted from the medicine",
        "procedure": "counted from " + _called(one, "procedure", one.anchor_procedures),
    }[one.first_due]
    parts = [*_lengths(one, after), *([first] if first else []), *(["once"] if one.once else [])]
    parts += [f"from {one.season[0]} to {one.season[1]}"] if one.season else []
    parts += [f"no longer after {one.lapses_after_days} days"] if one.lapses_after_days else []
    return ", ".join(parts)


def _lengths(one: GapDefinition, after: str) -> Iterator[str]:
    if one.phases:
        for phase in one.phases:
            until = f" to month {phase.until_months}" if phase.until_months else " from then on"
            yield _length(phase.interval_months, phase.interval_days) + until
        yield f"({after})"
        return
    for group in one.qualifying:
        length = _length(group.interval_months, group.interval_days)
        yield (f"{length} after " if length else "") + _kinds(one, group)


def _kinds(one: GapDefinition, group: Qualifying) -> str:
    visits = {kind.key: kind.label["en"].lower() for kind in specialty(one.specialty).visit_types}
    said = [*(visits[key] for key in group.visit_types), _called(one, "procedure", group.procedures)]
    return " or ".join(dict.fromkeys(filter(None, said)))


def _length(months: int, days: int) -> str:
    parts = [f"{months} months"] if months else []
    return " ".join([*parts, *([f"{days} days"] if days else [])])


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(render(), encoding="utf-8")
    print(f"wrote {TARGET.relative_to(ROOT)}")
