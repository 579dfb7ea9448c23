"""The root of the command: loads a topic when one of its commands is called, and maps every failure once."""

import errno
import functools
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup

from rebook.cli.failures import EXIT_INTERRUPTED, print_error, tell


class Door(TyperGroup):
    """All commands of all topics. Only the topic that is called is imported: some pull in seconds of code."""

    # Module of this package -> the commands it registers, in the order help shows them.
    topics: ClassVar[Mapping[str, tuple[str, ...]]]
    without_ledger: ClassVar[frozenset[str]]

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self._everything())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        for topic, names in self.topics.items():
            if cmd_name in names:
                return self._load(topic).get(cmd_name)
        return self._everything().get(cmd_name)

    def invoke(self, ctx: Any) -> Any:
        as_json = "--json" in ctx.args
        try:
            return super().invoke(ctx)
        except typer.Exit:
            raise
        except typer.Abort:
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except Exception as error:
            if getattr(error, "errno", None) == errno.EPIPE:
                raise
            if hasattr(error, "format_message"):
                # What was typed is wrong: typer shows the usage on standard error and leaves with 2.
                print_error(error.format_message(), as_json=as_json)
                raise
            raise typer.Exit(tell(error, as_json=as_json)) from None

    def _everything(self) -> Mapping[str, Any]:
        for topic in self.topics:
            self.commands.update(self._load(topic))
        return self.commands

    def _load(self, topic: str) -> dict[str, Any]:
        commands = typer.Typer(add_completion=False)
        # Without a callback typer would make a lone command the group itself.
        commands.callback()(lambda: None)
        import_module(f"rebook.cli.{topic}").register(commands)
        made: dict[str, Any] = dict(typer.main.get_group(commands).commands)
        for name, command in made.items():
            if name not in self.without_ledger:
                for leaf in _leaves(command):
                    leaf.callback = _with_ledger(leaf.callback)
        order = self.topics[topic]
        return dict(sorted(made.items(), key=lambda one: order.index(one[0]) if one[0] in order else 99))


def _leaves(command: Any) -> Iterator[Any]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield command
    for one in (inner or {}).values():
        yield from _leaves(one)


def _with_ledger(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Once the arguments are read, so that neither help nor a typing error starts a database."""

    @functools.wraps(callback)
    def started(*args: Any, **kwargs: Any) -> Any:
        from rebook.cli.ledger import ensure_ledger

        ensure_ledger()
        return callback(*args, **kwargs)

    return started
