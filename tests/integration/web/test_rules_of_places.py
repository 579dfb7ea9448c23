"""Setup > Places: what binds this practice, where its patients may be, and who read the rules (R-A77)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from rebook.accounts.models import AuditEvent, Organisation
from rebook.flow import places
from rebook.flow.outreach.subject import House
from rebook.packs.jurisdictions_law import rows_of
from rebook.records.models import ContactPoint, PlaceRuleReview
from rebook.records.read.places import review_days
from support.practice import make_practice

pytestmark = pytest.mark.django_db


def row_of(key, place="us"):
    return next(row for row in rows_of(place) if row.id == key)


def review(client, row, place="us", **more):
    values = {"place": place, "row_key": row.id, "row_version": row.version, **more}
    return client.post("/setup/places/review/", values, follow=True).content.decode()


def test_it_lists_the_places_where_patients_may_be(clinic, signed_in):
    shown = signed_in(clinic, "manager").get("/setup/places/").content.decode()
    assert "House rule" in shown
    assert "United States" in shown
    # The patients live in Illinois.
    assert 'href="/setup/places/us-il/"' in shown
    assert "never signed" in shown


def test_a_number_brings_its_place(clinic, signed_in):
    before = places.places_in_use(organisation_id=clinic.organisation.pk)
    ContactPoint.objects.create(
        organisation=clinic.organisation, patient=clinic.patients[0], system="phone", value="+14015550177"
    )
    ContactPoint.objects.create(
        organisation=clinic.organisation, patient=clinic.patients[1], system="phone", value="+14165550177"
    )
    after = places.places_in_use(organisation_id=clinic.organisation.pk)
    assert "us-ri" not in before
    assert (after["us-ri"], after["ca-on"]) == (1, 1)
    shown = signed_in(clinic, "manager").get("/setup/places/").content.decode()
    assert "Rhode Island" in shown
    assert "Ontario" in shown


def test_a_place_shows_every_rule_with_source_status_and_review(clinic, signed_in):
    shown = signed_in(clinic, "manager").get("/setup/places/us-ct/").content.decode()
    assert "Every day 09:00-20:00" in shown
    # The state's own first, then what binds in the whole country.
    assert shown.index("Every day 09:00-20:00") < shown.index("Every day 08:00-21:00")
    assert "United States · R-A30" in shown
    assert "Marketing by text, telephone: signed permission" in shown
    assert "https://usestello.com/compliance" in shown
    assert "Unverified" in shown
    assert "R-A75, R-A74" in shown
    assert "never signed" in shown
    # Only the compliance officer records reviews.
    assert "I read it today" not in shown


def cells(shown, heading):
    """What the table "What it comes to" says of one class of message, by column."""
    row = re.search(rf'<th scope="row">{heading}</th>(.*?)</tr>', shown, re.DOTALL)[1]
    found = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", one).strip() for one in found]


@pytest.mark.parametrize(
    ("key", "care", "marketing"),
    [
        (
            "us-ct",
            ["contact given", "contact given", "not needed", "not needed", "not needed", "not needed"],
            ["signed", "signed", "signed", "not needed", "express", "not needed"],
        ),
        ("fr", ["not needed"] * 6, ["express", "never", "never", "express", "express", "express"]),
    ],
)
def test_a_place_says_what_it_comes_to(clinic, signed_in, key, care, marketing):
    shown = signed_in(clinic, "manager").get(f"/setup/places/{key}/").content.decode()
    assert cells(shown, "The patient(?:&#39;|')s own care") == care
    assert cells(shown, "Marketing") == marketing


@pytest.mark.parametrize("key", ["mx", "us_narnia", "narnia"])
def test_a_place_without_rules_is_no_page(clinic, signed_in, key):
    assert signed_in(clinic, "manager").get(f"/setup/places/{key}/").status_code == 404


def test_the_compliance_officer_records_a_review(clinic, signed_in):
    officer, row = signed_in(clinic, "compliance"), row_of("us-ct.hours", "us-ct")
    assert "I read it today" in officer.get("/setup/places/us-ct/").content.decode()
    shown = review(officer, row, place="us-ct")
    assert "Recorded: you read it against its source today." in shown
    part = re.search(r'<tr id="us-ct.hours">.*?</tr>', shown, re.DOTALL)[0]
    assert "Compliance officer" in part
    assert "never signed" not in part
    kept = PlaceRuleReview.objects.get()
    assert (kept.row_key, kept.row_version, kept.reviewed_on) == (row.id, row.version, clinic.today)
    line = AuditEvent.objects.get(action="place_rule.reviewed")
    assert (line.subject_id, line.detail) == ("us-ct.hours", {"version": row.version})
    # Once a day is enough.
    review(officer, row, place="us-ct")
    assert PlaceRuleReview.objects.count() == 1


def test_only_compliance_may(clinic, signed_in):
    answer = signed_in(clinic, "manager").post(
        "/setup/places/review/", {"place": "us", "row_key": "us.hours", "row_version": "0"}
    )
    assert answer.status_code == 403
    assert not PlaceRuleReview.objects.exists()


@pytest.mark.parametrize("change", [{"row_version": "0" * 16}, {"row_key": "us.nothing"}])
def test_a_rule_that_reads_otherwise_is_not_reviewed(clinic, signed_in, change):
    shown = review(signed_in(clinic, "compliance"), row_of("us.hours"), **change)
    assert "Not recorded: the rule has changed" in shown
    assert not PlaceRuleReview.objects.exists()


def test_a_review_of_nowhere_is_no_page(clinic, signed_in):
    answer = signed_in(clinic, "compliance").post("/setup/places/review/", {"place": "mx", "row_key": "x"})
    assert answer.status_code == 404


def test_a_review_lifts_the_warning_for_this_practice_alone(clinic):
    """And the fall back to the stricter with it, in what the guard gets."""
    other = make_practice("oak-street").organisation
    Organisation.objects.filter(pk__in=[clinic.organisation.pk, other.pk]).update(jurisdiction="gb")
    later = timezone.now().replace(year=2028, month=3, day=1)
    row = row_of("gb.care", "gb")
    places.record_review(
        organisation_id=clinic.organisation.pk,
        row_key=row.id,
        row_version=row.version,
        today=(later - timedelta(days=30)).date(),
        now=later,
        actor="user:1",
    )
    stale = {}
    for organisation in (clinic.organisation, other):
        policy = House(organisation_id=organisation.pk).policy(frozenset({"gb-eng"}), now=later)
        law = next(one for one in policy.laws if one.key == "gb-eng")
        needs = {rule.permission for rule in law.consent if rule.channel == "sms"
                 and rule.message_class == "care_direct"}  # fmt: skip
        stale[organisation.slug] = ("gb.care" in law.unreviewed, needs)
    assert stale[clinic.organisation.slug] == (False, {"none"})
    assert stale["oak-street"] == (True, {"none", "contact_given"})
    assert set(review_days(organisation_id=clinic.organisation.pk)) == {row.review_key}
    assert review_days(organisation_id=other.pk) == {}


def test_a_country_without_rules_says_so(clinic, signed_in):
    Organisation.objects.filter(pk=clinic.organisation.pk).update(jurisdiction="mx")
    shown = signed_in(clinic, "manager").get("/setup/places/").content.decode()
    assert "No rules are held of the practice's country (MX)" in shown.replace("&#39;", "'")


def test_a_practice_without_patients(quiet_clinic, signed_in):
    shown = signed_in(quiet_clinic, "manager").get("/setup/places/").content.decode()
    assert "Illinois" in shown


def test_the_checklist_says_when_nobody_read_the_rules_for_a_year(clinic, signed_in, monkeypatch):
    manager = signed_in(clinic, "manager")
    assert "Rules of places looked at within a year" in manager.get("/setup/").content.decode()
    monkeypatch.setattr(timezone, "now", lambda: clinic.now.replace(year=2028, month=3, day=1))
    manager = signed_in(clinic, "manager")
    assert "the stricter applies" in manager.get("/setup/").content.decode()


def test_each_row_says_who_keeps_what_it_asks(clinic, signed_in):
    page = signed_in(clinic, "manager").get("/setup/places/us-tx/").content.decode()
    assert "For you to do</span> Register with the state before the first sales text" in page
    assert "The guard refuses otherwise</span> Only with a toll-free number in the letter" in page
    assert "Nothing to keep</span> No machine writes to patients" in page
