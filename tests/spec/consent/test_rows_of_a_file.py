"""One row of a file of consents: what is taken, and the column and reason of what is not (R-A7, R-A177)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.consent_import import COLUMNS, ImportedStatement, Problem, import_key, read_row
from rebook.core.words import CONSENT_CHANNELS, CONSENT_PURPOSES

NOW = dt.datetime(2026, 11, 18, 17, 0, tzinfo=dt.UTC)
CHICAGO = ZoneInfo("America/Chicago")
GOOD = {
    "patient_id": "p1", "number": "(312) 555-1201", "channel": "Text", "purpose": "recall", "state": "opt-in",
    "at": "2026-03-01", "origin": "Dentrix", "wording": "I agree", "evidence": "cabinet 3",
}  # fmt: skip


def read(**changed):
    row = {**GOOD, **changed}
    return read_row(row, place="c.csv:2", region="US", zone=CHICAGO, now=NOW)


def test_a_good_row_is_read_in_our_words():
    said = read()
    assert (said.number, said.channel, said.purpose, said.state) == (
        "+13125551201", "sms", "treatment_recall", "granted",
    )  # fmt: skip
    assert said.proof.source == "Dentrix"
    assert said.proof.evidence_ref == "c.csv:2, cabinet 3"
    assert said.proof.evidence_kind == "import_row"


@pytest.mark.parametrize(
    ("changed", "field", "reason"),
    [
        ({"channel": "fax"}, "channel", "none of sms"),
        ({"channel": ""}, "channel", "none of sms"),
        ({"state": "maybe"}, "state", "neither granted nor revoked"),
        ({"purpose": "gossip"}, "purpose", "none of treatment_recall"),
        ({"at": "yesterday"}, "at", "is no date"),
        ({"at": ""}, "at", "is no date"),
        ({"at": "2026-02-30"}, "at", "is no date"),
        ({"at": "2026-12-01"}, "at", "lies in the future"),
        ({"number": "12"}, "number", ""),
        ({"number": "911"}, "number", "emergency"),
        ({"number": "a@"}, "number", "not an e-mail address"),
        ({"number": "", "patient_id": ""}, "patient_id", "neither a patient nor a number"),
        ({"wording": "", "evidence": ""}, "wording", "a permission needs"),
        ({"permission": "shouted"}, "permission", "none of implied"),
        ({"on_behalf": "neighbour"}, "on_behalf", "none of patient"),
        ({"expires_on": "soon"}, "expires_on", "is no date"),
        ({"origin": "x" * 121}, "origin", "longer than 120"),
    ],
)
def test_what_is_wrong_is_told_by_column(changed, field, reason):
    found = read(**changed)
    assert isinstance(found, Problem)
    assert found.field == field
    assert reason in found.reason


def test_a_day_alone_ends_late_for_a_stop_and_begins_early_for_a_permission():
    assert read(state="no").at == dt.datetime(2026, 3, 2, 5, 59, 59, tzinfo=dt.UTC)
    assert read(state="yes").at == dt.datetime(2026, 3, 1, 6, 0, tzinfo=dt.UTC)


def test_a_stop_of_today_counts_to_the_end_of_today():
    assert isinstance(read(state="no", at="2026-11-18"), ImportedStatement)


def test_a_time_without_a_zone_is_the_practices():
    assert read(at="2026-03-01T09:30").at == dt.datetime(2026, 3, 1, 15, 30, tzinfo=dt.UTC)
    assert read(at="2026-03-01T09:30+00:00").at == dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("wording", "purpose"), [("no more recall cards please", "treatment_recall"), ("", "all")]
)
def test_a_stop_is_narrow_only_with_the_patients_words(wording, purpose):
    assert read(state="stop", wording=wording).purpose == purpose


def test_the_same_row_has_the_same_key_wherever_it_stands():
    first = read()
    second = read_row(GOOD, place="other.csv:900", region="US", zone=CHICAGO, now=NOW + dt.timedelta(days=9))
    assert import_key(first, source="a") == import_key(second, source="a")
    assert import_key(first, source="a") != import_key(first, source="b")
    assert import_key(first, source="a") != import_key(read(wording="I agree!"), source="a")


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=60)))
def test_any_row_is_taken_or_told_in_words_that_do_not_quote_it(row):
    found = read_row(row, place="c.csv:2", region="US", zone=CHICAGO, now=NOW)
    if isinstance(found, Problem):
        assert found.field in (*COLUMNS, "")
        assert found.reason
    else:
        assert found.channel in CONSENT_CHANNELS
        assert found.purpose in CONSENT_PURPOSES
        assert found.state in ("granted", "revoked")
