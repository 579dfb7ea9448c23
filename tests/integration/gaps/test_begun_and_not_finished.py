"""From items in the ledger to gaps, and from staff's gaps to tasks; signs become items once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rebook.flow.gaps import explain, find_gaps
from rebook.flow.pending import (
    NoticeRefused,
    WishRefused,
    add_wish,
    approve_notice,
    note_signs,
    propose_notice,
    tell_staff,
)
from rebook.flow.snapshot import take_snapshot
from rebook.records import models
from rebook.records.models import Gap, PendingItem, Task

pytestmark = pytest.mark.django_db
AS_OF = date(2025, 11, 21)
NOW = datetime(2025, 11, 21, 15, tzinfo=UTC)


def day(practice, as_of=AS_OF):
    now = NOW + (as_of - AS_OF)
    note_signs(organisation_id=practice.id, as_of=as_of, now=now)
    take_snapshot(organisation_id=practice.id, as_of=as_of, now=now)
    found = find_gaps(organisation_id=practice.id, as_of=as_of, now=now)
    tell_staff(organisation_id=practice.id, now=now)
    return found


def open_gaps(patient_id):
    rows = Gap.objects.filter(patient_id=patient_id, closed_on__isnull=True)
    return {row.kind: row.outreach for row in rows}


def link(practice, patient_id, number, opened_at):
    return models.PatientLink.objects.create(
        organisation_id=practice.id,
        token_hash=f"{patient_id}-{number}",
        patient_id=patient_id,
        created_at=opened_at - timedelta(days=1),
        expires_at=opened_at + timedelta(days=30),
        opened_at=opened_at,
    )


class TestItemsBecomeGaps:
    def test_with_kind_class_and_what_they_may_lead_to(self, practice):
        patient_id = practice.put(
            "visit 2025-11-01 hygiene\npending 2025-11-01 treatment_unscheduled restorative\n"
            "pending 2025-11-20 result_awaiting_follow_up priority=urgent\n"
            "medication statin from=2025-08-01 supply=2025-11-01"
        )
        day(practice)
        assert open_gaps(patient_id) == {
            "treatment_unscheduled": "yes",
            "result_awaiting_follow_up": "staff",
            "refill_lapsed": "staff",
        }

    def test_and_close_when_their_source_says_so(self, practice):
        patient_id = practice.put("pending 2025-11-01 referral_out_incomplete")
        day(practice)
        PendingItem.objects.update(state="done", closed_on=date(2025, 11, 22))
        day(practice, date(2025, 11, 22))
        row = Gap.objects.get(patient_id=patient_id)
        assert (row.closed_on, row.close_reason) == (date(2025, 11, 22), "done_at_source")

    def test_the_same_as_for_one_patient_alone(self, practice):
        patient_id = practice.put(
            "pending 2025-11-01 test_not_done priority=critical\npending 2025-11-20 intake_unfinished"
        )
        day(practice)
        alone = explain(organisation_id=practice.id, patient_id=patient_id, as_of=AS_OF)
        together = Gap.objects.filter(patient_id=patient_id, closed_on__isnull=True)
        assert {one.definition_key for one in alone.open} == {row.definition_key for row in together}

    def test_a_rhythm_is_found_and_says_so_in_its_evidence(self, practice):
        visits = "\n".join(
            f"visit {on} restorative" for on in ("2024-10-29", "2025-01-27", "2025-04-27", "2025-07-26")
        )
        recent = "visit 2025-11-01 hygiene\nvisit 2025-11-01 dental_exam"
        patient_id = practice.put(f"patient born=1980-05-01\n{visits}\n{recent}")
        day(practice)
        row = Gap.objects.get(patient_id=patient_id, closed_on__isnull=True)
        assert (row.kind, row.risk_class, row.interval_days) == ("later_than_usual", 0, 90)
        assert "last seen 2025-07-26, usually every 90 days" in str(row.evidence)


class TestWhatIsStaffsOwn:
    def test_becomes_one_task_for_its_role(self, practice):
        practice.put("pending 2025-11-20 result_awaiting_follow_up priority=urgent")
        practice.put("pending 2025-11-01 report_missing")
        day(practice)
        tell_staff(organisation_id=practice.id, now=NOW + timedelta(hours=1))
        rows = Task.objects.order_by("urgency")
        assert [(row.kind, row.owner_role, row.note) for row in rows] == [
            ("gap_review", "clinician", "abnormal result awaiting follow-up"),
            ("gap_review", "coordinator", "no report back from the specialist"),
        ]
        assert rows[0].due_at == NOW + timedelta(hours=4)

    def test_that_ends_with_its_gap(self, practice):
        practice.put("pending 2025-11-01 report_missing")
        day(practice)
        PendingItem.objects.update(state="done", closed_on=AS_OF)
        day(practice, AS_OF + timedelta(days=1))
        assert Task.objects.get().state == "cancelled"

    def test_and_a_patient_may_be_written_to_about_the_rest(self, practice):
        practice.put("pending 2025-11-01 treatment_unscheduled restorative")
        day(practice)
        assert not Task.objects.exists()


class TestSigns:
    def test_two_opened_links_and_nothing_booked_are_one_item(self, practice):
        keen, once, booked = (practice.put("visit 2025-11-01 hygiene") for _ in range(3))
        for patient_id, times in ((keen, 2), (once, 1), (booked, 2)):
            for number in range(times):
                link(practice, patient_id, number, NOW - timedelta(hours=3 - number))
        practice.add(booked, "appointment 2025-12-01 hygiene booked")
        day(practice)
        day(practice, AS_OF + timedelta(days=1))
        rows = PendingItem.objects.filter(kind="high_intent")
        assert [(row.patient_id, row.opened_on) for row in rows] == [(keen, AS_OF)]
        assert open_gaps(keen) == {"high_intent": "staff"}
        assert Task.objects.get().owner_role == "front_desk"

    def test_an_appointment_on_the_waiting_list_is_a_wish_until_it_is_none(self, practice):
        patient_id = practice.put("appointment 2026-01-10 hygiene waitlist made=2025-11-10")
        day(practice)
        assert PendingItem.objects.get().patient_id == patient_id
        models.Appointment.objects.update(status="cancelled")
        day(practice, AS_OF + timedelta(days=1))
        assert PendingItem.objects.get().state == "done"


class TestSafetyNotices:
    def say(self, practice, patients, key="pump-2025"):
        return propose_notice(
            organisation_id=practice.id, key=key, patients=patients, by="user:1", today=AS_OF, now=NOW
        )

    def test_open_nothing_until_a_clinician_approves(self, practice):
        patient_id = practice.put("visit 2025-11-01 hygiene")
        summary = self.say(practice, [str(patient_id), "nobody"])
        assert (summary.added, summary.unknown) == (1, ("nobody",))
        day(practice)
        assert open_gaps(patient_id) == {}
        approve_notice(organisation_id=practice.id, key="pump-2025", by="user:2", today=AS_OF, now=NOW)
        day(practice)
        assert open_gaps(patient_id) == {"safety_notice": "staff"}

    def test_name_each_patient_once(self, practice):
        patient_id = practice.put("visit 2025-11-01 hygiene")
        self.say(practice, [str(patient_id)])
        assert self.say(practice, [str(patient_id)]).already == 1

    def test_that_nobody_waits_under_cannot_be_approved(self, practice):
        with pytest.raises(NoticeRefused):
            approve_notice(organisation_id=practice.id, key="none", by="user:2", today=AS_OF, now=NOW)

    @pytest.mark.parametrize("key", ["", "Pump", "a b", "%"])
    def test_a_bad_name_is_refused(self, practice, key):
        with pytest.raises(NoticeRefused):
            self.say(practice, [], key=key)


class TestWishes:
    def test_an_unknown_visit_or_part_of_the_day_is_refused(self, practice):
        patient_id = practice.put("visit 2025-11-01 hygiene")
        models.VisitType.objects.create(
            organisation_id=practice.id, key="hygiene", label="Cleaning", minutes=30
        )
        said = {"organisation_id": practice.id, "patient_id": patient_id, "by": "user:1"}
        said |= {"today": AS_OF, "now": NOW}
        with pytest.raises(WishRefused, match="no kind of visit"):
            add_wish(**said, visit_type="surgery")
        with pytest.raises(WishRefused, match="none of"):
            add_wish(**said, visit_type="hygiene", day_part="night")
        assert add_wish(**said, visit_type="hygiene", day_part="morning")
        assert not add_wish(**said, visit_type="hygiene")


class TestTiers:
    def test_a_practice_may_set_its_own_months(self, practice):
        practice.put("visit 2025-09-01 hygiene")
        assert day(practice).tiers == {"active": 1}
        practice.organisation.settings = {"gaps": {"slipping_months": 1, "dormant_months": 2}}
        practice.organisation.save()
        assert day(practice).tiers == {"dormant": 1}
