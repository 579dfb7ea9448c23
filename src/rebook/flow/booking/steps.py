"""How far people get on the pages of their link, so that it can be seen where they leave (Q-559)."""

from datetime import datetime
from typing import Literal

from django.db import transaction

from rebook.records.write import links as write

Step = Literal["opened", "chose", "answered"]


def note_step(*, organisation_id: int, link_id: int, step: Step, now: datetime) -> None:
    """Keep the first time that a link got so far. The check and the booking note themselves."""
    with transaction.atomic(durable=True):
        write.add_step(organisation_id=organisation_id, link_id=link_id, step=step, now=now)
