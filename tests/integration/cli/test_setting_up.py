"""``init``, ``location add`` and ``user``: what they make, and what they refuse."""

import pytest

from rebook.accounts import audit, read
from rebook.accounts.models import AuditEvent, Location, Membership, Organisation, User

pytestmark = pytest.mark.django_db

HARBOR = ("init", "--name", "Harbor Dental", "--time-zone", "America/Chicago", "--pack", "dental")


def lines(organisation_id):
    found = AuditEvent.objects.filter(organisation_id=organisation_id).order_by("sequence")
    return list(found.values_list("action", flat=True))


def test_a_practice_is_made_with_an_audit_line(answer):
    said = answer(*HARBOR, "--phone", "(312) 555-0100", "--address", "1 Pier Road", "--language", "es")
    assert said == {"organisation": "harbor-dental", "time_zone": "America/Chicago", "packs": ["dental"]}
    (made,) = read.organisations()
    assert (made.name, made.phone, made.default_language) == ("Harbor Dental", "+13125550100", "es")
    assert made.pack_keys == ("dental",)
    assert lines(made.id) == ["organisation.created"]
    assert audit.verify(organisation_id=made.id) == (1, None)


def test_a_person_is_told_what_comes_next(rebook):
    said = rebook(*HARBOR).stdout
    assert "Harbor Dental is set up as 'harbor-dental'" in said
    assert "rebook import" in said


@pytest.mark.parametrize(
    ("typed", "packs"),
    [
        ("", ["primary_care"]),
        ("5, 1", ["dental", "aesthetics"]),
        ("Eye care, cardiology", ["eye", "cardiology"]),
    ],
)
def test_the_packs_are_offered_by_number_and_name(typed, packs, monkeypatch):
    """Numbers are those of the list as it is shown."""
    from rebook.cli import practice as door

    asked = []

    def prompt(question, default="", **_):
        asked.append(question)
        return typed or default

    monkeypatch.setattr(door.typer, "prompt", prompt)
    monkeypatch.setattr(door.sys.stdin, "isatty", lambda: True, raising=False)
    shown = []
    monkeypatch.setattr(door.console, "print", lambda line, **_: shown.append(line))
    assert door._ask_packs(quietly=False) == packs
    assert "Which of these?" in asked[0]
    assert any("Cardiology and anticoagulation (cardiology)" in line for line in shown)
    assert door._ask_packs(quietly=True) == ["primary_care"]


def test_several_packs_in_the_order_given_each_once(answer):
    said = answer(*HARBOR, "--pack", "primary_care", "--pack", "dental")
    assert said["packs"] == ["dental", "primary_care"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--time-zone", "America/Chicgo"], "did you mean America/Chicago?"),
        (["--time-zone", "America"], "'America' is no time zone"),
        (["--time-zone", "../etc/passwd"], "is no time zone"),
        (["--pack", "astrology"], "there is no pack astrology; choose from aesthetics, behavioural_health"),
        (["--phone", "911"], "emergency or service number"),
        (["--phone", "12"], "no number patients could call"),
        (["--language", "tlh"], "there are no messages in 'tlh' yet; choose from en, es"),
        (["--slug", "harbor dental!"], "slug"),
        (["--name", "!!!"], "the practice needs a name"),
        (["--name", "x" * 201, "--slug", "x"], "at most 200 characters"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_what_cannot_be_is_said_and_nothing_is_made(words, said, rebook):
    done = rebook(*HARBOR, *words, code=2)
    assert said in " ".join(done.stderr.split())
    assert not Organisation.objects.exists()


def test_a_name_that_is_taken(rebook, answer):
    rebook(*HARBOR)
    assert answer(*HARBOR, code=2) == {"error": "there is already a practice 'harbor-dental'"}
    rebook(*HARBOR, "--slug", "harbor-two")
    assert [one.slug for one in read.organisations()] == ["harbor-dental", "harbor-two"]


def test_nobody_to_ask_and_something_missing(rebook):
    assert "--time-zone is missing" in rebook("init", "--name", "Harbor", code=2).stderr
    assert "--name is missing" in rebook("init", code=2).stderr


def test_a_location_takes_the_clock_of_the_practice(rebook, answer):
    rebook(*HARBOR)
    said = answer("location", "add", "North Office", "--city", "Evanston")
    place = Location.objects.get(pk=said["location"])
    assert (place.external_id, place.time_zone, place.city) == ("north-office", "America/Chicago", "Evanston")
    assert lines(place.organisation_id) == ["organisation.created", "location.added"]
    assert "already a location 'north-office'" in rebook("location", "add", "North Office", code=2).stderr
    assert "is no time zone" in rebook("location", "add", "South", "--time-zone", "Mars", code=2).stderr


def test_somebody_new_may_sign_in_with_a_password_shown_once(answer, rebook):
    rebook(*HARBOR)
    said = answer("user", "Kim@Harbor.example", "--name", "Kim", "--role", "front_desk")
    person = User.objects.get(email="kim@harbor.example")
    assert said["is_new"]
    assert person.check_password(said["password"])
    assert Membership.objects.get(user=person).role == "front_desk"
    assert said["password"] not in str(AuditEvent.objects.values_list())


def test_a_password_can_be_given_in_the_environment_and_is_not_shown(rebook, monkeypatch):
    monkeypatch.setenv("REBOOK_NEW_PASSWORD", "correct-horse-battery")
    rebook(*HARBOR)
    assert "correct-horse" not in rebook("user", "kim@harbor.example").output
    assert User.objects.get().check_password("correct-horse-battery")


@pytest.mark.parametrize("given", ["short", "password1234"])
def test_a_weak_password_is_refused(given, rebook, monkeypatch):
    monkeypatch.setenv("REBOOK_NEW_PASSWORD", given)
    rebook(*HARBOR)
    assert "password" in rebook("user", "kim@harbor.example", code=2).stderr
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["kim@harbor.example", "--role", "boss"], "there is no role 'boss'; choose from front_desk"),
        (["kim"], "valid email address"),
        (["kim@harbor.example", "--organisation", "hill"], "there is no practice 'hill'"),
    ],
    ids=["role", "address", "practice"],
)
def test_who_cannot_be_added(words, said, rebook):
    rebook(*HARBOR)
    assert said in rebook("user", *words, code=2).stderr
    assert not User.objects.exists()


def test_somebody_with_an_account_keeps_the_password_and_gets_the_role(rebook, answer, monkeypatch):
    rebook(*HARBOR)
    first = answer("user", "kim@harbor.example", "--role", "front_desk")
    again = answer("user", "KIM@harbor.example", "--role", "manager")
    assert again == {
        "organisation": "harbor-dental",
        "email": "KIM@harbor.example",
        "role": "manager",
        "is_new": False,
    }
    assert User.objects.get().check_password(first["password"])
    member = Membership.objects.get()
    assert member.role == "manager"
    assert lines(member.organisation_id)[-2:] == ["member.added", "member.role_changed"]
    monkeypatch.setenv("REBOOK_NEW_PASSWORD", "another-long-password")
    assert "keeps its password" in rebook("user", "kim@harbor.example", code=2).stderr
    assert User.objects.get().check_password(first["password"])


def test_without_a_practice_a_command_says_what_to_do_first(rebook):
    assert "run 'rebook init' first" in rebook("user", "kim@harbor.example", code=2).stderr


def test_with_several_practices_one_has_to_be_named(rebook, answer):
    rebook(*HARBOR)
    rebook(*HARBOR, "--slug", "hill")
    assert "--organisation harbor-dental|hill" in answer("user", "kim@harbor.example", code=2)["error"]
    assert answer("user", "kim@harbor.example", "--organisation", "hill")["organisation"] == "hill"
