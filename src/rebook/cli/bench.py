"""``bench``: one kind of work beside a reference in the same run; ratios, not seconds (DESIGN §7)."""

import inspect
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from rebook.cli.context import EXIT_NO, JsonOption, answer_json, answer_table, refuse

# Name -> what its size counts. Each is a module ``bench_<name>`` with ``run(...) -> dict``.
BENCHES = {
    "gaps": "patients",
    "daily": "patients",
    "explain": "patients",
    "guard": "contacts",
    "send": "attempts",
    "import": "patients",
    "book": "patients at once",
    "pages": "patients",
    "intents": "texts",
    "lint": "messages of a file",
    "fit": "patients",
    "show": "appointments",
    "cdsi": "cases",
    "ecqm": "cases",
    "simulate": "cases",
}
ALL = "all"


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("bench")(bench)


def bench(
    name: Annotated[str, typer.Argument(help=f"{', '.join(BENCHES)}; or all.")] = ALL,
    size: Annotated[
        int, typer.Option("--size", "--patients", help="Patients, attempts ...; 0: the bench's own.", min=0)
    ] = 0,
    files: Annotated[Path | None, typer.Option("--input", help="Other files of the same layout.")] = None,
    cases: Annotated[Path | None, typer.Option("--cases", help="Test cases with expected answers.")] = None,
    supporting_data: Annotated[
        Path | None, typer.Option("--supporting-data", help="Folder of CDSi files, for cdsi.")
    ] = None,
    expected: Annotated[
        Path | None, typer.Option("--expected", help="Table of expected populations, for ecqm.")
    ] = None,
    value_sets: Annotated[
        Path | None, typer.Option("--value-sets", help="Expanded FHIR ValueSets, for ecqm.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure one kind of work, or all. Leaves with 1 when a budget is not met."""
    if name not in (*BENCHES, ALL):
        refuse(f"there is no bench '{name}'; choose from {', '.join(BENCHES)} or all")
    given: dict[str, Any] = {
        "size": size,
        "input": files,
        "cases": cases,
        "supporting_data": supporting_data,
        "expected": expected,
        "value_sets": value_sets,
    }
    for path in given.values():
        if isinstance(path, Path) and not path.exists():
            refuse(f"{path}: there is no such file or folder")
    wanted = {option: value for option, value in given.items() if value}
    are_ok = [_measure(one, wanted=wanted, as_json=as_json) for one in _chosen(name)]
    if not all(are_ok):
        raise typer.Exit(EXIT_NO)


def _chosen(name: str) -> list[str]:
    return list(BENCHES) if name == ALL else [name]


def _measure(name: str, *, wanted: dict[str, Any], as_json: bool) -> bool:
    module = import_module(f"rebook.cli.bench_{name}")
    taken = inspect.signature(module.run).parameters
    for option in wanted:
        if option not in taken:
            refuse(f"the bench '{name}' has no --{option.replace('_', '-')}")
    result = module.run(**wanted)
    if as_json:
        answer_json(result)
    elif hasattr(module, "show"):
        module.show(result)
    else:
        answer_table(f"bench {name}", ["what", "figure"], [[key, value] for key, value in result.items()])
    return bool(result["ok"])
