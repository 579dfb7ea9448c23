"""What the readers of single resources are given."""

from collections import Counter
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from rebook.sources.fhir.mapping import FhirMapping
from rebook.sources.fhir.values import Targets


@dataclass(frozen=True, slots=True)
class Context:
    """``identity`` is the resource's own id; ``targets`` resolves its references."""

    mapping: FhirMapping
    zone: ZoneInfo
    targets: Targets
    ignored: Counter[str]
