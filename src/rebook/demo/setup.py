"""The synthetic practice set up as a clinic would: import, hours, people, approvals, a campaign."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from random import Random
from typing import Any

from rebook.accounts import read as accounts
from rebook.core.booking import WorkingHours
from rebook.demo.begun import begin
from rebook.demo.export import write_export
from rebook.demo.history import MINUTES, write_history
from rebook.demo.people import CLINICIANS, SITES, make_people
from rebook.demo.world import World
from rebook.flow import booking, practice, sync
from rebook.flow.outreach import approvals, campaigns, ready
from rebook.flow.outreach.capacity_settings import change_capacity
from rebook.records.read import identifiers

SOURCE = "practice-system"
PASSWORD = "riverbend-demo-1"  # noqa: S105 - of invented people, on a machine of one's own
STAFF = (
    ("manager@riverbend.example", "Mona Manager", "manager"),
    ("desk@riverbend.example", "Frank Frontdesk", "front_desk"),
    ("nurse@riverbend.example", "Nina Nurse", "clinician"),
    ("compliance@riverbend.example", "Cora Compliance", "compliance"),
)
# What the desk can give to outreach each day; how many tasks it does is in ``simulation``.
STAFF_MINUTES = 240
BEGUN = ["treatment_unscheduled", "referral_out_incomplete", "test_not_done"]
VISIT_TYPES = {
    "annual_visit": "Annual check-up",
    "chronic_follow_up": "Follow-up visit",
    "diabetes_visit": "Diabetes visit",
    "well_child": "Well-child visit",
    "follow_up": "Follow-up visit",
    "hygiene": "Cleaning",
    "periodontal_maintenance": "Gum care visit",
    "dental_exam": "Dental exam",
    "restorative": "Dental treatment",
    "mammogram": "Mammogram",
}


@dataclass(frozen=True, slots=True)
class DemoPractice:
    """The organisation in the ledger and the world it stands for."""

    organisation_id: int
    world: World
    folder: Path
    staff: dict[str, int]
    # Ledger patient id -> id in the world.
    person_of: dict[int, str]
    # World id -> ledger patient id.
    patient_of: dict[str, int]


def invent_world(*, patients: int, seed: int, start_at: datetime) -> World:
    random = Random(seed)
    today = start_at.date()
    cast = make_people(random=random, patients=patients, today=today)
    history = write_history(cast, random=random, today=today)
    # Drawn apart, so that everything else stays as it was.
    begun = begin(cast, random=Random(seed + 1), today=today)
    return World(SITES, CLINICIANS, cast, history.appointments, history.follow_ups, today, begun)


def set_up(world: World, *, folder: Path, now: datetime, slug: str) -> DemoPractice:
    """Import the export and make the practice ready to launch."""
    organisation_id = practice.create_organisation(
        name="Riverbend Family Health",
        slug=slug,
        time_zone="America/Chicago",
        pack_keys=["primary_care", "dental"],
        phone="+18125550100",
        postal_address="12 Harbor Walk, Evansville, IN 47708",
        now=now,
        actor="demo",
    )
    write_export(world, folder)
    import_folder(organisation_id, folder=folder, now=now)
    staff = {
        role: practice.add_member(
            organisation_id=organisation_id,
            email=email,
            name=name,
            role=role,
            password=PASSWORD,
            now=now,
            actor="demo",
        )
        for email, name, role in STAFF
    }
    _open_hours(organisation_id, now=now)
    change_capacity(
        organisation_id=organisation_id, changes={"minutes_a_day": STAFF_MINUTES}, now=now, actor="demo"
    )
    _approve_words(organisation_id, now=now, staff=staff)
    _be_ready(organisation_id, now=now, actor=f"user:{staff['manager']}")
    ids = identifiers.patient_ids(organisation_id=organisation_id, source_key=SOURCE)
    return DemoPractice(
        organisation_id=organisation_id,
        world=world,
        folder=folder,
        staff=staff,
        person_of={patient_id: person_id for person_id, patient_id in ids.items()},
        patient_of=ids,
    )


def import_folder(organisation_id: int, *, folder: Path, now: datetime) -> sync.ImportSummary:
    """One sync of the practice system's export."""
    with as_file(files("rebook.demo") / "data" / "export.toml") as mapping:
        return sync.import_files(
            organisation_id=organisation_id,
            source_key=SOURCE,
            kind="csv",
            paths=[folder],
            mapping=mapping,
            now=now,
        )


def launch_campaigns(demo: DemoPractice, *, now: datetime) -> list[int]:
    """A standing campaign per reason, each with a holdout where that is allowed; their ids."""
    plans = (
        ("Care that is due", ["interval"], "primary_care.routine", 18, 25),
        ("Away for long", ["inactive", "later_than_usual"], "primary_care.check_in", 5, 20),
        ("No-show, not rebooked", ["no_show_not_rebooked"], "primary_care.no_show", 4, 10),
        ("Cancelled, not rebooked", ["cancelled_not_rebooked"], "primary_care.cancelled", 4, 10),
        ("Follow-up not booked", ["follow_up_not_booked"], "primary_care.follow_up", 4, 10),
        ("Begun, not finished", BEGUN, "primary_care.follow_up", 3, 10),
    )
    manager = demo.staff["manager"]
    made = []
    for name, kinds, sequence, daily_limit, holdout_percent in plans:
        campaign_id = campaigns.create_campaign(
            organisation_id=demo.organisation_id,
            name=name,
            segment={"kinds": kinds},
            sequence_key=sequence,
            owner_id=manager,
            daily_limit=daily_limit,
            holdout_percent=holdout_percent,
            backup_id=demo.staff["front_desk"],
            # So many won back in a quarter.
            goal_visits=5 * daily_limit,
            goal_on=now.date() + timedelta(days=90),
            # The practice is closed at the weekend.
            plan={"calendar": {"weekdays": [0, 1, 2, 3, 4]}},
            now=now,
            actor=f"user:{manager}",
        )
        approvals.approve_campaign(
            organisation_id=demo.organisation_id, campaign_id=campaign_id, now=now, actor=f"user:{manager}"
        )
        campaigns.launch(
            organisation_id=demo.organisation_id, campaign_id=campaign_id, now=now, actor=f"user:{manager}"
        )
        made.append(campaign_id)
    return made


def _be_ready(organisation_id: int, *, now: datetime, actor: str) -> None:
    """Say when the inbox is staffed, and try the number of the clinician on call (R-E38)."""
    one: dict[str, Any] = {"organisation_id": organisation_id, "now": now, "actor": actor}
    ready.set_staffed_hours(**one, weekdays=range(5), opens="08:00", closes="17:00")
    ready.set_on_call(**one, name="Nina Nurse", phone="+18125550111")
    ready.note_on_call_tested(**one)


def _approve_words(organisation_id: int, *, now: datetime, staff: dict[str, int]) -> None:
    """Everybody whose signature may be needed signs, each in their own role."""
    for role in ("compliance", "clinician", "manager"):
        approvals.approve_all_in_use(organisation_id=organisation_id, now=now, actor=f"user:{staff[role]}")


def _open_hours(organisation_id: int, *, now: datetime) -> None:
    places = {one.external_id: one for one in accounts.locations(organisation_id=organisation_id)}
    doctors = identifiers.practitioner_ids(organisation_id=organisation_id, source_key=SOURCE)
    for key, label in VISIT_TYPES.items():
        booking.set_visit_type(
            organisation_id=organisation_id,
            key=key,
            label=label,
            minutes=MINUTES.get(key, 30),
            is_self_bookable=True,
            now=now,
            actor="demo",
        )
    for one in CLINICIANS:
        hours = [
            WorkingHours(
                practitioner_id=doctors[one.id],
                location_id=places[one.site_id].id,
                time_zone=places[one.site_id].time_zone,
                weekday=weekday,
                starts=time(8),
                ends=time(17),
                capacity=1,
                visit_types=one.visit_types,
            )
            for weekday in range(5)
        ]
        booking.set_hours(
            organisation_id=organisation_id,
            practitioner_id=doctors[one.id],
            hours=hours,
            now=now,
            actor="demo",
        )
