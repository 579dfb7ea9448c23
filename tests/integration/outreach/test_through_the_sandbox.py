"""The practice's own channels, as they are without any setting: the sandbox and call tasks."""

import json

import pytest
from django.conf import settings as configured

from rebook.channels.sandbox import signed_webhook
from rebook.core.channel import DeliveryReport
from rebook.flow.common.channels import channel_named, channel_settings, practice_channels
from rebook.flow.outreach.dispatch import record_reports, send_due, settle_in_the_air
from rebook.flow.outreach.enrol import enrol
from rebook.flow.outreach.plan import plan_attempts
from rebook.records.models import Attempt
from support.outreach import MINUTE, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(clinic, settings, tmp_path):
    settings.HOME = tmp_path
    clinic.patient()
    clinic.campaign()
    enrol(organisation_id=clinic.id, as_of=NOW.date(), now=NOW)
    plan_attempts(organisation_id=clinic.id, now=NOW)
    return send_due(organisation_id=clinic.id, now=NOW, worker="w1")


def test_it_keeps_what_would_have_gone_out(sent, tmp_path):
    assert sent.sent == 1
    (line,) = (tmp_path / "sandbox" / "sandbox-2026-11-18.jsonl").read_text().splitlines()
    kept = json.loads(line)
    attempt = Attempt.objects.get()
    assert (kept["reference"], kept["to"], kept["body"]) == (
        attempt.reference,
        attempt.to_value,
        attempt.body,
    )
    assert attempt.provider_message_id == kept["provider_message_id"]


def test_a_signed_report_comes_back_to_the_attempt(sent, clinic):
    channel = channel_named("sandbox")
    attempt = Attempt.objects.get()
    report = DeliveryReport(attempt.provider_message_id, "delivered", NOW + MINUTE)
    request = signed_webhook(
        secret=channel_settings().sandbox_secret,
        url="https://visits.example/in/sandbox/elm",
        now=NOW + MINUTE,
        reports=[report],
    )
    channel.verify_signature(request)
    batch = channel.parse_inbound(request, now=NOW + MINUTE)
    record_reports(organisation_id=clinic.id, channel="sandbox", reports=batch.reports, now=NOW + MINUTE)
    assert Attempt.objects.get().state == "delivered"


def test_a_worker_that_died_after_the_sandbox_took_it_sends_nothing_again(sent, clinic, tmp_path):
    Attempt.objects.update(state="claimed", provider_message_id="", sent_at=None)
    summary = settle_in_the_air(organisation_id=clinic.id, now=NOW + 15 * MINUTE)
    assert summary.gone_out == 1
    send_due(organisation_id=clinic.id, now=NOW + 15 * MINUTE, worker="w2")
    assert len((tmp_path / "sandbox" / "sandbox-2026-11-18.jsonl").read_text().splitlines()) == 1


def test_the_secret_is_not_the_houses_own():
    assert channel_settings().sandbox_secret
    assert configured.SECRET_KEY not in channel_settings().sandbox_secret
    assert "sandbox_secret" not in repr(channel_settings())


def test_a_practice_may_send_real_mail(clinic, settings):
    settings.SMTP_URL, settings.SMTP_FROM = "smtp://127.0.0.1:2525", "Elm <recall@clinic.example>"
    clinic.organisation.settings = {"channels": {"email": "email_smtp"}}
    clinic.organisation.save()
    assert practice_channels(organisation_id=clinic.id)["email"].key == "email_smtp"
