"""``rebook campaign check``, ``approve`` and ``clone``: what comes before a launch."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from rebook.accounts import read as accounts
from rebook.cli.context import (
    EXIT_NO,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    console,
    refuse,
)
from rebook.core.outreach.campaign_readiness import ReadinessCheck
from rebook.flow.outreach import approvals, campaigns
from rebook.records.read.campaigns import campaigns as every_campaign

CampaignArgument = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Number or name of the campaign.")]
ACTOR = "cli"


def register(group: typer.Typer) -> None:
    """Add the commands to ``group``."""
    for command in (check, approve, clone):
        group.command(command.__name__)(command)


def found_campaign(practice: accounts.OrganisationView, named: str) -> int:
    """The campaign of that number or name."""
    found = [
        one.id for one in every_campaign(organisation_id=practice.id) if named in (str(one.id), one.name)
    ]
    if found:
        return found[0]
    return refuse(f"there is no campaign '{named}': see 'rebook campaign list'")


def found_member(practice: accounts.OrganisationView, named: str) -> int:
    members = accounts.members(organisation_id=practice.id)
    found = [one.user_id for one in members if named in (one.name, str(one.user_id))]
    if found:
        return found[0]
    return refuse(f"nobody called '{named}' works for this practice")


def say(value: dict[str, Any], words: str, as_json: bool) -> None:
    if as_json:
        answer_json(value)
    else:
        console.print(words, markup=False, highlight=False)


def approve(
    campaign: CampaignArgument,
    by: Annotated[str, typer.Option(help="Name of the member of staff who signs.")],
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Sign a campaign as it stands: its texts, its patients and its schedule, as one named person."""
    practice = chosen_organisation(organisation)
    campaign_id = found_campaign(practice, campaign)
    stands = approvals.approve_campaign(
        organisation_id=practice.id,
        campaign_id=campaign_id,
        now=datetime.now(UTC),
        actor=f"user:{found_member(practice, by)}",
    )
    missing = [one.as_json() for one in stands.missing]
    words = f"Campaign {campaign_id} is signed."
    if missing:
        words = f"Signed; still wanting: {'; '.join(one.detail for one in stands.missing)}."
    say({"campaign": campaign_id, "state": stands.state, "missing": missing}, words, as_json)


def check(
    campaign: CampaignArgument, organisation: OrganisationOption = "", as_json: JsonOption = False
) -> None:
    """The launch checklist, with a booking tried and taken back. Leaves with 1 when it is not safe yet."""
    practice = chosen_organisation(organisation)
    campaign_id = found_campaign(practice, campaign)
    checks = campaigns.checklist(organisation_id=practice.id, campaign_id=campaign_id, now=datetime.now(UTC))
    is_ready = all(one.state != "refused" for one in checks)
    if as_json:
        answer_json({"campaign": campaign_id, "ready": is_ready, "checks": [_check(one) for one in checks]})
    else:
        signs = {"right": "yes", "refused": "NO", "noted": "note"}
        rows = [
            [signs[one.state], one.says, "; ".join(reason.detail for reason in one.reasons)] for one in checks
        ]
        answer_table("Ready to launch" if is_ready else "Not ready", ["", "check", "what to do"], rows)
    if not is_ready:
        raise typer.Exit(EXIT_NO)


def _check(one: ReadinessCheck) -> dict[str, Any]:
    return {
        "key": one.key,
        "says": one.says,
        "state": one.state,
        "reasons": [reason.as_json() for reason in one.reasons],
    }


def clone(
    campaign: CampaignArgument,
    name: Annotated[str, typer.Option(help="Its name; '(copy)' is added when left out.")] = "",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """A draft like it, under a name of its own."""
    practice = chosen_organisation(organisation)
    made = campaigns.clone(
        organisation_id=practice.id,
        campaign_id=found_campaign(practice, campaign),
        name=name,
        now=datetime.now(UTC),
        actor=ACTOR,
    )
    say({"campaign": made, "state": "draft"}, f"Campaign {made} is a draft like it.", as_json)
