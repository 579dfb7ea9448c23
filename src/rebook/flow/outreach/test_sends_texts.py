"""Which words a test sends: a text as it is being written, one in use, or every step of a campaign."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from rebook.accounts import read as accounts
from rebook.accounts.read import OrganisationView
from rebook.core.gaps import KINDS
from rebook.core.outreach.message import Template, render
from rebook.core.outreach.sent_test import Values, invented, marked
from rebook.core.outreach.sequence import TEMPLATE_OF_GAP_KIND, template_for
from rebook.core.segment import Segment
from rebook.packs.drafting import Draft
from rebook.records.read import campaigns as campaign_read

from .campaign_content import sequence_in_force
from .library import library_of
from .test_sends import UnableToTest, Wanted
from .texts import SAMPLE_TOKEN, check
from .wording import site_fields

# Steps that nothing is sent for, and where their words are to be seen.
_NOT_SENT = {
    "phone": "a person calls; the script stands among the texts",
    "letter": "a letter: print its sample from the text's own page",
    "portal": "the portal shows it to patients only: see it on the text's own page",
}


@dataclass(frozen=True, slots=True)
class StepToTest:
    """One step of a campaign's plan, and its test: ``wanted`` is None where nothing can be sent."""

    index: int
    channel: str
    template_key: str
    wanted: Wanted | None
    # Why nothing is sent, in words.
    why_not: str = ""


def wanted_of_draft(*, organisation_id: int, draft: Draft, values: Values = "usual") -> Wanted:
    """The words as typed, kept or not: a draft that nobody has signed may be tested, on oneself.

    What cannot be read at all comes with the problem that refuses it.
    """
    organisation = accounts.organisation(organisation_id=organisation_id)
    found = check(organisation_id=organisation_id, draft=draft)
    if found.template is not None:
        return wanted_of_template(organisation=organisation, template=found.template, values=values)
    typed = "\n".join((draft.subject, draft.body, draft.short_body))
    return Wanted(
        channel=draft.channel,
        body="",
        template_key=draft.key,
        language=draft.language,
        variant=draft.variant,
        content_hash=hashlib.sha256(typed.encode()).hexdigest(),
        problems=found.problems or ("bad_template: these words cannot be read",),
    )


def wanted_of_template(
    *,
    organisation: OrganisationView,
    template: Template,
    values: Values = "usual",
    campaign_id: int | None = None,
    step_index: int | None = None,
) -> Wanted:
    """A text filled with the practice's own details and values of nobody; its links open a sample page."""
    link = f"{settings.PUBLIC_URL}/p/{SAMPLE_TOKEN}"
    filled = {
        **invented(template.fields, language=template.language, values=values),
        **{name: value for name, value in site_fields(organisation, None).items() if value},
        "link": link,
        "unsubscribe_url": f"{link}/unsubscribe",
    }
    message = render(template, filled)
    subject, body = marked(message, channel=template.channel, language=template.language)
    return Wanted(
        channel=template.channel,
        body=body,
        subject=subject[:200],
        body_html=message.body_html,
        unsubscribe_url=filled["unsubscribe_url"] if template.channel == "email" else "",
        template_key=template.key,
        language=template.language,
        variant=template.variant,
        content_hash=template.content_hash,
        campaign_id=campaign_id,
        step_index=step_index,
        segments=message.segments,
        problems=message.problems,
    )


def reasons_of(segment: Mapping[str, Any]) -> tuple[str, ...]:
    """The kinds of gap that a campaign is for; kinds that get the same words are named once."""
    asked = Segment.from_json(dict(segment)).of("gap_kind")
    kinds = [one for one in KINDS if asked is None or (one in asked.values) != asked.is_not]
    by_words = {TEMPLATE_OF_GAP_KIND.get(kind, "due_visit"): kind for kind in reversed(kinds)}
    return tuple(kind for kind in kinds if kind in by_words.values())


def steps_of_campaign(
    *,
    organisation_id: int,
    campaign_id: int,
    language: str,
    reason: str = "",
    values: Values = "usual",
) -> tuple[StepToTest, ...]:
    """Every step of a campaign in its order, in one language, for one reason ("" the first of its own).

    Raises ``UnableToTest`` for no such campaign, and for one that has no plan yet.
    """
    view = campaign_read.campaign(organisation_id=organisation_id, campaign_id=campaign_id)
    if view is None:
        raise UnableToTest("there is no such campaign")
    sequence = sequence_in_force(organisation_id=organisation_id, campaign=view)
    if sequence is None:
        raise UnableToTest("this campaign has no steps yet: choose how patients are contacted")
    organisation = accounts.organisation(organisation_id=organisation_id)
    library = library_of(organisation)
    kinds = reasons_of(view.segment)
    kind = reason if reason in kinds else next(iter(kinds), "interval")
    found = []
    for step in sequence.steps:
        key = template_for(step, gap_kind=kind)
        why_not = _NOT_SENT.get(step.channel, "")
        template = library.find(key, step.channel, language) if not why_not else None
        if not why_not and template is None:
            why_not = "there is no text for it in this language: a person calls instead"
        wanted = None
        if template is not None:
            wanted = wanted_of_template(
                organisation=organisation,
                template=template,
                values=values,
                campaign_id=campaign_id,
                step_index=step.index,
            )
        found.append(StepToTest(step.index, step.channel, key, wanted, why_not))
    return tuple(found)
