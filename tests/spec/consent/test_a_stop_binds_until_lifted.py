"""After any order of statements, imports, merges, re-imports: a stop binds until the patient lifts it.

Two accounts of the same histories: the rules of the product, and a slow one written here from R-A52, R-A54
and R-A177 alone. The guard is asked as well, with the values that dispatch makes for it.
"""

import datetime as dt
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from rebook.core.outreach.consent import Line, judge_import, standing
from rebook.core.outreach.guard_consent import is_from_patient, opted_out
from rebook.core.outreach.values import ConsentStatement, ContactView, GuardPolicy, GuardSubject

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
CHANNELS = ("sms", "email", "phone")
PURPOSES = ("treatment_recall", "operations", "marketing")
OWN = ("sms_reply", "patient_page", "signed_consent")
WEAK = ("staff", "import")

SUBJECT = GuardSubject(
    origin="campaign", purpose="operations", channel="sms", channel_is_open=True, channel_is_manual=False,
    campaign_id=None, is_deceased=False, has_left_practice=False, do_not_contact=False, is_merged_away=False,
    birth_on=None, contact_is_responsible_adult=False, exclusions=(), sensitivity=(), holds=(),
    contact=ContactView("+12125550001", "phone"), time_zones=("UTC",), jurisdictions=("us",), consents=(),
    history=(), patient_last_wrote_at=None, gap_is_open=True, gap_is_sensitive=False, risk_class=1,
    satisfying_visit_types=(), future_appointments=(), last_visit_at=None, arm="contact",
    template_key="due_visit", template_is_approved=True, message_problems=(), due_at=START,
    expires_at=START + dt.timedelta(days=900), stops=(), data_as_of=START,
)  # fmt: skip
channels = st.sampled_from((*CHANNELS, "all"))
purposes = st.sampled_from((*PURPOSES, "all"))


class Ledger(RuleBasedStateMachine):
    """Two records of one person and one number; statements in any order, with any dates."""

    @initialize()
    def begin(self):
        # (record, line); record None is the number itself.
        self.lines = []
        self.files = []
        self.merged = False
        self.clock = 0

    @property
    def now(self):
        return START + dt.timedelta(hours=self.clock)

    def say(self, record, channel, purpose, state, at, origin):
        self.lines.append((record, Line(channel, purpose, state, at, origin, "" if record else "n")))

    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours):
        self.clock += hours

    @rule(
        record=st.sampled_from((None, "first", "second")), channel=channels, purpose=purposes,
        ago=st.integers(0, 50), origin=st.sampled_from((*OWN, *WEAK)),
    )  # fmt: skip
    def stops(self, record, channel, purpose, ago, origin):
        self.say(record, channel, purpose, "revoked", self.now - dt.timedelta(hours=ago), origin)

    @rule(
        record=st.sampled_from((None, "first", "second")), channel=channels, purpose=purposes,
        ago=st.integers(0, 50), origin=st.sampled_from((*OWN, "staff")),
    )  # fmt: skip
    def permits(self, record, channel, purpose, ago, origin):
        self.say(record, channel, purpose, "granted", self.now - dt.timedelta(hours=ago), origin)

    @rule(
        record=st.sampled_from((None, "first", "second")), channel=channels, purpose=purposes,
        state=st.sampled_from(("granted", "revoked")), ago=st.integers(0, 500),
    )  # fmt: skip
    def is_imported(self, record, channel, purpose, state, ago):
        new = Line(
            channel, purpose, state, self.now - dt.timedelta(hours=ago), "import", "" if record else "n"
        )
        self.files.append((record, new))
        self.take(record, new)

    @rule()
    def all_files_come_again(self):
        for record, line in self.files:
            self.take(record, line)

    @rule()
    def records_are_joined(self):
        self.merged = True

    def take(self, record, line):
        if (record, line) in self.lines:
            return
        verdict, _ = judge_import(self.of(record), line, now=self.now)
        if verdict == "add":
            self.lines.append((record, line))

    def of(self, record):
        """What bears on a record: its own, its number's, and once joined the other's."""
        return [
            line
            for owner, line in self.lines
            if owner is None or owner == record or (self.merged and record is not None)
        ]

    def slow(self, record, channel, purpose):
        """Stopped if a stop stands that no later act of the patient's own, on the same, has lifted."""
        bears = self.of(record)
        for stop in bears:
            if stop.state != "revoked" or stop.channel not in (channel, "all"):
                continue
            if stop.purpose not in (purpose, "all"):
                continue
            lifted = False
            for lift in bears:
                if (
                    lift.state == "granted"
                    and lift.origin in OWN
                    and lift.number == stop.number
                    and lift.channel in (channel, "all")
                    and lift.purpose in (purpose, "all")
                    and stop.at < lift.at <= self.now
                ):
                    lifted = True
            if not lifted:
                return True
        return False

    @invariant()
    def a_stop_binds_until_the_patient_lifts_it(self):
        for record in ("first", "second"):
            bears = self.of(record)
            for channel in CHANNELS:
                for purpose in PURPOSES:
                    told = standing(bears, channel=channel, purpose=purpose, now=self.now)
                    assert (told == "stopped") == self.slow(record, channel, purpose)

    @invariant()
    def the_guard_lets_nothing_past_a_stop(self):
        for record in ("first", "second"):
            said = tuple(
                ConsentStatement(
                    bool(line.number), line.channel, line.purpose, line.state, line.at,
                    is_from_patient(origin=line.origin, wording="any words", state=line.state),
                )
                for line in self.of(record)
            )  # fmt: skip
            for channel in CHANNELS:
                for purpose in PURPOSES:
                    if self.slow(record, channel, purpose):
                        subject = replace(SUBJECT, channel=channel, purpose=purpose, consents=said)
                        assert opted_out(subject, GuardPolicy(windows=()), self.now) is not None

    @invariant()
    def files_alone_never_change_what_stands_stopped(self):
        """Taking every permission of a file away leaves exactly the same stops."""
        for record in ("first", "second"):
            without = [
                line for line in self.of(record) if not (line.origin == "import" and line.state == "granted")
            ]
            for channel in CHANNELS:
                mine = standing(without, channel=channel, purpose="operations", now=self.now) == "stopped"
                assert mine == self.slow(record, channel, "operations")


Ledger.TestCase.settings = settings(max_examples=300, stateful_step_count=30, deadline=None)
TestAnyOrderOfStatements = Ledger.TestCase
