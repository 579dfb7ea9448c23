"""What holds for every registered channel, whatever its vendor."""

import socket
import threading

import pytest
from aiosmtpd.controller import Controller

from rebook.channels.registry import (
    DEFAULT_CHANNELS,
    REGISTRY,
    ChannelSettings,
    UnknownChannel,
    channel_for,
    channels_for,
)
from rebook.core.channel import BadSignature, OutboundMessage, SendResult, WebhookRequest
from support.fhir_portal import fhir_portal


class Accepting:
    async def handle_DATA(self, server, session, envelope):
        return "250 2.0.0 taken"


@pytest.fixture(scope="module")
def mail_server():
    controller = Controller(Accepting(), hostname="127.0.0.1", port=_free_port())
    controller.start()
    yield f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def portal():
    with fhir_portal() as server:
        yield server


@pytest.fixture
def settings(tmp_path, mail_server, portal):
    return ChannelSettings(
        sandbox_directory=tmp_path,
        sandbox_secret="quiet",
        smtp_url=mail_server,
        smtp_from="Elm Street Practice <recall@clinic.example>",
        portal_fhir_url=portal.base,
    )


@pytest.fixture(params=sorted(REGISTRY))
def channel(request, settings):
    return channel_for(request.param, settings=settings)


@pytest.fixture
def message(channel, text):
    to = {
        "email": "ana@example.org",
        "letter": "Ana Lopez\n12 Main Street\nCambridge, MA 02139",
        "portal": "Patient/17",
    }
    return text(to=to.get(channel.capabilities.kind, "+16175550123"), subject="A visit")


def test_it_answers_to_its_key(channel, request):
    assert channel.key == request.node.callspec.params["channel"]
    assert len(channel.key) <= 20


def test_a_good_message_is_taken(channel, message, now):
    result = channel.send(message, now=now)
    assert isinstance(result, SendResult)
    assert result.state in ("accepted", "sent")
    assert (result.failure, result.code) == ("none", "")


def test_looking_up_tells_only_what_it_knows(channel, message, now):
    assert channel.look_up(message.reference) is None
    sent = channel.send(message, now=now)
    found = channel.look_up(message.reference)
    if channel.capabilities.can_look_up and not channel.capabilities.is_manual:
        assert found == sent
    else:
        assert found is None


def test_an_unsigned_webhook_is_refused(channel):
    request = WebhookRequest(url="https://clinic.example/in/x/y", body=b'{"events": []}')
    with pytest.raises(BadSignature):
        channel.verify_signature(request)


def test_a_header_cannot_be_smuggled_in(channel, message, now):
    """Whatever a template or a name holds, the result is a value and the message stays one message."""
    evil = OutboundMessage(
        reference=message.reference, to=message.to, body=message.body, subject="Hi\r\nBcc: spy@example.org"
    )
    assert channel.send(evil, now=now).state in ("accepted", "sent", "failed")


def test_many_threads_may_send_at_once(channel, text, message, now):
    results = []

    def send(number):
        results.append(channel.send(text(reference=f"rb-{number}", to=message.to, subject="A"), now=now))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.state in ("accepted", "sent") for result in results] == [True] * 8


def test_every_kind_has_a_default_that_serves_it(settings):
    chosen = channels_for(chosen=None, settings=settings)
    assert {kind: channel.key for kind, channel in chosen.items()} == DEFAULT_CHANNELS


def test_a_practice_chooses_per_kind_and_may_switch_one_off(settings):
    chosen = channels_for(chosen={"email": "email_smtp", "sms": ""}, settings=settings)
    assert {kind: channel.key for kind, channel in chosen.items()} == {
        "email": "email_smtp",
        "phone": "phone_task",
    }


@pytest.mark.parametrize("chosen", [{"sms": "pigeon"}, {"sms": "sandbox_email"}])
def test_a_wrong_choice_is_said_clearly(chosen, settings):
    with pytest.raises(UnknownChannel):
        channels_for(chosen=chosen, settings=settings)


def test_mail_that_is_not_set_up_is_switched_off(tmp_path):
    with pytest.raises(UnknownChannel, match="not switched on"):
        channel_for("email_smtp", settings=ChannelSettings(sandbox_directory=tmp_path))
