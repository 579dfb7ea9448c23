"""Letters from hand to post: printed in batches, posted by a person, and what comes back (R-D60)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from django.conf import settings
from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.accounts.read import OrganisationView
from rebook.channels.letter import Letters, PrintedBatch, PrintedLetter, Sender, letter_code, write_batch
from rebook.channels.letter.printing import Paper
from rebook.core.channel import Channel
from rebook.core.outreach.values import Decision
from rebook.core.words import LETTER_RETURNS
from rebook.packs.letters import LetterForm
from rebook.records.read import letters as read
from rebook.records.read import postal
from rebook.records.read.letters import LetterFound
from rebook.records.write import attempts as write_attempts
from rebook.records.write import letters as write
from rebook.records.write import results
from rebook.records.write.attempts import DueAttempt, JudgedContact
from rebook.records.write.results import Event, NewTask

from .claiming import planned_contact
from .library import library_of
from .postal import address_hash, address_of
from .subject import House, judge
from .wording import LETTERS

PRINTED_AT_ONCE = 2000
# Rules about when and how often: the letter was counted and timed when it was taken in hand.
TIMED = frozenset(
    {
        "cap_reached",
        "too_soon",
        "marketing_apart",
        "not_due",
        "quiet_hours",
        "confidential_hours",
        "case_exhausted",
    }
)
MENDED_WITHIN = timedelta(days=3)


class UnableToDoWithLetters(Exception):
    """There is no such batch or letter, or it is too early; the message says why."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class Printed:
    """Batches made, by form; letters that the guard no longer allowed; letters that it put off."""

    batches: Mapping[str, int]
    dropped: int
    put_off: int


def print_waiting(*, organisation_id: int, now: datetime, actor: str) -> Printed:
    """Make a batch, and its files, of the letters that wait; one for letters and one for postcards.

    Days may lie between taking a letter in hand and printing it: the guard is asked once more, and what it
    refuses is not printed (promise 2).
    """
    house = House(organisation_id=organisation_id)
    waiting = read.waiting_ids(organisation_id=organisation_id)[:PRINTED_AT_ONCE]
    with transaction.atomic(durable=True):
        due = write.lock_waiting(organisation_id=organisation_id, attempt_ids=waiting)
        decisions = judge(
            house, [planned_contact(one, _ADAPTERS, library_of(house.organisation)) for one in due], now=now
        )
        judged = list(zip(due, decisions, strict=True))
        allowed = [one for one, said in judged if _may_be_printed(said)]
        refused = [(one, said) for one, said in judged if _is_over(said)]
        _drop(organisation_id, refused, now=now)
        numbers = {
            form: write.add_batch(
                organisation_id=organisation_id,
                form=form,
                letters=[(one.id, letter_code(one.reference)) for one in group],
                actor=actor,
                now=now,
            )
            for form, group in _by_form(house.organisation, allowed).items()
        }
        for form, number in numbers.items():
            _note(organisation_id, "letters.printed", number, {"form": form}, now=now, actor=actor)
    for number in numbers.values():
        batch_files(organisation_id=organisation_id, number=number)
    return Printed(numbers, len(refused), len(due) - len(allowed) - len(refused))


_ADAPTERS: Mapping[str, Channel] = {"letter": Letters()}


def _may_be_printed(said: Decision) -> bool:
    return said.verdict == "allow" or {reason.rule for reason in said.reasons} <= TIMED


def _is_over(said: Decision) -> bool:
    return said.verdict == "refuse" and not _may_be_printed(said)


def _drop(organisation_id: int, refused: Sequence[tuple[DueAttempt, Decision]], *, now: datetime) -> None:
    for one, said in refused:
        reasons = write_attempts.as_json(said.reasons)
        write.drop(organisation_id=organisation_id, attempt_id=one.id, reasons=reasons, now=now)
    write_attempts.add_decisions(
        organisation_id=organisation_id,
        decisions=[
            JudgedContact(one.patient_id, one.id, one.case_id, one.channel, said) for one, said in refused
        ],
        now=now,
    )
    results.reopen_steps(
        organisation_id=organisation_id, attempt_ids=[one.id for one, _said in refused], now=now
    )


def _by_form(organisation: OrganisationView, due: Sequence[DueAttempt]) -> dict[str, list[DueAttempt]]:
    """A text that is no longer known goes in an envelope."""
    library, found = library_of(organisation), dict[str, list[DueAttempt]]()
    for one in due:
        template = library.with_hash(one.template_hash)
        found.setdefault((template.form if template else "") or "letter", []).append(one)
    return found


def batch_files(*, organisation_id: int, number: int) -> PrintedBatch:
    """The files of a batch, written anew from the ledger where they are missing.

    Raises ``UnableToDoWithLetters`` for a batch there is not, ``channels.letter.UnableToPrint``.
    """
    line = read.batch(organisation_id=organisation_id, number=number)
    if line is None:
        raise UnableToDoWithLetters("there is no such batch of letters")
    organisation = accounts.organisation(organisation_id=organisation_id)
    form = cast(LetterForm, line.form)
    there = PrintedBatch(*(outbox(organisation) / f"{form}s-{number:04}{end}" for end in (".pdf", ".csv")))
    if there.pdf.exists() and there.list.exists():
        return there
    letters = [
        PrintedLetter(one.code, tuple(one.to_value.split("\n")), one.body, one.language)
        for one in read.texts_of(organisation_id=organisation_id, number=number)
    ]
    return write_batch(
        letters,
        directory=outbox(organisation),
        number=number,
        form=form,
        sender=sender_of(organisation),
        paper=paper_of(organisation),
    )


def outbox(organisation: OrganisationView) -> Path:
    """Where the practice's files to print lie."""
    return Path(settings.HOME) / "outbox" / organisation.slug


def sender_of(organisation: OrganisationView) -> Sender:
    """Name and address on a letter: the name that open channels may use (R-A105)."""
    first, _comma, rest = organisation.postal_address.partition(",")
    lines = tuple(one for one in (first.strip(), rest.strip()) if one)
    return Sender(organisation.public_name, lines)


def paper_of(organisation: OrganisationView) -> Paper:
    """ "us" for Letter and #10 envelopes, "a4" for A4 and DL: as chosen, else as the country has it."""
    chosen = (organisation.settings.get(LETTERS) or {}).get("paper", "")
    if chosen in ("us", "a4"):
        return cast(Paper, chosen)
    return "us" if organisation.jurisdiction.partition("-")[0] in ("us", "ca") else "a4"


def mark_posted(*, organisation_id: int, number: int, now: datetime, actor: str) -> int:
    """The batch is in the post: its letters are sent; how many. 0 when that was said before.

    Raises ``UnableToDoWithLetters`` for a batch there is not.
    """
    if read.batch(organisation_id=organisation_id, number=number) is None:
        raise UnableToDoWithLetters("there is no such batch of letters")
    with transaction.atomic(durable=True):
        posted = write.mark_posted(organisation_id=organisation_id, number=number, actor=actor, now=now)
        sent = write.advance_to_sent(organisation_id=organisation_id, attempt_ids=posted, now=now)
        events = [Event(one, "sent", "") for one in sent]
        results.add_events(organisation_id=organisation_id, events=events, source="staff", at=now)
        if posted:
            _note(organisation_id, "letters.posted", number, {"count": len(sent)}, now=now, actor=actor)
    return len(sent)


def find_letter(*, organisation_id: int, code: str) -> LetterFound | None:
    """The letter behind a code as somebody reads or types it, with or without dashes."""
    signs = "".join(c for c in code.upper() if c.isalnum()).translate(str.maketrans("OIL", "011"))
    written = "-".join((signs[:4], signs[4:8], signs[8:]))
    return read.letter_with_code(organisation_id=organisation_id, code=written)


def record_return(*, organisation_id: int, code: str, reason: str, now: datetime, actor: str) -> LetterFound:
    """A letter came back: its address takes no more letters, and somebody mends the record (R-D60).

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
    homes = postal.homes(organisation_id=org, patient_ids=[letter.patient_id])
    for patient_id, home in homes.items():
        if address_of(home, country=house.country) == letter.to_value:
            write.spoil_address(
                organisation_id=org,
                patient_id=patient_id,
                address_hash=address_hash(letter.to_value),
                reason=reason,
                actor=actor,
                now=now,
            )
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
    _note(org, "letter.returned", letter.batch_number, {"reason": reason}, now=now, actor=actor)


def _note(
    organisation_id: int, action: str, number: int, detail: Mapping[str, object], *, now: datetime, actor: str
) -> None:
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=actor,
        action=action,
        subject_kind="letters",
        subject_id=str(number),
        detail=dict(detail),
    )
