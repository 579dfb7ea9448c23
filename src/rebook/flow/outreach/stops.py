"""The stop button: nothing goes out for the organisation, a campaign or a channel until it is ended."""

from datetime import datetime
from typing import Literal, get_args

from django.db import transaction

from rebook.accounts import audit
from rebook.records.read.complaints import is_stopped_by_budget
from rebook.records.write import outreach as write

from .going_on import plan_after_stop

Scope = Literal["organisation", "campaign", "channel"]


class UnableToStop(Exception):
    """A stop names nothing."""

    permanent = True
    is_for_people = True


def stop_all(*, organisation_id: int, now: datetime, actor: str, reason: str = "") -> bool:
    """Stop everything for the organisation; False when it was stopped already. Binds the next claim."""
    return stop(
        organisation_id=organisation_id, scope="organisation", key="", now=now, actor=actor, reason=reason
    )


def stop(
    *, organisation_id: int, scope: str, key: str = "", now: datetime, actor: str, reason: str = ""
) -> bool:
    """Stop a campaign (its id) or a channel (its kind, "sms"); False when it was stopped already."""
    _check(scope, key)
    with transaction.atomic(durable=True):
        is_new = write.add_stop(
            organisation_id=organisation_id, scope=scope, key=key, reason=reason, actor=actor, now=now
        )
        if is_new:
            _note(organisation_id, "stop.started", scope, key, now=now, actor=actor)
    return is_new


def end_stop(
    *, organisation_id: int, scope: str = "organisation", key: str = "", now: datetime, actor: str
) -> bool:
    """Let it go on; False when there was no such stop. What came due meanwhile is spread over the coming
    days, never sent in one heap."""
    _check(scope, key)
    if scope == "campaign" and is_stopped_by_budget(organisation_id=organisation_id, campaign_id=int(key)):
        raise UnableToStop("its complaint budget stopped it: on its own page say why it may go on")
    with transaction.atomic(durable=True):
        plan_after_stop(organisation_id=organisation_id, scope=scope, key=key, now=now)
        ended = write.end_stops(organisation_id=organisation_id, scope=scope, key=key, actor=actor, now=now)
        if ended:
            _note(organisation_id, "stop.ended", scope, key, now=now, actor=actor)
    return bool(ended)


def _check(scope: str, key: str) -> None:
    if scope not in get_args(Scope) or (scope == "organisation") is bool(key) or len(key) > 40:
        raise UnableToStop("a stop is for the whole organisation, one campaign or one channel")


def _note(organisation_id: int, action: str, scope: str, key: str, *, now: datetime, actor: str) -> None:
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=actor,
        action=action,
        subject_kind=scope,
        subject_id=key,
    )
