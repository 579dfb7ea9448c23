"""Fixed answers to what patients write: planned here, sent by the same road and guard as everything else."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from rebook.core.outreach.message import Template, render
from rebook.core.response.effects import AnswerWanted
from rebook.core.response.values import LEVEL_1, Classification
from rebook.flow.common.library import TemplateLibrary, library_of
from rebook.packs.script_numbers import numbers_at
from rebook.records.read.response import Correspondent, answered_lately
from rebook.records.write import response as write
from rebook.records.write.response import NewAnswer

from .house import House

AFTER_HOURS: Final = "after_hours"
# The same answer is not given again so soon (R-E30 "once", R-E37, R-A85).
NOT_AGAIN: Final = {
    AFTER_HOURS: timedelta(hours=12),
    "safety": timedelta(hours=1),
    "safety_crisis": timedelta(hours=1),
    "help_answer": timedelta(minutes=10),
    "opt_out_confirmation": timedelta(minutes=5),
}
# Said to machines or by law: no word about opening hours on top.
_NO_AFTER_HOURS: Final = frozenset(
    {"opt_out", "opt_out_uncertain", "opt_in", "help", "auto_reply", "wrong_person"}
)


def after_hours(reading: Classification, *, house: House, channel: str, now: datetime) -> list[AnswerWanted]:
    """Outside opening hours a text is told when somebody reads it, and what to do in an emergency (R-E37)."""
    if channel != "sms" or house.hours.is_open(at=now) or reading.level == LEVEL_1:
        return []
    return [] if reading.first in _NO_AFTER_HOURS else [AnswerWanted(AFTER_HOURS, "reply", 15)]


def plan_answers(
    house: House,
    *,
    sender: Correspondent,
    channel: str,
    reply_id: int,
    wanted: Sequence[AnswerWanted],
    language: str,
    now: datetime,
) -> tuple[int, ...]:
    """Plan what is wanted, unless it was said to the same number a moment ago; ids of the new attempts.

    An answer needs somebody to be about: to a number that is nobody's, nothing is sent.
    """
    patient_id = sender.patient_id or next(iter(sender.candidate_ids), None)
    if patient_id is None or not sender.value:
        return ()
    planned: list[int] = []
    for answer in wanted:
        since = now - NOT_AGAIN.get(answer.template_key, timedelta())
        template = _template(
            library_of(house.organisation),
            answer.template_key,
            channel,
            (language, house.organisation.default_language),
        )
        if template is None or answered_lately(
            organisation_id=house.organisation.id,
            value=sender.value,
            template_key=answer.template_key,
            since=since,
        ):
            continue
        new = _answer(house, template, answer, sender, patient_id, reply_id, now=now)
        attempt_id = write.plan_answer(organisation_id=house.organisation.id, answer=new, now=now)
        planned += [attempt_id] if attempt_id else []
    return tuple(planned)


def _template(library: TemplateLibrary, key: str, channel: str, languages: Sequence[str]) -> Template | None:
    tried = (*(language.partition("-")[0].lower() for language in languages), "en")
    return next((found for one in tried if (found := library.find(key, channel, one))), None)


def _answer(
    house: House,
    template: Template,
    answer: AnswerWanted,
    sender: Correspondent,
    patient_id: int,
    reply_id: int,
    *,
    now: datetime,
) -> NewAnswer:
    fields = {
        "practice_name": house.organisation.public_name,
        "practice_phone": house.organisation.phone,
        **numbers_at(house.organisation.jurisdiction),
    }
    message = render(template, fields)
    return NewAnswer(
        reference=f"answer-{reply_id}-{answer.template_key}",
        origin=answer.origin,
        patient_id=patient_id,
        channel=template.channel,
        contact_point_id=sender.contact_point_id,
        to_value=sender.value,
        purpose=template.purpose,
        template_key=template.key,
        template_hash=template.content_hash,
        language=template.language,
        body=message.body if message.is_sendable else "",
        segments=message.segments,
        expires_at=now + timedelta(minutes=answer.minutes),
    )
