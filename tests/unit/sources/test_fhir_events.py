"""FHIR resources as events: spans, codes, readings; what is not understood is counted."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.criteria import MAX, MIN, WHOLE_SET, Coded, Reading, day_span
from rebook.sources.fhir.event_profiles import profiles
from rebook.sources.fhir.event_supply import days_in, supply
from rebook.sources.fhir.event_times import Times
from rebook.sources.fhir.events import UnableToReadEvents, bundle_events, patient_events
from rebook.sources.fhir.value_sets import UnableToReadValueSets, read_value_sets

PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1980-05-17"}
TERMS = "http://terminology.hl7.org/CodeSystem/"


KINDS = (
    "Encounter",
    "Condition",
    "Procedure",
    "Observation",
    "MedicationRequest",
    "ServiceRequest",
    "Patient",
)
ELEMENTS = (
    *("code", "coding", "category", "class", "meta", "profile", "extension", "url", "period", "start", "end"),
    *("onsetDateTime", "performedAge", "value", "valueQuantity", "component", "encounter", "reference"),
    *("dosageInstruction", "dispenseRequest", "contained", "hospitalization", "modifierExtension", "id"),
    *("effectivePeriod", "birthDate", "deceasedDateTime", "clinicalStatus", "medicationReference", "basedOn"),
)


def utc(*parts, ms=0):
    return datetime(*parts, tzinfo=UTC) + timedelta(milliseconds=ms)


def times():
    return Times(Counter(), date(1980, 5, 17))


def event(**resource):
    """The event of one resource, with what was counted."""
    found = patient_events([PATIENT, resource])
    (only,) = found.history.events
    return only, found.ignored


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2026-03-01T08:30:00.000Z", utc(2026, 3, 1, 8, 30), utc(2026, 3, 1, 8, 30)),
        ("2026-03-01T08:30:00.123+00:00", utc(2026, 3, 1, 8, 30, ms=123), utc(2026, 3, 1, 8, 30, ms=123)),
        ("2026-03-01T23:30:00.5-05:00", utc(2026, 3, 2, 4, 30, ms=500), utc(2026, 3, 2, 4, 30, ms=500)),
        ("2026-03-01T08:30:00Z", utc(2026, 3, 1, 8, 30), utc(2026, 3, 1, 8, 30, ms=999)),
        ("2026-03-01", utc(2026, 3, 1), utc(2026, 3, 1, 23, 59, 59, ms=999)),
        ("2026-02", utc(2026, 2, 1), utc(2026, 2, 28, 23, 59, 59, ms=999)),
        ("2026", utc(2026, 1, 1), utc(2026, 12, 31, 23, 59, 59, ms=999)),
    ],
)
def test_a_time_is_as_exact_as_it_is_written(text, earliest, latest):
    """A date is any instant of its day, seconds any millisecond."""
    assert times().moment(text, "x") == (earliest, latest)


@pytest.mark.parametrize(
    "text", ["2026-13-01", "2026-02-30", "yesterday", "2026-03-01T25:00:00Z", 20260301, ""]
)
def test_what_is_no_time_is_counted(text):
    """And taken as not given."""
    ignored = Counter()
    assert Times(ignored).moment(text, "Observation.effective") is None
    assert ignored == {"Observation.effective: no time that can be read": 1}


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_any_offset_is_the_same_instant(moment, minutes):
    """An instant written in any zone is one instant."""
    from datetime import timezone

    exact = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    found = times().moment(exact.isoformat(timespec="milliseconds"), "x")
    assert found == (exact.astimezone(UTC), exact.astimezone(UTC))


def test_a_period_may_lack_an_end_or_a_start():
    """Without an end it is not over; when it began without a start no one knows."""
    start, end = "2026-03-01T08:00:00.000Z", "2026-03-02T08:00:00.000Z"
    assert times().period({"start": start}, "x").ends_at == MAX
    found = times().period({"end": end}, "x")
    assert (found.starts_at, found.starts_by) == (MIN, utc(2026, 3, 2, 8))
    assert times().period(None, "x") is None


@pytest.mark.parametrize(
    ("age", "first", "last"),
    [
        ({"value": 30, "code": "a"}, date(2010, 5, 17), date(2011, 5, 16)),
        ({"value": 6, "code": "mo"}, date(1980, 11, 17), date(1981, 11, 16)),
        ({"value": 2, "code": "wk"}, date(1980, 5, 31), date(1981, 5, 30)),
    ],
)
def test_an_age_is_the_year_after_that_birthday(age, first, last):
    """As a period by the patient's age."""
    found = times().choice({"resourceType": "Procedure", "performedAge": age}, "performed")
    assert (found.starts_at.date(), found.ends_by.date()) == (first, last)


def test_an_age_in_no_unit_of_time_is_counted():
    """Or of someone whose birth date is not known."""
    ignored = Counter()
    resource = {"resourceType": "Procedure", "performedAge": {"value": 3, "code": "kg"}}
    assert Times(ignored, date(1980, 1, 1)).choice(resource, "performed") is None
    assert Times(ignored).choice(resource | {"performedAge": {"value": 3, "code": "a"}}, "performed") is None
    assert sum(ignored.values()) == 2


@pytest.mark.parametrize(
    ("status", "more", "ends"),
    [
        ("active", {}, (MAX, MAX)),
        ("resolved", {}, (utc(2020, 1, 1), MAX)),
        ("resolved", {"abatementDateTime": "2021-01-01T00:00:00.000Z"}, (utc(2021, 1, 1), utc(2021, 1, 1))),
        ("active", {"abatementDateTime": "2021-01-01T00:00:00.000Z"}, (utc(2021, 1, 1), utc(2021, 1, 1))),
        (
            "resolved",
            {"abatementPeriod": {"start": "2020-12-01", "end": "2021-01-01T00:00:00.000Z"}},
            (utc(2020, 12, 31, 23, 59, 59, ms=999),) * 2,
        ),
        ("resolved", {"abatementPeriod": {"start": "2020-12-01"}}, (utc(2020, 1, 1), MAX)),
    ],
)
def test_a_condition_lasts_until_its_abatement(status, more, ends):
    """Without one it is not over when active, else no one knows when it was."""
    found, _ = event(
        resourceType="Condition",
        clinicalStatus={"coding": [{"system": TERMS + "condition-clinical", "code": status}]},
        onsetDateTime="2020-01-01T00:00:00.000Z",
        **more,
    )
    assert (found.span.ends_at, found.span.ends_by) == ends


@pytest.mark.parametrize(
    ("request_", "first", "last"),
    [
        (
            {"dispenseRequest": {"expectedSupplyDuration": {"value": 30, "code": "d"}}},
            (2026, 3, 1),
            (2026, 3, 30),
        ),
        (
            {
                "dispenseRequest": {
                    "expectedSupplyDuration": {"value": 2, "code": "wk"},
                    "numberOfRepeatsAllowed": 1,
                }
            },
            (2026, 3, 1),
            (2026, 3, 28),
        ),
        (
            {
                "dispenseRequest": {"quantity": {"value": 60}},
                "dosageInstruction": [
                    {
                        "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                        "doseAndRate": [{"doseQuantity": {"value": 1}}],
                    }
                ],
            },
            (2026, 3, 1),
            (2026, 3, 30),
        ),
        (
            {
                "dosageInstruction": [
                    {"timing": {"repeat": {"boundsPeriod": {"start": "2026-02-01", "end": "2026-02-10"}}}}
                ]
            },
            (2026, 2, 1),
            (2026, 2, 10),
        ),
        (
            {
                "authoredOn": None,
                "dispenseRequest": {
                    "validityPeriod": {"start": "2026-04-01"},
                    "expectedSupplyDuration": {"value": 1, "unit": "days"},
                },
            },
            (2026, 4, 1),
            (2026, 4, 1),
        ),
    ],
)
def test_a_prescription_lasts_as_long_as_it_supplies(request_, first, last):
    """By expected supply, by quantity and dose, or by bounds."""
    found = supply({"authoredOn": "2026-03-01T12:00:00Z", **request_}, times())
    assert found == day_span(date(*first), date(*last))


@pytest.mark.parametrize(
    "request_",
    [
        {"authoredOn": "2026-03-01"},
        {"dispenseRequest": {"expectedSupplyDuration": {"value": 30, "code": "d"}}},
        {
            "authoredOn": "2026-03-01",
            "dispenseRequest": {"expectedSupplyDuration": {"value": 30, "code": "kg"}},
        },
        {"authoredOn": "2026-03-01", "dispenseRequest": {"quantity": {"value": 60}}},
    ],
)
def test_a_prescription_that_does_not_say_has_no_span(request_):
    """Neither supply nor bounds, or no day to begin on."""
    assert supply(request_, times()) is None


def test_a_month_of_supply_is_thirty_days_and_a_bit():
    """Whole units of UCUM and words."""
    assert days_in({"value": 2, "code": "mo"}) == pytest.approx(60.875)
    assert days_in({"value": 3, "unit": "weeks"}) == 21
    assert days_in({"value": 3}) is None
    assert days_in(None) is None


def test_everything_coded_has_its_place():
    """Type, class, discharge, reasons; own numbers and components; what is referred to."""
    found, _ = event(
        resourceType="Encounter",
        id="e1",
        status="finished",
        type=[{"coding": [{"system": "s", "code": "t"}]}],
        **{"class": {"system": "c", "code": "IMP"}},
        period={"start": "2026-03-01", "end": "2026-03-02"},
        hospitalization={"dischargeDisposition": {"coding": [{"system": "d", "code": "home"}]}},
        reasonCode=[{"coding": [{"system": "r", "code": "1"}, {"system": "r", "code": "2"}]}],
    )
    assert found.kind == "visit"
    assert found.source_id == "e1"
    assert set(found.codes) == {
        Coded("code", "s", "t"),
        Coded("class", "c", "IMP"),
        Coded("disposition", "d", "home"),
        Coded("reason", "r", "1"),
        Coded("reason", "r", "2"),
    }
    measured, _ = event(
        resourceType="Observation",
        status="final",
        code={"coding": [{"system": "l", "code": "bp"}]},
        encounter={"reference": "Encounter/e1"},
        basedOn=[{"reference": "urn:uuid:o1"}],
        valueQuantity={"value": 7.5, "unit": "percent", "code": "%"},
        component=[{"code": {"coding": [{"system": "l", "code": "sys"}]}, "valueInteger": 120}],
    )
    assert measured.readings == (Reading("", "", 7.5, "%"), Reading("l", "sys", 120.0, "1"))
    assert measured.references == (("encounter", "e1"), ("based_on", "o1"))
    assert measured.has_value


def test_none_of_a_value_set_is_coded_by_its_address():
    """As QI-Core says that nothing of the kind was done."""
    none_of = {"url": "http://hl7.org/fhir/us/qicore/StructureDefinition/qicore-notDoneValueSet"}
    found, _ = event(
        resourceType="ServiceRequest",
        doNotPerform=True,
        code={"extension": [none_of | {"valueCanonical": "http://x/set|2"}]},
    )
    assert found.codes == (Coded("code", WHOLE_SET, "http://x/set"),)


def test_a_number_below_or_above_is_no_number():
    """ "less than 7" says a value, but not which."""
    found, _ = event(resourceType="Observation", valueQuantity={"value": 7, "comparator": "<", "code": "%"})
    assert found.readings == ()
    assert found.has_value


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "ServiceRequest", "doNotPerform": True},
        {"resourceType": "ServiceRequest", "meta": {"profile": ["x/qicore-servicenotrequested"]}},
        {"resourceType": "Procedure", "status": "not-done"},
        {"resourceType": "Immunization", "status": "not-done"},
        {"resourceType": "Observation", "status": "cancelled"},
        {
            "resourceType": "DeviceRequest",
            "modifierExtension": [{"url": "x/extension-DeviceRequest.doNotPerform", "valueBoolean": True}],
        },
    ],
)
def test_what_was_not_done_says_so(resource):
    """By its profile, its status, or a mark of its own."""
    assert event(**resource)[0].is_not_done
    assert not event(resourceType=resource["resourceType"])[0].is_not_done


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        ({"resourceType": "Condition"}, {"problem"}),
        (
            {"resourceType": "Condition", "category": [{"coding": [{"code": "encounter-diagnosis"}]}]},
            {"encounter-diagnosis"},
        ),
        (
            {"resourceType": "Observation", "category": [{"coding": [{"code": "laboratory"}]}]},
            {"lab", "simple"},
        ),
        (
            {"resourceType": "Observation", "code": {"coding": [{"code": "85354-9"}]}},
            {"blood-pressure", "simple"},
        ),
        # A profile that is known decides alone.
        (
            {
                "resourceType": "Observation",
                "meta": {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-bmi|6.1.0"]},
                "category": [{"coding": [{"code": "laboratory"}]}],
            },
            {"bmi"},
        ),
        ({"resourceType": "Observation", "meta": {"profile": ["http://example.org/own"]}}, {"simple"}),
        ({"resourceType": "Procedure"}, set()),
    ],
)
def test_what_a_resource_is_read_as(resource, found):
    """By profile, else by category and code."""
    assert profiles(resource) == found


def test_the_patient_gives_birth_sex_and_death():
    """Sex as recorded for care, else by administrative gender; a birth year is no birth date."""
    sexed = PATIENT | {"extension": [{"url": "x/us-core-sex", "valueCode": "248153007"}], "gender": "female"}
    died = sexed | {"deceasedDateTime": "2026-05-01T10:00:00.000Z"}
    history = patient_events([died]).history
    assert (history.birth_on, history.sex) == (date(1980, 5, 17), "248153007")
    assert [one.span.starts_at for one in history.by_kind["death"]] == [utc(2026, 5, 1, 10)]
    assert patient_events([PATIENT | {"gender": "female"}]).history.sex == "248152002"
    assert patient_events([PATIENT | {"gender": "other", "birthDate": "1980"}]).history.birth_on is None
    assert patient_events([PATIENT | {"deceasedBoolean": True}]).history.by_kind["death"][0].span is None


def test_medications_are_named_by_what_they_refer_to():
    """Contained, or elsewhere in the bundle; what refers to nothing is counted."""
    named = {"coding": [{"system": "m", "code": "x"}]}
    inside = {
        "resourceType": "MedicationRequest",
        "contained": [{"resourceType": "Medication", "id": "m", "code": named}],
        "medicationReference": {"reference": "#m"},
    }
    beside = {"resourceType": "MedicationRequest", "medicationReference": {"reference": "Medication/n"}}
    found = patient_events(
        [PATIENT, inside, beside, {"resourceType": "Medication", "id": "n", "code": named}]
    )
    assert [one.codes for one in found.history.events] == [(Coded("code", "m", "x"),)] * 2
    assert patient_events([PATIENT, beside]).ignored == {"MedicationRequest: refers to what is not there": 1}


def test_what_is_not_read_is_counted():
    """Kinds of no use, times that are timings, bundles without a patient."""
    rows = [
        {"resourceType": "ImagingStudy"},
        {"resourceType": "ImagingStudy"},
        {"resourceType": "Observation", "effectiveTiming": {"event": ["2026-01-01"]}},
        {"resourceType": "Practitioner"},
    ]
    found = patient_events(rows)
    assert found.ignored == {
        "Patient: not one": 1,
        "ImagingStudy: not read": 2,
        "Observation.effective: a timing or free text": 1,
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(ELEMENTS), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(ELEMENTS), JSON, max_size=6))
def test_no_shape_breaks_the_reading(kind, elements):
    """Whatever stands in an element, the patient's other events are still read."""
    broken = elements | {"resourceType": kind}
    found = patient_events([PATIENT, broken, {"resourceType": "Task", "id": "t"}])
    assert found.history.events[-1].source_id == "t" or kind == "Patient"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"resourceType": "Patient"}', b"\xff"])
def test_what_is_no_bundle_is_refused(content):
    """With a word why, and no content."""
    with pytest.raises(UnableToReadEvents):
        bundle_events(content)


def test_a_bundle_keeps_its_order_and_names():
    """Events are numbered as they stand; a resource without an id goes by its address."""
    entries = [
        {"fullUrl": "urn:uuid:abc", "resource": {"resourceType": "Procedure"}},
        {"resource": PATIENT},
        {"resource": {"resourceType": "Task", "id": "t"}},
        {"request": {"method": "DELETE"}},
    ]
    found = bundle_events(json.dumps({"resourceType": "Bundle", "id": "b", "entry": entries}).encode())
    assert (found.bundle, found.key) == ("b", "p")
    assert [(one.id, one.kind, one.source_id) for one in found.history.events] == [
        (0, "procedure", "abc"),
        (2, "task", "t"),
    ]


def test_value_sets_are_read_by_address(tmp_path):
    """Nested codes too; two files with the same address are joined."""
    one = {
        "resourceType": "ValueSet",
        "url": "http://x/a|1",
        "expansion": {"contains": [{"system": "s", "code": "1", "contains": [{"system": "s", "code": "2"}]}]},
    }
    other = one | {"expansion": {"contains": [{"system": "s", "code": "3"}]}}
    (tmp_path / "a.ndjson").write_text(json.dumps(one) + "\n\n", "utf-8")
    bundle = {"resourceType": "Bundle", "entry": [{"resource": other}]}
    (tmp_path / "b.json").write_text(json.dumps(bundle, indent=1), "utf-8")
    found = read_value_sets([tmp_path / "a.ndjson", tmp_path / "b.json"])
    assert found == {"http://x/a": frozenset({("s", "1"), ("s", "2"), ("s", "3")})}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "a.ndjson:1: not JSON"),
        ('{"resourceType": "Patient"}', "a.ndjson:1: not a ValueSet"),
        ('{"resourceType": "ValueSet"}', "a.ndjson:1: url: is missing"),
        ('{"resourceType": "ValueSet", "url": "http://x"}', "is not expanded"),
    ],
)
def test_value_sets_that_cannot_be_read_are_refused(tmp_path, text, reason):
    """With file, line and reason."""
    (tmp_path / "a.ndjson").write_text(text, "utf-8")
    with pytest.raises(UnableToReadValueSets, match=reason):
        read_value_sets([tmp_path / "a.ndjson"])
