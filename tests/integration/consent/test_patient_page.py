"""How a patient says what to hear: opening a page changes nothing, a stop needs no login (R-A107, R-A174)."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from rebook.accounts.models import AuditEvent
from rebook.records.models import AutomationHold, Consent, ContactPoint, Patient, Reply, Task
from rebook.records.read.consent import where_it_stands
from support.practice import make_practice

pytestmark = pytest.mark.django_db
BORN = {"month": "5", "day": "17", "year": "1980", "postal_code": "60601"}
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148"


@pytest.fixture
def practice(db):
    return make_practice()


@pytest.fixture
def patient(practice):
    person = practice.patient()
    ContactPoint.objects.create(
        organisation=practice.organisation, patient=person, system="phone", value="+13125550199",
        line_type="mobile", state="verified",
    )  # fmt: skip
    return person


@pytest.fixture
def link(practice, patient):
    return f"/p/{practice.token(patient, practice.case(patient), now=timezone.now())}"


@pytest.fixture
def visitor():
    return Client(headers={"User-Agent": PHONE}, REMOTE_ADDR="203.0.113.77")


@pytest.fixture
def checked(visitor, link):
    """The same visitor behind the identity check."""
    visitor.post(f"{link}/check", BORN)
    return visitor


def stands(patient, channel="sms"):
    found = where_it_stands(
        organisation_id=patient.organisation_id, patient_id=patient.pk,
        now=timezone.now() + dt.timedelta(minutes=1),
    )  # fmt: skip
    return next((one.care, one.visits) for one in found if one.channel == channel)


def wishes(**changed):
    return {"wish_sms": "care", "wish_email": "care", "wish_phone": "care", "wish_letter": "care", **changed}


PAGES = ("", "/preferences", "/preferences/kept", "/number", "/unsubscribe", "/stop", "/not-now", "/moved",
         "/wrong-person", "/seen-elsewhere", "/question", "/call", "/stop/done")  # fmt: skip


@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize(
    "purpose",
    [{}, {"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"User-Agent": "LinkScanner/1.0 bot"}],
)
def test_opening_looking_ahead_and_scanning_change_nothing(method, purpose, link, patient):
    before = Patient.objects.values().get(pk=patient.pk)
    for page in PAGES:
        getattr(Client(headers=purpose), method)(f"{link}{page}", {"wish_sms": "nothing", "option": "30"})
    assert not Consent.objects.exists()
    assert not Reply.objects.exists()
    assert not Task.objects.exists()
    assert not AutomationHold.objects.exists()
    assert Patient.objects.values().get(pk=patient.pk) == before


def test_a_mail_programs_one_click_needs_no_cookie_and_goes_nowhere_else(link, patient):
    answer = Client(enforce_csrf_checks=True).post(
        f"{link}/unsubscribe", "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200
    assert not answer.cookies.get("sessionid")
    assert stands(patient, "email") == ("stopped", "stopped")
    assert {one.origin for one in Consent.objects.all()} == {"list_unsubscribe"}


@pytest.mark.parametrize("page", ["/preferences", "/stop"])
def test_a_form_from_elsewhere_is_refused(page, link):
    answer = Client(enforce_csrf_checks=True).post(f"{link}{page}", wishes(wish_sms="nothing"))
    assert answer.status_code == 403
    assert not Consent.objects.exists()


@pytest.mark.parametrize("language", ["en", "es"])
def test_before_the_check_the_page_tells_nothing_of_care_and_no_name(language, link, visitor, patient):
    page = visitor.get(f"{link}/preferences?lang={language}").content.decode()
    for secret in ("Rosa", "Test1", "cleaning", "limpieza", "hygiene", "1980", "555-0199", "0199"):
        assert secret not in page
    assert "<script" not in page
    assert "no-store" in visitor.get(f"{link}/preferences").headers["Cache-Control"]


class TestStopping:
    def test_one_channel_needs_no_check_and_binds_at_once(self, link, visitor, patient):
        answer = visitor.post(f"{link}/preferences", wishes(wish_sms="nothing"))
        assert answer.status_code == 303
        assert stands(patient) == ("stopped", "stopped")
        assert stands(patient, "email") == ("unsaid", "unsaid")

    def test_only_booked_visits(self, link, visitor, patient):
        visitor.post(f"{link}/preferences", wishes(wish_sms="visits"))
        assert stands(patient) == ("stopped", "unsaid")
        assert "selected>Only visits" in visitor.get(f"{link}/preferences").content.decode()

    def test_is_proved_by_what_was_shown_and_by_no_whole_address(self, link, visitor, patient):
        visitor.post(f"{link}/preferences", wishes(wish_sms="nothing"))
        line = Consent.objects.filter(patient=patient).get()
        assert (line.way, line.agent, line.network) == ("page", "phone", "203.0.113.0/24")
        assert "Which messages may we send?" in line.shown_wording
        assert line.shown_version.startswith("en ")
        assert "203.0.113.77" not in str(vars(line))

    def test_saving_the_page_as_it_stands_writes_no_line(self, link, visitor, patient):
        visitor.post(f"{link}/preferences", wishes())
        assert not Consent.objects.exists()

    def test_works_after_the_link_has_expired(self, practice, patient, visitor):
        old = practice.token(patient, practice.case(patient), now=timezone.now() - dt.timedelta(days=90))
        visitor.post(f"/p/{old}/preferences", wishes(wish_sms="nothing"))
        assert stands(patient) == ("stopped", "stopped")

    def test_the_stop_page_keeps_its_words_too(self, link, visitor, patient):
        visitor.post(f"{link}/stop", {})
        line = Consent.objects.filter(patient=patient, channel="sms").get()
        assert line.shown_wording.startswith("Stop all messages from us?")


class TestOpeningAgain:
    @pytest.fixture(autouse=True)
    def stopped(self, link, patient):
        Client().post(f"{link}/preferences", wishes(wish_sms="nothing"))

    def test_waits_for_the_identity_check(self, link, visitor, patient):
        answer = visitor.post(f"{link}/preferences", wishes(), follow=True)
        assert "One more step" in answer.content.decode()
        assert stands(patient) == ("stopped", "stopped")

    def test_behind_the_check_it_counts(self, link, checked, patient):
        answer = checked.post(f"{link}/preferences", wishes(), follow=True)
        assert "Saved" in answer.content.decode()
        assert stands(patient) == ("allowed", "allowed")
        assert not Consent.objects.filter(state="granted", purpose__in=("all", "marketing")).exists()

    def test_lifts_no_stop_of_a_number_that_others_have(self, practice, link, checked, patient):
        other = practice.patient(2)
        ContactPoint.objects.create(
            organisation=practice.organisation, patient=other, system="phone", value="+13125550199"
        )
        Consent.objects.create(
            organisation=practice.organisation, contact_value="+13125550199", channel="sms", state="revoked",
            origin="sms_reply", wording="STOP", recorded_by="patient", at=timezone.now(),
        )  # fmt: skip
        checked.post(f"{link}/preferences", wishes())
        assert stands(patient) == ("stopped", "stopped")

    def test_a_mark_that_only_people_take_back_makes_a_task(self, link, checked, patient):
        Patient.objects.filter(pk=patient.pk).update(do_not_contact=True, do_not_contact_reason="asked")
        checked.post(f"{link}/preferences", wishes())
        assert "wanting no contact" in Task.objects.get(kind="data_quality").note
        patient.refresh_from_db()
        assert patient.do_not_contact


class TestBestWay:
    def test_channel_time_and_language_are_kept(self, link, visitor, patient):
        visitor.post(f"{link}/preferences", wishes(best="email", day_part="evening", language="es"))
        patient.refresh_from_db()
        assert (patient.preferred_channel, patient.preferred_day_part, patient.language) == (
            "email", "evening", "es",
        )  # fmt: skip
        assert AuditEvent.objects.get(action="patient.preference").actor == "patient"

    def test_kept_twice_is_one_line_of_the_trail(self, link, visitor):
        for _ in range(2):
            visitor.post(f"{link}/preferences", wishes(best="email", day_part="", language="en"))
        assert AuditEvent.objects.filter(action="patient.preference").count() == 1

    @pytest.mark.parametrize("posted", [{"best": "fax"}, {"day_part": "midnight"}, {"language": "tlh"}, {}])
    def test_what_is_no_answer_changes_nothing(self, posted, link, visitor, patient):
        visitor.post(f"{link}/preferences", posted)
        patient.refresh_from_db()
        assert (patient.preferred_channel, patient.preferred_day_part) == ("", "")
        assert not Consent.objects.exists()


class TestOtherAnswers:
    def test_a_day_of_their_own(self, link, visitor, patient):
        day = timezone.now().date() + dt.timedelta(days=77)
        answer = visitor.post(f"{link}/not-now", {"option": "30", "day": day.isoformat()}, follow=True)
        hold = AutomationHold.objects.get(patient=patient, kind="snooze")
        assert abs((hold.until_at.date() - day).days) <= 1
        assert answer.status_code == 200

    @pytest.mark.parametrize("day", ["2020-01-01", "tomorrow", "2999-01-01"])
    def test_a_day_that_is_none_is_asked_again(self, day, link, visitor):
        page = visitor.post(f"{link}/not-now", {"option": "30", "day": day}).content.decode()
        assert "Please choose a day after today" in page
        assert not AutomationHold.objects.exists()

    def test_seen_elsewhere_holds_and_asks_the_desk(self, link, visitor, patient):
        visitor.post(f"{link}/seen-elsewhere", {"text": "at the mall in May"})
        assert AutomationHold.objects.get(patient=patient).kind == "data_quality"
        assert Task.objects.get().owner_role == "front_desk"
        assert Reply.objects.get().intent == "seen_elsewhere"


class TestANewNumber:
    def test_asks_for_the_check_first_and_comes_back(self, link, visitor):
        asked = visitor.get(f"{link}/number")
        assert asked.headers["Location"].endswith("/check?then=number")
        page = visitor.get(asked.headers["Location"]).content.decode()
        assert "check?then=number" in page
        passed = visitor.post(f"{link}/check?then=number", BORN)
        assert passed.headers["Location"].endswith("/number")

    def test_unchecked_nothing_is_kept(self, link, visitor, patient):
        visitor.post(f"{link}/number", {"number": "312 555 0142"})
        assert patient.contact_points.count() == 1

    def test_is_kept_unverified_and_the_desk_is_told_without_the_number(self, link, checked, patient):
        page = checked.post(f"{link}/number", {"number": "(312) 555-0142"}).content.decode()
        assert "We have your new number" in page
        point = patient.contact_points.get(value="+13125550142")
        assert (point.state, point.is_current) == ("unverified", True)
        task = Task.objects.get(kind="data_quality")
        assert "0142" not in task.note
        checked.post(f"{link}/number", {"number": "312.555.0142"})
        assert Task.objects.count() == 1

    @pytest.mark.parametrize("typed", ["", "12", "not a number", "911"])
    def test_nonsense_is_told(self, typed, link, checked, patient):
        page = checked.post(f"{link}/number", {"number": typed}).content.decode()
        assert "does not look like a phone number" in page
        assert patient.contact_points.count() == 1

    def test_where_to_go_after_the_check_is_ours_to_say(self, link, visitor):
        answer = visitor.post(f"{link}/check?then=https://evil.example", BORN)
        assert "evil" not in answer.headers["Location"]
