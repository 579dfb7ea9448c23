"""``report``: what outreach brought, as table, JSON, CSV or a page."""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from rebook.cli.context import (
    AsOfOption,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    console,
    instant,
)

if TYPE_CHECKING:
    from rebook.core.measure import Breakdown
    from rebook.flow.measure import Report


_STEPS = ("cases", "attempted", "reached", "responded", "booked", "kept", "succeeded")


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


FormatOption = Annotated[Format, typer.Option("--format", help="How to answer.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("report")(report)


def report(
    as_of: AsOfOption = "",
    output: FormatOption = Format.TABLE,
    as_json: JsonOption = False,
    organisation: OrganisationOption = "",
) -> None:
    """What contact brought up to a day: funnel, reasons not contacted, rates, lift."""
    # Imported only now: charts and statistics take seconds to load.
    from django.template.loader import render_to_string

    from rebook.flow.measure import build_report, funnel_chart, won_chart
    from rebook.web.words import words

    chosen = chosen_organisation(organisation)
    day, _ = instant(chosen, as_of)
    made = build_report(organisation_id=chosen.id, as_of=day)
    if as_json or output is Format.JSON:
        answer_json(as_plain(made))
    elif output is Format.CSV:
        console.out(as_csv(made), end="", highlight=False)
    elif output is Format.HTML:
        charts = {
            "chart": funnel_chart(made),
            "won_chart": won_chart(made.won, label=lambda kind: words(kind, "gap")),
        }
        page = render_to_string("results/print.html", {"report": made, **charts})
        console.out(page, highlight=False)
    else:
        show(made)


def as_plain(report: "Report") -> dict[str, object]:
    """The report as plain values; every rate with its value beside its fraction."""
    plain = asdict(report)
    for rate, given in zip(report.rates, plain["rates"], strict=True):
        given["value"] = rate.value
    for won, given in zip(report.won, plain["won"], strict=True):
        given["definition"], given["says"] = won.rule.key, won.says
    return plain


def as_csv(report: "Report") -> str:
    """One figure a line: section, key, label, value, and the fraction of a rate."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(["section", "key", "label", "value", "numerator", "denominator"])
    out.writerows(["funnel", step.key, step.label, step.count, "", ""] for step in report.funnel)
    out.writerows(["not_contacted", one.key, one.label, one.count, "", ""] for one in report.not_contacted)
    out.writerows(
        ["rate", rate.key, rate.label, rate.value, rate.numerator, rate.denominator] for rate in report.rates
    )
    for section, rows in _breakdowns(report):
        out.writerows(
            [section, _cell(row.key), step, getattr(row, step), "", ""] for row in rows for step in _STEPS
        )
    out.writerows(_won_rows(report))
    lift = report.lift
    out.writerow(
        ["lift", "difference", lift.sentence, lift.difference, lift.contact_cases, lift.holdout_cases]
    )
    return text.getvalue()


def _breakdowns(report: "Report") -> "list[tuple[str, tuple[Breakdown, ...]]]":
    return [
        ("by_reason", report.by_gap_kind),
        ("by_channel", report.by_channel),
        ("by_location", report.by_location),
    ]


def _won_rows(report: "Report") -> Iterator[list[object]]:
    """What was won back, each arm by the definition named in its label."""
    for one in report.won:
        arms = (
            ("won_with_contact", one.contact_won, one.contact_cases),
            ("won_left_out", one.holdout_won, one.holdout_cases),
        )
        for section, won, cases in arms:
            share = won / cases if cases else None
            yield [section, one.gap_kind, f"counted: {one.says}", share, won, cases]


def _cell(text: str) -> str:
    """A spreadsheet would run what looks like a formula; names of locations come from outside."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def show(report: "Report") -> None:
    """Print the report for reading."""
    answer_table(
        f"{report.organisation}, up to {report.as_of}",
        ["", "cases"],
        [[step.label, step.count] for step in report.funnel],
    )
    answer_table("Not contacted", ["why", "cases"], [[one.label, one.count] for one in report.not_contacted])
    titles = ("By reason", "By first channel", "By location")
    for title, (_, rows) in zip(titles, _breakdowns(report), strict=True):
        answer_table(
            title,
            ["", "cases", "tried", "reached", "answered", "booked", "kept", "won back"],
            [[row.key, *(getattr(row, step) for step in _STEPS)] for row in rows],
        )
    answer_table(
        "Won back",
        ["", "contacted", "of", "left out", "of", "counted"],
        [
            [one.gap_kind, one.contact_won, one.contact_cases, one.holdout_won, one.holdout_cases, one.says]
            for one in report.won
        ],
    )
    answer_table(
        "Rates",
        ["", "rule", "rate", "of", "still maturing"],
        [
            [
                rate.label,
                rate.rule,
                "-" if rate.value is None else f"{rate.value:.1%}",
                f"{rate.numerator} / {rate.denominator}",
                "yes" if rate.is_maturing else "no",
            ]
            for rate in report.rates
        ],
    )
    answer_table(
        "Days from the first attempt",
        ["", "cases", "median", "90th percentile"],
        [[wait.key, wait.count, _days(wait.median_days), _days(wait.p90_days)] for wait in report.waits],
    )
    console.print(report.lift.sentence)


def _days(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
