"""The rules of contact, said once more: sentences over the bare list of what happened.

Nothing here is imported from the guard. Each sentence of ``SENTENCES`` says when a rule speaks against a
contact; ``objections`` reads them all and gives the keys of those that do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import slow_hours
from guard_world import PEOPLE, Event, Person, Try, World

MAJORITY = {"us-al": 19}
VERY_EARLY = datetime(1900, 1, 1, tzinfo=UTC)
RECALL = ("treatment_recall", "marketing")
OURS = ("campaign", "manual")
EVERY = ("campaign", "manual", "reply", "safety")
BUT_SAFETY = ("campaign", "manual", "reply")
PAYERS_FOR_OFFERS = ("self_pay", "commercial")


@dataclass(frozen=True)
class Case:
    """What a sentence may look at: the wanted contact, the moment, what happened by then."""

    wanted: Try
    person: Person
    now: datetime
    past: list[Event]
    # The calendar year in which offers are counted.
    year: int
    # What the practice chose.
    is_strict: bool = False
    check_days: int = 0

    def mine(self, *kinds: str) -> list[Event]:
        return [e for e in self.past if e.who == self.person.name and e.kind in kinds]

    def every(self, kind: str) -> list[Event]:
        return [e for e in self.past if e.kind == kind]

    @property
    def records(self) -> set[str]:
        """Merged into them, so the same person."""
        return {self.person.name} | {
            e.who for e in self.every("merged") if e.what["into"] == self.person.name
        }

    @property
    def places(self) -> tuple[str, ...]:
        """Where they may live; a place that nobody knows may be any."""
        moves = self.mine("moved")
        told = moves[-1].what["places"] if moves else self.person.jurisdictions
        return told if set(told) <= set(slow_hours.PLACES) else slow_hours.PLACES

    @property
    def in_the_states(self) -> bool:
        return any(place.startswith("us") for place in self.places)

    @property
    def zones(self) -> tuple[str, ...]:
        moves = self.mine("moved")
        return moves[-1].what["zones"] if moves else self.person.zones

    @property
    def value(self) -> str:
        if self.wanted.channel in ("sms", "phone"):
            return self.person.number
        return "postal" if self.wanted.channel == "letter" else f"{self.person.name}@example.org"

    @property
    def by_phone(self) -> bool:
        return self.wanted.channel in ("sms", "phone")

    @property
    def by_hand(self) -> bool:
        return self.wanted.channel == "phone" and not self.wanted.by_machine

    @property
    def is_marketing(self) -> bool:
        return self.wanted.purpose == "marketing" or self.wanted.offer is not None

    @property
    def patient_waits(self) -> bool:
        wrote = [e.at for e in self.mine("wrote")]
        return (
            self.wanted.origin == "reply" and bool(wrote) and self.now - max(wrote) <= timedelta(minutes=15)
        )

    @property
    def told_how(self) -> Event | None:
        """What was last written down of how this number or address came."""
        notes = [e for e in self.mine("how_it_came") if e.what["value"] == self.value]
        return notes[-1] if notes else None

    @property
    def is_the_patients_gift(self) -> bool:
        source = self.told_how.what["source"] if self.told_how else self.person.number_source
        return source.startswith("patient") or (source == "" and not self.is_strict)

    def seen_within(self, months: int) -> bool:
        visits = [e.at for e in self.mine("visited")]
        return bool(visits) and self.now <= plus_months(max(visits), months)

    def wrote_within(self, months: int) -> bool:
        wrote = [e.at for e in self.mine("wrote")]
        return bool(wrote) and self.now <= plus_months(max(wrote), months)


def plus_months(at: datetime, months: int) -> datetime:
    for _ in range(months):
        at = at.replace(year=at.year + 1, month=1) if at.month == 12 else _next_month(at)
    return at


def _next_month(at: datetime) -> datetime:
    try:
        return at.replace(month=at.month + 1)
    except ValueError:
        return at.replace(month=at.month + 1, day=28)


# --- what was said -------------------------------------------------------------------------------------


def said_of(case: Case) -> list[Event]:
    """Statements on this number, or by this person or a record merged into theirs, oldest first."""
    found = []
    for e in case.every("said"):
        if e.what["binding"] == "number":
            if case.by_phone and PEOPLE[e.who].number == case.person.number:
                found.append(e)
        elif e.who in case.records:
            found.append(e)
    return found


def _reaches_channel(e: Event, case: Case) -> bool:
    if e.what["channel"] in (case.wanted.channel, "all"):
        return True
    texts_end_machines = e.what["channel"] == "sms" and case.wanted.channel == "phone" and not case.by_hand
    return texts_end_machines and e.what["state"] == "revoked"


def has_opted_out(case: Case) -> bool:
    """Walks through what was said, in order, crossing out refusals that the patient took back."""
    standing: dict[str, list[datetime]] = {"number": [], "person": []}
    for e in said_of(case):
        binding, purpose = e.what["binding"], e.what["purpose"]
        if not _reaches_channel(e, case):
            continue
        of_this_kind = purpose in (case.wanted.purpose, "all")
        if e.what["state"] == "revoked":
            noted_by_a_system = not e.what["by_patient"] and case.by_phone and not case.by_hand
            if of_this_kind or noted_by_a_system:
                standing[binding].append(e.at)
        elif of_this_kind and e.what["by_patient"]:
            standing[binding] = [at for at in standing[binding] if at >= e.at]
    return bool(standing["number"] or standing["person"])


def permissions(case: Case) -> list[Event]:
    kind = "marketing" if case.is_marketing else case.wanted.purpose
    return [
        e
        for e in said_of(case)
        if e.what["state"] == "granted"
        and e.what["channel"] in (case.wanted.channel, "all")
        and e.what["purpose"] in (kind, "all")
    ]


def has_signed(case: Case) -> bool:
    return any(e.what["evidence"] == "written" for e in permissions(case))


def _plainly(case: Case) -> bool:
    """A permission that is more than details taken from a service."""
    return any(e.what["evidence"] != "soft_opt_in" for e in permissions(case))


def lacks_consent(case: Case) -> bool:
    """Marketing by phone or text: said plainly everywhere; signed in the states, unless a person dials."""
    if not case.is_marketing or not case.by_phone:
        return False
    return not _plainly(case) or (case.in_the_states and not case.by_hand and not has_signed(case))


def lacks_basis(case: Case) -> bool:
    """In the states a number for care must be the patient's own gift, or permitted; abroad it need not."""
    if not case.by_phone or case.by_hand or case.is_marketing or case.is_the_patients_gift:
        return False
    if case.wanted.origin in ("reply", "safety"):
        return False
    return case.in_the_states and not _plainly(case)


def relation_is_over(case: Case) -> bool:
    """Abroad a relation of 24 months stands for a permission to write; in the states one of 18 months is what
    a sales call or text needs that nobody signed, and asking not to be called ends it."""
    if not case.is_marketing:
        return False
    is_written = "xa" in case.places and case.wanted.channel in ("sms", "email")
    if is_written and not (_plainly(case) or case.seen_within(24) or case.wrote_within(6)):
        return True
    if not case.in_the_states or not case.by_phone:
        return False
    live = case.seen_within(18) or case.wrote_within(3)
    if case.by_hand and not (_plainly(case) or live):
        return True
    asked_not = any(
        e.what["state"] == "revoked"
        and e.what["channel"] in ("phone", "sms", "all")
        and e.what["purpose"] in ("all", "marketing")
        for e in said_of(case)
    )
    return not has_signed(case) and (asked_not or not live)


def noon_of_gift(note: Event) -> datetime | None:
    if not note.what["source"].startswith("patient"):
        return None
    return datetime(note.at.year, note.at.month, note.at.day, 12, tzinfo=UTC)


def is_out_of_scope(case: Case) -> bool:
    if case.by_hand:
        return False
    narrow = [
        e
        for e in said_of(case)
        if e.what["state"] == "granted"
        and e.what["scope"]
        and e.what["channel"] in (case.wanted.channel, "all")
    ]
    words = [(e.at, e.what["scope"]) for e in narrow]
    if case.told_how and case.told_how.what["scope"]:
        # Of a number from elsewhere nobody knows the day: any later word of the patient counts before it.
        words.append((noon_of_gift(case.told_how) or VERY_EARLY, case.told_how.what["scope"]))
    if not words:
        return False
    newest = max(at for at, _ in words)
    if any(at == newest and case.wanted.purpose in scope for at, scope in words):
        return False
    return not any(not e.what["scope"] and e.at >= newest for e in permissions(case))


# --- the person ----------------------------------------------------------------------------------------


def is_held(case: Case) -> bool:
    for held in case.mine("held"):
        let_go = any(e.what["hold"] == held.what["hold"] for e in case.mine("released"))
        over = held.what["until"] is not None and held.what["until"] <= case.now
        soft = held.what["hold"] == "snooze"
        if not let_go and not over and not (soft and case.wanted.origin in ("manual", "reply")):
            return True
    return False


def _birthdays(case: Case) -> list[bool]:
    """Whether they are of age, on every clock, by the law of every place."""
    born = case.person.birth_on
    assert born
    return [
        case.now.astimezone(ZoneInfo(zone)).date()
        >= date(born.year + MAJORITY.get(place, 18), born.month, born.day)
        for zone in case.zones
        for place in case.places
    ]


def nobody_knows_age(case: Case) -> bool:
    return case.person.birth_on is None and not case.by_hand


def child_without_adult(case: Case) -> bool:
    return case.person.birth_on is not None and not case.person.through_adult and not all(_birthdays(case))


def adult_through_parent(case: Case) -> bool:
    return case.person.birth_on is not None and case.person.through_adult and any(_birthdays(case))


def wishes(case: Case) -> list[dict]:
    found = []
    for name in case.records:
        asked = [e for e in case.past if e.who == name and e.kind in ("asked_for", "asks_no_more")]
        if asked and asked[-1].kind == "asked_for":
            found.append(asked[-1].what)
    return found


def asked_another_way(case: Case) -> bool:
    for wish in wishes(case):
        if wish.get("channels") and case.wanted.channel not in wish["channels"]:
            return True
        if case.by_phone and wish.get("phone") and wish["phone"] != case.value:
            return True
    return False


def outside_asked_times(case: Case) -> bool:
    if case.wanted.channel == "letter":
        return False
    for wish in wishes(case):
        for zone in case.zones:
            wall = case.now.astimezone(ZoneInfo(zone))
            if wish.get("weekdays") and wall.weekday() not in wish["weekdays"]:
                return True
            if wish.get("opens") and wall.time() < wish["opens"]:
                return True
    return False


def is_too_sensitive(case: Case) -> bool:
    """Where others may read it, only generic words; of addiction never, as the practice's name would tell;
    where a home is not safe nobody writes at all."""
    tags = {e.what["tag"] for e in case.mine("tagged")}
    if case.by_hand or not tags:
        return False
    if tags & {"substance_use", "domestic_violence"} and case.wanted.channel in (
        "sms",
        "email",
        "letter",
        "phone",
    ):
        return True
    return case.wanted.channel != "phone" and not case.wanted.is_generic


# --- number and offer ----------------------------------------------------------------------------------


def _marks(case: Case) -> list[str]:
    return [e.what["mark"] for e in case.every("marked") if e.what["value"] == case.value]


def _last_sign(case: Case) -> datetime | None:
    signs = [e.at for e in case.every("delivered") if e.what["value"] == case.value]
    gift = noon_of_gift(case.told_how) if case.told_how else None
    signs += [gift] if gift else []
    return max(signs + [e.at for e in case.mine("visited")], default=None)


def has_new_owner(case: Case) -> bool:
    """A check said so and nothing since says otherwise; or, where the practice has numbers checked, neither a
    check nor a sign of the patient is new enough for a machine."""
    checks = [
        e
        for e in case.every("marked")
        if e.what["value"] == case.value and e.what["mark"] in ("same", "reassigned")
    ]
    sign = _last_sign(case)
    if not case.by_phone:
        return False
    if checks and checks[-1].what["mark"] == "reassigned" and (sign is None or sign <= checks[-1].at):
        return True
    if not case.check_days or case.by_hand:
        return False
    known = [at for at in (sign, checks[-1].at if checks else None) if at]
    return not known or case.now - max(known) >= timedelta(days=case.check_days)


def names_a_stranger(case: Case) -> bool:
    sign = _last_sign(case)
    return (
        case.wanted.channel == "sms"
        and case.wanted.names_them
        and (sign is None or case.now > plus_months(sign, 18))
    )


def may_not_be_offered(case: Case) -> bool:
    if case.wanted.offer is None:
        return False
    cents, signed = case.wanted.offer
    this_year = sum(e.what["offer"] for e in case.mine("sent") if e.at.year == case.year)
    return (
        case.wanted.purpose != "marketing"
        or case.person.payer not in PAYERS_FOR_OFFERS
        or not signed
        or cents > 1500
        or this_year + cents > 7500
    )


# --- the visit and how often ---------------------------------------------------------------------------


def is_closed(case: Case) -> bool:
    turns = case.mine("gap_closed", "gap_opened")
    return bool(turns) and turns[-1].kind == "gap_closed"


def is_booked(case: Case) -> bool:
    called_off = {e.what["number"] for e in case.mine("cancelled")}
    return case.wanted.purpose in RECALL and any(
        e.what["visit_type"] == "annual_visit"
        and e.what["number"] not in called_off
        and case.now - e.what["starts_at"] <= timedelta(hours=24)
        for e in case.mine("booked")
    )


def was_just_seen(case: Case) -> bool:
    visits = [e.at for e in case.mine("visited")]
    return case.wanted.purpose in RECALL and bool(visits) and case.now - max(visits) < timedelta(days=14)


def never_read(case: Case) -> bool:
    read = [e.at for e in case.every("records_read")]
    stale = not read or case.now - max(read) > timedelta(hours=72)
    return case.wanted.purpose in RECALL and stale


def contacts(case: Case) -> list[tuple[datetime, Event]]:
    """Everything that could be noticed, ours and other tools', but answers and what never arrived."""
    failed = {e.what["number"] for e in case.every("not_delivered")}
    ours = [
        (e.at, e) for e in case.every("sent") if e.what["origin"] in OURS and e.what["number"] not in failed
    ]
    return ours + [(e.what["at"], e) for e in case.every("told_of")]


def is_over_the_cap(case: Case) -> bool:
    if case.patient_waits:
        return False
    circles = (
        [at for at, e in contacts(case) if e.who in case.records],
        [at for at, e in contacts(case) if PEOPLE[e.who].household == case.person.household],
        [at for at, e in contacts(case) if e.what["value"] == case.value],
    )
    a_week = 2 if "xa" in case.places else 3
    for circle in circles:
        if sum(case.now - at < timedelta(hours=24) for at in circle) >= 1:
            return True
        if sum(case.now - at < timedelta(hours=7 * 24) for at in circle) >= a_week:
            return True
    return False


def is_too_soon(case: Case) -> bool:
    rest = timedelta(hours=20 if case.wanted.risk_class >= 3 else 48)
    mine = [at for at, e in contacts(case) if e.who in case.records]
    return not case.patient_waits and any(case.now - at < rest for at in mine)


def is_too_near_marketing(case: Case) -> bool:
    return any(
        e.who in case.records
        and (e.what["purpose"] == "marketing") != (case.wanted.purpose == "marketing")
        and case.now - at < timedelta(days=14)
        for at, e in contacts(case)
    )


def is_stopped(case: Case) -> bool:
    standing = set()
    for e in case.past:
        if e.kind == "stopped":
            standing.add((e.what["scope"], e.what["key"]))
        elif e.kind == "resumed":
            standing.discard((e.what["scope"], e.what["key"]))
    return bool(standing & {("organisation", ""), ("campaign", "7"), ("channel", case.wanted.channel)})


def is_quiet(case: Case) -> bool:
    if case.patient_waits or case.wanted.channel == "letter":
        return False
    return slow_hours.is_quiet(case.places, case.zones, case.now)


# Rule, the sentence, which contacts it binds, and when it is true.
SENTENCES: tuple[tuple[str, str, tuple[str, ...], Callable[[Case], bool]], ...] = (
    ("stopped", "Somebody pressed stop.", EVERY, is_stopped),
    ("deceased", "They died.", EVERY, lambda c: bool(c.mine("died"))),
    ("merged", "The record was merged away.", EVERY, lambda c: bool(c.mine("merged"))),
    ("do_not_contact", "They want no contact.", EVERY, lambda c: bool(c.mine("wants_no_contact"))),
    ("opted_out", "They stopped it and did not start again.", EVERY, has_opted_out),
    ("confidential", "They asked to be reached another way.", EVERY, asked_another_way),
    ("hold", "They are held back.", BUT_SAFETY, is_held),
    ("left_practice", "They left.", OURS, lambda c: bool(c.mine("left"))),
    ("age_unknown", "Nobody knows their age.", OURS, nobody_knows_age),
    ("minor_without_adult", "A child, and not through the adult.", OURS, child_without_adult),
    ("parent_permission_ended", "An adult, through the parent.", OURS, adult_through_parent),
    ("consent_missing", "The law wants a permission that is not there.", EVERY, lacks_consent),
    ("no_lawful_basis", "The number is from elsewhere.", EVERY, lacks_basis),
    ("relation_ended", "The relation ran out.", OURS, relation_is_over),
    ("out_of_scope", "The number is for something else.", OURS, is_out_of_scope),
    ("blocked_number", "A number never to contact.", EVERY, lambda c: "blocked" in _marks(c)),
    ("quarantined", "The number has another owner.", OURS, has_new_owner),
    ("unseen_number", "A name to a number long unseen.", OURS, names_a_stranger),
    ("sensitive", "Others may read what is sensitive.", BUT_SAFETY, is_too_sensitive),
    ("offer_refused", "The offer is not for them.", BUT_SAFETY, may_not_be_offered),
    (
        "holdout",
        "In the share not contacted.",
        OURS,
        lambda c: c.person.arm == "holdout" and c.wanted.purpose in RECALL,
    ),
    ("gap_closed", "No longer due.", OURS, is_closed),
    ("appointment_booked", "Booked.", OURS, is_booked),
    ("recently_seen", "Just seen.", OURS, was_just_seen),
    ("stale_data", "The records are old.", OURS, never_read),
    ("expired", "Too late.", EVERY, lambda c: c.now >= c.wanted.expires_at),
    ("not_due", "Too early.", BUT_SAFETY, lambda c: c.now < c.wanted.due_at),
    ("cap_reached", "Enough for a day or a week.", BUT_SAFETY, is_over_the_cap),
    ("too_soon", "Too soon after the last.", BUT_SAFETY, is_too_soon),
    ("marketing_apart", "Marketing keeps apart.", OURS, is_too_near_marketing),
    ("confidential_hours", "Not at the times they asked for.", BUT_SAFETY, outside_asked_times),
    ("quiet_hours", "People sleep.", BUT_SAFETY, is_quiet),
)


def objections(world: World, wanted: Try, now: datetime) -> set[str]:
    past = [e for e in world.log if e.at <= now]
    case = Case(wanted, PEOPLE[wanted.who], now, past, world.now.year, world.is_strict, world.check_days)
    return {key for key, _, binds, is_true in SENTENCES if wanted.origin in binds and is_true(case)}
