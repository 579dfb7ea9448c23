"""The clinic's words for tests on wording, time and channel."""

EXPERIMENT_WORDS: dict[str, dict[str, str]] = {
    "test_element": {
        "subject": "Subject line",
        "call_to_action": "The way in: link, button, what to reply",
        "availability": "When there is room",
        "day_part": "Time of day",
        "delay": "Days it waits",
        "channel": "Channel that is tried first",
    },
    # Why somebody was not drawn for a test.
    "test_left_out": {
        "grave": "urgent need: in no test",
        "prefers": "asked for a channel or a time of day, and gets it",
        "one_way": "cannot be reached by every channel compared",
        "language": "no words in their language for every arm",
        "not_permitted": "the guard would not allow every channel compared",
        "over": "came by after the test had ended",
    },
    "test_metric": {"booked": "Booking within 30 days", "responded": "An answer within 14 days"},
    "test_state": {
        "running": "Under way",
        "found": "Has an answer",
        "ended": "Ended without an answer",
        "applied": "Applied",
    },
    "test_verdict": {
        "better": "one is better",
        "worse": "worse than what goes on now",
        "go_on": "go on",
        "no_difference": "no difference of the stated size was found",
    },
}
