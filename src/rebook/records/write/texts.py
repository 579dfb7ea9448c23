"""Drafts, published and withdrawn versions of the practice's own texts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max

from rebook.records.models import TemplateText


def lock_text(*, organisation_id: int, place: Mapping[str, str]) -> None:
    """Let one writer at a time decide about a text; ``place`` is key, channel, language, variant."""
    name = ":".join((str(organisation_id), *(place[one] for one in sorted(place))))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 14))", [name])


def save_draft(
    *, organisation_id: int, place: Mapping[str, str], content: Mapping[str, Any], author: str, now: datetime
) -> int:
    """Write over the draft of a place, or begin one with the next version number; its id."""
    row = TemplateText.objects.filter(organisation_id=organisation_id, state="draft", **place).first()
    if row is None:
        last = TemplateText.objects.filter(organisation_id=organisation_id, **place).aggregate(
            last=Max("version")
        )["last"]
        row = TemplateText(
            organisation_id=organisation_id, version=(last or 0) + 1, created_at=now, state="draft", **place
        )
    for name, value in content.items():
        setattr(row, name, value)
    row.author, row.changed_at = author, now
    row.save()
    return int(row.pk)


def discard_draft(*, organisation_id: int, place: Mapping[str, str]) -> bool:
    """Throw a draft away; False when there is none."""
    rows = TemplateText.objects.filter(organisation_id=organisation_id, state="draft", **place)
    return bool(rows.delete()[0])


def publish(*, organisation_id: int, text_id: int, now: datetime, actor: str) -> bool:
    """Make a draft the text in use; False when it is none any more."""
    rows = TemplateText.objects.filter(organisation_id=organisation_id, pk=text_id, state="draft")
    return bool(rows.update(state="published", published_at=now, published_by=actor, changed_at=now))


def withdraw(*, organisation_id: int, place: Mapping[str, str], now: datetime, actor: str) -> int:
    """Take every published version of a place out of use; how many."""
    rows = TemplateText.objects.filter(organisation_id=organisation_id, state="published", **place)
    return int(rows.update(state="withdrawn", withdrawn_at=now, withdrawn_by=actor, changed_at=now))
