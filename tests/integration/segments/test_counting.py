"""Who fits a segment: the database's answer against a slow, plain statement of every filter."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rebook.core.segment import FIELDS, Segment
from rebook.flow import segments
from rebook.records.models import (
    Appointment,
    Campaign,
    Case,
    Condition,
    Consent,
    ContactPoint,
    Gap,
    Patient,
    Procedure,
    Visit,
)
from support.practice import NOW, make_practice

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
MONTHS = (1, 7, 13, 40)


def ago(months: int) -> dt.datetime:
    month = NOW.month - 1 - months
    return NOW.replace(year=NOW.year + month // 12, month=month % 12 + 1)


class World:
    """Forty-eight patients who differ in everything a segment may ask about."""

    def __init__(self, practice):
        self.practice, self.organisation_id = practice, practice.organisation.pk
        self.people = [self._person(number) for number in range(48)]

    def _own(self, number):
        return {
            "organisation_id": self.organisation_id,
            "source": self.practice.source,
            "external_id": f"f{number}",
            "fact_hash": bytes(16),
        }

    def _person(self, number):
        patient = self.practice.patient(
            number + 1,
            birth_on=None if number == 47 else dt.date(2026 - 4 * (number % 22), 3, 15 + number % 3),
            language=["en", "es-MX", "", "EN-us"][number % 4],
            payer_class=["public", "private", "self_pay"][number % 3],
            value_cents=number * 1_250,
            home_location=self.practice.location if number % 2 else None,
            practitioner=self.practice.practitioner if number % 3 else None,
            address_line="1 Elm Street" if number % 5 else "",
        )
        fact = {"visits": [], "procedures": [], "conditions": [], "gaps": [], "points": [], "revoked": set()}
        self._history(patient, number, fact)
        self._reach(patient, number, fact)
        return patient, fact

    def _history(self, patient, number, fact):
        for offset, months in enumerate(MONTHS[: number % 5]):
            kind = ["hygiene", "dental_exam"][(number + offset) % 2]
            when = ago(months)
            if offset % 2:
                Appointment.objects.create(
                    **self._own(f"a{number}-{offset}"), patient=patient, visit_type=kind, starts_at=when,
                    status="fulfilled",
                )  # fmt: skip
            else:
                Visit.objects.create(
                    **self._own(f"v{number}-{offset}"), patient=patient, visit_type=kind, started_at=when
                )
            fact["visits"].append((when, kind))
        if number % 6 == 0:
            Procedure.objects.create(
                **self._own(f"p{number}"), patient=patient, kind="crown", performed_on=TODAY
            )
            fact["procedures"].append("crown")
        if number % 4 == 1:
            over = number % 8 == 1
            Condition.objects.create(
                **self._own(f"c{number}"), patient=patient, kind="diabetes", onset_on=dt.date(2020, 1, 1),
                abated_on=TODAY if over else None,
            )  # fmt: skip
            fact["conditions"] += [] if over else ["diabetes"]
        for offset in range(number % 3):
            fact["gaps"].append(
                Gap.objects.create(
                    organisation_id=self.organisation_id, patient=patient,
                    definition_key=["dental.hygiene", f"inactive:{number}"][offset],
                    kind=["interval", "inactive"][offset], visit_type=["hygiene", ""][offset],
                    risk_class=(number + offset) % 4, due_on=TODAY - dt.timedelta(number * 9),
                    overdue_on=TODAY - dt.timedelta(number * 8),
                    tier=["dormant", "lost", "slipping"][number % 3],
                    opened_on=TODAY, rank=number * 2 + offset,
                    location=self.practice.location if number % 7 == 0 else None,
                )
            )  # fmt: skip

    def _reach(self, patient, number, fact):
        for system, kind in [("phone", "mobile"), ("phone", "fixed_line"), ("email", "")][: number % 4]:
            state = "invalid" if number % 11 == 3 else "verified"
            ContactPoint.objects.create(
                organisation_id=self.organisation_id, patient=patient, system=system, line_type=kind,
                value=f"{system}{kind}{number}", state=state,
            )  # fmt: skip
            fact["points"] += [(system, kind)] if state == "verified" else []
        if number % 7 == 2:
            channel = ["all", "sms"][number % 2]
            Consent.objects.create(
                organisation_id=self.organisation_id, patient=patient, channel=channel, state="revoked",
                origin="staff", recorded_by="t", at=NOW,
            )  # fmt: skip
            fact["revoked"].add(channel)


@pytest.fixture
def world(db):
    return World(make_practice())


def holds(one, person, gap) -> bool:
    """What a filter says of a patient and one of their open gaps (None: no gap is asked for)."""
    patient, fact = person
    is_true = TESTS[one.field](one, patient, fact, gap)
    return is_true != one.is_not


def between(one, value):
    return (
        value is not None
        and (one.low is None or value >= one.low)
        and (one.high is None or value <= one.high)
    )


def age(patient):
    born = patient.birth_on
    if born is None or born > TODAY:
        return None
    return TODAY.year - born.year - ((TODAY.month, TODAY.day) < (born.month, born.day))


def months_since(fact):
    if not fact["visits"]:
        return None
    last = max(fact["visits"])[0]
    return (NOW.year - last.year) * 12 + NOW.month - last.month - (NOW.day < last.day)


def site(patient, gap):
    return (gap.location_id if gap else None) or patient.home_location_id


def reached(way, patient, fact):
    if fact["revoked"] & {"all", way}:
        return False
    if way == "letter":
        return bool(patient.address_line)
    if way == "sms":
        return ("phone", "mobile") in fact["points"]
    return any(system == way for system, _ in fact["points"])


TESTS = {
    "gap_kind": lambda one, p, f, g: g.kind in one.values,
    "definition": lambda one, p, f, g: g.definition_key.split(":")[0] in one.values,
    "gap_visit_type": lambda one, p, f, g: g.visit_type in one.values,
    "risk_class": lambda one, p, f, g: str(g.risk_class) in one.values,
    "tier": lambda one, p, f, g: g.tier in one.values,
    "overdue_days": lambda one, p, f, g: between(one, (TODAY - g.overdue_on).days),
    "last_visit_months": lambda one, p, f, g: between(one, months_since(f)),
    "last_visit_type": lambda one, p, f, g: bool(f["visits"]) and max(f["visits"])[1] in one.values,
    "visit_type": lambda one, p, f, g: any(kind in one.values for _, kind in f["visits"]),
    "procedure": lambda one, p, f, g: bool(set(f["procedures"]) & set(one.values)),
    "condition": lambda one, p, f, g: bool(set(f["conditions"]) & set(one.values)),
    "prior_outcome": lambda one, p, f, g: "none" in one.values,
    "location": lambda one, p, f, g: str(site(p, g)) in one.values,
    "practitioner": lambda one, p, f, g: str(p.practitioner_id) in one.values,
    "age": lambda one, p, f, g: between(one, age(p)),
    "language": lambda one, p, f, g: p.language.lower().split("-")[0] in one.values,
    "channel": lambda one, p, f, g: any(reached(way, p, f) for way in one.values),
    "payer_class": lambda one, p, f, g: p.payer_class in one.values,
    "value": lambda one, p, f, g: between(one, p.value_cents / 100),
}


def test_every_field_has_a_plain_statement():
    assert set(TESTS) == set(FIELDS)


def expected(segment, world):
    """(patients, fitting gaps) by the plain statement."""
    patients, reasons = [], 0
    for person in world.people:
        gaps = person[1]["gaps"] if segment.who == "due" else [None]
        fitting = [gap for gap in gaps if all(holds(one, person, gap) for one in segment.filters)]
        if fitting:
            patients.append(person[0].pk)
            reasons += len(fitting) if segment.who == "due" else 0
    return set(patients), reasons


def values_of(field, world):
    known = {
        "definition": ["dental.hygiene", "dental.none"],
        "gap_visit_type": ["hygiene", "dental_exam"],
        "last_visit_type": ["hygiene", "dental_exam"],
        "visit_type": ["hygiene", "dental_exam", "restorative"],
        "procedure": ["crown", "filling"],
        "condition": ["diabetes", "asthma"],
        "location": [str(world.practice.location.pk)],
        "practitioner": [str(world.practice.practitioner.pk), "999999"],
        "language": ["en", "es", "", "pl"],
        "payer_class": ["public", "private", "self_pay"],
    }
    return known.get(field.key) or list(field.words)


RANGES = {"overdue_days": 400, "last_visit_months": 45, "age": 90, "value": 620}


@st.composite
def segments_of(draw, world):
    who = draw(st.sampled_from(["due", "due", "everybody"]))
    usable = [one for one in FIELDS.values() if who == "due" or one.about != "reason"]
    rows = []
    for field in draw(st.lists(st.sampled_from(usable), max_size=4, unique_by=lambda one: one.key)):
        if field.shape == "range":
            ends = sorted(draw(st.lists(st.integers(0, RANGES[field.key]), min_size=2, max_size=2)))
            row = {"field": field.key, "is_not": draw(st.booleans())}
            row |= draw(
                st.sampled_from([{"from": ends[0]}, {"to": ends[1]}, {"from": ends[0], "to": ends[1]}])
            )
        else:
            chosen = draw(st.lists(st.sampled_from(values_of(field, world)), min_size=1, max_size=3))
            row = {"field": field.key, draw(st.sampled_from(["any_of", "none_of"])): chosen}
        rows.append(row)
    return Segment.from_json({"who": who, "filters": rows})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_database_means_what_the_segment_says(world, data):
    segment = data.draw(segments_of(world))
    of = {"organisation_id": world.organisation_id, "segment": segment, "as_of": TODAY, "now": NOW}
    size = segments.count(**of).size
    patients, reasons = expected(segment, world)
    assert (size.patients, size.reasons) == (len(patients), reasons)
    # Nobody is lost between those who could be contacted and those who could not.
    assert size.free + sum(number for _, number in size.left_out) == size.patients
    listed = segments.list_patients(**of, left_out_by=None, limit=100)
    assert {one.id for one in listed} == patients
    for reason, number in (("", size.free), *size.left_out):
        assert len(segments.list_patients(**of, left_out_by=reason, limit=100)) == number


def test_those_left_out_are_counted_by_their_reason(world):
    ids = [person[0].pk for person in world.people if person[1]["gaps"]]
    reachable = [
        person[0].pk
        for person in world.people
        if person[1]["gaps"] and person[1]["points"] and "all" not in person[1]["revoked"]
    ]
    Patient.objects.filter(pk=reachable[0]).update(is_deceased=True)
    Patient.objects.filter(pk=reachable[1]).update(exclusions=["hospice"])
    Patient.objects.filter(pk=reachable[2]).update(do_not_contact=True)
    size = segments.count(organisation_id=world.organisation_id, segment=Segment(), as_of=TODAY, now=NOW).size
    left_out = dict(size.left_out)
    assert (left_out["deceased"], left_out["excluded"], left_out["do_not_contact"]) == (1, 1, 1)
    assert size.patients == len(ids)
    assert size.free == len(reachable) - 3


def test_the_outcome_of_the_last_outreach_counts_not_an_older_one(world):
    patient = world.people[1][0]
    gap = world.people[1][1]["gaps"][0]
    campaign = Campaign.objects.create(
        organisation_id=world.organisation_id, name="One", sequence_key="x", launched_at=NOW
    )
    other = Campaign.objects.create(
        organisation_id=world.organisation_id, name="Two", sequence_key="x", launched_at=NOW
    )
    for made, outcome, days in ((campaign, "declined", 40), (other, "no_response", 4)):
        Case.objects.create(
            organisation_id=world.organisation_id, campaign=made, patient=patient, gap=gap, opened_at=ago(7),
            outcome=outcome, closed_at=NOW - dt.timedelta(days=days),
        )  # fmt: skip

    def fitting(outcome):
        segment = Segment.from_json({"filters": [{"field": "prior_outcome", "any_of": [outcome]}]})
        of = {"organisation_id": world.organisation_id, "segment": segment, "as_of": TODAY, "now": NOW}
        return [one.id for one in segments.list_patients(**of, left_out_by=None, limit=100)]

    assert fitting("no_response") == [patient.pk]
    assert fitting("declined") == []
    assert patient.pk not in fitting("none")


def test_another_practices_patients_are_never_counted(world):
    stranger = make_practice("oak-street")
    size = segments.count(
        organisation_id=stranger.organisation.pk, segment=Segment(who="everybody"), as_of=TODAY, now=NOW
    ).size
    assert (size.patients, size.free, size.left_out) == (0, 0, ())
