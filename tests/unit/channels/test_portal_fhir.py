"""Portal messages over real HTTP to a server that behaves like a FHIR server."""

import json
import socket
import threading

import pytest
from fhir.resources.R4B.communication import Communication

from rebook.channels.portal_fhir import FhirServer, PortalFhir, PortalUrlInvalid
from support.fhir_portal import fhir_portal


@pytest.fixture
def portal():
    with fhir_portal() as server:
        yield server


@pytest.fixture
def channel(portal):
    return PortalFhir(server=FhirServer.from_url(portal.base))


@pytest.fixture
def message(text):
    return text(to="Patient/17", subject="A visit", body="It is time.\n\nNorthside", language="es")


def test_a_message_becomes_one_communication(portal, channel, message, now):
    said = channel.send(message, now=now)
    assert (said.state, said.provider_message_id, said.code) == ("accepted", "com-1", "")
    (kept,) = portal.kept.values()
    # Read by a library that knows FHIR, not by our own eyes.
    read = Communication.model_validate(kept)
    assert read.status == "completed"
    assert (read.subject.reference, read.recipient[0].reference) == ("Patient/17", "Patient/17")
    assert (read.topic.text, read.payload[0].contentString) == ("A visit", "It is time.\n\nNorthside")
    assert (read.language, read.sent) == ("es", now)
    (_path, headers, _body) = portal.requests[0]
    assert headers["If-None-Exist"] == "identifier=urn:rebook:attempt|rb-1-a"
    assert headers["Content-Type"] == "application/fhir+json"
    assert "Authorization" not in headers


def test_asked_twice_it_is_there_once(portal, channel, message, now):
    first, second = channel.send(message, now=now), channel.send(message, now=now)
    assert first.provider_message_id == second.provider_message_id
    assert (second.state, second.code) == ("accepted", "there_already")
    assert len(portal.kept) == 1


def test_many_at_once_with_one_reference_leave_one(portal, channel, message, now):
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(channel.send(message, now=now))) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.state for one in results} == {"accepted"}
    assert len(portal.kept) == 1


def test_no_answer_is_unknown_and_asking_later_settles_it(portal, channel, message, now):
    portal.answers = ["hang up"]
    assert channel.send(message, now=now).state == "unknown"
    assert channel.look_up(message.reference).provider_message_id == "com-1"
    assert channel.look_up("never") is None


@pytest.mark.parametrize(
    ("status", "headers", "failure", "wait"),
    [
        (400, {}, "content", None),
        (401, {}, "config", None),
        (403, {}, "config", None),
        (404, {}, "config", None),
        (422, {}, "permanent_channel", None),
        (429, {"Retry-After": "120"}, "transient", 120),
        (429, {"Retry-After": "soon"}, "transient", 300),
        (503, {}, "transient", 300),
        (302, {"Location": "https://elsewhere.example"}, "transient", 300),
    ],
)
def test_what_the_server_says_is_what_it_asks_of_us(
    portal, channel, message, now, status, headers, failure, wait
):
    portal.answers = [(status, headers)]
    said = channel.send(message, now=now)
    assert (said.state, said.code, said.failure) == ("failed", f"http_{status}", failure)
    assert said.retry_after_s == wait
    assert portal.kept == {}


def test_there_more_than_once_counts_as_there(portal, channel, message, now):
    portal.answers = [(412, {})]
    assert (channel.send(message, now=now).state, len(portal.requests)) == ("accepted", 1)


def test_nobody_there_is_worth_another_try(message, now):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    said = PortalFhir(server=FhirServer.from_url(f"http://127.0.0.1:{free}")).send(message, now=now)
    assert (said.state, said.code, said.failure) == ("failed", "not_connected", "transient")


def test_a_slow_server_leaves_doubt(message, now):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        server = FhirServer.from_url(f"http://127.0.0.1:{deaf.getsockname()[1]}")
        assert PortalFhir(server=server, timeout_s=0.2).send(message, now=now).state == "unknown"


def test_the_token_goes_along_and_into_no_word(portal, message, now):
    portal.token = "hush"
    channel = PortalFhir(server=FhirServer.from_url(portal.base, token="hush"))
    assert channel.send(message, now=now).state == "accepted"
    assert "hush" not in repr(FhirServer.from_url(portal.base, token="hush"))
    wrong = PortalFhir(server=FhirServer.from_url(portal.base, token="no"))
    assert wrong.send(message, now=now).failure == "config"


@pytest.mark.parametrize("to", ["", "17", "Patient/", "+16175550123"])
def test_only_a_patient_of_the_portal_is_written_to(portal, channel, text, now, to):
    said = channel.send(text(to=to), now=now)
    assert (said.state, said.failure) == ("failed", "permanent_channel")
    assert portal.requests == []


@pytest.mark.parametrize(
    "url",
    ["http://portal.example/fhir", "ftp://portal.example", "portal.example", "https://u:p@portal.example",
     "https://portal.example/fhir?x=1", "https:///fhir"],
)  # fmt: skip
def test_an_address_that_would_carry_names_in_the_open_is_refused(url):
    with pytest.raises(PortalUrlInvalid):
        FhirServer.from_url(url)


def test_what_goes_over_is_json_whatever_the_words_hold(portal, channel, text, now):
    body = 'quote " backslash \\ حان \U0001f600'
    channel.send(text(to="Patient/17", body=body), now=now)
    assert json.loads(portal.requests[0][2])["payload"][0]["contentString"] == body


def test_the_portal_is_closed_to_others_and_can_be_asked(channel):
    assert not channel.capabilities.is_open
    assert channel.capabilities.can_look_up
