"""Letters from hand to post: printed in batches, posted by a person (R-D60); see ``letter_returns``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.accounts.read import OrganisationView
from rebook.channels.letter import Letters, PrintedBatch, PrintedLetter, Sender, letter_code, write_batch
from rebook.channels.letter.printing import Paper
from rebook.core.channel import Channel
from rebook.core.outreach.values import Decision
from rebook.packs.letters import LetterForm
from rebook.records.read import letters as read
from rebook.records.read.letters import LetterFound
from rebook.records.write import attempts as write_attempts
from rebook.records.write import letters as write
from rebook.records.write import results
from rebook.records.write.attempts import DueAttempt, JudgedContact
from rebook.records.write.results import Event

from .claiming import planned_contact
from .letter_order import TWICE, in_postal_order, once_each
from .library import library_of
from .subject import House, judge
from .wording import LETTERS, day_in_words

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


class UnableToDoWithLetters(Exception):
    """There is no such batch or letter, or it is too early; the message says why."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class Printed:
    """Batches made, by form; letters that the guard no longer allowed; letters that it put off; letters that
    would have gone to the same person twice."""

    batches: Mapping[str, int]
    dropped: int
    put_off: int
    duplicates: int = 0


def print_waiting(*, organisation_id: int, now: datetime, actor: str) -> Printed:
    """Make a batch, and its files, of the letters that wait; one for letters and one for postcards.

    Days may lie between taking a letter in hand and printing it: the guard is asked once more, and what it
    refuses is not printed (promise 2). They lie in the order in which the post takes them, and nobody gets
    two. Stopped at any point, what was batched is not batched again, and its files are made when asked for.
    """
    house = House(organisation_id=organisation_id)
    waiting = read.waiting_ids(organisation_id=organisation_id)[:PRINTED_AT_ONCE]
    with transaction.atomic(durable=True):
        due = write.lock_waiting(organisation_id=organisation_id, attempt_ids=waiting)
        decisions = judge(
            house, [planned_contact(one, _ADAPTERS, library_of(house.organisation)) for one in due], now=now
        )
        judged = list(zip(due, decisions, strict=True))
        may = [one for one, said in judged if _may_be_printed(said)]
        allowed, doubles = once_each(in_postal_order(may, country=house.country), house=house)
        refused = [(one, said) for one, said in judged if _is_over(said)]
        _drop(organisation_id, refused, now=now)
        _note_refused(organisation_id, [(one, TWICE) for one in doubles], now=now)
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
            note(organisation_id, "letters.printed", number, {"form": form}, now=now, actor=actor)
    for number in numbers.values():
        batch_files(organisation_id=organisation_id, number=number)
    put_off = len(due) - len(may) - len(refused)
    return Printed(numbers, len(refused), put_off, len(doubles))


_ADAPTERS: Mapping[str, Channel] = {"letter": Letters()}


def _may_be_printed(said: Decision) -> bool:
    return said.verdict == "allow" or {reason.rule for reason in said.reasons} <= TIMED


def _is_over(said: Decision) -> bool:
    return said.verdict == "refuse" and not _may_be_printed(said)


def _drop(organisation_id: int, refused: Sequence[tuple[DueAttempt, Decision]], *, now: datetime) -> None:
    _note_refused(organisation_id, refused, now=now)
    results.reopen_steps(
        organisation_id=organisation_id, attempt_ids=[one.id for one, _said in refused], now=now
    )


def _note_refused(
    organisation_id: int, refused: Sequence[tuple[DueAttempt, Decision]], *, now: datetime
) -> None:
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
    day = line.made_at.astimezone(ZoneInfo(organisation.time_zone)).date()
    letters = [
        PrintedLetter(
            one.code,
            tuple(one.to_value.split("\n")),
            one.body,
            one.language,
            day_in_words(day, one.language),
        )
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
            note(organisation_id, "letters.posted", number, {"count": len(sent)}, now=now, actor=actor)
    return len(sent)


def find_letter(*, organisation_id: int, code: str) -> LetterFound | None:
    """The letter behind a code as somebody reads or types it, with or without dashes."""
    signs = "".join(c for c in code.upper() if c.isalnum()).translate(str.maketrans("OIL", "011"))
    written = "-".join((signs[:4], signs[4:8], signs[8:]))
    return read.letter_with_code(organisation_id=organisation_id, code=written)


def note(
    organisation_id: int, action: str, number: int, detail: Mapping[str, object], *, now: datetime, actor: str
) -> None:
    """What was done with a batch, for the trail."""
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=actor,
        action=action,
        subject_kind="letters",
        subject_id=str(number),
        detail=dict(detail),
    )
