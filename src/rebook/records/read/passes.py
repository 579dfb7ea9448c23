"""Whether the pass of a day got as far as its snapshot."""

from datetime import date

from rebook.records.models import Snapshot


def had_pass(*, organisation_id: int, on: date) -> bool:
    """Whether a pass was made, or at least begun, for that day of the practice's calendar."""
    return Snapshot.objects.filter(organisation_id=organisation_id, as_of=on).exists()
