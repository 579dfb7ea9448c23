"""Bad records, each found by its check; a clean practice has nothing that stops it."""

import datetime as dt

import pytest

from rebook.accounts.models import Organisation
from rebook.core.doctor import stops_of, unsafe_definitions
from rebook.flow import doctor as flow
from rebook.flow import sync
from rebook.flow.common.examining import look
from rebook.flow.outreach import campaigns
from rebook.flow.outreach.enrol import enrol
from rebook.records.models import (
    Appointment,
    Campaign,
    Condition,
    Consent,
    Examination,
    ImportRun,
    Patient,
    PractitionerHours,
    Procedure,
    Source,
    Visit,
)
from support.outreach import DAY, NOW, make_clinic

pytestmark = pytest.mark.django_db
BORN = dt.date(1980, 5, 17)


@pytest.fixture
def clinic(db, settings, tmp_path):
    settings.SNAPSHOT_DIRECTORY = tmp_path / "snapshots"
    return make_clinic()


def found(clinic):
    return {one.key: one for one in look(organisation_id=clinic.id, now=NOW)}


def visit(clinic, patient, at, **values):
    return Visit.objects.create(
        organisation=clinic.organisation,
        source=clinic.source,
        external_id=f"v{Visit.objects.count()}",
        fact_hash=bytes(16),
        patient=patient,
        started_at=at,
        **{"visit_type": "annual_visit", **values},
    )


def appointments(clinic, patient, count, **values):
    starts = NOW - 400 * DAY
    Appointment.objects.bulk_create(
        Appointment(
            organisation=clinic.organisation,
            source=clinic.source,
            external_id=f"many{number}",
            fact_hash=bytes(16),
            patient=patient,
            starts_at=starts - number * DAY / 10,
            **{"status": "fulfilled", "visit_type": "annual_visit", **values},
        )
        for number in range(count)
    )


def fact(model, clinic, patient, **values):
    return model.objects.create(
        organisation=clinic.organisation,
        source=clinic.source,
        external_id=f"f{model.objects.count()}",
        fact_hash=bytes(16),
        patient=patient,
        **values,
    )


def doubles(clinic):
    clinic.patient(1, family_name="Twin")
    clinic.patient(2, family_name="twin")


def marked_double(clinic):
    clinic.patient(1, exclusions=["possible_duplicate"])


def one_number_for_nine(clinic):
    for number in range(1, 10):
        clinic.contact(clinic.patient(number, phone=False), "+12125559999")


def seen_after_death(clinic):
    patient = clinic.patient(1, is_deceased=True, deceased_on=dt.date(2025, 1, 1))
    visit(clinic, patient, NOW - 30 * DAY)


def consent(clinic):
    given = {"channel": "sms", "purpose": "marketing", "state": "granted", "origin": "staff", "at": NOW}
    Consent.objects.create(
        organisation=clinic.organisation, patient=clinic.patient(1), recorded_by="desk", **given
    )
    clinic.patient(2)


# Check, what makes it so, how many of how many it finds.
BAD = [
    ("past_still_booked", lambda c: c.appointment(c.patient(1), NOW - 5 * DAY), 1, 1),
    ("visit_in_future", lambda c: visit(c, c.patient(1), NOW + 5 * DAY), 1, 1),
    ("visit_type_missing", lambda c: visit(c, c.patient(1), NOW - DAY, visit_type="zz9"), 1, 3),
    ("procedure_unmapped", lambda c: fact(Procedure, c, c.patient(1), performed_on=BORN, code="99"), 1, 1),
    ("condition_unmapped", lambda c: fact(Condition, c, c.patient(1), code="E11"), 1, 1),
    ("cancellation_date_missing", lambda c: c.appointment(c.patient(1), NOW - DAY, status="cancelled"), 1, 1),
    ("many_appointments", lambda c: appointments(c, c.patient(1), 1001), 1, 2),
    ("duplicate_likely", doubles, 2, 3),
    ("duplicate_marked", marked_double, 1, 2),
    ("shared_number", one_number_for_nine, 9, 10),
    ("birth_date_missing", lambda c: c.patient(1, birth_on=None), 1, 2),
    ("death_contradicted", seen_after_death, 1, 2),
    ("minor_without_adult", lambda c: c.patient(1, birth_on=dt.date(2015, 1, 1)), 1, 2),
    ("language_unknown", lambda c: c.patient(1, language=""), 1, 2),
    ("language_unsupported", lambda c: c.patient(1, language="vi-VN"), 1, 2),
    ("unreachable", lambda c: c.patient(1), 1, 2),
    (
        "contact_bounced",
        lambda c: c.contact(c.patient(1, phone=False), "+12125550001", state="invalid"),
        1,
        1,
    ),
    (
        "contact_stale",
        lambda c: c.contact(c.patient(1, phone=False), "+12125550001", state="unverified"),
        1,
        1,
    ),
    ("opted_out", lambda c: c.opt_out(patient=c.patient(1)), 1, 2),
    ("sms_marketing_without_consent", consent, 1, 2),
    ("phone_marketing_without_consent", consent, 2, 2),
    ("booking_date_missing", lambda c: None, 2, 2),
    ("reachable_sms", lambda c: c.patient(1), 1, 2),
    (
        "reachable_phone",
        lambda c: c.contact(c.patient(1, phone=False), "+12125550001", line_type="fixed_line"),
        1,
        2,
    ),
    ("reachable_email", lambda c: c.patient(1, email=True), 1, 2),
]


@pytest.mark.parametrize(("key", "spoil", "count", "of"), BAD, ids=[row[0] for row in BAD])
def test_each_check_finds_its_own(clinic, key, spoil, count, of):
    spoil(clinic)
    one = found(clinic)[key]
    assert (one.count, one.of) == (count, of)
    if one.behind:
        behind = flow.patients_behind(organisation_id=clinic.id, key=key, now=NOW)
        assert 0 < len(behind.patients) == behind.total <= count


def test_landlines_are_called_and_not_texted(clinic):
    clinic.contact(clinic.patient(1, phone=False), "+12125550001", line_type="fixed_line")
    assert found(clinic)["reachable_sms"].count == 0


def test_a_clean_practice_has_nothing_that_stops_it(clinic):
    clinic.patient(1)
    assert stops_of(look(organisation_id=clinic.id, now=NOW)) == ()


def test_an_export_without_coming_appointments_stops_every_campaign(clinic):
    clinic.patient(1)
    Appointment.objects.filter(starts_at__gt=NOW).delete()
    with pytest.raises(campaigns.UnableToChange) as refused:
        clinic.campaign()
    assert {one.rule for one in refused.value.reasons} == {"no_coming_appointments"}
    assert "would be asked to book" in str(refused.value)
    assert Campaign.objects.get().state == "draft"


def test_what_rebook_booked_itself_is_no_export(clinic):
    """Bookings of the patient page do not show that the practice's appointments are known."""
    Appointment.objects.filter(starts_at__gt=NOW).delete()
    own = Source.objects.create(organisation=clinic.organisation, key="rebook", kind="local")
    booked = clinic.appointment(clinic.patient(1), NOW + DAY)
    Appointment.objects.filter(pk=booked.pk).update(source=own)
    assert "no_coming_appointments" in found(clinic)


def test_records_that_ended_weeks_ago_stop_every_campaign(clinic):
    Appointment.objects.filter(starts_at__lt=NOW).update(starts_at=NOW - 30 * DAY)
    assert found(clinic)["records_ended"].severity == "stop"


def test_a_campaign_that_has_not_begun_waits_until_the_records_are_mended(clinic):
    clinic.patient(1)
    clinic.campaign()
    Appointment.objects.filter(starts_at__gt=NOW).delete()
    flow.examine_records(organisation_id=clinic.id, now=NOW, actor="test")
    assert enrol(organisation_id=clinic.id, as_of=NOW.date(), now=NOW).left_out == {"records_unsafe": 1}
    clinic.appointment(clinic.patient(2, gap=False), NOW + DAY)
    flow.examine_records(organisation_id=clinic.id, now=NOW, actor="test")
    assert enrol(organisation_id=clinic.id, as_of=NOW.date(), now=NOW).opened == 1


def test_an_unsafe_rule_takes_nobody_in_and_the_others_go_on(clinic):
    """Mammograms never occur in these records, so every woman would look overdue."""
    woman, both, safe = clinic.patient(1, gap=False), clinic.patient(2, gap=False), clinic.patient(3)
    for patient in (woman, both):
        clinic.gap(patient, rank=1, definition_key="primary_care.unsafe")
    clinic.gap(both, rank=9)
    campaign = clinic.campaign()
    Examination.objects.create(
        organisation=clinic.organisation,
        examined_at=NOW,
        examined_by="test",
        unsafe_definitions=["primary_care.unsafe"],
    )
    summary = enrol(organisation_id=clinic.id, as_of=NOW.date(), now=NOW)
    taken = dict(campaign.cases.values_list("patient_id", "gap__definition_key"))
    assert taken == {both.pk: "primary_care.annual_visit", safe.pk: "primary_care.annual_visit"}
    assert summary.left_out == {"rule_unsafe": 1}


def test_a_campaign_for_nothing_but_an_unsafe_rule_is_not_launched(clinic):
    clinic.patient(1)
    Examination.objects.create(
        organisation=clinic.organisation,
        examined_at=NOW,
        examined_by="test",
        unsafe_definitions=["primary_care.annual_visit"],
    )
    with pytest.raises(campaigns.UnableToChange, match=r"unsafe for primary_care\.annual_visit"):
        clinic.campaign(segment={"definitions": ["primary_care.annual_visit"]})


def test_words_that_never_occur_make_a_rule_unsafe(clinic):
    """What lists from an age on, counted from a visit that these records never name."""
    clinic.patient(1)
    rules = [one for one in look(organisation_id=clinic.id, now=NOW) if one.key == "rule_words_missing"]
    by_severity = {one.severity for one in rules}
    assert by_severity == {"stop", "note"}
    unsafe = unsafe_definitions(rules)
    assert unsafe
    assert "primary_care.annual_visit" not in unsafe, "its visits are in the records"


def test_looking_again_at_the_same_records_leaves_one_examination(clinic):
    for minutes in (0, 5):
        flow.examine_records(organisation_id=clinic.id, now=NOW + dt.timedelta(minutes=minutes), actor="test")
    row = Examination.objects.get()
    assert row.examined_at == NOW + dt.timedelta(minutes=5)
    kept = flow.last_examined(organisation_id=clinic.id)
    assert [one.as_json() for one in kept.findings] == row.findings


def test_nothing_of_another_practice_is_counted(clinic):
    other = make_clinic("oak")
    for number in range(1, 4):
        other.patient(number, birth_on=None)
    assert "birth_date_missing" not in found(clinic)
    assert found(other)["birth_date_missing"].count == 3
    behind = flow.patients_behind(organisation_id=clinic.id, key="birth_date_missing", now=NOW)
    assert behind.total == 0


def test_there_is_no_list_behind_a_name_that_is_no_check(clinic):
    with pytest.raises(flow.NoSuchCheck):
        flow.patients_behind(organisation_id=clinic.id, key="everybody", now=NOW)


def test_settings_that_are_wrong_do_not_keep_anybody_from_looking(clinic):
    Organisation.objects.filter(pk=clinic.id).update(
        time_zone="Amerika/New_York", settings={"gaps": {"nonsense": 1}, "channels": {"sms": "pigeon"}}
    )
    one = found(clinic)
    assert one["time_zone"].severity == "stop"
    assert "pigeon" in one["channel_sms"].says


def test_no_query_grows_with_the_patients(clinic, django_assert_max_num_queries):
    for number in range(1, 12):
        clinic.patient(number)
    assert not PractitionerHours.objects.exists()
    assert Patient.objects.count() == 12
    with django_assert_max_num_queries(75):
        look(organisation_id=clinic.id, now=NOW)


MAPPING = """
time_zone = "America/New_York"

[[table]]
files = "patients*.csv"

[table.patient]
external_id = "id"
given_name = "given"
family_name = "family"
birth_on = "born"
"""


def read_export(clinic, folder, rows, *, at):
    """One import of a file of patients, ``rows`` as (id, birth date)."""
    (folder / "export.toml").write_text(MAPPING)
    lines = ["id,given,family,born", *(f"{key},Ana,Test{key},{born}" for key, born in rows)]
    (folder / "patients.csv").write_text("\n".join(lines) + "\n")
    return sync.import_files(
        organisation_id=clinic.id,
        source_key="drifting",
        kind="csv",
        paths=[folder / "patients.csv"],
        mapping=folder / "export.toml",
        now=at,
    )


def test_a_column_that_vanishes_between_two_imports_is_noticed(clinic, tmp_path):
    full = [(key, "1980-01-01") for key in range(40)]
    first = read_export(clinic, tmp_path, full, at=NOW - DAY)
    assert first.rejected == 0, first
    kept = ImportRun.objects.get(pk=first.run_id).profile
    assert (kept["rows"]["patient"], kept["empty"]["patients.birth_on"]) == (40, 0.0)
    assert "drift_empty_patients.birth_on" not in found(clinic), "nothing to compare with yet"
    read_export(clinic, tmp_path, [(key, "") for key in range(40)], at=NOW)
    one = found(clinic)["drift_empty_patients.birth_on"]
    assert one.severity == "stop"
    assert "empty in 100% of rows, the time before in 0%" in one.says


def test_fewer_rows_than_the_time_before_are_noticed(clinic, tmp_path):
    read_export(clinic, tmp_path, [(key, "1980-01-01") for key in range(40)], at=NOW - DAY)
    read_export(clinic, tmp_path, [(key, "1980-01-01") for key in range(20)], at=NOW)
    one = found(clinic)["drift_rows_patient"]
    assert (one.severity, one.count, one.of) == ("warn", 20, 40)
