"""Every row of every place's rules against tables copied by hand from rules.md, and the page made of both."""

import os
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from tables_consent import CONSENT, STRICTEST
from tables_hours import HOLIDAY, HOURS, INSTANTS
from tables_terms import DATES, EXCLUSIONS, HOUSE_LIMITS, TERMS, UNVERIFIED

from rebook.core.outreach.guard_hours import Clock, clocks, is_open
from rebook.core.outreach.law import strictest_rule
from rebook.core.outreach.values import Window
from rebook.packs.duties import duties
from rebook.packs.jurisdictions import base_policy, law_of
from rebook.packs.jurisdictions_hours import HOUSE_RULE
from rebook.packs.jurisdictions_law import rule_file
from rebook.packs.jurisdictions_words import STATUSES, says

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "jurisdictions.md"
FILES = ("house", "us", "ca", "gb", "eu", "au")
ON = date(2027, 3, 1)
YEARS = (2026, 2027)


def lines(text):
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def name_of(row):
    """The row's name; with its first day when it has one."""
    return f"{row.id}@{row.effective_from}" if row.effective_from else row.id


ROWS = {name_of(row): row for key in FILES for row in rule_file(key).rows}
HOUR_LINES = {line[0]: line[1:] for line in lines(HOURS)}
CONSENT_LINES = {line[0]: line[1:] for line in lines(CONSENT)}
TESTED_BY = {
    **dict.fromkeys(HOUR_LINES, "test_hours"),
    **dict.fromkeys(CONSENT_LINES, "test_permission"),
    **dict.fromkeys(TERMS, "test_terms"),
    **dict.fromkeys(HOUSE_LIMITS, "test_limits"),
    "house.exclusions": "test_exclusions",
}


def policy_of(place):
    return base_policy(frozenset({place}), YEARS)


# --- hours


def span(text):
    """ "09-21:30" as (opens, closes), None for "none"."""
    if text == "none":
        return None
    return tuple(time(*(int(one) for one in part.split(":"))) for part in text.split("-"))


def window(text):
    return Window(*(span(text) or (None, None)))


def law_clock(place, kind, zone):
    """The clock of a place's own laws, without the house rule and its days off."""
    policy = policy_of(place)
    rows = [
        row
        for row in policy.windows
        if not row.always and row.source != HOUSE_RULE and (not row.kinds or kind in row.kinds)
    ]
    assert rows
    return Clock(ZoneInfo(zone), rows)


def instants(day, hours, zone):
    """(instant, whether it is open) at the edges of a day."""
    at = lambda clock: datetime.combine(day, clock, tzinfo=ZoneInfo(zone))  # noqa: E731
    if hours is None:
        return [(at(time(8)), False), (at(time(12)), False), (at(time(17)), False)]
    opens, closes = hours
    minute = timedelta(minutes=1)
    return [
        (at(opens) - minute, False),
        (at(opens), True),
        (at(closes) - minute, True),
        (at(closes), False),
    ]


@pytest.mark.parametrize("name", HOUR_LINES)
def test_hours(name):
    kinds, weekdays, saturday, sunday, holiday, zone = HOUR_LINES[name]
    row = ROWS[name]
    place = "us-ny" if row.place == "us" else row.place
    place = "us-ny" if place == "house" else place
    clock = (
        Clock(ZoneInfo(zone), [w for w in policy_windows(place) if w.always])
        if row.place == "house"
        else law_clock(place, "auto_call" if kinds == "auto_call" else "sms", zone)
    )
    days = [(date(2026, 12, 2), weekdays), (date(2026, 12, 5), saturday), (date(2026, 12, 6), sunday)]
    if row.place.partition("-")[0] in HOLIDAY:
        off = date.fromisoformat(HOLIDAY[row.place.partition("-")[0]])
        days.append((off, weekdays if holiday == "-" else holiday))
    for day, hours in days:
        for at, wanted in instants(day, span(hours), zone):
            assert clock.is_open(at, 0) == wanted, (name, at)
    # Another row may hide an hour that is too wide here (the federal floor), so the row itself is read too.
    assert row.hours.days == (*[window(weekdays)] * 5, window(saturday), window(sunday))
    assert row.hours.holiday == (None if holiday == "-" else window(holiday))
    assert row.hours.kinds == (frozenset() if kinds == "all" else frozenset(kinds.split()))


def policy_windows(place):
    return policy_of(place).windows


@pytest.mark.parametrize("line", lines(INSTANTS), ids=lambda line: f"{line[0]} {line[1]} {line[2]}")
def test_an_instant(line):
    place, kind, when, zone, wanted, why = line
    weekday, day, clock = when.split()
    at = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(zone))
    assert f"{at:%a}" == weekday, "the table names the wrong day of the week"
    subject = SimpleNamespace(
        channel="phone" if kind.endswith("call") else kind,
        channel_is_manual=kind == "call",
        jurisdictions=(place,),
        time_zones=(zone,),
    )
    policy = policy_of(place)
    margin = policy.closing_margin_minutes
    assert is_open(clocks(subject, policy), at, margin_minutes=margin) == (wanted == "open"), why


# --- permission


@pytest.mark.parametrize("name", CONSENT_LINES)
def test_permission(name):
    message_class, channels, permission, basis, months, bound = CONSENT_LINES[name]
    row = ROWS[name]
    found = [
        (one.message_class, one.channel, one.permission, one.lawful_basis, one.expires_after_months)
        for one in row.consent
    ]
    lasts = int(months) if months else None
    assert found == [(message_class, one, permission, basis, lasts) for one in channels.split()]
    assert {one.automated_only for one in row.consent} == {bound == "machine"}
    assert row.is_fallback == (bound == "unsaid")
    # And it is in the law that the guard gets.
    law = law_of("us-narnia" if bound == "unsaid" else row.place if row.place != "eu" else "fr", on=ON)
    for one in row.consent:
        if bound != "unsaid" or (message_class, one.channel) in {("survey", "sms"), ("survey", "letter")}:
            assert one in law.consent


@pytest.mark.parametrize("line", lines(STRICTEST), ids=lambda line: " ".join(line[:3]))
def test_the_strictest_permission(line):
    place, message_class, channel, wanted = line
    by_hand, channel = channel == "call", "phone" if channel == "call" else channel
    found = strictest_rule(
        [law_of(place, on=ON)], message_class=message_class, channel=channel, by_hand=by_hand
    )
    assert found.permission == wanted


def test_a_law_speaks_of_every_class_on_every_channel():
    classes = ("care_direct", "service_info", "research_invite", "survey", "marketing")
    for place in ("us-ny", "us-fl", "ca-on", "ca-qc", "gb-sct", "fr", "pt", "au-nsw", "au", "us-narnia"):
        for message_class in classes:
            for channel in ("sms", "email", "phone", "letter", "portal"):
                for by_hand in (False, True):
                    found = strictest_rule(
                        [law_of(place, on=ON)],
                        message_class=message_class,
                        channel=channel,
                        by_hand=by_hand,
                    )
                    assert found is not None, (place, message_class, channel)


# --- everything else


@pytest.mark.parametrize("name", TERMS)
def test_terms(name):
    row, wanted = ROWS[name], TERMS[name]
    assert dict(row.terms) == wanted
    on = row.effective_to or ON
    law = law_of("fr" if row.place == "eu" else row.place, on=on)
    for field, value in wanted.items():
        if field == "follows":
            assert {rule.place for rule in law.consent} >= {"ca-on"} or law.retention_years["child"] == 25
        elif isinstance(value, tuple):
            assert set(value) <= set(getattr(law, field)), field
        elif isinstance(value, dict):
            assert value.items() <= getattr(law, field).items(), field
        else:
            assert getattr(law, field) == value, field


@pytest.mark.parametrize("name", HOUSE_LIMITS)
def test_limits(name):
    policy = policy_of("us-ny")
    assert getattr(policy, name.partition(".")[2]) == HOUSE_LIMITS[name]


def test_exclusions():
    policy = policy_of("us-ny")
    assert policy.barring_exclusions == set(EXCLUSIONS.split())


def test_dates():
    found = {
        name: (row.effective_from, row.effective_to)
        for name, row in ROWS.items()
        if row.effective_from or row.effective_to
    }
    wanted = {f"{name}@{first}" if first and "@" not in name else name: (first, last)
              for name, (first, last) in DATES.items()}  # fmt: skip
    assert found == wanted


def test_unverified():
    found = sorted({row.id for row in ROWS.values() if row.status == "unverified"})
    assert found == sorted(UNVERIFIED.split())


def test_chosen_here():
    """What is no law but a default of this house (R-G6): its own file, and who stands in for whom."""
    house = {row.id for row in ROWS.values() if row.place == "house"} - {"house.age"}
    follows = {name for name, terms in TERMS.items() if "follows" in terms}
    found = {row.id for row in ROWS.values() if row.status == "design"}
    assert found == house | follows | {"us.offers_apart", "gb.hours"}


# --- the whole


def test_every_row_is_in_a_table():
    """A row that no table names is law that nobody specified; a name without a row is a rule forgotten."""
    assert sorted(TESTED_BY) == sorted(ROWS)


def test_every_row_names_its_rule_and_its_source():
    for name, row in ROWS.items():
        assert all((row.rules, row.sources, row.reviewed_on)), name
        known = rule_file(row.id.partition(".")[0].partition("-")[0] if row.place in FILES else _file(row))
        for source in row.sources:
            held = known.addresses.get(source, source)
            assert held.startswith(("http", "rules.md", "from general knowledge")), (name, source)


def _file(row):
    return row.place.partition("-")[0] if "-" in row.place else "eu"


def page():
    text = [
        "# The rules of places",
        "",
        "Every rule of every place that Rebook knows, with its source and the test that would fail without",
        "it. Made from `packs/jurisdiction/*.toml` and the tables of `tests/spec/jurisdictions`; a test",
        'keeps it true. Rule numbers are those of the rules file; where it says "from general knowledge"',
        "the row is unverified, and a person has to read the source before anybody relies on it. Nobody has",
        "signed a row yet. How rows are read and joined: [places](../places.md).",
    ]
    for key in FILES:
        file = rule_file(key)
        text += ["", f"## {file.name} (`{key}.toml`, {file.version})", ""]
        if file.unsaid:
            text += ["Not held here:", "", *(f"- {one}" for one in file.unsaid), ""]
        text += [
            "| Row | Rules | Says | From | To | Source | Status | Test |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for row in file.rows:
            name = name_of(row)
            note = f" ({row.note})" if row.note else ""
            sources = ", ".join(_linked(file, one) for one in row.sources)
            text.append(
                f"| `{row.id}` | {', '.join(row.rules)} | {says(row)}{note} | {row.effective_from or '-'} | "
                f"{row.effective_to or '-'} | {sources} | {STATUSES[row.status]} | "
                f"`{TESTED_BY[name]}[{name}]` |"
            )  # fmt: skip
    text += [
        "",
        "## Who keeps it",
        "",
        "What rows ask beside hours, permission, caps and ages: a rule of the guard refuses otherwise,",
        "Rebook does it by itself, it is for the practice to do, or there is nothing to keep because Rebook",
        "does nothing of the kind (`packs/house/duties.toml`).",
        "",
        "| What | Who | How |",
        "|---|---|---|",
    ]
    for key, one in sorted(duties().items(), key=lambda pair: (pair[1].who, pair[0])):
        rule = f" (`{one.rule}`)" if one.rule else ""
        text.append(f"| {key.replace('_', ' ')} | {one.who}{rule} | {one.says} |")
    return "\n".join(text) + "\n"


def _linked(file, source):
    address = file.addresses.get(source, source)
    return f"[{source}]({address})" if address.startswith("http") and address != source else address


def test_the_reference_page_is_up_to_date():
    """Write it anew with REBOOK_WRITE_DOCS=1."""
    if os.environ.get("REBOOK_WRITE_DOCS"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()
