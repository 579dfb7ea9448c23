"""Safety notices (R-C131): a clinician's list of patients, nothing before a clinician approves it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from rebook.accounts import audit
from rebook.records.read import chart
from rebook.records.write import pending as write

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


class NoticeRefused(Exception):
    """A notice that cannot be used: a bad name, or nobody under it. Trying again does not help."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class NoticeSummary:
    """``unknown``: what stood in the list and is no patient's id, or several patients'."""

    added: int
    already: int
    unknown: tuple[str, ...]


def propose_notice(
    *, organisation_id: int, key: str, patients: Sequence[str], by: str, today: date, now: datetime
) -> NoticeSummary:
    """Put patients under the notice ``key``; they wait for a clinician's approval and open nothing.

    ``patients``: ids of Rebook or of the practice's system. Raises ``NoticeRefused`` for a bad key.
    """
    _check(key)
    added, unknown = 0, []
    with transaction.atomic(durable=True):
        for text in patients:
            patient_id = chart.patient_id_of(organisation_id=organisation_id, text=text)
            if patient_id is None:
                unknown.append(text)
                continue
            added += write.add_item(
                organisation_id=organisation_id,
                external_id=f"notice:{key}:{patient_id}",
                patient_id=patient_id,
                values={
                    "kind": "safety_notice",
                    "state": "proposed",
                    "priority": "critical",
                    "opened_on": today,
                },
            )
        _audit(organisation_id, "safety_notice.proposed", key, {"patients": added}, by, now)
    return NoticeSummary(added, len(patients) - added - len(unknown), tuple(unknown))


def approve_notice(*, organisation_id: int, key: str, by: str, today: date, now: datetime) -> int:
    """A clinician says that these patients are to be told; returns how many were opened.

    Whether ``by`` may do so is asked at the door. Raises ``NoticeRefused`` when nobody waits under it.
    """
    _check(key)
    with transaction.atomic(durable=True):
        opened = write.approve_items(
            organisation_id=organisation_id, prefix=f"notice:{key}:", opened_on=today
        )
        if not opened:
            raise NoticeRefused(f"nobody waits for approval under the notice '{key}'")
        _audit(organisation_id, "safety_notice.approved", key, {"patients": opened}, by, now)
    return opened


def _check(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise NoticeRefused("a notice's name has small letters, digits and dashes, at most 60")


def _audit(
    organisation_id: int, action: str, key: str, detail: dict[str, int], by: str, now: datetime
) -> None:
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=by,
        action=action,
        subject_kind="safety_notice",
        subject_id=key,
        detail=detail,
    )
