"""The clinic's words for signatures and for what a text is."""

APPROVAL_WORDS: dict[str, dict[str, str]] = {
    "sign_off": {
        "any": "Any of the three",
        "clinical": "A clinician",
        "compliance": "Compliance",
        "manager": "The manager",
    },
    "sign_off_state": {
        "approved": "Signed",
        "missing": "Not signed yet",
        "changed": "Changed since it was signed",
        "expired": "The signature has run out",
        "withdrawn": "The signature was withdrawn",
        "not_needed": "Needs no signature",
    },
    "approval_weight": {
        "ordinary": "Ordinary",
        "clinical": "With details of care",
        "marketing": "With an offer",
    },
    "text_sign": {
        "offer": "An offer",
        "price": "A price",
        "upsell": "An elective extra",
        "third_party": "Somebody else's product",
        "care_due": "Care that is due",
    },
}
