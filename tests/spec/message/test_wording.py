"""Words that may not go out, in both languages (R-E50 to R-E53, R-A112, R-A118, R-A196)."""

import pytest

from rebook.core.outreach.lint import sections, word_problems
from rebook.packs.outreach import wording

REFUSED = {
    "en": [
        "Get a FREE visit",
        "10 % off this week",
        "$20 off",
        "a gift card for you",
        "we waive the copay",
        "You need to come in",
        "your diagnosis",
        "it's nothing",
        "start taking aspirin",
        "you have missed a visit",
        "you failed to come",
        "no-show",
        "noshow",
        "an outstanding balance",
        "past due",
        "you are on our recall list",
        "inactive patients",
        "last chance",
        "act now",
        "Hurry!",
        "guaranteed",
        "cures everything",
        "CBD oil",
        "limited time",
        "reactivation",
    ],
    "es": [
        "visita GRATIS",
        "20 % de descuento",
        "un regalo",
        "usted necesita venir",
        "su diagnóstico",
        "no es nada",
        "usted faltó a su cita",
        "no vino",
        "saldo pendiente",
        "pago vencido",
        "lista de seguimiento",
        "inactivo",
        "última oportunidad",
        "es urgente",
        "apúrese",
        "garantizado",
        "sin copago",
    ],
}
CLINICAL = {
    "en": [
        "your mammogram",
        "Diabetes check",
        "HIV",
        "test results",
        "blood pressure",
        "a cleaning",
        "therapy",
    ],
    "es": [
        "su mamografía",
        "control de diabetes",
        "VIH",
        "resultados",
        "presión arterial",
        "limpieza dental",
    ],
}
FINE = {
    "en": [
        "Pick a time that suits you",
        "we are open until 8",
        "your visit did not take place",
        "Goodwin Street",
        "follow-up visit",
        "reply YES",
        "freely",
        "it has been a while",
        "Are you free Tuesday at 3?",
        "we are free at noon",
        "call toll-free",
        "scan the code",
        "on your phone or tablet",
        "hours of operation",
        "Cedar Falls",
        "our check-in procedures",
        "bring your insurance card",
        "there is no hurry",
        "nothing urgent",
    ],
    "es": [
        "Elija la hora que le convenga",
        "su cita no se dio",
        "reserve su cita de control",
        "le toca una cita",
        "la Dra. Dolores Mora",
        "Milagros le atiende",
        "no es urgente",
        "el lunes a las 9",
    ],
}
ALL = [(language, text) for language, texts in REFUSED.items() for text in texts]


@pytest.mark.parametrize(("language", "text"), ALL)
def test_refused(language, text):
    assert word_problems(text, wording(language=language), role="recall", is_open=False)


@pytest.mark.parametrize(("language", "text"), [(lang, t) for lang, texts in CLINICAL.items() for t in texts])
def test_refused_only_where_others_may_read(language, text):
    words = wording(language=language)
    assert word_problems(text, words, role="recall", is_open=True)
    assert not word_problems(text, words, role="recall", is_open=False)


@pytest.mark.parametrize(("language", "text"), [(lang, t) for lang, texts in FINE.items() for t in texts])
def test_allowed(language, text):
    assert word_problems(text, wording(language=language), role="recall", is_open=True) == []


def test_a_language_without_checks_of_its_own_takes_those_of_english():
    assert wording(language="vi").rules == wording(language="en").rules
    assert wording(language="es-MX").language == "es"


def test_a_script_falls_into_its_parts():
    parts = sections("## Open\nHello.\n\n## Voicemail\nCall us.\nThanks.\n")
    assert parts == {"Open": "Hello.", "Voicemail": "Call us.\nThanks."}
