"""The one question that the confirmation of a stop asks: its answer narrows, silence stops all (R-A46)."""

import pytest

from rebook.core.response.classify import classify
from rebook.core.response.effects import Circumstances, effects_of
from rebook.core.response.values import ReplyContext
from rebook.packs.outreach import templates
from rebook.packs.response import shipped_lexicon

ABOUT = Circumstances(channel="sms", snooze_until=None)


def effects(body, *, is_opted_out=True):
    context = ReplyContext(is_opted_out=is_opted_out)
    return effects_of(classify(body, lexicon=shipped_lexicon(), context=context), about=ABOUT)


@pytest.mark.parametrize(
    "body", ["VISITS", "visits", "Visits only.", "only visits", "CITAS", "solo citas", "cita"]
)
def test_the_answer_keeps_texts_about_booked_visits_and_no_more(body):
    found = effects(body)
    assert (found.grants, found.purposes, found.revokes) == (True, ("operations",), ())


@pytest.mark.parametrize("body", ["START", "yes", "si", "unstop"])
def test_a_start_opens_everything_again(body):
    found = effects(body)
    assert (found.grants, found.purposes) == (True, ("all",))


@pytest.mark.parametrize("body", ["VISITS", "citas"])
def test_from_somebody_who_did_not_stop_it_is_no_consent(body):
    assert effects(body, is_opted_out=False).grants is False


@pytest.mark.parametrize(
    "body", ["no more visits", "stop visits", "how many visits do I have?", "visits are too dear"]
)
def test_other_sentences_with_the_word_are_no_answer(body):
    assert effects(body).grants is False


@pytest.mark.parametrize(("language", "word"), [("en", "VISITS"), ("es", "CITAS")])
def test_the_confirmation_asks_it_once_in_words_that_are_understood(language, word):
    body = templates()["opt_out_confirmation", "sms", language].body
    assert body.count(word) == 1
    assert effects(word).purposes == ("operations",)
