"""What is settled for one patient: kept, obeyed by both engines, taken back, on the trail."""

from datetime import UTC, date, datetime

import pytest

from rebook.accounts.models import AuditEvent
from rebook.flow.gaps import explain, find_gaps
from rebook.flow.recall_preferences import Settled, UnableToSettle, settle, take_back
from rebook.flow.snapshot import take_snapshot
from rebook.records.models import Gap, RecallPreference
from rebook.records.read.recall_preferences import preferences_of

pytestmark = pytest.mark.django_db
AS_OF = date(2025, 11, 21)
NOW = datetime(2025, 11, 21, 15, tzinfo=UTC)
OVERDUE = "visit 2025-03-02 hygiene\nvisit 2025-11-01 dental_exam"


def day(practice, as_of=AS_OF):
    take_snapshot(organisation_id=practice.id, as_of=as_of, now=NOW)
    return find_gaps(organisation_id=practice.id, as_of=as_of, now=NOW)


def keep(practice, patient_id, today=AS_OF, **values):
    return settle(
        organisation_id=practice.id,
        patient_id=patient_id,
        settled=Settled(**{"reason": "as discussed", "definition_key": "dental.hygiene", **values}),
        today=today,
        now=NOW,
        actor="user:7",
    )


def verdict(practice, patient_id, key="dental.hygiene", as_of=AS_OF):
    told = explain(organisation_id=practice.id, patient_id=patient_id, as_of=as_of)
    return next(one for one in told.findings if one.definition_key == key)


def open_keys(patient_id):
    rows = Gap.objects.filter(patient_id=patient_id, closed_on__isnull=True)
    return set(rows.values_list("definition_key", flat=True))


def test_an_interval_of_the_patients_own_beats_the_pack_in_both_engines(practice):
    patient_id = practice.put(OVERDUE)
    keep(practice, patient_id, kind="interval", interval_months=12)
    assert verdict(practice, patient_id).verdict == "not_due"
    assert verdict(practice, patient_id).due_on == date(2026, 3, 2)
    assert day(practice).found == 0


def test_a_next_date_is_told_in_the_trace(practice):
    patient_id = practice.put(OVERDUE)
    keep(practice, patient_id, kind="next_date", due_on=date(2026, 1, 15))
    finding = verdict(practice, patient_id)
    assert finding.due_on == date(2026, 1, 15)
    assert any("set for this patient on 2025-11-21" in step.detail for step in finding.steps)
    day(practice, date(2026, 4, 1))
    assert Gap.objects.get(definition_key="dental.hygiene").due_on == date(2026, 1, 15)


def test_leaving_somebody_alone_ends_the_gap_at_once_and_undo_brings_it_back(practice):
    patient_id = practice.put(OVERDUE)
    day(practice)
    assert open_keys(patient_id) == {"dental.hygiene"}
    kept = keep(practice, patient_id, kind="snooze", valid_until=date(2026, 1, 10))
    assert open_keys(patient_id) == set()
    assert Gap.objects.get().close_reason == "snoozed"
    assert day(practice).opened == 0
    take_back(organisation_id=practice.id, preference_id=kept, today=AS_OF, now=NOW, actor="user:7")
    assert open_keys(patient_id) == {"dental.hygiene"}
    assert verdict(practice, patient_id).verdict == "open"
    assert day(practice).opened == 0


def test_after_the_last_day_the_rule_counts_again(practice):
    patient_id = practice.put(OVERDUE)
    keep(practice, patient_id, kind="snooze", definition_key="", valid_until=date(2026, 1, 10))
    assert verdict(practice, patient_id, as_of=date(2026, 1, 10)).verdict == "snoozed"
    assert day(practice, date(2026, 1, 10)).opened == 0
    assert day(practice, date(2026, 1, 11)).opened == 1


def test_no_recall_at_all_closes_every_reason(practice):
    patient_id = practice.put(f"{OVERDUE}\nappointment 2025-11-10 restorative noshow")
    day(practice)
    assert len(open_keys(patient_id)) == 2
    keep(practice, patient_id, kind="no_recall", definition_key="")
    assert open_keys(patient_id) == set()
    assert verdict(practice, patient_id).verdict == "no_recall"
    assert day(practice).found == 0
    assert set(Gap.objects.values_list("close_reason", flat=True)) == {"no_recall"}


def test_the_later_word_replaces_the_earlier_and_both_stay_on_record(practice):
    patient_id = practice.put(OVERDUE)
    keep(practice, patient_id, kind="interval", interval_months=12)
    keep(practice, patient_id, kind="interval", interval_months=3)
    standing = preferences_of(organisation_id=practice.id, patient_id=patient_id)
    assert [one.interval_months for one in standing] == [3]
    assert RecallPreference.objects.count() == 2
    actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["recall_preference.made"] * 2
    assert verdict(practice, patient_id).due_on == date(2025, 6, 2)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"kind": "interval"}, "interval in months"),
        ({"kind": "interval", "interval_months": 3, "definition_key": ""}, "choose the rule"),
        ({"kind": "next_date"}, "next date"),
        ({"kind": "next_date", "due_on": date(2025, 11, 20)}, "next date"),
        ({"kind": "snooze"}, "last day"),
        ({"kind": "snooze", "valid_until": date(2029, 1, 1)}, "two years"),
        ({"kind": "snooze", "valid_until": date(2025, 11, 20)}, "passed"),
        ({"kind": "no_recall", "reason": " "}, "say why"),
        ({"kind": "no_recall", "definition_key": "dental.unheard_of"}, "no such rule"),
        ({"kind": "never_again"}, "nothing like"),
    ],
)
def test_what_makes_no_sense_is_refused(practice, values, says):
    patient_id = practice.put(OVERDUE)
    with pytest.raises(UnableToSettle, match=says):
        keep(practice, patient_id, **values)
    assert RecallPreference.objects.count() == 0


def test_nobody_is_nobody(practice):
    assert keep(practice, 4711, kind="no_recall") is None
    assert take_back(organisation_id=practice.id, preference_id=1, today=AS_OF, now=NOW, actor="x") is None
