"""``report``: what outreach brought, as table, JSON, CSV or a page."""

import json
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
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
    refuse,
)
from rebook.cli.report_formats import STEPS, as_csv, as_plain, breakdowns

if TYPE_CHECKING:
    from rebook.flow.measure import Report


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    HTML = "html"
    PDF = "pdf"


class Segment(StrEnum):
    """What channels are told apart by."""

    KIND = "kind"
    TIER = "tier"
    LOCATION = "location"
    LANGUAGE = "language"
    AGE = "age"


ByOption = Annotated[Segment, typer.Option("--by", help="Channels told apart by this.")]
FileOption = Annotated[
    Path | None,
    typer.Option("--file", "-o", help="Write to this file. A PDF wants one unless it is piped on."),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to answer.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("report")(report)


def report(
    as_of: AsOfOption = "",
    output: FormatOption = Format.TABLE,
    by: ByOption = Segment.KIND,
    file: FileOption = None,
    as_json: JsonOption = False,
    organisation: OrganisationOption = "",
) -> None:
    """What contact brought up to a day: won back by reason, funnel, reasons not contacted, rates, lift."""
    # Imported only now: charts and statistics take seconds to load.
    from rebook.flow.measure import build_report

    chosen = chosen_organisation(organisation)
    day, now = instant(chosen, as_of)
    if output is Format.TABLE and file is not None:
        refuse("--file wants a --format: html, json, csv or pdf")
    if output is Format.PDF and file is None and not as_json and sys.stdout.isatty():
        refuse("a PDF is nothing to read here: name a --file, or pipe it on")
    made = build_report(organisation_id=chosen.id, as_of=day, segment_by=by.value)
    if as_json or (output is Format.JSON and file is None):
        answer_json(as_plain(made))
    elif output is Format.TABLE:
        show(made)
    else:
        give(written(made, output, organisation_id=chosen.id, now=now), file)


def written(made: "Report", output: Format, *, organisation_id: int, now: datetime) -> bytes:
    """The report in one of the formats that go into a file."""
    from rebook.flow.measure import report_pdf
    from rebook.web.words import words

    if output is Format.PDF:
        return report_pdf(made, organisation_id=organisation_id, words=words, now=now)
    text = {Format.CSV: as_csv, Format.JSON: as_text, Format.HTML: as_page}[output](made)
    return text.encode()


def as_text(made: "Report") -> str:
    """The report as one JSON document."""
    return json.dumps(as_plain(made), default=str, indent=2) + "\n"


def as_page(made: "Report") -> str:
    """The report as an HTML page that stands alone."""
    from django.template.loader import render_to_string

    from rebook.flow.measure import funnel_chart, won_chart
    from rebook.web.words import words

    charts = {
        "chart": funnel_chart(made),
        "won_chart": won_chart(made.won, label=lambda kind: words(kind, "gap")),
    }
    return render_to_string("results/print.html", {"report": made, **charts}) + "\n"


def give(content: bytes, file: Path | None) -> None:
    """Into the file, or on to whatever reads standard output. Refuses a file that cannot be written."""
    if file is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        file.write_bytes(content)
    except OSError as error:
        refuse(f"{file} cannot be written: {error.strerror}")
    console.print(f"written to {file}", markup=False, highlight=False)


def show(report: "Report") -> None:
    """Print the report for reading."""
    answer_table(
        f"{report.organisation}, up to {report.as_of}",
        ["", "cases"],
        [[step.label, step.count] for step in report.funnel],
    )
    answer_table("Not contacted", ["why", "cases"], [[one.label, one.count] for one in report.not_contacted])
    titles = ("By reason", "By first channel", "By location")
    for title, (_, rows) in zip(titles, breakdowns(report), strict=True):
        answer_table(
            title,
            ["", "cases", "tried", "reached", "answered", "booked", "kept", "won back"],
            [[row.key, *(getattr(row, step) for step in STEPS)] for row in rows],
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
    show_ways(report)
    console.print(report.lift.sentence)


def show_ways(report: "Report") -> None:
    """Print how long it takes, what bookings are tied to, channels within segments, where people leave."""
    answer_table(
        "Days from the first attempt",
        ["", "cases", "median", "90th percentile"],
        [[wait.key, wait.count, _days(wait.median_days), _days(wait.p90_days)] for wait in report.waits],
    )
    answer_table(
        "What bookings are tied to (no cause: what contact changed is the last line)",
        ["", "channel", "bookings", "won back"],
        [[one.how, one.channel, one.bookings, one.succeeded] for one in report.touches],
    )
    answer_table(
        f"First channel by {report.segment_by} (who gets which was not drawn by lot)",
        ["", "channel", "tried", "reached", "answered", "booked", "won back", "share"],
        [
            [
                *(
                    one.segment,
                    one.channel,
                    one.attempted,
                    one.reached,
                    one.responded,
                    one.booked,
                    one.succeeded,
                ),
                "too few" if one.share is None else f"{one.share:.1%}",
            ]
            for one in report.by_segment
        ],
    )
    answer_table(
        "Where people leave",
        ["", "channel", "how many got how far", "most leave before"],
        [
            [
                way.key,
                way.channel,
                ", ".join(f"{stage.key} {stage.count}" for stage in way.stages),
                way.loses_most_at,
            ]
            for way in report.ways
        ],
    )


def _days(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
