"""The practice's own texts in the library: kept in memory, told apart, and sent by the real planner."""

import datetime as dt

import pytest

from rebook.channels.letter import Letters
from rebook.channels.portal_fhir import FhirServer, PortalFhir
from rebook.flow.outreach import approvals, looks, texts
from rebook.flow.outreach.library import library_of, template_library
from rebook.flow.outreach.looks import UnableToChooseLook
from rebook.flow.outreach.subject import House
from rebook.flow.outreach.texts import Place, UnableToChangeText
from rebook.flow.outreach.wording import write_message
from rebook.packs.drafting import Draft
from rebook.packs.templates import templates
from rebook.records.models import Attempt, Patient, Practitioner, Source, TemplateApproval, TemplateText
from support.fhir_portal import fhir_portal
from support.outreach import DAY, HOUR, NOW, make_clinic

BODY = "{{ practice_name }}: {% if first_name %}Hi {{ first_name }}, {% endif %}time to come in. Pick: {{ link }} Reply STOP to end"  # noqa: E501
SMS = Place("due_visit", "sms", "en")


def published(clinic, body=BODY, place=SMS, at=NOW, approved=True, **values):
    draft = Draft(place.key, place.channel, place.language, place.variant, body=body, **values)
    texts.save_draft(organisation_id=clinic.id, draft=draft, now=at, actor="user:1")
    template = texts.publish(organisation_id=clinic.id, place=place, now=at, actor="user:1")
    if approved:
        approvals.approve_all_in_use(organisation_id=clinic.id, now=at, actor="user:1")
    return template


def in_use(clinic, place=SMS):
    return library(clinic).find(place.key, place.channel, place.language, place.variant)


def library(clinic):
    return template_library(organisation_id=clinic.id)


def message(clinic, **values):
    of = {"channel": "sms", "channel_is_open": True, "language": "en", "first_name": "Ana", "visit_on": None}
    house = House(organisation_id=clinic.id)
    return write_message(organisation=house.organisation, **{"template_key": "due_visit", **of, **values})


def test_without_own_texts_the_shipped_ones_are_in_use(clinic):
    assert library(clinic).texts() == templates()
    assert library(clinic).languages() == ("en", "es")
    assert library(clinic).find("due_visit", "sms", "tlh") is None


def test_an_own_text_takes_the_place_of_the_shipped_one_and_of_no_other(clinic):
    template = published(clinic)
    assert library(clinic).find("due_visit", "sms", "en") == template
    assert library(clinic).with_hash(template.content_hash) == template
    changed = {place for place, text in library(clinic).texts().items() if text != templates()[place]}
    assert changed == {("due_visit", "sms", "en")}
    other = make_clinic("oak")
    assert library(other).texts() == templates()


def test_planning_reads_no_text_twice(clinic, django_assert_num_queries):
    published(clinic)
    organisation = House(organisation_id=clinic.id).organisation
    library_of(organisation)
    with django_assert_num_queries(0):
        for _ in range(100):
            library_of(organisation).find("due_visit", "sms", "en")
    # Another process that publishes is heard of with the next reading of the practice.
    published(clinic, BODY.replace("Pick", "Choose"), at=NOW + DAY)
    assert "Choose" in library(clinic).find("due_visit", "sms", "en").body


def test_an_own_text_takes_its_place_once_it_is_approved_and_not_before(clinic, day):
    shipped = in_use(clinic)
    own = published(clinic, approved=False)
    assert in_use(clinic) == shipped
    assert library(clinic).waiting("due_visit", "sms", "en") == own
    assert library(clinic).newest()["due_visit", "sms", "en", ""] == own
    clinic.patient(1)
    clinic.campaign()
    day.run()
    approvals.approve_all_in_use(organisation_id=clinic.id, now=NOW + HOUR, actor="user:1")
    assert in_use(clinic) == own
    assert library(clinic).waiting("due_visit", "sms", "en") is None
    assert message(clinic).message.body.startswith("Elm Street Practice: Hi Ana, time to come in.")
    # What was planned before went out in the words that were in use then.
    assert ["you are due for a visit" in one.body for one in clinic.sms.sent] == [True]


def test_the_text_before_goes_on_while_the_next_waits(clinic):
    first = published(clinic)
    published(clinic, BODY.replace("Pick", "Choose"), at=NOW + DAY, approved=False)
    assert in_use(clinic) == first
    # Its sign-off taken back, and with it that of every text of the kind: nothing goes out by any of them.
    approvals.withdraw_template(
        organisation_id=clinic.id, template_key="due_visit", language="en", now=NOW + DAY, actor="user:1"
    )
    assert in_use(clinic).body == BODY.replace("Pick", "Choose")
    assert not TemplateApproval.objects.filter(
        template_key="due_visit", language="en", revoked_at__isnull=True
    ).exists()


def test_where_nothing_is_approved_the_newest_stands_and_does_not_go_out(db, settings):
    settings.PUBLIC_URL = "https://visits.example"
    clinic = make_clinic("oak", approved=False)
    own = published(clinic, approved=False)
    assert in_use(clinic) == own
    assert own.content_hash not in {
        row.content_hash for row in TemplateApproval.objects.filter(revoked_at__isnull=True)
    }


def test_the_short_wording_serves_where_the_long_one_overflows(clinic, settings):
    # 160 letters to the last: who has a longer name gets the short wording, nobody a second message.
    settings.PUBLIC_URL = "https://visits.example"
    short = "{{ practice_name }}: time to come in. {{ link }} Reply STOP to end"
    body = BODY.replace("time to come in", "it is time for you to come in for a visit with us")
    published(clinic, body, short_body=short)
    few, many = message(clinic, first_name="Al"), message(clinic, first_name="Maximiliano Alexander")
    assert (few.message.length, few.message.segments) == ("long", 1)
    assert (many.message.length, many.message.segments) == ("short", 1)
    assert "it is time" not in many.message.body


def test_a_test_arm_has_its_words_and_else_the_main_text(clinic):
    published(clinic, place=Place("due_visit", "sms", "en", "b"))
    assert "time to come in" in message(clinic, variant="b").message.body
    assert "you are due for a visit" in message(clinic).message.body
    assert message(clinic, variant="c").template == message(clinic).template
    # The arm that Spanish has not: the main text, not English words.
    assert message(clinic, variant="b", language="es").template.language == "es"


def test_site_details_stand_in_the_text_and_a_neutral_practice_gives_no_site_away(clinic):
    published(clinic, "{{ site_name }}, {{ practice_name }} ({{ site_phone }}): {{ link }} Reply STOP to end")
    house = House(organisation_id=clinic.id)
    (site,) = house.locations.values()
    said = message(clinic, site=site).message
    assert said.body.startswith("Elm Street, Elm Street Practice ((212) 555-0100): ")
    clinic.organisation.refresh_from_db()
    clinic.organisation.neutral_name = "Elm Health"
    clinic.organisation.save()
    assert message(clinic, site=site).message.body.startswith("Elm Health, Elm Health (")


@pytest.mark.parametrize(
    ("name", "sensitivity", "neutral", "shown"),
    [
        ("Dr. Jane van Houten, MD", [], "", "with Dr. van Houten"),
        ("Lee, Robin", [], "", "with Lee"),
        ("Dr. Jane Smith", ["mental_health"], "", "with us"),
        ("Dr. Jane Smith", [], "Elm Health", "with us"),
    ],
)
def test_the_practitioner_is_named_where_that_gives_nothing_away(
    clinic, day, name, sensitivity, neutral, shown
):
    body = (
        "{{ practice_name }}: time for a visit with "
        "{% if practitioner_name %}{{ practitioner_name }}{% else %}us{% endif %}. "
        "{{ link }} Reply STOP to end"
    )
    practitioner = Practitioner.objects.create(
        organisation=clinic.organisation,
        source=clinic.source,
        external_id="dr",
        fact_hash=bytes(16),
        name=name,
    )
    patient = clinic.patient(1, practitioner=practitioner, sensitivity=sensitivity)
    clinic.organisation.refresh_from_db()
    clinic.organisation.neutral_name = neutral
    clinic.organisation.save()
    clinic.campaign()
    day.enrol()
    published(clinic, body)
    day.plan()
    (first, *_more) = Attempt.objects.filter(patient=patient, channel="sms")
    assert shown in first.body


def test_a_machines_translation_never_goes_out(clinic):
    published(clinic, place=Place("due_visit", "sms", "de"), review="human_reviewed")
    assert message(clinic, language="de").message.is_sendable
    TemplateText.objects.update(review="machine")
    texts.withdraw(organisation_id=clinic.id, place=Place("due_visit", "sms", "de"), now=NOW, actor="user:1")
    draft = Draft("due_visit", "sms", "de", body=BODY, review="machine")
    texts.save_draft(organisation_id=clinic.id, draft=draft, now=NOW, actor="user:1")
    with pytest.raises(UnableToChangeText, match="not reviewed"):
        texts.publish(
            organisation_id=clinic.id, place=Place("due_visit", "sms", "de"), now=NOW, actor="user:1"
        )


@pytest.mark.parametrize("key", ["safety", "safety_crisis", "opt_out_confirmation"])
def test_words_of_safety_and_law_stay_as_they_are(clinic, key):
    with pytest.raises(UnableToChangeText, match="same for every practice"):
        published(clinic, place=Place(key, "sms", "en"))
    # Not even by a row that somebody wrote past the pages.
    published(clinic)
    TemplateText.objects.update(key=key)
    clinic.organisation.refresh_from_db()
    clinic.organisation.settings = {**clinic.organisation.settings, "texts_stamp": key}
    clinic.organisation.save()
    assert library(clinic).find(key, "sms", "en") == templates()[key, "sms", "en"]


def test_two_who_publish_at_once_leave_versions_in_order(clinic):
    for number in range(1, 4):
        published(clinic, BODY.replace("Pick", f"Pick {number}"), at=NOW + number * DAY)
    assert list(TemplateText.objects.order_by("version").values_list("version", "state")) == [
        (1, "published"),
        (2, "published"),
        (3, "published"),
    ]
    assert "Pick 3" in library(clinic).find("due_visit", "sms", "en").body
    assert texts.withdraw(organisation_id=clinic.id, place=SMS, now=NOW + 5 * DAY, actor="user:1") == 3


def test_a_look_changes_every_email_and_no_word(clinic):
    before = library(clinic).find("due_visit", "email", "en")
    of = {"organisation_id": clinic.id, "now": NOW, "actor": "user:1"}
    assert not looks.choose_look(colour="#0B6270", **of)
    after = library(clinic).find("due_visit", "email", "en")
    assert after.content_hash == before.content_hash
    assert "#0b6270" in message(clinic, channel="email").message.body_html
    assert looks.choose_look(colour="#0b6270", logo=b"\x89PNG\r\n\x1a\nrest", **of)
    with_logo = library(clinic).find("due_visit", "email", "en")
    assert (with_logo.body, with_logo.subject) == (before.body, before.subject)
    assert with_logo.content_hash != before.content_hash
    assert 'src="data:image/png;base64,' in message(clinic, channel="email").message.body_html
    # Kept with another colour, dropped when asked.
    assert not looks.choose_look(colour="#333333", **of)
    assert looks.choose_look(colour="#333333", drops_logo=True, **of)
    assert "<img" not in message(clinic, channel="email").message.body_html


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"colour": "blue"}, "written like"),
        ({"colour": "#ffcc00"}, "choose a darker one"),
        ({"colour": "#333333", "logo": b"<svg onload=x>"}, "PNG, JPEG or GIF"),
        ({"colour": "#333333", "logo": b"\x89PNG\r\n\x1a\n" + bytes(30_000)}, "larger than"),
        ({"colour": "#333333", "layout": "../x"}, "no such layout"),
    ],
)
def test_a_look_that_cannot_be_read_is_refused(clinic, values, says):
    with pytest.raises(UnableToChooseLook, match=says):
        looks.choose_look(organisation_id=clinic.id, now=NOW, actor="user:1", **values)


def test_a_portal_message_goes_to_the_chart_it_came_from(clinic, day, monkeypatch):
    with fhir_portal() as portal:
        served = {"portal": PortalFhir(server=FhirServer.from_url(portal.base)), "letter": Letters()}
        monkeypatch.setattr(type(clinic), "channels", served)
        chart = Source.objects.create(
            organisation=clinic.organisation, key="ehr", kind="fhir", last_synced_at=NOW
        )
        patient = clinic.patient(1, preferred_channel="portal")
        Patient.objects.filter(pk=patient.pk).update(source=chart, external_id="abc-17")
        elsewhere = clinic.patient(2, preferred_channel="portal", birth_on=dt.date(1970, 1, 1))
        clinic.campaign()
        day.enrol()
        day.plan()
        day.send()
        (kept,) = portal.kept.values()
    assert kept["subject"] == {"reference": "Patient/abc-17"}
    assert clinic.attempts(patient) == [(0, "portal", "accepted")]
    assert Attempt.objects.get(patient=patient).provider_message_id == "com-1"
    assert "portal" not in {channel for _step, channel, _state in clinic.attempts(elsewhere)}
