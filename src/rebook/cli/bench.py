"""``bench``: one kind of work beside a reference in the same run; ratios, not seconds (DESIGN §7)."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from rebook.cli import bench_book, bench_explain, bench_gaps, bench_import, bench_intents, bench_send
from rebook.cli.context import EXIT_NO, JsonOption, answer_json, answer_table, refuse

BENCHES: dict[str, Callable[..., dict[str, Any]]] = {
    "gaps": bench_gaps.run,
    "explain": bench_explain.run,
    "send": bench_send.run,
    "import": bench_import.run,
    "book": bench_book.run,
    "intents": bench_intents.run,
}


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("bench")(bench)


def bench(
    name: Annotated[str, typer.Argument(help="gaps, explain, send, import, book or intents.")],
    size: Annotated[int, typer.Option(help="Patients, attempts or files; 0 takes the bench's own size.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Measure one kind of work. Leaves with 1 when the budget is not met."""
    if name not in BENCHES:
        refuse(f"there is no bench '{name}'; choose from {', '.join(BENCHES)}")
    result = BENCHES[name](size=size) if size else BENCHES[name]()
    if as_json:
        answer_json(result)
    else:
        answer_table(f"bench {name}", ["what", "figure"], [[key, value] for key, value in result.items()])
    if not result["ok"]:
        raise typer.Exit(EXIT_NO)
