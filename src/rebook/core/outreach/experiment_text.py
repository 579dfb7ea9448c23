"""Whether two texts differ only in what a test may vary; medical meaning is never a test variable (R-E56)."""

import re
from collections.abc import Iterator

from rebook.core.outreach.experiment import Element
from rebook.core.outreach.lint import Wording
from rebook.core.outreach.liquid_text import fill
from rebook.core.outreach.message import Template, render
from rebook.core.reasons import Reason

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
# Places that a call to action has and no other sentence.
_WAY_IN = re.compile(r"\{\{\s*(?:link|practice_phone)\b")
# Words about when there is room, by language. Words about how much time has passed are not among them.
_WHEN = {
    "en": r"today|tomorrow|(?:this|next) (?:week|month)|mornings?|afternoons?|evenings?|weekdays?|saturdays?"
    r"|(?:mon|tues|wednes|thurs|fri)days?|openings?|open times?|free times?|times? (?:is|are) (?:free|open)"
    r"|available|availability|early|late|lunch",
    "es": r"hoy|mañana(?:s)?|(?:esta|la próxima) semana|(?:este|el próximo) mes|tardes?|noches?|lunes|martes"
    r"|miércoles|jueves|viernes|sábados?|horas? libres?|citas? libres?|horarios?|disponibles?|temprano",
}


def reasons_against(main: Template, variant: Template, *, element: Element) -> tuple[Reason, ...]:
    """Everything that keeps a variant from being tested against the main text; empty when it may.

    Both are of one key, channel and language. The variant is also checked as if it went out.
    """
    return (*_another_text(main, variant), *_elsewhere(main, variant, element), *_problems(variant))


def _another_text(main: Template, variant: Template) -> Iterator[Reason]:
    for name in ("key", "channel", "language", "purpose", "role", "is_generic"):
        if getattr(main, name) != getattr(variant, name):
            yield Reason("another_text", f"{name} differs from the main text")
    known = {field.name for field in main.fields if field.field_class == "clinical"}
    more = sorted(f.name for f in variant.fields if f.field_class == "clinical" and f.name not in known)
    if more:
        yield Reason("clinical_field", f"the variant shows {', '.join(more)}, which the main text does not")


def _elsewhere(main: Template, variant: Template, element: Element) -> Iterator[Reason]:
    """What differs beside the element under test."""
    if element != "subject" and main.subject != variant.subject:
        yield Reason("subject_differs", "the subject must stay the same in this test")
    if element != "call_to_action" and main.button != variant.button:
        yield Reason("button_differs", "the button must stay the same in this test")
    changed = _changed(main, variant)
    if element == "subject":
        if main.subject == variant.subject:
            yield Reason("nothing_differs", "the subjects are the same")
        if changed:
            yield Reason("body_differs", "only the subject may differ in this test")
        return
    if not changed and main.button == variant.button:
        yield Reason("nothing_differs", "the texts are the same")
    for sentence in changed:
        if not _is_of(sentence, element, main.wording):
            yield Reason("meaning_differs", f"this may not be varied here: \u201c{sentence[:80]}\u201d")


def _changed(main: Template, variant: Template) -> tuple[str, ...]:
    """Sentences that differ for the patient with every value or for the one with the fewest."""
    pairs = zip(_filled(main), _filled(variant), strict=True)
    return tuple(dict.fromkeys(one for ours, theirs in pairs for one in changed_sentences(ours, theirs)))


def _filled(template: Template) -> tuple[str, str]:
    """The body with every field's own place as its value, and with the optional ones left out."""
    every: dict[str, str | None] = {field.name: f"{{{{ {field.name} }}}}" for field in template.fields}
    fewest = {field.name: every[field.name] if field.is_required else None for field in template.fields}
    return fill(template.body, every), fill(template.body, fewest)


def changed_sentences(main: str, variant: str) -> tuple[str, ...]:
    """Sentences of either text that the other does not have, as written, the main text's first."""
    ours, theirs = _sentences(main), _sentences(variant)
    return tuple([one for one in ours if one not in theirs] + [one for one in theirs if one not in ours])


def _sentences(body: str) -> list[str]:
    return [" ".join(part.split()) for part in _SENTENCE.split(body) if part.strip()]


def _is_of(sentence: str, element: Element, wording: Wording) -> bool:
    if element == "call_to_action":
        return bool(_WAY_IN.search(sentence)) or bool(
            wording.choice and re.search(wording.choice, sentence, re.IGNORECASE)
        )
    words = _WHEN.get(wording.language.partition("-")[0], _WHEN["en"])
    return bool(re.search(rf"(?<!\w)(?:{words})(?!\w)", sentence, re.IGNORECASE))


def _problems(variant: Template) -> Iterator[Reason]:
    longest = {field.name: field.longest for field in variant.fields}
    for problem in render(variant, longest).problems:
        rule, _, detail = problem.partition(": ")
        yield Reason(rule, detail or problem)
