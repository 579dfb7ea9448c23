"""``bench intents``: stops that must be seen, and innocent words that must not be taken for one.

``ours`` is the share of opt-out wordings that bind at once, ``reference`` the share that the carriers'
keyword list alone would catch. Wordings come from a folder with ``optout*.tsv``, ``redflags*.tsv``,
``innocent*.tsv`` (language, tab, text) and any ``*.jsonl[.gz]`` with a ``text``: real ones that are no stop.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from rebook.core.response.classify import classify
from rebook.core.response.lexicon import Lexicon
from rebook.core.response.values import Classification
from rebook.packs.response import shipped_lexicon

BUDGET: Final = 0.9
MOST_FALSE_STOPS: Final = 0.01
# Beside the code in a checkout; an installed Rebook is told by --input.
WORDINGS: Final = Path(__file__).parents[3] / "tests" / "data" / "replies"
KEYWORD_RULES: Final = frozenset({"any.keyword_stop", "any.keyword_cancel"})
# The held-out part says what may be expected of words that nobody has seen.
HELD_OUT: Final = "heldout"


def run(*, input: Path | None = None, size: int = 0) -> dict[str, Any]:
    """Shares of messages understood; ``input`` is a folder as above, ``size`` the most texts of a file.

    ``optout_recall`` counts stops that bind at once on the wordings nothing was tuned on (all, where no file
    is called so), ``false_stop_rate`` innocent texts taken for a stop, ``level1_recall`` red flags seen.
    """
    lexicon = shipped_lexicon()
    folder = input or WORDINGS
    started = perf_counter()
    stops = _readings(lexicon, _part(folder, "optout"), size)
    flags = _readings(lexicon, _part(folder, "redflags"), size)
    innocent = _readings(lexicon, _innocent(folder), size)
    took = perf_counter() - started
    count = len(stops) + len(flags) + len(innocent)
    ours = _share(one.has("opt_out") for one in stops)
    reference = _share(any(rule in KEYWORD_RULES for rule in one.rules) for one in stops)
    level1 = _share(one.level == 1 for one in flags)
    false_stops = _share(one.has("opt_out") for one in innocent)
    return {
        "name": "intents",
        "ours": ours,
        "reference": reference,
        "ratio": round(ours / reference, 2) if reference else None,
        "budget": f"recalls at least {BUDGET}, false_stop_rate at most {MOST_FALSE_STOPS}",
        "ok": ours >= BUDGET and level1 >= BUDGET and false_stops <= MOST_FALSE_STOPS,
        "optout_recall": ours,
        "optout_or_held_for_a_person": _share(
            one.has("opt_out") or one.has("opt_out_uncertain") for one in stops
        ),
        "false_stop_rate": false_stops,
        "level1_recall": level1,
        "optout_texts": len(stops),
        "level1_texts": len(flags),
        "innocent_texts": len(innocent),
        "ms_per_text": round(took * 1000 / count, 3) if count else None,
    }


def _readings(lexicon: Lexicon, paths: list[Path], size: int) -> list[Classification]:
    found = []
    for path in paths:
        for number, text in enumerate(_texts(path)):
            if size and number >= size:
                break
            found.append(classify(text, lexicon=lexicon))
    return found


def _part(folder: Path, name: str) -> list[Path]:
    files = sorted(folder.glob(f"{name}*.tsv")) or sorted(WORDINGS.glob(f"{name}*.tsv"))
    return [path for path in files if HELD_OUT in path.stem] or files


def _innocent(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    real = (*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz"))
    return sorted((*folder.glob("innocent*.tsv"), *real))


def _texts(path: Path) -> Iterator[str]:
    if path.suffix == ".tsv":
        yield from (line.partition("\t")[2] for line in path.read_text("utf-8").splitlines() if line)
        return
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as lines
    ):
        for line in lines:
            text = json.loads(line).get("text")
            if text:
                yield text


def _share(hits: Iterable[bool]) -> float:
    counted = list(hits)
    return round(sum(counted) / len(counted), 4) if counted else 0.0
