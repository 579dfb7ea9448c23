"""Whether a practice writes letters, in which form and on which paper."""

from datetime import datetime

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.accounts import write as write_accounts
from rebook.packs.letters import LetterForm

from .letters import UnableToDoWithLetters
from .wording import LETTERS

PAPERS = ("", "us", "a4")


def switch_letters(
    *,
    organisation_id: int,
    is_on: bool,
    now: datetime,
    actor: str,
    form: LetterForm = "letter",
    paper: str = "",
) -> None:
    """Let sequences write letters, or no longer. ``paper`` is "us", "a4", or empty for the country's own.

    Letters taken in hand stay to be printed. Raises ``UnableToDoWithLetters``: no address to return to.
    """
    if form not in ("letter", "postcard") or paper not in PAPERS:
        raise UnableToDoWithLetters("choose letters or postcards, and the paper they are printed on")
    organisation = accounts.organisation(organisation_id=organisation_id)
    if is_on and not organisation.postal_address:
        raise UnableToDoWithLetters("give the practice a postal address first: post comes back to it")
    channels = {**organisation.settings.get("channels", {}), "letter": "letter" if is_on else ""}
    with transaction.atomic(durable=True):
        write_accounts.change_settings(
            organisation_id=organisation_id,
            changes={"channels": channels, LETTERS: {"form": form, "paper": paper}},
        )
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="letters.switched",
            subject_kind="organisation",
            subject_id=organisation_id,
            detail={"is_on": is_on, "form": form},
        )
