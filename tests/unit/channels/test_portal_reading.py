"""What the portal says of its readers, over real HTTP to a server that behaves like a FHIR server."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from fhir.resources.R4B.communication import Communication
from hypothesis import given
from hypothesis import strategies as st

from rebook.channels.portal_fhir import FhirServer, PortalFhir
from rebook.channels.portal_fhir.adapter import ASKED_AT_ONCE
from rebook.channels.portal_fhir.reading import instant, report_of
from rebook.core.channel import TellsOfReading, UnableToAsk
from support.fhir_portal import fhir_portal

SENT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
LATER = SENT + timedelta(days=30)


@pytest.fixture
def portal():
    with fhir_portal() as server:
        yield server


@pytest.fixture
def channel(portal):
    return PortalFhir(server=FhirServer.from_url(portal.base))


@pytest.fixture
def sent(channel, text):
    """Ids of that many messages in the portal."""

    def send(count):
        made = [text(to="Patient/17", reference=f"rb-{number}") for number in range(count)]
        return [channel.send(one, now=SENT).provider_message_id for one in made]

    return send


def said(told):
    return [(one.provider_message_id, one.state, one.at) for one in told.reports]


def test_it_is_a_channel_that_tells_of_reading(channel):
    assert isinstance(channel, TellsOfReading)


def test_what_nobody_opened_is_known_and_unread(channel, sent):
    ids = sent(2)
    told = channel.readings(ids, now=LATER)
    assert (told.reports, told.known) == ((), frozenset(ids))


def test_what_a_patient_opened_is_read_since_then(portal, channel, sent):
    first, second = sent(2)
    portal.open(second, SENT + timedelta(days=3))
    Communication.model_validate(portal.numbered(second))
    told = channel.readings([first, second], now=LATER)
    assert said(told) == [(second, "read", SENT + timedelta(days=3))]
    assert told.known == {first, second}


def test_a_server_that_stamps_what_arrives_names_no_reader(portal, channel, sent):
    portal.stamps_arrival = True
    (number,) = sent(1)
    assert said(channel.readings([number], now=LATER)) == [(number, "delivered", SENT)]
    portal.open(number, SENT + timedelta(minutes=2))
    assert said(channel.readings([number], now=LATER)) == [(number, "read", SENT + timedelta(minutes=2))]


def test_what_the_portal_never_had_is_not_known(channel, sent):
    ids = sent(1)
    told = channel.readings([*ids, "com-99", "", "no/id", "a,b"], now=LATER)
    assert told.known == set(ids)


def test_many_are_asked_about_in_few_requests_and_page_by_page(portal, channel, sent):
    ids = sent(ASKED_AT_ONCE + 20)
    portal.page_size = 15
    for number in ids[::7]:
        portal.open(number, SENT + timedelta(days=1))
    told = channel.readings(ids, now=LATER)
    assert told.known == set(ids)
    assert {one.provider_message_id for one in told.reports} == set(ids[::7])
    assert len(portal.searches) == 4 + 2
    assert all("Prefer" not in headers for _path, headers in portal.searches)


def test_nothing_to_ask_asks_nothing(portal, channel):
    assert channel.readings([], now=LATER).known == frozenset()
    assert portal.searches == []


@pytest.mark.parametrize(
    "answer",
    ["hang up", (500, {}), (401, {}), (302, {"Location": "https://elsewhere.example"}), (200, {}, b"<html>"),
     (200, {}, b"[]")],
)  # fmt: skip
def test_no_answer_is_said_and_names_nobody(portal, channel, sent, answer):
    ids = sent(1)
    portal.search_answers = [answer]
    with pytest.raises(UnableToAsk) as refused:
        channel.readings(ids, now=LATER)
    assert ids[0] not in str(refused.value)
    assert channel.readings(ids, now=LATER).known == set(ids)


def test_the_token_goes_to_the_portal_and_nowhere_else(portal, sent, text):
    portal.token = "hush"
    channel = PortalFhir(server=FhirServer.from_url(portal.base, token="hush"))
    number = channel.send(text(to="Patient/17"), now=SENT).provider_message_id
    assert channel.readings([number], now=LATER).known == {number}
    with fhir_portal() as other:
        page = {
            "resourceType": "Bundle",
            "entry": [{"resource": {"resourceType": "OperationOutcome"}}],
            "link": [{"relation": "next", "url": f"{other.base}/Communication?_id={number}"}],
        }
        portal.search_answers = [(200, {}, json.dumps(page).encode())]
        assert channel.readings([number], now=LATER).known == frozenset()
        assert other.searches == []


def test_a_server_that_never_ends_is_left(portal, channel, sent):
    ids = sent(1)
    page = {"resourceType": "Bundle", "link": [{"relation": "next", "url": f"{portal.base}/Communication?x"}]}
    portal.search_answers = [(200, {}, json.dumps(page).encode())] * 500
    assert channel.readings(ids, now=LATER).known == frozenset()
    assert len(portal.searches) < 100


def test_where_it_was_there_already_its_id_is_asked_for(portal, channel, text):
    portal.names_what_is_there = False
    message = text(to="Patient/17")
    assert channel.send(message, now=SENT).provider_message_id == "com-1"
    again = channel.send(message, now=SENT)
    assert (again.provider_message_id, again.code) == ("com-1", "there_already")
    portal.search_answers = [(500, {})]
    assert channel.send(message, now=SENT).provider_message_id == ""


DAY_AFTER = "2026-03-03T15:00:00+00:00"


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, None),
        ({"received": DAY_AFTER}, "read"),
        ({"received": "2026-03-03"}, "read"),
        ({"received": "2026-03-02"}, "delivered"),
        ({"received": "2026-03-02T15:00:59Z"}, "delivered"),
        ({"received": "2026-03-02T11:01:01-04:00"}, "read"),
        ({"received": DAY_AFTER, "status": "in-progress"}, "delivered"),
        ({"received": DAY_AFTER, "status": "unknown"}, "delivered"),
        ({"received": DAY_AFTER, "sent": None}, "read"),
        ({"received": "some day"}, None),
        ({"received": 17}, None),
        ({"received": ""}, None),
        ({"status": "not-done"}, "failed"),
        ({"status": "entered-in-error", "received": DAY_AFTER}, "failed"),
        ({"id": ""}, None),
    ],
)
def test_what_a_communication_says_of_its_reader(more, state):
    resource = {"id": "com-1", "status": "completed", "sent": SENT.isoformat(), **more}
    report = report_of(resource, now=LATER)
    assert (report.state if report else None) == state


def test_nobody_reads_tomorrow():
    resource = {"id": "com-1", "status": "completed", "sent": SENT.isoformat(), "received": "2031-01-01"}
    assert report_of(resource, now=LATER).at == LATER


@given(st.one_of(st.none(), st.integers(), st.text(), st.dates().map(str), st.datetimes().map(str)))
def test_any_time_is_read_or_left(value):
    found = instant(value)
    assert found is None or found.tzinfo is UTC
