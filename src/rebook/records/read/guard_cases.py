"""A patient's case in a campaign, for asking the guard about it."""

from rebook.records.models import Case


def case_in(*, organisation_id: int, patient_id: int, campaign_id: int) -> int | None:
    """The newest case of this patient in this campaign; None when there is none."""
    rows = Case.objects.filter(
        organisation_id=organisation_id, patient_id=patient_id, campaign_id=campaign_id
    )
    return rows.order_by("-pk").values_list("pk", flat=True).first()
