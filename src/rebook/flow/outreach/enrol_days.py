"""On which days a campaign takes patients in, whose day has come, and how much of the budget is left."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from rebook.accounts.read import OrganisationView
from rebook.core.outreach.campaign_budget import BadPrice, prices, spent_cents
from rebook.core.outreach.campaign_calendar import PatientDates, Trigger, against_enrolment, called_on
from rebook.core.outreach.campaign_plan import CampaignPlan
from rebook.core.reasons import Reason
from rebook.records.read.campaignmoney import gone_out, gone_out_by_campaign
from rebook.records.read.campaigns import CampaignView
from rebook.records.read.enrolment import EnrolmentRow


def _prices(house: OrganisationView) -> Mapping[str, Decimal]:
    try:
        return prices(house.settings.get("prices_cents"))
    except BadPrice:
        # A price that cannot be read must not make contacts free.
        return prices()


def spent(house: OrganisationView, campaign_id: int) -> int:
    """Cents that a campaign has cost so far, by the practice's own prices where it has some."""
    return spent_cents(gone_out(organisation_id=house.id, campaign_id=campaign_id), prices=_prices(house))


def spent_by_campaign(house: OrganisationView, *, campaign_ids: Sequence[int]) -> dict[int, int]:
    """Cents by campaign, of these; one that sent nothing is not in it."""
    found = gone_out_by_campaign(organisation_id=house.id, campaign_ids=campaign_ids)
    return {one: spent_cents(out, prices=_prices(house)) for one, out in found.items()}


def against_today(
    house: OrganisationView, campaign: CampaignView, plan: CampaignPlan, *, today: date
) -> Reason | None:
    """Why a campaign takes nobody in on this day; None when it does."""
    if reason := against_enrolment(plan.calendar, today=today):
        return reason
    if campaign.budget_cents is not None and spent(house, campaign.id) >= campaign.budget_cents:
        return Reason("budget_spent", "its budget is spent")
    return None


def called(trigger: Trigger | None, rows: Sequence[EnrolmentRow], *, today: date) -> list[EnrolmentRow]:
    """Those whose date calls for contact; everybody where the campaign goes by no date."""
    if trigger is None:
        return list(rows)
    return [
        row
        for row in rows
        if called_on(trigger, PatientDates(row.birth_on, row.last_visit_on, row.due_on), today=today)
    ]
