"""Items in the ledger: begun in one import, finished by what a later one brings, and open again."""

from datetime import date

import pytest

from rebook.records.models import Medication, PendingItem, RejectedRow
from support.exports import ndjson

pytestmark = pytest.mark.django_db
ANA = {"reference": "Patient/p1"}
PATIENT = {"resourceType": "Patient", "id": "p1"}
REFERRAL = {
    "resourceType": "ServiceRequest",
    "id": "s1",
    "status": "active",
    "intent": "order",
    "subject": ANA,
    "authoredOn": "2026-03-01",
    "category": [{"text": "Referral"}],
}


def appointment(status="booked", number="a1"):
    return {
        "resourceType": "Appointment",
        "id": number,
        "status": status,
        "start": "2026-04-01T10:00:00-05:00",
        "created": "2026-03-10",
        "participant": [{"actor": ANA, "status": "accepted"}],
        "basedOn": [{"reference": "ServiceRequest/s1"}],
    }


def bring_fhir(bring, *resources):
    return bring(ndjson(*resources), name="all.ndjson")


def test_a_later_file_finishes_what_an_earlier_one_began(bring, versions):
    bring_fhir(bring, PATIENT, REFERRAL)
    assert PendingItem.objects.get().closed_on is None
    bring_fhir(bring, appointment())
    row = PendingItem.objects.get()
    assert (row.closed_on, row.closed_by) == (date(2026, 3, 10), "Appointment/a1")
    before = versions()
    bring_fhir(bring, PATIENT, REFERRAL, appointment())
    assert versions() == before


def test_the_order_told_anew_stays_finished(bring):
    bring_fhir(bring, PATIENT, REFERRAL, appointment())
    bring_fhir(bring, {**REFERRAL, "priority": "urgent"})
    row = PendingItem.objects.get()
    assert (row.priority, row.closed_on) == ("urgent", date(2026, 3, 10))


def test_a_cancelled_appointment_opens_it_again_unless_another_one_stands(bring):
    bring_fhir(bring, PATIENT, REFERRAL, appointment())
    bring_fhir(bring, appointment("cancelled"))
    assert PendingItem.objects.get().closed_on is None
    bring_fhir(bring, appointment("cancelled"), appointment(number="a2"))
    bring_fhir(bring, appointment("cancelled"))
    assert PendingItem.objects.get().closed_by == "Appointment/a2"


MAPPING = """
[[table]]
files = "*.csv"
[table.patient]
external_id = "pid"
[table.pending_item]
when = { column = "kind", is_not = ["", "medicine"] }
external_id = "id"
patient_id = "pid"
kind = "kind"
opened_on = "opened"
due_on = "due"
closed_on = "closed"
priority = "priority"
state = "state"
units_left = "units"
[table.medication]
when = { column = "kind", is = ["medicine"] }
external_id = "id"
patient_id = "pid"
kind = { constant = "statin" }
started_on = "opened"
supply_until = "due"
"""
HEADER = "pid,id,kind,opened,due,closed,priority,state,units\n"


def test_a_table_gives_items_and_medicines_and_a_second_time_changes_nothing(bring, versions):
    rows = HEADER + (
        "p1,1,authorisation_ending,2026-01-01,2026-06-01,,routine,open,3\n"
        "p1,2,medicine,2026-01-01,2026-03-01,,,,\n"
    )
    bring(rows, mapping=MAPPING)
    assert (PendingItem.objects.get().units_left, Medication.objects.get().kind) == (3, "statin")
    before = versions()
    summary = bring(rows, mapping=MAPPING)
    assert versions() == before
    assert summary.counts["pending_item"]["unchanged"] == 1


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("p1,1,forgotten,2026-01-01,,,,,", "kind", "not in the mapping's words"),
        ("p1,1,test_not_done,2026-01-01,,,soon,,", "priority", "not in the mapping's words"),
        ("p1,1,test_not_done,2026-01-01,,,,perhaps,", "state", "not in the mapping's words"),
        ("p1,1,test_not_done,2026-01-01,2025-12-31,,,,", "due", "due before it was opened"),
        ("p1,1,test_not_done,2026-01-01,,2025-12-31,,,", "closed", "closed before it was opened"),
        ("p1,1,test_not_done,,,,,,", "opened", "no value"),
        ("p1,1,authorisation_ending,2026-01-01,,,,,-2", "units", "whole number from 0"),
    ],
)
def test_what_cannot_be_is_rejected_with_its_place(bring, row, column, reason):
    bring(HEADER + row + "\n", mapping=MAPPING)
    assert not PendingItem.objects.exists()
    reject = RejectedRow.objects.get()
    assert (reject.line, reject.field) == (2, column)
    assert reason in reject.reason
