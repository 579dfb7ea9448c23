"""How many stops and red flags are seen, on written wordings, and how many innocent texts are mistaken.

The ``heldout`` parts were written after the rules and seen by nobody who tuned them; whoever tunes on them
moves them to the ``tuned`` parts and writes new ones.
"""

import csv
import gzip
import json
from pathlib import Path

import pytest

from rebook.core.response.classify import classify
from rebook.packs.response import shipped_lexicon

WORDINGS = Path(__file__).parents[2] / "data" / "replies"
SHARED = Path(__file__).parents[4] / "shared" / "data" / "replies"


def readings(name):
    lines = (WORDINGS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [
        (text, classify(text, lexicon=shipped_lexicon())) for _, text in (one.split("\t") for one in lines)
    ]


def share(found, is_hit):
    return sum(is_hit(reading) for _, reading in found) / len(found)


def test_every_wording_that_was_tuned_on_binds():
    missed = [text for text, reading in readings("optout_tuned") if not reading.has("opt_out")]
    assert missed == []


def test_most_wordings_that_nobody_tuned_on_bind_too():
    found = readings("optout_heldout")
    assert len(found) >= 40
    assert share(found, lambda reading: reading.has("opt_out")) >= 0.85
    assert share(found, lambda reading: reading.has("opt_out") or reading.has("opt_out_uncertain")) >= 0.9


def test_every_red_flag_that_was_tuned_on_is_level_1():
    missed = [text for text, reading in readings("redflags_tuned") if reading.level != 1]
    assert missed == []


def test_most_red_flags_that_nobody_tuned_on_are_level_1():
    found = readings("redflags_heldout")
    assert share(found, lambda reading: reading.level == 1) >= 0.9


def test_a_missed_red_flag_still_reaches_a_person():
    from rebook.core.response.effects import PLANS

    silent = {intent for intent, plan in PLANS.items() if plan.task is None}
    assert silent == {"opt_out", "opt_in", "help", "auto_reply"}
    for name in ("redflags_tuned", "redflags_heldout"):
        assert not [text for text, reading in readings(name) if reading.first in silent - {"opt_out"}]


def test_innocent_words_are_no_stop():
    mistaken = [
        text
        for text, reading in readings("innocent")
        if reading.has("opt_out") or reading.has("opt_out_uncertain") or reading.level == 1
    ]
    assert mistaken == []


def test_the_lists_are_as_long_as_they_claim_to_be():
    stops = readings("optout_tuned") + readings("optout_heldout")
    flags = readings("redflags_tuned") + readings("redflags_heldout")
    assert len({text for text, _ in stops}) >= 150
    assert len({text for text, _ in flags}) >= 80


def shared(name):
    path = SHARED / name
    if not path.exists():
        pytest.skip("the shared texts are not here")
    return path


def texts(name, key="text", every=4):
    with gzip.open(shared(name), "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for number, line in enumerate(lines) if number % every == 0]
    return [(row.get("label", ""), row[key]) for row in rows]


def test_every_keyword_of_the_carriers_works():
    with shared("carrier_keywords.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    wanted = {"opt_out": "opt_out", "opt_in": "opt_in", "help": "help"}
    for row in rows:
        if row["keyword"] == "YES":
            continue
        for written in (row["keyword"], row["keyword"].lower(), f" {row['keyword'].title()}! "):
            reading = classify(written, lexicon=shipped_lexicon())
            assert reading.first == wanted[row["effect"]], (written, reading.rules)


@pytest.mark.parametrize(
    ("name", "key", "most"),
    [
        ("appointment_requests_train.jsonl.gz", "text", 0.002),
        ("appointment_dialogues_dev.jsonl.gz", "user_text", 0.002),
        ("clinc150_val.jsonl.gz", "text", 0.006),
        ("nlupp_folds_0_13.jsonl.gz", "text", 0.005),
    ],
)
def test_real_requests_are_hardly_ever_taken_for_a_stop(name, key, most):
    found = texts(name, key)
    stops = [text for _, text in found if classify(text, lexicon=shipped_lexicon()).has("opt_out")]
    assert len(stops) / len(found) <= most, stops


def test_real_text_messages_are_hardly_ever_taken_for_a_stop():
    found = [text for label, text in texts("sms_spam_part1.jsonl.gz") if label == "ham"]
    stops = [text for text in found if classify(text, lexicon=shipped_lexicon()).has("opt_out")]
    assert len(stops) / len(found) <= 0.005, stops
