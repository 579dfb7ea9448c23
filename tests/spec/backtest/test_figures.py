"""From counted cells to what people compare."""

from datetime import date, timedelta

import pytest

from rebook.core.backtest import (
    ContactCell,
    Figures,
    ListedCell,
    MissedCell,
    Question,
    VisitCell,
    caveats,
    read_changes,
    tally,
)
from rebook.core.backtest.tally import comeback
from rebook.core.expected_gain import PRIOR_GAIN, PRIOR_NATURAL
from rebook.core.gaps import GapDefinition, GapSettings, Qualifying

START, END, RECORDS_END = date(2025, 1, 6), date(2025, 2, 2), date(2025, 5, 1)
SECOND = START + timedelta(days=7)


def one(cells=(), *, changes=(), **figures):
    settings, assumptions = read_changes(changes)
    question = Question(START, END, settings=settings, assumptions=assumptions)
    return tally(question, Figures(listed=cells, **figures), records_end_on=RECORDS_END).settings[0]


def cell(first_on=START, back=None, how="", count=1, reason="x.y", setting="A"):
    return ListedCell(setting, reason, first_on, back, how, count)


def test_who_was_there_already_is_told_apart_from_who_came_up():
    told = one([cell(count=40), cell(SECOND, count=3), cell(END, count=2)], patients={"A": 44})
    assert (told["patients"], told["listings"], told["backlog"], told["new"]) == (44, 45, 40, 5)
    assert [week["listed"] for week in told["workload"]] == [0, 3, 0, 2]


def test_who_came_by_themselves_by_days_and_of_how_many():
    cells = [cell(back=5, how="alone", count=2), cell(back=20, how="alone", count=3), cell(count=5)]
    told = {line["days"]: (line["back"], line["of"]) for line in one(cells)["comeback"]}
    assert (told[7], told[14], told[30], told[90]) == ((2, 10), (2, 10), (5, 10), (5, 10))
    # The records end 115 days after: nobody was watched for longer.
    assert told[120] == (0, 0)


def test_who_was_listed_too_lately_is_not_counted_for_long_times():
    late = RECORDS_END - timedelta(days=10)
    lines = comeback([cell(count=4), cell(late, count=6)], RECORDS_END)
    told = {line["days"]: line["of"] for line in lines}
    assert (told[7], told[14]) == (10, 4)


def test_who_came_after_a_contact_says_nothing_of_those_who_come_alone():
    told = one([cell(back=5, how="after_contact", count=7), cell(back=5, how="alone"), cell(count=2)])
    assert (told["came_alone"], told["came_after_contact"], told["never_back"]) == (1, 7, 2)
    assert told["comeback"][0]["of"] == 3


def test_missed_adds_up_to_all_who_were_due():
    missed = [
        MissedCell("A", "x.y", listed, then, count)
        for listed, then, count in [
            ("never", "came", 1), ("never", "still_due", 2), ("never", "otherwise", 4),
            ("late", "came", 8), ("late", "still_due", 16), ("in_time", "came", 32),
        ]
    ]  # fmt: skip
    told = one(missed=[*missed, MissedCell("B", "x.y", "never", "came", 99)])["missed"]
    assert told == {
        "due": 63,
        "never_listed_came": 1,
        "never_listed_still_due": 2,
        "never_listed_otherwise": 4,
        "listed_late": 24,
    }


def test_work_is_told_with_its_assumptions():
    contacts = [ContactCell("A", False, 1, "phone", 10), ContactCell("A", False, 1, "sms", 100)]
    contacts += [ContactCell("A", True, 0, "phone", 50), ContactCell("B", False, 1, "phone", 500)]
    told = one(contacts=contacts)
    assert told["workload"][1]["minutes"] == 10 * 6 + 100 * 0.15 * 4
    assert told["backlog_work"] == {"contacts": {"phone": 50}, "minutes": 300}
    changed = one(contacts=contacts, changes=["minutes_per_call=10", "replies_percent=0"])
    assert changed["workload"][1]["minutes"] == 100


def test_with_a_daily_limit_the_rest_waits_and_nobody_is_lost():
    told = one([cell(count=30), cell(SECOND, count=3)], changes=["daily_limit=4"])
    assert [week["waiting"] for week in told["workload"]] == [10, 0, 0, 0]
    assert [week["waiting"] for week in one([cell(count=30)])["workload"]] == [0, 0, 0, 0]


def test_visits_needed_stand_beside_visits_kept_and_room():
    told = one([cell(SECOND, count=50)], visits=[VisitCell(1, 12)], slots_per_week=40.0)
    second = told["workload"][1]
    assert (second["visits_kept"], second["slots"]) == (12, 40.0)
    assert second["visits_needed"] == pytest.approx(50 * (PRIOR_NATURAL + PRIOR_GAIN))
    assert told["workload"][2]["visits_kept"] == 0


def test_the_chance_without_contact_is_measured_when_enough_were_watched():
    enough = one([cell(back=60, how="alone", count=20), cell(count=80)])["gain"]
    assert enough["without_contact"] == 0.2
    assert enough["with_contact"] == pytest.approx(0.2 + PRIOR_GAIN)
    assert enough["extra_visits"] == pytest.approx(100 * PRIOR_GAIN)
    assert "20 of 100 came back by themselves within 90 days here" in enough["source"]
    few = one([cell(back=60, how="alone", count=20), cell(count=79)])["gain"]
    assert few["without_contact"] == PRIOR_NATURAL
    assert "too few to tell" in few["source"]


def test_an_uplift_that_was_assumed_is_told_as_such():
    told = one([cell(count=200)], changes=["uplift_percent=10"])["gain"]
    assert (told["extra_visits"], told["without_contact"]) == (20.0, 0.0)
    assert "as assumed for this run" in told["source"]


def test_each_reason_is_counted_for_itself():
    told = one([cell(count=3), cell(reason="x.z", back=9, how="alone", count=2)])["by_reason"]
    assert [(line["reason"], line["listings"], line["came_alone"], line["never_back"]) for line in told] == [
        ("x.y", 3, 0, 3),
        ("x.z", 2, 2, 0),
    ]


GRAVE = GapDefinition(
    key="x.grave",
    label={"en": "urgent visit"},
    specialty="x",
    visit_type="v",
    minutes=10,
    interval_months=1,
    risk_class=3,
    last=(Qualifying(("v",)),),
    source="spec",
)


def told_caveats(**given):
    asked = {
        "blind": {},
        "days": 10,
        "days_with_own_records": 10,
        "contacts": 5,
        "ignored_filters": (),
        "unchanged": {},
        "definitions": (),
        "settings": GapSettings(),
        "records_end_on": RECORDS_END,
    }
    return {one.key: (one.count, one.of) for one in caveats(**{**asked, **given})}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {}),
        ({"days_with_own_records": 4}, {"judged_from_later_records": (6, 10)}),
        ({"blind": {"never_dated_bookings": 3, "appointments": 9}}, {"never_dated_bookings": (3, 9)}),
        ({"blind": {"undated_cancellations": 0, "cancellations": 9}}, {}),
        ({"blind": {"open_past": 2, "appointments": 9}}, {"open_past": (2, 9)}),
        ({"ignored_filters": ("language",)}, {"filter_language": (None, None)}),
        ({"unchanged": {"B": ("x.grave",), "C": ()}}, {"unchanged_B": (None, None)}),
        ({"definitions": (GRAVE,)}, {"unsigned": (None, None)}),
        (
            {
                "definitions": (GRAVE,),
                "settings": GapSettings(signed=frozenset({(GRAVE.key, GRAVE.content_hash)})),
            },
            {},
        ),
    ],
)
def test_what_the_records_cannot_say_is_said(given, expected):
    always = {"contacts_known": (5, None), "records_end": (None, None)}
    assert told_caveats(**given) == {**always, **expected}


def test_without_known_contacts_that_is_said_too():
    assert "contacts_unknown" in told_caveats(contacts=0)
