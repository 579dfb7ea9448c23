"""The jurisdiction packs: what they hold, how they narrow, and what they say when they are wrong."""

from datetime import date, time

import pytest

from rebook.core.outreach.values import Window
from rebook.packs import outreach
from rebook.packs.jurisdictions import FOLDER, public_holidays, read_jurisdiction
from rebook.packs.loader import PackInvalid, parse_document

YEARS = (2026, 2027)
US = (FOLDER / "us.toml").read_text(encoding="utf-8")
# rules.md R-A75: weekdays, Saturday, Sunday, holidays.
STATED = {
    "al": ("08-20", "08-20", "", ""),
    "az": ("08-21", "08-21", "08-21", None),
    "ca": ("09-21", "09-21", "09-21", None),
    "ct": ("09-20", "09-20", "09-20", "09-20"),
    "fl": ("08-20", "08-20", "08-20", "08-20"),
    "il": ("09-21", "09-21", "09-21", None),
    "ky": ("10-21", "10-21", "10-21", "10-21"),
    "la": ("08-20", "08-20", "", ""),
    "ma": ("08-20", "08-20", "08-20", "08-20"),
    "md": ("08-20", "08-20", "08-20", "08-20"),
    "mi": ("09-21", "09-21", "09-21", "09-21"),
    "mn": ("09-21", "09-21", "09-21", "09-21"),
    "ms": ("08-20", "08-20", "", ""),
    "ne": ("08-21", "08-21", "13-21", "13-21"),
    "nj": ("08-20", "08-20", "08-20", "08-20"),
    "nm": ("09-21", "09-21", "09-21", "09-21"),
    "nv": ("09-20", "09-20", "09-20", "09-20"),
    "ok": ("08-20", "08-20", "08-20", "08-20"),
    "pa": ("08-21", "08-21", "08-21", ""),
    "ri": ("09-18", "10-17", "10-17", ""),
    "tx": ("09-21", "09-21", "12-21", "12-21"),
    "ut": ("08-21", "08-21", "", ""),
    "wa": ("08-20", "08-20", "08-20", "08-20"),
    # not listed: the federal hours
    "ny": ("08-21", "08-21", "08-21", None),
}


def window(text):
    if not text:
        return Window(None, None)
    opens, closes = text.split("-")
    return Window(time(int(opens)), time(int(closes)))


def rows(*keys, **more):
    policy = outreach.guard_policy(jurisdiction_keys=keys, years=YEARS, **more)
    return {row.key: row for row in policy.windows}


@pytest.mark.parametrize("state", STATED)
def test_the_hours_of_a_state(state):
    weekdays, saturday, sunday, holiday = STATED[state]
    row = rows(f"us-{state}")[f"us-{state}"]
    assert row.days == (*[window(weekdays)] * 5, window(saturday), window(sunday))
    if holiday is None:
        assert row.holidays == frozenset()
    else:
        assert row.holiday == window(holiday)
        assert date(2026, 11, 26) in row.holidays
    assert row.source.startswith(("dropcowboy", "leadgen"))


def test_the_house_rule_and_the_federal_floor_always_bind():
    found = rows("us-wa")
    assert found["house"].days == (*[window("09-20")] * 6, window(""))
    assert found["house"].holiday == window("")
    assert found["us"].days == tuple([window("08-21")] * 7)
    # The guard finds a country's rows by the first half of a place's key.
    assert [row.key for row in found.values() if row.always] == ["house"]


@pytest.mark.parametrize("keys", [(), ("mx",), ("us-ma", "unknown-narnia")])
def test_a_place_that_no_file_knows_brings_every_row(keys):
    assert {"us-ri", "us-ky", "us-al"} <= set(rows(*keys))


def test_the_limits():
    policy = outreach.guard_policy(jurisdiction_keys=["us-fl"], years=YEARS)
    assert (policy.max_per_day, policy.max_per_week, policy.max_per_case) == (1, 3, 6)
    assert (policy.min_hours_between, policy.closing_margin_minutes) == (48, 10)
    assert policy.ages_of_majority == {"us-al": 19, "us-ne": 19}
    assert policy.consent_required == {("sms", "marketing"), ("phone", "marketing")}
    assert {"hospice", "legal_hold", "complaint"} <= policy.barring_exclusions


def test_state_holidays():
    assert date(2026, 2, 17) in public_holidays("US", "LA", (2026,))  # Mardi Gras
    assert date(2026, 2, 17) not in public_holidays("US", "", (2026,))


def test_crisis_numbers():
    assert outreach.crisis_numbers(jurisdiction_key="us-ma") == {"emergency": "911", "crisis": "988"}


def test_a_practice_may_be_stricter():
    policy = outreach.guard_policy(
        jurisdiction_keys=["us-ma"],
        years=YEARS,
        overrides={
            "max_per_week": 2,
            "min_hours_between": 72,
            "barring_exclusions": ["our_own"],
            "windows": {"weekdays": "10:00-18:00", "friday": "10:00-15:00", "saturday": "none"},
            "closed_on": ["2026-12-24"],
        },
    )
    own = policy.windows[-1]
    assert (policy.max_per_week, policy.min_hours_between) == (2, 72)
    assert own.always
    assert own.days[:5] == (*[window("10-18")] * 4, window("10-15"))
    assert own.days[5] == own.days[6] == window("")
    assert own.holidays == {date(2026, 12, 24)}
    assert {"hospice", "our_own"} <= policy.barring_exclusions


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ({"max_per_day": 2}, "max_per_day"),
        ({"max_per_week": 4}, "max_per_week"),
        ({"max_per_case": "3"}, "max_per_case"),
        ({"max_per_case": -1}, "max_per_case"),
        ({"min_hours_between": 24}, "min_hours_between"),
        ({"closing_margin_minutes": 0}, "closing_margin_minutes"),
        ({"stale_after_hours": 100}, "stale_after_hours"),
        ({"windows": {"weekdays": "08:00-20:00"}}, "windows.weekdays"),
        ({"windows": {"weekdays": "09:00-20:30"}}, "windows.weekdays"),
        ({"windows": {"sunday": "10:00-12:00"}}, "windows.sunday"),
        ({"windows": {"weekdays": "18:00-10:00"}}, "windows.weekdays"),
        ({"windows": {"someday": "10:00-12:00"}}, "windows.someday"),
        ({"windows": "10:00-12:00"}, "windows"),
        ({"closed_on": ["soon"]}, "closed_on"),
        ({"barring_exclusions": "hospice"}, "barring_exclusions"),
        ({"consent_required": []}, "consent_required"),
    ],
)
def test_a_practice_may_never_be_wider(overrides, field):
    with pytest.raises(PackInvalid) as caught:
        outreach.guard_policy(jurisdiction_keys=["us-ma"], years=YEARS, overrides=overrides)
    assert [error.field for error in caught.value.errors] == [field]


@pytest.mark.parametrize(
    ("old", "new", "line_has", "field"),
    [
        ('weekdays = "10:00-21:00"', 'weekdays = "ten to nine"', "weekdays", "weekdays"),
        ('weekdays = "10:00-21:00"', 'weekdays = "21:00-10:00"', "weekdays", "weekdays"),
        ('weekdays = "10:00-21:00"\n', "", 'key = "us-ky"', "weekdays"),
        ('key = "us-ky"', 'key = "ky"', "key", "key"),
        ('key = "us-ky"', 'key = "us-il"', "key", "key"),
        ('note = "narrower', 'notes = "narrower', "notes", "notes"),
        ('crisis_lines = ["988"]', 'crisis_line = ["988"]', "crisis_line", "crisis_line"),
    ],
)
def test_a_bad_file_says_where(old, new, line_has, field):
    assert US.count(old) >= 1
    text = US.replace(old, new, 1)
    with pytest.raises(PackInvalid) as caught:
        read_jurisdiction(parse_document("us.toml", text))
    error = caught.value.errors[0]
    assert (error.file, error.field) == ("us.toml", field)
    lines = text.splitlines()
    assert line_has in "\n".join(lines[error.line - 1 : error.line + 1])


def test_a_row_without_its_source_is_refused():
    text = US.replace('source = ["dropcowboy", "stello", "referrizer"]\nnote = "narrower', 'note = "narrower')
    with pytest.raises(PackInvalid, match="where it is from"):
        read_jurisdiction(parse_document("us.toml", text))


def test_what_a_person_should_look_at():
    soon = outreach.warnings(today=date(2026, 11, 21))
    assert [one for one in soon if "year" in one] == []
    assert any(one.startswith("us: ") and one.endswith("rows were never signed by a person") for one in soon)
    late = outreach.warnings(today=date(2027, 11, 30))
    assert "us-ky.hours: was last reviewed more than a year ago" in late
