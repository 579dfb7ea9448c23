"""Sentences that no list forbids and that a person should read again before it is signed (R-E50, R-A196)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.lint import Text, check
from rebook.core.outreach.lint_places import Placed, fold
from rebook.core.outreach.lint_template import lint_template
from rebook.core.outreach.second_look import looks
from rebook.core.outreach.second_look_findings import KINDS, LOOKS
from rebook.core.outreach.second_look_words import sentences, stem, tokens
from rebook.packs.outreach import templates, wording
from rebook.packs.second_looks import second_look

EN, ES = second_look("en"), second_look("es")
CALM = "It is time for your yearly visit. Pick a day that suits you."


def asked(text, language="en", *, is_open=True, purpose="treatment_recall", names=()):
    known = second_look(language)
    return looks(Placed(text, names), known, is_open=is_open, purpose=purpose)


def read(sentence, language="en"):
    known = second_look(language)
    return [one.stem for one in tokens(sentence, fold(sentence), known.topics, known.known)]


# None of these stands among the sentences that the weights were learnt from, and no list forbids them.
WANTED = {
    "en": [
        "We left a seat open for you twice and it stayed empty.",
        "Your sisters already came in, why not you?",
        "Sooner or later this will cost you more than time.",
        "We can only keep the chart open until Monday, then it is closed.",
        "The first forty families to book take home a hamper.",
        "The surgeon's notes on your spleen are in.",
        "Halve the evening one till we meet.",
        "What remains unpaid from spring should be cleared.",
        "Our spreadsheet has you under dropped.",
        "Leave with a dazzling grin.",
        "Time to renew your Ambien.",
    ],
    "es": [
        "Le apartamos la silla dos veces y quedó vacía.",
        "Sus hermanas ya vinieron, ¿por qué usted no?",
        "Después del lunes perderá la hora y se cierra el expediente.",
        "Las primeras cuarenta familias se llevan una canasta de regalo.",
        "Ya están las notas sobre su bazo.",
        "Parta en dos la de la noche hasta vernos.",
        "Queda por cubrir lo de la primavera.",
        "Tiempo de renovar su Ambien.",
    ],
}


@pytest.mark.parametrize(("language", "text"), [(lang, one) for lang, some in WANTED.items() for one in some])
def test_new_words_for_old_faults_are_looked_at(language, text):
    hard = [one for one in check(_text(text), wording(language=language)).found if one.is_problem]
    assert asked(text, language) or {"promotion", "private_detail"} & {one.rule for one in hard}


def _text(body):
    return Text(body=body, channel="letter", role="service", practice_name="Maple", names=("Maple",))


CALM_ONES = {
    "en": [
        CALM,
        "Dr. Cruz is back on Monday.",
        "There is no hurry.",
        "Reply STOP to end.",
        "Call us at 312-555-0142.",
    ],
    "es": ["Ya le toca su visita anual. Elija un día.", "No hay prisa.", "La Dra. Cruz regresa el lunes."],
}


@pytest.mark.parametrize(
    ("language", "text"), [(lang, one) for lang, some in CALM_ONES.items() for one in some]
)
def test_calm_words_are_left_alone(language, text):
    assert asked(text, language) == []


def test_no_shipped_text_is_looked_at():
    """Every one of them, with the longest values and the fewest: a practice signs them without a question."""
    found = {
        key: [one.words for one in lint_template(text, second_look=second_look(text.language)).looks]
        for key, text in templates().items()
    }
    assert {key: words for key, words in found.items() if words} == {}


def test_a_look_forbids_nothing_and_says_why():
    text = "We left a seat open for you twice and it stayed empty."
    found = check(_text(f"Maple: {CALM} {text}"), wording(language="en"), EN)
    assert found.problems == ()
    (one,) = found.looks
    assert (one.rule, one.severity) == ("look_blame", "look")
    assert f"{one.words}." == text
    assert "empty" in one.suggestion
    assert one.source == "R-E52"
    assert "look_blame" not in {each.rule for each in check(_text(text), wording(language="en")).found}


@pytest.mark.parametrize("text", WANTED["en"])
def test_friendly_words_around_it_hide_nothing(text):
    alone = {one.words for one in asked(text)}
    around = {one.words for one in asked(f"Hi Ana, we hope you are well. {text} {CALM} See you soon.")}
    assert alone <= around


@given(
    before=st.sampled_from(CALM_ONES["en"]),
    text=st.sampled_from(WANTED["en"]),
    gap=st.sampled_from([" ", "\n", "\n\n"]),
)
def test_it_stands_where_it_says(before, text, gap):
    whole = f"{before}{gap}{text}"
    for one in asked(whole):
        assert whole[one.start : one.start + len(one.words)] == one.words
        assert one.words == one.words.strip() != ""


@given(st.text(max_size=200), st.sampled_from(["en", "es"]))
def test_nothing_that_may_be_written_breaks_it(text, language):
    for one in asked(text, language):
        assert one.rule in LOOKS
        assert not one.is_problem


def test_what_only_the_patient_reads_may_name_their_care():
    text = "Your spleen notes are in."
    assert [one.rule for one in asked(text)] == ["look_private"]
    assert asked(text, is_open=False) == []
    assert asked("Your seat stayed empty, again.", is_open=False)


def test_a_text_sent_as_marketing_may_offer_and_still_not_press():
    offer = "Take half off with our summer deal and win a trip."
    assert asked(offer)
    assert asked(offer, purpose="marketing") == []
    assert asked("The clock is ticking, we are nearly out of chairs.", purpose="marketing")


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("F.R.E.E exam", ["free", "exam"]),
        ("f r e e exam", ["free", "exam"]),
        ("fr33 c4ncer", ["free", "cancer"]),
        (
            "FREE for $30 or 20% at 10:30, 312-555-0142",
            ["free", "for", "<$>", "or", "<%>", "at", "<t>", "<#>"],
        ),
        ("with Dr. Eleanor Oakes on Monday", ["with", "<n>", "on", "monday"]),
        ("they don't come", ["they", "do", "not", "come"]),
    ],
)
def test_how_words_are_read(text, stems):
    assert read(text) == stems


def test_sentences_end_at_stops_colons_and_lines_but_not_at_titles_and_times():
    text = "Hi Ana: see Dr. Lee at 10:30. Or not?\nBye"
    assert [text[start:end] for start, end in sentences(text, fold(text))] == [
        "Hi Ana", "see Dr. Lee at 10:30", "Or not", "Bye",
    ]  # fmt: skip


def test_a_thing_with_a_name_is_no_person():
    known = EN.topics, EN.known
    owned = tokens("Renew your Zorvex", fold("Renew your Zorvex"), *known)[-1]
    person = tokens("Ask for Zorvex", fold("Ask for Zorvex"), *known)[-1]
    assert (owned.about, person.stem) == (("owned",), "<n>")


def test_endings_tell_medical_words_and_spare_others():
    of = lambda word: EN.topics.of(word, stem(word, "en"))  # noqa: E731
    assert of("glossitis") == of("hepatomas") == ("condition",)
    assert of("zolvastatin") == ("medicine",)
    assert of("telegram") == of("apology") == of("sun") == ()


def test_a_language_without_weights_has_no_second_look():
    assert second_look("vi") is None
    assert second_look("es-MX") is not None


def test_every_kind_has_words_and_weights():
    for known in (EN, ES):
        spoken_for = {one.kind for one in known.weights.values() if one.value > 0.2}
        assert spoken_for == {f"look_{kind}" for kind in KINDS}


def test_single_words_never_speak_for_a_text():
    """A calm word does not make up for a bad one; only pairs ("no hurry") may speak for a sentence."""
    for known in (EN, ES):
        assert min(one.value for name, one in known.weights.items() if " " not in name) >= 0


def test_a_higher_threshold_asks_less():
    text = " ".join(WANTED["en"])
    high = replace(EN, threshold=99.0)
    assert len(looks(Placed(text, ()), high, is_open=False, purpose="treatment_recall")) < len(
        asked(text, is_open=False)
    )
