"""The daily report: which contact breaks which stop (R-A44, R-A45, R-A48)."""

import datetime as dt

import pytest

from rebook.core.outreach.consent import Line
from rebook.core.outreach.consent_applied import Contact, how_it_failed, is_overdue

NOW = dt.datetime(2026, 11, 18, 17, 0, tzinfo=dt.UTC)
SAID = NOW - dt.timedelta(days=5)
LATER, BEFORE = SAID + dt.timedelta(days=1), SAID - dt.timedelta(hours=1)
STOP = Line("sms", "all", "revoked", SAID, "sms_reply", "n")


def text(**changed):
    values = {"state": "delivered", "channel": "sms", "purpose": "treatment_recall", "origin": "campaign",
              "template_key": "due_visit", "at": LATER}  # fmt: skip
    return Contact(**{**values, **changed})


def start(at, *, origin="sms_reply", binds_number=True, channel="sms"):
    return Line(channel, "all", "granted", at, origin, "n" if binds_number else "")


@pytest.mark.parametrize(
    ("stop", "contact", "grants", "expected"),
    [
        (STOP, text(), [], "went_out"),
        (STOP, text(state="planned"), [], "waits"),
        (STOP, text(state="deferred", at=NOW + dt.timedelta(days=1)), [], "waits"),
        (STOP, text(state="claimed"), [], "went_out"),
        (STOP, text(state="unknown"), [], "went_out"),
        (STOP, text(state="refused"), [], None),
        (STOP, text(state="expired"), [], None),
        (STOP, text(at=BEFORE), [], None),
        (STOP, text(channel="email"), [], None),
        (STOP, text(template_key="opt_out_confirmation", origin="reply"), [], None),
        (STOP, text(template_key="help_answer", origin="reply"), [], None),
        (STOP, text(origin="safety", template_key="anything"), [], None),
        (STOP, text(origin="manual"), [], "went_out"),
        (STOP, text(), [start(SAID + dt.timedelta(hours=3))], None),
        (STOP, text(), [start(LATER + dt.timedelta(hours=3))], "went_out"),
        (STOP, text(state="planned"), [start(LATER + dt.timedelta(hours=3))], None),
        (STOP, text(), [start(SAID + dt.timedelta(hours=3), origin="staff")], "went_out"),
        (STOP, text(), [start(SAID + dt.timedelta(hours=3), binds_number=False)], "went_out"),
        (STOP, text(), [start(SAID + dt.timedelta(hours=3), channel="email")], "went_out"),
        (Line("all", "all", "revoked", SAID, "staff", ""), text(channel="letter"), [], "went_out"),
        (Line("sms", "marketing", "revoked", SAID, "staff", ""), text(), [], None),
    ],
)
def test_what_breaks_a_stop(stop, contact, grants, expected):
    assert how_it_failed(stop, contact, recorded_at=SAID, grants=grants) == expected


@pytest.mark.parametrize(("hours", "expected"), [(23.9, False), (24, True), (300, True)])
def test_a_day_is_given(hours, expected):
    assert is_overdue(recorded_at=NOW - dt.timedelta(hours=hours), now=NOW) is expected
