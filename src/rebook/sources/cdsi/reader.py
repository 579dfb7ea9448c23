"""A folder of CDSi supporting data: one schedule file, one file per antigen, plain or gzipped."""

import gzip
import re
import zlib
from collections.abc import Iterable
from pathlib import Path

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from rebook.core.immunisation.schedule import Antigen, Schedule
from rebook.sources.base import UnableToRead

from .antigen import read_antigen
from .element import Node, Report
from .general import read_general

# The largest file of release 4.64 is half a megabyte.
LARGEST_FILE = 32_000_000
MOST_PROBLEMS = 20


class SupportingDataInvalid(UnableToRead):
    """The files say something that no schedule can mean; each problem names file and element."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        shown = self.problems[:MOST_PROBLEMS]
        more = len(self.problems) - len(shown)
        super().__init__("\n".join((*shown, f"and {more} more") if more else shown))


def read_schedule(folder: Path) -> Schedule:
    """Everything in ``folder``. Elements that are not known are listed in ``unknown_elements``.

    An unknown element inside an antigen's file makes that antigen uncovered; it never goes unnoticed.
    Raises UnableToRead for a missing folder or file, SupportingDataInvalid with every bad value.
    """
    if not folder.is_dir():
        raise UnableToRead(f"{folder}: there is no such folder")
    general_file, antigen_files = _find(folder)
    reports: list[Report] = []
    general = _open(general_file, "scheduleSupportingData", reports)
    antigens: dict[str, Antigen] = {}
    for path in antigen_files:
        root = _open(path, "antigenSupportingData", reports)
        antigen = read_antigen(root)
        if antigen.name in antigens:
            root.complain("series", f"{antigen.name} is in two files")
        antigens[antigen.name] = antigen
    schedule = read_general(general, antigens=antigens, version=_version(folder))
    problems = [problem for report in reports for problem in report.problems]
    if problems:
        raise SupportingDataInvalid(problems)
    return schedule(tuple(f"{report.file}: {place}" for report in reports for place in report.unknown))


def _find(folder: Path) -> tuple[Path, list[Path]]:
    files = sorted(one for one in folder.iterdir() if one.name.endswith((".xml", ".xml.gz")))
    general = [one for one in files if one.name.startswith("ScheduleSupportingData")]
    antigens = [one for one in files if one.name.startswith("AntigenSupportingData")]
    if len(general) != 1:
        raise UnableToRead(f"{folder}: needs exactly one ScheduleSupportingData.xml, found {len(general)}")
    if not antigens:
        raise UnableToRead(f"{folder}: there is no AntigenSupportingData file")
    return general[0], antigens


def _open(path: Path, expected: str, reports: list[Report]) -> Node:
    try:
        root = defusedxml.ElementTree.fromstring(_bytes(path), forbid_dtd=True)
    except DefusedXmlException as error:
        raise UnableToRead(f"{path.name}: document types and entities are not read here") from error
    except defusedxml.ElementTree.ParseError as error:
        raise UnableToRead(f"{path.name}: no well-formed XML ({error})") from error
    if root.tag != expected:
        raise UnableToRead(f"{path.name}: begins with <{root.tag}>, expected <{expected}>")
    reports.append(Report(path.name))
    return Node(root, "", reports[-1])


def _bytes(path: Path) -> bytes:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content: bytes = file.read(LARGEST_FILE + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnableToRead(f"{path.name}: cannot be read ({error})") from error
    if len(content) > LARGEST_FILE:
        raise UnableToRead(f"{path.name}: is larger than {LARGEST_FILE // 1_000_000} MB")
    return content


def _version(folder: Path) -> str:
    found = re.search(r"\d+\.\d+", folder.name)
    return found[0] if found else ""
