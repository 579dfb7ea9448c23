"""The clinic's words for texts and letters."""

TEXT_WORDS: dict[str, dict[str, str]] = {
    "text_state": {"draft": "Draft", "published": "Published", "withdrawn": "Withdrawn"},
    "text_review": {
        "draft": "Written by a person",
        "machine": "Translated by a machine: does not go out",
        "human_reviewed": "Translated, and read by a translator",
    },
    "letter_return": {
        "moved": "Moved away",
        "unknown_there": "Not known there",
        "bad_address": "No such address",
        "refused": "Not accepted",
        "deceased": "Has died",
        "other": "Another reason",
    },
}
