"""E-mail against a real SMTP server on this machine."""

import base64
import email
import socket
import threading
from datetime import timedelta
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from rebook.channels.email_smtp import EmailSmtp, SmtpServer, SmtpUrlInvalid
from rebook.channels.email_smtp.codes import classify

SENDER = "Elm Street Practice <recall@clinic.example>"


class Postbox:
    """Keeps letters; answers the recipient's local part when it is a reply code, as in 550-5.1.1@x.org."""

    def __init__(self):
        self.letters = []
        self.recipients = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        local = address.partition("@")[0]
        if local[:3].isdigit():
            return local.replace("-", " ") + " no"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        self.recipients.append(envelope.rcpt_tos)
        self.letters.append(email.message_from_bytes(envelope.content, policy=default))
        return "554 5.6.0 no" if "refuse" in envelope.rcpt_tos[0] else "250 2.0.0 taken"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def postbox():
    return Postbox()


@pytest.fixture
def server(postbox):
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=False)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def channel(server):
    return EmailSmtp(server=SmtpServer(host="127.0.0.1", port=server.port), sender=SENDER, timeout_s=5)


@pytest.fixture
def mail(text):
    def make(**changed):
        values = {
            "to": "ana@example.org",
            "subject": "Time for a visit",
            "body": "Hola Ana,\n¿quiere una cita?\n",
            "body_html": "<p>Hola Ana, ¿quiere una <b>cita</b>?</p>",
            "language": "es",
            "unsubscribe_url": "https://clinic.example/p/tok/unsubscribe",
        }
        return text(**{**values, **changed})

    return make


def test_a_letter_arrives_whole(channel, postbox, mail, now):
    result = channel.send(mail(), now=now)
    assert (result.state, result.provider_message_id) == ("sent", "<rb-1-a@clinic.example>")
    (letter,) = postbox.letters
    assert letter["From"] == SENDER
    assert letter["To"] == "ana@example.org"
    assert letter["Subject"] == "Time for a visit"
    assert letter["Message-ID"] == "<rb-1-a@clinic.example>"
    assert letter["Date"].datetime == now
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_body(("plain",)).get_content().splitlines() == ["Hola Ana,", "¿quiere una cita?"]
    assert "<b>cita</b>" in letter.get_body(("html",)).get_content()
    assert letter.get_content_type() == "multipart/alternative"


def test_one_click_ends_the_mail(channel, postbox, mail, now):
    """RFC 8058 wants both headers; mail without an address carries neither."""
    channel.send(mail(), now=now)
    channel.send(mail(unsubscribe_url=""), now=now)
    with_it, without = postbox.letters
    assert with_it["List-Unsubscribe"] == "<https://clinic.example/p/tok/unsubscribe>"
    assert with_it["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert without["List-Unsubscribe"] is None


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\r\n\r\n"])
def test_a_line_break_in_the_subject_begins_no_header(line_break, channel, postbox, mail, now):
    channel.send(mail(subject=f"Hi{line_break}Bcc: spy@example.org"), now=now)
    (letter,) = postbox.letters
    assert letter["Bcc"] is None
    assert postbox.recipients == [["ana@example.org"]]
    assert letter["Subject"] == "Hi Bcc: spy@example.org"


@pytest.mark.parametrize(
    "to",
    ["", "ana", "ana@", "@example.org", "ana@x.org, spy@x.org", "ana@x.org\r\nBcc: spy@x.org", "a b@x.org"],
)
def test_what_is_not_one_address_is_not_sent(to, channel, postbox, mail, now):
    result = channel.send(mail(to=to), now=now)
    assert (result.state, result.failure, result.code) == ("failed", "permanent_number", "bad_address")
    assert postbox.letters == []


@pytest.mark.parametrize("changed", [{"reference": "rb 1\n"}, {"unsubscribe_url": "https://x.org/>\nBcc: a"}])
def test_our_own_headers_are_checked_too(changed, channel, postbox, mail, now):
    result = channel.send(mail(**changed), now=now)
    assert (result.state, result.failure) == ("failed", "content")
    assert postbox.letters == []


@pytest.mark.parametrize(
    ("code", "text", "failure"),
    [
        (550, b"5.1.1 no such user", "permanent_number"),
        (550, b"5.1.10 null MX", "permanent_number"),
        (550, b"5.2.1 disabled", "permanent_number"),
        (552, b"5.2.2 full", "transient"),
        (550, b"5.7.1 policy", "config"),
        (554, b"5.7.26 unauthenticated", "config"),
        (550, b"5.6.1 no such media", "content"),
        (550, b"5.3.0 system", "transient"),
        (550, b"no detail", "permanent_channel"),
        (421, b"4.7.32 slow down", "transient"),
        (451, b"greylisted", "transient"),
        (535, b"5.7.8 bad login", "config"),
        (530, b"login first", "config"),
        (599, b"9.9.9 nonsense", "permanent_channel"),
        (499, b"", "transient"),
    ],
)
def test_codes_mean_what_the_rules_say(code, text, failure):
    result = classify(code=code, text=text)
    assert (result.state, result.failure) == ("failed", failure)
    assert (result.retry_after_s is not None) is (failure == "transient")


def test_the_servers_words_are_not_kept():
    assert classify(code=550, text=b"5.1.1 <ana@example.org> unknown").code == "550 5.1.1"


@pytest.mark.parametrize(
    ("local", "failure", "code"),
    [
        ("550-5.1.1", "permanent_number", "550 5.1.1"),
        ("452-4.2.2", "transient", "452 4.2.2"),
        ("refuse", "content", "554 5.6.0"),
    ],
)
def test_a_real_refusal_is_classified(local, failure, code, channel, mail, now):
    result = channel.send(mail(to=f"{local}@example.org"), now=now)
    assert (result.state, result.failure, result.code) == ("failed", failure, code)


def test_nobody_listening_is_worth_another_try(mail, now):
    channel = EmailSmtp(server=SmtpServer(host="127.0.0.1", port=free_port()), sender=SENDER, timeout_s=5)
    result = channel.send(mail(), now=now)
    assert (result.state, result.failure) == ("failed", "transient")


def test_a_wanted_but_missing_starttls_never_falls_back(server, postbox, mail, now):
    target = SmtpServer(host="127.0.0.1", port=server.port, use_starttls=True)
    result = EmailSmtp(server=target, sender=SENDER, timeout_s=5).send(mail(), now=now)
    assert (result.state, result.failure) == ("failed", "config")
    assert postbox.letters == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_wrong_password_is_our_fault_not_the_patients(mail, now):
    def nobody(server, session, envelope, mechanism, data):
        return AuthResult(success=False, handled=False)

    controller = Controller(
        Postbox(),
        hostname="127.0.0.1",
        port=free_port(),
        auth_require_tls=False,
        auth_required=True,
        authenticator=nobody,
    )
    controller.start()
    try:
        target = SmtpServer.from_url(f"smtp://me:wrong@127.0.0.1:{controller.port}")
        result = EmailSmtp(server=target, sender=SENDER, timeout_s=5).send(mail(), now=now)
    finally:
        controller.stop()
    assert (result.state, result.failure) == ("failed", "config")


def _server_that(hangs_up_at, listener):
    """Speak just enough SMTP, then hang up: before DATA or after the letter was read."""
    connection, _ = listener.accept()
    with connection, connection.makefile("rwb") as wire:

        def say(line):
            wire.write(line + b"\r\n")
            wire.flush()

        say(b"220 hello")
        while line := wire.readline():
            word = line[:4].upper()
            if word == b"DATA":
                say(b"354 go on")
                while wire.readline() != b".\r\n":
                    pass
                return
            if word == b"RCPT" and hangs_up_at == "recipient":
                return
            say(b"250 ok")


@pytest.mark.parametrize(("hangs_up_at", "state"), [("recipient", "failed"), ("letter", "unknown")])
def test_only_a_break_after_the_letter_leaves_doubt(hangs_up_at, state, mail, now):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_server_that, args=(hangs_up_at, listener))
        thread.start()
        target = SmtpServer(host="127.0.0.1", port=listener.getsockname()[1])
        result = EmailSmtp(server=target, sender=SENDER, timeout_s=5).send(mail(), now=now)
        thread.join(10)
    assert result.state == state
    assert result.failure == ("transient" if state == "failed" else "none")


def test_addresses_of_other_scripts_go_another_way(channel, mail, now):
    result = channel.send(mail(to="añá@example.org"), now=now)
    assert (result.state, result.failure) == ("failed", "permanent_channel")


def test_a_picture_travels_with_the_mail_and_is_fetched_from_nowhere(channel, postbox, mail, now):
    # Mail programs show no data: address; they show a part of the mail by its name.
    logo = base64.b64encode(b"\x89PNG\r\n\x1a\nlogo").decode()
    html = f'<p>Hello</p><img alt="Northside" src="data:image/png;base64,{logo}">'
    assert channel.send(mail(body="Hello", body_html=html), now=now).state in ("accepted", "sent")
    (letter,) = postbox.letters
    shown = letter.get_body(("html",))
    assert "data:" not in shown.get_content()
    (picture,) = [part for part in letter.walk() if part.get_content_type() == "image/png"]
    assert picture.get_content() == b"\x89PNG\r\n\x1a\nlogo"
    name = picture["Content-ID"].strip("<>")
    assert f'src="cid:{name}"' in shown.get_content()
    assert letter.get_body(("plain",)).get_content().strip() == "Hello"


def test_the_date_is_the_one_given(channel, postbox, mail, now):
    earlier = now - timedelta(days=400)
    channel.send(mail(), now=earlier)
    assert postbox.letters[0]["Date"].datetime == earlier


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.x.org", SmtpServer(host="mail.x.org", port=25)),
        ("smtp://mail.x.org?starttls=1", SmtpServer(host="mail.x.org", port=587, use_starttls=True)),
        ("smtps://mail.x.org", SmtpServer(host="mail.x.org", port=465, use_ssl=True)),
        (
            "smtp://me%40x.org:p%3Aw@mail.x.org:2525?starttls=1",
            SmtpServer(host="mail.x.org", port=2525, use_starttls=True, user="me@x.org", password="p:w"),
        ),
    ],
)
def test_the_address_of_the_server(url, expected):
    assert SmtpServer.from_url(url) == expected


@pytest.mark.parametrize("url", ["mail.x.org", "http://mail.x.org", "smtp://", "smtp://me:secret@x.org:port"])
def test_a_bad_address_is_said_without_showing_it(url):
    with pytest.raises(SmtpUrlInvalid) as caught:
        SmtpServer.from_url(url)
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(SmtpServer(host="x", port=1, password="secret"))
