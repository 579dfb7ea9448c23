"""A member sends tests to themself: once per press, past every stop, in the ledger and in no figure."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from rebook.accounts.models import AuditEvent
from rebook.accounts.scope import organisation_scope
from rebook.core.channel import DeliveryReport, InboundMessage, SendResult
from rebook.core.outreach.sent_test_state import TESTS_PER_HOUR
from rebook.flow.outreach import stops, test_sends
from rebook.flow.outreach.dispatch import record_reports, send_due
from rebook.flow.outreach.enrol import enrol
from rebook.flow.outreach.plan import plan_attempts
from rebook.flow.outreach.test_sends import UnableToTest, Wanted, send_tests
from rebook.flow.outreach.test_sends_later import settle_tests
from rebook.flow.outreach.test_sends_texts import steps_of_campaign
from rebook.flow.response import receive
from rebook.records.models import Attempt, GuardDecision, NumberMark, SentTest, SentTestFact, Stop
from rebook.records.read.sent_tests import newest_tests
from support.outreach import HOUR, MINUTE, NOW, Vendor, make_clinic
from support.own_tests import MINE, Desk, colleague, rules


@pytest.fixture
def desk(clinic):
    return Desk(clinic, clinic.manager).confirmed()


# --- what goes out


def test_a_draft_that_nobody_signed_goes_to_its_writer(desk, clinic):
    clinic.patient(1, given_name="Guadalupe")
    wanted = desk.wanted(body=desk.draft().body + " ")
    (line,) = desk.send(wanted)
    assert line.state == "accepted"
    (sent,) = clinic.sms.sent
    assert sent.to == MINE
    assert sent.body.startswith("TEST: ")
    assert "Elm Street Practice" in sent.body
    assert "Guadalupe" not in sent.body
    # A link of nobody's: no token was made.
    assert "/p/AbCdEfGhIjKlMnOpQrStUv" in sent.body
    row = SentTest.objects.get(kind="text")
    assert (row.content_hash, row.template_key, row.verdict) == (wanted.content_hash, "due_visit", "allow")
    assert row.lawful_basis
    assert row.contact_confirmed_at == NOW
    facts = SentTestFact.objects.filter(test=row)
    assert set(facts.values_list("state", "source")) == {("claimed", "worker"), ("accepted", "worker")}


def test_an_e_mail_is_marked_in_its_subject_and_its_unsubscribing_is_a_sample(desk, clinic):
    desk.confirmed(channel="email")
    assert desk.send(desk.wanted("email"))[0].state == "accepted"
    (sent,) = clinic.email.sent
    assert sent.to == "manager@elm.example"
    assert sent.subject.startswith("TEST: ")
    assert not sent.body.startswith("TEST")
    assert "AbCdEfGhIjKlMnOpQrStUv" in sent.unsubscribe_url
    assert sent.body_html


def test_the_mark_costs_the_text_nothing(desk):
    """What patients get is counted, not the mark before it."""
    wanted = desk.wanted()
    assert wanted.segments == 1
    assert wanted.problems == ()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"body": "Come in: {{ nobody_knows_this }}", "short_body": ""}, "message_problem"),
        ({"body": "{% if", "short_body": ""}, "message_problem"),
        ({"body": "", "short_body": ""}, "message_problem"),
        ({"body": "FREE gift!!! http://bit.ly/x", "short_body": ""}, "message_problem"),
        ({"review": "machine"}, "message_problem"),
        ({"body": "x" * 10_000}, "message_problem"),
    ],
)
def test_words_that_could_not_go_out_are_refused_with_the_reason(desk, clinic, changes, rule):
    (line,) = desk.send(desk.wanted(**changes))
    assert line.state == "refused"
    assert rule in rules(line)
    assert clinic.sms.sent == []
    assert SentTest.objects.get(kind="text").reasons


def test_every_step_of_a_campaign_in_one_go(desk, clinic):
    desk.confirmed(channel="email")
    campaign = clinic.campaign(launched=False)
    steps = steps_of_campaign(organisation_id=clinic.id, campaign_id=campaign.pk, language="es")
    wanted = [one.wanted for one in steps if one.wanted]
    lines = desk.send(*wanted)
    assert {one.state for one in lines} == {"accepted"}
    assert [one.step_index for one in lines] == [one.step_index for one in wanted]
    assert len(clinic.sms.sent) + len(clinic.email.sent) == len(wanted) >= 2
    assert {one.language for one in (*clinic.sms.sent, *clinic.email.sent)} == {"es"}
    assert all("Luz" in one.body for one in clinic.email.sent)
    # What a person says or the post brings is told, not sent.
    assert all(one.why_not for one in steps if one.wanted is None)
    assert {one.channel for one in steps if one.wanted is None} <= {"phone", "letter", "portal"}


def test_a_language_without_a_text_is_told(desk, clinic):
    campaign = clinic.campaign(launched=False)
    steps = steps_of_campaign(organisation_id=clinic.id, campaign_id=campaign.pk, language="fr")
    assert all(one.wanted is None and one.why_not for one in steps)


def test_no_campaign_no_steps(clinic):
    other = make_clinic("oak")
    theirs = other.campaign(launched=False)
    with pytest.raises(UnableToTest):
        steps_of_campaign(organisation_id=clinic.id, campaign_id=theirs.pk, language="en")


# --- past every stop


def test_the_stop_button_holds_tests_too(desk, clinic):
    stops.stop_all(organisation_id=clinic.id, now=NOW, actor="user:1")
    (line,) = desk.send()
    assert (line.state, rules(line)[0]) == ("refused", "stopped")
    stops.end_stop(organisation_id=clinic.id, now=NOW, actor="user:1")
    assert desk.send()[0].state == "accepted"
    assert len(clinic.sms.sent) == 1


def test_a_stop_between_the_guards_word_and_the_channel_holds_it(desk, clinic):
    """The second message of a press finds the stop that the first one's recipient pressed."""
    clinic.sms.before_answer = lambda message: stops.stop_all(
        organisation_id=clinic.id, now=NOW, actor="user:1"
    )
    first, second = desk.send(desk.wanted(), desk.wanted(body=desk.draft().body + "!"))
    assert first.state == "accepted"
    assert (second.state, rules(second)[0]) == ("refused", "stopped")


def test_a_stop_pressed_in_the_very_moment_holds_it(desk, clinic, monkeypatch):
    honest = test_sends.is_stopped

    def pressed(**of):
        stops.stop_all(organisation_id=clinic.id, now=NOW, actor="user:1")
        return honest(**of)

    monkeypatch.setattr(test_sends, "is_stopped", pressed)
    (line,) = desk.send()
    assert (line.state, line.code) == ("held", "stopped")
    assert clinic.sms.sent == []
    # It is settled: nothing sends it later.
    assert settle_tests(organisation_id=clinic.id, now=NOW + HOUR, channels=clinic.channels).unknown == 0


@pytest.mark.parametrize("scope", ["sms", "vendor_sms"])
def test_a_stopped_channel_and_a_stopped_campaign_hold_their_tests(desk, clinic, scope):
    campaign = clinic.campaign(launched=False)
    Stop.objects.create(organisation_id=clinic.id, scope="channel", key=scope, started_at=NOW, started_by="x")
    assert rules(desk.send()[0]) == ["stopped"]
    Stop.objects.all().delete()
    Stop.objects.create(
        organisation_id=clinic.id, scope="campaign", key=str(campaign.pk), started_at=NOW, started_by="x"
    )
    steps = steps_of_campaign(organisation_id=clinic.id, campaign_id=campaign.pk, language="en")
    wanted = [one.wanted for one in steps if one.wanted and one.wanted.channel == "sms"]
    assert {rules(one)[0] for one in desk.send(*wanted)} == {"stopped"}
    assert desk.send()[0].state == "accepted"


def test_a_number_that_said_stop_gets_no_test(desk, clinic):
    clinic.opt_out(value=MINE)
    assert rules(desk.send()[0]) == ["opted_out"]


def test_a_stop_from_ones_own_telephone_is_taken_back_from_it(desk, clinic):
    """Whoever tries what "stop" does finds out, and can go on."""

    def text(words, minute):
        at = NOW + minute * MINUTE
        message = InboundMessage(f"x-{minute}", MINE, "", words, at)
        receive(organisation_id=clinic.id, channel="sandbox", message=message, now=at)

    desk.send()
    text("STOP", 1)
    assert rules(desk.send(now=NOW + 2 * MINUTE)[0]) == ["opted_out"]
    text("START", 3)
    assert desk.send(now=NOW + 4 * MINUTE)[0].state == "accepted"


def test_a_blocked_number_gets_no_test(desk, clinic):
    NumberMark.objects.create(organisation_id=clinic.id, value=MINE, kind="blocked", at=NOW, by="user:1")
    assert rules(desk.send()[0]) == ["blocked_number"]


def test_a_member_who_is_a_patient_may_have_wished_otherwise_as_a_patient(clinic):
    """What a patient said binds a number while nobody has proved it; then it is the member's to say."""
    patient = clinic.patient(5, phone=False, do_not_contact=True)
    clinic.contact(patient, MINE)
    desk = Desk(clinic, clinic.manager)
    line = desk.keep()
    assert (line.state, rules(line)[0]) == ("refused", "do_not_contact")
    patient.do_not_contact = False
    patient.save()
    clinic.opt_out(patient=patient)
    assert rules(desk.keep())[0] == "opted_out"
    assert clinic.sms.sent == []


def test_more_than_the_hours_worth_waits(desk, clinic):
    for _ in range(TESTS_PER_HOUR):
        last = desk.send()[0]
    assert (last.state, rules(last)) == ("refused", ["too_many_tests"])
    assert len(clinic.sms.sent) == TESTS_PER_HOUR - 1
    # Another member has an hour of their own; this one has the next.
    other = colleague(clinic).confirmed("+12125550188")
    assert other.send()[0].state == "accepted"
    assert desk.send(now=NOW + HOUR + MINUTE)[0].state == "accepted"


@pytest.mark.parametrize("role", ["front_desk", "analyst"])
def test_roles_that_write_nothing_send_no_tests(clinic, role):
    other = colleague(clinic, role=role)
    assert rules(other.keep()) == ["not_their_role"]
    assert rules(other.send()[0]) == ["not_their_role"]


def test_a_channel_that_is_switched_off_sends_no_test(desk):
    assert rules(desk.send(channels={})[0]) == ["no_channel"]
    assert rules(desk.send(Wanted(channel="phone", body="x"))[0]) == ["no_channel"]


# --- never twice


def test_one_press_sends_once(desk, clinic):
    first = desk.send(press="same")
    again = desk.send(press="same")
    assert first == again
    assert len(clinic.sms.sent) == 1
    assert desk.send(press="other")[0].id != first[0].id


@pytest.mark.parametrize("press", ["", "x" * 41])
def test_a_press_has_a_name(desk, clinic, press):
    with pytest.raises(UnableToTest):
        send_tests(**desk.of, wanted=[desk.wanted()], press=press, now=NOW, channels=clinic.channels)


class Killed(BaseException):
    """As the process is, between the claim and the channel's answer."""


@pytest.mark.parametrize(("arrived", "state"), [(True, "accepted"), (False, "failed")])
def test_killed_in_between_it_is_asked_about_and_never_sent_again(clinic, arrived, state):
    clinic.sms = Vendor(can_look_up=True)
    desk = Desk(clinic, clinic.manager).confirmed()

    def kill(message):
        if arrived:
            clinic.sms.known[message.reference] = SendResult(state="accepted", provider_message_id="v-late")
        raise Killed

    clinic.sms.before_answer = kill
    with pytest.raises(Killed):
        desk.send(press="p")
    clinic.sms.before_answer = lambda message: None
    of = {"organisation_id": clinic.id, "channels": clinic.channels}
    # Pressed again at once, and by the page that is loaded anew: on its way, nothing more.
    assert desk.send(press="p")[0].state == "claimed"
    assert not any(vars_of(settle_tests(**of, now=NOW + 9 * MINUTE)).values())
    assert desk.send(press="p", now=NOW + 10 * MINUTE)[0].state == "unknown"
    settled = settle_tests(**of, now=NOW + 11 * MINUTE)
    assert (settled.gone_out, settled.never_sent) == ((1, 0) if arrived else (0, 1))
    assert not any(vars_of(settle_tests(**of, now=NOW + 12 * MINUTE)).values())
    (line,) = desk.send(press="p", now=NOW + 12 * MINUTE)
    assert line.state == state
    assert len(clinic.sms.sent) == 1
    if arrived:
        report(clinic, "v-late", "delivered")
        assert desk.send(press="p", now=NOW + 12 * MINUTE)[0].state == "delivered"


def vars_of(summary):
    return {name: getattr(summary, name) for name in summary.__slots__}


def test_whoever_slept_through_its_lease_does_not_send(desk, clinic):
    """Two hours pass between the claim and the hand-over: by then somebody may have settled it."""
    hours = iter((0.0, 7200.0))
    of = {"channels": clinic.channels, "stopwatch": lambda: next(hours)}
    (line,) = send_tests(**desk.of, wanted=[desk.wanted()], press="p", now=NOW, **of)
    assert (line.state, line.code) == ("failed", "lease_ended")
    assert clinic.sms.sent == []


def test_where_nobody_can_be_asked_it_stays_unknown(desk, clinic):
    clinic.sms.answers[MINE] = SendResult(state="unknown", code="timed_out")
    assert desk.send(press="p")[0].state == "unknown"
    of = {"organisation_id": clinic.id, "channels": clinic.channels}
    assert settle_tests(**of, now=NOW + HOUR).unknown == 1
    assert settle_tests(**of, now=NOW + HOUR).unknown == 0
    assert desk.send(press="p", now=NOW + HOUR)[0].state == "unknown"
    assert len(clinic.sms.sent) == 1


def test_a_channel_that_breaks_leaves_doubt_about_one_test_only(desk, clinic):
    clinic.sms.before_answer = explode
    (line,) = desk.send()
    assert line.state == "unknown"
    clinic.sms.before_answer = lambda message: None
    assert desk.send()[0].state == "accepted"


def explode(message):
    raise RuntimeError("a bug of the adapter")


# --- afterwards


def report(clinic, message_id, state, *, code="", at=NOW + MINUTE):
    reports = [DeliveryReport(message_id, state, at=at, code=code)]
    return record_reports(organisation_id=clinic.id, channel="vendor_sms", reports=reports, now=at)


def test_a_receipt_finds_its_test(desk, clinic):
    desk.send(press="p")
    assert report(clinic, "v1", "delivered").applied == 1
    assert report(clinic, "v1", "delivered").unmatched == 0
    assert report(clinic, "nobody's", "delivered").unmatched == 1
    (line,) = desk.send(press="p")
    assert (line.state, line.at) == ("delivered", NOW + MINUTE)
    assert SentTestFact.objects.filter(state="delivered").count() == 1


def test_a_receipt_of_failure_is_told(desk, clinic):
    desk.send(press="p")
    report(clinic, "v1", "failed", code="handset_off")
    (line,) = desk.send(press="p")
    assert (line.state, line.code) == ("failed", "handset_off")


def test_a_receipt_of_another_practice_changes_nothing(desk, clinic):
    desk.send(press="p")
    other = make_clinic("oak")
    assert report(other, "v1", "delivered").unmatched == 1
    assert desk.send(press="p")[0].state == "accepted"


def test_nothing_that_counts_attempts_ever_sees_a_test(desk, clinic):
    patient = clinic.patient(1, phone=False)
    clinic.contact(patient, MINE)
    desk.send()
    assert not Attempt.objects.exists()
    assert not GuardDecision.objects.exists()
    # Their own caps are untouched: the patient's message goes out the same day.
    campaign = clinic.campaign()
    enrol(organisation_id=clinic.id, as_of=NOW.date(), now=NOW)
    plan_attempts(organisation_id=clinic.id, now=NOW)
    clinic.sms.sent.clear()
    send_due(organisation_id=clinic.id, now=NOW, worker="t", channels=clinic.channels)
    assert clinic.sms.numbers == [MINE], campaign


def test_the_ledger_keeps_tests_as_they_were(desk):
    desk.send()
    for change in (
        lambda: SentTest.objects.update(verdict="refuse"),
        lambda: SentTestFact.objects.all().delete(),
        lambda: SentTestFact.objects.update(state="delivered"),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_the_database_itself_refuses_a_test_to_what_nobody_confirmed(desk, clinic):
    row = SentTest.objects.filter(kind="text").first() or SentTest.objects.first()
    values = {
        "organisation_id": clinic.id, "user": clinic.manager, "contact": row.contact, "kind": "text",
        "channel": "sms", "reference": "r", "press": "p", "asked_at": NOW,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="sent_test_to_confirmed_only"), transaction.atomic():
        SentTest.objects.create(**values, verdict="allow")
    SentTest.objects.create(**values, verdict="refuse")


def test_the_trail_names_who_and_which_words_and_no_number(desk):
    desk.send()
    lines = AuditEvent.objects.filter(subject_kind__in=("sent_test", "own_contact"))
    assert list(lines.order_by("sequence").values_list("action", flat=True)) == [
        "own_contact.kept", "test.sent", "own_contact.confirmed", "test.sent",
    ]  # fmt: skip
    assert {one.actor for one in lines} == {f"user:{desk.user.pk}"}
    assert MINE[2:] not in str([one.detail for one in lines])
    assert lines.order_by("sequence").last().detail["template"] == "due_visit"


def test_another_practice_sees_none_of_it(desk, clinic):
    desk.send()
    other = make_clinic("oak")
    with organisation_scope(other.id):
        assert not SentTest.objects.exists()
        assert not SentTestFact.objects.exists()
    assert newest_tests(organisation_id=other.id, user_id=desk.user.pk, now=NOW) == ()
    assert len(newest_tests(organisation_id=clinic.id, user_id=desk.user.pk, now=NOW)) == 1
    assert newest_tests(organisation_id=clinic.id, user_id=0, now=NOW + dt.timedelta(1)) == ()
