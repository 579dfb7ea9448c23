"""One contact for several gaps (R-C7), and when a rule must be looked at again (R-C8)."""

from dataclasses import replace
from datetime import date

import pytest

from rebook.core.gaps import GapDefinition, Qualifying
from rebook.core.gaps.combine import Combined, OpenGap, closing_types, combine, leading
from rebook.core.gaps.review import review

CLEANING = GapDefinition(
    key="dental.cleaning",
    label={"en": "cleaning"},
    specialty="dental",
    visit_type="hygiene",
    minutes=60,
    interval_months=6,
    last=(Qualifying(("hygiene", "gum")),),
    source="spec",
)
GUM = replace(CLEANING, key="dental.gum", visit_type="gum", last=(Qualifying(("gum",)),), risk_class=2)
EXAM = replace(CLEANING, key="dental.exam", visit_type="exam", last=(Qualifying(("exam", "gum")),))
ALONE = replace(EXAM, key="dental.alone", combine=False)
RULES = {one.key: one for one in (CLEANING, GUM, EXAM, ALONE)}


def gap(number, rule, **values):
    values = {"risk_class": rule.risk_class, "rank": number, **values}
    return OpenGap(number, rule.key, rule.visit_type, **values)


def together(lead, *others, offered=("hygiene", "gum", "exam")):
    return combine(lead, (lead, *others), definitions=RULES, offered=offered)


def test_the_gravest_leads_whatever_its_rank():
    gaps = [gap(1, CLEANING), gap(2, GUM), gap(3, EXAM)]
    assert leading(gaps).id == 2
    assert leading([gap(1, GUM, outreach="staff"), gap(2, EXAM)]).id == 2
    assert leading([gap(1, GUM, outreach="at_visit")]) is None
    assert leading([gap(4, EXAM, rank=None), gap(5, EXAM, rank=9)]).id == 5


def test_the_visit_offered_closes_most_and_always_the_lead():
    assert together(gap(1, CLEANING), gap(2, EXAM)) == Combined((2,), "gum")
    # Nothing else closes the gum visit.
    assert together(gap(1, GUM), gap(2, EXAM), gap(3, CLEANING)) == Combined((2, 3), "")


def test_a_visit_the_practice_does_not_book_is_not_offered():
    assert together(gap(1, CLEANING), gap(2, EXAM), offered=("hygiene",)) == Combined((2,), "")


def test_who_goes_alone_takes_nobody_along_and_joins_nobody():
    assert together(gap(1, ALONE), gap(2, CLEANING)) == Combined()
    assert together(gap(1, CLEANING), gap(2, ALONE)) == Combined()


@pytest.mark.parametrize("outreach", ["staff", "at_visit"])
def test_what_is_no_reason_to_write_never_joins(outreach):
    assert together(gap(1, CLEANING), gap(2, EXAM, outreach=outreach)) == Combined()


def test_the_gravest_of_the_others_comes_first():
    assert together(gap(9, GUM), gap(3, EXAM), gap(4, CLEANING), gap(5, GUM)).also == (5, 3, 4)


def test_an_event_is_closed_by_its_own_kind_of_visit():
    event = OpenGap(7, "cancelled_not_rebooked:3", "exam", 1, 2)
    assert closing_types(event, RULES) == {"exam"}
    assert together(gap(1, CLEANING), event) == Combined((7,), "")


GRAVE = replace(GUM, risk_class=3, valid_until=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("rule", "signed_on", "day", "state"),
    [
        (GRAVE, None, date(2025, 12, 1), "off"),
        (GRAVE, date(2025, 6, 1), date(2026, 1, 1), "signed"),
        (GRAVE, date(2025, 6, 1), date(2026, 1, 2), "blocked"),
        (GRAVE, date(2026, 1, 1), date(2026, 1, 2), "blocked"),
        (GRAVE, date(2026, 1, 2), date(2026, 1, 3), "signed"),
        # A review holds for a year.
        (GRAVE, date(2026, 1, 2), date(2027, 1, 2), "signed"),
        (GRAVE, date(2026, 1, 2), date(2027, 1, 3), "blocked"),
        (replace(GRAVE, signed_off_by="the pack"), None, date(2025, 12, 1), "signed"),
        (replace(GRAVE, signed_off_by="the pack"), None, date(2026, 12, 1), "blocked"),
        (replace(GRAVE, risk_class=1), None, date(2025, 12, 1), "unsigned"),
        (replace(GRAVE, risk_class=1), None, date(2026, 12, 1), "expired"),
        (replace(GRAVE, risk_class=1, valid_until=None), None, date(2036, 12, 1), "unsigned"),
    ],
)
def test_a_rule_past_its_date_waits_for_a_review(rule, signed_on, day, state):
    assert review(rule, as_of=day, signed_on=signed_on).state == state


def test_a_rule_that_changed_since_it_was_signed_says_so():
    rule = replace(GRAVE, risk_class=1)
    assert review(rule, as_of=date(2025, 1, 1), signed_on=None, was_signed_before=True).state == "changed"
