"""One XML element with its place, so that every complaint names file and element."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from xml.etree.ElementTree import Element

from rebook.core.immunisation.periods import Period, PeriodInvalid, read_period
from rebook.core.immunisation.schedule import InForce, cvx_code

_NOTHING = frozenset({"", "n/a"})


def names(words: str) -> frozenset[str]:
    """The words of a list of element names."""
    return frozenset(words.split())


@dataclass(slots=True)
class Report:
    """What one file had to complain about: ``problems`` refuse it, ``unknown`` elements do not."""

    file: str
    problems: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Node:
    """``place`` is the way to the element: "series[2]/seriesDose[1]/age[1]"."""

    element: Element
    place: str
    report: Report

    def children(self, name: str) -> Iterator["Node"]:
        """The elements called so that hold something."""
        for number, one in enumerate(self.element.findall(name), start=1):
            if len(one) or (one.text or "").strip():
                yield Node(one, f"{self.place}/{name}[{number}]".lstrip("/"), self.report)

    def child(self, name: str) -> "Node | None":
        return next(self.children(name), None)

    def text(self, name: str) -> str:
        """Empty for a missing element and for "n/a"."""
        words = " ".join((self.element.findtext(name) or "").split())
        return "" if words.casefold() in _NOTHING else words

    def texts(self, name: str) -> frozenset[str]:
        return frozenset(
            words for one in self.element.findall(name) if (words := " ".join((one.text or "").split()))
        )

    def complain(self, name: str, why: str) -> None:
        self.report.problems.append(f"{self.report.file}: {self.place}/{name}: {why}")

    def only(self, known: frozenset[str]) -> None:
        """Note every child that is not in ``known``."""
        for one in self.element:
            if one.tag not in known:
                self.report.unknown.append(f"{self.place}/{one.tag}".lstrip("/"))

    def required(self, name: str) -> str:
        words = self.text(name)
        if not words:
            self.complain(name, "is missing or empty")
        return words

    def period(self, name: str) -> Period | None:
        try:
            return read_period(self.text(name))
        except PeriodInvalid as error:
            self.complain(name, str(error))
            return None

    def day(self, name: str) -> date | None:
        """``20220506`` or ``05/06/2022``."""
        words = self.text(name)
        for form in ("%Y%m%d", "%m/%d/%Y"):
            try:
                return datetime.strptime(words, form).date() if words else None  # noqa: DTZ007 - a calendar date
            except ValueError:
                continue
        self.complain(name, f"'{words}' is no date")
        return None

    def number(self, name: str, *, otherwise: int) -> int:
        words = self.text(name)
        if words and not words.isdecimal():
            self.complain(name, f"'{words}' is no whole number")
        return int(words) if words.isdecimal() else otherwise

    def yes(self, name: str) -> bool:
        words = self.text(name)
        if words and words.casefold() not in {"yes", "no", "y", "n"}:
            self.complain(name, f"'{words}' is neither yes nor no")
        return words.casefold() in {"yes", "y"}

    def listed(self, name: str) -> frozenset[str]:
        """Parts between semicolons."""
        return frozenset(part.strip() for part in self.text(name).split(";") if part.strip())

    def cvx_codes(self, name: str) -> frozenset[str]:
        return frozenset(cvx_code(one) for one in self.listed(name))

    def cvx(self) -> str:
        code = self.required("cvx")
        return cvx_code(code) if code else ""

    def in_force(self) -> InForce:
        return InForce(self.day("effectiveDate"), self.day("cessationDate"))
