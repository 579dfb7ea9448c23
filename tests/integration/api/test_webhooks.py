"""What vendors post: signed or nothing, kept once, answered at once (R-D30 ff)."""

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from rebook.api import webhooks
from rebook.channels.sandbox.webhooks import signed_webhook
from rebook.core.channel import DeliveryReport, InboundMessage
from rebook.flow.common.channels import channel_settings
from rebook.flow.outreach.approvals import approve_all_in_use
from rebook.records.models import Attempt, Consent, Reply
from support.clinic import make_clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic(db):
    return make_clinic()


@pytest.fixture
def patient(clinic):
    return clinic.patient(1)


def message(patient, body, provider_id="sm-1"):
    return InboundMessage(
        provider_message_id=provider_id,
        from_value=patient.contact_points.get(system="phone").value,
        to_value="+13125550100",
        body=body,
        received_at=timezone.now(),
    )


def signed(clinic, *, messages=(), reports=(), secret=None, path=None, now=None):
    path = path or f"/in/sandbox/{clinic.organisation.slug}"
    return path, signed_webhook(
        secret=secret or channel_settings().sandbox_secret,
        url=settings.PUBLIC_URL + path,
        now=now or timezone.now(),
        messages=messages,
        reports=reports,
    )


def post(path, webhook, **more):
    return Client().post(path, webhook.body, content_type="application/json", headers=webhook.headers, **more)


def test_a_stop_is_kept_and_binds_before_the_answer_is_given(clinic, patient):
    answer = post(*signed(clinic, messages=[message(patient, "no me manden más")]))
    assert (answer.status_code, answer.json()) == (200, {"status": "received", "messages": 1, "reports": 0})
    number = patient.contact_points.get(system="phone").value
    assert Consent.objects.filter(contact_value=number, state="revoked").exists()


def test_the_same_webhook_again_changes_nothing(clinic, patient):
    request = signed(clinic, messages=[message(patient, "yes")])
    assert [post(*request).status_code, post(*request).status_code] == [200, 200]
    assert Reply.objects.count() == 1


def test_delivery_reports_reach_their_attempts(clinic, patient):
    attempt = clinic.attempt(clinic.case(patient), channel="sms", state="accepted", provider_message_id="SB1")
    report = DeliveryReport(provider_message_id="SB1", state="delivered", at=timezone.now())
    answer = post(*signed(clinic, reports=[report]))
    assert answer.json()["reports"] == 1
    assert Attempt.objects.get(pk=attempt.pk).state == "delivered"


@pytest.mark.parametrize("how", ["wrong secret", "no header", "changed body", "other address", "too old"])
def test_nothing_unsigned_is_kept_but_counted(clinic, patient, how):
    now = timezone.now() - dt.timedelta(days=2) if how == "too old" else None
    secret = "guessed" if how == "wrong secret" else None
    path, webhook = signed(clinic, messages=[message(patient, "stop")], secret=secret, now=now)
    headers = {} if how == "no header" else webhook.headers
    body = webhook.body.replace(b"stop", b"go on") if how == "changed body" else webhook.body
    if how == "other address":
        clinic.organisation.slug, path = "moved-away", "/in/sandbox/moved-away"
        clinic.organisation.save()
    before = webhooks.unsigned["sandbox"]
    answer = Client().post(path, body, content_type="application/json", headers=headers)
    assert answer.status_code == 403
    assert not Reply.objects.exists()
    assert webhooks.unsigned["sandbox"] == before + 1


def test_the_address_of_the_request_is_not_believed(clinic, patient):
    request = signed(clinic, messages=[message(patient, "yes")])
    assert post(*request, SERVER_NAME="localhost", HTTP_X_FORWARDED_HOST="evil.example").status_code == 200


@pytest.mark.parametrize("path", ["/in/sandbox/nobody", "/in/pigeon/elm-street"])
def test_unknown_addresses_are_told(clinic, patient, path):
    answer = post(*signed(clinic, messages=[message(patient, "yes")], path=path))
    assert answer.status_code == 404
    assert not Reply.objects.exists()


def test_what_is_not_the_vendors_language_is_refused(clinic, patient):
    path, webhook = signed(clinic, messages=[message(patient, "yes")])
    from rebook.channels.sandbox.webhooks import SIGNATURE_HEADER, TIME_HEADER, _signature

    body = b"{not json"
    stamp = webhook.headers[TIME_HEADER]
    secret = channel_settings().sandbox_secret
    headers = {
        **webhook.headers,
        SIGNATURE_HEADER: _signature(secret, stamp, settings.PUBLIC_URL + path, body),
    }
    answer = Client().post(path, body, content_type="application/json", headers=headers)
    assert answer.status_code == 400
    assert not Reply.objects.exists()


def test_the_safety_answer_is_on_its_way_before_the_vendor_hears_from_us(clinic, patient):
    approve_all_in_use(organisation_id=clinic.organisation.pk, now=timezone.now(), actor="user:1")
    post(*signed(clinic, messages=[message(patient, "I have chest pain")]))
    assert Attempt.objects.get(origin="safety").state == "accepted"


def test_looking_at_the_address_does_nothing(clinic):
    assert Client().get("/in/sandbox/elm-street").status_code == 405


def test_a_practice_may_have_a_secret_address(clinic, patient):
    clinic.organisation.settings = {"webhook_key": "k3y-9f2c"}
    clinic.organisation.save()
    assert post(*signed(clinic, messages=[message(patient, "yes")])).status_code == 404
    secret = signed(clinic, messages=[message(patient, "yes")], path="/in/sandbox/k3y-9f2c")
    assert post(*secret).status_code == 200


def test_no_words_and_no_number_get_into_the_log(clinic, patient, caplog):
    caplog.set_level("DEBUG", logger="rebook")
    post(*signed(clinic, messages=[message(patient, "chest pain")], secret="wrong"))
    post(*signed(clinic, messages=[message(patient, "chest pain")]))
    number = patient.contact_points.get(system="phone").value
    assert "unsigned webhook" in caplog.text
    assert "chest" not in caplog.text
    assert number not in caplog.text
