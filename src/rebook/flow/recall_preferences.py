"""What is settled for one patient and beats the pack (R-C2): an interval, a next date, a wait, no recall.

An interval or a next date is a clinician's word; leaving somebody alone may be anybody's who works the list.
"""

from datetime import date, datetime

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.gaps.contradictions import LIFETIME_DAYS, LIFETIME_MONTHS
from rebook.core.words import RECALL_PREFERENCE_KINDS
from rebook.packs.gaps import gap_definitions
from rebook.records.write import recall_preferences as write
from rebook.records.write.recall_preferences import Settled

__all__ = ["CLINICAL_KINDS", "Settled", "UnableToSettle", "settle", "take_back"]

# Only a clinician may say these.
CLINICAL_KINDS = frozenset({"interval", "next_date"})
# Kinds that end an open gap, with the reason it is closed for.
CLOSING = {"snooze": "snoozed", "no_recall": "no_recall"}
# Longer than this nobody is left alone; that is "no recall".
LONGEST_SNOOZE_DAYS = 730


class UnableToSettle(Exception):
    """What was asked makes no sense as it stands; the message says what is missing."""

    permanent = True
    is_for_people = True


def settle(
    *, organisation_id: int, patient_id: int, settled: Settled, today: date, now: datetime, actor: str
) -> int | None:
    """Keep ``settled`` for the patient in place of an earlier one alike; its id, None without such a patient.

    ``today`` is the day on the practice's clock. A wait or no recall ends the open gaps at once, so that
    nothing more goes out; the rest counts from the next run of the rules. Raises ``UnableToSettle``.
    """
    _check(organisation_id, settled, today)
    with transaction.atomic(durable=True):
        preference_id = write.add_preference(
            organisation_id=organisation_id,
            patient_id=patient_id,
            settled=settled,
            today=today,
            now=now,
            by=actor,
        )
        if preference_id is not None:
            if settled.kind in CLOSING:
                write.close_gaps(
                    organisation_id=organisation_id,
                    patient_id=patient_id,
                    definition_key=settled.definition_key,
                    reason=CLOSING[settled.kind],
                    today=today,
                )
            audit.append(
                organisation_id=organisation_id,
                now=now,
                actor=actor,
                action="recall_preference.made",
                subject_kind="patient",
                subject_id=patient_id,
                detail={
                    "id": preference_id,
                    "kind": settled.kind,
                    "rule": settled.definition_key,
                    "until": str(settled.valid_until or ""),
                },
            )
    return preference_id


def take_back(
    *, organisation_id: int, preference_id: int, today: date, now: datetime, actor: str
) -> int | None:
    """End what was settled; the patient's id, None when nothing such stands."""
    with transaction.atomic(durable=True):
        ended = write.end_preference(
            organisation_id=organisation_id, preference_id=preference_id, today=today, now=now, by=actor
        )
        if ended is None:
            return None
        patient_id, kind = int(ended["patient_id"]), str(ended["kind"])
        if kind in CLOSING:
            write.reopen_gaps(
                organisation_id=organisation_id,
                patient_id=patient_id,
                definition_key=str(ended["definition_key"]),
                reason=CLOSING[kind],
                today=today,
            )
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="recall_preference.ended",
            subject_kind="patient",
            subject_id=patient_id,
            detail={"id": preference_id, "kind": ended["kind"], "rule": ended["definition_key"]},
        )
    return patient_id


def _check(organisation_id: int, settled: Settled, today: date) -> None:
    if settled.kind not in RECALL_PREFERENCE_KINDS:
        raise UnableToSettle(f"there is nothing like '{settled.kind}' to settle")
    if not settled.reason.strip():
        raise UnableToSettle("say why: whoever reads this later must understand it")
    if settled.valid_until is not None and settled.valid_until < today:
        raise UnableToSettle("that day has passed already")
    packs = accounts.organisation(organisation_id=organisation_id).pack_keys
    known = {one.key for one in gap_definitions(tuple(packs))}
    if settled.definition_key and settled.definition_key not in known:
        raise UnableToSettle("there is no such rule in the practice's packs")
    if settled.kind in CLINICAL_KINDS and not settled.definition_key:
        raise UnableToSettle("choose the rule that it is about")
    _check_amounts(settled, today)


def _check_amounts(settled: Settled, today: date) -> None:
    months, days = settled.interval_months, settled.interval_days
    if settled.kind == "interval" and not (0 < months <= LIFETIME_MONTHS or 0 < days <= LIFETIME_DAYS):
        raise UnableToSettle("give an interval in months or days")
    if settled.kind == "interval" and (months < 0 or days < 0):
        raise UnableToSettle("an interval cannot be negative")
    if settled.kind == "next_date" and (settled.due_on is None or settled.due_on < today):
        raise UnableToSettle("give the next date, today or later")
    if settled.kind == "snooze":
        if settled.valid_until is None:
            raise UnableToSettle("give the last day on which to leave the patient alone")
        if (settled.valid_until - today).days > LONGEST_SNOOZE_DAYS:
            raise UnableToSettle("that is more than two years: choose 'do not recall' instead")
