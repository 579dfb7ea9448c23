"""What codes mean at this practice: an optional mapping file.

```toml
time_zone = "America/New_York"      # clock of calendar dates; else the practice's
region = "US"                       # country of phone numbers; else the practice's
number_source = "patient_form"      # how numbers and addresses came (R-A4); FHIR itself does not say
skip_classes = ["EMER", "IMP"]      # encounters of these classes are no visit to the practice
our_organizations = ["Organization/12"]  # a referral to one of these is one to us
abnormal = ["H", "L"]               # interpretations of a result that somebody must look at, beside A
follow_coverage = false             # the end of an insurance is a task for staff

[[visit_type]]
key = "annual_visit"
codes = ["http://snomed.info/sct|185349003"]
text = ["*check*up*"]               # or by the words of the code, with * and ?

[[procedure_kind]]
key = "colonoscopy"
codes = ["http://snomed.info/sct|73761001"]

[[condition_kind]]
key = "diabetes"
codes = ["http://snomed.info/sct|44054006"]

[[medication_kind]]                 # named, so that a refill that lapses is seen
key = "anticoagulant"
text = ["warfarin*", "apixaban*"]

[[order_kind]]                      # referral, test or treatment; R4's own categories need no line here
key = "referral"
codes = ["http://snomed.info/sct|306206005"]
```

A code without a system ("185349003") fits any system. Without a mapping everything is taken, unnamed.
"""

import re
from fnmatch import translate
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from rebook.sources.fhir.shape import CodeableConcept
from rebook.sources.mappings import decode_mapping, fault, number_source, zone

_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")


class _Meaning(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    key: str
    codes: list[str] = []
    text: list[str] = []


class _MappingFile(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    time_zone: str = ""
    region: str = ""
    number_source: str = ""
    skip_classes: list[str] = []
    visit_type: list[_Meaning] = []
    procedure_kind: list[_Meaning] = []
    condition_kind: list[_Meaning] = []
    medication_kind: list[_Meaning] = []
    order_kind: list[_Meaning] = []
    our_organizations: list[str] = []
    abnormal: list[str] = []
    follow_coverage: bool = False


ORDER_KINDS = ("referral", "test", "treatment")
# The words of R4's own category codes, which need no licence.
USUAL_ORDERS = [
    _Meaning(key="referral", text=["*referral*", "*consult*"]),
    _Meaning(key="test", codes=["LAB", "RAD", "IMG"], text=["laborator*", "*imaging*", "*radiolog*"]),
]


class Meanings:
    """From a code, or else its words, to a key of ours."""

    def __init__(self, meanings: list[_Meaning]) -> None:
        self._codes = {code: one.key for one in meanings for code in one.codes}
        self._texts = [
            (re.compile(translate(pattern), re.IGNORECASE), one.key)
            for one in meanings
            for pattern in one.text
        ]
        self._seen: dict[str, str] = {}

    def key_of(self, concept: CodeableConcept) -> str:
        """The key of the first coding that is known, else of the first text that fits; else empty."""
        for coding in concept.coding:
            key = self._codes.get(f"{coding.system}|{coding.code}") or self._codes.get(coding.code)
            if key:
                return key
        for text in (concept.text, *(coding.display for coding in concept.coding)):
            key = self._of_text(text) if text and self._texts else ""
            if key:
                return key
        return ""

    def _of_text(self, text: str) -> str:
        if text not in self._seen:
            if len(self._seen) > 10_000:
                self._seen.clear()
            self._seen[text] = next((key for pattern, key in self._texts if pattern.match(text)), "")
        return self._seen[text]


class FhirMapping:
    """See the module's text."""

    def __init__(self, *, read: _MappingFile | None = None, zone: ZoneInfo | None = None) -> None:
        read = read or _MappingFile()
        self.zone = zone
        self.region = read.region
        self.number_source = read.number_source
        self.skip_classes = frozenset(read.skip_classes)
        self.visit_types = Meanings(read.visit_type)
        self.procedure_kinds = Meanings(read.procedure_kind)
        self.condition_kinds = Meanings(read.condition_kind)
        self.medication_kinds = Meanings(read.medication_kind)
        self.order_kinds = Meanings(read.order_kind)
        self.usual_orders = Meanings(USUAL_ORDERS)
        self.our_organizations = frozenset(read.our_organizations)
        self.abnormal = frozenset(read.abnormal)
        self.follow_coverage = read.follow_coverage


def load_mapping(path: Path) -> FhirMapping:
    """The mapping at ``path``. Raises UnableToUseMapping with file, line and key."""
    read = decode_mapping(path, _MappingFile)
    read.number_source = number_source(path, read.number_source)
    for name in ("visit_type", "procedure_kind", "condition_kind", "medication_kind", "order_kind"):
        for index, meaning in enumerate(getattr(read, name)):
            if not _KEY.fullmatch(meaning.key):
                problem = f'"{meaning.key}" is not a key: small letters, digits and _'
                raise fault(path, f"{name}[{index}].key", problem)
            if not meaning.codes and not meaning.text:
                raise fault(path, f"{name}[{index}]", "it names neither codes nor text")
            if name == "order_kind" and meaning.key not in ORDER_KINDS:
                raise fault(path, f"{name}[{index}].key", f"must be one of {', '.join(ORDER_KINDS)}")
    return FhirMapping(read=read, zone=zone(path, read.time_zone))
