"""Statements of consent, appended; and what a revocation takes back at once (R-A27, R-A52)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from rebook.core.outreach.consent import NOTHING_KNOWN, Provenance
from rebook.core.outreach.values import Decision
from rebook.core.reasons import Reason
from rebook.records.models import Attempt, Consent, ConsentEvidence
from rebook.records.write.attempts import JudgedContact, add_decisions


def add_statements(
    *,
    organisation_id: int,
    value: str,
    patient_id: int | None,
    channels: Sequence[str],
    state: str,
    origin: str,
    wording: str,
    by: str,
    now: datetime,
    purposes: Sequence[str] = ("all",),
    values: Sequence[str] = (),
    proof: Provenance = NOTHING_KNOWN,
) -> int:
    """One line per channel and purpose for each number (whoever owns it) and for the person; lines written.

    ``value`` "" and no ``values`` write only the person's, ``patient_id`` None only the numbers'. ``now`` is
    when it was said; the database notes when it was written. Raises ``ValueError`` when nothing is named.
    """
    numbers = list(dict.fromkeys(one for one in (value, *values) if one))
    if not numbers and patient_id is None:
        raise ValueError("a statement of consent names a number or a person")
    owners: list[tuple[int | None, str]] = [(None, number) for number in numbers]
    owners += [(patient_id, "")] if patient_id is not None else []
    told = columns_of(proof)
    told["statement"] = proof.import_key or secrets.token_hex(8)
    lines = [
        Consent(
            organisation_id=organisation_id,
            patient_id=owner,
            contact_value=number,
            channel=channel,
            purpose=purpose,
            state=state,
            origin=origin,
            wording=wording.replace("\x00", ""),
            recorded_by=by[:100],
            at=now,
            **told,
        )
        for channel in channels
        for purpose in purposes
        for owner, number in owners
    ]
    return len(Consent.objects.bulk_create(lines))


def columns_of(proof: Provenance) -> dict[str, object]:
    """What proves a line, as its columns hold it: cut to their length, without NUL."""
    plain = {
        "way": proof.way,
        "speaker": proof.speaker,
        "speaker_name": proof.speaker_name[:120],
        "shown_wording": proof.shown_wording,
        "shown_version": proof.shown_version[:40],
        "told_in": proof.source[:120],
        "permission": proof.permission,
        "named_value": proof.named_value[:254],
        "evidence_kind": proof.evidence_kind,
        "evidence_ref": proof.evidence_ref[:300],
        "network": proof.network[:45],
        "agent": proof.agent[:40],
    }
    return {
        **{name: text.replace("\x00", "") for name, text in plain.items()},
        "scope_words": [word[:40] for word in proof.scope_words],
        "evidence_id": proof.evidence_id,
        "expires_on": proof.expires_on,
        "is_company_list": proof.is_company_list,
    }


@dataclass(frozen=True, slots=True)
class EvidenceToKeep:
    """A file's hash and name; its ``sealed`` content, or where the practice keeps it."""

    sha256: str
    name: str
    media_type: str = ""
    size: int = 0
    sealed: bytes | None = None
    kept_where: str = ""


def keep_evidence(*, organisation_id: int, file: EvidenceToKeep, by: str) -> int:
    """Keep a file that proves a consent, once per hash and name; its id (R-A7)."""
    row, _ = ConsentEvidence.objects.get_or_create(
        organisation_id=organisation_id,
        sha256=file.sha256,
        name=file.name[:200],
        defaults={
            "media_type": file.media_type[:100],
            "size": file.size,
            "sealed": file.sealed,
            "kept_where": file.kept_where[:200],
            "added_by": by[:100],
        },
    )
    return int(row.pk)


def refuse_revoked(
    *,
    organisation_id: int,
    value: str,
    patient_id: int | None,
    channels: Sequence[str],
    now: datetime,
    purposes: Sequence[str] = ("all",),
    values: Sequence[str] = (),
) -> int:
    """Refuse every waiting attempt that the revocation reaches, before the next send; how many.

    Call it before anything else is written in the transaction: workers lock attempts first too.
    """
    reached = Q(pk__in=[])
    numbers = [one for one in (value, *values) if one]
    for channel in channels:
        on = Q() if channel == "all" else Q(channel=channel)
        if "all" not in purposes:
            on &= Q(purpose__in=list(purposes))
        if numbers:
            reached |= on & Q(to_value__in=numbers)
        if patient_id is not None:
            reached |= on & Q(patient_id=patient_id)
    rows = list(
        Attempt.objects.select_for_update(no_key=True)
        .filter(reached, organisation_id=organisation_id, state__in=("planned", "deferred"))
        .order_by("pk")
    )
    what = "" if "all" in purposes else f" ({', '.join(purposes)})"
    reason = Reason("opted_out", f"opted out of {', '.join(channels)}{what} on {now:%Y-%m-%d}")
    Attempt.objects.filter(pk__in=[row.pk for row in rows]).update(
        state="refused", result_at=now, reasons=[reason.as_json()]
    )
    add_decisions(
        organisation_id=organisation_id,
        decisions=[
            JudgedContact(row.patient_id, row.pk, row.case_id, row.channel, Decision("refuse", (reason,)))
            for row in rows
        ],
        now=now,
    )
    return len(rows)


def refuse_waiting_for(
    *, organisation_id: int, patient_id: int, rule: str, detail: str, now: datetime
) -> int:
    """Refuse everything that waits to go out to a patient; how many."""
    return Attempt.objects.filter(
        organisation_id=organisation_id, patient_id=patient_id, state__in=("planned", "deferred")
    ).update(state="refused", result_at=now, reasons=[{"rule": rule, "detail": detail}])
