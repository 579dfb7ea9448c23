"""What the pages about one thing are about, in an invented practice: for benches only."""

from dataclasses import dataclass

from rebook.records.models import Campaign, Gap


@dataclass(frozen=True, slots=True)
class Examples:
    campaign_id: int
    patient_id: int


def first_of(*, organisation_id: int) -> Examples:
    """The first campaign of a practice and its best-ranked patient. Raises ``LookupError`` without them."""
    campaign = Campaign.objects.filter(organisation_id=organisation_id).order_by("pk").first()
    gap = Gap.objects.filter(organisation_id=organisation_id, rank__isnull=False).order_by("rank").first()
    if campaign is None or gap is None:
        raise LookupError("the practice has no campaign or nobody who is due")
    return Examples(campaign.pk, gap.patient_id)
