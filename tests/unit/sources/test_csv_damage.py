"""Exports as they come: each fault costs its row, says where and why, and harms nothing else."""

import gzip
import tracemalloc

import pytest

from rebook.core.facts import AppointmentFact, PatientFact, VisitFact
from rebook.sources import csv
from rebook.sources.base import UnableToRead
from support.exports import CHICAGO, DIARY, DIARY_HEADER, collect, diary, diary_row, read_csv, write

BAD_ROWS = [
    # what is wrong, the column that is named, the reason
    ({"age": "-1"}, "age", "below zero"),
    ({"age": "200"}, "age", "above 130"),
    ({"status": "vanished"}, "status", "not in the mapping's words"),
    ({"status": ""}, "status", "no value"),
    ({"booked": "2026-02-03 08:00"}, "day", "before its booking"),
    ({"booked": "2026-02-02 09:01"}, "day", "before its booking"),
    ({"day": "2/3/2026"}, "day", "not a date"),
    ({"day": ""}, "day", "no value"),
    ({"id": "5,58998E+14".replace(",", ".")}, "id", "damaged by a spreadsheet"),
    ({"patient": ""}, "patient", "no value"),
]


@pytest.mark.parametrize(("cells", "column", "reason"), BAD_ROWS)
def test_a_bad_row_is_turned_away_with_its_column_and_the_rest_goes_on(tmp_path, cells, column, reason):
    read = read_csv(tmp_path, diary(diary_row(1), diary_row(2, **cells), diary_row(3)))
    (reject,) = read.rejects
    assert (reject.file, reject.line, reject.field) == ("diary.csv", 3, column)
    assert reject.reason.find(reason) >= 0
    assert "a2" in reject.raw or "E+14" in reject.raw
    assert [fact.external_id for fact in read.facts(AppointmentFact)] == ["a1", "a3"]
    assert [fact.external_id for fact in read.facts(VisitFact)] == ["a1", "a3"]


def test_a_bad_appointment_leaves_its_patient(tmp_path):
    read = read_csv(tmp_path, diary(diary_row(1, status="vanished")))
    assert [fact.external_id for fact in read.facts(PatientFact)] == ["p1"]
    assert read.rejects[0].entity == "appointment"


def test_booked_later_on_the_day_of_an_appointment_that_has_only_a_date(tmp_path):
    mapping = DIARY.replace('starts_at = "day"', 'starts_at = { column = "day", date_only = true }')
    rows = (diary_row(1, booked="2026-02-02 17:30"), diary_row(2, booked="2026-02-03 00:30"))
    read = read_csv(tmp_path, diary(*rows), mapping=mapping)
    assert [fact.external_id for fact in read.facts(AppointmentFact)] == ["a1"]
    assert read.places() == [(3, "day", "the appointment is before its booking")]


@pytest.mark.parametrize(
    ("row", "reason"), [("a2,p2,Rosa", "3 columns, the header 10"), (diary_row(2) + ",more", "11 columns")]
)
def test_too_few_or_too_many_columns(tmp_path, row, reason):
    read = read_csv(tmp_path, diary(diary_row(1), row, diary_row(3)))
    assert [place[:2] for place in read.places()] == [(3, "")]
    assert reason in read.rejects[0].reason
    assert len(read.facts(AppointmentFact)) == 2


def test_a_spreadsheets_csv(tmp_path):
    """Saved by a spreadsheet on a European computer: mark, hint, semicolons, CRLF, empty cells at the end."""
    rows = [
        "sep=;",
        DIARY_HEADER.replace(",", ";") + ";;",
        "a1;p1;José;Núñez;40;312-555-0123;yes;kept;46054,4;46055,375;;",
        'a2;"5,58998E+14";Ana;Paz;40;312-555-0123;yes;kept;46054,4;46055,375;;',
        "a3;p3;Eva;Sol;40;312-555-0123;yes;kept;1/2/2026 10:00;46055,375;;",
        ";;;;;;;;;;;",
    ]
    content = ("\ufeff" + "\r\n".join(rows) + "\r\n").encode()
    read = read_csv(tmp_path, content)
    patients = {fact.external_id: fact for fact in read.facts(PatientFact)}
    assert (patients["p1"].given_name, patients["p1"].family_name) == ("José", "Núñez")
    assert read.facts(AppointmentFact)[0].starts_at.isoformat() == "2026-02-02T15:00:00+00:00"
    assert [place[:2] for place in read.places()] == [(4, "patient"), (5, "booked")]
    assert "damaged by a spreadsheet" in read.rejects[0].reason
    assert "not a date" in read.rejects[1].reason


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_encoding_is_found_out(tmp_path, encoding):
    content = diary(diary_row(1, given="José", family="Müller-Iñárritu")).encode(encoding)
    read = read_csv(tmp_path, content)
    assert read.rejects == []
    assert read.one(PatientFact).family_name == "Müller-Iñárritu"


def test_lines_that_are_not_in_the_encoding_are_turned_away(tmp_path):
    good = [diary_row(number, given="José") for number in range(1, 4)]
    content = diary(*good).encode() + diary_row(4, given="José").encode("cp1252") + b"\n"
    read = read_csv(tmp_path, content + diary_row(5).encode())
    assert [fact.external_id for fact in read.facts(PatientFact)] == ["p1", "p2", "p3", "p5"]
    (reject,) = read.rejects
    assert reject.line == 5
    assert "not in the file's encoding" in reject.reason
    assert "\\udce9" in reject.raw


def test_a_wrong_encoding_in_the_mapping_never_gives_wrong_names(tmp_path):
    content = diary(diary_row(1), diary_row(2, given="José")).encode("cp1252")
    read = read_csv(tmp_path, content, mapping='encoding = "utf-8"\n' + DIARY)
    assert [fact.external_id for fact in read.facts(PatientFact)] == ["p1"]
    assert read.rejects[0].line == 3


def test_a_line_of_200_mb_is_skipped_without_being_held(tmp_path):
    file = tmp_path / "diary.csv"
    with file.open("wb") as out:
        out.write(diary(diary_row(1)).encode())
        for _ in range(200):
            out.write(b"x" * 1_000_000)
        out.write(b"\n" + diary_row(2).encode() + b"\n")
    mapping = csv.load_mapping(write(tmp_path / "mapping.toml", DIARY))
    tracemalloc.start()
    read = collect(csv.CsvReader([file], mapping, clock=CHICAGO))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read.places() == [(3, "", "the line is longer than 1,048,576 characters")]
    assert [fact.external_id for fact in read.facts(AppointmentFact)] == ["a1", "a2"]
    assert read.facts(AppointmentFact)[1] in [one.fact for one in read.placed if one.line == 4]
    assert peak < 30_000_000


def test_a_gzip_that_breaks_off_gives_what_stood_before(tmp_path):
    rows = [diary_row(number, given=f"Name{number * 7919 % 10007}") for number in range(2_000)]
    whole = gzip.compress(diary(*rows).encode())
    file = write(tmp_path / "mapping.toml", DIARY).with_name("diary.csv.gz")
    file.write_bytes(whole[: len(whole) // 2])
    read = collect(csv.CsvReader([file], csv.load_mapping(tmp_path / "mapping.toml"), clock=CHICAGO))
    assert 100 < len(read.facts(AppointmentFact)) < 2_000
    assert {fact.external_id for fact in read.facts(AppointmentFact)} <= {f"a{n}" for n in range(2_000)}
    (reject,) = read.rejects
    assert (reject.file, reject.entity) == ("diary.csv.gz", "file")
    assert f"breaks off after {len(whole) // 2} bytes" in reject.reason


def test_a_damaged_gzip_names_the_place(tmp_path):
    whole = bytearray(gzip.compress(diary(*(diary_row(number) for number in range(500))).encode()))
    whole[len(whole) // 2 : len(whole) // 2 + 40] = b"\xff" * 40
    file = write(tmp_path / "mapping.toml", DIARY).with_name("diary.csv.gz")
    file.write_bytes(bytes(whole))
    read = collect(csv.CsvReader([file], csv.load_mapping(tmp_path / "mapping.toml"), clock=CHICAGO))
    assert read.rejects[-1].entity == "file"
    assert "damaged" in read.rejects[-1].reason or "breaks off" in read.rejects[-1].reason


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path):
    rows = [diary_row(1), diary_row(2, given='"Rosa'), *(diary_row(number) for number in range(3, 300))]
    read = read_csv(tmp_path, diary(*rows))
    assert read.places() == [(3, "", "a quotation mark is not closed")]
    assert len(read.facts(AppointmentFact)) == 298


def test_a_quote_that_is_never_closed_in_the_last_row(tmp_path):
    read = read_csv(tmp_path, diary(diary_row(1), diary_row(2, given='"Rosa')))
    assert read.places() == [(3, "", "a quotation mark is not closed")]
    assert len(read.facts(AppointmentFact)) == 1


def test_a_file_without_a_column_that_the_mapping_names(tmp_path):
    read = read_csv(tmp_path, "id,patient\na1,p1\n")
    (reject,) = read.rejects
    assert (reject.line, reject.field, reject.entity) == (1, "given", "file")


def test_a_column_that_stands_there_twice_is_not_guessed(tmp_path):
    read = read_csv(tmp_path, DIARY_HEADER + ",day\n" + diary_row(1) + ",x\n")
    assert "2 times" in read.rejects[0].field


def test_a_workbook_is_not_text(tmp_path):
    read = read_csv(tmp_path, b"PK\x03\x04 and more")
    assert "save it as CSV" in read.rejects[0].reason


def test_an_empty_file_and_one_with_only_a_header(tmp_path):
    assert read_csv(tmp_path, "").rejects[0].taken
    assert read_csv(tmp_path, diary()).rejects == []


def test_a_path_that_does_not_exist(tmp_path):
    mapping = csv.load_mapping(write(tmp_path / "mapping.toml", DIARY))
    with pytest.raises(UnableToRead, match="does not exist"):
        csv.CsvReader([tmp_path / "nowhere.csv"], mapping, clock=CHICAGO)


def test_a_folder_in_which_nothing_fits(tmp_path):
    mapping = csv.load_mapping(write(tmp_path / "mapping.toml", DIARY))
    with pytest.raises(UnableToRead, match="no file fits"):
        csv.CsvReader([tmp_path], mapping, clock=CHICAGO)


def test_a_folder_is_read_in_order_of_name_and_what_does_not_fit_is_named(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    write(folder / "b.csv", diary(diary_row(2)))
    write(folder / "a.csv.gz", diary(diary_row(1)))
    write(folder / "notes.txt", "hello")
    write(folder / ".hidden.csv", "hello")
    mapping = csv.load_mapping(write(tmp_path / "mapping.toml", DIARY))
    read = collect(csv.CsvReader([folder], mapping, clock=CHICAGO))
    assert [one.file for one in read.placed] == ["a.csv.gz"] * 3 + ["b.csv"] * 3
    assert read.ignored == {"notes.txt": 1}


def test_progress_ends_at_the_size_of_the_file(tmp_path):
    read = read_csv(tmp_path, diary(*(diary_row(number) for number in range(4_500))))
    assert [one.rows for one in read.progress] == [2_000, 4_000, 4_500]
    assert read.progress[-1].bytes_read == read.progress[-1].total_bytes > 0
