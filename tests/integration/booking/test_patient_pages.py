"""The pages behind a link, as a browser without scripts uses them."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from rebook.accounts.models import Location
from rebook.records.models import Booking, LinkStep, PatientLink, PractitionerHours, SlotClaim

pytestmark = pytest.mark.django_db

BORN = {"month": "5", "day": "17", "year": "1980", "postal_code": "60601-1234"}


class Visitor:
    """A browser that reads what the pages say and presses what they offer."""

    def __init__(self, token):
        self.client = Client(enforce_csrf_checks=True)
        self.token = token
        self.response = None

    def path(self, page=""):
        return f"/p/{self.token}" + (f"/{page}" if page else "")

    def open(self, page="", **query):
        self.response = self.client.get(self.path(page), query, follow=True)
        return self

    def press(self, page, **values):
        values["csrfmiddlewaretoken"] = re.search(
            r'name="csrfmiddlewaretoken" value="([^"]+)"', self.text
        ).group(1)
        self.response = self.client.post(self.path(page), values, follow=True)
        return self

    def pick(self, number=0):
        return self.press("time", slot=self.times[number])

    @property
    def text(self):
        return self.response.content.decode()

    @property
    def times(self):
        return re.findall(r'name="slot" value="([^"]+)"', self.text)

    @property
    def at(self):
        return self.response.request["PATH_INFO"].removeprefix(self.path()).strip("/")


@pytest.fixture
def patient(practice):
    return practice.patient()


@pytest.fixture
def case(practice, patient):
    return practice.case(patient)


@pytest.fixture
def visitor(practice, patient, case):
    return Visitor(practice.token(patient, case, now=timezone.now()))


def test_from_the_link_to_a_booked_visit_in_three_presses(visitor, case):
    visitor.open()
    assert len(visitor.times) == 3

    visitor.pick().press("check", **BORN)
    assert visitor.at == "confirm"
    assert "Kim Hygienist" in visitor.text
    assert "March 2025" in visitor.text
    visitor.press("confirm")

    assert visitor.at == "visit"
    assert "12 Elm Street" in visitor.text
    assert Booking.objects.get().case_id == case.pk


def steps():
    return list(LinkStep.objects.order_by("pk").values_list("step", flat=True))


def test_how_far_somebody_got_is_kept_once(visitor):
    visitor.open().open()
    assert steps() == ["opened"]
    visitor.pick()
    assert steps() == ["opened", "chose"]
    visitor.press("check", **{**BORN, "year": "1981"})
    assert steps() == ["opened", "chose"], "the check was not passed"
    visitor.press("check", **BORN).press("confirm")
    assert steps() == ["opened", "chose", "checked", "booked"]


def test_another_answer_than_a_time_is_kept(visitor):
    visitor.open().open("call").press("call", option="any")
    assert steps() == ["opened", "answered"]


def test_a_scanner_of_links_is_nobody(visitor):
    visitor.client.get(visitor.path(), headers={"User-Agent": "Mozilla/5.0 (compatible; LinkScanner/1.0)"})
    visitor.client.head(visitor.path())
    assert steps() == []


def test_nothing_private_is_said_before_the_identity_check(visitor):
    for page in ("", "times", "check", "call", "stop", "not-now", "question", "unsubscribe"):
        text = visitor.open(page).text
        for private in ("Rosa", "Test1", "leaning", "Kim", "March 2025", "1980"):
            assert private not in text, (page, private)


@pytest.mark.parametrize("page", ["confirm", "visit", "visit.ics", "cancel"])
def test_pages_with_details_ask_who_it_is_first(visitor, page):
    assert visitor.open(page).at == "check"


def test_opening_pages_changes_nothing(visitor, practice, patient, case):
    before = [PatientLink.objects.values().get(), SlotClaim.objects.count(), Booking.objects.count()]
    pages = ("", "times", "time", "check", "confirm", "visit", "cancel", "cancelled", "call", "not-now")
    for page in (*pages, "wrong-person", "moved", "question", "stop", "unsubscribe", "stop/done"):
        assert visitor.open(page).response.status_code == 200, page
    assert [PatientLink.objects.values().get(), SlotClaim.objects.count(), Booking.objects.count()] == before


def test_pages_are_kept_by_nobody_and_found_by_no_search_engine(visitor):
    response = visitor.open().response
    assert response["Cache-Control"] == "no-store"
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "same-origin"
    assert not re.search(r'(?:src|href)="(?:https?:)?//', visitor.text)
    assert "<script" not in visitor.text


def test_a_form_without_the_page_it_came_from_is_refused(visitor):
    visitor.open()
    response = visitor.client.post(visitor.path("time"), {"slot": visitor.times[0]})
    assert response.status_code == 403
    assert "Open the first page again" in response.content.decode()


def test_a_wrong_birthday_or_postal_code_get_the_same_answer(visitor):
    answers = []
    for wrong in ({"year": "1981"}, {"postal_code": "60602"}, {"postal_code": ""}):
        answers.append(visitor.open("check").press("check", **{**BORN, **wrong}).text)
    assert "does not match" in answers[0]
    without_tokens = {re.sub(r'value="[^"]*"', "", text) for text in answers}
    assert len(without_tokens) == 1


def test_five_wrong_tries_lock_even_the_right_answer_out(visitor):
    for _ in range(5):
        visitor.open("check").press("check", **{**BORN, "year": "1981"})
    assert "too many tries" in visitor.text
    assert "too many tries" in visitor.open("check").press("check", **BORN).text

    PatientLink.objects.update(locked_until=timezone.now())
    assert "Hello Rosa" in visitor.open("check").press("check", **BORN).text


def test_a_slip_of_the_finger_is_no_wrong_try(visitor):
    for _ in range(6):
        visitor.open("check").press("check", **{**BORN, "month": "13"})
        assert "in numbers" in visitor.text
    assert PatientLink.objects.get().failed_checks == 0


def test_without_a_birthday_on_file_nobody_gets_in(practice):
    patient = practice.patient(9, birth_on=None)
    visitor = Visitor(practice.token(patient, now=timezone.now()))
    assert "does not match" in visitor.open("check").press("check", **BORN).text


def test_one_link_checked_does_not_open_another(visitor, practice):
    second = practice.patient(2)
    token = practice.token(second, practice.case(second), now=timezone.now())
    visitor.open("check").press("check", **BORN)
    other = Visitor(token)
    other.client.cookies = visitor.client.cookies
    assert "Hello" not in other.open().text


@pytest.mark.parametrize("token", ["x" * 22, "short"])
def test_a_link_that_does_not_exist(token, db):
    response = Client().get(f"/p/{token}")
    assert response.status_code == 404


def test_an_old_link_looks_like_one_that_never_was(practice, patient, case):
    old = timezone.now() - dt.timedelta(days=61)
    expired = Client().get(f"/p/{practice.token(patient, case, now=old)}")
    unknown = Client().get(f"/p/{'x' * 22}")
    assert expired.content == unknown.content
    assert "does not work any more" in expired.content.decode()


def test_the_link_of_somebody_who_died_tells_nothing(practice, now):
    patient = practice.patient(3, is_deceased=True)
    response = Client().get(f"/p/{practice.token(patient, now=timezone.now())}")
    assert response.status_code == 404


def test_whoever_is_second_reads_it_kindly_and_picks_another_time(visitor, practice):
    second = practice.patient(2)
    other = Visitor(practice.token(second, practice.case(second), now=timezone.now()))
    other.open().pick()
    visitor.open().pick().press("check", **BORN)

    other.press("check", **BORN)
    assert "Sorry, that time was just taken" in other.text
    other.pick().press("confirm")
    visitor.press("confirm")

    assert (other.at, visitor.at) == ("visit", "visit")
    assert Booking.objects.values("appointment__starts_at").distinct().count() == 2


def test_a_double_click_books_once(visitor):
    visitor.open().pick().press("check", **BORN)
    page = visitor.text
    visitor.press("confirm")
    again = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
    response = visitor.client.post(visitor.path("confirm"), {"csrfmiddlewaretoken": again}, follow=True)
    assert response.request["PATH_INFO"].endswith("/visit")
    assert Booking.objects.count() == 1


def test_moving_and_cancelling(visitor):
    visitor.open().pick().press("check", **BORN).press("confirm")
    visitor.open("times")
    assert "Pick a new time" in visitor.text
    visitor.pick(-1)
    assert "Now booked" in visitor.text
    visitor.press("confirm")
    assert sorted(Booking.objects.values_list("state", flat=True)) == ["confirmed", "moved"]

    visitor.open("cancel").press("cancel")
    assert "Your visit is cancelled" in visitor.text
    assert not SlotClaim.objects.filter(released_at__isnull=True).exists()


def test_the_calendar_file_says_when_and_where_but_not_why(visitor):
    visitor.open().pick().press("check", **BORN).press("confirm").open("visit.ics")
    event = Calendar.from_ical(visitor.response.content).walk("VEVENT")[0]
    assert event["summary"] == "Visit at Elm Street Dental"
    assert event.decoded("dtstart") == Booking.objects.get().appointment.starts_at
    assert "12 Elm Street" in event["location"]
    whole = visitor.text.lower()
    assert not any(word in whole for word in ("rosa", "cleaning", "kim", "/p/"))


def test_a_time_that_was_never_on_offer_is_not_taken(visitor, practice):
    visitor.open().press("time", slot="1:2:3")
    assert visitor.at == ""
    other = Visitor(practice.token(practice.patient(2), now=timezone.now()))
    stolen = other.open().times[0]
    visitor.open().press("time", slot=stolen)
    assert visitor.at == ""


def test_more_times_go_on_to_the_horizon_and_no_further(visitor):
    starts, query, pages = [], {}, 0
    while query is not None:
        visitor.open("times", **query)
        starts += re.findall(r'aria-label="([^"]+)"', visitor.text)
        later = re.search(r"from=([0-9-]+)", visitor.text)
        query = {"from": later.group(1)} if later else None
        pages += 1
        assert pages < 20
    # Sixty days of six half hours each, less the notice at one end; none shown twice.
    assert len(starts) == len(set(starts))
    assert 59 * 6 <= len(starts) <= 61 * 6
    assert visitor.open("times", **{"from": "x"}).response.status_code == 200


def test_spanish_for_those_who_read_it_and_a_switch_for_everybody(visitor, patient):
    assert "would like to help you book" in visitor.open().text
    assert "quiere ayudarle" in visitor.open(lang="es").text
    assert "¿es usted?" in visitor.open("check").text
    assert "is it you?" in visitor.open("check", lang="en").text

    patient.language = "es-MX"
    patient.save()
    fresh = Visitor(visitor.token)
    assert "quiere ayudarle" in fresh.open().text
    assert '<html lang="es">' in fresh.text


def test_where_is_said_only_when_there_is_a_choice(visitor, practice):
    assert "Main office" not in visitor.open("times").text
    north = Location.objects.create(
        organisation=practice.organisation, external_id="n", name="North side", time_zone="America/Chicago"
    )
    for row in PractitionerHours.objects.all():
        row.pk, row.location, row.starts, row.ends = None, north, dt.time(14), dt.time(16)
        row.save()
    text = visitor.open("times").text
    assert "Main office" in text
    assert "North side" in text
    patient = practice.patient(5, home_location=north)
    at_home = Visitor(practice.token(patient, now=timezone.now())).open("times").text
    assert "2:00" in at_home
    assert "9:00" not in at_home


def test_a_visit_booked_by_phone_is_pointed_out_after_the_check(visitor, practice, patient):
    practice.outside_appointment(patient, timezone.now() + dt.timedelta(days=9))
    assert "already have a visit" not in visitor.open().text
    visitor.open("check").press("check", **BORN)
    assert "already have a visit with us" in visitor.text


def test_a_merged_patient_books_as_the_one_that_stayed(practice, patient, case, visitor):
    stays = practice.patient(7)
    patient.merged_into = stays
    patient.save()
    visitor.open().pick().press("check", **BORN).press("confirm")
    assert Booking.objects.get().patient_id == stays.pk


def test_held_times_come_free_by_themselves(visitor, practice):
    visitor.open().pick().press("check", **BORN)
    choice = SlotClaim.objects.get()
    SlotClaim.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    second = practice.patient(2)
    other = practice.token(second, practice.case(second), now=timezone.now())
    taker = Visitor(other)
    taker.open().pick().press("check", **BORN).press("confirm")
    assert Booking.objects.get().appointment.starts_at == choice.starts_at

    visitor.press("confirm")
    assert visitor.at == ""
