"""A source never overwrites what people said to Rebook (R-A177, R-A156, promise 3)."""

from datetime import UTC, datetime, timedelta

import pytest

from rebook.records.models import Consent, ContactPoint, Patient
from rebook.records.write import people
from support.exports import DIARY, diary, diary_row

pytestmark = pytest.mark.django_db

FIRST = datetime(2026, 3, 16, 13, tzinfo=UTC)
LATER = FIRST + timedelta(hours=6)

FLAGS = DIARY.replace(
    'family_name = "family"', 'family_name = "family"\ndo_not_contact = "booked"\nlanguage = "given"'
)


def say(organisation, state, *, channel="sms", origin="sms_reply", at=LATER, value=""):
    patient = None if value else Patient.objects.get()
    Consent.objects.create(
        organisation=organisation,
        patient=patient,
        contact_value=value,
        channel=channel,
        state=state,
        origin=origin,
        recorded_by="test",
        at=at,
    )


def imported() -> list[str]:
    return list(Consent.objects.filter(origin="import").order_by("pk").values_list("state", flat=True))


def test_a_permission_column_becomes_a_statement_with_its_evidence(bring):
    bring(diary(diary_row(1)))
    consent = Consent.objects.get()
    assert (consent.channel, consent.state, consent.wording) == ("sms", "granted", "sms=yes")
    assert (consent.origin, consent.recorded_by, consent.at) == ("import", "import:csv", FIRST)


def test_a_statement_is_added_only_when_it_differs_from_the_last_of_the_source(bring):
    bring(diary(diary_row(1)))
    bring(diary(diary_row(1, family="Changed")))
    assert imported() == ["granted"]
    bring(diary(diary_row(1, sms="no")))
    bring(diary(diary_row(1, sms="no", family="Again")))
    bring(diary(diary_row(1, sms="yes")))
    assert imported() == ["granted", "revoked", "granted"]


OPT_OUTS = [
    # what was said to Rebook after the first import
    {"channel": "sms"},
    {"channel": "all"},
    {"channel": "sms", "origin": "staff"},
    {"channel": "sms", "at": FIRST - timedelta(days=900)},
    # bound to the number, whoever owns it (R-A52)
    {"channel": "sms", "value": "+13125550123"},
]


@pytest.mark.parametrize("said", OPT_OUTS)
def test_an_import_never_lifts_an_opt_out(bring, organisation, said):
    bring(diary(diary_row(1, sms="")))
    say(organisation, "revoked", **said)
    bring(diary(diary_row(1, sms="yes")))
    assert imported() == []


def test_an_opt_out_of_texts_leaves_other_permissions(bring, organisation):
    bring(diary(diary_row(1, sms="")))
    say(organisation, "revoked", channel="email")
    bring(diary(diary_row(1, sms="yes")))
    assert imported() == ["granted"]


def test_when_the_person_came_back_the_source_may_say_so_too(bring, organisation):
    bring(diary(diary_row(1, sms="")))
    say(organisation, "revoked")
    say(organisation, "granted", at=LATER + timedelta(hours=1))
    bring(diary(diary_row(1, sms="yes")))
    assert imported() == ["granted"]


def test_a_source_that_still_says_no_does_not_undo_a_later_yes(bring, organisation):
    bring(diary(diary_row(1, sms="no")))
    say(organisation, "granted")
    bring(diary(diary_row(1, sms="no", family="Changed")))
    assert imported() == ["revoked"]


def test_a_statement_from_the_future_counts_as_made_now(bring):
    mapping = DIARY.replace('column = "sms"', 'column = "sms"\nat = "day"')
    bring(diary(diary_row(1, day="2062-02-02 09:00")), mapping=mapping)
    assert Consent.objects.get().at == FIRST


def test_an_older_file_does_not_bring_an_older_statement_back(bring):
    mapping = DIARY.replace('column = "sms"', 'column = "sms"\nat = "day"')
    bring(diary(diary_row(1, sms="no", day="2026-03-02 09:00")), mapping=mapping)
    bring(diary(diary_row(1, sms="yes", day="2026-02-02 09:00")), mapping=mapping)
    assert imported() == ["revoked"]


def test_do_not_contact_of_the_source_comes_and_goes_with_it(bring):
    bring(diary(diary_row(1, booked="yes", given="es")), mapping=_only_patient(FLAGS))
    patient = Patient.objects.get()
    assert (patient.do_not_contact, patient.do_not_contact_reason) == (True, "source")
    bring(diary(diary_row(1, booked="no", given="es")), mapping=_only_patient(FLAGS))
    patient.refresh_from_db()
    assert (patient.do_not_contact, patient.do_not_contact_reason) == (False, "")


def test_do_not_contact_of_a_person_stays(bring, organisation):
    mapping = _only_patient(FLAGS)
    bring(diary(diary_row(1, booked="no", given="es")), mapping=mapping)
    patient = Patient.objects.get()
    one = {"organisation_id": organisation.pk, "patient_id": patient.pk}
    assert people.set_do_not_contact(**one, value=True, reason="asked on the phone")
    for word in ("yes", "no"):
        bring(diary(diary_row(1, booked=word, given="es", family=word)), mapping=mapping)
        patient.refresh_from_db()
        assert (patient.do_not_contact, patient.do_not_contact_reason) == (True, "asked on the phone")


def test_a_death_that_rebook_heard_of_stays_and_a_language_is_not_emptied(bring, organisation):
    bring(diary(diary_row(1)))
    patient = Patient.objects.get()
    one = {"organisation_id": organisation.pk, "patient_id": patient.pk}
    assert people.mark_deceased(**one, on=FIRST.date())
    assert not people.mark_deceased(**one)
    assert people.set_language(**one, language="es")
    assert not people.set_language(**one, language="es")
    bring(diary(diary_row(1, family="Changed")))
    patient.refresh_from_db()
    assert (patient.family_name, patient.is_deceased, patient.deceased_on) == ("Changed", True, FIRST.date())
    assert patient.language == "es"


def test_words_that_rebook_set_itself_survive(bring):
    mapping = DIARY.replace(
        "[[table.patient.contacts]]",
        '[[table.patient.flags]]\ncolumn = "family"\nis = ["Ward"]\nexclusion = "hospice"\n\n'
        "[[table.patient.contacts]]",
    )
    bring(diary(diary_row(1, family="Ward")), mapping=mapping)
    Patient.objects.update(exclusions=["hospice", "possible_duplicate"])
    bring(diary(diary_row(1)), mapping=mapping)
    assert Patient.objects.get().exclusions == ["possible_duplicate"]


def test_numbers_are_written_in_one_way_and_bad_ones_kept_with_their_reason(bring):
    bring(diary(diary_row(1, phone="(312) 555-0123"), diary_row(2, phone="555-0123")))
    good = ContactPoint.objects.get(patient__external_id="p1")
    assert (good.value, good.line_type, good.state) == ("+13125550123", "mobile", "unverified")
    bad = ContactPoint.objects.get(patient__external_id="p2")
    assert (bad.value, bad.state, bad.state_changed_at) == ("555-0123", "invalid", FIRST)
    assert bad.state_reason == "no such number in the numbering plan"


def test_a_number_that_is_gone_is_no_longer_current_and_may_come_back(bring):
    bring(diary(diary_row(1)))
    bring(diary(diary_row(1, phone="312-555-0199")))
    current = dict(ContactPoint.objects.values_list("value", "is_current"))
    assert current == {"+13125550123": False, "+13125550199": True}
    bring(diary(diary_row(1)))
    current = dict(ContactPoint.objects.values_list("value", "is_current"))
    assert current == {"+13125550123": True, "+13125550199": False}


def test_what_is_known_of_a_number_stays(bring, organisation):
    bring(diary(diary_row(1)))
    point = ContactPoint.objects.get()
    change = {"organisation_id": organisation.pk, "contact_point_id": point.pk, "now": LATER}
    assert people.set_contact_state(**change, state="wrong_person", reason="said so")
    assert not people.set_contact_state(**change, state="wrong_person", reason="said so")
    bring(diary(diary_row(1, family="Changed")))
    bring(diary(diary_row(1, phone="")))
    bring(diary(diary_row(1)))
    point.refresh_from_db()
    assert (point.state, point.state_reason, point.is_current) == ("wrong_person", "said so", True)


def test_a_number_that_staff_added_stays_until_the_source_says_something_new(bring, organisation):
    bring(diary(diary_row(1)))
    added = ContactPoint.objects.create(
        organisation=organisation, patient=Patient.objects.get(), system="phone", value="+13125550177"
    )
    bring(diary(diary_row(1)))
    added.refresh_from_db()
    assert added.is_current


GUARDIANS = DIARY.replace(
    'family_name = "family"', 'family_name = "family"\nresponsible_patient_id = "given"'
)


def test_a_child_has_its_responsible_person_whatever_comes_first(bring):
    child, parent = diary_row(1, given="p2"), diary_row(2, given="")
    orphan = diary_row(3, given="p9")
    summary = bring(diary(child, parent, orphan), mapping=GUARDIANS)
    assert Patient.objects.get(external_id="p1").responsible_patient.external_id == "p2"
    assert summary.counts["patient"]["created"] == 3
    again = bring(diary(child, parent, orphan), mapping=GUARDIANS)
    assert again.counts["patient"]["responsible_set"] == 0
    assert again.rejects_new == 0


def _only_patient(mapping: str) -> str:
    return mapping[: mapping.index("[table.appointment]")].replace(
        'birth_on = { age = "age", at = "day" }\n', ""
    )
