"""Setup > Rules > Begun and not finished: what is grave is staff's until a clinician signs it."""

import pytest

from rebook.packs.operational import pending_rules
from rebook.records.models import GapSignOff

pytestmark = pytest.mark.django_db
URL = "/setup/catalogue/unfinished/"
URGENT = next(one for one in pending_rules() if one.key == "pending.test_not_done.urgent.critical")


def post(client, **values):
    return client.post(
        "/setup/unfinished/sign/", {"key": URGENT.key, "content_hash": URGENT.content_hash, **values}
    )


def test_everybody_reads_the_rules_and_only_a_clinician_signs(quiet_clinic, signed_in):
    desk = signed_in(quiet_clinic, "front_desk")
    body = desk.get(URL).content.decode()
    assert "Urgent test not done" in body
    assert "A task for staff, until it is signed" in body
    assert post(desk).status_code == 403
    assert not GapSignOff.objects.exists()


def test_a_signature_lets_patients_be_told_until_it_is_withdrawn(quiet_clinic, signed_in):
    clinician = signed_in(quiet_clinic, "clinician")
    before = clinician.get(URL).content.decode().count("until it is signed")
    post(clinician)
    assert clinician.get(URL).content.decode().count("until it is signed") == before - 1
    post(clinician, act="withdraw")
    assert clinician.get(URL).content.decode().count("until it is signed") == before


def test_a_rule_that_changed_since_it_was_read_is_not_signed(quiet_clinic, signed_in):
    post(signed_in(quiet_clinic, "clinician"), content_hash="0" * 64)
    assert not GapSignOff.objects.exists()


def test_an_unknown_rule_is_not_there(quiet_clinic, signed_in):
    assert post(signed_in(quiet_clinic, "clinician"), key="pending.nothing").status_code == 404
