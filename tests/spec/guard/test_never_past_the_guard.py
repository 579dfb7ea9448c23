"""Any interleaving of events, over changes of the clock: the guard and the slow statement always agree.

So no attempt is ever allowed against consent, an opt-out, hours, caps, a booking, a holdout, a death or a
stop; and nothing that all rules permit is ever held back.
"""

from datetime import UTC, datetime, timedelta

from guard_world import PEOPLE, Try, World, sent, subject
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from slow_statement import objections

from rebook.core.outreach.guard import decide
from rebook.packs.outreach import guard_policy

POLICY = guard_policy(
    jurisdiction_keys={key for person in PEOPLE.values() for key in person.jurisdictions},
    years=(2026, 2027, 2028),
)
# Few at a time, so that what befalls them meets.
CASTS = (
    ("parent", "lodger"),
    ("parent", "child"),
    ("parent", "partner"),
    ("nearly", "child"),
    ("traveller", "ageless"),
    ("spared",),
    ("parent", "lodger", "child", "partner"),
)
STATEMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "binding": st.sampled_from(("number", "person")),
            "channel": st.sampled_from(("same", "same", "all", "email", "phone")),
            "purpose": st.sampled_from(("all", "all", "all", "treatment_recall", "marketing")),
            "state": st.sampled_from(("revoked", "granted")),
            "by_patient": st.booleans(),
            "later": st.sampled_from((0, 0, 1, 20)),
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
SLEEP = st.one_of(
    st.integers(1, 90).map(lambda n: timedelta(minutes=n)),
    st.integers(1, 30).map(lambda n: timedelta(hours=n)),
    st.integers(1, 12).map(lambda n: timedelta(days=n)),
    st.just(timedelta(hours=24)),
    st.just(timedelta(hours=48)),
)
CHANNELS = st.sampled_from(("sms", "sms", "email", "phone"))
PURPOSES = st.sampled_from(("treatment_recall", "treatment_recall", "operations", "marketing"))
STEP = timedelta(minutes=37)


class Practice(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.bookings = 0

    @initialize(cast=st.sampled_from(CASTS), start=st.sampled_from(STARTS), minutes=st.integers(0, 12 * 60))
    def opens(self, cast, start, minutes):
        self.cast = cast
        self.world = World(start + timedelta(minutes=minutes))

    def who(self, place):
        return self.cast[place % len(self.cast)]

    @rule(sleep=SLEEP)
    def time_passes(self, sleep):
        self.world.now += sleep

    @rule()
    def another_morning_comes(self):
        """Late enough for the mountains and early enough for the coast, on a day that may be a Sunday."""
        morning = self.world.now.replace(hour=16, minute=30)
        self.world.now = morning if morning > self.world.now else morning + timedelta(days=1)

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
        really=st.integers(0, 9),
    )
    def something_final_happens(self, place, kind, really):
        if really == 0:
            self.world.add(kind, self.who(place))

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
        waited=st.integers(-3, 80),
        risk_class=st.sampled_from((1, 3)),
    )
    def somebody_wants_to_reach(self, place, channel, origin, purpose, waited, risk_class):
        due_at = self.world.now - timedelta(hours=waited)
        wanted = Try(
            self.who(place), channel, origin, purpose, due_at, due_at + timedelta(hours=72), risk_class
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
        decision = decide(subject(self.world, wanted), POLICY, now=now)
        named = {reason.rule for reason in decision.reasons}
        assert (decision.verdict == "allow") == (not spoken), (decision, spoken)
        if decision.verdict == "allow":
            sent(self.world, wanted)
        elif decision.verdict == "defer":
            assert named == spoken
            self.nothing_sooner(wanted, decision.defer_until)
            again = decide(subject(self.world, wanted), POLICY, now=decision.defer_until)
            assert (again.verdict == "allow") == (not objections(self.world, wanted, decision.defer_until))
            assert again.verdict != "defer", again
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
    max_examples=80,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestNeverPastTheGuard = Practice.TestCase
