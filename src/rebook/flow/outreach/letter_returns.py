"""Letters that come back: the address takes no more, and the record is mended (R-D60, R-A156)."""

from datetime import datetime, timedelta

from django.db import transaction

from rebook.accounts import audit
from rebook.core.words import LETTER_RETURNS
from rebook.records.read import postal
from rebook.records.read.letters import LetterFound
from rebook.records.write import consent, people, results
from rebook.records.write import letters as write
from rebook.records.write.results import Event, NewTask

from .letters import UnableToDoWithLetters, find_letter, note
from .postal import address_hash, address_of
from .subject import House

MENDED_WITHIN = timedelta(days=3)


def record_return(*, organisation_id: int, code: str, reason: str, now: datetime, actor: str) -> LetterFound:
    """A letter came back: its address takes no more letters, and somebody mends the record (R-D60). With
    "deceased", nobody contacts the person it was addressed to any more (R-A156).

    ``reason`` is one of ``core.words.LETTER_RETURNS``. Said twice, it changes nothing. Raises
    ``UnableToDoWithLetters``.
    """
    letter = find_letter(organisation_id=organisation_id, code=code)
    if letter is None:
        raise UnableToDoWithLetters("no letter has this code: look at it again")
    if letter.posted_at is None:
        raise UnableToDoWithLetters("this letter was not posted yet: mark its batch as posted first")
    if reason not in LETTER_RETURNS:
        raise UnableToDoWithLetters("say why it came back")
    house = House(organisation_id=organisation_id)
    with transaction.atomic(durable=True):
        if write.mark_returned(organisation_id=organisation_id, code=letter.code, reason=reason, now=now):
            _came_back(house, letter, reason, now=now, actor=actor)
    return letter


def _came_back(house: House, letter: LetterFound, reason: str, *, now: datetime, actor: str) -> None:
    org = house.organisation.id
    found = results.lock_reported(organisation_id=org, provider_message_ids=[letter.code])
    attempt = found.get(letter.code)
    code = f"returned_{reason}"
    results.add_events(
        organisation_id=org, events=[Event(letter.attempt_id, "failed", code)], source="staff", at=now
    )
    if attempt and results.advance_state(organisation_id=org, attempt=attempt, state="failed", code=code):
        results.reopen_steps(organisation_id=org, attempt_ids=[letter.attempt_id], now=now)
    _owners(house, letter, reason, now=now, actor=actor)
    task = NewTask(
        "data_quality",
        letter.patient_id,
        letter.case_id,
        letter.attempt_id,
        None,
        "front_desk",
        urgency=2 if reason == "deceased" else 4,
        due_in=MENDED_WITHIN,
    )
    results.add_tasks(organisation_id=org, tasks=[task], now=now)
    note(org, "letter.returned", letter.batch_number, {"reason": reason}, now=now, actor=actor)


def _owners(house: House, letter: LetterFound, reason: str, *, now: datetime, actor: str) -> None:
    """What it says of those who live there, the patient or the adult it was addressed to."""
    org = house.organisation.id
    homes = postal.homes(organisation_id=org, patient_ids=[letter.patient_id])
    for patient_id, home in homes.items():
        if address_of(home, country=house.country) != letter.to_value:
            continue
        write.spoil_address(
            organisation_id=org,
            patient_id=patient_id,
            address_hash=address_hash(letter.to_value),
            reason=reason,
            actor=actor,
            now=now,
        )
        if reason == "deceased" and people.mark_deceased(organisation_id=org, patient_id=patient_id):
            consent.refuse_waiting_for(
                organisation_id=org, patient_id=patient_id, rule="deceased", detail="post came back", now=now
            )
            audit.append(
                organisation_id=org,
                now=now,
                actor=actor,
                action="patient.deceased",
                subject_kind="patient",
                subject_id=patient_id,
            )
