"""`rebook lint` as somebody at a desk uses it: an answer in words or JSON, and an exit code."""

import json

import pytest
from typer.testing import CliRunner

from rebook.cli.app import app
from rebook.cli.bench_lint import MESSAGES

GOOD = "Maple Dental: your visit is due. Book: https://maple.example/a Reply STOP to end"
NAMED = ["--practice", "Maple Dental", "--host", "maple.example"]


def run(*arguments, given=""):
    return CliRunner().invoke(app, ["lint", *arguments], input=given)


def test_a_text_that_may_go_out():
    answer = run("--text", GOOD, *NAMED)
    assert (answer.exit_code, answer.stdout.strip()) == (0, "Nothing to say against it.")


def test_a_text_that_may_not_says_why_and_what_instead():
    answer = run("--text", GOOD.replace("your visit", "your free cleaning"), *NAMED, "--json")
    found = json.loads(answer.stdout)
    assert (answer.exit_code, found["ok"]) == (1, False)
    one = next(each for each in found["findings"] if each["rule"] == "promotion")
    assert (one["words"], one["severity"], one["source"]) == ("free cleaning", "problem", "R-A112")
    assert one["suggestion"]
    told = run("--text", GOOD.replace("your visit", "your free cleaning"), *NAMED).stdout
    assert 'problem: promotion "free cleaning"' in told


def test_a_warning_alone_lets_it_go_out():
    answer = run("--text", GOOD.replace("your visit", "your overdue visit"), *NAMED)
    assert (answer.exit_code, "warning: overdue" in answer.stdout) == (0, True)


def test_a_question_to_a_person_lets_it_go_out_and_is_shown():
    answer = run("--text", GOOD.replace("your visit", "your seat stayed empty twice and a visit"), *NAMED)
    assert answer.exit_code == 0
    assert "look: look_" in answer.stdout
    listed = json.loads(
        run(
            "--text", GOOD.replace("your visit", "your seat stayed empty twice and a visit"), *NAMED, "--json"
        ).stdout
    )
    assert (listed["ok"], {one["severity"] for one in listed["findings"]}) == (True, {"look"})


def test_a_text_from_the_input_a_file_and_a_file_of_messages(tmp_path):
    assert run("--text", "-", *NAMED, given=GOOD).exit_code == 0
    letter = tmp_path / "letter.txt"
    letter.write_text(
        "Estimada Ana: le toca una visita. Llame al 312-555-0143. Clínica Arce", encoding="utf-8"
    )
    asked = [
        "--channel",
        "letter",
        "--language",
        "es",
        "--practice",
        "Clínica Arce",
        "--phone",
        "312-555-0143",
    ]
    assert run(str(letter), *asked).exit_code == 0
    listed = json.loads(run(str(MESSAGES / "es_bad.txt"), "--json").stdout)
    assert {one["rule"] for one in listed["y1"]} >= {"promotion"}
    assert run(str(MESSAGES / "es_good.txt")).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "give a file, or --text"),
        (["x.txt", "--text", "Hello"], "give a file, or --text"),
        (["nowhere.txt"], "there is no such file"),
        (["--text", "Hello", "--channel", "pigeon"], "is none of"),
    ],
)
def test_bad_usage_is_told(arguments, says):
    answer = run(*arguments)
    assert answer.exit_code == 2
    assert says in " ".join(answer.output.split())


@pytest.mark.parametrize("content", [b"\xff\xfe", b"practice p\n#a p sms\nHello"])
def test_a_file_that_cannot_be_read_is_told(content, tmp_path):
    path = tmp_path / "en_bad.txt"
    path.write_bytes(content)
    assert run(str(path)).exit_code == 2
