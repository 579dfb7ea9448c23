"""The ledger's words about consent in plain English, for documents and pages of staff."""

from collections.abc import Mapping
from datetime import date

CHANNELS: Mapping[str, str] = {
    "sms": "text messages and automated calls",
    "phone": "phone calls",
    "email": "e-mail",
    "letter": "letters",
    "portal": "portal messages",
    "all": "every kind of contact",
}
PURPOSES: Mapping[str, str] = {
    "all": "everything",
    "treatment_recall": "reminders about care that is due",
    "operations": "messages about booked visits",
    "informational": "news from the practice",
    "marketing": "offers",
}
STATES: Mapping[str, str] = {"granted": "Allowed", "revoked": "Stopped"}
WAYS: Mapping[str, str] = {
    "sms": "in a text message",
    "email": "in an e-mail",
    "page": "on the patient page",
    "voice": "on the phone",
    "in_person": "in person",
    "voicemail": "on the answering machine",
    "letter": "by letter",
    "portal": "in the portal",
    "review_site": "on a review site",
    "form": "on a form",
    "import": "in another system",
    "provider": "told by the telephone or mail company",
    "": "not recorded",
}
SPEAKERS: Mapping[str, str] = {
    "patient": "the patient",
    "relative": "a relative",
    "representative": "their representative",
    "number_holder": "whoever has the number",
}
ORIGINS: Mapping[str, str] = {
    "staff": "written down by staff",
    "signed_consent": "signed or recorded by the patient, kept as a file",
    "sms_reply": "the patient's own text message",
    "email_reply": "the patient's own e-mail",
    "phone_reply": "the patient's own call",
    "patient_page": "the patient's own page",
    "list_unsubscribe": "the unsubscribe button of the mail program",
    "import": "taken from a file or another system",
    "provider": "the telephone or mail company",
}
PERMISSIONS: Mapping[str, str] = {
    "implied": "implied by a visit",
    "soft_opt_in": "given with a service, refusal offered",
    "express": "said expressly",
    "written": "in writing and signed",
    "authorisation": "signed authorisation",
}


def in_words(words: Mapping[str, str], key: str) -> str:
    """The phrase for a word of the ledger; the word itself where none is known."""
    return words.get(key, key.replace("_", " "))


def what_a_stop_means(*, revoke_all: date | None, today: date) -> tuple[str, ...]:
    """The statement of scope: what a STOP binds here today, and when the law's own answer changes (R-A47)."""
    found = [
        "A STOP ends every text message and automated call to that number at once, whatever it was about and"
        " whoever has the number.",
        "It leaves letters, e-mail and the portal as they were, unless the words ask for no contact at all.",
        "It is narrower only where the patient's own words are kept and were narrow. Only the patient lifts"
        " it: by START, on their own page, or by something signed or recorded that is kept here.",
    ]
    if revoke_all is None:
        return tuple(found)
    day = f"{revoke_all.day} {revoke_all:%B %Y}"
    if today < revoke_all:
        found.append(
            f"The law itself asks for less until {day}: only the kind of message that was answered. From that"
            " day on it asks for the same as we do now."
        )
    else:
        found.append(f"Since {day} the law asks for the same.")
    return tuple(found)
