"""Tests that members sent to themselves, with what became of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet
from django.db.models import Q as Where

from rebook.core.outreach.sent_test_state import HOUR, SentTestFact, SentTestState, state_of
from rebook.core.reasons import Reason
from rebook.records.models import SentTest
from rebook.records.models import SentTestFact as FactRow

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SentTestLine:
    """One test as it stands at an instant."""

    id: int
    press: str
    place: int
    kind: str
    channel: str
    adapter: str
    reference: str
    template_key: str
    language: str
    variant: str
    content_hash: str
    campaign_id: int | None
    step_index: int | None
    segments: int
    asked_at: datetime
    state: SentTestState
    reasons: tuple[Reason, ...]
    # The vendor's word on a failure.
    code: str
    # When it got to the state it is in.
    at: datetime


class Counts(NamedTuple):
    tests_in_hour: int
    codes_in_hour: int
    codes_in_day: int


def tests_of_press(
    *, organisation_id: int, user_id: int, press: str, now: datetime
) -> tuple[SentTestLine, ...]:
    """What one press of the button brought, in its order."""
    rows = _rows(organisation_id).filter(user_id=user_id, press=press).order_by("place")
    return tuple(_line(row, now=now) for row in rows)


def newest_tests(
    *, organisation_id: int, user_id: int, now: datetime, limit: int = 20, **only: Any
) -> tuple[SentTestLine, ...]:
    """A member's own tests, newest first. ``only``: columns to narrow by (``template_key`` ...)."""
    rows = _rows(organisation_id).filter(user_id=user_id, kind="text", **only)
    return tuple(_line(row, now=now) for row in rows.order_by("-asked_at", "-pk")[:limit])


def counts(*, organisation_id: int, user_id: int, value: str, now: datetime) -> Counts:
    """What this member was sent in the last hour, and how many codes this number or address in a day."""
    sent = SentTest.objects.filter(organisation_id=organisation_id, verdict="allow")
    mine = sent.filter(user_id=user_id, asked_at__gt=now - HOUR).aggregate(
        tests=Count("pk"), codes=Count("pk", filter=Where(kind="code"))
    )
    codes = sent.filter(kind="code", contact__value=value, asked_at__gt=now - DAY).count() if value else 0
    return Counts(mine["tests"], mine["codes"], codes)


def hanging_tests(*, organisation_id: int, before: datetime) -> list[SentTestLine]:
    """Tests handed over before an instant of which nobody knows what became."""
    settled = ("accepted", "sent", "delivered", "read", "failed")
    rows = _rows(organisation_id).filter(verdict="allow", asked_at__lt=before)
    rows = rows.exclude(facts__state__in=settled).exclude(facts__state="unknown", facts__source="settled")
    return [_line(row, now=before) for row in rows.order_by("pk")[:200]]


def arrived_hashes(
    *, organisation_id: int, content_hashes: Iterable[str], states: Iterable[str], channel: str
) -> frozenset[str]:
    """Those of these texts of which a test got as far as one of ``states``, whoever sent it."""
    rows = SentTest.objects.filter(
        organisation_id=organisation_id,
        kind="text",
        channel=channel,
        content_hash__in=set(content_hashes),
        facts__state__in=tuple(states),
    ).exclude(facts__state="failed")
    return frozenset(rows.values_list("content_hash", flat=True))


def tests_by_provider(*, organisation_id: int, provider_message_ids: Iterable[str]) -> dict[str, int]:
    """The tests that these vendor ids belong to: id of the test by the vendor's."""
    rows = FactRow.objects.filter(
        organisation_id=organisation_id, provider_message_id__in=set(provider_message_ids) - {""}
    )
    return dict(rows.values_list("provider_message_id", "test_id"))


def _rows(organisation_id: int) -> QuerySet[SentTest]:
    return SentTest.objects.filter(organisation_id=organisation_id).prefetch_related("facts")


def _line(row: SentTest, *, now: datetime) -> SentTestLine:
    facts = sorted(row.facts.all(), key=lambda one: (one.at, one.pk))
    failed = next((one for one in facts if one.state == "failed"), None)
    known = [SentTestFact(one.state, one.at, one.code) for one in facts]
    return SentTestLine(
        **{
            name: getattr(row, name)
            for name in (
                *(
                    "id",
                    "press",
                    "place",
                    "kind",
                    "channel",
                    "adapter",
                    "reference",
                    "template_key",
                    "language",
                ),
                *("variant", "content_hash", "campaign_id", "step_index", "segments", "asked_at"),
            )
        },
        state=state_of(row.verdict, known, now=now),
        reasons=tuple(Reason(one["rule"], one.get("detail", "")) for one in row.reasons),
        code=failed.code if failed else "",
        at=facts[-1].at if facts else row.asked_at,
    )
