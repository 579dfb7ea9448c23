"""What a practice says it can take, changed by people."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from rebook.accounts import audit, write
from rebook.accounts import read as accounts
from rebook.core.capacity_policy import capacity_policy


def change_capacity(*, organisation_id: int, changes: Mapping[str, Any], now: datetime, actor: str) -> None:
    """Lay ``changes`` over ``settings["capacity"]``; audited.

    Raises ``core.capacity_policy.CapacitySettingsInvalid`` for a word or number it does not know.
    """
    house = accounts.organisation(organisation_id=organisation_id)
    wanted = {**(house.settings.get("capacity") or {}), **changes}
    capacity_policy({"capacity": wanted})
    with transaction.atomic(durable=True):
        write.change_settings(organisation_id=organisation_id, changes={"capacity": wanted})
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="capacity.changed",
            subject_kind="organisation",
            subject_id=organisation_id,
            detail=dict(changes),
        )
