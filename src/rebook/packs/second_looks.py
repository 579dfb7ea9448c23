"""What a second look knows of a language: topics of words, and the weights learnt from sentences.

``messages/<language>/second_look.toml`` is written by people; ``second_look.json`` beside it is made by
``scripts/learn_second_look.py`` from sentences that may go out and sentences that may not.
"""

import json
import math
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from rebook.core.outreach.lint_places import fold
from rebook.core.outreach.second_look import SecondLook, Weight
from rebook.core.outreach.second_look_findings import LOOKS
from rebook.core.outreach.second_look_words import Topics, stem

from .loader import PACKS, Document, PackError, PackInvalid, Table, read_document

FOLDER = PACKS / "messages"
WORDS, WEIGHTS = "second_look.toml", "second_look.json"


@cache
def second_look(language: str) -> SecondLook | None:
    """How texts of a language are looked at again; None where nobody has written it down yet.

    Raises ``PackInvalid``.
    """
    folder = FOLDER / language.partition("-")[0]
    return read_second_look(folder) if (folder / WEIGHTS).exists() else None


def read_second_look(folder: Path) -> SecondLook:
    """Topics and weights of one folder. Raises ``PackInvalid`` with file, field and what is wrong."""
    topics = read_topics(read_document(folder / WORDS))
    path = folder / WEIGHTS
    try:
        return _weights(json.loads(path.read_text(encoding="utf-8")), topics)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise PackInvalid([PackError(path.name, 0, "weights", f"cannot be read: {error}")]) from error


def read_topics(document: Document) -> Topics:
    """Words by topic, and endings that tell one. Raises ``PackInvalid``."""
    errors: list[PackError] = []
    top = Table(document, "", 0, document.data, errors)
    top.only({"language", "topics", "endings", "spared", "calm", "plain"})
    language = top.text("language")
    by_stem: dict[str, set[str]] = defaultdict(set)
    for topic, words in _tables(top, "topics").items():
        if not isinstance(words, str):
            top.wrong("topics", f"{topic} wants words, parted by spaces")
            continue
        for word in words.split():
            by_stem[stem(fold(word), language)].add(topic)
    endings: dict[str, str] = {}
    for topic, some in _tables(top, "endings").items():
        if not isinstance(some, list):
            top.wrong("endings", f"{topic} wants a list")
            continue
        for ending in some:
            endings.setdefault(fold(ending), topic)
    found = Topics(
        language=language,
        by_stem={one: tuple(sorted(about)) for one, about in by_stem.items()},
        endings=endings,
        spared=frozenset(fold(one) for one in top.words("spared")),
        calm=frozenset(stem(fold(one), language) for one in top.text("calm").split()),
        plain=frozenset(stem(fold(one), language) for one in top.text("plain").split()),
    )
    if errors:
        raise PackInvalid(errors)
    return found


def _tables(top: Table, name: str) -> Mapping[str, Any]:
    found = top.data.get(name, {})
    if not isinstance(found, Mapping):
        top.wrong(name, "wants a table of topics")
        return {}
    return found


def _weights(data: Mapping[str, Any], topics: Topics) -> SecondLook:
    kinds = [f"look_{kind}" for kind in data["kinds"]]
    if strange := sorted(set(kinds) - set(LOOKS)):
        raise ValueError(f"'{strange[0]}' is no kind of look")
    weights = {
        str(name): Weight(float(value), kinds[kind], float(tells))
        for name, (value, kind, tells) in data["weights"].items()
    }
    numbers = [data["bias"], data["threshold"], *(one.value for one in weights.values())]
    if data["language"] != topics.language or not all(math.isfinite(one) for one in numbers):
        raise ValueError("language or numbers do not fit")
    return SecondLook(
        topics=topics,
        known=frozenset(data["known"]),
        weights=weights,
        bias=float(data["bias"]),
        threshold=float(data["threshold"]),
    )
