"""Below the doors nothing reads the clock, prints, or opens a transaction outside `flow`."""

import ast
import re

import pytest

BELOW_THE_DOORS = {
    "core",
    "packs",
    "accounts",
    "records",
    "sources",
    "channels",
    "calendars",
    "analytics",
    "flow",
}
STAMP = "django.db.models.functions.Now"
CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "django.utils.timezone.now",
    "django.utils.timezone.localdate",
    "django.utils.timezone.localtime",
    STAMP,
}
SQL_CLOCK = re.compile(r"\b(?:now\(\)|clock_timestamp\(\)|current_timestamp|current_date)", re.IGNORECASE)

# (file, what it uses): why. No rule may read what is written so.
MAY_READ_THE_CLOCK = {
    ("src/rebook/accounts/models.py", STAMP): "stamps when a row was written",
    ("src/rebook/records/models/outreach.py", STAMP): "stamps when a row was written",
    ("src/rebook/records/models/evidence.py", STAMP): "stamps when a file was kept",
    ("src/rebook/records/models/people.py", STAMP): "stamps when a row was written",
}
# Rooms and files that speak to a person at a terminal.
MAY_PRINT = {"cli", "demo"}


def _is_below(file):
    return file.room in BELOW_THE_DOORS and "migrations" not in file.path.parts


def _clock_uses(file):
    docstrings = {id(node.body[0].value) for node in ast.walk(file.tree) if _has_docstring(node)}
    for name, node in file.names_used():
        if name in CLOCKS and (file.name, name) not in MAY_READ_THE_CLOCK:
            yield f"{file.at(node)} uses {name}"
    for node in ast.walk(file.tree):
        if isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
            yield f"{file.at(node.value)} sets {node.arg}"
        elif _is_text(node) and id(node) not in docstrings and SQL_CLOCK.search(node.value):
            yield f"{file.at(node)} asks the database for the time"


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _has_docstring(node):
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None


def test_nothing_below_the_doors_reads_the_clock(product):
    found = [use for file in product if _is_below(file) for use in _clock_uses(file)]
    assert found == []


def test_only_the_command_and_the_demonstration_print(product):
    found = [
        file.at(node)
        for file in product
        if file.room not in MAY_PRINT
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert found == []


def test_only_flow_opens_transactions(product):
    """`accounts` may not either: the audit line is written in the transaction of what it tells about."""
    found = [
        f"{file.at(node)} uses {name}"
        for file in product
        if file.room != "flow" and "migrations" not in file.path.parts
        for name, node in file.names_used()
        if name == "django.db.transaction.atomic"
    ]
    assert found == []


def _savepoints(tree):
    """Blocks directly inside a `try` that catches what a constraint says: `try: with atomic(): ...`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and any("IntegrityError" in ast.unparse(h) for h in node.handlers):
            for inner in node.body:
                if isinstance(inner, ast.With):
                    yield from (id(item.context_expr) for item in inner.items)


def _atomic_without_durable(tree):
    savepoints = set(_savepoints(tree))
    for node in ast.walk(tree):
        opens = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("transaction.atomic")
        if opens and id(node) not in savepoints and "durable=True" not in ast.unparse(node):
            yield node


def test_transactions_of_flow_are_durable(product):
    """A transaction opened inside another by mistake raises instead of promising what it cannot keep."""
    found = [
        file.at(node)
        for file in product
        if file.room == "flow"
        for node in _atomic_without_durable(file.tree)
    ]
    assert found == []


def test_a_savepoint_is_told_from_a_transaction():
    savepoint = "try:\n with transaction.atomic():\n  f()\nexcept IntegrityError:\n pass"
    assert list(_atomic_without_durable(ast.parse(savepoint))) == []
    assert list(_atomic_without_durable(ast.parse("with transaction.atomic():\n f()")))


def test_pages_and_api_know_no_sql(product):
    forbidden = ("django.db", "psycopg", "duckdb", "ibis")
    found = [
        f"{file.at(node)} imports {name}"
        for file in product
        if file.room in {"web", "api"}
        for name, node in file.imported()
        if any(name == package or name.startswith(f"{package}.") for package in forbidden)
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\nx = datetime.now()",
        "import datetime as dt\nx = dt.date.today()",
        "from django.utils import timezone\nfield = f(default=timezone.now)",
        "field = DateTimeField(auto_now_add=True)",
        "sql = 'SELECT * FROM holds WHERE expires_at < now()'",
    ],
)
def test_the_clock_is_recognised_in_every_dress(source, tmp_path, product):
    path = tmp_path / "sample.py"
    path.write_text(source)

    class Sample(type(product[0])):
        name = "sample.py"

    assert list(_clock_uses(Sample(path)))


def test_every_excuse_is_still_needed(product):
    used = {(file.name, name) for file in product for name, _node in file.names_used()}
    assert set(MAY_READ_THE_CLOCK) <= used
