"""Treatment or marketing, by the words (R-A5, R-A116, field note 3.10)."""

import pytest

from rebook.core.outreach.classify import suggest, suggest_template
from rebook.packs.outreach import templates, wording

MARKETING = {
    "en": [
        ("A new laser room. 20% off this month.", "offer"),
        ("Designer frames from $99.", "price"),
        ("Ask for our whitening plans.", "upsell"),
        ("Brought to you by Acme.", "third_party"),
        ("A gift card waits for you.", "offer"),
    ],
    "es": [
        ("Nueva sala. 20% de descuento este mes.", "offer"),
        ("Lentes por $99.", "price"),
        ("Blanqueamiento en marzo.", "upsell"),
        ("Patrocinado por Acme.", "third_party"),
    ],
}
TREATMENT = {
    "en": ["You are due for a visit. Pick a time.", "We moved to Mill Road.", "Feel free to call us."],
    "es": ["Le toca una visita. Elija una hora.", "Nos mudamos a la calle Mill."],
}
MIXED = {
    "en": [
        "You are due for a check-up. 20% off this week.",
        "It is time for your visit. Bring a friend, both save $5.",
    ],
    "es": ["Le toca una visita. 20% de descuento.", "Ya es hora de su limpieza. Gratis."],
}


def rows(table):
    return [
        (language, *(row if isinstance(row, tuple) else (row,)))
        for language in table
        for row in table[language]
    ]


@pytest.mark.parametrize(("language", "text", "sign"), rows(MARKETING))
def test_an_offer_a_price_an_extra_and_another_s_product_make_it_marketing(language, text, sign):
    found = suggest(text, wording=wording(language=language))
    assert found.purpose == "marketing"
    assert sign in {clue.sign for clue in found.clues}
    assert not found.is_mixed


@pytest.mark.parametrize(("language", "text"), rows(TREATMENT))
def test_care_that_is_due_is_treatment(language, text):
    assert suggest(text, wording=wording(language=language)).purpose == "treatment_recall"


@pytest.mark.parametrize(("language", "text"), rows(MIXED))
def test_both_in_one_text_is_mixed(language, text):
    assert suggest(text, wording=wording(language=language)).is_mixed


def test_an_answer_is_operations_unless_its_writer_says_information():
    words = wording(language="en")
    assert suggest("Thank you.", wording=words, role="service").purpose == "operations"
    assert (
        suggest("Thank you.", wording=words, role="service", declared="informational").purpose
        == "informational"
    )
    assert suggest("20% off.", wording=words, declared="informational").purpose == "marketing"


def test_a_clue_says_the_words_as_they_stand():
    found = suggest("Descuento del 20 %: ¡GRÁTIS!", wording=wording(language="es"))
    assert {clue.words for clue in found.clues if clue.sign == "offer"} <= {"Descuento", "GRÁTIS"}


def test_every_shipped_text_is_what_it_says():
    differing = [
        place for place, text in templates().items() if suggest_template(text).purpose != text.purpose
    ]
    assert differing == []
