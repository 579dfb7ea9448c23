"""The ledger at its edges: the same instant, the other channel, another system's word, the last character."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from rebook.core import words as ledger
from rebook.core.outreach import consent_words
from rebook.core.outreach.consent import (
    CARE_PURPOSES,
    NOTHING_KNOWN,
    PATIENTS_OWN,
    Line,
    NarrowWithoutWords,
    judge_import,
    standing,
    standing_stops,
    what_a_stop_binds,
)
from rebook.core.outreach.consent_applied import Contact, how_it_failed, is_overdue
from rebook.core.outreach.consent_choices import ASKED_CHANNELS
from rebook.core.outreach.consent_import import (
    REQUIRED,
    ImportedStatement,
    Problem,
    import_key,
    read_row,
)

NOW = dt.datetime(2026, 11, 18, 17, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def line(state, ago, *, channel="sms", purpose="all", origin="sms_reply", number="n"):
    return Line(channel, purpose, state, NOW - ago * HOUR, origin, number)


class TestStanding:
    def where(self, *lines, channel="sms", purpose="operations"):
        return standing(lines, channel=channel, purpose=purpose, now=NOW)

    def test_a_start_of_this_instant_counts_and_one_of_tomorrow_does_not(self):
        assert self.where(line("revoked", 3), line("granted", 0)) == "allowed"
        assert self.where(line("revoked", 3), line("granted", -1)) == "stopped"
        assert self.where(line("granted", 0, origin="staff")) == "allowed"

    def test_a_permission_for_something_else_says_nothing(self):
        assert self.where(line("granted", 3, channel="email")) == "unsaid"
        assert self.where(line("granted", 3, purpose="marketing")) == "unsaid"
        assert self.where(line("granted", 3, channel="all")) == "allowed"

    def test_every_stop_that_binds_is_told_oldest_first(self):
        first, second = line("revoked", 9), line("revoked", 2)
        assert standing_stops([second, first], channel="sms", purpose="operations", now=NOW) == [
            first,
            second,
        ]

    def test_care_and_the_patients_own_ways_are_the_stated_ones(self):
        assert CARE_PURPOSES == ("treatment_recall", "operations", "informational")
        assert {
            "sms_reply", "email_reply", "patient_page", "list_unsubscribe", "provider",
        } == PATIENTS_OWN  # fmt: skip
        assert ASKED_CHANNELS == ("sms", "email", "phone", "letter")


class TestWhatAStopBinds:
    def test_everything_where_no_kind_is_named_and_no_law_has_a_day(self):
        found = what_a_stop_binds(channel="sms", said_on=NOW.date(), revoke_all=None)
        assert (found.channels, found.purposes, found.legal_scope) == (("sms",), ("all",), "this_kind")

    def test_kinds_named_twice_are_bound_once_and_in_their_order(self):
        found = what_a_stop_binds(
            channel="sms", purposes=("marketing", "operations", "marketing"), words="no offers",
            said_on=NOW.date(), revoke_all=None,
        )  # fmt: skip
        assert found.purposes == ("marketing", "operations")

    def test_whoever_narrows_it_is_told_that_trying_again_does_not_help(self):
        with pytest.raises(NarrowWithoutWords) as raised:
            what_a_stop_binds(channel="sms", purposes=("marketing",), said_on=NOW.date(), revoke_all=None)
        assert raised.value.permanent
        assert raised.value.is_for_people


class TestImports:
    @pytest.mark.parametrize("channel", ["sms", "email", "phone", "letter", "portal"])
    def test_a_permission_for_every_channel_is_bound_by_a_stop_of_one(self, channel):
        new = line("granted", 1, channel="all", origin="import")
        stop = line("revoked", 5, channel=channel)
        assert judge_import([stop], new, now=NOW) == ("bound_by_newer", stop.at)

    @pytest.mark.parametrize("purpose", [*CARE_PURPOSES, "marketing"])
    def test_a_permission_for_everything_is_bound_by_a_stop_of_one_kind(self, purpose):
        new = line("granted", 1, origin="import")
        stop = line("revoked", 5, purpose=purpose)
        assert judge_import([stop], new, now=NOW) == ("bound_by_newer", stop.at)

    def test_the_stop_that_is_told_is_the_latest(self):
        stops = [line("revoked", 9), line("revoked", 5)]
        assert judge_import(stops, line("granted", 1, origin="import"), now=NOW) == (
            "bound_by_newer",
            stops[1].at,
        )

    def test_a_stop_after_a_stop_is_added(self):
        assert judge_import([line("revoked", 9)], line("revoked", 1), now=NOW) == ("add", None)


class TestHonoured:
    STOP = line("revoked", 48)
    RECORDED = NOW - 40 * HOUR

    def failed(self, state="sent", ago=10, template="due_visit", origin="campaign", grants=(), **stop):
        contact = Contact(state, "sms", "operations", origin, template, NOW - ago * HOUR)
        bound = line("revoked", 48, **stop) if stop else self.STOP
        return how_it_failed(bound, contact, recorded_at=self.RECORDED, grants=grants)

    @pytest.mark.parametrize("state", ["claimed", "accepted", "sent", "delivered", "read", "unknown"])
    def test_what_left_after_the_stop_was_written_down_broke_it(self, state):
        assert self.failed(state) == "went_out"
        assert self.failed(state, ago=40) is None
        assert self.failed(state, ago=41) is None

    @pytest.mark.parametrize("state", ["planned", "deferred"])
    def test_what_still_waits_breaks_it_whenever_it_was_planned(self, state):
        assert self.failed(state) == "waits"
        assert self.failed(state, ago=99) == "waits"

    @pytest.mark.parametrize("state", ["refused", "failed", "cancelled"])
    def test_what_never_leaves_breaks_nothing(self, state):
        assert self.failed(state) is None

    @pytest.mark.parametrize("template", ["opt_out_confirmation", "help_answer", "safety", "safety_crisis"])
    def test_what_may_still_follow_a_stop(self, template):
        assert self.failed(template=template) is None
        assert self.failed(origin="safety") is None

    def test_a_stop_of_something_else_is_not_broken(self):
        assert self.failed(channel="email") is None
        assert self.failed(purpose="marketing") is None

    def test_a_permission_is_no_stop(self):
        contact = Contact("sent", "sms", "operations", "campaign", "due_visit", NOW)
        assert how_it_failed(line("granted", 48), contact, recorded_at=self.RECORDED, grants=()) is None

    @pytest.mark.parametrize(
        ("grant", "expected"),
        [
            (line("granted", 20), None),
            (line("granted", 10), None),
            (line("granted", 9), "went_out"),
            (line("granted", 48), "went_out"),
            (line("granted", 60), "went_out"),
            (line("granted", 20, origin="staff"), "went_out"),
            (line("granted", 20, number="other"), "went_out"),
            (line("granted", 20, channel="email"), "went_out"),
            (line("revoked", 20), "went_out"),
        ],
    )
    def test_only_what_the_patient_lifted_before_it_left_is_excused(self, grant, expected):
        assert self.failed(ago=10, grants=(grant,)) == expected

    def test_it_must_be_known_everywhere_within_a_day(self):
        day = dt.timedelta(hours=24)
        assert is_overdue(recorded_at=NOW - day, now=NOW)
        assert not is_overdue(recorded_at=NOW - day + dt.timedelta(seconds=1), now=NOW)


GOOD = {
    "patient_id": "p1", "number": "(312) 555-1201", "channel": "sms", "purpose": "", "state": "granted",
    "at": "2026-03-01", "wording": "I agree",
}  # fmt: skip


def read(**changed):
    row = {**GOOD, **changed}
    return read_row(row, place="c.csv:2", region="US", zone=ZoneInfo("America/Chicago"), now=NOW)


# What other systems write, and what it is here.
STATES = {
    "granted": ["granted", "opt-in", "opt in", "optin", "opted in", "in", "yes", "Y", "TRUE", "1"],
    "revoked": ["revoked", "opt-out", "opt out", "optout", "Opted Out", "out", "STOP", "unsubscribed",
                "do not contact", "no", "N", "false", "0"],
}  # fmt: skip
CHANNELS = {
    "sms": ["sms", "text", "Texts", "mobile"], "letter": ["letter", "mail", "post", "postal"],
    "phone": ["phone", "call", "calls", "voice"], "email": ["email", "E-Mail"], "all": ["all", "any"],
    "portal": ["portal"],
}  # fmt: skip
PURPOSES = {
    "treatment_recall": ["treatment_recall", "recall", "treatment"], "all": ["", "all"],
    "operations": ["operations", "appointment", "appointments", "reminders"],
    "informational": ["informational", "news"], "marketing": ["marketing", "promotions"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("column", "said", "ours"),
    [
        (column, said, ours)
        for column, table in (("state", STATES), ("channel", CHANNELS), ("purpose", PURPOSES))
        for ours, every in table.items()
        for said in every
    ],
)
def test_words_of_other_systems_are_read_as_ours(column, said, ours):
    assert getattr(read(**{column: said}), column) == ours


@pytest.mark.parametrize(
    ("column", "most"), [("patient_id", 200), ("origin", 120), ("evidence", 200), ("version", 40),
                         ("on_behalf_name", 120), ("number", 254)]
)  # fmt: skip
def test_a_cell_may_be_as_long_as_the_ledger_keeps_and_no_longer(column, most):
    fits, over = read(**{column: "x" * most}), read(**{column: "x" * (most + 1)})
    assert not isinstance(fits, Problem) or (fits.field == "number" and "longer" not in fits.reason)
    assert over == Problem(column, f"longer than {most} characters")


class TestRows:
    def test_a_patient_or_a_number_is_enough(self):
        assert read(number="").number == ""
        assert read(patient_id="").number == "+13125551201"

    @pytest.mark.parametrize("proof", ["wording", "shown_wording", "evidence"])
    def test_one_proof_of_a_permission_is_enough_and_a_stop_needs_none(self, proof):
        assert isinstance(read(**{"wording": "", proof: "it is there"}), ImportedStatement)
        assert isinstance(read(wording="", state="stop"), ImportedStatement)
        assert isinstance(read(wording=""), Problem)

    def test_a_permission_without_the_patients_words_keeps_its_kind(self):
        assert read(wording="", evidence="cabinet", purpose="recall").purpose == "treatment_recall"

    def test_later_today_is_no_future_and_tomorrow_is(self):
        assert isinstance(read(at="2026-11-18T23:59"), ImportedStatement)
        assert read(at="2026-11-19T00:00") == Problem("at", "lies in the future")
        # An instant that has passed, on what is already the next day somewhere else.
        assert isinstance(read(at="2026-11-19T01:00+14:00"), ImportedStatement)

    def test_the_day_it_runs_out(self):
        assert read(expires_on="2027-01-02").proof.expires_on == dt.date(2027, 1, 2)
        assert read().proof.expires_on is None

    def test_where_it_comes_from_is_kept_whole(self):
        proof = read(
            on_behalf="Relative", on_behalf_name="Ana", shown_wording="We may text you", version="3",
            origin="Dentrix", scope=" recall ; ; " + "y" * 60, permission="Express",
        ).proof  # fmt: skip
        assert (proof.way, proof.speaker, proof.speaker_name) == ("import", "relative", "Ana")
        assert (proof.shown_wording, proof.shown_version, proof.source) == ("We may text you", "3", "Dentrix")
        assert proof.scope_words == ("recall", "y" * 40)
        assert (proof.permission, proof.named_value) == ("express", "+13125551201")
        assert (proof.evidence_kind, proof.evidence_ref) == ("import_row", "c.csv:2")
        assert read().proof.speaker == "patient"

    def test_cells_that_run_together_alike_are_still_two_rows(self):
        first = read(patient_id="p1", number="", wording="ab", shown_wording="c")
        second = read(patient_id="p1", number="", wording="a", shown_wording="bc")
        assert import_key(first, source="s") != import_key(second, source="s")

    def test_the_key_of_a_row_never_changes(self):
        # A key that changes would take every row in a second time.
        assert import_key(read(), source="s")[:16] == "15935a2636628cfe"


LEDGER_WORDS = {
    "CHANNELS": ledger.CONSENT_CHANNELS,
    "PURPOSES": ledger.CONSENT_PURPOSES,
    "STATES": ledger.CONSENT_STATES,
    "WAYS": ledger.CONSENT_WAYS,
    "SPEAKERS": ledger.CONSENT_SPEAKERS,
    "ORIGINS": (*PATIENTS_OWN, "signed_consent", "phone_reply", "staff", "import"),
    "PERMISSIONS": tuple(filter(None, ledger.CONSENT_PERMISSIONS)),
}


@pytest.mark.parametrize("table", sorted(LEDGER_WORDS))
def test_every_word_of_the_ledger_has_a_phrase(table):
    phrases = getattr(consent_words, table)
    assert set(phrases) == set(LEDGER_WORDS[table])
    assert all(phrases.values())


def test_who_says_nothing_of_the_speaker_means_the_patient():
    assert (NOTHING_KNOWN.speaker, NOTHING_KNOWN.way) == ("patient", "")
    assert REQUIRED == ("channel", "state", "at")


def test_a_word_without_a_phrase_is_shown_as_it_is():
    assert consent_words.in_words(consent_words.WAYS, "carrier_pigeon") == "carrier pigeon"
    assert consent_words.in_words(consent_words.WAYS, "in_person") == "in person"
