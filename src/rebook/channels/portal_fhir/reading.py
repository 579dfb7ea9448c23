"""What a kept ``Communication`` says of its reader (R-D61).

FHIR R4 has one time for it, ``received``. Portals set it when the patient opens the message, and only once
the status is "completed" (Canvas, Medplum, the Danish national infrastructure); a server that takes R4 by
the letter sets it when the message arrives. What arrived is not read: in doubt it counts as arrived.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from rebook.core.channel import DeliveryReport

# A time so soon after sending is the server's own, not a reader's.
ARRIVES_WITHIN = timedelta(minutes=1)
# Taken back by the server or by staff: nobody will read it.
_TAKEN_BACK = frozenset({"not-done", "stopped", "entered-in-error"})
_READ = "completed"


def report_of(resource: Mapping[str, Any], *, now: datetime) -> DeliveryReport | None:
    """Delivered, read or failed; None while nothing is known, or nothing that can be understood."""
    number, status = str(resource.get("id", "")), resource.get("status")
    if not number:
        return None
    if status in _TAKEN_BACK:
        return DeliveryReport(number, "failed", now, f"status_{status}", "permanent_channel")
    received = instant(resource.get("received"))
    if received is None:
        return None
    sent = instant(resource.get("sent"))
    is_server = sent is not None and received - sent <= ARRIVES_WITHIN
    state = "read" if status == _READ and not is_server else "delivered"
    # A server's clock may run ahead; nothing here happens tomorrow.
    return DeliveryReport(number, state, min(received, now))  # type: ignore[arg-type]


def instant(value: object) -> datetime | None:
    """A FHIR dateTime, which may be a year, a month or a day, as its first instant in UTC."""
    if not isinstance(value, str) or not value:
        return None
    whole = {4: f"{value}-01-01", 7: f"{value}-01"}.get(len(value), value)
    try:
        found = datetime.fromisoformat(whole)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
