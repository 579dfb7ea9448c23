"""``lint``: what is wrong with a text, or with a file of texts, before anybody gets it."""

import sys
from pathlib import Path
from typing import Annotated, Any, cast, get_args

import typer

from rebook.cli.context import EXIT_NO, JsonOption, answer_json, console, refuse
from rebook.core.channel import ChannelKind
from rebook.core.outreach.lint import Finding, Text, check
from rebook.core.outreach.lint_corpus import BadCorpus, read_corpus
from rebook.core.outreach.lint_score import findings_of
from rebook.packs.second_looks import second_look
from rebook.packs.templates import wording

CHANNELS = (*get_args(ChannelKind), "postcard")


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("lint")(lint)


def lint(
    file: Annotated[
        Path | None, typer.Argument(help="A text, or a corpus of messages ('#id practice channel').")
    ] = None,
    text: Annotated[str, typer.Option(help="The text itself; '-' reads it from the input.")] = "",
    subject: Annotated[str, typer.Option(help="Of an e-mail.")] = "",
    channel: Annotated[str, typer.Option(help=f"One of {', '.join(CHANNELS)}.")] = "sms",
    language: Annotated[str, typer.Option(help="'en' or 'es'.")] = "en",
    practice: Annotated[str, typer.Option(help="Name of the practice as the text gives it.")] = "",
    phone: Annotated[str, typer.Option(help="The practice's number as the text gives it.")] = "",
    host: Annotated[list[str] | None, typer.Option(help="Where its links may lead.")] = None,
    service: Annotated[bool, typer.Option(help="An answer to the patient, not a recall.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check a text as it would go out. Leaves with 1 when it would not; "look" is a question to a person."""
    if channel not in CHANNELS:
        refuse(f"'{channel}' is none of {', '.join(CHANNELS)}")
    if (file is None) == (not text):
        refuse("give a file, or --text")
    body = sys.stdin.read() if text == "-" else text or _read(cast(Path, file))
    if file is not None and _is_corpus(body):
        _corpus(body, language=file.stem.partition("_")[0] or language, as_json=as_json)
        return
    asked = Text(
        body=body.strip(),
        channel=cast(ChannelKind, "letter" if channel == "postcard" else channel),
        role="service" if service else "recall",
        practice_name=practice,
        subject=subject,
        names=(practice,) if practice else (),
        phone=phone,
        is_open=channel not in ("phone", "portal"),
        own_hosts=frozenset(host) if host else None,
        is_card=channel == "postcard",
    )
    found = check(asked, wording(language), second_look(language)).found
    if as_json:
        answer_json(
            {"ok": not any(one.is_problem for one in found), "findings": [_json(one) for one in found]}
        )
    else:
        _say(found)
    if any(one.is_problem for one in found):
        raise typer.Exit(EXIT_NO)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return refuse(f"{file}: there is no such file")
    except UnicodeDecodeError:
        return refuse(f"{file}: is not UTF-8")


def _is_corpus(body: str) -> bool:
    return body.startswith("practice ")


def _corpus(body: str, *, language: str, as_json: bool) -> None:
    """Every message of a corpus with what is found in it; leaves with 1 when one would not go out."""
    try:
        messages = read_corpus(body, language=language)
    except BadCorpus as bad:
        refuse(str(bad))
    found = {one.id: findings_of(one, wording).found for one in messages}
    if as_json:
        answer_json({key: [_json(one) for one in lines] for key, lines in found.items()})
    else:
        for key, lines in found.items():
            if lines:
                console.print(f"#{key}", markup=False, highlight=False)
                _say(lines)
    if any(one.is_problem for lines in found.values() for one in lines):
        raise typer.Exit(EXIT_NO)


def _json(one: Finding) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "severity": one.severity,
        "start": one.start,
        "words": one.words,
        "why": one.why,
        "suggestion": one.suggestion,
        "source": one.source,
    }


def _say(found: tuple[Finding, ...]) -> None:
    if not found:
        console.print("Nothing to say against it.")
    for one in found:
        words = f' "{one.words}"' if one.words else ""
        advice = f"; {one.suggestion}" if one.suggestion else ""
        line = f"{one.severity}: {one.rule}{words}: {one.why}{advice} ({one.source})"
        console.print(line, markup=False, highlight=False)
