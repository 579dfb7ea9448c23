"""The first of the two transactions around every send: facts read again, the guard asked again, claimed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from rebook.core.channel import Channel
from rebook.core.outreach.day_part import wished_from
from rebook.core.outreach.values import Decision
from rebook.records.read.guard_subjects import Contemplated
from rebook.records.read.special_approvals import offer_values
from rebook.records.write import attempts as write
from rebook.records.write import results, special_approvals
from rebook.records.write.attempts import DueAttempt, JudgedContact, Ruling

from .library import TemplateLibrary, library_of
from .subject import House, PlannedContact, judge

# A stop that began while the batch was being judged is no word on the patient: the attempt waits.
STOP_WAIT = timedelta(hours=1)


class Claim(NamedTuple):
    """What one round took in hand. ``judged`` is 0 when nothing is due or all is in other hands."""

    claimed: list[DueAttempt]
    counts: Counter[str]
    reasons: Counter[str]
    judged: int


def claim(
    house: House,
    *,
    channels: Mapping[str, Channel],
    limit: int,
    worker: str,
    now: datetime,
    only: Sequence[int] | None = None,
    answers: bool = False,
) -> Claim:
    """Take up to ``limit`` due attempts in hand, in one short transaction (promise 1, step 1).

    ``only`` narrows to these attempts, ``answers`` to what is no campaign's.

    What the guard no longer allows is refused or put off instead, with its reasons.
    """
    org = house.organisation.id
    with transaction.atomic(durable=True):
        due = write.lock_due(
            organisation_id=org, now=now, limit=limit, channels=sorted(channels), only=only, answers=answers
        )
        library = library_of(house.organisation)
        decisions = judge(house, [planned_contact(one, channels, library) for one in due], now=now)
        rulings = [
            _ruling(house, one, decision, channels[one.channel].key, now=now)
            for one, decision in zip(due, decisions, strict=True)
        ]
        write.apply_rulings(organisation_id=org, rulings=rulings, worker=worker, now=now)
        write.add_decisions(
            organisation_id=org,
            decisions=[
                JudgedContact(one.patient_id, one.id, one.case_id, one.channel, decision)
                for one, decision in zip(due, decisions, strict=True)
            ],
            now=now,
        )
        _note_offers(org, due, rulings, now=now)
        dropped = [one.attempt_id for one in rulings if one.state in ("refused", "expired")]
        results.reopen_steps(organisation_id=org, attempt_ids=dropped, now=now)
    return Claim(
        claimed=[one for one, ruling in zip(due, rulings, strict=True) if ruling.state == "claimed"],
        counts=Counter(one.state for one in rulings if one.state != "claimed"),
        reasons=Counter(
            reason.rule for one in rulings if one.state != "claimed" for reason in one.decision.reasons[:1]
        ),
        judged=len(due),
    )


def planned_contact(
    one: DueAttempt, channels: Mapping[str, Channel], library: TemplateLibrary
) -> PlannedContact:
    """An attempt as the guard is asked about it."""
    channel = channels[one.channel]
    # Only the words as they stood when planned count; a text changed since is not the generic one.
    template = library.with_hash(one.template_hash)
    return PlannedContact(
        contemplated=Contemplated(
            patient_id=one.patient_id,
            case_id=one.case_id,
            contact_point_id=one.contact_point_id,
            to_value=one.to_value,
            attempt_id=one.id,
        ),
        origin=one.origin,  # type: ignore[arg-type]
        purpose=one.purpose,  # type: ignore[arg-type]
        channel=channel.capabilities.kind,
        channel_key=channel.key,
        channel_is_open=channel.capabilities.is_open,
        channel_is_manual=channel.capabilities.is_manual,
        due_at=one.due_at,
        expires_at=one.expires_at,
        template_key=one.template_key,
        template_hash=one.template_hash,
        language=one.language,
        template_is_generic=bool(template and template.is_generic),
        text=f"{one.subject}\n{one.body}",
        template=template,
        is_postcard=bool(template and template.form == "postcard"),
    )


def _note_offers(
    organisation_id: int, due: Sequence[DueAttempt], rulings: Sequence[Ruling], *, now: datetime
) -> None:
    """What is offered with the messages now claimed goes into the patients' ledger of the year (R-A111)."""
    going = [one for one, ruling in zip(due, rulings, strict=True) if ruling.state == "claimed"]
    marketing = [one for one in going if one.purpose == "marketing"]
    if not marketing:
        return
    worth = offer_values(
        organisation_id=organisation_id, content_hashes={one.template_hash for one in marketing}
    )
    given = [
        special_approvals.Given(one.patient_id, one.id, worth[one.template_hash])
        for one in marketing
        if one.template_hash in worth
    ]
    special_approvals.add_offers(organisation_id=organisation_id, given=given, now=now)


def _ruling(house: House, one: DueAttempt, decision: Decision, adapter: str, *, now: datetime) -> Ruling:
    state, due_at = state_of(decision, due_at=one.due_at, expires_at=one.expires_at, now=now)
    if state == "deferred" and one.origin == "campaign":
        zone = one.time_zone or house.zone_of(one.home_location_id)
        due_at = in_wished_part(
            due_at, channel=one.channel, wish=one.preferred_day_part, zone=zone, expires_at=one.expires_at
        )
    return Ruling(one.id, "claimed" if state == "planned" else state, due_at, decision, adapter)


def in_wished_part(due_at: datetime, *, channel: str, wish: str, zone: str, expires_at: datetime) -> datetime:
    """When what was put off again goes out: in the part of the day asked for, while it is still worth it.

    A call is made by a person who sees what was asked for.
    """
    wished = due_at if channel == "phone" else wished_from(due_at, wish=wish, zone=zone)
    return wished if wished < expires_at else due_at


def state_of(
    decision: Decision, *, due_at: datetime, expires_at: datetime, now: datetime
) -> tuple[str, datetime]:
    """(state of an attempt after this decision, when it is due): planned, deferred, refused or expired."""
    if decision.verdict == "allow":
        return "planned", due_at
    if decision.verdict == "defer" and decision.defer_until is not None:
        until = max(decision.defer_until, due_at)
        return ("deferred", until) if until < expires_at else ("expired", due_at)
    if set(decision.refused_by) == {"stopped"} and now + STOP_WAIT < expires_at:
        return "deferred", now + STOP_WAIT
    # Reasons come most severe first: whoever opted out was refused, however late it is.
    return ("expired" if decision.reasons[0].rule == "expired" else "refused"), due_at
