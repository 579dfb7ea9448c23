"""Facts on their way into the ledger: batches, copied into temporary tables that nobody else sees."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import connection

from rebook.core.contacts import read_email, read_phone
from rebook.core.facts import AliasFact, ContactFact, PatientFact, Placed, Reject
from rebook.records.write.facts_shape import (
    CONSENTS,
    CONTACTS,
    EVERY_TABLE,
    PLACE,
    REJECTS,
    TABLES,
    StagingTable,
)

BATCH = 5_000


class Staging:
    """Holds at most ``BATCH`` facts; the rest is in the database's temporary tables.

    They live as long as the connection: nothing is in the ledger until ``facts.apply``. ``region`` is
    the country by which phone numbers without a country code are read.
    """

    def __init__(self, *, region: str) -> None:
        self.region = region
        self.rejected: Counter[str] = Counter()
        # What broke off: the source is not complete.
        self.broken: list[str] = []
        self._seq = 0
        self._rows: dict[str, list[tuple[Any, ...]]] = {table.name: [] for table in EVERY_TABLE}
        self._values = {kind: (table.name, table.values) for kind, table in TABLES.items()}
        self._waiting = 0
        drop()
        with connection.cursor() as cursor:
            for table in EVERY_TABLE:
                columns = ", ".join(f"{name} {sql}" for name, sql in (PLACE | table.columns).items())
                cursor.execute(f"CREATE TEMPORARY TABLE {table.name} ({columns})")

    def add(self, placed: Placed) -> None:
        """Take one fact; copies the batch when it is full."""
        file, line, fact = placed
        self._seq += 1
        name, values = self._values[type(fact)]
        row = values(fact)
        if type(fact) is PatientFact:
            row = (*row[:-2], _array(row[-2]), _array(row[-1]))
            self._add_parts(placed, fact)
        self._rows[name].append((self._seq, file, line, *row))
        self._waiting += 1
        if self._waiting >= BATCH:
            self.flush()

    def reject(self, reject: Reject) -> None:
        self.rejected[reject.entity or "row"] += 0 if reject.taken else 1
        if reject.entity == "file" and not reject.taken:
            self.broken.append(f"{reject.file}: {': '.join(filter(None, (reject.field, reject.reason)))}")
        row = (reject.field, reject.reason, reject.raw[:2_000].replace("\0", ""), reject.entity)
        self._rows[REJECTS.name].append((0, reject.file, reject.line, *row))
        self._waiting += 1
        if self._waiting >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Copy what is waiting."""
        for table in EVERY_TABLE:
            rows = self._rows[table.name]
            if rows:
                _copy(table, rows)
                rows.clear()
        self._waiting = 0

    def _add_parts(self, placed: Placed, fact: PatientFact) -> None:
        place = (self._seq, placed.file, placed.line)
        contacts = self._rows[CONTACTS.name]
        contacts += [(*place, *self._contact(one)) for one in fact.contacts]
        consents = self._rows[CONSENTS.name]
        consents += [(*place, one.channel, one.state, one.wording, one.at) for one in fact.consents]

    def _contact(self, fact: ContactFact) -> tuple[Any, ...]:
        phone = fact.system == "phone"
        read = read_phone(fact.value, region=self.region) if phone else read_email(fact.value)
        # A number that the source calls mobile is one, where the numbering plan cannot tell.
        is_mobile = fact.use == "mobile" and read.line_type == "fixed_line_or_mobile"
        line_type = "mobile" if is_mobile else read.line_type
        came = (fact.number_source, fact.given_on, _array(fact.given_for) if fact.given_for else "")
        return fact.system, read.value[:254], line_type, fact.rank, read.problem, *came


def drop() -> None:
    """Forget what was staged on this connection."""
    with connection.cursor() as cursor:
        for table in EVERY_TABLE:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table.name}")


def staged_tables() -> list[StagingTable]:
    """Every table of facts, without the parts of a patient and the rejects."""
    return [table for kind, table in TABLES.items() if kind is not AliasFact]


def _copy(table: StagingTable, rows: Iterable[tuple[Any, ...]]) -> None:
    # Empty text becomes NULL; the statements that read it say coalesce. Lines end in both marks, so
    # that the writer quotes a cell that holds either.
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    columns = ", ".join(PLACE | table.columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN (FORMAT csv)") as copy,
    ):
        # Neither exists in the ledger's text: empty bytes and halves of characters.
        copy.write(buffer.getvalue().replace("\0", "").encode("utf-8", "replace"))


def _array(words: tuple[str, ...]) -> str:
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return "{" + ",".join(f'"{word}"' for word in quoted) + "}"
