"""What codes mean at this practice: an optional mapping file.

```toml
time_zone = "America/New_York"      # clock of calendar dates; else the practice's
region = "US"                       # country of phone numbers; else the practice's
skip_classes = ["EMER", "IMP"]      # encounters of these classes are no visit to the practice

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
```

A code without a system ("185349003") fits any system. Without a mapping everything is taken, unnamed.
"""

import re
from fnmatch import translate
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from rebook.sources.fhir.shape import CodeableConcept
from rebook.sources.mappings import decode_mapping, fault, zone

_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")


class _Meaning(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    key: str
    codes: list[str] = []
    text: list[str] = []


class _MappingFile(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    time_zone: str = ""
    region: str = ""
    skip_classes: list[str] = []
    visit_type: list[_Meaning] = []
    procedure_kind: list[_Meaning] = []
    condition_kind: list[_Meaning] = []


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
        self.skip_classes = frozenset(read.skip_classes)
        self.visit_types = Meanings(read.visit_type)
        self.procedure_kinds = Meanings(read.procedure_kind)
        self.condition_kinds = Meanings(read.condition_kind)


def load_mapping(path: Path) -> FhirMapping:
    """The mapping at ``path``. Raises UnableToUseMapping with file, line and key."""
    read = decode_mapping(path, _MappingFile)
    for name in ("visit_type", "procedure_kind", "condition_kind"):
        for index, meaning in enumerate(getattr(read, name)):
            if not _KEY.fullmatch(meaning.key):
                problem = f'"{meaning.key}" is not a key: small letters, digits and _'
                raise fault(path, f"{name}[{index}].key", problem)
            if not meaning.codes and not meaning.text:
                raise fault(path, f"{name}[{index}]", "it names neither codes nor text")
    return FhirMapping(read=read, zone=zone(path, read.time_zone))
