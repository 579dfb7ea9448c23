"""What the ledger says of ways back: what bookings are tied to, channels in segments, where people leave."""

from datetime import timedelta

import pytest

from rebook.flow import booking
from rebook.flow.measure import build_report
from rebook.records.models import Attempt, AttemptEvent, Booking, CaseSuccess, Reply
from rebook.records.write.links import add_link, add_step
from support.practice import NOW, make_practice

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def practice():
    return make_practice()


def sent(case, *, channel="sms", days=0.0, state="delivered", step=0):
    at = NOW + timedelta(days=days)
    return Attempt.objects.create(
        organisation_id=case.organisation_id, case=case, patient_id=case.patient_id, step_index=step,
        channel=channel, reference=f"{case.pk}-{step}-{channel}", state=state, planned_at=at, due_at=at,
        expires_at=at + timedelta(days=3), sent_at=at,
    )  # fmt: skip


def report(practice, **asked):
    return build_report(
        organisation_id=practice.organisation.pk, as_of=NOW.date() + timedelta(days=90), **asked
    )


def by_phone(practice, patient, case, *, days):
    now = NOW + timedelta(days=days)
    slot = booking.open_slots(organisation_id=practice.organisation.pk, visit_type="hygiene", now=now)[0]
    made = booking.book_for_patient(
        organisation_id=practice.organisation.pk, patient_id=patient.pk, slot=slot.choice,
        visit_type="hygiene", case_id=case.pk, now=now, actor="user:7",
    )  # fmt: skip
    return Booking.objects.get(pk=made.booking_id)


def credited(case, appointment, *, days):
    case.appointment, case.booked_at = appointment, NOW + timedelta(days=days)
    case.save()


@pytest.mark.parametrize(
    ("contacts", "days", "channel"),
    [
        ([], 1, None),
        ([("sms", 0)], 1, "sms"),
        ([("sms", 0), ("phone", 3)], 3.01, "phone"),
        ([("letter", 0)], 13.9, "letter"),
        ([("letter", 0)], 14.1, None),
        ([("sms", 2)], 1, None),
    ],
)
def test_a_booking_by_phone_names_the_contact_it_followed(practice, contacts, days, channel):
    patient = practice.patient(1)
    case = practice.case(patient)
    for step, (kind, at) in enumerate(contacts):
        sent(case, channel=kind, days=at, step=step)
    made = by_phone(practice, patient, case, days=days)
    assert (made.attempt.channel if made.attempt else None) == channel


def test_what_failed_or_belongs_to_somebody_else_is_no_contact(practice):
    patient, other = practice.patient(1), practice.patient(2)
    case = practice.case(patient)
    sent(case, state="failed")
    sent(practice.case(other), step=1)
    assert by_phone(practice, patient, case, days=1).attempt is None


def test_each_booking_is_tied_once(practice):
    """One by phone after a text and a call, one in the practice's own system late, one before any contact."""
    first = practice.case(practice.patient(1), first_attempt_at=NOW)
    sent(first)
    sent(first, channel="phone", days=1, step=1)
    credited(first, by_phone(practice, first.patient, first, days=1).appointment, days=1)
    late = practice.case(practice.patient(2), first_attempt_at=NOW)
    sent(late, channel="letter")
    credited(late, practice.outside_appointment(late.patient, NOW + timedelta(days=40)), days=30)
    before = practice.case(practice.patient(3), first_attempt_at=NOW)
    sent(before, channel="email", days=5)
    credited(before, practice.outside_appointment(before.patient, NOW + timedelta(days=41)), days=1)
    CaseSuccess.objects.create(
        organisation=practice.organisation, case=first, definition="visit:120:2",
        met_at=NOW + timedelta(days=9), judged_at=NOW + timedelta(days=10),
    )  # fmt: skip
    made = report(practice)
    assert [(one.how, one.channel, one.bookings, one.succeeded) for one in made.touches] == [
        ("talk", "phone", 1, 1), ("earlier", "letter", 1, 0), ("none", "", 1, 0),
    ]  # fmt: skip
    assert dict(made.any_touch) == {"sms": 1, "phone": 1, "letter": 1}


def test_a_holdout_booking_is_tied_to_nothing_of_ours(practice):
    case = practice.case(practice.patient(1), arm="holdout")
    credited(case, practice.outside_appointment(case.patient, NOW + timedelta(days=9)), days=2)
    assert report(practice).touches == ()


def test_where_people_leave_on_the_page_of_a_message(practice):
    """Five texts: one never opened, one opened, one chose a time, one answered no, one booked."""
    furthest = [
        (),
        ("opened",),
        ("opened", "chose"),
        ("opened", "answered"),
        ("opened", "chose", "checked", "booked"),
    ]
    for number, steps in enumerate(furthest):
        case = practice.case(practice.patient(number), first_attempt_at=NOW)
        of = {"organisation_id": practice.organisation.pk}
        attempt = sent(case)
        token = add_link(
            **of, patient_id=case.patient_id, case_id=case.pk, attempt_id=attempt.pk, now=NOW,
            expires_at=NOW + timedelta(days=60),
        )  # fmt: skip
        assert token
        link = case.links.get()
        for step in steps * 2:
            add_step(**of, link_id=link.pk, step=step, now=NOW + timedelta(hours=1))
    ways = {one.key: one for one in report(practice).ways}
    assert [(one.key, one.count) for one in ways["page"].stages] == [
        ("sent", 5), ("opened", 4), ("chose", 2), ("checked", 1), ("booked", 1),
    ]  # fmt: skip
    assert ways["page"].loses_most_at == "chose"
    assert [(one.key, one.count) for one in ways["page_answer"].stages] == [("answered", 1)]


def test_where_people_leave_on_the_phone_and_in_writing(practice):
    for number in range(4):
        case = practice.case(practice.patient(number), first_attempt_at=NOW)
        call = sent(case, channel="phone")
        if number < 3:
            AttemptEvent.objects.create(
                organisation=practice.organisation, attempt=call, source="staff", code="x",
                state="delivered" if number < 2 else "sent", at=NOW,
            )  # fmt: skip
        if number == 0:
            by_phone(practice, case.patient, case, days=0.1)
    wrote = practice.case(practice.patient(9), first_attempt_at=NOW, booked_at=NOW + timedelta(days=2))
    text = sent(wrote)
    for number, channel in enumerate(("sandbox", "sandbox", "patient_page")):
        Reply.objects.create(
            organisation=practice.organisation, channel=channel, provider_message_id=f"m{number}",
            from_value="+13125550101", body="yes", received_at=NOW + timedelta(days=1), patient=wrote.patient,
            case=wrote, attempt=text,
        )  # fmt: skip
    ways = {one.key: [stage.count for stage in one.stages] for one in report(practice).ways}
    assert ways["call"] == [4, 2, 1]
    assert ways["reply"] == [1, 1], (
        "two messages of one case are one who wrote; a pressed button is no message"
    )


@pytest.mark.parametrize(
    ("by", "segments"),
    [
        ("kind", {"interval"}),
        ("tier", {"slipping"}),
        ("location", {"no location"}),
        ("language", {"en", "es"}),
        ("age", {"40-64", "0-17"}),
    ],
)
def test_channels_within_segments(practice, by, segments):
    for number, (language, born) in enumerate(
        (("en", "1980-05-17"), ("es", "2015-05-17"), ("es", "1980-05-17"))
    ):
        case = practice.case(practice.patient(number, language=language, birth_on=born), first_attempt_at=NOW)
        sent(case, channel="email" if number else "sms", days=1)
        sent(case, channel="phone", days=2, step=1)
    practice.case(practice.patient(7, language="fr"), arm="holdout")
    found = report(practice, segment_by=by).by_segment
    assert {one.segment for one in found} == segments
    assert sum(one.attempted for one in found) == 3
    assert {one.channel for one in found} == {"sms", "email"}, "by the first contact"


def test_a_site_is_told_by_its_name(practice):
    case = practice.case(practice.patient(1), first_attempt_at=NOW)
    case.gap.location = practice.location
    case.gap.save()
    sent(case)
    assert [one.segment for one in report(practice, segment_by="location").by_segment] == ["Main office"]
