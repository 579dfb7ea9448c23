"""Every row of the guard's tables, and the reference page made from them."""

import os
from pathlib import Path

import pytest
from guard_cases import NOW, ORDINARY
from guard_mutants import CASES, SECTIONS, policy_for
from guard_tables_origins import ROWS, WHO

from rebook.core.outreach.guard import RULES, decide

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "guard.md"


@pytest.mark.parametrize(("section", "case"), CASES, ids=lambda one: getattr(one, "title", one))
def test_the_guard_says_what_the_table_says(section, case):
    decision = decide(case.subject, policy_for(case), now=case.now)
    named = tuple(reason.rule for reason in decision.reasons)
    assert (decision.verdict, decision.defer_until) == (case.verdict, case.until), decision.reasons
    assert named == (case.because or ("allowed",))
    if decision.verdict == "allow":
        assert decision.lawful_basis
        assert not case.basis or decision.lawful_basis == case.basis


@pytest.mark.parametrize(("section", "case"), CASES, ids=lambda one: getattr(one, "title", one))
def test_a_deferred_contact_may_go_when_it_said(section, case):
    if case.until is None or {"stale_data", "no_capacity"} & set(case.because):
        return
    again = decide(case.subject, policy_for(case), now=case.until)
    assert again.verdict == "allow", again.reasons


def test_every_rule_has_a_row():
    """A rule that no table exercises is a rule that nobody specified."""
    named = {rule for _, case in CASES for rule in case.because}
    own_names = {
        "responsible_adult": {"minor_without_adult", "parent_permission_ended", "age_unknown"},
        "contact_point": {"contact_missing", "contact_unusable", "contact_not_textable"},
        "not_approved": {"not_approved", "no_wording"},
    }
    missing = [rule.key for rule in RULES if not own_names.get(rule.key, {rule.key}) <= named]
    assert missing == []


def test_whom_a_rule_binds_is_said_of_every_rule_once():
    """The words of ``guard_tables_origins`` against the guard's own list, which the page shows."""
    said = {row.rule: {origin for letter, origin in WHO.items() if letter not in row.by} for row in ROWS}
    assert len(said) == len(ROWS)
    assert said == {rule.key: set(rule.not_for) for rule in RULES}


def test_reasons_hold_no_value_of_the_patient():
    for _, case in CASES:
        contact = case.subject.contact
        for reason in decide(case.subject, policy_for(case), now=case.now).reasons:
            assert contact is None or contact.value not in reason.detail or contact.value == "postal"


def test_a_clock_without_a_zone_is_a_bug():
    with pytest.raises(ValueError, match="aware"):
        decide(ORDINARY, policy_for(CASES[0][1]), now=NOW.replace(tzinfo=None))


def page() -> str:
    lines = [
        "# The guard",
        "",
        "Before every attempt, on every path, one pure function decides: allow, defer until an instant, or",
        "refuse, always with every reason (`rebook.core.outreach.guard`). This page is made from the guard's",
        "list of rules and its specification tables; a test keeps it true.",
        "",
        "## The rules, most severe first",
        "",
        "| Rule | Speaks when | Does not bind | Source |",
        "|---|---|---|---|",
    ]
    for rule in RULES:
        lines.append(
            f"| `{rule.key}` | {rule.says} | {', '.join(sorted(rule.not_for)) or '-'} | {rule.source} |"
        )
    lines += [
        "",
        "The ordinary contact of the tables below: a text of a campaign about a visit that is due, to an",
        f"adult in Massachusetts, at {NOW:%Y-%m-%d %H:%M} UTC, to a mobile number that the patient gave.",
        "Each row says what differs. The reasons are those the guard stores, most severe first.",
    ]
    for section in SECTIONS:
        if not section.intro:
            continue
        lines += ["", f"## {section.title}", "", section.intro, ""]
        lines += ["| Differs | Verdict | Reasons |", "|---|---|---|"]
        for case in section.cases:
            until = f" until {case.until:%Y-%m-%d %H:%M}" if case.until else ""
            clock = f" ({case.now:%Y-%m-%d %H:%M})" if case.now != NOW else ""
            reasons = ", ".join(case.because) or "-"
            lines.append(f"| {case.title}{clock} | {case.verdict}{until} | {reasons} |")
    return "\n".join(lines) + "\n"


def test_the_reference_page_is_up_to_date():
    """Write it anew with REBOOK_WRITE_DOCS=1."""
    if os.environ.get("REBOOK_WRITE_DOCS"):
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()
