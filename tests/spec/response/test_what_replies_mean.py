"""What a reply means: words in, the deciding intent out (R-E10); the table is a reference for people too."""

import pytest

from rebook.core.response.classify import classify
from rebook.core.response.effects import revoked_channels
from rebook.core.response.values import ReplyContext
from rebook.packs.response import shipped_lexicon

# (words, first intent, level)
TABLE = [
    # 1 danger before all else (R-E20 to R-E27)
    ("chst pain", "emergency", 1),
    ("cant breath", "emergency", 1),
    ("my mom is having a stroke", "emergency", 1),
    ("bleeding that won't stop", "emergency", 1),
    ("swelling is spreading to my eye", "emergency", 1),
    ("6 week old with a fever", "emergency", 1),
    ("suiside", "crisis", 1),
    ("I want to kill myself", "crisis", 1),
    ("he hits me", "abuse", 1),
    ("me duele el pecho", "emergency", 1),
    ("quiero quitarme la vida", "crisis", 1),
    ("mi esposo me golpea", "abuse", 1),
    # Denied or long past: a clinician all the same, never dismissed (R-E13)
    ("no chest pain", "clinical", 2),
    ("no chest pain or trouble breathing", "clinical", 2),
    ("I had a stroke years ago, do I need to come?", "clinical", 2),
    ("no tengo dolor en el pecho", "clinical", 2),
    # ... but one that is not denied counts, and "no," is no denial
    ("no chest pain but I can't breathe", "emergency", 1),
    ("No, I can't breathe", "emergency", 1),
    ("not feeling well, chest pain", "emergency", 1),
    # 2 stop (R-A41, R-A42, R-A80)
    ("STOP", "opt_out", 3),
    ("stpo", "opt_out", 3),
    ("unsubscibe", "opt_out", 3),
    ("no me manden más", "opt_out", 3),
    ("dejen de escribirme", "opt_out", 3),
    ("no mas", "opt_out", 3),
    ("baja", "opt_out", 3),
    ("take me off", "opt_out", 3),
    ("leave me alone", "opt_out", 3),
    ("who is this stop texting", "opt_out", 3),
    ("f*ck off", "opt_out", 3),
    ("Cancel", "opt_out", 3),
    ("wrong number stop", "opt_out", 3),
    # ... and what only sounds like it
    ("stop by tomorrow", "book", 3),
    ("can I stop by at 3", "book", 3),
    ("when does the pain stop", "clinical", 2),
    ("cancel my appointment", "cancel_visit", 3),
    ("please cancel my visit on Monday", "cancel_visit", 3),
    # ... and what a person has to ask about
    ("please cancel", "opt_out_uncertain", 3),
    ("how did you get my number", "opt_out_uncertain", 3),
    ("START", "opt_in", 3),
    ("help", "help", 3),
    ("ayuda", "help", 3),
    # 3 the wrong person, or a death
    ("wrong number", "wrong_person", 3),
    ("no soy esa persona", "wrong_person", 3),
    ("numero equivocado", "wrong_person", 3),
    ("My father passed away", "deceased", 3),
    ("ella falleció en marzo", "deceased", 3),
    # 4 medicine
    ("I ran out of insulin", "clinical", 2),
    ("my tooth hurts, can I come tomorrow", "clinical", 2),
    ("are my results back?", "clinical", 2),
    ("me duele una muela", "clinical", 2),
    # 5 complaints
    ("this is a HIPAA violation", "complaint", 3),
    ("quiero hablar con el gerente", "complaint", 3),
    # 6 booking
    ("yes", "book", 3),
    ("Yes please", "book", 3),
    ("sí", "book", 3),
    ("👍", "book", 3),
    ("2", "book", 3),
    ("Tuesday morning works", "book", 3),
    ("quiero una cita", "book", 3),
    ("please call me", "call_me", 3),
    ("llámenme", "call_me", 3),
    ("can I reschedule", "move_visit", 3),
    # 7 to 9
    ("how much is it", "cost", 3),
    ("¿aceptan mi seguro?", "cost", 3),
    ("I moved to Ohio", "moved", 3),
    ("I have a new dentist", "left_practice", 3),
    ("I only speak Spanish", "preference", 3),
    ("no thanks", "declined", 3),
    ("no gracias", "declined", 3),
    ("not right now", "not_now", 3),
    ("el próximo mes", "not_now", 3),
    # 10 the rest still reaches a person
    ("who are you?", "question", 3),
    ("thank you so much!", "thanks", 3),
    ("asdf qwer", "other", 3),
    ("", "unreadable", 3),
    ("🤷", "unreadable", 3),
]


@pytest.mark.parametrize(("words", "intent", "level"), TABLE, ids=[row[0] or "(empty)" for row in TABLE])
def test_the_first_match_decides(words, intent, level):
    reading = classify(words, lexicon=shipped_lexicon())
    assert (reading.first, reading.level) == (intent, level), reading.rules


def test_all_matches_are_kept_in_order():
    reading = classify("Stop texting me, I have chest pain and my bill is wrong", lexicon=shipped_lexicon())
    assert reading.intents[:2] == ("emergency", "opt_out")
    assert "cost" in reading.intents


def test_a_picture_is_for_a_person_whatever_it_says():
    assert classify("", lexicon=shipped_lexicon(), has_attachment=True).first == "unreadable"
    assert classify("yes", lexicon=shipped_lexicon(), has_attachment=True).intents == ("book", "unreadable")


def test_yes_subscribes_again_only_where_somebody_had_stopped():
    stopped = ReplyContext(is_opted_out=True)
    assert classify("YES", lexicon=shipped_lexicon(), context=stopped).first == "opt_in"
    assert classify("YES", lexicon=shipped_lexicon()).first == "book"
    assert not classify("yes, Monday at 3", lexicon=shipped_lexicon(), context=stopped).has("opt_in")


@pytest.mark.parametrize(
    ("words", "language"),
    [("I want to book", "en"), ("quiero una cita por favor", "es"), ("si", "es"), ("STOP", "en")],
)
def test_the_language_is_that_of_the_words(words, language):
    assert classify(words, lexicon=shipped_lexicon()).language == language


def test_a_word_of_no_language_leaves_the_patients_own():
    context = ReplyContext(language="es")
    assert classify("911", lexicon=shipped_lexicon(), context=context).language == "es"


@pytest.mark.parametrize(
    ("words", "scopes"),
    [
        ("STOP", {""}),
        ("leave me alone", {"all"}),
        ("no calls please, text me instead", {"phone"}),
        ("don't text me, call me instead", {"", "sms"}),
    ],
)
def test_an_opt_out_covers_what_the_words_say(words, scopes):
    found = {match.scope for match in classify(words, lexicon=shipped_lexicon()).of("opt_out")}
    assert found & scopes, found


@pytest.mark.parametrize(
    "words",
    ["don't call or text me", "do not call, text or email me", "stop calling and texting me"],
)
def test_no_wording_against_all_channels_is_read_as_one_against_calls_only(words):
    reading = classify(words, lexicon=shipped_lexicon())
    assert {"sms", "all"} & set(revoked_channels(reading.of("opt_out"), channel="sms"))


@pytest.mark.parametrize(
    ("channel", "words", "reach"),
    [
        ("sms", "STOP", {"sms"}),
        ("sms", "stop calling me", {"sms", "phone"}),
        ("sms", "Don't call me", {"sms", "phone"}),
        ("sms", "no more calls!!", {"sms", "phone"}),
        ("sms", "i dont want any more calls", {"sms", "phone"}),
        ("sms", "don't text or call me", {"sms", "phone"}),
        ("sms", "No me llamen", {"sms", "phone"}),
        ("sms", "dejen de llamar", {"sms", "phone"}),
        ("sms", "no más llamadas", {"sms", "phone"}),
        ("sms", "stop all emails and texts", {"sms", "email"}),
        ("sms", "no more texts or emails", {"sms", "email"}),
        ("email", "stop texting me", {"email", "sms"}),
        ("email", "no quiero más correos ni llamadas", {"email", "phone"}),
        ("sms", "do not call, text or email me", {"all"}),
        # Who keeps one way open keeps it.
        ("sms", "don't call me, text only", {"phone"}),
        ("sms", "no me llamen, mejor por texto", {"phone"}),
        ("sms", "don't text me, call me instead", {"sms"}),
        ("sms", "call me, don't text", {"sms"}),
    ],
)
def test_a_stop_reaches_every_way_it_names(channel, words, reach):
    """R-A42, R-A53: "stop calling me" in a text ends the calls too, not the texts alone."""
    said = classify(words, lexicon=shipped_lexicon()).of("opt_out")
    assert set(revoked_channels(said, channel=channel)) == reach


@pytest.mark.parametrize("words", ["please don't call me before 9", "don't call me at work today"])
def test_an_hour_or_a_place_is_no_stop(words):
    assert not classify(words, lexicon=shipped_lexicon()).of("opt_out")


def test_quoted_mail_is_nobodys_words():
    body = "Yes, Friday please\n\nOn Wed, Nov 18, 2026 Elm Street <x@example.org> wrote:\n> Reply STOP to end"
    assert classify(body, lexicon=shipped_lexicon()).intents == ("book",)
