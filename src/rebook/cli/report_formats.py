"""The report as JSON and as CSV: every figure with its fraction and what it was counted by."""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rebook.core.measure import Breakdown
    from rebook.flow.measure import Report

STEPS = ("cases", "attempted", "reached", "responded", "booked", "kept", "succeeded")


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
    for section, rows in breakdowns(report):
        out.writerows(
            [section, _cell(row.key), step, getattr(row, step), "", ""] for row in rows for step in STEPS
        )
    out.writerows(_won_rows(report))
    out.writerows(_way_rows(report))
    lift = report.lift
    out.writerow(
        ["lift", "difference", lift.sentence, lift.difference, lift.contact_cases, lift.holdout_cases]
    )
    return text.getvalue()


def breakdowns(report: "Report") -> "list[tuple[str, tuple[Breakdown, ...]]]":
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


def _way_rows(report: "Report") -> Iterator[list[object]]:
    """What bookings were tied to, channels within segments, and how many got how far on each way."""
    for tied in report.touches:
        yield ["tied_to", tied.how, tied.channel, tied.bookings, "", ""]
    for channel, count in report.any_touch:
        yield ["any_contact_before", channel, "bookings", count, "", ""]
    for one in report.by_segment:
        section, key = f"channel_by_{report.segment_by}", _cell(one.segment)
        for step in ("attempted", "reached", "responded", "booked", "succeeded"):
            yield [section, key, f"{one.channel}: {step}", getattr(one, step), "", ""]
    for way in report.ways:
        for stage in way.stages:
            yield ["way", way.key, f"{way.channel}: {stage.key}", stage.count, "", ""]


def _cell(text: str) -> str:
    """A spreadsheet would run what looks like a formula; names of locations come from outside."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
