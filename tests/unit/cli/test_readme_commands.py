"""What README.md shows can be typed."""

import re
from pathlib import Path

import pytest
import typer

from rebook.cli.app import app

README = Path(__file__).resolve().parents[3] / "README.md"


def shown_commands():
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text(), re.DOTALL)
    quoted = re.findall(r"`(rebook [^`]+)`", README.read_text())
    lines = [line for block in blocks for line in block.splitlines()]
    typed = [line.partition("#")[0].split() for line in [*lines, *quoted]]
    comments = [found.split() for line in lines for found in re.findall(r"# .*?(rebook .*)$", line)]
    return [words[1:] for words in [*typed, *comments] if words and words[0] == "rebook"]


def found(words):
    """(the command the words name, the words left over)."""
    command = typer.main.get_command(app)
    rest = list(words)
    while rest and hasattr(command, "get_command"):
        inner = command.get_command(None, rest[0])
        if inner is None:
            return None, rest
        command, rest = inner, rest[1:]
    return command, rest


def test_the_readme_shows_commands():
    assert len(shown_commands()) >= 8


@pytest.mark.parametrize("words", shown_commands(), ids=" ".join)
def test_a_command_of_the_readme_exists_with_its_options(words):
    command, rest = found(words)
    assert command is not None, f"there is no command {words[0]}"
    assert not hasattr(command, "get_command"), f"{' '.join(words)} is not a whole command"
    known = {option for parameter in command.params for option in parameter.opts}
    assert [word for word in rest if word.startswith("--") and word not in known] == []
