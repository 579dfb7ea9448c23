"""What the doctor says of counted facts: tables in, findings out."""

from dataclasses import replace
from datetime import date

import pytest

from rebook.core.doctor import (
    GROUPS,
    ChannelFacts,
    Counted,
    Facts,
    Finding,
    Profile,
    RuleFacts,
    SourceFacts,
    examine,
    findings_from_json,
    stops_of,
    unsafe_definitions,
)
from rebook.core.doctor.checks import CHECKS

TODAY = date(2026, 11, 21)
PROFILE = Profile(
    rows={"patient": 1000, "visit": 5000},
    empty={"patients.birth_on": 0.01, "appointments.booked_at": 0.2},
    words={
        "visits.visit_type": {"hygiene": 300, "exam": 200},
        "appointments.status": {"booked": 90, "noshow": 40},
    },
    visits_per_week=60.0,
)
RULE = RuleFacts(
    key="dental.hygiene",
    label="cleaning",
    risk_class=1,
    is_signed=False,
    is_expired=False,
    starts_from_nothing=False,
    words=("hygiene",),
    words_known=("hygiene",),
    listed=100,
    visit_type="hygiene",
    has_room=True,
)
# A practice about which nothing has to be said but what is good to know.
CLEAN = Facts(
    today=TODAY,
    patients=1000,
    counts={
        "past_still_booked": Counted(10, 1000),
        "reachable_sms": Counted(900, 1000),
        "reachable_email": Counted(700, 1000),
        "reachable_phone": Counted(950, 1000),
        "duplicate_marked": Counted(0, 1000),
    },
    last_event_on=date(2026, 11, 20),
    furthest_on=date(2027, 3, 1),
    coming=120,
    time_zone="America/Chicago",
    sources=(SourceFacts("pms", 5.0, now=PROFILE, before=PROFILE),),
    rules=(RULE,),
    channels=(ChannelFacts("sms", "twilio"),),
    days_since_backup=1,
)


def said(facts):
    """{key: severity} of everything but notes."""
    return {one.key: one.severity for one in examine(facts) if one.severity != "note"}


def test_nothing_stands_against_a_clean_practice():
    assert said(CLEAN) == {}
    assert stops_of(examine(CLEAN)) == ()
    assert unsafe_definitions(examine(CLEAN)) == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"patients": 0}, {"no_patients": "stop"}),
        ({"coming": 0, "furthest_on": None}, {"no_coming_appointments": "stop"}),
        ({"last_event_on": None}, {"no_visits": "stop"}),
        ({"last_event_on": date(2026, 11, 6)}, {"records_ended": "stop"}),
        # Two weeks without a visit are a holiday.
        ({"last_event_on": date(2026, 11, 7)}, {}),
        ({"zone_is_known": False, "time_zone": "Amerika/Chicago"}, {"time_zone": "stop"}),
        ({"time_zone": "UTC"}, {"time_zone": "warn"}),
        ({"channels": ()}, {"no_channel": "stop"}),
        ({"channels": (ChannelFacts("sms", "sandbox", is_rehearsal=True),)}, {"rehearsal_sms": "warn"}),
        (
            {"channels": (ChannelFacts("sms", "x", problem="there is no channel 'x'"),)},
            {"channel_sms": "stop"},
        ),
        ({"has_phone": False}, {"no_phone": "warn"}),
        ({"has_postal_address": False}, {"no_address": "warn"}),
        ({"days_since_backup": None}, {"no_backup": "warn"}),
        ({"days_since_backup": 8}, {"backup_old": "warn"}),
        ({"days_since_backup": 7}, {}),
        ({"sources": (SourceFacts("pms", None),)}, {"never_synced": "stop"}),
        ({"sources": (SourceFacts("pms", 73.0),)}, {"sync_old": "warn"}),
        ({"sources": (SourceFacts("pms", 72.0),)}, {}),
    ],
)
def test_what_is_no_matter_of_counting(changes, expected):
    assert said(replace(CLEAN, **changes)) == expected


@pytest.mark.parametrize(
    ("key", "count", "of", "severity"),
    [
        ("past_still_booked", 50, 1000, "note"),
        ("past_still_booked", 51, 1000, "warn"),
        ("past_still_booked", 601, 1000, "stop"),
        ("visit_in_future", 1, 1000, "warn"),
        ("visit_type_missing", 20, 1000, "note"),
        ("visit_type_missing", 21, 1000, "warn"),
        ("visit_type_missing", 501, 1000, "stop"),
        ("booking_date_missing", 1000, 1000, "note"),
        ("cancellation_date_missing", 501, 1000, "warn"),
        ("procedure_unmapped", 901, 1000, "warn"),
        ("condition_unmapped", 900, 1000, "note"),
        ("many_appointments", 1, 1000, "warn"),
        ("duplicate_marked", 1, 1000, "warn"),
        ("duplicate_marked", 201, 1000, "stop"),
        ("duplicate_likely", 5, 1000, "note"),
        ("duplicate_likely", 6, 1000, "warn"),
        ("shared_number", 301, 1000, "stop"),
        ("birth_date_missing", 501, 1000, "stop"),
        ("death_contradicted", 1, 1000, "warn"),
        ("minor_without_adult", 1, 1000, "warn"),
        ("language_unknown", 501, 1000, "warn"),
        ("language_unsupported", 21, 1000, "warn"),
        ("unreachable", 100, 1000, "note"),
        ("unreachable", 101, 1000, "warn"),
        ("unreachable", 901, 1000, "stop"),
        ("reachable_sms", 499, 1000, "warn"),
        ("reachable_sms", 500, 1000, "note"),
        ("reachable_sms", 0, 1000, "warn"),
        ("reachable_email", 199, 1000, "warn"),
        ("reachable_phone", 599, 1000, "warn"),
        ("contact_bounced", 151, 1000, "warn"),
        ("contact_stale", 301, 1000, "warn"),
        ("opted_out", 900, 1000, "note"),
        ("coming_of_age", 1000, 1000, "note"),
        ("number_source_unknown", 500, 1000, "note"),
        ("number_source_unknown", 501, 1000, "warn"),
        ("number_from_elsewhere", 200, 1000, "note"),
        ("number_from_elsewhere", 201, 1000, "warn"),
        ("number_of_somebody_else", 1, 1000, "warn"),
        ("number_check_due", 1000, 1000, "note"),
        ("number_check_missing", 1, 1000, "warn"),
        ("sms_marketing_without_consent", 1000, 1000, "note"),
        ("phone_marketing_without_consent", 1000, 1000, "note"),
        # A share of fewer than thirty stops nothing.
        ("unreachable", 29, 29, "warn"),
        ("unreachable", 30, 30, "stop"),
    ],
)
def test_from_which_share_on_a_count_matters(key, count, of, severity):
    (found,) = [one for one in examine(replace(CLEAN, counts={key: Counted(count, of)})) if one.key == key]
    assert (found.severity, found.count, found.of) == (severity, count, of)
    assert f"{count:,} of {of:,}" in found.says
    assert found.do


def test_every_counted_check_is_in_the_table_above():
    (table,) = [
        one for one in test_from_which_share_on_a_count_matters.pytestmark if one.name == "parametrize"
    ]
    assert {row[0] for row in table.args[1]} == {one.key for one in CHECKS}


def test_a_count_of_nothing_says_nothing():
    assert (
        said(replace(CLEAN, counts={"duplicate_marked": Counted(0, 0), "unreachable": Counted(0, 9)})) == {}
    )


@pytest.mark.parametrize(
    ("changes", "key", "severity", "is_unsafe"),
    [
        # Its words never occur, and it makes due who never came: it would list everybody.
        ({"words_known": (), "starts_from_nothing": True, "listed": 990}, "rule_words_missing", "stop", True),
        ({"words_known": (), "listed": 0}, "rule_words_missing", "note", False),
        ({"listed": 601}, "rule_lists_too_many", "stop", True),
        ({"listed": 600}, "", "", False),
        ({"listed": None}, "", "", False),
        ({"risk_class": 3}, "rule_unsigned", "warn", False),
        ({"risk_class": 3, "is_signed": True}, "", "", False),
        ({"is_expired": True}, "rule_expired", "warn", False),
        ({"has_room": False}, "rule_without_room", "note", False),
        ({"not_loaded": ("needs value set X: not loaded",)}, "rule_codes_missing", "warn", False),
    ],
)
def test_a_rule_that_is_unsafe_here_is_switched_off_alone(changes, key, severity, is_unsafe):
    found = examine(replace(CLEAN, rules=(replace(RULE, **changes), replace(RULE, key="dental.exam"))))
    about = {one.key: one.severity for one in found if one.definition_key == "dental.hygiene"}
    assert about == ({key: severity} if key else {})
    assert unsafe_definitions(found) == (("dental.hygiene",) if is_unsafe else ())
    assert stops_of(found) == (), "one rule never stops the practice"


def test_a_rule_without_its_value_set_says_what_becomes_of_it():
    lacking = replace(RULE, not_loaded=("needs value set X: not loaded",), is_signed=True)
    for one, says in (
        (lacking, "'cleaning' needs value set X: not loaded: who depends on it is set aside"),
        (replace(lacking, risk_class=3), "'cleaning' needs value set X: not loaded: it does not run"),
    ):
        found = examine(replace(CLEAN, rules=(one,)))
        assert [finding.says for finding in found if finding.key == "rule_codes_missing"] == [says]


def test_few_patients_do_not_make_a_rule_unsafe():
    assert unsafe_definitions(examine(replace(CLEAN, patients=49, rules=(replace(RULE, listed=49),)))) == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"rows": {"patient": 800, "visit": 5000}}, {}),
        ({"rows": {"patient": 799, "visit": 5000}}, {"drift_rows_patient": "warn"}),
        ({"rows": {"patient": 1000}}, {"drift_rows_visit": "warn"}),
        ({"empty": {"patients.birth_on": 0.11}}, {}),
        ({"empty": {"patients.birth_on": 0.2}}, {"drift_empty_patients.birth_on": "warn"}),
        ({"empty": {"patients.birth_on": 1.0}}, {"drift_empty_patients.birth_on": "stop"}),
        (
            {"words": {**PROFILE.words, "visits.visit_type": {"hygiene": 300, "cleaning": 200}}},
            {"drift_gone_visits.visit_type": "warn", "drift_new_visits.visit_type": "warn"},
        ),
        (
            {
                "words": {
                    **PROFILE.words,
                    "visits.visit_type": {**PROFILE.words["visits.visit_type"], "laser": 1},
                }
            },
            {},
        ),
        (
            {"words": {**PROFILE.words, "appointments.status": {"booked": 90}}},
            {"drift_gone_appointments.status": "warn"},
        ),
        ({"visits_per_week": 29.0}, {"drift_visits": "warn"}),
        ({"visits_per_week": 121.0}, {"drift_visits": "warn"}),
        ({"visits_per_week": 31.0}, {}),
    ],
)
def test_what_changed_since_the_last_import(changes, expected):
    source = SourceFacts("pms", 5.0, now=replace(PROFILE, **changes), before=PROFILE)
    assert said(replace(CLEAN, sources=(source,))) == expected


def test_a_first_import_is_compared_with_nothing():
    assert said(replace(CLEAN, sources=(SourceFacts("pms", 5.0, now=PROFILE),))) == {}


def test_findings_come_by_group_and_what_stops_first_and_survive_the_ledger():
    facts = replace(
        CLEAN,
        coming=0,
        has_phone=False,
        channels=(),
        counts={"visit_in_future": Counted(3, 10)},
        time_zone="UTC",
    )
    found = examine(facts)
    places = [(GROUPS.index(one.group), ("stop", "warn", "note").index(one.severity)) for one in found]
    assert places == sorted(places)
    assert findings_from_json([one.as_json() for one in found]) == found
    assert all(isinstance(one, Finding) and one.says and one.do for one in found)
