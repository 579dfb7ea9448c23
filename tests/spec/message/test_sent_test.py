"""What a test says, how it stands, and that it reaches nobody but who asked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.channel import Capabilities
from rebook.core.outreach.guard import decide
from rebook.core.outreach.message import RenderedMessage, render
from rebook.core.outreach.own_contact import CONFIRMED_FOR, OwnContact
from rebook.core.outreach.segments import segments
from rebook.core.outreach.sent_test import MARK, Recipient, invented, marked, subject_of_test
from rebook.core.outreach.sent_test_state import (
    CODES_PER_DAY,
    CODES_PER_HOUR,
    IN_THE_AIR,
    TESTS_PER_HOUR,
    SentTestFact,
    limit_problem,
    state_of,
)
from rebook.core.outreach.values import ConsentStatement, StopView
from rebook.packs.outreach import guard_policy, templates

NOW = datetime(2026, 11, 18, 17, tzinfo=UTC)
POLICY = guard_policy(jurisdiction_keys=["us", "us-ny"], years=(2026, 2027), overrides=None, on=NOW.date())
MINUTE = timedelta(minutes=1)
KINDS = {"sms": "+12125550177", "email": "mo@elm.example"}


def question(*, kind="text", asker_id=2, contact=None, channel="sms", **more):
    recipient = Recipient(
        contact=contact,
        jurisdictions=("us-ny",),
        time_zones=("America/New_York",),
        **{
            key: more.pop(key)
            for key in ("consents", "owners", "is_blocked", "is_do_not_contact")
            if key in more
        },
    )
    return subject_of_test(
        kind=kind,
        asker_id=asker_id,
        recipient=recipient,
        channel=channel,
        channel_key="sandbox",
        capabilities=Capabilities(kind=channel),
        now=NOW,
        **more,
    )


def mine(channel="sms", *, user_id=2, confirmed_at=NOW - timedelta(days=1), line_type="mobile", value=""):
    return OwnContact(1, user_id, channel, value or KINDS[channel], line_type, confirmed_at)


def verdict(**asked):
    decision = decide(question(**asked), POLICY, now=NOW)
    return decision.verdict, [one.rule for one in decision.reasons]


# --- to whom

instants = st.none() | st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).map(
    lambda at: at.replace(tzinfo=UTC)
)
contacts = st.none() | st.builds(
    OwnContact,
    id=st.integers(1, 3),
    user_id=st.integers(1, 3),
    channel=st.sampled_from(["sms", "email"]),
    value=st.sampled_from([*KINDS.values(), "", "911", "+1", "@"]),
    line_type=st.sampled_from(["mobile", "fixed_line", "", "voip", "unknown"]),
    confirmed_at=instants,
)


@given(
    contact=contacts,
    asker_id=st.integers(1, 3),
    channel=st.sampled_from(["sms", "email"]),
    problems=st.lists(st.text(min_size=1, max_size=9), max_size=2).map(tuple),
    key=st.sampled_from(["", "due_visit", "help_answer", "opt_out_confirmation", "own_contact_code"]),
    campaign_id=st.none() | st.just(7),
    stopped=st.sampled_from([None, "organisation", "campaign", "channel"]),
)
def test_a_text_reaches_nothing_but_what_its_asker_confirmed(
    contact, asker_id, channel, problems, key, campaign_id, stopped
):
    """Whatever is drafted, by whoever, for wherever: the guard allows it to the asker's own contact alone."""
    scope_key = {"campaign": "7", "channel": channel}.get(stopped or "", "")
    stops = (StopView(stopped, scope_key),) if stopped else ()
    said, rules = verdict(
        contact=contact, asker_id=asker_id, channel=channel, problems=problems, template_key=key,
        campaign_id=campaign_id, stops=stops,
    )  # fmt: skip
    is_own = (
        contact is not None
        and contact.user_id == asker_id
        and contact.channel == channel
        and contact.confirmed_at is not None
        and contact.confirmed_at <= NOW < contact.confirmed_at + CONFIRMED_FOR
    )
    if said == "allow":
        assert is_own
        assert not problems
        assert stopped is None or (stopped == "campaign" and campaign_id is None)
    if not is_own:
        assert "test_only_to_staff" in rules


TO_WHOM = [
    # what is asked, verdict, the first rule
    ({"contact": mine()}, "allow", "allowed"),
    ({"contact": mine("email"), "channel": "email"}, "allow", "allowed"),
    ({"contact": None}, "refuse", "test_only_to_staff"),
    ({"contact": mine(user_id=3)}, "refuse", "test_only_to_staff"),
    ({"contact": mine(confirmed_at=None)}, "refuse", "test_only_to_staff"),
    ({"contact": mine(confirmed_at=NOW - CONFIRMED_FOR)}, "refuse", "test_only_to_staff"),
    ({"contact": mine(), "channel": "email"}, "refuse", "test_only_to_staff"),
    ({"contact": mine(line_type="fixed_line")}, "refuse", "contact_not_textable"),
    # The code goes to what its own member has typed, and to no other's.
    ({"contact": mine(confirmed_at=None), "kind": "code"}, "allow", "allowed"),
    ({"contact": mine(confirmed_at=None, user_id=3), "kind": "code"}, "refuse", "test_only_to_staff"),
    ({"contact": mine(), "is_blocked": True}, "refuse", "blocked_number"),
    ({"contact": mine(), "problems": ("empty: no words",)}, "refuse", "message_problem"),
    ({"contact": mine(), "stops": (StopView("organisation", ""),)}, "refuse", "stopped"),
    ({"contact": mine(), "stops": (StopView("channel", "sandbox"),)}, "refuse", "stopped"),
    ({"contact": mine(), "stops": (StopView("campaign", "7"),), "campaign_id": 7}, "refuse", "stopped"),
    ({"contact": mine(), "stops": (StopView("campaign", "8"),), "campaign_id": 7}, "allow", "allowed"),
    # Wishes of patients on the number bind until it is proved to be the member's.
    ({"contact": mine(confirmed_at=None), "kind": "code", "is_do_not_contact": True},
     "refuse", "do_not_contact"),
    ({"contact": mine(), "is_do_not_contact": True}, "allow", "allowed"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "said", "rule"), TO_WHOM)
def test_to_whom(asked, said, rule):
    found, rules = verdict(**asked)
    assert (found, rules[0]) == (said, rule)


def stop_said(*, binds_number, at=NOW - timedelta(hours=1)):
    return ConsentStatement(
        binds_number=binds_number, channel="sms", purpose="all", state="revoked", at=at, from_patient=True
    )


def test_a_stop_from_the_number_binds_and_asking_for_a_test_lifts_it_not():
    stopped = (stop_said(binds_number=True),)
    assert verdict(contact=mine(confirmed_at=NOW), consents=stopped) == ("refuse", ["opted_out"])
    lifted = ConsentStatement(
        binds_number=True, channel="sms", purpose="all", state="granted", at=NOW, from_patient=True
    )
    assert verdict(contact=mine(), consents=(*stopped, lifted))[0] == "allow"


def test_what_an_owner_said_of_themself_binds_only_a_number_not_yet_proved():
    owners = (stop_said(binds_number=False),)
    assert verdict(contact=mine(confirmed_at=None), kind="code", owners=owners)[0] == "refuse"
    assert verdict(contact=mine(), owners=owners)[0] == "allow"


# --- what it says

SHIPPED = [one for one in templates().values() if one.channel in ("sms", "email")]


@pytest.mark.parametrize("values", ["usual", "longest"])
@pytest.mark.parametrize("template", SHIPPED, ids=lambda one: f"{one.key}-{one.channel}-{one.language}")
def test_every_shipped_text_can_be_tried(template, values):
    """With invented values its checks find nothing, and the mark changes neither its size nor its letters."""
    filled = invented(template.fields, language=template.language, values=values)
    assert set(filled) == {one.name for one in template.fields}
    message = render(template, filled)
    assert message.problems == ()
    subject, body = marked(message, channel=template.channel, language=template.language)
    if template.channel == "email":
        assert (subject, body) == (MARK + message.subject, message.body)
    else:
        assert (subject, body) == (message.subject, MARK + message.body)
        assert segments(body).encoding == message.encoding


def test_the_mark_does_not_turn_a_line_that_runs_from_right_to_left():
    message = RenderedMessage("", "שלום", "", 1, "ucs2")
    _, body = marked(message, channel="sms", language="he")
    assert body.startswith("\u200f")
    assert body.endswith(message.body)


# --- how it stands


def fact(state, minute=0, code=""):
    return SentTestFact(state, NOW + minute * MINUTE, code)


STANDS = [
    # verdict, facts, after so long, the word
    ("refuse", [], 0 * MINUTE, "refused"),
    ("defer", [], 0 * MINUTE, "refused"),
    ("allow", [fact("claimed")], 0 * MINUTE, "claimed"),
    ("allow", [fact("claimed")], IN_THE_AIR - timedelta(seconds=1), "claimed"),
    ("allow", [fact("claimed")], IN_THE_AIR, "unknown"),
    ("allow", [fact("claimed"), fact("accepted")], 60 * MINUTE, "accepted"),
    ("allow", [fact("claimed"), fact("sent")], 60 * MINUTE, "sent"),
    ("allow", [fact("claimed"), fact("unknown", 1)], 2 * MINUTE, "unknown"),
    ("allow", [fact("claimed"), fact("unknown", 1), fact("delivered", 2)], 2 * MINUTE, "delivered"),
    ("allow", [fact("claimed"), fact("accepted"), fact("delivered"), fact("read")], 2 * MINUTE, "read"),
    # Receipts come in any order.
    ("allow", [fact("claimed"), fact("delivered"), fact("sent")], 2 * MINUTE, "delivered"),
    ("allow", [fact("claimed"), fact("accepted"), fact("failed", 1, "gone")], 2 * MINUTE, "failed"),
    ("allow", [fact("claimed"), fact("failed", 1), fact("delivered", 2)], 2 * MINUTE, "delivered"),
    ("allow", [fact("claimed"), fact("failed", 0, "stopped")], 2 * MINUTE, "held"),
]


@pytest.mark.parametrize(("said", "facts", "after", "word"), STANDS)
def test_one_word_for_how_it_stands(said, facts, after, word):
    assert state_of(said, facts, now=NOW + after) == word


@given(st.lists(st.sampled_from(["claimed", "accepted", "sent", "delivered", "read", "failed", "unknown"])))
def test_the_order_in_which_facts_come_does_not_matter(states):
    facts = [fact("claimed"), *map(fact, states)]
    assert state_of("allow", facts, now=NOW) == state_of("allow", facts[::-1], now=NOW)


LIMITS = [
    # code?, tests in the hour, codes in the hour, codes to it in a day, the rule
    (False, 0, 0, 0, None),
    (False, TESTS_PER_HOUR - 1, 0, 0, None),
    (False, TESTS_PER_HOUR, 0, 0, "too_many_tests"),
    (True, TESTS_PER_HOUR, 0, 0, "too_many_tests"),
    (True, 5, CODES_PER_HOUR - 1, CODES_PER_DAY - 1, None),
    (True, 5, CODES_PER_HOUR, 0, "too_many_codes"),
    (False, 5, CODES_PER_HOUR, 0, None),
    (True, 0, 0, CODES_PER_DAY, "too_many_codes"),
    (False, 0, 0, CODES_PER_DAY, None),
]


@pytest.mark.parametrize(("is_code", "tests", "codes", "in_day", "rule"), LIMITS)
def test_how_many(is_code, tests, codes, in_day, rule):
    found = limit_problem(is_code=is_code, tests_in_hour=tests, codes_in_hour=codes, codes_in_day=in_day)
    assert (found.rule if found else None) == rule
