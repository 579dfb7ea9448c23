"""The evidence pack of a number or person, and a patient's own record of outreach (R-A7, R-A50, R-A109)."""

import csv
import io
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import orjson
from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.outreach.consent import revoke_all_from
from rebook.core.outreach.consent_words import what_a_stop_means
from rebook.flow.common.laws import laws_of
from rebook.flow.common.printing import typeset
from rebook.flow.common.sealing import unseal
from rebook.records.read import consent as read
from rebook.records.read import consent_pack
from rebook.records.read.evidence import sealed_file

from .consent_document import document


class NobodyNamed(ValueError):
    """Neither a number nor a patient of this practice. Trying again does not help."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class KeptFile:
    name: str
    media_type: str
    content: bytes


def evidence_pdf(
    *,
    organisation_id: int,
    value: str = "",
    patient_id: int | None = None,
    now: datetime,
    actor: str,
) -> bytes:
    """Everything about a number (as the ledger writes it) or a patient, as a tagged PDF.

    The trail is proved first, and its last hash printed; that the pack was made is a line of it.
    Raises ``NobodyNamed``.
    """
    _check(organisation_id, value, patient_id)
    _note(organisation_id, "evidence.made", value, patient_id, {}, actor, now=now)
    pack = consent_pack.pack(organisation_id=organisation_id, value=value, patient_id=patient_id)
    practice = accounts.organisation(organisation_id=organisation_id)
    today = now.date()
    revoke_all = revoke_all_from(laws_of(jurisdiction=practice.jurisdiction, today=today))
    names = {f"user:{one.user_id}": one.name for one in accounts.members(organisation_id=organisation_id)}
    return typeset(
        "evidence",
        document(
            pack,
            practice=practice,
            statement=" ".join(what_a_stop_means(revoke_all=revoke_all, today=today)),
            chain=_chain(organisation_id),
            names=names,
            now=now,
        ),
        now=now,
    )


def own_record(
    *,
    organisation_id: int,
    patient_id: int,
    format: Literal["json", "csv"],
    now: datetime,
    actor: str,
) -> bytes:
    """The record that a patient may ask for: every statement, contact and message of theirs (R-A109).

    JSON holds all of it; CSV one line for each, by time. Without the names of staff and without the guard's
    other thoughts. Raises ``NobodyNamed``.
    """
    _check(organisation_id, "", patient_id)
    _note(organisation_id, "record.exported", "", patient_id, {"format": format}, actor, now=now)
    pack = consent_pack.pack(organisation_id=organisation_id, patient_id=patient_id)
    return _as_csv(pack) if format == "csv" else orjson.dumps(_as_json(pack, now), option=orjson.OPT_INDENT_2)


def kept_file(*, organisation_id: int, evidence_id: int, now: datetime, actor: str) -> KeptFile | None:
    """A file that proves a consent, opened; None when there is none or its paper is kept elsewhere.

    Raises ``flow.common.sealing.UnableToOpen``.
    """
    found = sealed_file(organisation_id=organisation_id, evidence_id=evidence_id)
    if found is None or found.sealed is None:
        return None
    content = unseal(found.sealed)
    with transaction.atomic(durable=True):
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="evidence.opened",
            subject_kind="evidence",
            subject_id=evidence_id,
        )
    return KeptFile(found.name, found.media_type, content)


def _check(organisation_id: int, value: str, patient_id: int | None) -> None:
    if patient_id is None and not value:
        raise NobodyNamed("name a number, an address or a patient")
    if patient_id is not None and not read.is_patient(organisation_id=organisation_id, patient_id=patient_id):
        raise NobodyNamed("there is no such patient")


def _note(
    organisation_id: int,
    action: str,
    value: str,
    patient_id: int | None,
    detail: dict[str, Any],
    actor: str,
    *,
    now: datetime,
) -> None:
    with transaction.atomic(durable=True):
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action=action,
            subject_kind="patient" if patient_id is not None else "number",
            # The trail holds no numbers: its last four digits find the line again, and tell nobody who it is.
            subject_id=patient_id if patient_id is not None else f"…{value[-4:]}",
            detail=detail,
        )


def _chain(organisation_id: int) -> list[tuple[str, str]]:
    lines, broken = audit.verify(organisation_id=organisation_id)
    sequence, last_hash = consent_pack.chain_end(organisation_id=organisation_id)
    state = "whole: every line follows from the one before" if broken is None else f"broken: {broken.problem}"
    return [
        ("Lines", str(lines)),
        ("State", state),
        ("Last line", str(sequence)),
        ("Hash of the last line", last_hash),
        ("Proved by", "rebook audit verify"),
    ]


def _as_json(pack: consent_pack.Pack, now: datetime) -> dict[str, Any]:
    return {
        "made_at": now,
        "people": [{"name": name, "number_in_practice": number} for _, name, number in pack.people],
        "statements": [
            _plain(asdict(one), "recorded_by", "patient_id", "network", "agent") for one in pack.consents
        ],
        "contacts": [_plain(asdict(one), "decisions", "reasons", "patient_id") for one in pack.attempts],
        "messages": [_plain(asdict(one), "handled_by", "intents") for one in pack.replies],
    }


def _plain(values: dict[str, Any], *without: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in without}


def _as_csv(pack: consent_pack.Pack) -> bytes:
    rows: list[tuple[datetime, str, str, str, str]] = [
        *((one.at, "statement", one.channel, one.state, one.wording) for one in pack.consents),
        *((one.sent_at or one.due_at, "contact", one.channel, one.state, one.body) for one in pack.attempts),
        *((one.received_at, "message", one.channel, one.intent, one.body) for one in pack.replies),
    ]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("at", "kind", "channel", "state", "text"))
    writer.writerows(
        (at.isoformat(), kind, channel, state, _safe(text)) for at, kind, channel, state, text in sorted(rows)
    )
    return out.getvalue().encode("utf-8-sig")


def _safe(text: str) -> str:
    """A spreadsheet must not run what somebody wrote."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
