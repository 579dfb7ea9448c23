"""The practice's own sequences, and the plans that campaigns exchange."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Max

from rebook.records.models import Campaign, CampaignSequence, Case, SequenceVersion


def save_draft(
    *, organisation_id: int, key: str, content: dict[str, Any], made_from: str, actor: str, now: datetime
) -> int:
    """Write the draft of ``key``, a new version where there is none; its number."""
    rows = SequenceVersion.objects.filter(organisation_id=organisation_id, key=key)
    draft = rows.filter(state="draft").select_for_update().first()
    if draft is not None:
        draft.content = content
        draft.save(update_fields=["content"])
        return draft.number
    newest = rows.aggregate(number=Max("number"))["number"] or 0
    row = SequenceVersion.objects.create(
        organisation_id=organisation_id,
        key=key,
        number=newest + 1,
        content=content,
        made_from=made_from,
        created_by=actor,
        created_at=now,
    )
    return row.number


def publish_draft(*, organisation_id: int, key: str, actor: str, now: datetime) -> int:
    """Turn the draft into the newest published version; its number, 0 when there is no draft."""
    rows = SequenceVersion.objects.filter(organisation_id=organisation_id, key=key, state="draft")
    row = rows.select_for_update().first()
    if row is None:
        return 0
    rows.update(state="published", published_by=actor, published_at=now)
    return row.number


def drop_draft(*, organisation_id: int, key: str) -> bool:
    """Throw the draft away; False when there is none."""
    rows = SequenceVersion.objects.filter(organisation_id=organisation_id, key=key, state="draft")
    return bool(rows.delete()[0])


def exchange_plan(
    *,
    organisation_id: int,
    campaign_id: int,
    key: str,
    content: dict[str, Any],
    actor: str,
    now: datetime,
) -> int:
    """Give a campaign another plan. Its open cases stay on the one before; that one's number."""
    campaign = Campaign.objects.select_for_update(no_key=True).get(
        organisation_id=organisation_id, pk=campaign_id
    )
    rows = CampaignSequence.objects.filter(campaign_id=campaign_id)
    number = (rows.aggregate(number=Max("number"))["number"] or 0) + 1
    CampaignSequence.objects.create(
        organisation_id=organisation_id,
        campaign_id=campaign_id,
        number=number,
        sequence_key=campaign.sequence_key,
        content=campaign.sequence,
        replaced_at=now,
        replaced_by=actor,
    )
    Case.objects.filter(
        organisation_id=organisation_id, campaign_id=campaign_id, closed_at__isnull=True, sequence_version=0
    ).update(sequence_version=number)
    Campaign.objects.filter(pk=campaign.pk).update(sequence=content, sequence_key=key)
    return number


class CaseMove(NamedTuple):
    """A case on the campaign's new plan: its shift, and when the next step falls due (None: it has none)."""

    case_id: int
    step_shift: int
    next_step_at: datetime | None


def move_to_present(*, organisation_id: int, moves: Sequence[CaseMove]) -> int:
    """Put these cases on their campaign's present plan; how many were still open."""
    if not moves:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE records_case c SET sequence_version = 0, step_shift = v.shift, next_step_at = v.at
            FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[]) AS v(id, shift, at)
            WHERE c.id = v.id AND c.organisation_id = %s AND c.closed_at IS NULL
            """,
            [
                [one.case_id for one in moves],
                [one.step_shift for one in moves],
                [one.next_step_at for one in moves],
                organisation_id,
            ],
        )
        return int(cursor.rowcount)
