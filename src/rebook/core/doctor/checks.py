"""The checks that count: one row each. A share from which on it warns, and one from which on it stops."""

from dataclasses import dataclass

from .facts import Counted
from .finding import Finding, Severity

ALWAYS = 0.0
NEVER = 2.0
# A share of fewer says too little to stop anything.
ENOUGH = 30


@dataclass(frozen=True, slots=True)
class Check:
    """``says`` and ``do`` may use {count} and {of}. Above ``warns`` it warns, above ``stops`` it stops;
    otherwise it is noted. With ``is_good`` what is right is counted, and a share below ``warns`` warns."""

    key: str
    group: str
    says: str
    do: str
    warns: float = ALWAYS
    stops: float = NEVER
    link: str = ""
    is_good: bool = False
    has_list: bool = True

    def judge(self, counted: Counted) -> Finding | None:
        """What it says of a count; None when there is nothing to say."""
        if not counted.of or not (counted.count or self.is_good):
            return None
        return Finding(
            key=self.key,
            group=self.group,
            severity=self._severity(counted),
            says=self.says.format(count=f"{counted.count:,}", of=f"{counted.of:,}"),
            do=self.do,
            count=counted.count,
            of=counted.of,
            link=self.link,
            behind=self.key if self.has_list and counted.count else "",
        )

    def _severity(self, counted: Counted) -> Severity:
        if self.is_good:
            return "warn" if counted.share < self.warns else "note"
        if counted.share > self.stops and counted.of >= ENOUGH:
            return "stop"
        return "warn" if counted.share > self.warns else "note"


SOURCES, TEXTS = "setup_sources", "texts"

APPOINTMENTS = (
    Check(
        "past_still_booked", "appointments",
        "{count} of {of} past appointments are still marked as booked: nobody knows whether the patient came",
        "Have the practice's system say who came; until then these patients look as if they were never seen.",
        warns=0.05, stops=0.6, link=SOURCES,
    ),
    Check(
        "booking_date_missing", "appointments",
        "{count} of {of} appointments do not say when they were booked",
        "Nothing is unsafe; results about past dates are less exact.",
        warns=NEVER, link=SOURCES, has_list=False,
    ),
    Check(
        "cancellation_date_missing", "appointments",
        "{count} of {of} cancellations do not say when",
        "Add the day of cancelling to the export; until then the day of the appointment counts.",
        warns=0.5, link=SOURCES, has_list=False,
    ),
    Check(
        "visit_in_future", "appointments",
        "{count} of {of} completed visits lie in the future",
        "Correct their dates; they are left out until then.",
        link=SOURCES,
    ),
    Check(
        "visit_type_missing", "appointments",
        "{count} of {of} visits and appointments have a kind that no rule and no visit type knows",
        "Say in the mapping what these words mean: rules cannot see such visits, and list patients who came.",
        warns=0.02, stops=0.5, link=SOURCES,
    ),
    Check(
        "procedure_unmapped", "appointments",
        "{count} of {of} procedures have a code that the mapping does not translate",
        "Add the codes that matter for recalls to the mapping.",
        warns=0.9, link=SOURCES, has_list=False,
    ),
    Check(
        "condition_unmapped", "appointments",
        "{count} of {of} conditions have a code that the mapping does not translate",
        "Add the codes that matter for recalls to the mapping.",
        warns=0.9, link=SOURCES, has_list=False,
    ),
    Check(
        "many_appointments", "appointments",
        "{count} of {of} patients have more than 1,000 appointments",
        "Look whether these are patients at all, or a placeholder for blocked time.",
    ),
)  # fmt: skip

PATIENTS = (
    Check(
        "duplicate_marked", "patients",
        "{count} of {of} patients are probably recorded twice: same name, birth date and number or address",
        "Look at each pair and merge it in the practice's system; until then the newer one is not contacted.",
        stops=0.2,
    ),
    Check(
        "duplicate_likely", "patients",
        "{count} of {of} patients share name and birth date with another record, but no number or address",
        "Look whether they are the same person: two records mean two messages.",
        warns=0.005,
    ),
    Check(
        "shared_number", "patients",
        "{count} of {of} patients have a number or address that more than eight patients share",
        "Find out whose it is: a switchboard or a placeholder reaches nobody, or the wrong person.",
        stops=0.3,
    ),
    Check(
        "birth_date_missing", "patients",
        "{count} of {of} patients have no birth date",
        "Add it: rules with an age set them aside, and their identity cannot be checked.",
        stops=0.5,
    ),
    Check(
        "death_contradicted", "patients",
        "{count} of {of} patients are recorded as deceased, but were seen or booked later",
        "Look at each: they are not contacted until it is settled.",
    ),
    Check(
        "coming_of_age", "patients",
        "{count} of {of} patients come of age within 90 days and are reached through their parent",
        "Ask them for a number of their own and how to reach them: on the birthday the parent's contact ends "
        "(R-A152).",
        warns=NEVER,
    ),
    Check(
        "minor_without_adult", "patients",
        "{count} of {of} patients are minors without an adult on record",
        "Add the parent or guardian; until then they are not contacted.",
    ),
    Check(
        "language_unknown", "patients",
        "{count} of {of} patients have no language on record",
        "They get the practice's own language. Record it when they next come.",
        warns=0.5,
    ),
    Check(
        "language_unsupported", "patients",
        "{count} of {of} patients speak a language that no text is written in",
        "They get a call instead of a text; add approved texts in the languages that are frequent.",
        warns=0.02, link=TEXTS,
    ),
)  # fmt: skip

CONTACT = (
    Check(
        "unreachable", "contact",
        "{count} of {of} patients have no usable number or e-mail address",
        "Ask at their next visit; a letter is all that is left until then.",
        warns=0.1, stops=0.9,
    ),
    Check(
        "reachable_sms", "contact", "{count} of {of} patients can be reached by text message",
        "Record mobile numbers, with the line type where it is known.",
        warns=0.5, is_good=True,
    ),
    Check(
        "reachable_email", "contact", "{count} of {of} patients can be reached by e-mail",
        "Ask for e-mail addresses at check-in.",
        warns=0.2, is_good=True,
    ),
    Check(
        "reachable_phone", "contact", "{count} of {of} patients can be reached by a call",
        "Record numbers at check-in.",
        warns=0.6, is_good=True,
    ),
    Check(
        "contact_bounced", "contact",
        "{count} of {of} numbers and addresses are known not to work, or to be somebody else's",
        "Correct them in the practice's system; nothing is sent there.",
        warns=0.15,
    ),
    Check(
        "contact_stale", "contact",
        "{count} of {of} numbers and addresses were never confirmed, and the patient not seen for 2 years",
        "Expect wrong numbers: begin with patients seen later, or call these first.",
        warns=0.3,
    ),
    Check(
        "number_source_unknown", "contact",
        "of {count} of {of} numbers and addresses nobody wrote down how the practice got them",
        "Have the export say it (number_source), or say it under Setup, Numbers. Until then they count as "
        "given by the patient, or for nothing where the practice chose so (R-A4).",
        warns=0.5, link="setup_numbers",
    ),
    Check(
        "number_from_elsewhere", "contact",
        "{count} of {of} numbers and addresses came from elsewhere than the patient",
        "Machines send them nothing that wants the patient's own number. Call, ask, write down the answer.",
        warns=0.2, link="setup_numbers",
    ),
    Check(
        "number_of_somebody_else", "contact",
        "{count} of {of} numbers and addresses have another owner by now, as a check says",
        "They are held back. Ask these patients for a new number.",
        link="setup_numbers",
    ),
    Check(
        "number_check_due", "contact",
        "{count} of {of} telephone numbers show no sign of the patient for 45 days, and no check as new",
        "Ask the Reassigned Numbers Database: Setup, Numbers, or 'rebook numbers --export' (R-A61).",
        warns=NEVER, link="setup_numbers",
    ),
    Check(
        "number_check_missing", "contact",
        "{count} of {of} telephone numbers wait for a check: nothing goes out to them by machine",
        "Write the file, have it answered, read the answers: Setup, Numbers.",
        link="setup_numbers",
    ),
    Check(
        "opted_out", "contact", "{count} of {of} patients have asked not to be contacted in some way",
        "Nothing to do: it is kept, whatever an import says.",
        warns=NEVER,
    ),
    Check(
        "sms_marketing_without_consent", "contact",
        "{count} of {of} patients reachable by text have given no consent to marketing by text",
        "They get none (R-A6). Recalls for care do not need it.",
        warns=NEVER,
    ),
    Check(
        "phone_marketing_without_consent", "contact",
        "{count} of {of} patients reachable by phone have given no consent to marketing by phone",
        "They get no such calls (R-A6). Recalls for care do not need it.",
        warns=NEVER,
    ),
)  # fmt: skip

CHECKS = (*APPOINTMENTS, *PATIENTS, *CONTACT)
COUNTED = tuple(one.key for one in CHECKS)
