"""A stop said in any way binds before the next send; only the patient lifts it: with the real dispatcher."""

import datetime as dt

import pytest

from rebook.core.outreach.consent import Provenance
from rebook.flow.outreach.dispatch import send_due
from rebook.flow.response import (
    EvidenceFile,
    NarrowWithoutWords,
    NoEvidence,
    NotPossible,
    record_opt_in,
    record_opt_out,
)
from rebook.records.models import Attempt, Consent, ConsentEvidence, Patient
from support.outreach import DAY, HOUR, MINUTE, NOW

pytestmark = pytest.mark.django_db
NUMBER = "+12125550001"
WAYS = ("voice", "in_person", "voicemail", "letter", "email", "portal", "review_site", "form", "sms")


@pytest.fixture
def queue(clinic):
    """A message typed by staff that is due and would go out: nothing but consent keeps it back."""
    count = iter(range(1, 100))

    def add(patient, channel="sms", *, now=NOW, purpose="operations", to=None):
        system = "email" if channel == "email" else "phone"
        point = patient.contact_points.get(system=system)
        return Attempt.objects.create(
            organisation=clinic.organisation, patient=patient, channel=channel, contact_point=point,
            to_value=point.value, reference=f"queued-{next(count)}", origin="manual", purpose=purpose,
            planned_at=now, due_at=now, expires_at=now + 2 * DAY, language="en",
            body="Elm Street Practice: please call us about your records.",
        )  # fmt: skip

    return add


@pytest.fixture
def send(clinic):
    """The dispatcher does what is due; returns what became of an attempt."""

    def run(attempt, *, now=NOW):
        clinic.synced(now)
        send_due(organisation_id=clinic.id, channels=clinic.channels, worker="w", now=now)
        attempt.refresh_from_db()
        return attempt.state

    return run


def said(clinic, **more):
    return {
        "organisation_id": clinic.id, "origin": "staff", "now": NOW, "actor": "user:7",
        "wording": "please leave me alone", **more,
    }  # fmt: skip


def test_without_a_stop_it_goes_out(clinic, rosa, queue, send):
    assert send(queue(rosa)) in ("accepted", "sent")
    assert clinic.sms.numbers == [NUMBER]


@pytest.mark.parametrize("way", WAYS)
def test_however_it_was_said_nothing_goes_out_after_it(way, clinic, rosa, queue, send):
    waiting = queue(rosa)
    record_opt_out(**said(clinic, value=NUMBER, channel="sms", proof=Provenance(way=way)))
    assert send(waiting) == "refused"
    # Nor what is planned later, by whoever forgot.
    assert send(queue(rosa, now=NOW + HOUR), now=NOW + HOUR) == "refused"
    assert clinic.sms.numbers == []
    assert Consent.objects.get().way == way


@pytest.mark.parametrize("speaker", ["relative", "representative"])
def test_whoever_spoke_for_the_patient_is_kept_and_counts_the_same(speaker, clinic, rosa, queue, send):
    record_opt_out(
        **said(
            clinic, patient_id=rosa.pk, channel="sms",
            proof=Provenance(way="voice", speaker=speaker, speaker_name="Luis, her son"),
        )
    )  # fmt: skip
    assert send(queue(rosa)) == "refused"
    line = Consent.objects.get()
    assert (line.speaker, line.speaker_name) == (speaker, "Luis, her son")


def test_a_number_is_bound_whoever_has_it(clinic, rosa, queue, send):
    other = clinic.patient(2)
    other.contact_points.update(value=NUMBER)
    record_opt_out(**said(clinic, value=NUMBER, channel="sms"))
    assert send(queue(other)) == "refused"


def test_a_person_alone_leaves_the_others_with_the_number(clinic, rosa, queue, send):
    other = clinic.patient(2)
    other.contact_points.update(value=NUMBER)
    record_opt_out(**said(clinic, patient_id=rosa.pk, channel="sms"))
    assert send(queue(rosa)) == "refused"
    assert send(queue(other)) in ("accepted", "sent")


def test_one_kind_of_message_only_with_the_patients_own_words(clinic, rosa, queue, send):
    with pytest.raises(NarrowWithoutWords):
        record_opt_out(
            **said(clinic, patient_id=rosa.pk, channel="email", purposes=("treatment_recall",), wording=" ")
        )
    assert not Consent.objects.exists()
    record_opt_out(**said(clinic, patient_id=rosa.pk, channel="email", purposes=("treatment_recall",)))
    assert send(queue(rosa, "email", purpose="treatment_recall")) == "refused"
    assert send(queue(rosa, "email")) in ("accepted", "sent")


def test_the_do_not_call_list_ends_calls_and_texts(clinic, rosa, queue, send):
    record_opt_out(**said(clinic, value=NUMBER, channel="phone", proof=Provenance(is_company_list=True)))
    assert {one.channel for one in Consent.objects.all()} == {"phone", "sms"}
    assert send(queue(rosa)) == "refused"
    assert send(queue(rosa, "phone")) == "refused"
    assert all(one.is_company_list for one in Consent.objects.all())


def test_a_stop_binds_the_record_that_a_patient_was_joined_to(clinic, rosa, queue, send):
    kept = clinic.patient(2)
    record_opt_out(**said(clinic, patient_id=rosa.pk, channel="sms"))
    Patient.objects.filter(pk=rosa.pk).update(merged_into=kept)
    assert send(queue(kept)) == "refused"


def test_a_stop_binds_over_two_joins(clinic, rosa, queue, send):
    middle, kept = clinic.patient(2), clinic.patient(3)
    record_opt_out(**said(clinic, patient_id=rosa.pk, channel="sms"))
    Patient.objects.filter(pk=rosa.pk).update(merged_into=middle)
    Patient.objects.filter(pk=middle.pk).update(merged_into=kept)
    assert send(queue(kept)) == "refused"


def test_said_yesterday_it_counts_from_yesterday_and_is_written_down_now(clinic, rosa):
    record_opt_out(**said(clinic, value=NUMBER, channel="sms", said_at=NOW - DAY))
    line = Consent.objects.get()
    assert line.at == NOW - DAY
    assert line.recorded_at > dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def test_said_tomorrow_is_refused(clinic, rosa):
    with pytest.raises(NotPossible):
        record_opt_out(**said(clinic, value=NUMBER, said_at=NOW + DAY))
    assert not Consent.objects.exists()


class TestAskingThemBack:
    @pytest.fixture(autouse=True)
    def stopped(self, clinic, rosa):
        record_opt_out(**said(clinic, value=NUMBER, patient_id=rosa.pk, channel="sms", now=NOW - 2 * DAY))

    def allow(self, clinic, rosa, **more):
        record_opt_in(
            **said(clinic, value=NUMBER, patient_id=rosa.pk, channel="sms", wording="I do want texts", **more)
        )

    def test_staff_cannot_flip_it_with_words(self, clinic, rosa, queue, send):
        with pytest.raises(NoEvidence, match="they stopped this on 2026-11-16"):
            self.allow(clinic, rosa)
        assert send(queue(rosa)) == "refused"

    def test_a_signed_form_that_is_kept_does(self, clinic, rosa, queue, send):
        self.allow(clinic, rosa, file=EvidenceFile("form.pdf", b"signed", "application/pdf"))
        assert send(queue(rosa)) in ("accepted", "sent")
        kept = ConsentEvidence.objects.get()
        assert (kept.name, kept.size, len(kept.sha256)) == ("form.pdf", 6, 64)
        assert {one.origin for one in Consent.objects.filter(state="granted")} == {"signed_consent"}

    def test_a_form_in_the_cabinet_needs_its_hash_its_name_and_its_place(self, clinic, rosa, queue, send):
        with pytest.raises(NoEvidence, match="hash"):
            self.allow(clinic, rosa, file=EvidenceFile("form.pdf", kept_where="cabinet 3"))
        self.allow(clinic, rosa, file=EvidenceFile("form.pdf", sha256="ab" * 32, kept_where="cabinet 3"))
        assert send(queue(rosa)) in ("accepted", "sent")

    def test_a_form_from_before_the_stop_does_not(self, clinic, rosa, queue, send):
        file = EvidenceFile("old.pdf", b"signed long ago")
        self.allow(clinic, rosa, file=file, said_at=NOW - 9 * DAY)
        assert send(queue(rosa)) == "refused"

    def test_the_patients_own_start_does(self, clinic, rosa, queue, send):
        record_opt_in(
            organisation_id=clinic.id, value=NUMBER, patient_id=rosa.pk, channel="sms", wording="START",
            origin="sms_reply", now=NOW - MINUTE, actor="patient",
        )  # fmt: skip
        assert send(queue(rosa)) in ("accepted", "sent")

    def test_too_large_a_file_is_refused_before_anything_is_written(self, clinic, rosa):
        before = Consent.objects.count()
        with pytest.raises(NotPossible, match="10 MB"):
            self.allow(clinic, rosa, file=EvidenceFile("film.mp4", b"0" * 10_000_001))
        assert (Consent.objects.count(), ConsentEvidence.objects.count()) == (before, 0)


def test_in_canada_a_permission_asked_for_by_text_does_not_count(clinic, rosa):
    clinic.organisation.jurisdiction = "ca-on"
    clinic.organisation.save()
    with pytest.raises(NoEvidence, match="ask by phone or letter"):
        record_opt_in(**said(clinic, patient_id=rosa.pk, channel="email", wording="yes", asked_by="sms"))
    record_opt_in(**said(clinic, patient_id=rosa.pk, channel="email", wording="yes", asked_by="phone"))
    assert Consent.objects.filter(state="granted").count() == 1


@pytest.mark.parametrize("table", ["records_consent", "records_consentevidence"])
@pytest.mark.parametrize("act", ["UPDATE {} SET organisation_id = organisation_id", "DELETE FROM {}"])
def test_the_database_itself_changes_and_deletes_no_line(table, act, clinic, rosa):
    from django.db import DatabaseError, connection, transaction

    record_opt_in(
        **said(clinic, patient_id=rosa.pk, channel="sms", wording="yes", file=EvidenceFile("f.pdf", b"x"))
    )
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act.format(table))


def test_a_person_stands_stopped_when_every_number_of_theirs_is(clinic, rosa):
    from rebook.records.read.consent import standing_stop, where_it_stands

    def stands():
        found = where_it_stands(organisation_id=clinic.id, patient_id=rosa.pk, now=NOW)
        return next(one.care for one in found if one.channel == "sms")

    clinic.contact(rosa, "+12125550777")
    record_opt_out(**said(clinic, value=NUMBER, channel="sms"))
    assert stands() == "unsaid"
    of = {"organisation_id": clinic.id, "patient_id": rosa.pk, "channel": "sms", "now": NOW}
    assert standing_stop(**of, value=NUMBER) == NOW
    assert standing_stop(**of, value="+12125550777") is None
    record_opt_out(**said(clinic, value="+12125550777", channel="sms"))
    assert stands() == "stopped"
