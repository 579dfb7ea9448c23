"""From the ledger to open gaps and back: opened, kept up to date, closed with a reason."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rebook.flow.gaps import NoPatient, NoSnapshot, explain, find_gaps, list_gaps
from rebook.flow.snapshot import take_snapshot
from rebook.records.models import Appointment, Gap, GapSignOff, Patient
from rebook.records.read import gaps as read

pytestmark = pytest.mark.django_db
AS_OF = date(2025, 11, 21)
NOW = datetime(2025, 11, 21, 15, tzinfo=UTC)
OVERDUE = "visit 2025-03-02 hygiene"
SETTLED = "visit 2025-11-01 dental_exam"


def day(practice, as_of=AS_OF):
    take_snapshot(organisation_id=practice.id, as_of=as_of, now=NOW)
    return find_gaps(organisation_id=practice.id, as_of=as_of, now=NOW)


def gaps(patient_id):
    rows = Gap.objects.filter(patient_id=patient_id).order_by("definition_key")
    return {row.definition_key: (row.closed_on, row.close_reason) for row in rows}


def test_what_is_due_is_opened_with_its_dates_and_evidence(practice):
    patient_id = practice.put(f"patient born=1980-05-01\n{OVERDUE}\nvisit 2025-02-01 dental_exam")
    summary = day(practice)
    assert (summary.found, summary.opened, summary.closed, summary.patients) == (1, 1, 0, 1)
    assert summary.tiers == {"active": 1}
    row = Gap.objects.get()
    assert (row.patient_id, row.definition_key, row.kind) == (patient_id, "dental.hygiene", "interval")
    assert (row.anchor_on, row.due_on, row.overdue_on) == (
        date(2025, 3, 2),
        date(2025, 9, 2),
        date(2025, 10, 17),
    )
    assert (row.interval_days, row.tier, row.risk_class) == (184, "active", 1)
    words = " / ".join(step["detail"] for step in row.evidence)
    assert "last one 2025-03-02, due 2025-09-02" in words
    assert "overdue since 2025-10-17" in words


def test_a_second_run_on_the_same_snapshot_changes_nothing(practice):
    practice.put(OVERDUE)
    practice.put("visit 2020-01-02 restorative")
    day(practice)
    before = list(Gap.objects.order_by("id").values())
    again = find_gaps(organisation_id=practice.id, as_of=AS_OF, now=NOW)
    assert (again.opened, again.updated, again.closed) == (0, 0, 0)
    assert list(Gap.objects.order_by("id").values()) == before


def test_a_gap_is_closed_when_somebody_books(practice):
    patient_id = practice.put(f"{OVERDUE}\n{SETTLED}")
    day(practice)
    practice.add(patient_id, "appointment 2025-12-05 hygiene booked")
    summary = day(practice)
    assert (summary.closed, summary.booked) == (1, 1)
    assert gaps(patient_id)["dental.hygiene"] == (AS_OF, "appointment_booked")


def test_a_gap_is_closed_by_the_visit_and_opens_anew_when_it_is_due_again(practice):
    patient_id = practice.put(OVERDUE)
    day(practice)
    practice.add(patient_id, "visit 2025-11-22 hygiene")
    day(practice, date(2025, 11, 23))
    assert gaps(patient_id)["dental.hygiene"] == (date(2025, 11, 23), "satisfied_by_visit")
    day(practice, date(2026, 8, 1))
    rows = Gap.objects.filter(patient_id=patient_id, definition_key="dental.hygiene")
    assert rows.count() == 2
    assert rows.get(closed_on__isnull=True).anchor_on == date(2025, 11, 22)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_deceased": True}, "deceased"),
        ({"left_practice_on": date(2025, 11, 20)}, "left_practice"),
        ({"exclusions": ["hospice"]}, "excluded"),
        ({"exclusions": ["edentulous"]}, "excluded"),
    ],
)
def test_a_gap_is_closed_with_the_reason_the_patient_gives(practice, change, reason):
    patient_id = practice.put(OVERDUE)
    day(practice)
    Patient.objects.filter(pk=patient_id).update(**change)
    day(practice)
    assert gaps(patient_id)["dental.hygiene"] == (AS_OF, reason)


def test_a_condition_that_moves_a_patient_to_another_rule_closes_the_first(practice):
    patient_id = practice.put(OVERDUE)
    day(practice)
    practice.add(patient_id, "condition periodontitis from=2025-03-02")
    day(practice)
    found = gaps(patient_id)
    assert found["dental.hygiene"] == (AS_OF, "no_longer_eligible")
    assert found["dental.periodontal_maintenance"] == (None, "")


def test_an_event_gap_is_closed_by_coming_or_by_booking(practice):
    came = practice.put("visit 2025-11-01 hygiene\nappointment 2025-11-10 hygiene noshow")
    books = practice.put("visit 2025-11-01 hygiene\nappointment 2025-11-10 hygiene noshow")
    day(practice)
    key_of = {row.patient_id: row.definition_key for row in Gap.objects.filter(kind="no_show_not_rebooked")}
    assert set(key_of) == {came, books}
    practice.add(came, "visit 2025-11-21 acute")
    practice.add(books, "appointment 2025-12-21 acute booked")
    day(practice)
    assert gaps(came)[key_of[came]] == (AS_OF, "satisfied_by_visit")
    assert gaps(books)[key_of[books]] == (AS_OF, "appointment_booked")


def test_inactivity_gives_way_to_a_reason_that_says_more(practice):
    patient_id = practice.put("visit 2023-01-02 hygiene")
    Patient.objects.filter(pk=patient_id).update(exclusions=["edentulous"], birth_on=None)
    day(practice)
    assert set(gaps(patient_id)) == {"inactive"}
    Patient.objects.filter(pk=patient_id).update(exclusions=[])
    day(practice)
    found = gaps(patient_id)
    assert found["inactive"] == (AS_OF, "covered_by_other_gap")
    assert found["dental.hygiene"] == (None, "")


def test_a_changed_fact_updates_the_open_gap(practice):
    patient_id = practice.put(OVERDUE)
    day(practice)
    practice.add(patient_id, "visit 2025-03-30 hygiene")
    summary = day(practice)
    assert (summary.opened, summary.updated, summary.closed) == (0, 1, 0)
    assert Gap.objects.get(definition_key="dental.hygiene").anchor_on == date(2025, 3, 30)


def test_another_practice_is_not_touched(practice, make_practice):
    other = make_practice(slug="other")
    there = other.put(OVERDUE)
    practice.put(OVERDUE)
    day(other)
    before = list(Gap.objects.filter(patient_id=there).values())
    Appointment.objects.all().delete()
    day(practice)
    assert list(Gap.objects.filter(patient_id=there).values()) == before
    assert {view.patient_id for view in read.open_gaps(organisation_id=other.id)} == {there}


def test_the_day_is_the_one_at_the_patients_location(make_practice):
    practice = make_practice(time_zone="UTC")
    west = practice.location("America/Los_Angeles")
    # 03:00 UTC on the 2nd is still the 1st in Los Angeles.
    for home in (west, None):
        patient_id = practice.put("", home_location=home)
        practice.add(patient_id, "visit 2025-03-02 hygiene")
        row = Patient.objects.get(pk=patient_id)
        row_visit = row.pk
        from rebook.records.models import Visit

        Visit.objects.filter(patient_id=row_visit).update(started_at=datetime(2025, 3, 2, 3, tzinfo=UTC))
    day(practice)
    anchors = dict(Gap.objects.values_list("patient__home_location_id", "anchor_on"))
    assert anchors == {west.pk: date(2025, 3, 1), None: date(2025, 3, 2)}
    for row in Gap.objects.all():
        told = explain(organisation_id=practice.id, patient_id=row.patient_id, as_of=AS_OF)
        assert next(one for one in told.findings if one.is_open).anchor_on == row.anchor_on


def test_a_merged_patients_visits_are_the_survivors(practice):
    survivor = practice.put(OVERDUE)
    practice.put("visit 2025-11-01 hygiene", merged_into_id=survivor)
    summary = day(practice)
    assert summary.found == 0
    told = explain(organisation_id=practice.id, patient_id=survivor, as_of=AS_OF)
    assert told.open == ()


def test_a_grave_rule_waits_for_its_signature(practice, monkeypatch):
    from dataclasses import replace

    from rebook.flow.common import rules
    from rebook.packs.gaps import gap_definitions

    grave = tuple(replace(one, risk_class=3) for one in gap_definitions(("dental",)))
    monkeypatch.setattr(rules, "gap_definitions", lambda keys: grave)
    patient_id = practice.put(OVERDUE)
    assert day(practice).found == 0
    told = explain(organisation_id=practice.id, patient_id=patient_id, as_of=AS_OF)
    assert {one.verdict for one in told.findings if one.kind == "interval"} == {"unsigned"}
    for one in grave:
        GapSignOff.objects.create(
            organisation_id=practice.id,
            definition_key=one.key,
            content_hash=one.content_hash,
            signed_by="user:1",
            signed_at=NOW,
        )
    assert day(practice).found >= 1


def test_explaining_says_why_and_in_which_place(practice):
    patient_id = practice.put(f"patient value=500\n{OVERDUE}\n{SETTLED}")
    told = explain(organisation_id=practice.id, patient_id=patient_id, as_of=AS_OF)
    assert [one.definition_key for one in told.open] == ["dental.hygiene"]
    assert told.tier == "active"
    assert [reason.rule for reason in told.reasons["dental.hygiene"]] == ["risk_class", "overdue"]
    assert "overdue for 35 days" in told.reasons["dental.hygiene"][1].detail
    with pytest.raises(NoPatient):
        explain(organisation_id=practice.id + 1, patient_id=patient_id, as_of=AS_OF)


def test_listing_writes_nothing_and_judges_any_day(practice):
    patient_id = practice.put(OVERDUE)
    listed = list_gaps(organisation_id=practice.id, as_of=AS_OF, now=NOW, limit=10)
    assert [(one.patient_id, one.definition_key, one.rank) for one in listed.gaps] == [
        (patient_id, "dental.hygiene", 1)
    ]
    early = list_gaps(organisation_id=practice.id, as_of=date(2025, 9, 1), now=NOW, limit=10)
    assert (early.found, early.gaps) == (0, ())
    assert Gap.objects.count() == 0


def test_no_snapshot_for_the_day_is_said(practice):
    with pytest.raises(NoSnapshot, match="2025-11-22"):
        find_gaps(organisation_id=practice.id, as_of=AS_OF + timedelta(days=1), now=NOW)


def test_views_filter_and_count(practice):
    for _ in range(3):
        practice.put(f"{OVERDUE}\n{SETTLED}")
    practice.put("visit 2022-01-02 restorative")
    practice.put(
        "visit 2025-11-02 hygiene\nvisit 2025-11-02 dental_exam\nappointment 2025-11-10 acute noshow"
    )
    day(practice)
    everything = read.open_gaps(organisation_id=practice.id)
    assert len(everything) == 5
    assert len(read.open_gaps(organisation_id=practice.id, limit=2, offset=4)) == 1
    assert {one.kind for one in read.open_gaps(organisation_id=practice.id, kinds=["inactive"])} == {
        "inactive"
    }
    counts = {
        (one.definition_key, one.tier): one.gaps for one in read.count_open(organisation_id=practice.id)
    }
    assert counts == {
        ("dental.hygiene", "active"): 3,
        ("inactive", "long_lapsed"): 1,
        ("no_show_not_rebooked", "active"): 1,
    }
