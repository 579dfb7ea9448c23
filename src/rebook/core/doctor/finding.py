"""One thing that a look at the records found."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["stop", "warn", "note"]
SEVERITIES: tuple[Severity, ...] = ("stop", "warn", "note")
# In the order shown.
GROUPS = ("appointments", "patients", "contact", "rules", "changes", "set-up")


@dataclass(frozen=True, slots=True)
class Finding:
    """``count`` of ``of``: what was counted; both None where it is no matter of counting.

    ``says`` and ``do`` are sentences for people. ``link``: name of the page where it is mended; ``behind``:
    key of the list of patients behind the number, "" without one. ``definition_key``: the one rule it is
    about; then it concerns only that rule.
    """

    key: str
    group: str
    severity: Severity
    says: str
    do: str
    count: int | None = None
    of: int | None = None
    link: str = ""
    behind: str = ""
    definition_key: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def findings_from_json(rows: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """What ``Finding.as_json`` wrote."""
    return tuple(Finding(**row) for row in rows)
