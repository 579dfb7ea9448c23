"""How a native writer offers to end the messages, in either language, and what only looks like it
(R-A42, R-A81, R-A87); a free answer as the next step; what is harmless whatever its words."""

import time

import pytest

from rebook.core.outreach.lint import Text, check
from rebook.core.outreach.lint_blind import practice_names
from rebook.core.outreach.lint_ending import Ending
from rebook.core.outreach.lint_places import FILLER, without_names
from rebook.core.outreach.lint_wording import Wording
from rebook.core.response.classify import classify
from rebook.packs.response import shipped_lexicon
from rebook.packs.second_looks import second_look
from rebook.packs.templates import wording
from spec.message.test_lint_rules import LINK, PRACTICE, WHY, found, rules

OFFERS = {
    "en": [
        "Reply STOP to end",
        "Text STOP to opt out.",
        "Txt STOP 2 end",
        "Send us STOP to leave",
        "Reply with STOP to unsubscribe",
        'Reply "STOP" at any time to stop these texts',
        "Reply with the word STOP to get no more messages",
        "To stop, reply STOP",
        "To opt out at any time, just text STOP.",
        "To stop getting these reminders please reply STOP",
        "Don't want texts? Reply STOP.",
        "Do not want these messages?\nText STOP",
        "No more texts? Text STOP",
        "Reply STOP if you no longer want texts",
        "Reply STOP if you'd rather not get these",
        "Reply STOP if you don\u2019t want any more messages",
        "If you would rather not hear from us, reply STOP",
        "If you prefer no texts, send STOP",
        "Reply STOP and we will not write again",
        "Text STOP and we won't text you",
        "Replying STOP ends these texts",
        "Reply YES and we call you, STOP to opt out",
        "Opt out: STOP",
        "Opt-out any time: reply STOP",
        "Unsubscribe by texting STOP",
        "Reply END to end these messages",
        "reply stop to end",
        "Reply STOP to discontinue",
        "Not interested? Text STOP",
    ],
    "es": [
        "Responda STOP para salir",
        "Responde STOP para no recibir más mensajes",
        "Responder BAJA para darse de baja",
        "Responda ALTO para no recibir más mensajes",
        "Envíe ALTO si no quiere más mensajes",
        "Envie ALTO si no quiere mas mensajes",
        "Envía STOP si ya no quieres estos avisos",
        "Para dejar de recibirlos responda ALTO",
        "Para dejar de recibirlos, responda PARE",
        "Para dejar de recibirlos responda BASTA.",
        "Para dejar de recibirlos responda NO MÁS",
        "Para no seguir recibiendo textos, responda STOP",
        "Para salir de la lista responda STOP",
        "Para cancelar los mensajes, basta con responder STOP",
        "Para darse de baja, envíe la palabra BAJA",
        "Para que no le escribamos más, conteste ALTO",
        "Si no desea recibir más avisos, escriba BASTA",
        "Si prefiere no recibir estos mensajes, mande STOP",
        "Si ya no le interesan estos mensajes, respóndanos PARE",
        "Si quiere dejar de recibir mensajes conteste con STOP",
        "¿No quiere más mensajes? Responda ALTO",
        "¿Prefiere que no le escribamos? Responda STOP.",
        "No más mensajes: responda ALTO",
        "Conteste «ALTO» en cualquier momento para dejar de recibir mensajes",
        "Responda PARE y no le escribiremos más",
        "Escríbanos ALTO y dejaremos de escribirle",
        "Responda SI para que le llamemos, STOP para salir",
        "Baja: STOP para no recibir más",
        "Responda con la palabra ALTO para que paremos",
        "Responda STOP para cancelar",
        "Para cancelar, responda STOP",
        "Para no recibir más, ALTO.",
        "Responda STOP si no le interesa",
        "Conteste STOP y lo quitamos de la lista",
        "Puede parar los mensajes respondiendo ALTO para salir",
    ],
}
NO_OFFERS = {
    "en": [
        "stop2end",
        "STOP",
        "Reply STOP",
        "Reply STOP to confirm your visit",
        "Reply YES to come",
        "Reply STOP to get a call",
        "Reply STOP to cancel your visit",
        "Stop by to see us",
        "We will not stop writing",
        "To end on a good note, call us",
        "The bus stops at our door",
        "Reply STOP and we will call you",
        "Reply to this text if you do not want to wait",
    ],
    "es": [
        "Responda STOP",
        "Responda ALTO para confirmar su visita",
        "Responda SI para venir",
        "Responda STOP para cancelar su cita",
        "Responda ALTO para recibir una llamada",
        "El edificio más alto de la calle",
        "Para salir temprano, llame",
        "No quiere esperar, llame",
        "Envíe ALTO y le llamamos",
        "Basta con llamar",
    ],
}


def flat(table):
    return [(language, one) for language, rows in table.items() for one in rows]


@pytest.mark.parametrize(("language", "offer"), flat(OFFERS))
def test_a_clear_offer_of_an_end_is_one(language, offer):
    body = f"{PRACTICE}: {WHY[language]} {LINK} {offer}"
    assert not rules(body, language=language) & {"no_opt_out", "stop_as_choice", "many_choices"}


@pytest.mark.parametrize(("language", "words"), flat(NO_OFFERS))
def test_what_only_looks_like_an_offer_is_none(language, words):
    assert "no_opt_out" in rules(f"{PRACTICE}: {WHY[language]} {LINK} {words}", language=language)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_word_that_may_be_asked_for_ends_the_messages_when_it_is_sent(language):
    """What a text promises is kept by those who read the answers (R-A42)."""
    asked = [one.replace("PAREN?", "PARE").replace("[AÁ]", "Á") for one in wording(language).ending.words]
    assert len(asked) >= 4
    for word in asked:
        for said in (word, word.lower(), f"{word.capitalize()}."):
            assert classify(said, lexicon=shipped_lexicon()).has("opt_out"), said


def test_a_word_that_ends_is_no_next_step_and_never_a_choice_of_another_kind():
    assert "no_next_step" in rules(
        f"{PRACTICE}: {WHY['es']} Responda PARE para no recibir más", language="es"
    )
    assert "stop_as_choice" in rules(
        f"{PRACTICE}: {WHY['es']} Responda FIN para confirmar. Responda ALTO para salir", language="es"
    )


def test_the_second_look_passes_over_what_only_offers_an_end():
    es = second_look("es")
    assert es is not None

    def looked(body):
        text = Text(body=body, channel="sms", role="recall", practice_name=PRACTICE, names=(PRACTICE,))
        return check(text, wording("es"), es).looks

    assert looked("Para no seguir recibiendo textos, responda STOP") == ()
    assert looked("Para no seguir recibiendo textos y cobros de su deuda vieja, responda STOP ahora mismo")


@pytest.mark.parametrize(
    ("language", "middle", "is_step"),
    [
        ("en", "Text back a weekday that suits you.", True),
        ("en", "Reply with the day you prefer.", True),
        ("en", "Let us know which morning suits you.", True),
        ("en", "Reply to this message.", True),
        ("en", "We hope to see you one day.", False),
        ("en", "A day will come.", False),
        ("es", "¿Qué día prefiere? Escríbalo aquí.", True),
        ("es", "Responda con el día que prefiera.", True),
        ("es", "Díganos qué día le queda bien.", True),
        ("es", "Que tenga un buen día.", False),
    ],
)
def test_an_answer_in_own_words_is_a_next_step(language, middle, is_step):
    end = OFFERS[language][0]
    told = rules(f"{PRACTICE}: {WHY[language]} {middle} {end}", language=language)
    assert ("no_next_step" not in told) == is_step


@pytest.mark.parametrize(
    ("language", "middle", "is_forbidden"),
    [
        ("es", "Aparcar en la plaza es gratis.", False),
        ("es", "El estacionamiento para pacientes es gratuito.", False),
        ("es", "Estacionamiento y limpieza gratis.", True),
        ("es", "Aparcar es fácil. La limpieza es gratis.", True),
        ("en", "Parking at the garage is free.", False),
        ("en", "We are a fragrance-free office.", False),
        ("en", "Parking is easy and your exam is free.", True),
        ("en", "A risk-free visit.", True),
    ],
)
def test_what_is_harmless_is_passed_over_and_no_more(language, middle, is_forbidden):
    told = found(f"{PRACTICE}: {WHY[language]} {middle} {LINK} {OFFERS[language][0]}", language=language)
    by_words = [one for one in told if one.rule in ("promotion", "promise", "look_promotion")]
    assert bool(by_words) == is_forbidden, by_words


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("77 Danger Cove Road is new", "is new"),
        ("our Last Chance Creek office", "our office"),
        ("above the Balance Credit Union, second floor", "above the , second floor"),
        ("across from Discount Tire on 5th", "across from on 5th"),
        ("calle del Socorro 3", "3"),
        ("encima del Banco Ahorro", "encima del"),
        ("above all, do not wait", "above all, do not wait"),
        ("across from a free clinic", "across from a free clinic"),
        ("Discount on every visit", "Discount on every visit"),
    ],
)
def test_names_of_places_say_nothing_else(text, left):
    assert " ".join(without_names(text, ()).replace(FILLER, "").split()) == left


def test_a_practice_keeps_its_whole_name_where_a_part_of_it_is_a_place():
    assert without_names("Bramble Hill Surgery, open", ("Bramble Hill Surgery",)).strip(FILLER) == ", open"
    assert practice_names("Sycamore Internal Medicine") == ("Sycamore Internal Medicine",)


def test_a_language_may_name_whole_patterns_or_none():
    assert Wording("xx").ends("STOP to end") == ()
    assert Wording("xx", opt_out=("STOP",)).ends("now STOP") == ((4, 8),)
    assert Ending().spans("Reply STOP to end") == ()


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_text_takes_long_to_read(language):
    began = time.perf_counter()
    for piece in ("reply STOP ", "para no recibir ", "if you do not want to ", "responda ", "\u00ab"):
        wording(language).ends(piece * 400)
    assert time.perf_counter() - began < 2
