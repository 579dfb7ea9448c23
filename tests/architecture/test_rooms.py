"""Every room of DESIGN section 4 is there, says what lives in it, and no other room is."""

import ast
import configparser
import sys
from importlib.metadata import packages_distributions

import pytest

ROOMS = {
    "core",
    "packs",
    "accounts",
    "records",
    "sources",
    "channels",
    "calendars",
    "analytics",
    "flow",
    "work",
    "web",
    "api",
    "cli",
    "demo",
    "config",
}


def test_the_rooms_are_those_of_the_design(repository):
    found = {path.parent.name for path in (repository / "src" / "rebook").glob("*/__init__.py")}
    assert found == ROOMS


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_says_what_lives_there(room, repository):
    text = (repository / "src" / "rebook" / room / "__init__.py").read_text()
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring
    assert len(docstring.split()) > 15


def test_every_room_has_its_place_in_the_layers(repository):
    contracts = configparser.ConfigParser()
    contracts.read(repository / ".importlinter")
    layers = contracts["importlinter:contract:layers"]["layers"].replace("|", "\n").split()
    assert set(layers) == ROOMS


def test_every_module_says_what_it_is_for(product):
    silent = [
        file.name
        for file in product
        if file.text.strip() and not _is_boilerplate(file) and not ast.get_docstring(file.tree)
    ]
    assert silent == []


def _is_boilerplate(file):
    return "migrations" in file.path.parts or file.path.name == "apps.py"


def test_the_product_imports_only_what_it_declares(product, repository):
    """`make demo` installs `requirements.lock` alone: a tool of the tests is not there."""
    lock = (repository / "requirements.lock").read_text()
    pinned = {line.partition("==")[0] for line in lock.splitlines() if "==" in line}
    distributions = packages_distributions()

    def declared(module):
        owners = {name.lower().replace("_", "-").replace(".", "-") for name in distributions.get(module, [])}
        return bool(owners & pinned)

    wrong = [
        f"{file.at(node)} imports {name}"
        for file in product
        for name, node in file.imported()
        if (top := name.partition(".")[0]) not in sys.stdlib_module_names
        and top != "rebook"
        and top not in OPTIONAL_ENGINES
        and not declared(top)
    ]
    assert wrong == []


# Installed by whoever outgrows one machine, never needed on it.
OPTIONAL_ENGINES = {"pyspark"}
