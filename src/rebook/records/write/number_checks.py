"""What checks of numbers said: the newest stands, earlier ones are kept as ended."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from rebook.records.models import NumberMark

_A_DAY = timedelta(days=1)
BY = "check:reassigned_numbers"


def keep_checks(*, organisation_id: int, answers: Mapping[str, str], at: datetime, now: datetime) -> set[str]:
    """Keep an answer for each number (E.164 -> kind) as of ``at``; the numbers for which it is news.

    An answer older than the one that stands changes nothing, nor does the same one within a day.
    """
    rows = NumberMark.objects.filter(
        organisation_id=organisation_id, value__in=list(answers), ended_at__isnull=True
    ).exclude(kind="blocked")
    standing = {row.value: row for row in rows.order_by("at", "pk")}
    new = {value: kind for value, kind in answers.items() if _is_news(standing.get(value), kind, at)}
    rows.filter(value__in=list(new), by=BY).update(ended_at=now)
    NumberMark.objects.bulk_create(
        [
            NumberMark(organisation_id=organisation_id, value=value, kind=kind, at=at, by=BY)
            for value, kind in sorted(new.items())
        ]
    )
    return set(new)


def _is_news(standing: NumberMark | None, kind: str, at: datetime) -> bool:
    if standing is None:
        return True
    return at - standing.at >= _A_DAY if standing.kind == kind else at > standing.at
