"""The texts of a test on wording: which there are, and whether they are still those that were stated."""

from collections.abc import Iterable
from dataclasses import dataclass

from rebook.core.outreach.experiment import MAIN
from rebook.records.read.experiments import WordingTestView

from .library import TemplateLibrary, template_library


@dataclass(frozen=True, slots=True)
class TestableText:
    """A text of the library that has test arms, with the languages in which every one has words."""

    # Not a test of ours, whatever its name says to the test runner.
    __test__ = False

    template_key: str
    channel: str
    variants: tuple[str, ...]
    languages: tuple[str, ...]


def testable_texts(*, organisation_id: int) -> tuple[TestableText, ...]:
    """Every text with at least one arm beside the main one."""
    library = template_library(organisation_id=organisation_id)
    found: dict[tuple[str, str], dict[str, set[str]]] = {}
    for key, channel, language, variant in library.every():
        if variant and library.find(key, channel, language):
            found.setdefault((key, channel), {}).setdefault(variant, set()).add(language)
    return tuple(
        TestableText(key, channel, tuple(sorted(arms)), tuple(sorted(set.intersection(*arms.values()))))
        for (key, channel), arms in sorted(found.items())
    )


def languages_of(
    library: TemplateLibrary, template_key: str, channel: str, variants: Iterable[str]
) -> tuple[str, ...]:
    """Languages in which the main text and every variant have words: others are not drawn."""
    names = (MAIN, *variants)
    return tuple(
        language
        for language in library.languages()
        if all(library.find(template_key, channel, language, name) for name in names)
    )


def texts_as_json(
    library: TemplateLibrary, template_key: str, channel: str, variants: Iterable[str]
) -> dict[str, dict[str, str]]:
    """{arm: {language: hash of its text}}, to be kept as stated."""
    names = (MAIN, *variants)
    languages = languages_of(library, template_key, channel, names[1:])
    found: dict[str, dict[str, str]] = {name: {} for name in names}
    for name in names:
        for language in languages:
            text = library.find(template_key, channel, language, name)
            if text is not None:
                found[name][language] = text.content_hash
    return found


def languages_stated(library: TemplateLibrary, test: WordingTestView) -> tuple[str, ...]:
    """The languages of a test: those it was stated with, also when others were written since.

    None when somebody changed a text that is being tested: what is drawn would not be what was stated.
    A test from before texts were kept is believed.
    """
    if not test.texts:
        return languages_of(library, test.template_key, test.channel, test.plan.variants)
    for name, of_arm in test.texts.items():
        for language, content_hash in of_arm.items():
            text = library.find(test.template_key, test.channel, language, name)
            if text is None or text.content_hash != content_hash:
                return ()
    return tuple(test.texts[MAIN])
