"""``tiers``, ``notice`` and ``wish``: what they answer, and what they refuse."""

import pytest

from rebook.accounts.models import AuditEvent, Membership, Organisation, User
from rebook.records import models

pytestmark = pytest.mark.django_db
PERIOD = ("--from", "2025-01-01", "--to", "2025-12-31")


@pytest.fixture
def practice(db):
    row = Organisation.objects.create(slug="one", name="One", time_zone="UTC", pack_keys=["primary_care"])
    source = models.Source.objects.create(organisation=row, key="spec", kind="csv")
    patient = models.Patient.objects.create(
        organisation=row, source=source, fact_hash=b"0", external_id="P1", family_name="Secretname"
    )
    models.Visit.objects.create(
        organisation=row,
        source=source,
        fact_hash=b"0",
        external_id="V1",
        patient=patient,
        started_at="2025-01-06T12:00:00Z",
    )
    return row


def test_tiers_say_who_stands_where_and_who_passed_on_when(practice, answer, rebook):
    told = answer("tiers", *PERIOD)
    assert told["standing"] == {"slipping": 1}
    assert told["months"] == {"slipping": 6, "dormant": 12, "long_lapsed": 24, "lost_after": 36}
    assert told["totals"] == {"slipping": 1, "dormant": 0, "long_lapsed": 0, "lost": 0, "returned": 0}
    (week,) = [one for one in told["weeks"] if one["entered"]]
    assert week == {"on": "2025-06-30", "entered": {"slipping": 1}}
    assert "Slipping from 6 months" in rebook("tiers", *PERIOD).stdout


@pytest.mark.parametrize(
    "words", [("--from", "2025-02-01", "--to", "2025-01-01"), ("--from", "soon"), ("--from", "1900-01-01")]
)
def test_a_period_that_is_none_is_bad_usage(practice, rebook, words):
    rebook("tiers", *words, code=2)


class TestNotices:
    def file(self, tmp_path, *ids):
        path = tmp_path / "patients.txt"
        path.write_text("\n".join(ids), encoding="utf-8")
        return str(path)

    def member(self, practice, role):
        user = User.objects.create(email=f"{role}@one.example", name=role)
        Membership.objects.create(organisation=practice, user=user, role=role)
        return user.email

    def test_only_a_clinician_opens_one(self, practice, rebook, answer, tmp_path):
        told = answer("notice", "propose", "pump-2025", "--patients", self.file(tmp_path, "P1"))
        assert told == {"added": 1, "already": 0, "unknown": 0}
        rebook("notice", "approve", "pump-2025", "--by", self.member(practice, "front_desk"), code=2)
        assert models.PendingItem.objects.get().state == "proposed"
        clinician = self.member(practice, "clinician")
        assert answer("notice", "approve", "pump-2025", "--by", clinician) == {"opened": 1}
        assert models.PendingItem.objects.get().state == "open"
        assert AuditEvent.objects.filter(action="safety_notice.approved").count() == 1

    def test_who_is_not_found_is_said_without_the_name(self, practice, rebook, tmp_path):
        said = rebook("notice", "propose", "pump", "--patients", self.file(tmp_path, "Nobody"), code=1).output
        assert "1 not found" in said
        assert "Nobody" not in said

    def test_a_file_that_is_not_there(self, practice, rebook, tmp_path):
        rebook("notice", "propose", "pump", "--patients", str(tmp_path / "none.txt"), code=2)


def test_a_wish_is_kept_once(practice, answer, rebook):
    models.VisitType.objects.create(organisation=practice, key="acute", label="Visit", minutes=20)
    assert answer("wish", "P1", "--visit-type", "acute", "--day-part", "morning") == {"added": True}
    assert answer("wish", "P1", "--visit-type", "acute") == {"added": False}
    rebook("wish", "P1", "--visit-type", "unheard_of", code=2)
    rebook("wish", "P9", "--visit-type", "acute", code=2)
