"""Quality measures: on test cases beside what is expected, and on a clinic's own FHIR export."""

from rebook.packs.loader import PackInvalid
from rebook.sources.base import UnableToRead
from rebook.sources.fhir.value_sets import UnableToReadValueSets, read_value_sets

from .cases import LINES, Agreement, ExpectedInvalid, agreement, read_expected
from .report import MeasureReport, PatientTrace, explain_files, judge_files

__all__ = [
    "LINES",
    "Agreement",
    "ExpectedInvalid",
    "MeasureReport",
    "PackInvalid",
    "PatientTrace",
    "UnableToRead",
    "UnableToReadValueSets",
    "agreement",
    "explain_files",
    "judge_files",
    "read_expected",
    "read_value_sets",
]
