import datetime as dt

import pytest

from rebook.core.response.normalise import normalise
from rebook.core.response.when import snooze_until
from rebook.packs.response import shipped_lexicon

TODAY = dt.date(2026, 11, 18)


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("not now", dt.date(2026, 12, 18)),
        ("maybe in 2 weeks", dt.date(2026, 12, 2)),
        ("in a couple of months", dt.date(2027, 1, 17)),
        ("en dos semanas", dt.date(2026, 12, 2)),
        ("next week", dt.date(2026, 11, 23)),
        ("next month please", dt.date(2026, 12, 1)),
        ("el próximo mes", dt.date(2026, 12, 1)),
        ("el mes que viene", dt.date(2026, 12, 1)),
        ("next year", dt.date(2027, 1, 5)),
        ("after the holidays", dt.date(2027, 1, 5)),
        ("in March", dt.date(2027, 3, 1)),
        ("after December 10", dt.date(2026, 12, 10)),
        ("en febrero", dt.date(2027, 2, 1)),
        ("after february 31", dt.date(2027, 2, 28)),
        ("maybe in the spring", dt.date(2027, 3, 1)),
        ("in 900 days", dt.date(2026, 11, 18) + dt.timedelta(days=400)),
        ("in 0 days", dt.date(2026, 11, 19)),
    ],
)
def test_until_when_somebody_wants_to_be_left_in_peace(words, until):
    text = normalise(words, spelling=shipped_lexicon().spelling).text
    assert snooze_until(text, today=TODAY) == until
