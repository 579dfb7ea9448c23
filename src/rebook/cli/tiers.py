"""Commands of the topic "tiers": how long patients have been away, and how many pass from tier to tier."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated

import typer

from rebook.cli.context import (
    EXIT_FAILED,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    console,
    instant,
    refuse,
)
from rebook.core.gaps import SettingInvalid
from rebook.flow.tiers import ENTERED, BadPeriod, TierReport, tier_report
from rebook.packs.loader import PackInvalid

USUAL_WEEKS = 13
HEADINGS = {
    "slipping": "slipping",
    "dormant": "dormant",
    "long_lapsed": "long lapsed",
    "lost": "lost",
    "returned": "came back",
}
STANDING = ("active", "slipping", "dormant", "long_lapsed", "lost", "never")


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("tiers")(tiers)


def tiers(
    from_: Annotated[str, typer.Option("--from", help="First day; thirteen weeks back when left out.")] = "",
    to: Annotated[str, typer.Option("--to", help="Last day; today when left out.")] = "",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """How many patients stand in each tier, and how many passed into it in each week. Stores nothing."""
    practice = chosen_organisation(organisation)
    today, _ = instant(practice, "")
    to_on = _day("--to", to) or today
    from_on = _day("--from", from_) or to_on - timedelta(weeks=USUAL_WEEKS)
    try:
        report = tier_report(organisation_id=practice.id, from_on=from_on, to_on=to_on, afresh=True)
    except BadPeriod as error:
        refuse(str(error))
    except (PackInvalid, SettingInvalid) as error:
        refuse(str(error), code=EXIT_FAILED)
    if as_json:
        answer_json({**asdict(report), "totals": report.totals})
    else:
        _print(report)


def _print(report: TierReport) -> None:
    months = report.months
    console.print(
        f"Slipping from {months.slipping} months, dormant from {months.dormant}, "
        f"long lapsed from {months.long_lapsed}, lost after {months.lost_after}",
        highlight=False,
    )
    rows = [[HEADINGS.get(tier, tier), report.standing.get(tier, 0)] for tier in STANDING]
    answer_table(f"Patients on {report.to_on}", ["tier", "patients"], rows)
    weeks = [[one.on, *(one.entered.get(tier, 0) for tier in ENTERED)] for one in report.weeks]
    weeks.append(["all", *(report.totals[tier] for tier in ENTERED)])
    answer_table("Passed into each tier, by week", ["week of", *(HEADINGS[tier] for tier in ENTERED)], weeks)
    recall, reactivation = report.programmes["recall"], report.programmes["reactivation"]
    console.print(f"Open reasons: {recall} recall, {reactivation} reactivation", highlight=False)


def _day(option: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(f"{option} wants a date like 2026-11-21, not '{text}'")
