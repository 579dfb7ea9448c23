"""The report on paper: two calm pages as tagged PDF, every figure with what it was counted by."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rebook.accounts import read as accounts
from rebook.core.measure import Rate, Won
from rebook.core.measure.ways import Way
from rebook.flow.common.printing import typeset

from .reporting import Report

# (key, vocabulary) -> the clinic's words; the doors have them.
Words = Callable[[str, str], str]


def report_pdf(report: Report, *, organisation_id: int, words: Words, now: datetime) -> bytes:
    """The report as PDF/UA; ``words``: the clinic's words for a key of a vocabulary."""
    practice = accounts.organisation(organisation_id=organisation_id)
    return typeset("results", report_values(report, practice=practice, words=words, now=now), now=now)


def report_values(
    report: Report, *, practice: accounts.OrganisationView, words: Words, now: datetime
) -> dict[str, Any]:
    """What the layout prints: figures as text, shares for the length of bars."""
    zone = ZoneInfo(practice.time_zone)
    lift, most = report.lift, report.funnel[0].count
    rising = " Some windows are still open, so this will rise." if lift.is_maturing else ""
    return {
        "title": f"{report.organisation}: results up to {report.as_of}",
        "practice": report.organisation,
        "paper": "us-letter" if practice.jurisdiction.startswith(("us", "ca")) else "a4",
        "made_at": f"{now.astimezone(zone):%Y-%m-%d %H:%M %Z}",
        "headline": lift.sentence,
        "compared": f"{lift.contact_won:,} of {lift.contact_cases:,} won back with contact, "
        f"{lift.holdout_won:,} of {lift.holdout_cases:,} without, judged alike from the day they were "
        f"taken in.{rising}",
        "won": [_won(one, words) for one in report.won],
        "funnel": [
            {"label": one.label, "count": f"{one.count:,}", "share": one.count / most if most else 0}
            for one in report.funnel
        ],
        "rates": [_rate(one) for one in report.rates],
        "touches": [
            [
                words(one.how, "touch"),
                words(one.channel, "channel") if one.channel else "–",
                f"{one.bookings:,}",
                f"{one.succeeded:,}",
            ]
            for one in report.touches
        ],
        "ways": [_way(one, words) for one in report.ways],
        "not_contacted": [[one.label, f"{one.count:,}"] for one in report.not_contacted],
        "counted_until": f"Counted up to {report.cut_off:%Y-%m-%d %H:%M:%S %Z}.",
    }


def _won(one: Won, words: Words) -> dict[str, Any]:
    return {
        "reason": words(one.gap_kind, "gap"),
        "counted": f"counted: {one.says}" + ("; still rising" if one.is_maturing else ""),
        "contact": f"{one.contact_won:,} of {one.contact_cases:,}",
        "share": one.contact_won / one.contact_cases if one.contact_cases else None,
        "holdout": f"{one.holdout_won:,} of {one.holdout_cases:,}" if one.holdout_cases else "–",
        "held_share": one.holdout_won / one.holdout_cases if one.holdout_cases else None,
    }


def _rate(one: Rate) -> list[str]:
    value = "–" if one.value is None else f"{one.value:.1%}"
    rising = ", still rising" if one.is_maturing else ""
    return [one.label, value, f"{one.numerator:,} of {one.denominator:,}{rising}"]


def _way(one: Way, words: Words) -> list[str]:
    name = words(one.key, "way")
    if one.key != "call":
        name += f", {words(one.channel, 'channel').lower()}"
    return [
        name,
        ", ".join(f"{words(stage.key, 'way_step').lower()} {stage.count:,}" for stage in one.stages),
    ]
