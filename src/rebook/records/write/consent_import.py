"""Consents from a file: what is known already, what they add, and the rows that were turned away."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rebook.core.outreach.consent_import import ImportedStatement
from rebook.records.models import Consent, RejectedRow
from rebook.records.write.consent import columns_of


@dataclass(frozen=True, slots=True)
class StatementToAdd:
    """``owners``: (patient id or None, number or ""), one line each."""

    said: ImportedStatement
    owners: tuple[tuple[int | None, str], ...]
    key: str


def add_imported(*, organisation_id: int, statements: Sequence[StatementToAdd], by: str) -> int:
    """Append what a file says; lines written. The keys must be new."""
    lines = [
        Consent(
            organisation_id=organisation_id,
            patient_id=patient_id,
            contact_value=number,
            channel=one.said.channel,
            purpose=one.said.purpose,
            state=one.said.state,
            origin="import",
            wording=one.said.wording.replace("\x00", ""),
            recorded_by=by[:100],
            at=one.said.at,
            **{**columns_of(one.said.proof), "statement": one.key},
        )
        for one in statements
        for patient_id, number in one.owners
    ]
    return len(Consent.objects.bulk_create(lines))


@dataclass(frozen=True, slots=True)
class RejectToKeep:
    file: str
    line: int
    field: str
    reason: str
    raw: str


def keep_rejects(
    *,
    organisation_id: int,
    source_id: int,
    run_id: int,
    files: Collection[str],
    rejects: Sequence[RejectToKeep],
) -> int:
    """Keep what was turned away; older rejects of these files that are gone now go too. How many are new."""
    mine = RejectedRow.objects.filter(organisation_id=organisation_id, source_id=source_id)
    before = {
        (row.file, row.line, row.field, row.reason): row.pk for row in mine.filter(file__in=list(files))
    }
    now = {(one.file, one.line, one.field, one.reason[:300]): one for one in rejects}
    mine.filter(pk__in=[key for place, key in before.items() if place not in now]).delete()
    new = [
        RejectedRow(
            organisation_id=organisation_id,
            source_id=source_id,
            run_id=run_id,
            file=one.file[:300],
            line=one.line,
            field=one.field,
            reason=one.reason[:300],
            raw=one.raw.replace("\x00", ""),
        )
        for place, one in now.items()
        if place not in before
    ]
    RejectedRow.objects.bulk_create(new)
    return len(new)
