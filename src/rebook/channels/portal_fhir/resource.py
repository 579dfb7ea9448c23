"""What a message is in FHIR R4."""

from datetime import datetime
from typing import Any

from rebook.core.channel import OutboundMessage

# Whose references these are; a name, not an address that anybody asks.
SYSTEM = "urn:rebook:attempt"
MEDIA_TYPE = "application/fhir+json"
_MODE = "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/communication-category"


def communication(message: OutboundMessage, *, now: datetime) -> dict[str, Any]:
    """The ``Communication`` for a message; ``to`` is the patient's reference ("Patient/17")."""
    who = {"reference": message.to}
    return {
        "resourceType": "Communication",
        "language": message.language,
        "identifier": [{"system": SYSTEM, "value": message.reference}],
        "status": "completed",
        "category": [{"coding": [{"system": _CATEGORY, "code": "reminder"}]}],
        "medium": [{"coding": [{"system": _MODE, "code": "ELECTRONIC"}]}],
        "subject": who,
        "recipient": [who],
        # An empty text is no FHIR: what staff type has no subject.
        **({"topic": {"text": message.subject}} if message.subject else {}),
        "sent": now.isoformat(),
        "payload": [{"contentString": message.body}],
    }
