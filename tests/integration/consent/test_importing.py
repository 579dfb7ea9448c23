"""Consents from files: provenance kept, rejects told, a second run changes nothing (R-A177)."""

import gzip

import pytest

from rebook.flow.common.row_files import UnableToImportRows
from rebook.flow.response import record_opt_in, record_opt_out
from rebook.records.models import Attempt, Consent, ImportRun, RejectedRow
from rebook.records.read.consent import where_it_stands
from support.outreach import DAY, NOW

pytestmark = pytest.mark.django_db
NUMBER = "+12125550001"
HEADER = "patient_id,number,channel,purpose,state,at,origin,wording,evidence"


def stands(clinic, patient, channel="sms"):
    found = where_it_stands(organisation_id=clinic.id, patient_id=patient.pk, now=NOW)
    return next(one.care for one in found if one.channel == channel)


def test_what_the_file_says_is_kept_with_where_it_comes_from(clinic, rosa, bring):
    header = f"{HEADER},shown_wording,version,scope,permission"
    done = bring(
        "p1,(212) 555-0001,sms,recall,opt-in,2026-01-05,Intake form,I agree,page 3,You may text me,v2,"
        "appointment; recall,written",
        header=header,
    )
    assert (done.read, done.added, done.rejected) == (1, 1, 0)
    line = Consent.objects.get()
    assert (line.patient_id, line.contact_value, line.channel, line.purpose) == (
        rosa.pk, NUMBER, "sms", "treatment_recall",
    )  # fmt: skip
    assert (line.told_in, line.evidence_ref, line.shown_version) == (
        "Intake form", "consents.csv:2, page 3", "v2",
    )  # fmt: skip
    assert (line.scope_words, line.permission, line.origin) == (
        ["appointment", "recall"],
        "written",
        "import",
    )
    assert line.recorded_by == "import:consents"


def test_a_second_run_changes_nothing(clinic, rosa, bring):
    rows = (
        "p1,,sms,,no,2026-01-05,,stop,",
        ",+12125550009,email,,yes,2026-02-05,,yes please,",
        "px,,sms,,no,2026-01-05,,x,",
    )
    first, second = bring(*rows), bring(*rows)
    assert (first.added, first.rejected, first.rejects_new) == (2, 1, 1)
    assert (second.added, second.already_known, second.rejected, second.rejects_new) == (0, 2, 1, 0)
    assert Consent.objects.count() == first.lines
    assert RejectedRow.objects.count() == 1


def test_the_same_row_twice_in_one_file_is_one(clinic, rosa, bring):
    done = bring("p1,,sms,,no,2026-01-05,,stop,", "p1,,sms,,no,2026-01-05,,stop,")
    assert (done.added, done.already_known) == (1, 1)


def test_a_stop_counts_at_once_for_person_and_number(clinic, rosa, bring):
    point = rosa.contact_points.get(system="phone")
    waiting = Attempt.objects.create(
        organisation=clinic.organisation, patient=rosa, channel="sms", contact_point=point, to_value=NUMBER,
        reference="q", origin="manual", planned_at=NOW, due_at=NOW, expires_at=NOW + DAY,
    )  # fmt: skip
    done = bring("p1,212-555-0001,sms,,no,2026-11-17,,STOP,")
    waiting.refresh_from_db()
    assert (done.waiting_refused, waiting.state) == (1, "refused")
    assert {(one.patient_id, one.contact_value) for one in Consent.objects.all()} == {
        (None, NUMBER), (rosa.pk, ""),
    }  # fmt: skip


class TestAPermissionInAFile:
    @pytest.fixture(autouse=True)
    def stopped(self, clinic, rosa):
        record_opt_out(
            organisation_id=clinic.id, value=NUMBER, patient_id=rosa.pk, channel="sms", wording="STOP",
            origin="sms_reply", now=NOW - 5 * DAY, actor="patient",
        )  # fmt: skip

    def test_dated_after_a_stop_is_refused_and_told(self, clinic, rosa, bring):
        done = bring("p1,,sms,,yes,2026-11-15,,yes,")
        assert (done.added, done.bound_by_opt_out) == (0, 1)
        kept = RejectedRow.objects.get()
        assert (kept.file, kept.line, kept.field) == ("consents.csv", 2, "state")
        assert kept.reason == "stopped on 2026-11-13: only the patient can lift that, no import"
        assert stands(clinic, rosa) == "stopped"

    def test_dated_before_a_stop_is_history(self, clinic, rosa, bring):
        assert bring("p1,,sms,,yes,2026-01-15,,yes,").added == 1
        assert stands(clinic, rosa) == "stopped"

    def test_for_everything_is_refused_as_well(self, clinic, rosa, bring):
        assert bring("p1,,all,,yes,2026-11-15,,yes,").bound_by_opt_out == 1

    def test_after_the_patients_own_start_is_taken(self, clinic, rosa, bring):
        record_opt_in(
            organisation_id=clinic.id, value=NUMBER, patient_id=rosa.pk, channel="sms", wording="START",
            origin="sms_reply", now=NOW - 4 * DAY, actor="patient",
        )  # fmt: skip
        assert bring("p1,,sms,,yes,2026-11-16,,yes,").added == 1
        assert stands(clinic, rosa) == "allowed"

    def test_is_not_offered_again_by_a_re_import_of_the_older_file(self, clinic, rosa, bring):
        rows = ("p1,,sms,,yes,2026-01-15,,yes,", "p1,,sms,,yes,2026-11-15,,yes,")
        bring(*rows)
        again = bring(*rows)
        assert (again.added, again.already_known, again.bound_by_opt_out) == (0, 1, 1)
        assert stands(clinic, rosa) == "stopped"


def test_a_stop_and_a_later_permission_in_one_file_leave_a_stop_in_any_order(clinic, rosa, bring):
    done = bring("p1,,sms,,yes,2026-03-01,,yes,", "p1,,sms,,no,2026-02-01,,no,")
    assert done.added == 2
    assert stands(clinic, rosa) == "stopped"


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("p99,,sms,,no,2026-01-01,,x,", "patient_id"),
        (",,sms,,no,2026-01-01,,x,", "patient_id"),
        ("p1,,fax,,no,2026-01-01,,x,", "channel"),
        ("p1,,sms,,perhaps,2026-01-01,,x,", "state"),
        ("p1,,sms,,no,32.13.2026,,x,", "at"),
        ("p1,,sms,,no,2026-01-01,,x,,too,many", ""),
        ('p1,,sms,,no,2026-01-01,,"x,', ""),
    ],
)
def test_a_bad_row_is_kept_with_its_place_and_the_rest_goes_on(row, field, clinic, rosa, bring):
    done = bring("p1,,email,,no,2026-01-01,,no more,", row, "p1,,letter,,no,2026-01-01,,none,")
    assert done.rejected == 1
    assert done.added == 2
    kept = RejectedRow.objects.get()
    assert (kept.file, kept.line, kept.field) == ("consents.csv", 3, field)


def test_a_row_that_is_mended_is_rejected_no_more(clinic, rosa, bring):
    bring("p1,,fax,,no,2026-01-01,,x,")
    done = bring("p1,,sms,,no,2026-01-01,,x,")
    assert (done.added, RejectedRow.objects.count()) == (1, 0)


def test_a_dry_run_says_the_same_and_leaves_nothing(clinic, rosa, bring):
    done = bring("p1,,sms,,no,2026-01-05,,stop,", "px,,sms,,no,2026-01-05,,x,", dry_run=True)
    assert (done.added, done.rejected, done.dry_run) == (1, 1, True)
    assert not Consent.objects.exists()
    assert not RejectedRow.objects.exists()
    assert not ImportRun.objects.filter(source__key="consents").exists()


def test_two_sources_with_the_same_number_are_not_guessed_between(clinic, rosa, bring):
    from rebook.records.models import Patient, Source

    other = Source.objects.create(organisation=clinic.organisation, key="other", kind="csv")
    Patient.objects.create(
        organisation=clinic.organisation, source=other, external_id="p1", fact_hash=bytes(16)
    )
    done = bring("p1,,sms,,no,2026-01-05,,stop,")
    assert done.rejected == 1
    assert "several patients" in RejectedRow.objects.get().reason


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file is empty"),
        ("a,b,c\n1,2,3\n", "must name the columns channel, state, at"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_and_changes_nothing(text, told, clinic, tmp_path):
    from rebook.flow.outreach.consent_import import import_consents

    path = tmp_path / "c.csv"
    path.write_text(text)
    with pytest.raises(UnableToImportRows, match=told):
        import_consents(organisation_id=clinic.id, path=path, now=NOW)
    assert not ImportRun.objects.filter(source__key="consents").exists()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_usual_spreadsheet_is_read(delimiter, encoding, clinic, rosa, tmp_path):
    from rebook.flow.outreach.consent_import import import_consents

    rows = [
        ["patient_id", "channel", "state", "at", "wording"],
        ["p1", "sms", "no", "2026-01-05", "no más señor"],
    ]
    path = tmp_path / "c.csv"
    path.write_bytes("".join(delimiter.join(row) + "\r\n" for row in rows).encode(encoding))
    assert import_consents(organisation_id=clinic.id, path=path, now=NOW).added == 1
    assert Consent.objects.get().wording == "no más señor"


def test_a_compressed_file_that_breaks_off_leaves_nothing(clinic, rosa, tmp_path):
    from rebook.flow.outreach.consent_import import import_consents

    rows = "patient_id,channel,state,at,wording\n" + "p1,sms,no,2026-01-05,no\n" * 500
    path = tmp_path / "c.csv.gz"
    path.write_bytes(gzip.compress(rows.encode())[:-20])
    with pytest.raises(UnableToImportRows):
        import_consents(organisation_id=clinic.id, path=path, now=NOW)
    assert not Consent.objects.exists()


def test_the_command_reports_and_names_no_patient(clinic, rosa, rebook, answer, tmp_path):
    path = tmp_path / "c.csv"
    path.write_text(
        "patient_id,channel,state,at,wording\np1,sms,no,2026-01-05,secretword\npx,sms,no,2026-01-05,x\n"
    )
    told = rebook("import", "consents", str(path)).output
    assert "added" in told
    assert "rebook rejects --source consents" in told
    assert "secretword" not in told
    (again,) = answer("import", "consents", str(path))
    assert (again["added"], again["already_known"], again["rejected"]) == (0, 1, 1)
    rejects = answer("rejects", "--source", "consents")["rejects"]
    assert [(one["line"], one["field"]) for one in rejects] == [(3, "patient_id")]
    assert "cannot be opened" in rebook("import", "consents", str(tmp_path / "none.csv"), code=2).output


def test_a_narrow_stop_from_a_file_hides_no_wider_one_from_the_practices_own_system(
    clinic, rosa, bring, tmp_path
):
    """The export of patients carries consents of its own; each way in adds what it knows."""
    from rebook.flow.sync import import_files

    bring("p1,,sms,promotions,no,2026-10-01,,no offers please,")
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        '[[table]]\nfiles = "patients.csv"\n[table.patient]\nexternal_id = "id"\nfamily_name = "name"\n'
        '[[table.patient.consents]]\nchannel = "sms"\ncolumn = "texts"\n'
    )
    rows = tmp_path / "patients.csv"
    rows.write_text("id,name,texts\np1,Test1,no\n")
    import_files(
        organisation_id=clinic.id, source_key="pms", kind="csv", paths=[rows], mapping=mapping, now=NOW
    )
    assert stands(clinic, rosa) == "stopped"
