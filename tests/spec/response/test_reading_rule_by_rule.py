"""How the classifier weighs what its rules find, on lexicons of a few words, not on the shipped ones.

Danger first (R-E13): a flag is lowered only where every mention is denied or long past in its own clause.
"""

import pytest

from rebook.core.response.classify import classify
from rebook.core.response.lexicon import Lexicon, LexiconRule, Spelling
from rebook.core.response.patterns import compile_patterns
from rebook.core.response.values import Match, ReplyContext


def rule(intent, *patterns, level=3, language="", **more):
    return LexiconRule(f"k.{intent}", intent, level, "R-X", language, compile_patterns(patterns), **more)


def lexicon(*rules, masks=None, denials=(), past=(), questions=(), markers=None):
    return Lexicon(
        rules=rules,
        masks={intent: compile_patterns((one,)) for intent, one in (masks or {}).items()},
        spelling=Spelling(),
        denials=compile_patterns(denials) if denials else None,
        past=compile_patterns(past) if past else None,
        questions=compile_patterns(questions) if questions else None,
        markers={key: frozenset(words) for key, words in (markers or {}).items()},
    )


FLAG = rule("emergency", "chest pain", "stroke", "fainting", level=1)
# A denial stands right before what it denies; in LOOSE anywhere before it in the clause.
STRICT = lexicon(FLAG, denials=("no $",), past=("years ago", "once"))
LOOSE = lexicon(FLAG, denials=("no",), past=("years ago", "once"))

# (words, level): 1 reaches a person at once, 2 a clinician
MENTIONS = [
    ("chest pain", 1),
    ("no chest pain", 2),
    ("chest pain or stroke", 1),
    ("stroke no chest pain", 1),
    ("no chest pain but stroke", 1),
    ("no chest pain or stroke or fainting", 2),
    ("no chest pain or stroke but fainting", 1),
    ("no chest pain stroke", 2),
    ("stroke years ago", 2),
    ("once a stroke", 2),
    ("stroke years ago no chest pain", 2),
    # Long past denies nothing that comes after it.
    ("once chest pain. and stroke", 1),
    ("no stroke, once fainting", 2),
]
CLAUSES = [
    ("no, chest pain", 1),
    ("no chest pain, call me", 2),
    ("well, no, chest pain", 1),
    ("well, i have no chest pain", 2),
    ("no. well, i have chest pain", 1),
    ("stroke, years ago", 1),
    ("years ago, stroke", 1),
    ("well, years ago, stroke", 1),
    ("well, stroke years ago", 2),
    ("stroke, years ago, well", 1),
    ("well, once a stroke, call me", 2),
    ("thanks, it was years ago, now stroke, really", 1),
]


@pytest.mark.parametrize(("words", "level"), MENTIONS)
def test_a_flag_is_lowered_only_where_each_mention_is_denied_or_past(words, level):
    assert classify(words, lexicon=STRICT).level == level


@pytest.mark.parametrize(("words", "level"), CLAUSES)
def test_a_denial_and_a_past_hold_for_their_own_clause(words, level):
    assert classify(words, lexicon=LOOSE).level == level


@pytest.mark.parametrize("link", ["or", "nor", "and", "ni", "o", "y", "any", "ningun", "ninguna"])
def test_a_denial_goes_on_through_a_list(link):
    assert classify(f"no chest pain {link} stroke", lexicon=STRICT).level == 2
    assert classify(f"chest pain {link} stroke", lexicon=STRICT).level == 1


def test_a_lowered_flag_is_kept_with_its_rule_and_goes_to_a_clinician():
    (match,) = classify("no stroke", lexicon=STRICT).matches
    assert match == Match("clinical", "k.emergency", 2, "R-X", "", is_lowered=True)
    assert match.as_json() == {"intent": "clinical", "level": 2, "matched": "k.emergency", "lowered": True}


def test_without_words_for_denial_or_past_a_flag_is_a_flag():
    for words in ("no stroke", "stroke years ago"):
        (match,) = classify(words, lexicon=lexicon(FLAG)).matches
        assert (match.intent, match.level, match.is_lowered) == ("emergency", 1, False)


class TestWhichRulesSpeak:
    def test_only_short_messages_where_a_rule_is_for_those(self):
        short = lexicon(rule("opt_out", "cancel", max_words=2))
        assert classify("cancel it", lexicon=short).first == "opt_out"
        assert classify("cancel it now", lexicon=short).first == "other"

    def test_any_length_where_it_says_none(self):
        assert classify("cancel " + "it " * 40, lexicon=lexicon(rule("opt_out", "cancel"))).first == "opt_out"

    def test_one_that_is_silent_leaves_the_next_its_say(self):
        rules = (rule("opt_out", "cancel", max_words=1), rule("book", "cancel"))
        assert classify("cancel it", lexicon=lexicon(*rules)).intents == ("book",)

    def test_the_innocent_wording_is_covered_and_keeps_its_length(self):
        by = lexicon(rule("opt_out", "stop .. me"), masks={"opt_out": "by one two three"})
        assert classify("stop by one two three me", lexicon=by).first == "other"
        assert classify("stop texting me", lexicon=by).first == "opt_out"

    def test_one_that_looks_before_the_masks_sees_what_they_cover(self):
        by = lexicon(rule("opt_out", "stop by", before_masks=True), masks={"opt_out": "stop by"})
        assert classify("stop by", lexicon=by).first == "opt_out"

    def test_one_that_another_word_silences(self):
        silent = lexicon(rule("opt_out", "stop", unless=compile_patterns(("bus",))))
        assert classify("stop", lexicon=silent).first == "opt_out"
        assert classify("bus stop", lexicon=silent).first == "other"

    def test_all_that_a_rule_says_is_in_its_match(self):
        says = rule("opt_out", "stop", language="es", scope="sms", needs_confirmation=True, barrier="cost")
        assert classify("stop", lexicon=lexicon(says)).matches == (
            Match("opt_out", "k.opt_out", 3, "R-X", "es", False, "sms", True, "cost"),
        )

    def test_one_for_those_who_had_stopped(self):
        again = lexicon(rule("opt_in", "yes", only_when_opted_out=True))
        assert classify("yes", lexicon=again).first == "other"
        assert classify("yes", lexicon=again, context=ReplyContext(is_opted_out=True)).first == "opt_in"


MACHINE = ("not_now", "thanks", "question", "preference")
BUSY = lexicon(
    *(rule(one, one[:3]) for one in MACHINE), rule("clinical", "pain", level=2), rule("auto_reply", "driving")
)


class TestMachinesThatAnswer:
    """ "I am driving and will see your message later": nobody has spoken yet."""

    @pytest.mark.parametrize("beside", [*(one[:3] for one in MACHINE), "not tha que pre", ""])
    def test_what_machines_say_beside_it_is_theirs(self, beside):
        assert classify(f"driving {beside}", lexicon=BUSY).first == "auto_reply"

    def test_what_no_machine_says_comes_first(self):
        assert classify("driving pain", lexicon=BUSY).intents == ("clinical", "auto_reply")
        assert classify("driving pain not", lexicon=BUSY).first == "clinical"

    def test_without_a_machine_nothing_is_put_first(self):
        assert classify("tha que not", lexicon=BUSY).intents == ("not_now", "question", "thanks")


class TestWhatNoRuleKnows:
    KNOWS = lexicon(questions=("^is",))

    @pytest.mark.parametrize(
        ("words", "match"),
        [
            ("hm?", Match("question", "asks", 3, "R-E39", "")),
            ("is it so", Match("question", "asks", 3, "R-E39", "")),
            ("it is so", Match("other", "none", 3, "R-E4", "")),
            (" . ", Match("unreadable", "attachment_or_empty", 3, "R-E12", "")),
        ],
    )
    def test_it_is_a_question_or_goes_to_a_person_as_it_is(self, words, match):
        assert classify(words, lexicon=self.KNOWS).matches == (match,)

    def test_a_lexicon_that_knows_no_questions_knows_the_mark(self):
        assert classify("hm?", lexicon=lexicon()).first == "question"
        assert classify("hm", lexicon=lexicon()).first == "other"


MARKS = {"en": ("the", "is"), "es": ("el", "es")}


@pytest.mark.parametrize(
    ("words", "markers", "known", "language"),
    [
        ("the", MARKS, "es", "en"),
        ("el es the", MARKS, "", "es"),
        ("the el", MARKS, "fr", "fr"),
        ("stop", MARKS, "fr", "fr"),
        ("stop", {"en": ("the",)}, "es", "es"),
        ("stop", {}, "es", "es"),
        ("stop", {}, "", "es"),
        ("hm", {}, "", "en"),
    ],
)
def test_the_language_is_the_one_most_words_give_away(words, markers, known, language):
    of_stop = lexicon(rule("opt_out", "stop", language="es"), markers=markers)
    assert classify(words, lexicon=of_stop, context=ReplyContext(language=known)).language == language
