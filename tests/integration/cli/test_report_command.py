"""``report`` says the same figures in every dress."""

import csv
import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from rebook.records.models import Attempt, CaseSuccess, Gap
from support.practice import make_practice

pytestmark = pytest.mark.django_db

DAY = ("report", "--as-of", "2026-03-20")
STEPS = ["identified", "eligible", "attempted", "reached", "responded", "booked", "kept"]


@pytest.fixture
def practice():
    """Three were written to; one of them answered, booked and came."""
    made = make_practice()
    made.location.name = "=cmd|'/c calc'!A1"
    made.location.save()
    for number in (1, 2, 3):
        facts = {"first_attempt_at": made.at(16, 9), "reached_at": made.at(16, 9)}
        if number == 1:
            facts |= {"responded_at": made.at(17, 9), "booked_at": made.at(18, 10)}
            facts["visit_kept_at"] = made.at(20, 10)
        patient = made.patient(number)
        case = made.case(patient, **facts)
        Gap.objects.filter(pk=case.gap_id).update(location=made.location)
        if number == 1:
            CaseSuccess.objects.create(
                organisation=made.organisation,
                case=case,
                definition="visit:120:2",
                met_at=made.at(20, 10),
                judged_at=made.at(20, 11),
            )
        Attempt.objects.create(
            organisation=made.organisation,
            case=case,
            patient=patient,
            step_index=0,
            channel="sms",
            reference=f"r{number}",
            to_value="+13125550101",
            state="delivered",
            planned_at=made.at(16, 9),
            due_at=made.at(16, 9),
            expires_at=made.at(16, 9) + timedelta(days=3),
            sent_at=made.at(16, 9),
        )
    return made


def by_section(text):
    rows = list(csv.DictReader(io.StringIO(text)))
    return lambda section: {row["key"]: row for row in rows if row["section"] == section}


def test_json_holds_every_figure_with_its_fraction(practice, answer):
    said = answer(*DAY)
    assert [step["key"] for step in said["funnel"]] == STEPS
    assert [step["count"] for step in said["funnel"]] == [3, 3, 3, 3, 1, 1, 1]
    booking = next(rate for rate in said["rates"] if rate["key"] == "booking")
    assert (booking["numerator"], booking["denominator"]) == (1, 3)
    assert booking["value"] == pytest.approx(1 / 3)
    assert said["lift"]["difference"] is None
    assert said["as_of"] == "2026-03-20"


def test_json_by_format_is_the_same(practice, answer, rebook):
    assert rebook(*DAY, "--format", "json").stdout == rebook(*DAY, "--json").stdout


def test_csv_holds_the_same_figures(practice, answer, rebook):
    said = answer(*DAY)
    section = by_section(rebook(*DAY, "--format", "csv").stdout)
    assert [int(section("funnel")[key]["value"]) for key in STEPS] == [3, 3, 3, 3, 1, 1, 1]
    for rate in said["rates"]:
        row = section("rate")[rate["key"]]
        assert (int(row["numerator"]), int(row["denominator"])) == (rate["numerator"], rate["denominator"])
    assert section("by_channel")["sms"]["label"] == "succeeded"
    assert "Not enough patients to tell" in section("lift")["difference"]["label"]


def test_a_name_in_csv_is_no_formula(practice, rebook):
    places = by_section(rebook(*DAY, "--format", "csv").stdout)("by_location")
    assert [key[0] for key in places if "calc" in key] == ["'"]


def test_the_table_is_for_reading(practice, rebook):
    said = rebook(*DAY).stdout
    assert "Elm Street Dental, up to 2026-03-20" in said
    assert "Visit kept" in said
    assert "33.3%" in said
    assert "1 / 3" in said
    assert "Not enough patients to tell" in said


def test_the_page_stands_alone_and_shows_the_chart(practice, rebook):
    page = rebook(*DAY, "--format", "html").stdout
    assert page.startswith("<!doctype html>")
    assert "<svg" in page
    assert "Elm Street Dental" in page
    assert "http" not in page.replace("http://www.w3.org/", "")


def test_the_pdf_is_tagged_and_says_the_same(practice, answer, rebook, tmp_path):
    said, file = answer(*DAY), tmp_path / "results.pdf"
    assert f"written to {file}" in " ".join(
        rebook(*DAY, "--format", "pdf", "--file", str(file)).stdout.split("\n")
    )
    made = PdfReader(file)
    root = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()
    assert made.metadata.title == "Elm Street Dental: results up to 2026-03-20"
    text = " ".join(" ".join(page.extract_text() for page in made.pages).split())
    assert len(made.pages) == 2
    for words in (
        said["lift"]["sentence"],
        f"counted: {said['won'][0]['says']}",
        "1 of 3",
        "What bookings are tied to",
        "no cause",
        "Regular visit overdue",
    ):
        assert words in text, words


def test_the_pdf_goes_on_to_a_pipe(practice, rebook):
    assert rebook(*DAY, "--format", "pdf").stdout_bytes.startswith(b"%PDF-")


@pytest.mark.parametrize(("kind", "begins"), [("json", "{"), ("csv", "section,"), ("html", "<!doctype")])
def test_every_format_goes_into_a_file(practice, rebook, tmp_path, kind, begins):
    file = tmp_path / f"report.{kind}"
    rebook(*DAY, "--format", kind, "-o", str(file))
    assert file.read_text().startswith(begins)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--file", "x.txt"), "--file wants a --format"),
        (("--format", "csv", "--file", "/nowhere/at/all.csv"), "cannot be written"),
        (("--by", "mood"), "mood"),
    ],
)
def test_what_cannot_be_written(practice, rebook, words, problem):
    said = rebook(*DAY, *words, code=2)
    assert problem in said.output


def test_every_dress_names_what_it_counted(practice, answer, rebook):
    counted = "a kept visit of the kind due within 120 days of being taken in"
    said = answer(*DAY)
    assert [(one["definition"], one["says"]) for one in said["won"]] == [("visit:120:2", counted)]
    assert (said["won"][0]["contact_won"], said["won"][0]["contact_cases"]) == (1, 3)
    assert [one["key"] for one in said["definitions"]] == ["visit:120:2"]
    row = by_section(rebook(*DAY, "--format", "csv").stdout)("won_with_contact")["interval"]
    assert (row["label"], row["numerator"], row["denominator"]) == (f"counted: {counted}", "1", "3")
    for dress in ("html", "table"):
        assert counted in " ".join(rebook(*DAY, "--format", dress).stdout.split()), dress


@pytest.mark.parametrize(("by", "segment"), [("kind", "interval"), ("location", "=cmd|'/c calc'!A1")])
def test_channels_by_segment(practice, answer, rebook, by, segment):
    said = answer(*DAY, "--by", by)
    assert [(one["segment"], one["channel"], one["attempted"]) for one in said["by_segment"]] == [
        (segment, "sms", 3)
    ]
    keys = by_section(rebook(*DAY, "--by", by, "--format", "csv").stdout)(f"channel_by_{by}")
    assert [key[:1] for key in keys] == ["'" if by == "location" else "i"]


def test_a_day_before_anything_happened(practice, answer):
    said = answer("report", "--as-of", "2026-02-01")
    assert {step["count"] for step in said["funnel"]} == {0}


def test_asked_again_it_answers_the_same(practice, rebook):
    assert rebook(*DAY, "--json").stdout == rebook(*DAY, "--json").stdout


def test_what_cannot_be_a_day(practice, answer):
    assert "2026-11-21" in answer("report", "--as-of", "20.3.2026", code=2)["error"]
