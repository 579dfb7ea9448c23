"""Help and typing errors need no database: here any use of one fails."""

import json
from importlib import import_module

import pytest
import typer
from typer.testing import CliRunner

from rebook.cli.app import Commands, app
from rebook.cli.bench import BENCHES

runner = CliRunner()


def leaves(command, words=()):
    inner = getattr(command, "commands", None)
    if inner is None:
        yield words, command
        return
    for name, one in inner.items():
        yield from leaves(one, (*words, name))


def every_command():
    root = typer.main.get_command(app)
    for name in root.list_commands(None):
        yield from leaves(root.get_command(None, name), (name,))


ALL = dict(every_command())


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_help_of_a_command(words):
    done = runner.invoke(app, [*words, "--help"])
    assert done.exit_code == 0, done.output
    assert words[-1] in done.output


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_a_command_says_what_it_is_for(words):
    assert len((ALL[words].help or "").split()) > 3


@pytest.mark.parametrize(
    "words", [words for words in ALL if words[0] not in ("serve", "worker")], ids=" ".join
)
def test_a_command_that_answers_can_answer_in_json(words):
    options = {option for parameter in ALL[words].params for option in parameter.opts}
    assert "--json" in options


def test_help_lists_every_command():
    said = runner.invoke(app, ["--help"]).output
    assert [words[0] for words in ALL if words[0] not in said] == []


def test_no_command_at_all_shows_the_help():
    done = runner.invoke(app, [])
    assert done.exit_code == 2
    assert "Usage" in done.output


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["reprot"], "Did you mean 'report'"),
        (["run", "--as-off", "2026-01-01"], "No such option"),
        (["serve", "--port", "many"], "--port"),
        (["serve", "--port", "70000"], "65535"),
        (["worker", "--concurrency", "0"], "--concurrency"),
        (["bench", "speed"], "there is no bench 'speed'"),
        (["bench", "gaps", "--input", "nowhere"], "there is no such file"),
        (["demo", "--patients", "3"], "50"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_typing_error_leaves_with_2_and_says_what_is_wrong(typed, said):
    done = runner.invoke(app, typed)
    assert done.exit_code == 2
    assert said in done.stderr


@pytest.mark.parametrize("typed", [["reprot"], ["run", "--as-off", "x"], ["bench", "speed"]], ids=" ".join)
def test_a_typing_error_is_json_too(typed):
    done = runner.invoke(app, [*typed, "--json"])
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"]


def test_the_list_of_topics_names_every_command():
    """A name that is missing there works, but slowly: all topics are loaded to find it."""
    listed = {name for names in Commands.topics.values() for name in names}
    assert {words[0] for words in ALL} == listed


@pytest.mark.parametrize("name", BENCHES)
def test_every_bench_is_there(name):
    assert callable(import_module(f"rebook.cli.bench_{name}").run)
