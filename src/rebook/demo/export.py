"""The practice system's export, as CSV files: what is true minus what nobody told the practice."""

import csv
from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path
from typing import Any

from rebook.demo.world import Booked, Person, Recommended, World

PATIENT_COLUMNS = (
    "patient_id", "given_name", "family_name", "date_of_birth", "sex", "language", "address", "city", "state",
    "postal_code", "mobile", "landline", "email", "location", "practitioner", "guardian", "payer",
    "collected_total_cents", "deceased_on", "moved_on", "text_allowed", "do_not_contact", "conditions",
)  # fmt: skip
APPOINTMENT_COLUMNS = (
    "appointment_id", "patient_id", "visit_type", "starts_at", "ends_at", "booked_at", "status",
    "cancelled_at", "cancelled_by", "location", "practitioner", "collected_cents",
)  # fmt: skip
BEGUN_COLUMNS = ("item_id", "patient_id", "kind", "visit_type", "priority", "opened_on")
FOLLOW_UP_COLUMNS = ("follow_up_id", "patient_id", "visit_type", "recommended_on", "due_on")


def write_export(world: World, folder: Path) -> None:
    """The whole export, one file per kind of thing."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "locations.csv",
        ("location", "name", "time_zone", "phone", "address", "city", "state", "postal_code"),
        (
            (
                site.id,
                site.name,
                site.time_zone,
                site.phone,
                site.address_line,
                site.city,
                site.state,
                site.postal_code,
            )
            for site in world.sites
        ),
    )
    _write(
        folder / "practitioners.csv",
        ("practitioner", "name", "location"),
        ((one.id, one.name, one.site_id) for one in world.clinicians),
    )
    _write(folder / "patients.csv", PATIENT_COLUMNS, (patient_row(person) for person in world.people))
    write_conditions(world.people, folder)
    _write(
        folder / "procedures.csv",
        ("procedure_id", "patient_id", "procedure", "performed_on"),
        (
            (f"{one.id}-c", one.id, "colonoscopy", one.colonoscopy_on)
            for one in world.people
            if one.colonoscopy_on
        ),
    )
    write_appointments(world.appointments, folder)
    _write(folder / "follow_ups.csv", FOLLOW_UP_COLUMNS, (_follow_up_row(one) for one in world.follow_ups))
    _write(folder / "unfinished.csv", BEGUN_COLUMNS, (astuple(one) for one in world.begun))


def write_appointments(appointments: Iterable[Booked], folder: Path) -> None:
    """``appointments.csv`` alone: what a nightly export of changes holds."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "appointments.csv", APPOINTMENT_COLUMNS, (appointment_row(one) for one in appointments))


def write_conditions(people: Iterable[Person], folder: Path) -> None:
    rows = ((f"{person.id}-{kind}", person.id, kind) for person in people for kind in person.conditions)
    _write(folder / "conditions.csv", ("condition_id", "patient_id", "condition"), rows)


def patient_row(person: Person) -> tuple[Any, ...]:
    return (
        person.id,
        person.given_name,
        person.family_name,
        person.birth_on,
        person.sex[0].upper(),
        person.language,
        person.address_line,
        person.city,
        person.state,
        person.postal_code,
        person.mobile,
        person.landline,
        person.email,
        person.site_id,
        person.clinician_id,
        person.responsible_id,
        person.payer,
        person.value_cents,
        person.deceased_on or "",
        person.moved_on or "",
        "NO" if person.opted_out else "YES",
        "Y" if person.do_not_contact else "N",
        "|".join(person.conditions),
    )


def appointment_row(one: Booked) -> tuple[Any, ...]:
    ends_at = one.starts_at.timestamp() + one.minutes * 60
    return (
        one.id,
        one.person_id,
        one.visit_type,
        one.starts_at.isoformat(),
        one.starts_at.fromtimestamp(ends_at, tz=one.starts_at.tzinfo).isoformat(),
        one.booked_at.isoformat(),
        one.status,
        one.cancelled_at.isoformat() if one.cancelled_at else "",
        one.cancelled_by,
        one.site_id,
        one.clinician_id,
        one.collected_cents or "",
    )


def _follow_up_row(one: Recommended) -> tuple[Any, ...]:
    return (one.id, one.person_id, one.visit_type, one.recommended_on, one.due_on)


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(columns)
        out.writerows(rows)
