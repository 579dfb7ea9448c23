"""CDSi supporting data: read whole, refused with file and element, unknown elements never unnoticed."""

import gzip
import shutil
from datetime import date
from pathlib import Path

import pytest

from rebook.core.immunisation.periods import read_period
from rebook.core.immunisation.schedule import (
    CountLogic,
    ImmuneByBirth,
    SeriesKind,
    SkipContext,
    SkipKind,
)
from rebook.sources.base import UnableToRead
from rebook.sources.cdsi import SupportingDataInvalid, read_schedule
from support.supporting_data import supporting_data

OWN = Path(__file__).parents[2] / "data" / "cdsi" / "own_1.0"
ALPHA_FILE = "AntigenSupportingData-Alpha-508.xml"
GENERAL_FILE = "ScheduleSupportingData.xml"


@pytest.fixture(scope="module")
def own():
    return read_schedule(OWN)


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(OWN, tmp_path / "data_2.5")
    return tmp_path / "data_2.5"


def change(folder, old, new, name=ALPHA_FILE, times=1):
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, times))


def problems(folder):
    with pytest.raises(SupportingDataInvalid) as caught:
        read_schedule(folder)
    return caught.value.problems


def test_groups_products_conflicts_and_observations(own):
    assert [(one.name, one.antigens, one.gives_full_group) for one in own.groups] == [
        ("Alpha", ("Alpha",), False),
        ("Beta", ("Beta",), True),
    ]
    assert [link.antigen for link in own.vaccines["03"]] == ["Alpha", "Beta"]
    assert own.vaccines["03"][0].end_age == read_period("5 years")
    assert own.vaccine_names == {"501": "Alpha vaccine", "03": "Alpha and Beta"}
    assert [(one.previous, one.ends_if_valid.days, one.ends.days) for one in own.conflicts["501"]] == [
        ("503", 24, 28)
    ]
    assert own.observations == {"901": "At risk", "902": "Exposed"}
    assert own.coded == {("SNOMED", "111"): frozenset({"901"}), ("CDCPHINVS", "A11"): frozenset({"901"})}
    assert (own.version, own.unknown_elements) == ("1.0", ())
    assert own.used_observations == {"901", "902"}


def test_an_antigen(own):
    alpha = own.antigens["Alpha"]
    assert alpha.immune_by == {"902"}
    assert alpha.immune_by_birth == (ImmuneByBirth(date(1957, 1, 31), "U.S.", frozenset({"901"})),)
    whole, product = alpha.contraindications
    assert (whole.words, whole.end_age, whole.vaccines) == (
        "Do not give in the first weeks.",
        read_period("2 weeks"),
        (),
    )
    assert (product.words, [one.cvx for one in product.vaccines]) == ("At risk", ["03"])
    assert alpha.not_understood == ()


def test_a_series(own):
    first, second = own.antigens["Alpha"].series
    assert (first.kind, first.group, first.is_default, first.is_product) == ("Standard", "1", True, False)
    assert first.equivalent_groups == {"2", "3"}
    assert first.sexes == {"Female", "Unknown"}
    assert first.max_age_to_start == read_period("12 months - 4 days")
    assert first.indications == ()
    assert (second.kind, second.priority, second.preference) == (SeriesKind.RISK, "B", 99)
    assert (second.is_shared_decision, first.is_shared_decision) == (True, False)
    assert (second.min_age_to_start, second.sexes) == (read_period("2 years"), frozenset())
    assert [(one.observation, one.begin_age, one.end_age) for one in second.indications] == [
        ("901", read_period("2 years"), None)
    ]
    assert own.antigens["Beta"].series[0].kind is SeriesKind.EVALUATION_ONLY


def test_a_dose_with_its_ages_and_products(own):
    dose = own.antigens["Alpha"].series[0].doses[0]
    (rule,) = dose.ages
    assert [str(one) for one in (rule.absolute_minimum, rule.minimum, rule.earliest_recommended)] == [
        "6 weeks - 4 days",
        "6 weeks",
        "2 months",
    ]
    assert (str(rule.latest_recommended), rule.maximum) == ("3 months + 4 weeks", None)
    (product,) = dose.preferable
    assert (product.cvx, product.mvx, product.trade_name, product.is_forecast) == (
        "501",
        "AAA",
        "ALPHA-ONE",
        True,
    )
    assert [one.cvx for one in dose.allowable] == ["03"]
    assert dose.inadvertent == {"503"}
    assert (dose.intervals, dose.skips, dose.is_recurring, dose.season_starts_on) == ((), (), False, None)


def test_the_four_kinds_of_interval(own):
    dose = own.antigens["Alpha"].series[0].doses[1]
    previous, recent, observed = dose.intervals
    assert (previous.from_previous, previous.is_priority, previous.in_force.effective_on) == (
        True,
        True,
        date(2022, 5, 6),
    )
    assert (recent.from_previous, recent.from_vaccines) == (False, frozenset({"501", "03"}))
    assert (observed.from_observation, observed.absolute_minimum) == ("902", None)
    assert [one.from_target_dose for one in dose.allowable_intervals] == [1]
    assert (dose.is_recurring, dose.season_starts_on, dose.season_ends_on) == (
        True,
        date(2025, 7, 1),
        date(2026, 6, 30),
    )


def test_conditional_skip(own):
    (rule,) = own.antigens["Alpha"].series[0].doses[1].skips
    assert (rule.context, rule.needs_all) == (SkipContext.BOTH, False)
    age, enough = rule.sets
    assert (age.words, age.needs_all, age.conditions[0].kind) == ("Old enough", True, SkipKind.AGE)
    assert (enough.needs_all, enough.in_force.ceased_on) == (True, date(2030, 12, 31))
    count, series, interval = enough.conditions
    assert (count.kind, count.count, count.logic, count.valid_only) == (
        SkipKind.COUNT,
        1,
        CountLogic.GREATER,
        True,
    )
    assert (count.vaccines, count.start_on) == (frozenset({"501", "03"}), date(2020, 1, 1))
    assert (series.kind, series.series_groups) == (SkipKind.COMPLETED_SERIES, frozenset({"1", "2"}))
    assert (interval.kind, str(interval.interval)) == (SkipKind.INTERVAL, "6 months - 4 days")


def test_gzip_or_not_is_the_same(folder, own):
    for path in list(folder.iterdir()):
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    read = read_schedule(folder)
    assert (read.antigens, read.groups, read.version) == (own.antigens, own.groups, "2.5")


VALUES = [
    (
        "<absMinAge>6 weeks - 4 days<",
        "<absMinAge>six weeks<",
        "series[1]/seriesDose[1]/age[1]/absMinAge: 'six",
    ),
    ("20220506", "2022-05-06", "series[1]/seriesDose[2]/interval[1]/effectiveDate: '2022-05-06' is no date"),
    ("01/31/1957", "1957", "immunity[1]/dateOfBirth[1]/immunityBirthDate: '1957' is no date"),
    ("Dose 2", "Dose two", "series[1]/seriesDose[2]/doseNumber: 'two' is no dose number"),
    (">Standard</seriesType", ">Usual</seriesType", "series[1]/seriesType: 'Usual' is not known"),
    ("<context>Both", "<context>Always", "conditionalSkip[1]/context: 'Always' is not known"),
    ("<setLogic>OR", "<setLogic>XOR", "setLogic: 'XOR' is neither AND nor OR"),
    (">Completed Series<", ">Full Moon<", "conditionType: 'full moon' is not known"),
    (">Valid</doseType", ">Some</doseType", "doseType: 'some' is neither valid nor total"),
    (">Greater Than<", ">About<", "doseCountLogic: 'about' is not known"),
    ("<doseCount>1<", "<doseCount>one<", "doseCount: 'one' is no whole number"),
    ("<recurringDose>Yes", "<recurringDose>Maybe", "recurringDose: 'Maybe' is neither yes nor no"),
    ("override", "sometimes", "intervalPriority: 'sometimes' is not known"),
    ("<seriesPriority>A", "<seriesPriority>Z", "selectSeries[1]/seriesPriority: 'Z' is not known"),
    ("<seriesName>Alpha 2-dose series</seriesName>", "<seriesName/>", "series[1]/seriesName: is missing"),
    ("<code>902</code>", "<code/>", "fromRelevantObs[1]/code: is missing or empty"),
    ("<cvx>503</cvx>", "<cvx/>", "inadvertentVaccine[1]/cvx: is missing or empty"),
]


@pytest.mark.parametrize(("old", "new", "complaint"), VALUES)
def test_a_bad_value_is_refused_with_file_and_element(folder, old, new, complaint):
    change(folder, old, new)
    (found,) = problems(folder)
    assert found.startswith(f"{ALPHA_FILE}: ")
    assert complaint in found


def test_every_bad_value_is_named_at_once(folder):
    change(folder, "4 weeks", "four weeks", times=9)
    change(folder, "<antigen>Beta</antigen>", "<antigen>Gamma</antigen>", GENERAL_FILE, times=9)
    found = problems(folder)
    assert len(found) > 3
    assert any(one.startswith(f"{GENERAL_FILE}: ") and "no file for Gamma" in one for one in found)


def test_a_long_list_of_problems_is_cut_in_the_message_only(folder):
    body = "<seriesDose><doseNumber>x</doseNumber></seriesDose>"
    change(folder, "</series>", body * 30 + "</series>")
    with pytest.raises(SupportingDataInvalid, match="and 10 more") as caught:
        read_schedule(folder)
    assert len(caught.value.problems) == 30


def test_unknown_elements_are_reported_and_leave_the_antigen_uncovered(folder):
    change(folder, "<recurringDose>", "<moonPhase>full</moonPhase><recurringDose>")
    change(folder, "<vaccineGroups>", "<newIdea>1</newIdea><vaccineGroups>", GENERAL_FILE)
    read = read_schedule(folder)
    assert read.unknown_elements == (
        f"{GENERAL_FILE}: newIdea",
        f"{ALPHA_FILE}: series[1]/seriesDose[1]/moonPhase",
    )
    assert read.antigens["Alpha"].not_understood == ("series[1]/seriesDose[1]/moonPhase",)
    assert read.antigens["Beta"].not_understood == ()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (ALPHA_FILE, b"<antigenSupportingData>", "no well-formed XML"),
        (ALPHA_FILE, b"", "no well-formed XML"),
        (ALPHA_FILE, b"<html/>", "begins with <html>"),
        (
            ALPHA_FILE,
            b'<!DOCTYPE a [<!ENTITY b "c">]><antigenSupportingData>&b;</antigenSupportingData>',
            "entities",
        ),
        (
            ALPHA_FILE,
            b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><antigenSupportingData/>',
            "document types and entities",
        ),
        (ALPHA_FILE + ".gz", b"no gzip", "cannot be read"),
        (ALPHA_FILE + ".gz", gzip.compress(b"<a>" * 1000, mtime=0)[:-9], "cannot be read"),
        (ALPHA_FILE + ".gz", gzip.compress(b" " * 33_000_000, mtime=0), "larger than"),
        (GENERAL_FILE, b"\xff\xfe\x00", "no well-formed XML"),
    ],
)
def test_damaged_or_dangerous_files_are_refused(folder, name, content, words):
    (folder / name).write_bytes(content)
    with pytest.raises(UnableToRead, match=words):
        read_schedule(folder)


def test_an_antigen_in_two_files_is_refused(folder):
    shutil.copy(folder / ALPHA_FILE, folder / "AntigenSupportingData-Again-508.xml")
    assert any("Alpha is in two files" in one for one in problems(folder))


def test_an_empty_antigen_file_is_refused(folder):
    (folder / ALPHA_FILE).write_text("<antigenSupportingData><contraindications/></antigenSupportingData>")
    assert any("holds no series" in one for one in problems(folder))


def test_a_schedule_file_without_its_parts_is_refused(folder):
    (folder / GENERAL_FILE).write_text("<scheduleSupportingData/>")
    assert {one.split(": ")[1].strip("/") for one in problems(folder)} == {
        "liveVirusConflicts",
        "vaccineGroups",
        "vaccineGroupToAntigenMap",
        "cvxToAntigenMap",
        "observations",
    }


@pytest.mark.parametrize("left", ["", GENERAL_FILE, ALPHA_FILE])
def test_missing_files_are_named(folder, left):
    for path in folder.iterdir():
        if path.name != left:
            path.unlink()
    with pytest.raises(UnableToRead, match=r"(Schedule|Antigen)SupportingData"):
        read_schedule(folder)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(UnableToRead, match="no such folder"):
        read_schedule(tmp_path / "nowhere")


def test_the_whole_of_cdcs_data_is_understood():
    read = supporting_data()
    assert (read.version, len(read.antigens), read.unknown_elements) == ("4.64", 30, ())
    assert all(one.not_understood == () for one in read.antigens.values())
    assert sum(len(one.series) for one in read.antigens.values()) == 143
    assert sum(len(s.doses) for one in read.antigens.values() for s in one.series) == 484
