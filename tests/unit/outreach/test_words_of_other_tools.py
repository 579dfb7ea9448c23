"""Every word by which another tool says what it sent, and the edges of a row of its file."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from rebook.core.outreach.other_contacts import COLUMNS, REQUIRED, Problem, read_row, row_key
from rebook.core.words import CONTACT_CHANNELS

NOW = datetime(2026, 11, 18, 14, tzinfo=UTC)
ROW = {"patient_id": "p1", "number": "", "channel": "sms", "at": "2026-11-17T10:30", "system": "reminders"}


def read(**differs):
    return read_row(ROW | differs, system="file", region="US", zone=ZoneInfo("America/New_York"), now=NOW)


CHANNELS = {
    "sms": ["text", "texts", "mms", "whatsapp"], "email": ["e-mail", "mailing"],
    "phone": ["call", "calls", "voice", "ivr", "voicemail"],
    "letter": ["mail", "post", "postal", "postcard"], "portal": ["push", "app"],
}  # fmt: skip
PURPOSES = {
    "operations": ["", "operations", "reminder", "reminders", "appointment", "confirmation"],
    "treatment_recall": ["treatment_recall", "recall", "reactivation"],
    "informational": ["informational", "information", "news", "survey", "review"],
    "marketing": ["marketing", "promotion", "newsletter"],
}


@pytest.mark.parametrize(
    ("column", "said", "ours"),
    [
        *(("channel", said, ours) for ours, every in CHANNELS.items() for said in every),
        *(("channel", one, one) for one in CONTACT_CHANNELS),
        *(("purpose", said.title(), ours) for ours, every in PURPOSES.items() for said in every),
    ],
)
def test_words_of_other_tools_are_read_as_ours(column, said, ours):
    assert getattr(read(**{column: said}), column) == ours


@pytest.mark.parametrize(
    "status", ["failed", "undelivered", "bounced", "bounce", "cancelled", "Canceled", "not sent"]
)
def test_what_came_to_nothing_uses_up_no_limit(status):
    assert read(status=status) is None


@pytest.mark.parametrize("status", ["", "sent", "delivered", "answered"])
def test_what_could_be_noticed_counts(status):
    assert read(status=status).channel == "sms"


@pytest.mark.parametrize(
    ("column", "most"),
    [("patient_id", 200), ("number", 254), ("system", 60), ("purpose", 40), ("status", 40)],
)
def test_a_cell_may_be_so_long_and_no_longer(column, most):
    assert read(**{column: "x" * (most + 1)}) == Problem(column, f"longer than {most} characters")
    fits = read(**{column: "x" * most})
    assert not isinstance(fits, Problem) or "longer" not in fits.reason


def test_a_patient_or_a_number_is_enough():
    assert read(patient_id="", number="2125550001").number == "+12125550001"
    assert read(number="").patient_id == "p1"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        # Nine in the morning in New York: today without a time is its noon, and no mistake.
        ("2026-11-18", datetime(2026, 11, 18, 17, tzinfo=UTC)),
        ("2026-11-17", datetime(2026, 11, 17, 17, tzinfo=UTC)),
        ("20261117", datetime(2026, 11, 17, 17, tzinfo=UTC)),
        ("2026-11-18T09:00", NOW),
        ("2026-11-18T14:00Z", NOW),
        ("2026-11-17T00:30", datetime(2026, 11, 17, 5, 30, tzinfo=UTC)),
    ],
)
def test_when_it_was(at, expected):
    assert read(at=at).at == expected


@pytest.mark.parametrize(
    "at", ["2026-11-18T09:01", "2026-11-18T23:00", "2026-11-19", "2026-11-19T00:00", "2027-01-01T10:00Z"]
)
def test_a_time_to_come_is_the_future(at):
    assert read(at=at) == Problem("at", "lies in the future")


def test_the_columns_of_the_manual():
    assert COLUMNS == ("patient_id", "number", "channel", "at", "system", "purpose", "status")
    assert REQUIRED == ("channel", "at")


def test_cells_that_run_together_alike_are_two_rows_and_a_key_never_changes():
    first, second = read(system="ab", patient_id="c"), read(system="a", patient_id="bc")
    assert row_key(first) != row_key(second)
    # Another key would take in every row of every file a second time.
    assert row_key(read())[:16] == "520d3a0de8a7ef8b"
