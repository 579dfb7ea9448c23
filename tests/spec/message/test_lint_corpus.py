"""The linter on messages that no template makes: how many bad ones it catches, how many good ones it stops.

The rules were tuned on the half "dev"; "held" was kept apart, though by the same author. "later" was written
in two lots when the rules stood, and each lot measured once before anything was changed: of those made to get
around the lists (l...) 4 of 40 were caught and 4 of 30 good ones stopped; of those in the manner of marketing
guides (u...) 35 of 40 and 2 of 15. The lists then learnt from both, so the numbers here say that nothing is
lost; how unseen words fare is in ``docs/words.md``.
"""

from collections import Counter

import pytest

from rebook.cli.bench_lint import MESSAGES, read, run
from rebook.core.outreach.lint_corpus import BadCorpus, read_corpus
from rebook.core.outreach.lint_findings import BUILT_IN
from rebook.core.outreach.lint_score import findings_of, score
from rebook.packs.outreach import templates
from rebook.packs.templates import wording

ALL = read(MESSAGES)


def test_there_are_two_hundred_of_each_kind_in_both_languages_and_all_ways():
    first = [one for one in ALL if one.half != "later"]
    assert Counter(bool(one.breaks) for one in first) == {True: 200, False: 200}
    assert Counter(one.language for one in first) == {"en": 220, "es": 180}
    ways = {"sms", "email", "voicemail", "letter", "postcard", "portal"}
    assert {one.channel for one in first if not one.breaks} == ways
    assert {one.half for one in first} == {"dev", "held"}


def test_every_label_is_a_rule():
    known = set(BUILT_IN) | {"other_person"}
    known |= {rule.key for name in ("en", "es") for rule in wording(name).rules}
    assert {label for one in ALL for label in one.breaks} <= known


def test_no_message_comes_from_the_shipped_texts():
    bodies = {text.body for text in templates().values()}
    assert not [one.id for one in ALL if one.body in bodies]


@pytest.mark.parametrize(("half", "recall", "false_alarms"), [("dev", 0.98, 0.0), ("held", 0.95, 0.01)])
def test_bad_messages_are_caught_and_good_ones_pass(half, recall, false_alarms):
    found = score([one for one in ALL if one.half == half], wording_of=wording)
    assert (found.good, found.bad) == (100, 100)
    assert found.recall >= recall, found.missed
    assert found.false_alarm_rate <= false_alarms, found.alarmed


def test_what_was_learnt_from_the_later_messages_is_not_lost():
    found = score([one for one in ALL if one.half == "later"], wording_of=wording)
    assert (found.good, found.bad) == (45, 80)
    assert found.recall >= 0.95, found.missed
    assert found.false_alarms == 0, found.alarmed


def test_every_finding_stands_where_it_says():
    for one in ALL:
        read = one.body if one.channel == "voicemail" else f"{one.subject}\n{one.body}"
        for found in findings_of(one, wording).found:
            if found.start >= 0 and found.words and found.rule != "shouting":
                assert read[found.start : found.start + len(found.words)] == found.words


def test_the_bench_says_what_it_measured():
    found = run(size=10)
    assert (found["name"], found["ok"]) == ("lint", True)
    assert found["messages"] == 80
    assert found["ours"] > found["reference"]
    assert found["messages_per_second"] > 100


@pytest.mark.parametrize(
    "text",
    [
        "#a nobody sms\nHello",
        "practice p | P | +1 1 1 1 | p.example\n#a p pigeon\nHello",
        "practice p | P\n#a p sms\nHello",
        "practice p | P | +1 1 1 1 | p.example\n#a p sms\nHello\n#a p sms\nAgain",
        "practice p | P | +1 1 1 1 | p.example\n#\nHello",
    ],
)
def test_a_file_that_is_no_corpus_is_told(text):
    with pytest.raises(BadCorpus):
        read_corpus(text, language="en")
