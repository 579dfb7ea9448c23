"""The staging tables: one per kind of fact, text where the source's own ids stand."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from rebook.core import facts

_OF_PATIENT = {"external_id": "text", "patient_id": "text"}
_ADDRESS = {"address_line": "text", "city": "text", "state": "text", "postal_code": "text"}

# Columns of every staged fact: the order of the input, and the place to name when it is turned away.
PLACE = {"seq": "bigint", "file": "text", "line": "bigint"}


@dataclass(frozen=True, slots=True)
class StagingTable:
    """``columns`` are attributes of the fact, with their SQL type; ``references`` hold a source's ids."""

    entity: str
    columns: dict[str, str]
    references: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"import_{self.entity}"

    @property
    def values(self) -> Callable[[Any], tuple[Any, ...]]:
        return attrgetter(*self.columns)


TABLES: dict[type, StagingTable] = {
    facts.LocationFact: StagingTable(
        "location",
        {"external_id": "text", "name": "text", "time_zone": "text", "phone": "text", **_ADDRESS}
        | {"only_if_named": "boolean"},
    ),
    facts.PractitionerFact: StagingTable(
        "practitioner",
        {"external_id": "text", "name": "text", "location_id": "text"},
        ("external_id", "location_id"),
    ),
    facts.PatientFact: StagingTable(
        "patient",
        {"external_id": "text", "given_name": "text", "family_name": "text", "birth_on": "date"}
        | {"sex": "text", "language": "text", "is_deceased": "boolean", "deceased_on": "date"}
        | {"left_practice_on": "date", "do_not_contact": "boolean", "time_zone": "text", **_ADDRESS}
        | {"location_id": "text", "practitioner_id": "text", "responsible_patient_id": "text"}
        | {"payer_class": "text", "value_cents": "bigint", "preferred_channel": "text"}
        | {"sensitivity": "text[]", "exclusions": "text[]"},
        ("location_id", "practitioner_id", "responsible_patient_id"),
    ),
    facts.AppointmentFact: StagingTable(
        "appointment",
        {**_OF_PATIENT, "status": "text", "starts_at": "timestamptz", "ends_at": "timestamptz"}
        | {"booked_at": "timestamptz", "cancelled_at": "timestamptz", "cancelled_by": "text"}
        | {"visit_type": "text", "location_id": "text", "practitioner_id": "text"},
        ("patient_id", "location_id", "practitioner_id"),
    ),
    facts.VisitFact: StagingTable(
        "visit",
        {**_OF_PATIENT, "started_at": "timestamptz", "visit_type": "text", "appointment_id": "text"}
        | {"location_id": "text", "practitioner_id": "text", "collected_cents": "bigint"},
        ("patient_id", "location_id", "practitioner_id"),
    ),
    facts.ProcedureFact: StagingTable(
        "procedure",
        {**_OF_PATIENT, "performed_on": "date", "kind": "text", "system": "text", "code": "text"},
        ("patient_id",),
    ),
    facts.ConditionFact: StagingTable(
        "condition",
        {**_OF_PATIENT, "kind": "text", "system": "text", "code": "text"}
        | {"onset_on": "date", "abated_on": "date"},
        ("patient_id",),
    ),
    facts.FollowUpFact: StagingTable(
        "follow_up",
        {**_OF_PATIENT, "recommended_on": "date", "due_on": "date", "visit_type": "text"}
        | {"practitioner_id": "text"},
        ("patient_id", "practitioner_id"),
    ),
    facts.MedicationFact: StagingTable(
        "medication",
        {**_OF_PATIENT, "kind": "text", "system": "text", "code": "text"}
        | {"started_on": "date", "ended_on": "date", "supply_until": "date"},
        ("patient_id",),
    ),
    facts.PendingItemFact: StagingTable(
        "pending_item",
        {**_OF_PATIENT, "kind": "text", "opened_on": "date", "priority": "text", "state": "text"}
        | {"visit_type": "text", "due_on": "date", "closed_on": "date", "location_id": "text"}
        | {"practitioner_id": "text", "units_left": "integer", "units_threshold": "integer"}
        | {"visits_per_week": "integer", "day_part": "text"},
        ("patient_id", "location_id", "practitioner_id"),
    ),
    facts.PendingClosedFact: StagingTable(
        "pending_closed",
        {"item_id": "text", "closes": "text", "closed_by": "text", "closed_on": "date"},
    ),
    facts.AliasFact: StagingTable("alias", {"alias": "text", "external_id": "text"}),
}

# What hangs on a staged patient, by the patient's ``seq``.
CONTACTS = StagingTable(
    "contact",
    {"system": "text", "value": "text", "line_type": "text", "rank": "smallint", "problem": "text"}
    | {"number_source": "text", "given_on": "date", "given_for": "text[]"},
)
CONSENTS = StagingTable(
    "consent", {"channel": "text", "state": "text", "wording": "text", "at": "timestamptz"}
)
REJECTS = StagingTable("reject", {"field": "text", "reason": "text", "raw": "text", "entity": "text"})

EVERY_TABLE = (*TABLES.values(), CONTACTS, CONSENTS, REJECTS)
