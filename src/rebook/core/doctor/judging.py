"""From facts to findings: the counted checks, and those that are no matter of counting."""

from collections.abc import Iterable, Iterator

from .checks import CHECKS, SOURCES
from .drift import drift
from .facts import Facts
from .finding import GROUPS, SEVERITIES, Finding
from .rules import rule_findings

# A day or two without visits is a holiday; two weeks is an export that ended.
FEED_MAY_REST_DAYS = 14
BACKUP_DAYS = 7
KINDS = {"sms": "text messages", "email": "e-mails", "phone": "calls", "letter": "letters"}


def examine(facts: Facts) -> tuple[Finding, ...]:
    """Everything found, by group, what stops first. Empty only when nothing at all was found."""
    found = [
        *_feed(facts),
        *(said for one in CHECKS if one.key in facts.counts and (said := one.judge(facts.counts[one.key]))),
        *rule_findings(facts.rules, facts.patients),
        *(said for one in facts.sources for said in drift(one)),
        *_sync(facts),
        *_channels(facts),
        *_practice(facts),
    ]
    return tuple(sorted(found, key=_order))


def stops_of(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What keeps every campaign from being launched: stops that are not about one rule alone."""
    return tuple(one for one in findings if one.severity == "stop" and not one.definition_key)


def unsafe_definitions(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Keys of rules that would list the wrong patients on these records."""
    stops = [one for one in findings if one.severity == "stop" and one.definition_key]
    return tuple(sorted({one.definition_key for one in stops}))


def _order(one: Finding) -> tuple[int, int]:
    return GROUPS.index(one.group), SEVERITIES.index(one.severity)


def _feed(facts: Facts) -> Iterator[Finding]:
    """Whoever has an appointment must not be asked to book one: without coming appointments nobody knows."""
    do = "Have the export say which appointments are booked from today on, then read it again."
    if not facts.patients:
        do = "Read the practice's records: see 'rebook import'."
        yield Finding(
            "no_patients", "appointments", "stop", "there are no patients in the records", do, link=SOURCES
        )
        return
    if not facts.coming:
        says = "no coming appointment is in the records: patients who have booked would be asked to book"
        yield Finding("no_coming_appointments", "appointments", "stop", says, do, 0, link=SOURCES)
    else:
        says = f"{facts.coming:,} coming appointments are known, the last on {facts.furthest_on}"
        yield Finding("coming_appointments", "appointments", "note", says, "Nothing to do.", facts.coming)
    if facts.last_event_on is None:
        says = "no past visit or appointment is in the records: everybody would look as if never seen"
        yield Finding("no_visits", "appointments", "stop", says, do, 0, link=SOURCES)
    elif (facts.today - facts.last_event_on).days > FEED_MAY_REST_DAYS:
        says = f"the records end on {facts.last_event_on}: whoever came since would be called overdue"
        yield Finding("records_ended", "appointments", "stop", says, "Read a newer export.", link=SOURCES)


def _sync(facts: Facts) -> Iterator[Finding]:
    for one in facts.sources:
        hours = one.hours_since_sync
        if hours is None:
            says = f"'{one.key}' was never read to the end"
            yield Finding(
                "never_synced", "set-up", "stop", says, "Read it: nothing goes out before.", link=SOURCES
            )
        elif hours > facts.stale_after_hours:
            says = f"'{one.key}' was last read {hours / 24:.0f} days ago"
            do = f"Read it again, best every night: after {facts.stale_after_hours} hours nothing goes out."
            yield Finding("sync_old", "set-up", "warn", says, do, link=SOURCES)


def _channels(facts: Facts) -> Iterator[Finding]:
    for one in facts.channels:
        if one.problem:
            says = f"{KINDS.get(one.kind, one.kind)} cannot go out: {one.problem}"
            do = "Correct the practice's channels."
            yield Finding(f"channel_{one.kind}", "set-up", "stop", says, do, link="setup_channels")
        elif one.is_rehearsal:
            says = f"{KINDS.get(one.kind, one.kind)} go to the sandbox: they reach nobody"
            do = "Choose a real channel when you want patients to get them."
            yield Finding(f"rehearsal_{one.kind}", "set-up", "warn", says, do, link="setup_channels")
    if not facts.channels:
        do = "Choose at least one channel."
        yield Finding("no_channel", "set-up", "stop", "no channel is set up", do, link="setup_channels")


def _practice(facts: Facts) -> Iterator[Finding]:
    if not facts.zone_is_known:
        says = f"the time zone '{facts.time_zone}' is unknown: quiet hours cannot be kept"
        yield Finding(
            "time_zone", "set-up", "stop", says, "Set it to a name like America/Chicago.", link="setup"
        )
    elif facts.time_zone.upper() in ("UTC", "GMT", "ETC/UTC"):
        says = f"the practice's clock is {facts.time_zone}, which is hardly where its patients live"
        do = "Set it to a name like America/Chicago: patients are contacted by this clock."
        yield Finding("time_zone", "set-up", "warn", says, do, link="setup")
    if not facts.has_phone:
        says = "the practice has no phone number that patients can call back"
        yield Finding("no_phone", "set-up", "warn", says, "Add it: messages name it.", link="setup")
    if not facts.has_postal_address:
        says = "the practice has no postal address, which every e-mail must carry"
        yield Finding("no_address", "set-up", "warn", says, "Add it (R-A170).", link="setup")
    if facts.days_since_backup is None:
        says = "no backup is known: opt-outs and consents exist only here"
        yield Finding("no_backup", "set-up", "warn", says, "Make one, and keep it on another machine.")
    elif facts.days_since_backup > BACKUP_DAYS:
        says = f"the last backup is {facts.days_since_backup} days old"
        yield Finding("backup_old", "set-up", "warn", says, "Make one every night.")
