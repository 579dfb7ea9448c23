"""The words of a CSV mapping file.

```toml
time_zone = "America/Chicago"           # clock of times without a zone; else the practice's
region = "US"                           # country of phone numbers; else the practice's
number_source = "patient_form"          # how numbers came, where no column says so
formats = ["%m/%d/%Y", "%m/%d/%Y %H:%M"]  # dates and times, tried in order; else ISO 8601
# encoding = "cp1252", delimiter = ";"    found out from the file when left out

[[table]]
files = "appointments*.csv*"            # names, with * and ?; every file that matches is read

[table.patient]                         # what one row gives: any of the entities of core.facts
external_id = "PatientId"               # a column's name ...
sex = { column = "Gender", words = { M = "male", F = "female" } }
birth_on = { age = "Age", at = "AppointmentDay" }  # when only an age is known: the middle of that year

[[table.patient.contacts]]
system = "phone"
value = "Cell"
use = "mobile"
number_source = { column = "CellFrom", words = { Intake = "patient_form", BCBS = "insurer" } }
given_on = "CellSince"                  # and what for: given_for = "CellFor" ("appointments; recall")

[[table.patient.consents]]
channel = "sms"
column = "AllowSMS"                     # yes grants, no revokes, empty says nothing

[[table.patient.flags]]
column = "Status"
is = ["Hospice"]
exclusion = "hospice"                   # or: sensitivity = "mental_health"

[table.appointment]
external_id = "AppointmentID"
patient_id = "PatientId"
status = { column = "No-show", words = { No = "fulfilled", Yes = "noshow" } }
starts_at = { column = "AppointmentDay", date_only = true }
booked_at = "ScheduledDay"

[table.visit]
when = { column = "No-show", is = ["No"] }         # only rows that say so give a visit
external_id = "AppointmentID"
```

Of an entity that a row may give several times (procedures, conditions), write `[[table.condition]]`.
"""

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec

EMPTY_WORDS = ("", "NULL", "null", "\\N", "N/A", "n/a", "0001-01-01", "0000-00-00")
YES_WORDS = ("yes", "y", "true", "t", "1", "x")
NO_WORDS = ("no", "n", "false", "f", "0")

# A word of ours, as the ledger holds it.
Word = Annotated[str, msgspec.Meta(pattern=r"^([a-z][a-z0-9_]*)?$", max_length=30)]
Channel = Literal["sms", "email", "phone", "letter", "portal", "all"]


class Part(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Every table of the mapping: a setting that does not exist is an error, never ignored."""


class Field(Part):
    """Where a value comes from. ``column``, ``columns`` (joined by a space), ``template`` or ``constant``."""

    column: str = ""
    columns: list[str] = []
    template: str = ""
    constant: str | int | bool | None = None
    # The source's words and ours; compared without regard to case.
    words: dict[str, str] = {}
    # Our word for every word that is not listed; without it an unknown word is a reject.
    other: str | None = None
    formats: list[str] = []
    # The time of day means nothing: noon on the local clock is stored.
    date_only: bool = False
    # A duration: ``ends_at`` counted from ``starts_at``. Money is in cents, or in the currency's unit.
    unit: Literal["", "minutes", "seconds", "cents", "currency"] = ""
    # An age in full years at a date.
    age: str = ""
    at: str = ""


class When(Part):
    column: str
    is_: list[str] = msgspec.field(default=[], name="is")
    is_not: list[str] = []


class Contact(Part):
    system: Literal["phone", "email"]
    value: str
    use: Literal["", "mobile", "home", "work"] = ""
    rank: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 1
    # How the practice got it, when, and words for what it was given; a column's name or a table (R-A4).
    number_source: str | Field = ""
    given_on: str | Field = ""
    given_for: str | Field = ""


class ConsentColumn(Part):
    channel: Channel
    column: str
    at: str | Field = ""
    granted: list[str] = []
    revoked: list[str] = []


class Flag(Part):
    column: str
    is_: list[str] = msgspec.field(name="is")
    exclusion: Word = ""
    sensitivity: Word = ""


class Entity(Part):
    """One fact per row. ``fields`` by the names of the fact in ``core.facts``."""

    name: str
    key: str
    fields: dict[str, Field] = {}
    when: When | None = None
    contacts: list[Contact] = []
    consents: list[ConsentColumn] = []
    flags: list[Flag] = []


class TableFile(Part):
    files: str
    encoding: str = ""
    delimiter: str = ""
    formats: list[str] = []
    location: dict[str, Any] | list[dict[str, Any]] = []
    practitioner: dict[str, Any] | list[dict[str, Any]] = []
    patient: dict[str, Any] | list[dict[str, Any]] = []
    appointment: dict[str, Any] | list[dict[str, Any]] = []
    visit: dict[str, Any] | list[dict[str, Any]] = []
    procedure: dict[str, Any] | list[dict[str, Any]] = []
    condition: dict[str, Any] | list[dict[str, Any]] = []
    follow_up: dict[str, Any] | list[dict[str, Any]] = []
    medication: dict[str, Any] | list[dict[str, Any]] = []
    pending_item: dict[str, Any] | list[dict[str, Any]] = []


class MappingFile(Part):
    table: list[TableFile]
    time_zone: str = ""
    region: str = ""
    encoding: str = ""
    delimiter: str = ""
    formats: list[str] = []
    empty: tuple[str, ...] = EMPTY_WORDS
    yes: tuple[str, ...] = YES_WORDS
    no: tuple[str, ...] = NO_WORDS
    # How numbers and addresses came, where their own column does not say (R-A4).
    number_source: str = ""


class Table(Part):
    files: str
    encoding: str
    delimiter: str
    formats: list[str]
    entities: list[Entity]


class CsvMapping(Part):
    tables: list[Table]
    zone: ZoneInfo | None
    region: str
    empty: frozenset[str]
    yes: frozenset[str]
    no: frozenset[str]
    number_source: str = ""
