"""A lexicon that is wrong says where; the shipped one is whole."""

import pytest

from rebook.core.response.dispositions import BARRIERS, DISPOSITIONS
from rebook.core.response.values import INTENTS
from rebook.core.words import AUTOMATION_HOLD_KINDS, CASE_OUTCOMES, CONSENT_CHANNELS, TASK_KINDS
from rebook.packs.response import BadLexicon, load_lexicon, shipped_lexicon

RULE = '[[rule]]\nkey = "k"\nintent = "opt_out"\nsource = "R-A42"\nphrases = ["stop it"]\n'


def load(tmp_path, text):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "x.toml").write_text(text, encoding="utf-8")
    return load_lexicon(directory=tmp_path)


@pytest.mark.parametrize(
    ("text", "line", "field", "words"),
    [
        (f'language = "en"\n{RULE}'.replace("opt_out", "optout"), 3, "k.intent", "'optout' is not an intent"),
        (f'language = "en"\n{RULE}'.replace("stop it", "stop (it"), 6, "k.phrases", "'(' is never closed"),
        (f'language = "en"\n{RULE}'.replace("stop it", "Stop it"), 6, "k.phrases", "small letters"),
        (f'language = "en"\n{RULE}'.replace('"R-A42"', '""'), 3, "k.source", "rule it comes from"),
        (f'language = "en"\n{RULE}level = 1\n', 3, "k.level", "does not go with"),
        (f'language = "en"\n{RULE}scope = "fax"\n', 3, "k.scope", "is one of"),
        (f'language = "en"\n{RULE}barrier = "rain"\n', 3, "k.barrier", "'rain' is not a barrier"),
        (f'language = "en"\n{RULE}phrase = "x"\n', 7, "phrase", "is not a field of a rule"),
        (f'language = "en"\n{RULE}{RULE}', 3, "k.key", "is used twice"),
        (f"{RULE}", 1, "language", "is missing"),
        ('language = "en"\nsurprise = 1\n', 2, "surprise", "is not a known field"),
        ('language = "en"\n[spelling]\nstop = ["st op"]\n', 3, "spelling.stop", "is not one word"),
        ('language = "en"\nphrases = [', 2, "file", ""),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, text, line, field, words):
    with pytest.raises(BadLexicon) as caught:
        load(tmp_path, text)
    assert (caught.value.line, caught.value.field) == (line, field)
    assert words in str(caught.value)
    assert "en/x.toml" in str(caught.value)


def test_an_empty_folder_is_no_lexicon(tmp_path):
    with pytest.raises(BadLexicon, match="holds no lexicon"):
        load_lexicon(directory=tmp_path)


def test_the_shipped_lexicon_knows_every_intent_in_both_languages():
    rules = shipped_lexicon().rules
    silent = {"question", "unreadable", "other"}
    for language in ("en", "es"):
        known = {rule.intent for rule in rules if rule.language == language}
        assert set(INTENTS) - known - silent - {"opt_in", "help"} == set(), language


def test_a_rule_written_with_a_variant_means_the_canonical_word(tmp_path):
    lexicon = load(
        tmp_path, f'language = "en"\n{RULE}[spelling]\nstop = ["stpo"]\n'.replace("stop it", "stpo it")
    )
    assert lexicon.rules[0].phrases.search(" stop it ")


def test_every_disposition_uses_the_ledgers_words():
    for one in DISPOSITIONS.values():
        assert one.outcome in ("", *CASE_OUTCOMES)
        assert (one.case == "close") == bool(one.outcome)
        assert one.task_kind in ("", *TASK_KINDS)
        assert one.hold in ("", *AUTOMATION_HOLD_KINDS)
        assert set(one.revokes) <= set(CONSENT_CHANNELS)
        assert one.barrier in ("", *BARRIERS)
        assert len(one.key) <= 30
    assert all(len(key) <= 30 for key in BARRIERS)


def test_the_list_of_results_is_that_of_the_rule():
    # R-D54
    assert {
        "booked", "callback_requested", "left_voicemail", "no_answer", "busy", "declined", "spoke_thinking",
        "wrong_number", "disconnected", "do_not_call", "deceased", "moved", "transferred_care",
        "language_barrier", "hearing_relay", "clinical_question_escalated", "emergency_escalated",
        "cost_question", "insurance_changed", "transport", "already_seen_elsewhere", "third_party_answered",
        "mailbox_full", "fax",
    } <= set(DISPOSITIONS)  # fmt: skip
