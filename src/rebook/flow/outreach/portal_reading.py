"""Whether portal messages are read: asked of the portal, and where nobody read one, the next channel (R-D61).

A message in the portal reaches nobody by itself: only what was read counts as reached.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rebook.core.channel import Channel, Readings, TellsOfReading, UnableToAsk
from rebook.flow.common.channels import practice_channels
from rebook.records.read import capacity as read_capacity
from rebook.records.read import portal as read

from .portal_unread import go_on
from .reports import record_reports

UNREAD_AFTER = timedelta(days=7)
# A portal that cannot be asked for so long leaves nobody waiting.
UNKNOWN_AFTER = timedelta(days=10)
# Whoever has not opened it by then is no longer asked about.
ASKED_FOR = timedelta(days=60)
ASKED_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ReadingSummary:
    """Messages asked about; read, arrived or taken back since; cases that went on because nobody read
    theirs; messages of which the portal said nothing."""

    asked: int = 0
    read: int = 0
    arrived: int = 0
    taken_back: int = 0
    went_on: int = 0
    unanswered: int = 0


def ask_hourly(
    *, organisation_id: int, now: datetime, channels: Mapping[str, Channel] | None = None
) -> ReadingSummary:
    """The same between two passes of the day, once an hour: before the free times are counted again."""
    counted_at = read_capacity.room_counted_at(organisation_id=organisation_id)
    if counted_at is not None and now - counted_at < ASKED_EVERY:
        return ReadingSummary()
    return ask_about_reading(organisation_id=organisation_id, now=now, channels=channels)


def ask_about_reading(
    *, organisation_id: int, now: datetime, channels: Mapping[str, Channel] | None = None
) -> ReadingSummary:
    """Ask the practice's portal what was read, and let cases go on where nothing was for seven days.

    Asked again it changes nothing. A portal that gives no answer stops nothing: those messages are asked
    about the next time, and given up on after ten days.
    """
    adapters = channels if channels is not None else practice_channels(organisation_id=organisation_id)
    portal = adapters.get("portal")
    if not isinstance(portal, TellsOfReading):
        return ReadingSummary()
    waiting = read.unread(organisation_id=organisation_id, adapter=portal.key, sent_after=now - ASKED_FOR)
    if not waiting:
        return ReadingSummary()
    told = _ask(portal, [one.message_id for one in waiting], now=now)
    record_reports(organisation_id=organisation_id, channel=portal.key, reports=told.reports, now=now)
    counted = Counter(one.state for one in told.reports)
    settled = {one.provider_message_id for one in told.reports if one.state in ("read", "failed")}
    overdue = [
        one
        for one in waiting
        if one.message_id not in settled
        and not one.is_given_up
        and now - one.sent_at >= (UNREAD_AFTER if one.message_id in told.known else UNKNOWN_AFTER)
    ]
    return ReadingSummary(
        asked=len(waiting),
        read=counted["read"],
        arrived=counted["delivered"],
        taken_back=counted["failed"],
        went_on=go_on(
            organisation_id=organisation_id,
            overdue=overdue,
            known=told.known,
            channels=adapters,
            now=now,
        ),
        unanswered=sum(one.message_id not in told.known for one in waiting),
    )


def _ask(portal: TellsOfReading, message_ids: Sequence[str], *, now: datetime) -> Readings:
    try:
        return portal.readings(message_ids, now=now)
    except UnableToAsk:
        return Readings()
