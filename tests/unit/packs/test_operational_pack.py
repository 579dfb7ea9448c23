"""The pack of things begun and not finished: a rule for everything, errors with their place."""

import re
from datetime import date

import pytest

from rebook.core.gaps.pending import add_business_days
from rebook.core.words import PENDING_KINDS
from rebook.packs.loader import PACKS, PackInvalid, parse_document
from rebook.packs.operational import pending_rules, read_pending_rules

TEXT = (PACKS / "operational.toml").read_text(encoding="utf-8")


def errors_of(text):
    with pytest.raises(PackInvalid) as raised:
        read_pending_rules(parse_document("operational.toml", text))
    return [(one.line, one.field, one.reason) for one in raised.value.errors]


def changed(old, new):
    """The shipped file with one thing changed, and the line of it."""
    assert TEXT.count(old) >= 1
    at = TEXT.index(old)
    return TEXT[:at] + new + TEXT[at + len(old) :], TEXT[:at].count("\n") + 1


class TestTheShippedRules:
    def test_every_kind_ends_with_a_rule_for_all(self):
        last = {rule.kind: rule for rule in pending_rules()}
        assert set(last) == set(PENDING_KINDS)
        assert not any(rule.priorities or rule.weekly_at_least or rule.medications for rule in last.values())

    def test_each_has_words_in_both_languages_and_a_source(self):
        for rule in pending_rules():
            assert rule.label.keys() >= {"en", "es"}
            assert re.match(r"R-C\d+", rule.source)

    def test_a_result_is_never_a_message_whoever_signed(self):
        results = [one for one in pending_rules() if one.kind == "result_awaiting_follow_up"]
        signed = {(one.key, one.content_hash) for one in results}
        assert {one.outreach_when(signed) for one in results} == {"staff"}

    def test_what_is_grave_is_a_task_until_it_is_signed(self):
        for rule in pending_rules():
            if rule.risk_class >= 3:
                assert rule.outreach_when(()) == "staff"
            assert rule.outreach_when({(rule.key, rule.content_hash)}) == rule.outreach

    def test_a_signature_is_bound_to_the_content(self):
        text, _ = changed(
            'opens_after_days = 14\nrisk_class = 2\nowner_role = "coordinator"\noutreach = "yes"',
            'opens_after_days = 15\nrisk_class = 2\nowner_role = "coordinator"\noutreach = "yes"',
        )
        before = {one.key: one.content_hash for one in pending_rules()}
        after = {one.key: one.content_hash for one in read_pending_rules(parse_document("x", text))}
        assert {key for key in before if before[key] != after[key]} == {"pending.test_not_done"}


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("old", "new", "field", "reason"),
        [
            ('kind = "report_missing"', 'kind = "report_lost"', "kind", "must be one of"),
            ('priorities = ["critical"]', 'priorities = ["dire"]', "priorities", "'dire' is none of"),
            ("business_days = true", 'business_days = "yes"', "business_days", "wants true or false"),
            ('outreach = "staff"', 'outreach = "never"', "outreach", "must be one of"),
            ('closed_by = ["state"]', 'closed_by = ["luck"]', "closed_by", "'luck' is none of"),
            ("opens_after_hours = 24", "opens_after_hours = -1", "opens_after_hours", "below zero"),
            (
                "opens_after_hours = 24",
                "opens_after_hours = 1\nopens_after_days = 1",
                "opens_after_hours",
                "both",
            ),
            ("lead_days = 14", "lead_days = 4000", "lead_days", "must be 0 to 3650"),
            ("risk_class = 4", "risk_class = 5", "risk_class", "must be 0 to 4"),
            ('owner_role = "clinician"', 'owner_role = "nobody"', "owner_role", "must be one of"),
            ('count_from = "last_visit"', 'count_from = "someday"', "count_from", "must be one of"),
            ("weekly_at_least = 2", "weekly = 2", "weekly", "unknown field"),
        ],
    )
    def test_is_said_with_its_line(self, old, new, field, reason):
        text, line = changed(old, new)
        found = [(at, said) for at, named, said in errors_of(text) if named == field]
        assert any(abs(at - line) <= 1 and reason in said for at, said in found), errors_of(text)

    def test_a_kind_without_a_rule_for_all(self):
        text, _ = changed('kind = "safety_notice"\n', 'kind = "safety_notice"\npriorities = ["urgent"]\n')
        assert any("no rule for every safety_notice" in said for _, _, said in errors_of(text))

    def test_a_rule_that_nothing_reaches(self):
        extra = TEXT + TEXT[TEXT.index('[[pending]]\nkind = "report_missing"') :].split("\n\n")[0] + "\n"
        assert any("leaves nothing to this one" in said for _, _, said in errors_of(extra))

    def test_a_visit_cannot_close_what_counts_from_it(self):
        text, _ = changed('closed_by = ["state", "booking"]', 'closed_by = ["visit"]')
        assert any("cannot close it" in said for _, _, said in errors_of(text))


@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        ("2025-11-21", 1, "2025-11-24"),
        ("2025-11-21", 3, "2025-11-26"),
        ("2025-11-22", 1, "2025-11-24"),
        ("2025-11-23", 0, "2025-11-23"),
        ("2025-11-24", 5, "2025-12-01"),
        ("2025-11-26", 2, "2025-11-28"),
    ],
)
def test_business_days_pass_over_weekends(day, days, expected):
    assert add_business_days(date.fromisoformat(day), days) == date.fromisoformat(expected)
