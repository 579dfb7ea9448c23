"""Rows hold between their dates, fall back where nobody looked, and doubt about a place is strict."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from rebook.core.outreach.guard_hours import clocks, is_open, next_open
from rebook.core.outreach.law import PERMISSIONS, strictest_rule
from rebook.core.outreach.values import GuardPolicy
from rebook.packs import jurisdictions_hours
from rebook.packs.jurisdictions import (
    base_policy,
    guard_policy,
    is_review_due,
    law_of,
    numbers_of,
    review_warnings,
    rule_file,
)
from rebook.packs.jurisdictions_law import every_place, rows_of
from rebook.packs.jurisdictions_rows import read_rule_file
from rebook.packs.loader import PackInvalid, parse_document
from rebook.packs.places import COUNTRIES, country_by_place, places_of

YEARS = (2026, 2027)
TODAY = date(2026, 11, 22)
# The packs' rows were last looked at on 2026-11-21: so long a year.
LATE = date(2027, 11, 22)
CENTRAL = "America/Chicago"


def policy(*keys, on=None, reviewed=None, overrides=None) -> GuardPolicy:
    return guard_policy(
        jurisdiction_keys=frozenset(keys), years=YEARS, on=on, reviewed=reviewed, overrides=overrides
    )


def subject(*places, channel="sms", by_hand=False, zones=(CENTRAL,)):
    return SimpleNamespace(
        channel=channel, channel_is_manual=by_hand, jurisdictions=places, time_zones=tuple(zones)
    )


def opens(limits, at, *places, **more):
    return is_open(clocks(subject(*places, **more), limits), at, margin_minutes=limits.closing_margin_minutes)


# --- dates


@pytest.mark.parametrize(
    ("on", "switch", "duty"),
    [
        (date(2027, 1, 30), None, "revocation_binds_the_kind_of_message"),
        (date(2027, 1, 31), date(2027, 1, 31), "revocation_binds_every_automated_message"),
        (date(2030, 6, 1), date(2027, 1, 31), "revocation_binds_every_automated_message"),
    ],
)
def test_the_switch_of_revoke_all(on, switch, duty):
    """R-A47: one revocation binds everything from its day, in every state."""
    for place in ("us", "us-ca", "us-ny"):
        law = law_of(place, on=on)
        assert law.revoke_all_from == switch
        assert [one for one in law.duties if one.startswith("revocation_binds")] == [duty]


def test_texas_from_the_day_of_its_act():
    """R-A73: before it, texts in Texas have the federal hours."""
    eve, day = date(2025, 8, 31), date(2025, 9, 1)
    at = datetime(2025, 8, 29, 8, 30, tzinfo=ZoneInfo(CENTRAL))
    before, after = policy("us-tx", on=eve), policy("us-tx", on=day)
    law_rows = [
        replace(one, windows=tuple(w for w in one.windows if not w.always)) for one in (before, after)
    ]
    assert [opens(one, at, "us-tx") for one in law_rows] == [True, False]
    assert "texts_are_solicitations" not in law_of("us-tx", on=eve).duties
    assert "texts_are_solicitations" in law_of("us-tx", on=day).duties


@pytest.mark.parametrize(
    ("place", "first", "field"),
    [
        ("us", date(2025, 4, 11), "opt_out_days"),
        ("us", date(2025, 4, 11), "do_not_call_request_days"),
        ("us-ok", date(2022, 11, 1), "max_per_day"),
        ("us-fl", date(2023, 5, 25), "max_per_day"),
    ],
)
def test_nothing_holds_before_its_first_day(place, first, field):
    assert getattr(law_of(place, on=first - timedelta(days=1)), field) is None
    assert getattr(law_of(place, on=first), field) is not None


def test_without_a_day_every_row_of_the_years_counts():
    law = next(one for one in policy("us-ma").laws if one.key == "us-ma")
    assert law.revoke_all_from == date(2027, 1, 31)
    assert {"revocation_binds_the_kind_of_message", "revocation_binds_every_automated_message"} <= set(
        law.duties
    )


# --- reviews


def test_a_year_without_review_falls_back_to_the_stricter():
    """R-A77: the row still binds, and the house rule beside it."""
    fresh, late = law_of("gb-eng", on=TODAY), law_of("gb-eng", on=LATE)
    asked = {"message_class": "care_direct", "channel": "sms"}
    assert strictest_rule([fresh], **asked).permission == "none"
    assert strictest_rule([late], **asked).permission == "contact_given"
    assert strictest_rule([late], **asked).place == "house"
    assert fresh.unreviewed == ()
    assert "gb.care" in late.unreviewed


def test_the_last_day_of_a_review():
    assert law_of("us-ky", on=date(2027, 11, 21)).unreviewed == ()
    assert "us-ky.hours" in law_of("us-ky", on=date(2027, 11, 22)).unreviewed
    assert not is_review_due(date(2027, 11, 21))
    assert is_review_due(LATE)


def test_stale_hours_still_narrow():
    at = datetime(2027, 12, 1, 9, 30, tzinfo=ZoneInfo(CENTRAL))
    assert not opens(policy("us-ky", on=LATE), at, "us-ky")
    assert opens(policy("us-ny", on=LATE), at, "us-ny")


def test_a_practices_own_review_lifts_it_for_that_wording_only():
    care = next(row for row in rows_of("gb") if row.id == "gb.care")
    asked = {"message_class": "care_direct", "channel": "sms"}
    mine = {care.review_key: date(2027, 6, 1)}
    law = next(one for one in policy("gb-eng", on=LATE, reviewed=mine).laws if one.key == "gb-eng")
    assert strictest_rule([law], **asked).permission == "none"
    assert "gb.care" not in law.unreviewed
    assert "gb.service" in law.unreviewed
    other = {f"{care.id}@{'0' * 16}": date(2027, 6, 1)}
    law = next(one for one in policy("gb-eng", on=LATE, reviewed=other).laws if one.key == "gb-eng")
    assert strictest_rule([law], **asked).permission == "contact_given"


def test_a_review_is_bound_to_the_wording():
    text = '[[term]]\nkey = "xx"\ntopic = "a"\nmax_per_day = {}\nrules = ["R-1"]\nsource = ["s"]\n'
    text += 'reviewed_by = "{}"\n'
    top = 'id = "xx"\nname = "X"\nreviewed_on = 2026-01-01\n'

    def version(cap, who):
        return read_rule_file(parse_document("xx.toml", top + text.format(cap, who))).rows[0].version

    assert version(3, "") == version(3, "somebody")
    assert version(3, "") != version(2, "")


def test_warnings_name_rows_and_heed_reviews():
    assert not [one for one in review_warnings(today=TODAY) if "year" in one]
    late = review_warnings(today=LATE)
    assert "ca.hours.auto_call: was last reviewed more than a year ago" in late
    row = next(row for row in rule_file("ca").rows if row.id == "ca.hours.auto_call")
    assert "ca.hours.auto_call: was last reviewed more than a year ago" not in review_warnings(
        today=LATE, reviewed={row.review_key: LATE}
    )


# --- doubt


def test_a_country_that_nobody_knows_has_the_strictest_of_all():
    laws = {law.key for law in policy("mx").laws}
    assert laws == {"house"} | every_place()
    assert {"us", "us-ri", "ca-qc", "gb-sct", "gr", "au-nsw"} <= laws
    rule = strictest_rule(policy("mx").laws, message_class="marketing", channel="phone")
    assert rule.permission == "never"


def test_a_part_that_nobody_knows_has_the_strictest_of_its_country_only():
    law = law_of("us-narnia", on=TODAY)
    assert law.age_of_majority == 19
    assert law.max_per_day == 3
    by_hand = strictest_rule([law], message_class="marketing", channel="phone", by_hand=True)
    assert (by_hand.permission, by_hand.place) == ("written", "us-ct")
    assert {rule.place for rule in law.consent} <= {"us", "us-fl", "us-ok", "us-ct", "house"}


def test_a_country_without_its_part_has_those_of_every_part():
    keys = {law.key for law in policy("ca").laws}
    assert {"ca", "ca-on", "ca-qc", "ca-bc"} <= keys
    assert not any(key.startswith("us") for key in keys)


def test_a_province_without_rules_follows_the_one_that_stands_in():
    own, other = law_of("ca-bc", on=TODAY), law_of("ca-on", on=TODAY)
    assert own.retention_years == other.retention_years
    rule = strictest_rule([own], message_class="marketing", channel="email")
    assert (rule.permission, rule.place) == ("express", "ca-on")
    # French first is Quebec's alone.
    assert own.languages_required == ()
    assert law_of("ca-qc", on=TODAY).languages_required == ("fr",)


def test_a_member_state_without_rows_has_the_strictest_of_those_that_have():
    law = law_of("pt", on=TODAY)
    assert strictest_rule([law], message_class="care_direct", channel="sms").place == "gr"
    assert strictest_rule([law], message_class="marketing", channel="phone").permission == "never"
    assert law.do_not_call_lists == ()
    assert law_of("fr", on=TODAY).do_not_call_lists == ("Bloctel",)


def test_one_patients_doubt_does_not_bind_another():
    """A batch has one policy; each of its patients meets only their own places."""
    together = policy("us-ma", "gb-sct", "ca-on")
    andrew = datetime(2026, 11, 30, 12, tzinfo=ZoneInfo("Europe/London"))
    assert not opens(together, andrew, "gb-sct", zones=("Europe/London",))
    assert opens(together, andrew.replace(tzinfo=ZoneInfo(CENTRAL)), "us-ma")
    alone = policy("us-ma")
    for hour in range(24):
        at = datetime(2026, 12, 2, hour, 30, tzinfo=ZoneInfo(CENTRAL))
        assert opens(together, at, "us-ma") == opens(alone, at, "us-ma")


def test_more_places_never_open_an_hour():
    """R-A33: each further place can only close."""
    zones = (CENTRAL,)
    sets = [("us-ny",), ("us-ny", "us-ri"), ("us-ny", "us-ri", "ca-on"), ("us-ny", "us-ri", "ca-on", "gb")]
    at = datetime(2026, 11, 20, tzinfo=ZoneInfo(CENTRAL))
    for _ in range(24 * 14):
        at += timedelta(hours=1)
        was = True
        for places in sets:
            now = opens(policy(*places), at, *places, zones=zones)
            assert was or not now, (places, at)
            was = now


def test_the_next_opening_is_open_and_nothing_sooner_is():
    limits = policy("ca-on", "us-ri")
    pairs = clocks(
        subject("ca-on", "us-ri", channel="phone", zones=("America/Toronto", "America/Winnipeg")), limits
    )
    at = datetime(2026, 12, 4, 21, 0, tzinfo=ZoneInfo("America/Toronto"))
    found = next_open(pairs, at, margin_minutes=10)
    # Saturday: ten o'clock in Rhode Island, half past ten for a machine, read in Winnipeg.
    assert found == datetime(2026, 12, 5, 10, 30, tzinfo=ZoneInfo("America/Winnipeg"))
    step = at
    while step < found:
        assert not is_open(pairs, step, margin_minutes=10)
        step += timedelta(minutes=5)


def test_the_law_never_widens_the_house_rule():
    for key in sorted(every_place()):
        limits = policy(key)
        house = next(row for row in limits.windows if row.key == "house")
        assert house.always
        zone = next(iter(places_of(country_by_place()[key]).zones.get(key, ("UTC",))))
        for hour in (7, 8, 20, 21, 22):
            at = datetime(2026, 12, 2, hour, 0, tzinfo=ZoneInfo(zone))
            assert not opens(limits, at, key, zones=(zone,)), (key, hour)
        sunday = datetime(2026, 12, 6, 12, tzinfo=ZoneInfo(zone))
        assert not opens(limits, sunday, key, zones=(zone,)), key


def test_every_law_asks_at_least_what_its_country_asks():
    for key in sorted(every_place() - set(COUNTRIES)):
        country = law_of(country_by_place()[key], on=TODAY)
        own = law_of(key, on=TODAY)
        for rule in country.consent if country else ():
            by_hand = not rule.automated_only
            found = strictest_rule(
                [own], message_class=rule.message_class, channel=rule.channel, by_hand=by_hand
            )
            if rule.place != "house":
                assert PERMISSIONS.index(found.permission) >= PERMISSIONS.index(rule.permission), key


# --- numbers


@pytest.mark.parametrize(
    ("place", "emergency", "crisis"),
    [
        ("us", "911", "988"),
        ("us-ma", "911", "988"),
        ("ca-qc", "911", "988"),
        ("gb-wls", "999", "116 123"),
        ("fr", "112", "112"),
        ("pt", "112", "112"),
        ("au-nt", "000", "13 11 14"),
    ],
)
def test_numbers_for_emergencies(place, emergency, crisis):
    assert numbers_of(place, on=TODAY) == {"emergency": emergency, "crisis": crisis}


def test_numbers_of_a_country_that_nobody_knows():
    with pytest.raises(PackInvalid, match="no such file"):
        numbers_of("mx", on=TODAY)


# --- bad files

TOP = 'id = "xx"\nname = "X"\nreviewed_on = 2026-01-01\n'
GOOD = TOP + (
    '[[term]]\nkey = "xx"\ntopic = "cap"\nmax_per_day = 3\nrules = ["R-1"]\nsource = ["s"]\n'
    '[[consent]]\nkey = "xx-a"\nclass = "marketing"\nchannels = ["sms"]\npermission = "written"\n'
    'basis = "b"\nrules = ["R-1"]\nsource = ["s"]\n'
    '[[hours]]\nkey = "xx"\nkinds = ["auto_call"]\nweekdays = "09:00-20:00"\nsaturday = "none"\n'
    'sunday = "none"\nrules = ["R-1"]\nsource = ["s"]\n'
)


def test_the_good_file_reads():
    rows = read_rule_file(parse_document("xx.toml", GOOD)).rows
    assert [row.id for row in rows] == ["xx.hours.auto_call", "xx-a.marketing.sms", "xx.cap"]


@pytest.mark.parametrize(
    ("old", "new", "field", "line_has"),
    [
        ('topic = "cap"', 'topic = "cap"\nmaxperday = 2', "maxperday", "maxperday"),
        ("max_per_day = 3", "max_per_day = -1", "max_per_day", "max_per_day"),
        ("max_per_day = 3", 'max_per_day = "3"', "max_per_day", "max_per_day"),
        ("max_per_day = 3\n", "", "topic", "topic"),
        ('topic = "cap"\n', "", "topic", "[[term]]"),
        ('class = "marketing"', 'class = "promotion"', "class", "class"),
        ('channels = ["sms"]', 'channels = ["fax"]', "channels", "channels"),
        ('permission = "written"', 'permission = "perhaps"', "permission", "permission"),
        ('basis = "b"\n', "", "basis", "[[consent]]"),
        ('kinds = ["auto_call"]', 'kinds = ["telex"]', "kinds", "kinds"),
        ('key = "xx-a"', 'key = "yy-a"', "key", "key"),
        ('key = "xx-a"', 'key = "xx-a"\nstatus = "sure"', "status", "status"),
        ('key = "xx-a"', 'key = "xx-a"\neffective_from = "2026-01-01"', "effective_from", "effective_from"),
        ("max_per_day = 3", "retention_years = { adult = 0 }", "retention_years", "retention_years"),
    ],
)
def test_a_bad_row_says_file_line_and_field(old, new, field, line_has):
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    with pytest.raises(PackInvalid) as caught:
        read_rule_file(parse_document("xx.toml", text))
    error = caught.value.errors[0]
    assert (error.file, error.field) == ("xx.toml", field)
    assert line_has in text.splitlines()[error.line - 1]


def test_two_rows_for_the_same_day_are_refused_and_for_other_days_not():
    row = '[[term]]\nkey = "xx"\ntopic = "cap"\nmax_per_day = 2\nrules = ["R-1"]\nsource = ["s"]\n'
    with pytest.raises(PackInvalid, match="comes twice for the same days"):
        read_rule_file(parse_document("xx.toml", GOOD + row))
    ended = GOOD.replace('topic = "cap"\n', 'topic = "cap"\neffective_to = 2026-06-30\n')
    parted = read_rule_file(parse_document("xx.toml", ended + row + "effective_from = 2026-07-01\n"))
    caps = [one for one in parted.rows if one.id == "xx.cap"]
    assert [[one.terms["max_per_day"] for one in caps if one.in_force(day)] for day in
            (date(2026, 6, 30), date(2026, 7, 1))] == [[3], [2]]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ('unlistd = "strictest"', "unlistd"),
        ('unlisted = "lenient"', "unlisted"),
        ('closes_on = "Sundays"', "closes_on"),
        ('unsaid = "much"', "unsaid"),
        ('emergency = { closed_on = ["2026-01-01"] }', "closed_on"),
        ("emergency = { closed = [2026-01-01] }", "closed"),
    ],
)
def test_a_bad_head_of_a_file_says_which_field(line, field):
    with pytest.raises(PackInvalid) as caught:
        read_rule_file(parse_document("xx.toml", f"{line}\n{GOOD}"))
    assert [error.field for error in caught.value.errors] == [field]


def test_a_declared_emergency_closes_its_day():
    """R-A39: in that country, on every channel."""
    day = datetime(2026, 12, 2, 12, tzinfo=ZoneInfo(CENTRAL))
    text = GOOD.replace('id = "xx"', 'id = "us"').replace('"xx', '"us')
    stated = read_rule_file(parse_document("us.toml", f"emergency = {{ closed_on = [2026-12-02] }}\n{text}"))
    assert stated.closed_on == {date(2026, 12, 2)}
    declared = replace(rule_file("us"), closed_on=stated.closed_on)
    row = jurisdictions_hours._rests("us", declared, YEARS)
    limits = policy("us-ny")
    hit = replace(limits, windows=(*limits.windows, row))
    for channel in ("sms", "email", "phone", "portal"):
        assert opens(limits, day, "us-ny", channel=channel)
        assert not opens(hit, day, "us-ny", channel=channel)
        assert opens(hit, day + timedelta(days=1), "us-ny", channel=channel)


def test_what_a_policy_allows_is_worked_out_once():
    limits = policy("us-ma")
    assert clocks(subject("us-ma"), limits) is clocks(subject("us-ma"), limits)
    assert clocks(subject("us-ma"), limits) is not clocks(subject("us-ma", channel="email"), limits)
    assert clocks(subject("us-ma"), limits) is not clocks(subject("us-ma"), policy("us-ma", "us-ri"))


# --- overrides


def test_a_practice_narrows_what_the_law_leaves():
    limits = policy("gb-eng", overrides={"windows": {"weekdays": "10:00-16:00"}})
    noon = datetime(2026, 12, 2, 12, tzinfo=ZoneInfo("Europe/London"))
    assert opens(limits, noon, "gb-eng", zones=("Europe/London",))
    assert not opens(limits, noon.replace(hour=17), "gb-eng", zones=("Europe/London",))
    with pytest.raises(PackInvalid, match="must lie within"):
        policy("gb-eng", overrides={"windows": {"weekdays": "08:00-20:00"}})


def test_a_policy_is_kept_and_given_again():
    assert base_policy(frozenset({"us-ma"}), YEARS) is base_policy(frozenset({"us-ma"}), YEARS)
