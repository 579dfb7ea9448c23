"""Commands about campaigns, and the stop button."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from rebook.accounts import read as accounts
from rebook.cli import campaign_plans
from rebook.cli.campaign_plans import ACTOR, CampaignArgument, found_campaign, found_member, say
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
from rebook.core.segment import Segment, sentence
from rebook.core.segment.sentence import plain_label
from rebook.flow.outreach import approvals, campaigns, stops
from rebook.flow.outreach.campaign_list import ListedCampaign, listed_campaigns
from rebook.records.read import campaignpages as pages
from rebook.records.read.outreach import attempt_totals


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    group = typer.Typer(help="Campaigns: what will happen, to whom, when.", no_args_is_help=True)
    for command in (list_, show, create, sign_off, launch, pause, resume, end, archive, reopen):
        group.command(command.__name__.strip("_").replace("_", "-"))(command)
    campaign_plans.register(group)
    app.add_typer(group, name="campaign")
    app.command("stop-all")(stop_all)


NUMBERS = ("open", "contacted", "booked", "won back")


def list_(organisation: OrganisationOption = "", as_json: JsonOption = False) -> None:
    """Every campaign with how far its cases got."""
    practice = chosen_organisation(organisation)
    found = listed_campaigns(organisation_id=practice.id, now=datetime.now(UTC))
    if as_json:
        answer_json(
            [
                {
                    **asdict(one.line),
                    "next_enrolment_on": one.enrols_on,
                    "spent_cents": None if one.line.budget_cents is None else one.stands.spent_cents,
                    "warnings": [reason.as_json() for reason in one.warnings],
                }
                for one in found
            ]
        )
        return
    answer_table(
        "Campaigns",
        [*("number", "name", "state", "owner", "a day", "next"), *NUMBERS, "look at"],
        [_listed(one) for one in found],
    )


def _listed(one: ListedCampaign) -> list[Any]:
    line = one.line
    won = f"{line.won} of {line.goal_visits}" if line.goal_visits else line.won
    return [
        *[line.id, line.name, line.state, line.owner_name, line.daily_limit, one.enrols_on or "-"],
        *[line.open, line.attempted, line.booked, won],
        "; ".join(reason.detail for reason in one.warnings),
    ]


def show(
    campaign: CampaignArgument, organisation: OrganisationOption = "", as_json: JsonOption = False
) -> None:
    """One campaign: whom it is for, its steps, its attempts by state, and why some are not contacted."""
    practice = chosen_organisation(organisation)
    of: dict[str, Any] = {"organisation_id": practice.id, "campaign_id": found_campaign(practice, campaign)}
    file = pages.campaign_file(**of)
    assert file
    sites = {str(one.id): one.name for one in accounts.locations(organisation_id=practice.id)}
    segment = sentence(
        Segment.from_json(file.segment),
        label=lambda field, value: (
            sites.get(value, value) if field == "location" else plain_label(field, value)
        ),
    )
    totals = attempt_totals(**of)
    attempts, reasons = pages.attempt_states(**of), pages.not_contacted(**of)
    if as_json:
        answer_json(
            {
                **asdict(file),
                "segment_in_words": segment,
                "cases": asdict(pages.reached(**of)),
                "attempts": asdict(totals),
                "not_contacted": [
                    dict(zip(("verdict", "rule", "cases"), row, strict=True)) for row in reasons
                ],
            }
        )
        return
    console.print(f"{file.name} ({file.state}): {segment}", markup=False, highlight=False)
    steps = _steps(practice, file)
    answer_table("Steps", ["step", "by", "days after the one before", "else by"], steps)
    answer_table("Attempts", ["by", "state", "number"], [list(row) for row in attempts])
    answer_table("Not contacted", ["answer", "reason", "cases"], [list(row) for row in reasons])


def _steps(practice: accounts.OrganisationView, file: pages.CampaignFile) -> list[list[Any]]:
    """As frozen at launch; a draft shows what its sequence says today."""
    steps: list[dict[str, Any]] = file.sequence.get("steps") or []
    if not steps:
        plan = campaigns.sequence_of(organisation_id=practice.id, key=file.sequence_key)
        steps = [asdict(step) for step in plan.steps] if plan else []
    return [
        [number, step["channel"], step["delay_days"], ", ".join(step["fallbacks"])]
        for number, step in enumerate(steps, start=1)
    ]


def create(
    name: Annotated[str, typer.Argument(help="What staff will call it.")],
    sequence: Annotated[str, typer.Option(help="Contact plan of a pack, as primary_care.routine.")],
    owner: Annotated[str, typer.Option(help="Name of who looks after it.")] = "",
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind of gap; may be repeated.")] = None,
    definition: Annotated[list[str] | None, typer.Option(help="Only this gap definition.")] = None,
    tier: Annotated[list[str] | None, typer.Option(help="Only patients of this tier.")] = None,
    location: Annotated[list[str] | None, typer.Option(help="Only this site, by name.")] = None,
    visit_type: Annotated[list[str] | None, typer.Option(help="Only gaps for this visit type.")] = None,
    daily_limit: Annotated[int, typer.Option(help="Most cases opened on one day.")] = 50,
    holdout: Annotated[int, typer.Option(help="Percent of patients left out, to compare with.")] = 10,
    backup: Annotated[str, typer.Option(help="Name of who stands in.")] = "",
    goal: Annotated[
        int | None,
        typer.Option(help="So many patients won back, by the campaign's own definition of success."),
    ] = None,
    goal_by: Annotated[datetime | None, typer.Option(help="By this day.", formats=["%Y-%m-%d"])] = None,
    budget: Annotated[float | None, typer.Option(help="Most that may be spent on messages.")] = None,
    programme: Annotated[str, typer.Option(help="recall or reactivation; both when left out.")] = "",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """A new campaign, as a draft: nothing goes out before it is launched."""
    practice = chosen_organisation(organisation)
    campaign_id = campaigns.create_campaign(
        organisation_id=practice.id,
        name=name,
        segment={
            "kinds": kind or [],
            "definitions": definition or [],
            "tiers": tier or [],
            "locations": _sites(practice, location or []),
            "visit_types": visit_type or [],
        },
        sequence_key=sequence,
        owner_id=found_member(practice, owner) if owner else None,
        daily_limit=daily_limit,
        holdout_percent=holdout,
        backup_id=found_member(practice, backup) if backup else None,
        goal_visits=goal,
        goal_on=goal_by.date() if goal_by else None,
        budget_cents=None if budget is None else round(budget * 100),
        programme=programme,
        now=datetime.now(UTC),
        actor=ACTOR,
    )
    say({"campaign": campaign_id, "state": "draft"}, f"Campaign {campaign_id} is a draft.", as_json)


def _sites(practice: accounts.OrganisationView, names: list[str]) -> list[int]:
    known = {one.name: one.id for one in accounts.locations(organisation_id=practice.id)}
    for name in names:
        if name not in known:
            refuse(f"there is no site '{name}'; there are {', '.join(known) or 'none'}")
    return [known[name] for name in names]


def sign_off(
    by: Annotated[str, typer.Option(help="Name of the member of staff who has read the texts.")],
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Sign off every text that comes with the packs, as one named person."""
    practice = chosen_organisation(organisation)
    count = approvals.approve_all_in_use(
        organisation_id=practice.id, now=datetime.now(UTC), actor=f"user:{found_member(practice, by)}"
    )
    say({"signed_off": count}, f"Signed off: {count} texts.", as_json)


def launch(
    campaign: CampaignArgument, organisation: OrganisationOption = "", as_json: JsonOption = False
) -> None:
    """Go live. Leaves with 1, naming every reason, when it is not safe yet."""
    _change(campaigns.launch, campaign, organisation, as_json, state="active")


def pause(
    campaign: CampaignArgument, organisation: OrganisationOption = "", as_json: JsonOption = False
) -> None:
    """Nothing more is enrolled, planned or sent until it is resumed."""
    _change(campaigns.pause, campaign, organisation, as_json, state="paused")


def resume(
    campaign: CampaignArgument, organisation: OrganisationOption = "", as_json: JsonOption = False
) -> None:
    """Go on, planned anew: what came due meanwhile is spread by the daily limit."""
    _change(campaigns.resume, campaign, organisation, as_json, state="active")


def end(
    campaign: CampaignArgument, organisation: OrganisationOption = "", as_json: JsonOption = False
) -> None:
    """End it for good; its figures stay."""
    _change(campaigns.archive, campaign, organisation, as_json, state="archived")


def archive(
    campaign: CampaignArgument, organisation: OrganisationOption = "", as_json: JsonOption = False
) -> None:
    """The same as ``end``."""
    end(campaign, organisation, as_json)


def reopen(
    campaign: CampaignArgument, organisation: OrganisationOption = "", as_json: JsonOption = False
) -> None:
    """Take an end back: it is paused again; cases that were closed meanwhile stay closed."""
    _change(campaigns.reopen, campaign, organisation, as_json, state="paused")


def _change(act: Callable[..., None], campaign: str, organisation: str, as_json: bool, *, state: str) -> None:
    practice = chosen_organisation(organisation)
    campaign_id = found_campaign(practice, campaign)
    try:
        act(organisation_id=practice.id, campaign_id=campaign_id, now=datetime.now(UTC), actor=ACTOR)
    except campaigns.UnableToChange as error:
        if as_json:
            answer_json({"campaign": campaign_id, "reasons": [one.as_json() for one in error.reasons]})
        else:
            answer_table("Not done", ["reason", "what"], [[one.rule, one.detail] for one in error.reasons])
        raise typer.Exit(EXIT_NO) from None
    say({"campaign": campaign_id, "state": state}, f"Campaign {campaign_id} is {state}.", as_json)


def stop_all(
    end: Annotated[bool, typer.Option("--end", help="Let it go on.")] = False,
    reason: Annotated[str, typer.Option(help="Why, for those who find it stopped.")] = "",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Stop every message of the practice at once; ``--end`` lets them go on."""
    practice = chosen_organisation(organisation)
    now = datetime.now(UTC)
    if end:
        changed = stops.end_stop(organisation_id=practice.id, now=now, actor=ACTOR)
        said = "Messages may go out again." if changed else "Nothing was stopped."
    else:
        changed = stops.stop_all(organisation_id=practice.id, now=now, actor=ACTOR, reason=reason)
        said = "Everything is stopped." if changed else "Everything was stopped already."
    say({"stopped": not end, "changed": changed}, said, as_json)
