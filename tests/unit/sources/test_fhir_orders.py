"""Orders, results, plans, medicines and forms of FHIR R4: what each is begun by, and finished by."""

from datetime import date

import pytest

from rebook.core.facts import MedicationFact, PendingClosedFact, PendingItemFact
from support.exports import ndjson, read_fhir

MAPPING = """
time_zone = "America/New_York"
our_organizations = ["Organization/us"]
[[visit_type]]
key = "cardiology"
text = ["cardiolog*"]
[[visit_type]]
key = "physiotherapy"
text = ["physio*"]
[[medication_kind]]
key = "anticoagulant"
text = ["warfarin*"]
[[order_kind]]
key = "test"
codes = ["CBC"]
"""
ANA = {"reference": "Patient/p1"}


def text(words):
    return {"text": words}


def read(tmp_path, *resources, mapping=MAPPING):
    found = read_fhir(tmp_path, ndjson(*resources), mapping=mapping)
    assert found.rejects == []
    return found.facts()


def rejected(tmp_path, resource):
    """The fields of what was turned away; nothing else was found."""
    found = read_fhir(tmp_path, ndjson(resource), mapping=MAPPING)
    assert found.facts() == []
    return [one.field for one in found.rejects]


def order(**more):
    return {
        "resourceType": "ServiceRequest",
        "id": "s1",
        "status": "active",
        "intent": "order",
        "subject": ANA,
        "authoredOn": "2025-11-01T10:00:00-05:00",
        "category": [text("Patient referral")],
        "code": text("Cardiology"),
        **more,
    }


def observation(code, **more):
    return {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "subject": ANA,
        "effectiveDateTime": "2025-11-01",
        "interpretation": [{"coding": [{"code": code}]}],
        **more,
    }


class TestOrders:
    def test_a_referral_waits_for_its_appointment(self, tmp_path):
        (item,) = read(tmp_path, order(priority="stat"))
        assert item == PendingItemFact(
            external_id="ServiceRequest/s1",
            patient_id="p1",
            kind="referral_out_incomplete",
            opened_on=date(2025, 11, 1),
            priority="critical",
            visit_type="cardiology",
        )

    def test_to_us_it_is_one_to_schedule(self, tmp_path):
        (item,) = read(tmp_path, order(performer=[{"reference": "Organization/us"}]))
        assert item.kind == "referral_in_not_scheduled"

    def test_a_test_is_meant_for_its_day(self, tmp_path):
        (item,) = read(
            tmp_path,
            order(category=[text("Laboratory procedure")], code=None, occurrenceDateTime="2026-02-01"),
        )
        assert (item.kind, item.due_on) == ("test_not_done", date(2026, 2, 1))

    def test_the_practice_may_name_its_own(self, tmp_path):
        (item,) = read(tmp_path, order(category=[], code={"coding": [{"code": "CBC"}]}))
        assert item.kind == "test_not_done"

    def test_a_plan_is_treatment_to_schedule(self, tmp_path):
        (item,) = read(tmp_path, order(intent="plan", category=[], code=text("Crown")))
        assert item.kind == "treatment_unscheduled"

    def test_a_finished_referral_waits_for_the_report(self, tmp_path):
        done, report = read(tmp_path, order(status="completed", meta={"lastUpdated": "2025-11-09T12:00:00Z"}))
        assert (done.state, done.closed_on) == ("done", date(2025, 11, 9))
        assert (report.kind, report.opened_on) == ("report_missing", date(2025, 11, 9))
        assert report.external_id == "report/ServiceRequest/s1"

    @pytest.mark.parametrize("status", ["revoked", "on-hold", "entered-in-error"])
    def test_a_revoked_one_is_called_off(self, tmp_path, status):
        (item,) = read(tmp_path, order(status=status))
        assert item.state == "cancelled"

    def test_other_orders_are_left_alone(self, tmp_path):
        assert read(tmp_path, order(category=[], code=text("Wound care"))) == []

    @pytest.mark.parametrize(
        ("damage", "field"),
        [
            ({"priority": "soon"}, "priority"),
            ({"authoredOn": ""}, "authoredOn"),
            ({"subject": None}, "subject"),
        ],
    )
    def test_what_cannot_be_placed_is_rejected(self, tmp_path, damage, field):
        assert rejected(tmp_path, order(**damage)) == [f"ServiceRequest.{field}"]


class TestResults:
    @pytest.mark.parametrize(("code", "priority"), [("HH", "critical"), ("AA", "critical"), ("A", "urgent")])
    def test_an_abnormal_one_waits(self, tmp_path, code, priority):
        (item,) = read(tmp_path, observation(code))
        assert (item.kind, item.priority, item.opened_on) == (
            "result_awaiting_follow_up",
            priority,
            date(2025, 11, 1),
        )
        assert item.external_id == f"result/p1/2025-11-01/{priority}"

    @pytest.mark.parametrize(
        "more", [{"status": "preliminary"}, {"interpretation": [{"coding": [{"code": "N"}]}]}]
    )
    def test_others_do_not(self, tmp_path, more):
        assert read(tmp_path, observation("A", **more)) == []

    def test_high_and_low_count_where_the_practice_says_so(self, tmp_path):
        assert read(tmp_path, observation("H")) == []
        (item,) = read(tmp_path, observation("H"), mapping='abnormal = ["H"]\n')
        assert item.priority == "urgent"

    def test_a_report_finishes_its_order(self, tmp_path):
        report = {
            "resourceType": "DiagnosticReport",
            "id": "d1",
            "status": "final",
            "subject": ANA,
            "issued": "2025-11-12T09:00:00-05:00",
            "basedOn": [{"reference": "ServiceRequest/s1"}],
        }
        assert read(tmp_path, report) == [
            PendingClosedFact("ServiceRequest/s1", closes, "DiagnosticReport/d1", date(2025, 11, 12))
            for closes in ("result", "report")
        ]


class TestAppointments:
    def booked(self, **more):
        return {
            "resourceType": "Appointment",
            "id": "a1",
            "status": "booked",
            "start": "2025-12-01T10:00:00-05:00",
            "created": "2025-11-05",
            "participant": [{"actor": ANA, "status": "accepted"}],
            "basedOn": [{"reference": "ServiceRequest/s1"}],
            **more,
        }

    def test_finish_the_order_they_are_based_on(self, tmp_path):
        assert read(tmp_path, self.booked())[1] == PendingClosedFact(
            "ServiceRequest/s1", "booking", "Appointment/a1", date(2025, 11, 5)
        )

    def test_and_no_longer_when_cancelled(self, tmp_path):
        assert read(tmp_path, self.booked(status="cancelled"))[1].closed_on is None


class TestPlansAndForms:
    def plan(self, frequency, period, unit, **more):
        timing = {"repeat": {"frequency": frequency, "period": period, "periodUnit": unit}}
        return {
            "resourceType": "CarePlan",
            "id": "c1",
            "status": "active",
            "intent": "plan",
            "subject": ANA,
            "period": {"start": "2025-10-01", **more},
            "activity": [{"detail": {"code": text("Physiotherapy"), "scheduledTiming": timing}}],
        }

    @pytest.mark.parametrize(
        ("timing", "weekly"), [((2, 1, "wk"), 2), ((1, 1, "d"), 7), ((3, 2, "wk"), 1), ((100, 1, "d"), 14)]
    )
    def test_a_plan_of_weekly_visits(self, tmp_path, timing, weekly):
        (item,) = read(tmp_path, self.plan(*timing))
        assert (item.kind, item.visit_type, item.visits_per_week) == (
            "treatment_plan_dropped",
            "physiotherapy",
            weekly,
        )

    @pytest.mark.parametrize("timing", [(1, 1, "mo"), (1, 4, "wk"), (1, 0, "wk"), (1, None, "wk")])
    def test_a_plan_of_rarer_visits_is_no_series(self, tmp_path, timing):
        assert read(tmp_path, self.plan(*timing)) == []

    def test_a_plan_ends_with_its_period(self, tmp_path):
        (item,) = read(tmp_path, self.plan(2, 1, "wk", end="2025-11-15"))
        assert item.closed_on == date(2025, 11, 15)

    def test_forms_begun(self, tmp_path):
        form = {"resourceType": "QuestionnaireResponse", "id": "q1", "subject": ANA, "authored": "2025-11-01"}
        (begun,) = read(tmp_path, {**form, "status": "in-progress"})
        (done,) = read(tmp_path, {**form, "status": "completed"})
        assert (begun.kind, begun.state, done.state) == ("intake_unfinished", "open", "done")

    def test_an_authorisation(self, tmp_path):
        answer = {
            "resourceType": "ClaimResponse",
            "id": "r1",
            "status": "active",
            "use": "preauthorization",
            "patient": ANA,
            "created": "2025-06-01",
            "preAuthPeriod": {"start": "2025-06-01", "end": "2025-12-01"},
        }
        (item,) = read(tmp_path, answer)
        assert (item.kind, item.due_on) == ("authorisation_ending", date(2025, 12, 1))


class TestMedicines:
    def test_what_was_handed_out_lasts_for_its_days(self, tmp_path):
        dispense = {
            "resourceType": "MedicationDispense",
            "id": "m1",
            "status": "completed",
            "subject": ANA,
            "medicationCodeableConcept": text("Warfarin 5 mg"),
            "whenHandedOver": "2025-09-01",
            "daysSupply": {"value": 90},
        }
        assert read(tmp_path, dispense) == [
            MedicationFact(
                external_id="MedicationDispense/m1",
                patient_id="p1",
                kind="anticoagulant",
                started_on=date(2025, 9, 1),
                supply_until=date(2025, 11, 30),
            )
        ]
        too_long = {**dispense, "daysSupply": {"value": 99999}}
        assert rejected(tmp_path, too_long) == ["MedicationDispense.daysSupply"]

    def test_a_prescription_runs_until_it_is_stopped(self, tmp_path):
        asked = {
            "resourceType": "MedicationRequest",
            "id": "m2",
            "status": "active",
            "intent": "order",
            "subject": ANA,
            "medicationCodeableConcept": text("Warfarin"),
            "authoredOn": "2025-01-01",
        }
        (running,) = read(tmp_path, asked)
        (stopped,) = read(
            tmp_path, {**asked, "status": "stopped", "meta": {"lastUpdated": "2025-05-01T00:00:00Z"}}
        )
        assert (running.ended_on, stopped.ended_on) == (None, date(2025, 4, 30))
