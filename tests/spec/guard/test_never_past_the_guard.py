"""Any interleaving of events, over changes of the clock: the guard and the slow statement always agree.

So no attempt is ever allowed against consent, an opt-out, hours, caps, a booking, a holdout, a death or a
stop; and nothing that all rules permit is ever held back.
"""

import os
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from guard_world import EAST, PEOPLE, Try, World, sent, subject, value_for
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from slow_hours import PLACES, is_day_off
from slow_statement import SENTENCES, objections

from rebook.core.outreach.guard import RULES, decide
from rebook.core.outreach.law import ConsentRule, Law
from rebook.core.outreach.values import JurisdictionWindows, Window
from rebook.packs.outreach import guard_policy

# More, to search longer: REBOOK_GUARD_HISTORIES=20000.
HISTORIES = int(os.environ.get("REBOOK_GUARD_HISTORIES", "80"))
# A long search takes as long as it takes: some 20 histories a second on an idle core.
pytestmark = pytest.mark.timeout(max(300, HISTORIES))

# Holidays are known up to the year after.
LAST_YEAR = 2033

# A country that is made up: care needs nothing, marketing a relation of 24 months, two contacts a week.
ABROAD = Law(
    "xa",
    "test",
    (
        *(ConsentRule("care_direct", channel, "none", "care") for channel in ("sms", "email", "phone")),
        *(ConsentRule("service_info", channel, "none", "service") for channel in ("sms", "email", "phone")),
        ConsentRule("marketing", "sms", "implied", "relation", 24),
        ConsentRule("marketing", "email", "implied", "relation", 24),
        ConsentRule("marketing", "phone", "express", "consent", automated_only=True),
    ),
    max_per_week=2,
    inquiry_months=6,
)
SHUT = Window(None, None)
ABROAD_HOURS = JurisdictionWindows("xa", (*[Window(time(10), time(17))] * 5, SHUT, SHUT), SHUT, frozenset())
STATES = guard_policy(
    jurisdiction_keys={place for place in PLACES if place != "xa"}, years=range(2026, LAST_YEAR + 2)
)
POLICY = replace(STATES, laws=(*STATES.laws, ABROAD), windows=(*STATES.windows, ABROAD_HOURS))
# Whether unknown sources count for nothing, and the days until a number must be checked.
CHOICES = ((False, 0), (False, 0), (True, 0), (False, 45), (True, 45))
# Few at a time, so that what befalls them meets.
CASTS = (
    ("parent", "lodger"),
    ("parent", "child"),
    ("parent", "partner"),
    ("nearly", "child"),
    ("traveller", "ageless"),
    ("spared",),
    ("abroad", "parent"),
    ("abroad",),
    ("unasked",),
    ("parent", "lodger", "child", "partner"),
)
STATEMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "binding": st.sampled_from(("number", "person")),
            "channel": st.sampled_from(("same", "same", "all", "email", "phone")),
            "purpose": st.sampled_from(("all", "all", "all", "treatment_recall", "marketing")),
            "state": st.sampled_from(("revoked", "granted", "granted")),
            "by_patient": st.booleans(),
            "later": st.sampled_from((0, 0, 1, 20)),
            "evidence": st.sampled_from(("", "", "written", "soft_opt_in")),
            "scope": st.sampled_from(
                ((), (), (), (), ("operations",), ("treatment_recall", "operations"), ("marketing",))
            ),
        }
    ),
    min_size=1,
    max_size=5,
)
# A week before each change of the clock, and before a birthday that makes an adult of a child.
STARTS = (
    datetime(2026, 10, 28, 15, 0, tzinfo=UTC),
    datetime(2026, 11, 23, 23, 30, tzinfo=UTC),
    datetime(2027, 3, 10, 12, 55, tzinfo=UTC),
)
MOVES = (
    (("us-fl",), EAST),
    (("us-ri", "us-ma"), EAST),
    (("xa",), ("Europe/Helsinki",)),
    (("us-ma", "xa"), ("America/New_York", "Europe/Helsinki")),
    (("atlantis",), EAST),
)
WISHES = (
    {"channels": frozenset({"letter"})},
    {"channels": frozenset({"sms", "phone"})},
    {"phone": "+16175550100"},
    {"phone": "+16175550199"},
    {"opens": time(17)},
    {"weekdays": frozenset({1, 3})},
    {"weekdays": frozenset({0, 1, 2}), "opens": time(11)},
)
SLEEP = st.one_of(
    st.integers(1, 90).map(lambda n: timedelta(minutes=n)),
    st.integers(1, 30).map(lambda n: timedelta(hours=n)),
    st.integers(1, 12).map(lambda n: timedelta(days=n)),
    st.just(timedelta(hours=24)),
    st.just(timedelta(hours=48)),
    st.integers(2, 26).map(lambda n: timedelta(days=30 * n)),
)
CHANNELS = st.sampled_from(("sms", "sms", "email", "phone", "letter"))
OFFERS = st.sampled_from((None, None, None, None, (1000, True), (1500, True), (1600, True), (1000, False)))
PURPOSES = st.sampled_from(("treatment_recall", "treatment_recall", "operations", "marketing"))
STEP = timedelta(minutes=37)


class Practice(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.bookings = 0

    @initialize(
        cast=st.sampled_from(CASTS),
        start=st.sampled_from(STARTS),
        minutes=st.integers(0, 12 * 60),
        chosen=st.sampled_from(CHOICES),
    )
    def opens(self, cast, start, minutes, chosen):
        self.cast = cast
        self.world = World(start + timedelta(minutes=minutes), is_strict=chosen[0], check_days=chosen[1])
        self.policy = replace(POLICY, takes_unknown_source=not chosen[0], unchecked_number_days=chosen[1])
        self.world.add("records_read")

    def who(self, place):
        return self.cast[place % len(self.cast)]

    @precondition(lambda self: self.world.now.year < LAST_YEAR - 2)
    @rule(sleep=SLEEP, read=st.booleans())
    def time_passes(self, sleep, read):
        self.world.now += sleep
        if read:
            self.world.add("records_read")

    @rule()
    def another_morning_comes(self):
        """Late enough for the mountains and early enough for the coast, on a day that may be a Sunday."""
        morning = self.world.now.replace(hour=16, minute=30)
        self.world.now = morning if morning > self.world.now else morning + timedelta(days=1)
        self.world.add("records_read")

    @rule(place=st.integers(0, 3), statements=STATEMENTS, channel=CHANNELS, purpose=PURPOSES)
    def something_is_said(self, place, statements, channel, purpose):
        """Permissions given and taken back, in any order and at once, and somebody who would write after."""
        who = self.who(place)
        self.another_morning_comes()
        for said in statements:
            self.world.now += timedelta(minutes=said["later"])
            what = {key: value for key, value in said.items() if key != "later"}
            what["channel"] = channel if what["channel"] == "same" else what["channel"]
            self.world.add("said", who, **what)
        now = self.world.now
        for other in self.cast:
            self.judge(Try(other, channel, "manual", purpose, now, now + timedelta(days=3)))

    @rule(
        place=st.integers(0, 3),
        hold=st.sampled_from(("red_flag", "snooze")),
        days=st.one_of(st.none(), st.integers(1, 5)),
    )
    def held(self, place, hold, days):
        until = None if days is None else self.world.now + timedelta(days=days)
        self.world.add("held", self.who(place), hold=hold, until=until)

    @rule(place=st.integers(0, 3), hold=st.sampled_from(("red_flag", "snooze")))
    def released(self, place, hold):
        self.world.add("released", self.who(place), hold=hold)

    @rule(
        place=st.integers(0, 3),
        days=st.integers(1, 20),
        visit_type=st.sampled_from(("annual_visit", "hygiene")),
    )
    def books(self, place, days, visit_type):
        self.bookings += 1
        starts_at = self.world.now + timedelta(days=days)
        self.world.add(
            "booked", self.who(place), starts_at=starts_at, visit_type=visit_type, number=self.bookings
        )

    @precondition(lambda self: self.world.happened("booked"))
    @rule(data=st.data())
    def cancels(self, data):
        booked = data.draw(st.sampled_from(self.world.happened("booked")))
        self.world.add("cancelled", booked.who, number=booked.what["number"])

    @rule(
        place=st.integers(0, 3),
        kind=st.sampled_from(("visited", "wrote", "wrote", "gap_closed", "gap_opened")),
    )
    def something_happens(self, place, kind):
        self.world.add(kind, self.who(place))

    @rule(
        place=st.integers(0, 3),
        kind=st.sampled_from(("died", "left", "wants_no_contact")),
        really=st.booleans(),
    )
    def something_final_happens(self, place, kind, really):
        if really:
            self.world.add(kind, self.who(place))
            self.somebody_tries_in_the_morning(self.who(place))

    def somebody_tries_in_the_morning(self, who, *, names_them=False):
        """When the clock and the records stand against nothing: what just happened must count by itself."""
        self.another_morning_comes()
        now = self.world.now
        for channel in ("sms", "email"):
            self.judge(
                Try(
                    who,
                    channel,
                    "campaign",
                    "treatment_recall",
                    now,
                    now + timedelta(days=3),
                    names_them=names_them,
                )
            )

    @rule(place=st.integers(0, 3), into=st.integers(1, 3), really=st.booleans())
    def records_are_joined(self, place, into, really):
        """One into another that stands by itself; nobody is joined twice, and nothing into what is gone."""
        who, other = self.who(place), self.who(place + into)
        gone = {e.who for e in self.world.happened("merged")}
        kept = {e.what["into"] for e in self.world.happened("merged")}
        if really and who != other and not {who, other} & gone and who not in kept:
            self.world.add("merged", who, into=other)
            self.somebody_tries_in_the_morning(who)

    @rule(place=st.integers(0, 3), move=st.sampled_from(MOVES))
    def moves(self, place, move):
        self.world.add("moved", self.who(place), places=move[0], zones=move[1])

    @rule(place=st.integers(0, 3), wish=st.one_of(st.none(), st.sampled_from(WISHES)))
    def asks_for_confidence(self, place, wish):
        if wish is None:
            self.world.add("asks_no_more", self.who(place))
        else:
            self.world.add("asked_for", self.who(place), **wish)
            self.somebody_tries_in_the_morning(self.who(place))

    @rule(
        place=st.integers(0, 3),
        tag=st.sampled_from(("mental_health", "substance_use", "domestic_violence")),
        really=st.integers(0, 3),
    )
    def turns_out_sensitive(self, place, tag, really):
        if really == 0:
            self.world.add("tagged", self.who(place), tag=tag)
            self.somebody_tries_in_the_morning(self.who(place))

    @rule(
        place=st.integers(0, 3),
        mark=st.sampled_from(("same", "same", "reassigned", "blocked", "no_data")),
        really=st.integers(0, 2),
    )
    def number_is_checked(self, place, mark, really):
        if really == 0:
            self.world.add("marked", value=PEOPLE[self.who(place)].number, mark=mark)
            self.somebody_tries_in_the_morning(self.who(place), names_them=mark == "same")

    @rule(
        place=st.integers(0, 3),
        source=st.sampled_from(("", "patient_form", "patient_said", "previous_practice", "skip_trace")),
        scope=st.sampled_from(((), (), ("operations",), ("treatment_recall", "operations"))),
        channel=st.sampled_from(("sms", "sms", "email")),
    )
    def somebody_writes_down_how_the_number_came(self, place, source, scope, channel):
        who = self.who(place)
        value = value_for(PEOPLE[who], channel)
        self.world.add("how_it_came", who, value=value, source=source, scope=scope)
        self.somebody_tries_in_the_morning(who)

    @precondition(lambda self: self.world.happened("sent"))
    @rule(data=st.data(), arrived=st.booleans())
    def vendor_reports(self, data, arrived):
        """Delivered, or not: what never arrived uses up nobody's limit."""
        which = data.draw(st.sampled_from(self.world.happened("sent")))
        if arrived:
            self.world.add("delivered", value=which.what["value"])
        else:
            self.world.add("not_delivered", number=which.what["number"])

    @rule(
        place=st.integers(0, 3),
        channel=st.sampled_from(("sms", "email", "phone")),
        purpose=st.sampled_from(("operations", "operations", "marketing")),
        hours_ago=st.integers(0, 200),
    )
    def another_tools_file_is_read(self, place, channel, purpose, hours_ago):
        """What the reminder vendor sent comes to be known, often days later."""
        who = self.who(place)
        self.world.add(
            "told_of",
            who,
            at=self.world.now - timedelta(hours=hours_ago),
            channel=channel,
            purpose=purpose,
            origin="campaign",
            value=value_for(PEOPLE[who], channel),
            system="reminders",
        )

    @rule(
        stop=st.sampled_from(
            (("organisation", ""), ("campaign", "7"), ("campaign", "8"), ("channel", "sms"))
        ),
        kind=st.sampled_from(("stopped", "resumed", "resumed")),
    )
    def button(self, stop, kind):
        self.world.add(kind, scope=stop[0], key=stop[1])

    @rule(
        place=st.integers(0, 3),
        channel=CHANNELS,
        origin=st.sampled_from(("campaign", "campaign", "campaign", "manual", "reply", "safety")),
        purpose=PURPOSES,
        waited=st.one_of(st.integers(-3, 0), st.integers(0, 60), st.integers(70, 80)),
        risk_class=st.sampled_from((1, 3)),
        offer=OFFERS,
        flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    )
    def somebody_wants_to_reach(self, place, channel, origin, purpose, waited, risk_class, offer, flags):
        due_at = self.world.now - timedelta(hours=waited)
        by_machine, names_them, is_generic = flags
        wanted = Try(
            self.who(place),
            channel,
            origin,
            purpose,
            due_at,
            due_at + timedelta(hours=72),
            risk_class,
            by_machine=by_machine,
            offer=offer,
            names_them=names_them,
            is_generic=is_generic,
        )
        self.judge(wanted)

    @rule(
        sleeps=st.lists(st.sampled_from((20, 24, 31, 48, 48)), min_size=3, max_size=8),
        channel=st.sampled_from(("sms", "phone")),
        risk_class=st.sampled_from((1, 3)),
        everybody=st.booleans(),
    )
    def the_campaign_goes_on(self, sleeps, channel, risk_class, everybody):
        """Days on which a campaign would like to reach everybody each time it wakes."""
        self.another_morning_comes()
        for hours in sleeps:
            for who in self.cast if everybody else self.cast[-1:]:
                now = self.world.now
                self.judge(
                    Try(
                        who, channel, "campaign", "treatment_recall", now, now + timedelta(days=3), risk_class
                    )
                )
            self.world.now += timedelta(hours=hours)

    def judge(self, wanted):
        now = self.world.now
        spoken = objections(self.world, wanted, now)
        decision = decide(subject(self.world, wanted), self.policy, now=now)
        # Hours that never come are hours all the same.
        named = {"quiet_hours" if r.rule == "never_open" else r.rule for r in decision.reasons}
        assert (decision.verdict == "allow") == (not spoken), (decision, spoken)
        if decision.verdict == "allow":
            sent(self.world, wanted)
        elif decision.verdict == "defer":
            assert named == spoken
            self.nothing_sooner(wanted, decision.defer_until)
            again = decide(subject(self.world, wanted), self.policy, now=decision.defer_until)
            assert (again.verdict == "allow") == (not objections(self.world, wanted, decision.defer_until))
            # Records that grow old meanwhile are asked about again by the hour, and a conversation that ends
            # meanwhile leaves an answer to the limits that it was spared.
            grew_old = {r.rule for r in again.reasons} >= {"stale_data"}
            assert again.verdict != "defer" or grew_old or wanted.origin == "reply", again
        elif named - spoken == {"expired"}:
            assert named - {"expired"} == spoken
            self.nothing_sooner(wanted, wanted.expires_at)
        else:
            assert named == spoken

    def nothing_sooner(self, wanted, end):
        """Between now and then no instant would have done."""
        at = self.world.now
        while at < end:
            assert objections(self.world, wanted, at), at
            at += STEP
        assert objections(self.world, wanted, end - timedelta(seconds=1))


Practice.TestCase.settings = settings(
    max_examples=HISTORIES,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestNeverPastTheGuard = Practice.TestCase


def test_the_slow_statement_speaks_of_the_rules():
    """A rule of the guard that histories cannot reach is one that only the tables hold."""
    of_the_tables = {
        *("code_word", "unusable_format", "minor_confidential", "excluded", "test_only_to_staff"),
        *("contact_point", "sensitive_reason", "field_not_allowed", "paid_by_third_party", "not_approved"),
        *("message_problem", "not_for_messages", "case_exhausted", "no_time_zone", "no_capacity"),
        *("responsible_adult", "marketing_mail"),
    }
    spoken_of = {key for key, *_ in SENTENCES}
    assert {one.key for one in RULES} - of_the_tables <= spoken_of


def test_days_off_are_said_as_the_files_have_them():
    """Every day of every year that a history may reach."""
    for law in ("us", "us-al", "us-ri"):
        known = set[date]().union(*(row.holidays for row in STATES.windows if row.key == law))
        day = date(2026, 1, 1)
        while day.year <= LAST_YEAR:
            assert is_day_off(law, day) is (day in known), (law, day)
            day += timedelta(days=1)
