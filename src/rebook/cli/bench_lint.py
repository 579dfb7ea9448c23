"""``bench lint``: how many messages that break a rule are caught, and how many good ones are stopped.

``ours`` is the share of bad messages caught on the part that nothing was tuned on, ``reference`` what a plain
list of the words that the rules name (R-A112, R-E50 to R-E53, R-A118, R-A197) catches of the same. Messages
come from a folder of ``<language>_good*.txt`` and ``<language>_bad*.txt`` (``core.outreach.lint_corpus``);
files called "later" were written when the rules stood. ``blind/*.jsonl`` were written by somebody else.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time
from typing import Any, Final

from rebook.core.outreach.lint import check
from rebook.core.outreach.lint_blind import read_blind, score_blind
from rebook.core.outreach.lint_corpus import CorpusMessage, read_corpus
from rebook.core.outreach.lint_score import score, text_of
from rebook.core.outreach.second_look import SecondLook
from rebook.packs.second_looks import second_look
from rebook.packs.templates import wording

RECALL: Final = 0.9
MOST_FALSE_ALARMS: Final = 0.02
# Beside the code in a checkout; an installed Rebook is told by --input.
MESSAGES: Final = Path(__file__).parents[3] / "tests" / "data" / "messages"
# The words that the rules themselves name, as a filter by keywords would have them.
KEYWORDS: Final = re.compile(
    r"\b(?:free|discount|\d+% off|\$\d+ off|coupon|gift|card|waive|no copay|complimentary|bogo|raffle|win"
    r"|reward|limited time|you need|diagnosis|cancer|hiv|you missed|failed to|recall list|inactive|lapsed"
    r"|non-compliant|conversion|reactivation|we miss you|last chance|guaranteed|cure|cannabis|gratis|regalo"
    r"|descuento|premio|usted falt[oó]|[uú]ltima oportunidad|garantizad[oa])\b",
    re.IGNORECASE,
)


def run(*, input: Path | None = None, size: int = 0) -> dict[str, Any]:
    """Recall and false alarms by part of the corpus; ``size`` is the most messages of a file.

    ``budget`` binds the held-out half. ``us_per_message`` is one check, its text in hand.
    """
    messages = read(input or MESSAGES, size=size)
    held = [one for one in messages if one.half == "held"] or messages
    ours = score(held, wording_of=wording)
    bad = [one for one in held if one.breaks]
    by_keywords = sum(bool(KEYWORDS.search(f"{one.subject}\n{one.body}")) for one in bad)
    reference = round(by_keywords / len(bad), 3) if bad else 0.0
    took, took_to_look = _seconds(messages), _seconds(messages, look_of=second_look)
    parts = {}
    for half in ("dev", "held", "later"):
        found = score([one for one in messages if one.half == half], wording_of=wording)
        parts[half] = {
            "good": found.good,
            "bad": found.bad,
            "recall": round(found.recall, 3),
            "false_alarms": found.false_alarms,
            "warned": found.warned,
        }
    return {
        "name": "lint",
        "ours": round(ours.recall, 3),
        "reference": reference,
        "ratio": round(ours.recall / reference, 2) if reference else None,
        "budget": f"recall at least {RECALL}, false alarms at most {MOST_FALSE_ALARMS} on what is held out",
        "ok": ours.recall >= RECALL and ours.false_alarm_rate <= MOST_FALSE_ALARMS,
        "recall": round(ours.recall, 3),
        "false_alarm_rate": round(ours.false_alarm_rate, 3),
        "messages": len(messages),
        "messages_per_second": round(len(messages) / took) if took else None,
        "us_per_message": round(took / len(messages) * 1e6, 1) if messages else None,
        "us_per_message_with_second_look": round(took_to_look / len(messages) * 1e6, 1) if messages else None,
        **parts,
        **blind(input or MESSAGES),
    }


def blind(folder: Path) -> dict[str, dict[str, Any]]:
    """By round: what is blocked or looked at of messages that somebody else wrote, seen once each.

    ``recall`` is blocked or looked at; ``good_looks`` are good messages that a person would read again.
    """
    found = {}
    for path in sorted((folder / "blind").glob("*.jsonl")):
        messages = read_blind(path.read_text(encoding="utf-8"))
        one = score_blind(messages, wording_of=wording, look_of=second_look)
        found[path.stem] = {
            "bad": one.bad,
            "blocked": one.bad_blocked,
            "looked_at": one.bad_looked,
            "recall": round(one.recall, 3),
            "good": one.good,
            "good_blocked": one.good_blocked,
            "good_looks": one.good_looked,
        }
    return found


def read(folder: Path, *, size: int = 0) -> list[CorpusMessage]:
    """Every message of a folder, by file."""
    found: list[CorpusMessage] = []
    for path in sorted(folder.glob("*_*.txt")):
        text, is_later = path.read_text(encoding="utf-8"), "later" in path.stem
        messages = read_corpus(text, language=path.stem.partition("_")[0], is_later=is_later)
        found += messages[: size or None]
    return found


def _seconds(
    messages: Sequence[CorpusMessage], *, look_of: Callable[[str], SecondLook | None] | None = None
) -> float:
    """Processor seconds for one check of each, the best of three rounds; ``look_of`` adds the second look."""
    texts = [
        (
            text_of(one, wording(one.language)),
            wording(one.language),
            look_of(one.language) if look_of else None,
        )
        for one in messages
    ]
    best = float("inf")
    for _ in range(3):
        started = process_time()
        for text, words, look in texts:
            check(text, words, look)
        best = min(best, process_time() - started)
    return best
