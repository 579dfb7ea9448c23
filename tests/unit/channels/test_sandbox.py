"""The sandbox: keeps what would have gone out, answers like a vendor, fails when told to."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from rebook.channels.sandbox import Behaviour, Sandbox, signed_webhook
from rebook.channels.sandbox.codes import FAILURES, SPECIAL, failure_class
from rebook.core.channel import BadSignature, DeliveryReport, InboundMessage

URL = "https://clinic.example/in/sandbox/elm"


@pytest.fixture
def sandbox(tmp_path):
    def make(**changed):
        values = {"key": "sandbox", "kind": "sms", "directory": tmp_path, "secret": "quiet"}
        return Sandbox(**{**values, **changed})

    return make


def kept(directory):
    return [json.loads(line) for path in sorted(directory.iterdir()) for line in path.open()]


def test_what_would_have_gone_out_is_kept_by_day(sandbox, text, now, tmp_path):
    sandbox().send(text(body="¿Cómo está? ok"), now=now)
    sandbox().send(text(reference="rb-2"), now=now + timedelta(days=1))
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "sandbox-2026-11-21.jsonl",
        "sandbox-2026-11-22.jsonl",
    ]
    first = kept(tmp_path)[0]
    assert (first["reference"], first["body"], first["sent_at"]) == (
        "rb-1-a",
        "¿Cómo está? ok",
        "2026-11-21T15:30:00+00:00",
    )
    assert (tmp_path / "sandbox-2026-11-21.jsonl").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("to", "state", "failure", "is_kept"),
    [
        ("+16175550100", "accepted", "none", True),
        ("+15005550101", "failed", "permanent_number", False),
        ("+15005550102", "failed", "transient", False),
        ("+15005550103", "unknown", "none", True),
        ("+15005550104", "accepted", "none", True),
        ("+15005550105", "failed", "opt_out", False),
        ("+15005550106", "failed", "content", False),
        ("+15005550107", "failed", "config", False),
        ("+15005550108", "failed", "permanent_channel", False),
        ("+15005550109", "unknown", "none", False),
        ("+15005550110", "accepted", "none", True),
        ("permanent@sandbox.invalid", "failed", "permanent_number", False),
        ("unknown@sandbox.invalid", "unknown", "none", True),
    ],
)
def test_special_numbers_fail_as_told(to, state, failure, is_kept, sandbox, text, now):
    waits = []
    channel = sandbox(sleep=waits.append)
    result = channel.send(text(to=to), now=now)
    assert (result.state, result.failure) == (state, failure)
    assert (channel.look_up("rb-1-a") is not None) is is_kept
    assert waits == ([1.0] if SPECIAL.get(to) == "slow" else [])


def test_only_a_passing_failure_suggests_another_try(sandbox, text, now):
    channel = sandbox(sleep=lambda seconds: None)
    for to in SPECIAL:
        result = channel.send(text(to=to), now=now)
        assert (result.retry_after_s is not None) is (result.failure == "transient")


def test_shares_fail_by_seed_and_always_the_same(sandbox, text, now):
    behaviour = Behaviour(seed=7, transient_share=0.2, permanent_share=0.1, unknown_share=0.05)

    def run(seed):
        channel = sandbox(behaviour=replace(behaviour, seed=seed))
        return [channel.send(text(reference=f"rb-{number}"), now=now).code for number in range(1000)]

    once, again, other = run(7), run(7), run(8)
    assert once == again != other
    assert 150 < once.count("handset_off") < 250
    assert 65 < once.count("not_a_number") < 135
    assert 25 < once.count("timed_out") < 80


def test_the_vendor_reports_later(sandbox, text, now):
    channel = sandbox()
    channel.send(text(), now=now)
    channel.send(text(reference="rb-2", to="+15005550110"), now=now)
    later = now + timedelta(minutes=5)
    reports = {report.provider_message_id: report for report in channel.reports_since(now, now=later)}
    assert reports == {}
    reports = channel.reports_since(now - timedelta(seconds=1), now=later)
    assert [(report.state, report.code) for report in reports] == [
        ("delivered", ""),
        ("failed", "undelivered"),
    ]
    assert reports[0].provider_message_id == channel.look_up("rb-1-a").provider_message_id


def test_a_killed_writer_leaves_no_broken_line(sandbox, text, now, tmp_path):
    channel = sandbox()
    channel.send(text(), now=now)
    with (tmp_path / "sandbox-2026-11-21.jsonl").open("a") as spool:
        spool.write('{"reference": "rb-cut')
    assert channel.look_up("rb-cut") is None
    assert channel.look_up("rb-1-a") is not None


def test_several_processes_write_whole_lines(tmp_path, text, now):
    program = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from rebook.channels.sandbox import Sandbox
from rebook.core.channel import OutboundMessage
channel = Sandbox(key="sandbox", kind="sms", directory=Path(sys.argv[1]), secret="")
for number in range(200):
    message = OutboundMessage(reference=f"{sys.argv[2]}-{number}", to="+16175550100", body="x" * 3000)
    channel.send(message, now=datetime(2026, 11, 21, tzinfo=UTC))
"""
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name])
        for name in ("one", "two", "three")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    references = [line["reference"] for line in kept(tmp_path)]
    assert len(references) == len(set(references)) == 600


def inbound(now, **changed):
    values = {
        "provider_message_id": "in-1",
        "from_value": "+16175550123",
        "to_value": "+16175550199",
        "body": "no más, gracias",
        "received_at": now,
    }
    return InboundMessage(**{**values, **changed})


def test_a_signed_webhook_comes_through_unchanged(sandbox, now):
    message = inbound(now, has_attachment=True)
    reports = tuple(
        DeliveryReport(provider_message_id="SB1", state=state, at=now, code=code, failure=failure_class(code))
        for state, code in [("delivered", ""), ("failed", "not_a_number"), ("read", ""), ("sent", "")]
    )
    request = signed_webhook(secret="quiet", url=URL, now=now, messages=[message], reports=reports)
    channel = sandbox()
    channel.verify_signature(request)
    batch = channel.parse_inbound(request, now=now)
    assert batch.messages == (message,)
    assert batch.reports == reports


def _tampered(request, change):
    if change == "body":
        return replace(request, body=request.body.replace(b"in-1", b"in-2"))
    if change == "address":
        return replace(request, url=URL + "x")
    headers = dict(request.headers)
    if change == "time":
        headers["X-Sandbox-Timestamp"] = "1"
    elif change == "no signature":
        del headers["X-Sandbox-Signature"]
    elif change == "odd signature":
        headers["X-Sandbox-Signature"] = "ü"
    return replace(request, headers=headers)


@pytest.mark.parametrize("change", ["body", "address", "time", "no signature", "odd signature"])
def test_a_webhook_that_was_touched_is_refused(change, sandbox, now):
    request = signed_webhook(secret="quiet", url=URL, now=now, messages=[inbound(now)])
    with pytest.raises(BadSignature):
        sandbox().verify_signature(_tampered(request, change))


def test_without_a_secret_nobody_is_believed(sandbox, now):
    request = signed_webhook(secret="", url=URL, now=now, messages=[inbound(now)])
    with pytest.raises(BadSignature):
        sandbox(secret="").verify_signature(request)


def test_header_names_are_matched_in_any_case(sandbox, now):
    request = signed_webhook(secret="quiet", url=URL, now=now)
    lowered = replace(request, headers={key.lower(): value for key, value in request.headers.items()})
    sandbox().verify_signature(lowered)


def test_yesterdays_webhook_cannot_be_played_again(sandbox, now):
    request = signed_webhook(secret="quiet", url=URL, now=now, messages=[inbound(now)])
    channel = sandbox()
    channel.verify_signature(request)
    with pytest.raises(BadSignature):
        channel.parse_inbound(request, now=now + timedelta(hours=25))


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"events": 3}', b'{"events": [{"type": "message"}]}', b"\xff\xfe", b'{"events": [7]}'],
)
def test_a_body_the_vendor_never_sends_is_one_clear_error(body, sandbox, now):
    request = replace(signed_webhook(secret="quiet", url=URL, now=now), body=body)
    with pytest.raises(ValueError, match="not what the sandbox sends"):
        sandbox().parse_inbound(request, now=now)


def test_unknown_events_are_passed_over(sandbox, now):
    request = signed_webhook(secret="quiet", url=URL, now=now)
    body = b'{"events": [{"type": "typing"}, {"type": "status", "id": "1", "status": "pondering"}], "v": 2}'
    batch = sandbox().parse_inbound(replace(request, body=body), now=now)
    assert (batch.messages, batch.reports) == ((), ())


def test_a_code_nobody_knows_is_worth_another_try():
    assert failure_class("moon_phase") == "transient"
    assert set(SPECIAL.values()) <= set(FAILURES) | {"slow", "timed_out", "lost", "undelivered"}
