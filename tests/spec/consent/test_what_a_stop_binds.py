"""What a stop binds, what lifts it, what an import may say: tables in,
answers out (R-A40 to R-A54, R-B12)."""

import datetime as dt

import pytest

from rebook.core.outreach.consent import (
    CARE_PURPOSES,
    Line,
    NarrowWithoutWords,
    best,
    judge_import,
    may_ask_for_consent,
    may_lift,
    revoke_all_from,
    standing,
    what_a_stop_binds,
)
from rebook.core.outreach.consent_words import what_a_stop_means
from rebook.core.outreach.law import Law

NOW = dt.datetime(2026, 11, 18, 17, 0, tzinfo=dt.UTC)
SWITCH = dt.date(2027, 1, 31)


def day(number):
    """So many days before now."""
    return NOW - dt.timedelta(days=number)


# What was said (days ago, state, channel, purpose, origin, binds the number), what is asked, the answer.
LEDGERS = {
    "nothing was said": ([], ("sms", "treatment_recall"), "unsaid"),
    "a text STOP ends texts": ([(3, "revoked", "sms", "all", "sms_reply", True)],
        ("sms", "operations"), "stopped"),
    "and leaves e-mail": ([(3, "revoked", "sms", "all", "sms_reply", True)],
        ("email", "operations"), "unsaid"),
    "and letters": ([(3, "revoked", "sms", "all", "sms_reply", True)],
        ("letter", "treatment_recall"), "unsaid"),
    "no contact at all ends everything": (
        [(3, "revoked", "all", "all", "staff", False)], ("portal", "operations"), "stopped"),
    "a narrow stop leaves the rest": (
        [(3, "revoked", "sms", "marketing", "staff", False)], ("sms", "treatment_recall"), "unsaid"),
    "START lifts the number's own stop": (
        [(3, "revoked", "sms", "all", "sms_reply", True), (1, "granted", "sms", "all", "sms_reply", True)],
        ("sms", "treatment_recall"), "allowed"),
    "a person's word does not lift a number's": (
        [(3, "revoked", "sms", "all", "sms_reply", True), (1, "granted", "sms", "all",
        "patient_page", False)],
        ("sms", "treatment_recall"), "stopped"),
    "what staff write down lifts nothing": (
        [(3, "revoked", "sms", "all", "sms_reply", True), (1, "granted", "sms", "all", "staff", True)],
        ("sms", "treatment_recall"), "stopped"),
    "nor does an import": (
        [(3, "revoked", "sms", "all", "sms_reply", True), (1, "granted", "sms", "all", "import", True)],
        ("sms", "treatment_recall"), "stopped"),
    "a signed consent that is kept does": (
        [(3, "revoked", "sms", "all", "sms_reply", True), (1, "granted", "sms", "all",
        "signed_consent", True)],
        ("sms", "treatment_recall"), "allowed"),
    "but not for what it does not name": (
        [(3, "revoked", "sms", "all", "sms_reply", True),
         (1, "granted", "sms", "operations", "signed_consent", True)],
        ("sms", "treatment_recall"), "stopped"),
    "an older permission lifts nothing": (
        [(5, "granted", "sms", "all", "sms_reply", True), (3, "revoked", "sms", "all", "staff", True)],
        ("sms", "treatment_recall"), "stopped"),
    "a tie goes to the stop": (
        [(3, "revoked", "sms", "all", "staff", True), (3, "granted", "sms", "all", "sms_reply", True)],
        ("sms", "treatment_recall"), "stopped"),
    "a stop again after START counts": (
        [(5, "revoked", "sms", "all", "sms_reply", True), (3, "granted", "sms", "all", "sms_reply", True),
         (1, "revoked", "sms", "all", "voice", True)],
        ("sms", "operations"), "stopped"),
    "a permission without a stop is one, whoever wrote it": (
        [(3, "granted", "email", "all", "import", False)], ("email", "operations"), "allowed"),
    "a permission dated tomorrow is none yet": (
        [(-1, "granted", "email", "all", "staff", False)], ("email", "operations"), "unsaid"),
    "a stop dated tomorrow counts already": (
        [(-1, "revoked", "email", "all", "staff", False)], ("email", "operations"), "stopped"),
}  # fmt: skip


@pytest.mark.parametrize("name", LEDGERS)
def test_where_a_ledger_stands(name):
    said, (channel, purpose), expected = LEDGERS[name]
    lines = [
        Line(on, about, state, day(ago), origin, "n" if binds else "")
        for ago, state, on, about, origin, binds in said
    ]
    assert standing(lines, channel=channel, purpose=purpose, now=NOW) == expected


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("sms_reply", True),
        ("email_reply", True),
        ("patient_page", True),
        ("provider", True),
        ("signed_consent", True),
        ("staff", False),
        ("import", False),
        ("cli", False),
        ("", False),
    ],
)
def test_only_the_patient_lifts_a_stop(origin, expected):
    assert may_lift(origin=origin) is expected


# purposes asked for, words, day, -> (purposes bound, what the law asks at least)
SCOPES = {
    "everything by default, before the switch": (
        ("all",), "", dt.date(2026, 11, 1), ("all",), "this_kind"),
    "everything by default, from the switch": (
        ("all",), "", SWITCH, ("all",), "everything_automated"),
    "the day before is before": (("all",), "stop", SWITCH - dt.timedelta(1), ("all",), "this_kind"),
    "narrow with the patient's own words": (
        ("marketing",), "no more offers, reminders are fine", dt.date(2026, 11, 1),
        ("marketing",), "this_kind"),
    "narrow with their words after the switch, too": (
        ("marketing",), "no more offers", dt.date(2027, 5, 1), ("marketing",), "everything_automated"),
    "one that says all is all": (
        ("marketing", "all"), "", dt.date(2026, 11, 1), ("all",), "this_kind"),
    "nothing said is everything": ((), "", dt.date(2026, 11, 1), ("all",), "this_kind"),
}  # fmt: skip


@pytest.mark.parametrize("name", SCOPES)
def test_what_a_stop_binds(name):
    purposes, words, said_on, bound, legal = SCOPES[name]
    found = what_a_stop_binds(
        channel="sms", purposes=purposes, words=words, said_on=said_on, revoke_all=SWITCH
    )
    assert (found.purposes, found.legal_scope) == (bound, legal)


@pytest.mark.parametrize("words", ["", "   ", "\n"])
def test_nobody_narrows_a_stop_for_the_patient(words):
    with pytest.raises(NarrowWithoutWords):
        what_a_stop_binds(
            channel="sms", purposes=("marketing",), words=words, said_on=NOW.date(), revoke_all=SWITCH
        )


def law(key, on):
    return Law(key=key, version="1", consent=(), revoke_all_from=on)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], None),
        ([None], None),
        ([SWITCH], SWITCH),
        ([None, SWITCH, SWITCH - dt.timedelta(days=30)], SWITCH - dt.timedelta(days=30)),
    ],
)
def test_the_earliest_switch_of_all_laws_counts(days, expected):
    assert revoke_all_from([law(f"us-{n}", on) for n, on in enumerate(days)]) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (dt.date(2026, 11, 18), "The law itself asks for less until 31 January 2027"),
        (SWITCH, "Since 31 January 2027 the law asks for the same."),
    ],
)
def test_the_page_says_what_the_law_says_on_that_day(today, expected):
    assert what_a_stop_means(revoke_all=SWITCH, today=today)[-1].startswith(expected)


def test_where_no_law_says_anything_the_page_says_nothing_of_it():
    assert len(what_a_stop_means(revoke_all=None, today=NOW.date())) == 3


# (lines, the import's: days ago, state, channel, purpose) -> verdict
IMPORTS = {
    "a first permission": ([], (5, "granted", "sms", "all"), "add"),
    "a stop always": ([(1, "granted", "sms", "all", "sms_reply", True)], (5, "revoked", "sms", "all"), "add"),
    "a permission after a stop": (
        [(9, "revoked", "sms", "all", "sms_reply", True)], (5, "granted", "sms", "all"), "bound_by_newer"),
    "a permission before a stop is history": (
        [(3, "revoked", "sms", "all", "sms_reply", True)], (5, "granted", "sms", "all"), "add"),
    "a permission on another channel": (
        [(9, "revoked", "sms", "all", "sms_reply", True)], (5, "granted", "email", "all"), "add"),
    "a permission for everything, over a stop of one channel": (
        [(9, "revoked", "sms", "all", "sms_reply", True)], (5, "granted", "all", "all"), "bound_by_newer"),
    "after the patient lifted it": (
        [(9, "revoked", "sms", "all", "sms_reply", True), (7, "granted", "sms", "all", "sms_reply", True)],
        (5, "granted", "sms", "all"), "add"),
    "on the same instant as the stop": (
        [(5, "revoked", "sms", "all", "sms_reply", True)], (5, "granted", "sms", "all"), "bound_by_newer"),
    "for offers, over a stop of offers": (
        [(9, "revoked", "email", "marketing", "staff", False)], (5, "granted", "email", "marketing"),
        "bound_by_newer"),
    "for care, over a stop of offers": (
        [(9, "revoked", "email", "marketing", "staff", False)], (5, "granted", "email", "operations"), "add"),
}  # fmt: skip


@pytest.mark.parametrize("name", IMPORTS)
def test_what_an_import_may_say(name):
    said, (ago, state, channel, purpose), expected = IMPORTS[name]
    lines = [
        Line(on, about, how, day(when), origin, "n" if binds else "")
        for when, how, on, about, origin, binds in said
    ]
    verdict, since = judge_import(lines, Line(channel, purpose, state, day(ago), "import", "n"), now=NOW)
    assert verdict == expected
    assert (since is not None) == (expected == "bound_by_newer")


@pytest.mark.parametrize(
    ("channel", "jurisdictions", "has_permission", "expected"),
    [
        ("sms", ("ca-on",), False, False),
        ("email", ("ca",), False, False),
        ("phone", ("ca-on",), False, True),
        ("letter", ("ca-on",), False, True),
        ("sms", ("ca-on",), True, True),
        ("sms", ("us-ca",), False, True),
        ("email", ("us", "ca-qc"), False, False),
    ],
)
def test_expired_consent_is_not_won_back_by_text_or_e_mail(channel, jurisdictions, has_permission, expected):
    asked = may_ask_for_consent(channel=channel, jurisdictions=jurisdictions, has_permission=has_permission)
    assert asked is expected


def test_care_never_means_offers():
    assert "marketing" not in CARE_PURPOSES
    assert "all" not in CARE_PURPOSES


def test_a_start_on_one_number_lifts_no_stop_of_another():
    lines = [
        Line("sms", "all", "revoked", day(3), "sms_reply", "+12125550001"),
        Line("sms", "all", "granted", day(1), "sms_reply", "+12125550002"),
    ]
    assert standing(lines, channel="sms", purpose="operations", now=NOW) == "stopped"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["stopped"], "stopped"),
        (["stopped", "unsaid"], "unsaid"),
        (["stopped", "allowed", "unsaid"], "allowed"),
        (["unsaid"], "unsaid"),
    ],
)
def test_who_has_several_numbers_stands_where_they_stand_best(found, expected):
    assert best(found) == expected
