"""A member's own number: kept by nobody but them, and of use only when a code has proved it."""

import pytest

from rebook.accounts.models import Membership, User
from rebook.flow.outreach.own_contacts import (
    confirm_own,
    forget_own,
    own_contacts,
    own_to_be_proved,
)
from rebook.flow.outreach.test_sends import UnableToTest
from rebook.records.models import StaffContact
from support.outreach import DAY, MINUTE, NOW
from support.own_tests import MINE, Desk, colleague, rules


@pytest.fixture
def desk(clinic):
    """Everything that a member does, as the clinic's manager unless another is named."""
    return Desk(clinic, clinic.manager)


def test_a_number_is_confirmed_by_the_code_that_was_sent_to_it(desk, clinic):
    line = desk.keep("(212) 555-0177")
    assert line.state == "accepted"
    assert clinic.sms.numbers == [MINE]
    assert "Elm Street Practice" in clinic.sms.sent[0].body
    assert desk.code() not in str(list(StaffContact.objects.values()))
    own = desk.confirm(now=NOW + 9 * MINUTE)
    assert own.value == MINE
    assert own.is_confirmed(now=NOW + DAY)
    assert desk.send(now=NOW + 9 * MINUTE)[0].state == "accepted"
    assert clinic.sms.numbers == [MINE, MINE]


@pytest.mark.parametrize(
    ("typed", "later", "says"),
    [
        ("wrong", 1 * MINUTE, "not the code"),
        ("", 1 * MINUTE, "not the code"),
        ("١٢٣٤٥٦", 1 * MINUTE, "not the code"),
        ("right", 10 * MINUTE, "too old"),
        ("right", -1 * MINUTE, "too old"),
    ],
)
def test_a_wrong_or_late_code_confirms_nothing(desk, typed, later, says):
    desk.keep()
    code = {"right": desk.code(), "wrong": str((int(desk.code()) + 1) % 10**6).zfill(6)}.get(typed, typed)
    with pytest.raises(UnableToTest, match=says):
        confirm_own(**desk.of, channel="sms", code=code, now=NOW + later)
    assert not own_contacts(**desk.of)["sms"].is_confirmed(now=NOW)
    assert desk.send()[0].state == "refused"


def test_after_five_wrong_codes_the_right_one_is_no_use(desk):
    desk.keep()
    right = desk.code()
    for _ in range(5):
        with pytest.raises(UnableToTest, match="not the code"):
            desk.confirm("000000" if right != "000000" else "000001")
    with pytest.raises(UnableToTest, match="too many wrong codes"):
        desk.confirm(right)
    desk.keep(now=NOW + MINUTE)
    desk.confirm(now=NOW + MINUTE)


def test_a_new_code_ends_the_one_before_and_a_code_serves_once(desk):
    desk.keep()
    first = desk.code()
    desk.keep(now=NOW + MINUTE)
    if first != desk.code():
        with pytest.raises(UnableToTest):
            desk.confirm(first, now=NOW + MINUTE)
    code = desk.code()
    desk.confirm(now=NOW + MINUTE)
    with pytest.raises(UnableToTest, match="ask for a code"):
        desk.confirm(code, now=NOW + MINUTE)


def test_codes_are_few_and_the_last_one_goes_on_working(desk, clinic):
    for minute in range(3):
        assert desk.keep(now=NOW + minute * MINUTE).state == "accepted"
    line = desk.keep(now=NOW + 3 * MINUTE)
    assert (line.state, rules(line)) == ("refused", ["too_many_codes"])
    assert len(clinic.sms.sent) == 3
    desk.confirm(now=NOW + 3 * MINUTE)


def test_nobody_is_flooded_with_codes_by_many_members(clinic):
    people = [colleague(clinic, f"Person{n} Nobody") for n in range(4)]
    states = [one.keep(now=NOW + n * MINUTE).state for one in people for n in range(2)]
    assert states == ["accepted"] * 6 + ["refused"] * 2


@pytest.mark.parametrize(
    "typed", ["", "911", "12", "not a number", "+1 212 555 01", "+44 20 7946 0018", "١٢٣"]
)
def test_what_takes_no_text_message_is_not_kept(desk, clinic, typed):
    with pytest.raises(UnableToTest):
        desk.keep(typed)
    assert not StaffContact.objects.exists()
    assert clinic.sms.sent == []


OTHER = "+12125550188"


def test_another_number_takes_the_place_of_the_old_one_when_it_is_proved(desk, clinic):
    """Until then tests go where they went; its code goes to the new one alone."""
    desk.confirmed()
    desk.keep(OTHER)
    assert clinic.sms.numbers == [OTHER]
    code = desk.code()
    assert own_contacts(**desk.of)["sms"].value == MINE
    assert own_to_be_proved(**desk.of, now=NOW)["sms"].value == OTHER
    assert desk.send()[0].state == "accepted"
    assert clinic.sms.numbers == [OTHER, MINE]
    assert desk.confirm(code, now=NOW + MINUTE).value == OTHER
    assert own_contacts(**desk.of)["sms"].value == OTHER
    assert not own_to_be_proved(**desk.of, now=NOW + MINUTE)
    desk.send(now=NOW + MINUTE)
    assert clinic.sms.numbers == [OTHER, MINE, OTHER]
    assert StaffContact.objects.get(value=MINE).ended_at == NOW + MINUTE


def test_a_number_that_nobody_proves_changes_nothing(desk, clinic):
    """A slip of the finger, a telephone that is not there: the old one goes on, the new one is forgotten."""
    desk.confirmed()
    desk.keep(OTHER)
    wrong = "000000" if desk.code() != "000000" else "000001"
    with pytest.raises(UnableToTest, match="not the code"):
        desk.confirm(wrong)
    late = NOW + 10 * MINUTE
    assert not own_to_be_proved(**desk.of, now=late)
    with pytest.raises(UnableToTest, match="ask for a code"):
        desk.confirm(now=late)
    assert own_contacts(**desk.of)["sms"].is_confirmed(now=late)
    assert desk.send(now=late)[0].state == "accepted"
    assert clinic.sms.numbers == [OTHER, MINE]


def test_a_new_code_or_a_third_number_goes_on_from_there(desk):
    desk.confirmed(now=NOW - DAY)
    desk.keep(OTHER)
    desk.keep(OTHER, now=NOW + 9 * MINUTE)
    assert StaffContact.objects.filter(value=OTHER).count() == 1
    assert own_to_be_proved(**desk.of, now=NOW + 18 * MINUTE)["sms"].value == OTHER
    third = "+12125550199"
    desk.keep(third, now=NOW + 18 * MINUTE)
    assert own_to_be_proved(**desk.of, now=NOW + 18 * MINUTE)["sms"].value == third
    assert desk.confirm(now=NOW + 18 * MINUTE).value == third
    assert StaffContact.objects.filter(ended_at=None).count() == 1


def test_forgetting_forgets_what_waits_too(desk):
    desk.confirmed()
    desk.keep(OTHER)
    assert forget_own(**desk.of, channel="sms", now=NOW)
    assert not own_to_be_proved(**desk.of, now=NOW)
    with pytest.raises(UnableToTest, match="keep a number first"):
        desk.confirm()


def test_a_number_whose_year_is_over_is_replaced_at_once(desk):
    desk.confirmed()
    later = NOW + 366 * DAY
    desk.keep(OTHER, now=later)
    assert own_contacts(**desk.of)["sms"].value == OTHER
    assert desk.send(now=later)[0].state == "refused"


def test_a_confirmation_is_good_for_a_year(desk):
    desk.confirmed()
    assert desk.send(now=NOW + 364 * DAY)[0].state == "accepted"
    assert desk.send(now=NOW + 365 * DAY)[0].state == "refused"


def test_a_forgotten_number_gets_nothing(desk, clinic):
    desk.confirmed()
    assert forget_own(**desk.of, channel="sms", now=NOW)
    assert not forget_own(**desk.of, channel="sms", now=NOW)
    assert desk.send()[0].state == "refused"
    assert clinic.sms.sent == []


def test_a_number_that_another_proves_to_be_theirs_is_theirs(desk, clinic):
    desk.confirmed()
    other = colleague(clinic)
    # Typing it proves nothing.
    other.keep()
    assert desk.send()[0].state == "accepted"
    clinic.sms.sent.pop()
    other.confirm()
    assert desk.send()[0].state == "refused"
    assert other.send()[0].state == "accepted"


def test_an_e_mail_is_the_one_that_the_member_signs_in_with(desk, clinic):
    desk.confirmed("patient@example.org", channel="email")
    assert desk.send(desk.wanted("email"))[0].state == "accepted"
    assert [one.to for one in clinic.email.sent] == ["manager@elm.example"]
    User.objects.filter(pk=clinic.manager.pk).update(email="p1@example.org")
    assert desk.send(desk.wanted("email"))[0].state == "refused"
    assert "email" not in own_contacts(**desk.of)


def test_no_door_for_somebody_of_another_practice(desk, clinic):
    stranger = User.objects.create(email="stranger@oak.example")
    with pytest.raises(UnableToTest, match="does not work"):
        Desk(clinic, stranger).keep()
    (line,) = Desk(clinic, stranger).send()
    assert rules(line) == ["not_a_member"]


def test_a_member_who_left_gets_no_more(desk, clinic):
    desk.confirmed()
    Membership.objects.filter(user=clinic.manager).delete()
    assert rules(desk.send()[0]) == ["not_a_member"]
    assert clinic.sms.sent == []


def test_what_is_confirmed_needs_no_code_until_its_year_is_over(desk, clinic):
    desk.confirmed()
    with pytest.raises(UnableToTest, match="confirmed already"):
        desk.keep()
    assert clinic.sms.sent == []
    later = NOW + 366 * DAY
    assert desk.keep(now=later).state == "accepted"
    desk.confirm(now=later)
    assert desk.send(now=later)[0].state == "accepted"
