"""``guard``: may this patient be contacted, by which channel, when, and which rule decides?"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

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
from rebook.core.outreach.guard_explain import rule_of
from rebook.core.outreach.values import CHANNEL_WORDS, PURPOSE_WORDS
from rebook.flow.outreach.allowed import CHANNELS, NO_CHANNEL, Looked, Question, look
from rebook.records.read import campaigns, chart

VERDICTS = {"allow": "allowed", "defer": "not yet", "refuse": "not allowed"}


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("guard")(guard)


def guard(
    patient: Annotated[str, typer.Argument(help="The patient's id, in Rebook or in the practice's system.")],
    explain: Annotated[bool, typer.Option("--explain", help="Every rule, with what it looked at.")] = False,
    channel: Annotated[str, typer.Option(help=f"One of {', '.join(CHANNELS)}.")] = "sms",
    at: Annotated[
        str, typer.Option(help="The moment, YYYY-MM-DDTHH:MM at the patient's; now when left out.")
    ] = "",
    purpose: Annotated[str, typer.Option(help=f"One of {', '.join(PURPOSE_WORDS)}.")] = "treatment_recall",
    campaign: Annotated[int, typer.Option(help="As this campaign would make it; else as staff would.")] = 0,
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say whether a contact would be allowed, and by which rule. Leaves with 1 when it would not be."""
    practice = chosen_organisation(organisation)
    if channel not in CHANNEL_WORDS:
        refuse(f"--channel is one of {', '.join(CHANNELS)}")
    if purpose not in PURPOSE_WORDS:
        refuse(f"--purpose is one of {', '.join(PURPOSE_WORDS)}")
    patient_id = chart.patient_id_of(organisation_id=practice.id, text=patient)
    if patient_id is None:
        refuse("there is no such patient, or there are several: give the id that Rebook uses")
    if campaign and campaigns.campaign(organisation_id=practice.id, campaign_id=campaign) is None:
        refuse(f"there is no campaign {campaign}")
    now = datetime.now(UTC)
    looked = look(
        organisation_id=practice.id,
        patient_id=patient_id,
        question=Question(
            channel=channel,
            at=_moment(at) if at else now,
            purpose=purpose,  # type: ignore[arg-type]
            origin="campaign" if campaign else "manual",
            campaign_id=campaign or None,
        ),
        channels=CHANNELS,
        now=now,
    )
    if as_json:
        answer_json(_told(patient_id, channel, looked, explain=explain))
    else:
        _show(channel, looked, explain=explain)
    if looked.explained.decision.verdict != "allow":
        raise typer.Exit(EXIT_NO)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        refuse(f"--at wants a moment like 2026-12-25T20:00, not '{text}'")


def _told(patient_id: int, channel: str, looked: Looked, *, explain: bool) -> dict[str, Any]:
    found = looked.explained
    decision = found.decision
    told: dict[str, Any] = {
        "patient_id": patient_id,
        "channel": channel,
        "at": looked.at,
        "verdict": decision.verdict,
        "decided_by": found.decided_by,
        "reasons": [reason.as_json() for reason in decision.reasons],
        "defer_until": decision.defer_until,
        "lawful_basis": decision.lawful_basis,
        "laws": [{"key": key, "version": version} for key, version in found.laws],
        "places": found.places,
        "time_zones": found.time_zones,
        "max_per_day": found.max_per_day,
        "max_per_week": found.max_per_week,
        "next": {one.channel: one.next_at for one in looked.ahead},
    }
    if explain:
        told["rules"] = [asdict(step) | {"looked_at": dict(step.looked_at)} for step in found.steps]
    return told


def _show(channel: str, looked: Looked, *, explain: bool) -> None:
    found, zone = looked.explained, ZoneInfo(looked.zone)
    decision = found.decision
    console.print(f"{CHANNEL_WORDS[channel]}: {VERDICTS[decision.verdict]}", style="bold", highlight=False)
    for reason in decision.reasons:
        console.print(f"  {_sentence(found, reason.rule, reason.detail)}", markup=False, highlight=False)
    if decision.defer_until is not None:
        console.print(f"  Allowed from {_local(decision.defer_until, zone)}", highlight=False)
    basis = decision.lawful_basis or "none: nothing is sent"
    console.print(f"Lawful basis: {basis}", highlight=False, markup=False)
    laws = ", ".join(f"{key} ({version})" if version else key for key, version in found.laws)
    console.print(f"Laws in force: {laws or 'the house rules alone'}", highlight=False, markup=False)
    if explain:
        answer_table(
            "Every rule, most severe first",
            ["rule", "answer", "because", "looked at"],
            [
                [
                    one.says,
                    one.answer,
                    one.detail,
                    "; ".join(f"{name}: {said}" for name, said in one.looked_at),
                ]
                for one in found.steps
            ],
        )
    answer_table(
        f"The coming days ({looked.zone})",
        ["channel", "allowed from", "or why not"],
        [
            [
                CHANNEL_WORDS[one.channel],
                _local(one.next_at, zone) if one.next_at else "",
                _sentence(found, one.rule, "") if one.rule else "",
            ]
            for one in looked.ahead
        ],
    )


def _sentence(found: Any, rule: str, detail: str) -> str:
    key = rule_of(rule)
    if key == NO_CHANNEL:
        return "not set up for this practice"
    says = next((one.says.rstrip(".") for one in found.steps if one.key == key), key.replace("_", " "))
    return f"{says} ({detail})" if detail else says


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %Y-%m-%d %H:%M}"
