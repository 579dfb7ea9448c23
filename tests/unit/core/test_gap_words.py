"""Every verdict can be said on the pages and on the command line."""

from rebook.cli.gaps import VERDICT_WORDS
from rebook.core.gaps import VERDICTS
from rebook.web.words import WORDS


def test_every_verdict_has_words():
    assert set(VERDICTS) == set(VERDICT_WORDS) == set(WORDS["finding"])
