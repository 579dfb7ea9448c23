"""Reading FHIR files: one resource or Bundle per line, or one JSON document per file."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from rebook.core.facts import Placed, Reject
from rebook.sources.base import RAW_LIMIT, Item, SourceFile, UnableToRead, find_files
from rebook.sources.fhir.bundles import bundle_facts
from rebook.sources.fhir.context import Context
from rebook.sources.fhir.mapping import FhirMapping
from rebook.sources.fhir.resources import BadResource, facts_of, head_of
from rebook.sources.fhir.values import Targets
from rebook.sources.streams import ByteLine, OpenFile, UnableToReadOn, byte_lines, opened

# One line is one patient's Bundle at most; one document may be a whole practice.
LINE_LIMIT = 32 * 1024 * 1024
DOCUMENT_LIMIT = 256 * 1024 * 1024
PROGRESS_LINES = 200

_LINES = re.compile(r"\.(ndjson|jsonl)(\.gz)?$", re.IGNORECASE)
_DOCUMENT = re.compile(r"\.json(\.gz)?$", re.IGNORECASE)
# A bulk export writes its own log beside the resources.
_LOG = re.compile(r"(^|/)log[^/]*$", re.IGNORECASE)


class FhirReader:
    """One pass over ``paths``. Raises UnableToRead when there is no FHIR file among them.

    ``clock`` makes calendar dates of instants where the mapping names no time zone.
    """

    def __init__(self, paths: Sequence[Path], mapping: FhirMapping | None, *, clock: ZoneInfo) -> None:
        self.ignored: Counter[str] = Counter()
        mapping = mapping or FhirMapping()
        self._context = Context(mapping, mapping.zone or clock, Targets(), self.ignored)
        self._files: list[SourceFile] = []
        for file in find_files(paths):
            if _LOG.search(file.name) or not (_LINES.search(file.name) or _DOCUMENT.search(file.name)):
                self.ignored[file.name] += 1
            else:
                self._files.append(file)
        if not self._files:
            raise UnableToRead("no .ndjson, .jsonl or .json file (plain or .gz) among the paths")

    def __iter__(self) -> Iterator[Item]:
        for file in self._files:
            try:
                with opened(file) as content:
                    yield from self._read(content)
            except UnableToReadOn as error:
                yield Reject(file.name, 0, "", str(error), entity="file")

    def _read(self, file: OpenFile) -> Iterator[Item]:
        lines = byte_lines(file, limit=LINE_LIMIT) if _LINES.search(file.name) else _document(file)
        number = 0
        for number, line in lines:
            if line is None:
                reason = f"the line is longer than {LINE_LIMIT // 1024 // 1024} MiB"
                yield Reject(file.name, number, "", reason, entity="row")
            elif line.strip():
                try:
                    yield from self._line(file.name, number, line)
                except BadResource as error:
                    yield self._reject(file.name, number, error, line)
                    if error.is_another_version:
                        return
            if number % PROGRESS_LINES == 0:
                yield file.progress(number)
        yield file.progress(number)

    def _line(self, name: str, number: int, line: bytes) -> Iterator[Item]:
        kind, _ = head_of(line)
        if kind != "Bundle":
            for fact in facts_of(kind, line, "", self._context):
                yield Placed(name, number, fact)
            return
        for item in bundle_facts(line, self._context):
            if isinstance(item, BadResource):
                yield self._reject(name, number, item, b"")
            else:
                yield Placed(name, number, item)

    def _reject(self, name: str, number: int, error: BadResource, line: bytes) -> Reject:
        field = ".".join(filter(None, (error.kind, error.field)))
        raw = line[:RAW_LIMIT].decode("utf-8", "replace").replace("\0", "")
        entity = "file" if error.is_another_version else (error.kind or "row").lower()
        return Reject(name, number, field, str(error), raw, entity=entity)


def _document(file: OpenFile) -> Iterator[ByteLine]:
    """A whole file as its first line, unless its first line is a document by itself."""
    with file.explained():
        content = file.content.read(DOCUMENT_LIMIT + 1)
    if len(content) > DOCUMENT_LIMIT:
        raise UnableToReadOn(
            f"one document of more than {DOCUMENT_LIMIT // 1024 // 1024} MiB: export it as NDJSON"
        )
    first, _, rest = content.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    if rest.strip() and first.rstrip().endswith(b"}") and first.lstrip().startswith(b"{"):
        # NDJSON under another name.
        for number, line in enumerate(content.splitlines(), start=1):
            yield ByteLine(number, line)
    else:
        yield ByteLine(1, content.removeprefix(b"\xef\xbb\xbf"))
