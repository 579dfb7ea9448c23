"""How a letter looks before there is one: for the writer's eyes, to nobody who exists."""

from datetime import date

from rebook.accounts.read import OrganisationView
from rebook.channels.letter import PrintedLetter, letter_code, merge, picture
from rebook.core.outreach.message import Template, render
from rebook.packs.letters import LetterForm

from .letters import paper_of, sender_of
from .wording import day_in_words

ADDRESS = ("12 Sample Street", "Apartment 4", "Sampletown, MA 00000")


def picture_of(
    *, organisation: OrganisationView, template: Template, name: str, body: str, today: date
) -> bytes:
    """The first page as PNG, with the words of one message, to a masked name.

    Raises ``channels.letter.UnableToPrint``.
    """
    return picture(
        _letter(name, body, template, today),
        form=_form(template),
        sender=sender_of(organisation),
        paper=paper_of(organisation),
    )


def sample_pdf(*, organisation: OrganisationView, template: Template, today: date) -> bytes:
    """The text as it is printed, with long plausible values. Raises ``channels.letter.UnableToPrint``."""
    values = {one.name: one.longest for one in template.fields}
    letter = _letter("Sample", render(template, values).body or template.body, template, today)
    return merge(
        [letter],
        form=_form(template),
        sender=sender_of(organisation),
        title="Sample",
        paper=paper_of(organisation),
    )


def _letter(name: str, body: str, template: Template, today: date) -> PrintedLetter:
    return PrintedLetter(
        letter_code("sample"),
        (f"{name} Sample", *ADDRESS),
        body,
        template.language,
        day_in_words(today, template.language),
    )


def _form(template: Template) -> LetterForm:
    return template.form or "letter"
