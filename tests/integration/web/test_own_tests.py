"""The pages of tests to oneself: keep and confirm a number, send from editor and campaign, see the result."""

import re

import pytest
from django.conf import settings
from django.test import Client

from rebook.flow.common.channels import practice_channels
from rebook.flow.outreach.dispatch import record_reports
from rebook.records.models import Campaign, SentTest, StaffContact, TemplateText
from support.clinic import make_clinic

pytestmark = pytest.mark.django_db
OWN = "/setup/own-number/"
EDITOR = "/setup/texts/due_visit/sms/en/"
MINE = "+13125550177"


@pytest.fixture(autouse=True)
def safe_links(settings, tmp_path):
    # Links in open channels must be https; what goes out stays in a place of this test's own.
    settings.PUBLIC_URL = "https://visits.example"
    settings.HOME = tmp_path


class Member:
    """Somebody at the keyboard, and the sandbox that their telephone is."""

    def __init__(self, clinic, client, role):
        self.clinic, self.client, self.role = clinic, client, role

    def post(self, address, **data):
        return self.client.post(address, data, follow=True)

    def read(self, address):
        return self.client.get(address).content.decode()

    def outbox(self, kind="sms"):
        channel = practice_channels(organisation_id=self.clinic.organisation.pk)[kind]
        return list(channel._spool.messages())

    def deliver(self, kind="sms"):
        channel = practice_channels(organisation_id=self.clinic.organisation.pk)[kind]
        now = self.clinic.now.replace(year=2099)
        reports = channel.reports_since(self.clinic.now.replace(year=2000), now=now)
        record_reports(
            organisation_id=self.clinic.organisation.pk, channel=channel.key, reports=reports, now=now
        )

    def confirm(self, channel="sms", value=MINE):
        self.post(OWN, channel=channel, act="keep", value=value)
        code = re.search(r"\b\d{6}\b", self.outbox(channel)[-1].body).group()
        return self.post(OWN, channel=channel, act="confirm", code=code)

    def press_in_editor(self, address=EDITOR, **changes):
        """What the browser posts: the form as it stands on the page, with these changes."""
        page = self.read(address)
        kept = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', page))
        body = re.search(r'<textarea[^>]*id="body"[^>]*>(.*?)</textarea>', page, re.S).group(1)
        kept |= {"body": body.replace("&#39;", "'").replace("&#34;", '"')}
        form = {key: value for key, value in kept.items() if key in ("subject", "button", "body", "press")}
        # As the button does it: the answer goes into the page.
        header = {"HX-Request": "true"}
        answer = self.client.post(f"{address}test/", {**form, "review": "draft", **changes}, headers=header)
        assert "<html" not in answer.content.decode()
        return answer


@pytest.fixture
def member(clinic, signed_in):
    def sign_in(role="manager", at=None):
        return Member(at or clinic, signed_in(at or clinic, role), role)

    return sign_in


def test_keep_confirm_send_and_see_it_arrive(member):
    manager = member()
    assert "confirm your own number" in manager.read(EDITOR)
    assert "Send it to me" not in manager.read(EDITOR)
    said = manager.post(OWN, channel="sms", act="keep", value="(312) 555-0177").content.decode()
    assert "A code is on its way" in said
    assert "To confirm" in said
    code = re.search(r"\b\d{6}\b", manager.outbox()[-1].body).group()
    assert code not in said
    said = manager.post(OWN, channel="sms", act="confirm", code=f" {code[:3]} {code[3:]} ").content.decode()
    assert "Confirmed. Tests go there" in said
    assert "Send it to me" in manager.read(EDITOR)
    answer = manager.press_in_editor().content.decode()
    assert ">Sent<" in answer
    newest = manager.outbox()[-1]
    assert (newest.to, newest.body[:6]) == (MINE, "TEST: ")
    manager.deliver()
    press = SentTest.objects.get(kind="text").press
    for headers in ({}, {"HX-Request": "true"}):
        assert ">Arrived<" in manager.client.get(f"{OWN}tests/{press}/", headers=headers).content.decode()
    assert ">Arrived<" in manager.read(OWN)


def test_the_old_number_is_used_until_the_new_one_is_proved_and_the_page_says_so(member):
    manager = member()
    manager.confirm()
    page = manager.post(OWN, channel="sms", act="keep", value="(312) 555-0188").content.decode()
    assert "(312) 555-0177" in page
    assert "To confirm: <strong>(312) 555-0188</strong>" in page
    assert "tests go on to the one above" in page
    code = re.search(r"\b\d{6}\b", manager.outbox()[-1].body).group()
    assert manager.outbox()[-1].to == "+13125550188"
    manager.press_in_editor()
    assert manager.outbox()[-1].to == MINE
    page = manager.post(OWN, channel="sms", act="confirm", code=code).content.decode()
    assert "Confirmed. Tests go there" in page
    assert "(312) 555-0177" not in page
    assert "To confirm" not in page


def test_the_words_as_typed_are_sent_and_nothing_is_kept(member):
    manager = member()
    manager.confirm()
    manager.press_in_editor(body="{{ practice_name }}: typed just now. {{ link }} Reply STOP to end")
    assert "typed just now" in manager.outbox()[-1].body
    assert not TemplateText.objects.exists()


def test_the_same_page_sends_the_same_words_once(member):
    manager = member()
    manager.confirm()
    for _ in range(2):
        assert ">Sent<" in manager.press_in_editor(press="same").content.decode()
    assert SentTest.objects.filter(kind="text").count() == 1
    manager.press_in_editor(press="same", values="longest")
    words = "{{ practice_name }}: other words. {{ link }} Reply STOP to end"
    manager.press_in_editor(press="same", body=words)
    assert SentTest.objects.filter(kind="text").count() == 3


def test_a_refusal_says_why_and_what_to_do(member):
    manager = member()
    answer = manager.press_in_editor().content.decode()
    assert ">Not sent<" in answer
    assert "Confirm your own number or address first" in answer
    manager.confirm()
    manager.client.post("/stop/")
    answer = manager.press_in_editor().content.decode()
    assert "A stop is in force" in answer
    said = manager.post(OWN, channel="sms", act="keep", value="(312) 555-0188").content.decode()
    assert "no code was sent: " in said.lower()
    words = manager.press_in_editor(body="{% if").content.decode()
    assert ">Not sent<" in words


@pytest.mark.parametrize("code", ["", "12", "000000", "abc", "9" * 50, "\x00"])
def test_a_wrong_code_is_said_on_the_page(member, code):
    manager = member()
    manager.post(OWN, channel="sms", act="keep", value=MINE)
    answer = manager.post(OWN, channel="sms", act="confirm", code=code)
    assert answer.status_code == 422
    assert "not the code that was sent" in answer.content.decode()
    assert StaffContact.objects.get().confirmed_at is None


@pytest.mark.parametrize("value", ["", "911", "hello", "+1 312 555", "<script>"])
def test_a_wrong_number_is_said_on_the_page(member, value):
    answer = member().post(OWN, channel="sms", act="keep", value=value)
    assert answer.status_code == 422
    assert "no number that can be texted" in answer.content.decode()
    assert "<script>" not in answer.content.decode().split("Your mobile number")[1]


def test_an_address_typed_by_hand_is_not_taken(member):
    manager = member()
    manager.confirm("email", "person1@example.org")
    assert manager.outbox("email")[-1].to == manager.clinic.member("manager").email


def test_forgetting(member):
    manager = member()
    manager.confirm()
    assert "Forgotten" in manager.post(OWN, channel="sms", act="forget").content.decode()
    assert "Send it to me" not in manager.read(EDITOR)


def test_every_step_of_a_campaign(member):
    manager = member()
    campaign = Campaign.objects.get()
    assert "No steps yet" in manager.read(f"/campaigns/{campaign.pk}/send-tests/")
    Campaign.objects.update(sequence={}, sequence_key="dental.routine")
    address = f"/campaigns/{campaign.pk}/send-tests/"
    assert address in manager.read(f"/campaigns/{campaign.pk}/texts/")
    page = manager.read(address)
    assert "confirm your own number or address" in page
    manager.confirm()
    manager.confirm("email")
    page = manager.read(address)
    press = re.search(r'name="press" value="(\w+)"', page).group(1)
    answer = manager.post(address, language="es", values="usual", press=press).content.decode()
    sent = SentTest.objects.filter(kind="text").order_by("place")
    assert len(sent) >= 1
    assert {one.campaign_id for one in sent} == {campaign.pk}
    assert {one.language for one in sent} == {"es"}
    assert answer.count(">Sent<") == len(sent)
    manager.post(address, language="es", values="usual", press=press)
    assert SentTest.objects.filter(kind="text").count() == len(sent)
    # The page with the result sends nothing when it is loaded again, and another reader sees nothing of it.
    result = f"{address}?language=es&press={sent[0].press}"
    assert manager.read(result).count(">Sent<") == len(sent)
    part = manager.client.get(result, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert part.count(">Sent<") == len(sent)
    assert ">Sent<" not in member("compliance").read(result)


@pytest.mark.parametrize("given", [{"language": "xx"}, {"reason": "none"}, {"values": "?"}, {"press": "no"}])
def test_odd_questions_about_a_campaign_are_answered_as_the_usual_one(member, given):
    answer = member().client.get(f"/campaigns/{Campaign.objects.get().pk}/send-tests/", given)
    assert answer.status_code == 200


@pytest.mark.parametrize("role", ["front_desk", "analyst"])
def test_roles_that_write_nothing_have_no_such_page(member, role):
    other = member(role)
    for address in (OWN, f"/campaigns/{Campaign.objects.get().pk}/send-tests/"):
        assert other.client.get(address).status_code == 403
    assert other.client.post(f"{EDITOR}test/", {"body": "x"}).status_code == 403
    assert OWN not in other.read("/setup/people/")


def test_another_member_and_another_practice_see_nothing(member):
    manager = member()
    manager.confirm()
    manager.press_in_editor()
    press = SentTest.objects.get(kind="text").press
    campaign = Campaign.objects.get()
    other = make_clinic("oak-street")
    for stranger in (member("compliance"), member("manager", at=other)):
        assert stranger.client.get(f"{OWN}tests/{press}/").status_code == 404
        assert MINE[-4:] not in stranger.read(OWN)
        assert ">Sent<" not in stranger.read(OWN)
    assert member("manager", at=other).client.get(f"/campaigns/{campaign.pk}/send-tests/").status_code == 404


@pytest.mark.parametrize(
    "address", ["nothing/sms/en", "due_visit/pigeon/en", "safety/sms/en", "due_visit/sms/EN"]
)
def test_no_text_no_test(member, address):
    assert member().client.post(f"/setup/texts/{address}/test/", {"body": "x"}).status_code == 404


def test_the_links_of_a_test_open_a_sample_and_do_nothing(clinic):
    client = Client(enforce_csrf_checks=True)
    for language, words in (("en", "This is a sample"), ("es", "Esto es una muestra")):
        for end in ("", "/times", "/stop", "/unsubscribe", "/visit"):
            answer = client.get(f"/p/AbCdEfGhIjKlMnOpQrStUv{end}?lang={language}")
            assert answer.status_code == 200
            assert words in answer.content.decode()
            assert answer.headers["Cache-Control"] == "no-store"
    # As mail programs end messages (RFC 8058): taken, and nothing ends.
    answer = client.post("/p/AbCdEfGhIjKlMnOpQrStUv/unsubscribe", {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert client.get("/p/AbCdEfGhIjKlMnOpQrStUw").status_code == 404


def test_the_number_is_in_no_address_and_in_no_trail(member):
    manager = member()
    manager.confirm()
    manager.press_in_editor()
    assert settings.SECRET_KEY
    trail = manager.read("/setup/audit/")
    assert "5550177" not in re.sub(r"\D", "", trail.split("<table")[-1])
