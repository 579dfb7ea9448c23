"""Reading level by the published formulas (R-A167)."""

import pytest

from rebook.core.outreach.readability import reading, syllables_en, syllables_es

ENGLISH = {
    "cat": 1, "visit": 2, "make": 1, "time": 1, "table": 2, "little": 2, "called": 1, "wanted": 2, "used": 1,
    "appointment": 3, "family": 3, "health": 1, "really": 2, "idea": 3, "radio": 3, "people": 2, "choose": 1,
    "boxes": 2, "times": 1, "phone": 1, "because": 2, "available": 4, "patients": 2, "question": 2,
}  # fmt: skip
SPANISH = {
    "sol": 1, "visita": 3, "hora": 2, "cita": 2, "poeta": 3, "maría": 3, "ciudad": 2, "aéreo": 4, "hoy": 1,
    "quiere": 2, "guerra": 2, "agua": 2, "día": 2, "bien": 1, "clínica": 3, "próxima": 3, "reserve": 3,
    "llame": 2, "país": 2, "cuando": 2, "yo": 1, "muy": 1, "construir": 2, "salud": 2, "cirugía": 4,
}  # fmt: skip


@pytest.mark.parametrize(("word", "count"), ENGLISH.items())
def test_english_syllables(word, count):
    assert syllables_en(word) == count


@pytest.mark.parametrize(("word", "count"), SPANISH.items())
def test_spanish_syllables(word, count):
    assert syllables_es(word) == count


def test_the_english_grade_is_that_of_the_formula():
    found = reading("The cat sat on the mat. It was a fat cat.", language="en")
    assert (found.words, found.sentences, found.syllables) == (11, 2, 11)
    assert found.grade == pytest.approx(0.39 * 5.5 + 11.8 * 1 - 15.59)
    assert not found.is_hard


def test_the_spanish_scales_are_those_of_the_formulas():
    found = reading("Le toca su visita. Elija una hora.", language="es-MX")
    assert (found.words, found.sentences, found.syllables) == (7, 2, 14)
    assert found.inflesz == pytest.approx(206.835 - 62.3 * 14 / 7 - 3.5)
    assert found.huerta == pytest.approx(206.84 - 60 * 14 / 7 - 1.02 * 3.5)
    assert not found.is_hard


def test_a_language_without_a_formula_and_a_text_without_words_are_not_measured():
    assert reading("Xin chao", language="vi") is None
    assert reading("... 123 !", language="en") is None
