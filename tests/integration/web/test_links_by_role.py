"""No link of the launch checklist, nor of the look at the records, leads anybody to a refusal."""

import re
from dataclasses import replace

import pytest

from rebook.core.doctor.checks import CHECKS
from rebook.core.doctor.finding import Finding
from rebook.core.outreach.campaign_readiness import ReadinessCheck
from rebook.core.reasons import Reason
from rebook.flow import doctor as doctor_flow
from rebook.flow.outreach.readiness import launch_checklist
from rebook.records.models import Campaign
from rebook.records.read.campaigns import campaign as campaign_view
from rebook.web.access import ROLES_BY_ACT, roles_let_in
from rebook.web.views import campaigns, doctor
from rebook.web.words import WORDS

pytestmark = pytest.mark.django_db

ROLES = sorted(ROLES_BY_ACT["anything"])
PLACES = ("campaign", "approval", "send_tests", "templates", *campaigns.MENDED_AT)


@pytest.fixture
def draft(clinic):
    made = Campaign.objects.filter(organisation=clinic.organisation).first()
    made.state = "draft"
    made.save(update_fields=["state"])
    return made


@pytest.mark.parametrize("role", ROLES)
def test_a_checks_link_opens_or_it_says_who_can(role, clinic, draft, signed_in, monkeypatch):
    checks = [ReadinessCheck(f"at-{one}", "Something", (Reason("a", "do it"),), one) for one in PLACES]
    monkeypatch.setattr(campaigns, "_checklist", lambda *_: checks)
    client = signed_in(clinic, role)
    page = client.get(f"/campaigns/{draft.pk}/").content.decode()
    for place in PLACES:
        line = page.partition(f'data-check="at-{place}"')[2].partition("</li>")[0]
        link = re.search(r'<a href="([^"]+)">', line)
        if link:
            assert client.get(link[1]).status_code == 200, link[1]
        else:
            told = re.search(r'<span class="quiet small">[^<]+: ([^<]+)</span>', line)
            assert told, place
            named = {key for key, name in WORDS["role"].items() if name.lower() in told[1]}
            assert named, told[1]
            assert role not in named


def test_every_check_says_where_it_is_mended(clinic, draft):
    """The page knows each place that a check of the launch names."""
    of = {"organisation_id": clinic.organisation.pk}
    view = replace(campaign_view(**of, campaign_id=draft.pk), state="draft")
    sequence = campaigns.flow.sequence_of(**of, key=view.sequence_key)
    found = launch_checklist(**of, campaign=view, sequence=sequence, now=clinic.now, looks_again=False)
    assert {one.where for one in found} - {""} <= set(PLACES)


def test_who_may_not_send_tests_is_told_who_may(clinic, draft, signed_in):
    desk, writer = signed_in(clinic, "front_desk"), signed_in(clinic, "writer")
    line = f'href="/campaigns/{draft.pk}/send-tests/"'
    assert line not in desk.get(f"/campaigns/{draft.pk}/").content.decode()
    assert desk.get(f"/campaigns/{draft.pk}/send-tests/").status_code == 403
    assert writer.get(f"/campaigns/{draft.pk}/send-tests/").status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_a_finding_in_the_records_links_only_where_one_may_go(role, clinic, signed_in, monkeypatch):
    checks = {one.link: one for one in CHECKS if one.link}
    found = [
        Finding(
            key=one.key, group=one.group, severity="warn", says="it", do="mend it", link=link, count=1, of=2
        )
        for link, one in checks.items()
    ]
    real = doctor_flow.examine_records(organisation_id=clinic.organisation.pk, now=clinic.now, actor="user:1")
    monkeypatch.setattr(doctor.flow, "last_examined", lambda **_: replace(real, findings=tuple(found)))
    client = signed_in(clinic, role)
    page = client.get("/setup/doctor/").content.decode()
    links = re.findall(r'<a href="([^"]+)">Go there</a>', page)
    assert links
    assert all(client.get(one).status_code == 200 for one in links)
    assert ("/setup/numbers/" in links) == (role in roles_let_in("/setup/numbers/"))
