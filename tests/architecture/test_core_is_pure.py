"""`core` decides; it does not look, ask or remember. What it may import is listed here, nothing else."""

import sys

# Pure libraries: values in, values out. Adding one needs the same promise.
ALLOWED_LIBRARIES = {
    "email_validator": "syntax of addresses; asks nobody",
    "holidays": "public holidays by country and year",
    "liquid": "renders templates within limits",
    "msgspec": "typed values",
    "numpy": "statistics in measure",
    "phonenumbers": "numbering plans",
    "scipy": "statistics in measure",
    "snowballstemmer": "stems of words",
    "statsmodels": "statistics in measure",
    "rebook.core": "itself",
}

# Of the standard library: whatever reaches files, processes, the network, the environment or chance.
FORBIDDEN_STANDARD = {
    "asyncio",
    "concurrent",
    "ctypes",
    "ftplib",
    "getpass",
    "glob",
    "http",
    "importlib",
    "io",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "pickle",
    "platform",
    "random",
    "secrets",
    "select",
    "shelve",
    "shutil",
    "signal",
    "smtplib",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "urllib.request",
    "uuid",
    "webbrowser",
}

FORBIDDEN_NAMES = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "numpy.random.default_rng",
    "open",
    "input",
    "print",
    "exec",
    "eval",
    "__import__",
    "globals",
}


def _within(name, packages):
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _may_import(name):
    if _within(name, ALLOWED_LIBRARIES):
        return True
    return name.partition(".")[0] in sys.stdlib_module_names and not _within(name, FORBIDDEN_STANDARD)


def test_core_imports_only_pure_libraries(product):
    wrong = [
        f"{file.at(node)} imports {name}"
        for file in product
        if file.room == "core"
        for name, node in file.imported()
        if not _may_import(name)
    ]
    assert wrong == []


def test_core_reads_no_clock_and_no_file(product):
    wrong = [
        f"{file.at(node)} uses {name}"
        for file in product
        if file.room == "core"
        for name, node in file.names_used()
        if name in FORBIDDEN_NAMES
    ]
    assert wrong == []


def test_core_keeps_no_state(product):
    """A `global` statement would let one patient's judgement colour the next one's."""
    import ast

    wrong = [
        file.at(node)
        for file in product
        if file.room == "core"
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Global)
    ]
    assert wrong == []


def test_the_rule_itself_knows_right_from_wrong():
    assert _may_import("dataclasses.dataclass")
    assert _may_import("rebook.core.facts.Patient")
    assert _may_import("urllib.parse.quote")
    assert not _may_import("django.db.models")
    assert not _may_import("urllib.request.urlopen")
    assert not _may_import("time.time")
    assert not _may_import("rebook.records.read")
