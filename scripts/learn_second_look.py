"""Learns the weights of the second look, and writes ``packs/messages/<language>/second_look.json``.

From: the sentences in ``scripts/second_look/<language>.txt``, the shipped texts (good), the corpora of
``tests/data/messages`` written before (good sentences as they are; of a bad message the sentence that weighs
most), and the blind messages of ``round1.jsonl``. Later rounds are never read here.

Logistic regression with single words and topics bounded at zero: a calm word never makes up for a bad one, so
a bad clause is not hidden by a friendly sentence around it; pairs of words may speak either way ("no hurry").
The threshold is set so that out of ten folds ``--looks`` of the good messages are looked at, each scored by a
model that has not seen it. Run: ``.venv/bin/python scripts/learn_second_look.py``
"""

import argparse
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from rebook.cli.bench_lint import MESSAGES, read
from rebook.core.outreach.lint_blind import read_blind, text_of_blind
from rebook.core.outreach.lint_findings import BUILT_IN
from rebook.core.outreach.lint_places import Placed
from rebook.core.outreach.lint_score import text_of
from rebook.core.outreach.second_look import HIDDEN, SecondLook, Weight, features, weigh
from rebook.core.outreach.second_look_findings import KINDS
from rebook.core.outreach.second_look_words import HEALTH, Token, Topics, sentences, tokens
from rebook.packs.outreach import templates
from rebook.packs.second_looks import FOLDER, WEIGHTS, WORDS, read_document, read_topics
from rebook.packs.templates import wording

HERE = Path(__file__).parent / "second_look"
STRENGTH = 1.0
FOLDS = 8
SMALLEST = 0.04
# Few good messages make the share at one threshold jump: it stays between these.
LOWEST, HIGHEST = 0.25, 0.75
COUNTS = ("?1", "?2", "?3", "@2", "@3", "@4")
OWN_TEXTS_WEIGH = 12.0
KIND_OF = {
    "private_detail": "private", "other_person": "private", "price": "promotion", "upsell": "promotion",
    "third_party": "promotion", "sales": "promise", "discouraged": "promise", "carrier": "promotion",
}  # fmt: skip


def _kind_of(label: str) -> str:
    kind = KIND_OF.get(label, label)
    return kind if kind in (*KINDS, "good") else "unseen"


@dataclass(frozen=True)
class Row:
    """One sentence. ``group`` keeps sentences of one message in one fold."""

    kind: str
    written: str
    folded: str
    is_open: bool
    group: str
    weight: float = 1.0

    @property
    def is_bad(self) -> bool:
        return self.kind != "good"


@dataclass(frozen=True)
class Message:
    kind: str
    rows: tuple[Row, ...]
    group: str
    is_measured: bool = True

    @property
    def is_bad(self) -> bool:
        return self.kind != "good"


def rows_of(text: str, names: Iterable[str], kind: str, group: str, *, is_open: bool, weight: float = 1.0):
    placed = Placed(text, tuple(names))
    return tuple(
        Row(kind, text[start:end], placed.folded[start:end], is_open, group, weight)
        for start, end in sentences(text, placed.folded)
    )


def written_down(language: str) -> Iterator[Row]:
    kind = ""
    for number, line in enumerate((HERE / f"{language}.txt").read_text(encoding="utf-8").splitlines()):
        if line.startswith("== "):
            kind = _kind_of(line.removeprefix("== "))
        elif line.strip() and not line.startswith("#"):
            yield from rows_of(line, (), kind, f"line{number}", is_open=True)


def shipped(language: str) -> Iterator[Message]:
    """Every shipped text, filled as ``lint_template`` fills it."""
    from rebook.core.outreach.message import render

    for (key, place, of), text in templates().items():
        if of != language:
            continue
        values = {field.name: field.longest for field in text.fields}
        names = [values[field.name] for field in text.fields if field.is_name and field.longest]
        for body in {text.body, text.short_body} - {""}:
            from dataclasses import replace

            shown = render(replace(text, body=body, short_body=""), values)
            whole = f"{shown.subject}\n{shown.body}"
            if text.channel == "phone":
                from rebook.core.outreach.lint import sections

                whole = sections(shown.body).get(text.wording.voicemail, "")
            is_open = text.channel != "portal"
            rows = rows_of(whole, names, "good", f"{key}/{place}", is_open=is_open, weight=OWN_TEXTS_WEIGH)
            yield Message("good", rows, f"{key}/{place}", is_measured=False)


def corpora(language: str) -> Iterator[Message]:
    words = wording(language)
    for one in read(MESSAGES):
        if one.language != language:
            continue
        labels = [label for label in one.breaks if label not in BUILT_IN]
        if one.breaks and not labels:
            continue
        text = text_of(one, words)
        kind = _kind_of(labels[0]) if labels else "good"
        body = one.body if one.channel == "voicemail" else text.body
        names = (*text.names, *text.phones)
        rows = rows_of(f"{text.subject}\n{body}", names, kind, one.id, is_open=text.is_open)
        yield Message(kind, rows, one.id)


def blind(language: str) -> Iterator[Message]:
    path = MESSAGES / "blind" / "round1.jsonl"
    if not path.exists():
        return
    words = wording(language)
    for number, one in enumerate(read_blind(path.read_text(encoding="utf-8"))):
        is_worded = not one.is_bad or not re.match(SHAPED, one.why)
        if one.language.partition("-")[0] == language and is_worded:
            text = text_of_blind(one, words)
            kind = kind_of_words(one.why) if one.is_bad else "good"
            body = re.sub(r"^## .*\n", "", text.body)
            rows = rows_of(
                f"{text.subject}\n{body}", text.names, kind, f"blind{number}", is_open=text.is_open
            )
            yield Message(kind, rows, f"blind{number}")


# Nothing is wrong with the words of these.
SHAPED = r"practice|reason|optout|leftover|placeholder|link|length|action|choice|sender"
# What a writer calls it, and the kind it is.
NAMED = (
    ("promotion", r"promo|offer|discount|free|gift|prize|price|incentiv|reward|raffle|upsell"),
    ("instruction", r"instruct|take |stop tak|medicine advice|fasting"),
    ("collection", r"collect|balance|money|debt|owe|bill|fee|payment"),
    ("medical", r"reassur|prognos|medical (?:state|claim)|diagnosis stated|scare"),
    (
        "private",
        r"private|diagnos|drug|medic|test|result|condition|special|procedure|clinical|health",
    ),
    ("blame", r"blame|guilt|shame|missed|compar|family|silence|tried|moral"),
    ("urgency", r"urgen|pressure|deadline|last chance|scarc|threat|countdown|fear"),
    ("internal", r"internal|jargon|office|list|system|inactive|recall"),
    ("promise", r"promis|guarante|adverti|hype|sales|tone|flatter"),
)


def kind_of_words(why: str) -> str:
    small = why.lower()
    return next((kind for kind, pattern in NAMED if re.search(pattern, small)), "unseen")


class Learner:
    """One language: its rows in, a model out."""

    def __init__(self, topics: Topics) -> None:
        self.topics = topics

    def said(self, row: Row, known: frozenset[str]) -> list[Token]:
        found = tokens(row.written, row.folded, self.topics, known)
        if row.is_open:
            return found
        return [HIDDEN if HEALTH & set(one.about) else one for one in found]

    def learn(
        self, rows: list[Row], messages: list[Message], threshold: float = 0.0, *, is_named: bool = False
    ) -> SecondLook:
        """Twice: first without the bad messages, then with the sentence of each that weighs most."""
        good = [row for one in messages if not one.is_bad for row in one.rows]
        first = self.fit([*rows, *good], threshold)
        worst = []
        for one in messages:
            if one.is_bad and one.rows:
                scored = [
                    (weigh(self.said(row, first.known), first).score, at) for at, row in enumerate(one.rows)
                ]
                worst.append(one.rows[max(scored)[1]])
        return self.fit([*rows, *good, *worst], threshold, is_named=is_named)

    def fit(self, rows: list[Row], threshold: float, *, is_named: bool = False) -> SecondLook:
        rows = list({(row.folded, row.kind, row.is_open): row for row in rows}.values())
        times: Counter[str] = Counter()
        for row in rows:
            if not row.is_bad:
                times.update({one.stem for one in self.said(row, self.topics.calm) if not one.is_mark})
        known = frozenset(times) | self.topics.calm
        found, labels, weights, kinds = [], [], [], []
        for row in rows:
            said = self.said(row, known)
            if all(one.is_mark for one in said):
                continue
            # A word that only this good sentence uses is unknown to it, as it would be to the next one.
            rare = {one.stem for one in said if times[one.stem] <= 1} - self.topics.calm
            seen = known if row.is_bad else known - rare
            found.append(dict.fromkeys(features(said, seen), 1.0))
            labels.append(row.is_bad)
            weights.append(row.weight)
            kinds.append(row.kind)
        names, values, bias = _regress(found, np.array(labels, float), np.array(weights))
        speaks = _speaks_for(found, kinds) if is_named else {}
        kept = {
            name: Weight(value, *_named(speaks.get(name)))
            for name, value in zip(names, values, strict=True)
            if abs(value) >= SMALLEST
        }
        return SecondLook(self.topics, known, kept, bias, threshold)

    def score(self, message: Message, model: SecondLook) -> float:
        """The highest sum of its sentences; what stands out by itself counts as infinite."""
        best = -99.0
        for row in message.rows:
            said = self.said(row, model.known)
            if all(one.is_mark for one in said):
                continue
            if row.is_open and any(self.topics.is_telling(one, model.known) for one in said):
                return float("inf")
            best = max(best, weigh(said, model).score)
        return best


def _regress(found: list[dict[str, float]], labels: np.ndarray, weights: np.ndarray):
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(found).tocsr()
    share = np.where(labels == 1, len(labels) / (2 * labels.sum()), len(labels) / (2 * (1 - labels).sum()))
    share = share * weights
    names = list(vectorizer.feature_names_)

    def loss(point):
        z = matrix @ point[:-1] + point[-1]
        error = 1 / (1 + np.exp(-z)) - labels
        value = STRENGTH * (share * (np.logaddexp(0, z) - labels * z)).sum() + 0.5 * (point[:-1] ** 2).sum()
        slope = STRENGTH * share * error
        return value, np.append(matrix.T @ slope + point[:-1], slope.sum())

    bounds = [(None, None) if " " in name else (0.0, None) for name in names] + [(None, None)]
    at = minimize(
        loss, np.zeros(len(names) + 1), jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 400}
    ).x
    return names, at[:-1].tolist(), float(at[-1])


def _named(spoken: tuple[str, float] | None) -> tuple[str, float]:
    kind, strength = spoken or ("unseen", 0.0)
    return f"look_{kind}", strength


def _speaks_for(found: list[dict[str, float]], kinds: list[str]) -> dict[str, tuple[str, float]]:
    """The kind that each feature tells from the others best, and how well; only for its name, not the sum."""
    bad = [(one, kind) for one, kind in zip(found, kinds, strict=True) if kind not in ("good", "unseen")]
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform([one for one, _ in bad])
    names = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=300)
    names.fit(matrix, [kind for _, kind in bad])
    best = names.coef_.argmax(axis=0)
    return {
        name: (str(names.classes_[best[at]]), round(float(names.coef_[best[at], at]), 2))
        for at, name in enumerate(vectorizer.feature_names_)
        # A rare word, or how many words have a topic, speaks for nothing by itself.
        if name not in COUNTS
    }


def out_of_fold(learner: Learner, rows: list[Row], messages: list[Message]) -> list[tuple[Message, float]]:
    """Each measured message with its score by a model that saw neither it nor its fold."""

    def fold(group: str) -> int:
        return zlib.crc32(group.encode()) % FOLDS

    scored = []
    for number in range(FOLDS):
        model = learner.learn(
            [row for row in rows if fold(row.group) != number],
            [one for one in messages if fold(one.group) != number or not one.is_measured],
        )
        tested = [one for one in messages if one.is_measured and fold(one.group) == number]
        scored += [(one, learner.score(one, model)) for one in tested]
    return scored


def learn(language: str, *, looks: float, without: str = "") -> None:
    topics = read_topics(read_document(FOLDER / language / WORDS))
    learner = Learner(topics)
    rows = list(written_down(language))
    messages = [*shipped(language), *corpora(language), *blind(language)]
    scored = out_of_fold(learner, rows, messages)
    good = sorted(score for one, score in scored if not one.is_bad)
    threshold = min(max(*good[: int(len(good) * (1 - looks))], LOWEST), HIGHEST)
    caught = sum(score > threshold for one, score in scored if one.is_bad)
    model = learner.learn(rows, messages, round(threshold + 0.005, 2), is_named=True)
    own = [
        one.group for one in messages if not one.is_measured and learner.score(one, model) >= model.threshold
    ]
    bad = sum(one.is_bad for one, _ in scored)
    print(
        f"{language}: {len(rows)} sentences, {len(messages)} messages, {len(model.weights)} weights,", end=" "
    )
    print(
        f"threshold {model.threshold}, out of fold {caught}/{bad} bad, {looks:.0%} of {len(good)} good;",
        end=" ",
    )
    print(f"own texts looked at: {own}")
    write(language, model)


def write(language: str, model: SecondLook) -> None:
    kinds = list(KINDS)
    weights = {
        name: [round(one.value, 2), kinds.index(one.kind.removeprefix("look_")), one.tells]
        for name, one in sorted(model.weights.items())
    }
    head = {"language": language, "bias": round(model.bias, 3), "threshold": model.threshold, "kinds": kinds}
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in head.items()]
    lines.append('"known": ' + json.dumps(sorted(model.known), ensure_ascii=False))
    inside = ",\n".join(f"{json.dumps(name, ensure_ascii=False)}: {value}" for name, value in weights.items())
    lines.append('"weights": {\n' + inside + "\n}")
    (FOLDER / language / WEIGHTS).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--looks", type=float, default=0.1, help="share of good messages that may be looked at"
    )
    asked = parser.parse_args()
    for one in ("en", "es"):
        learn(one, looks=asked.looks)
