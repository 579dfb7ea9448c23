"""Stories of success: what happened, the day of judgement, and the day on which it was a success."""

from datetime import UTC, datetime, timedelta

from rebook.core.outcome import CaseAppointment, CaseVisit
from rebook.core.outcome.judging import SuccessFacts
from rebook.core.outcome.success import SuccessRule

OPENED = datetime(2026, 3, 2, 15, tzinfo=UTC)
KIND = frozenset({"hygiene"})


def day(number: float) -> datetime:
    return OPENED + timedelta(days=number)


def facts(what: str = "visit", days: int | None = 90, version: int = 2, **values) -> SuccessFacts:
    return SuccessFacts(1, SuccessRule(what, days, version), OPENED, KIND, **values)


def booked(starts: float, status: str = "fulfilled", made: float | None = 1, number: int = 7, kind="hygiene"):
    return CaseAppointment(number, kind, status, None if made is None else day(made), day(starts))


def came(at: float, kind: str = "hygiene") -> CaseVisit:
    return CaseVisit(kind, day(at))


def closed(on: float, why: str = "satisfied_by_visit") -> dict:
    return {"gap_closed_at": day(on), "gap_close_reason": why}


ROWS = [
    # story, facts, day of judgement, day of success
    ("nothing happened", facts(), 90, None),
    ("came", facts(visits=(came(9),)), 90, 9),
    ("came, told by status", facts(appointments=(booked(9),)), 90, 9),
    ("came on the last day", facts(visits=(came(90),)), 200, 90),
    ("came a day late", facts(visits=(came(91),)), 200, None),
    ("will come", facts(visits=(came(9),)), 8, None),
    ("came for something else", facts(visits=(came(9, "acute"),)), 90, None),
    ("came, nobody knows for what", facts(visits=(came(9, ""),)), 90, 9),
    ("came before being taken in", facts(visits=(came(-1),)), 90, None),
    ("came twice: the first counts", facts(visits=(came(20), came(9))), 90, 9),
    ("booked before being taken in, came after", facts(appointments=(booked(9, made=-5),)), 90, 9),
    ("did not show up", facts(appointments=(booked(9, "noshow"),)), 90, None),
    ("only booked", facts(appointments=(booked(9, "booked"),)), 90, None),
    # Missed appointment: rescheduled and showed up.
    ("rescheduled and showed up", facts("rebooked_and_kept", appointments=(booked(9),)), 90, 9),
    (
        "rescheduled, and the source tells the visit apart",
        facts("rebooked_and_kept", appointments=(booked(9, "booked"),), visits=(came(9.02),)),
        90,
        9.02,
    ),
    ("rescheduled, not shown up", facts("rebooked_and_kept", appointments=(booked(9, "noshow"),)), 90, None),
    ("only walked in", facts("rebooked_and_kept", visits=(came(9),)), 90, None),
    (
        "cancelled the new time and walked in that day",
        facts("rebooked_and_kept", appointments=(booked(9, "cancelled"),), visits=(came(9),)),
        90,
        None,
    ),
    (
        "came in between, not for the new time",
        facts("rebooked_and_kept", appointments=(booked(30, "booked"),), visits=(came(9),)),
        31,
        None,
    ),
    ("booked before", facts("rebooked_and_kept", appointments=(booked(9, made=-1),)), 90, None),
    ("nobody says when it was made", facts("rebooked_and_kept", appointments=(booked(9, made=None),)), 90, 9),
    (
        "rescheduled for something else",
        facts("rebooked_and_kept", appointments=(booked(9, kind="acute"),)),
        90,
        None,
    ),
    # Lapsed care: follow-through.
    ("came, and it was settled", facts("visit_and_closed", visits=(came(9),), **closed(10)), 90, 9),
    ("came, and it stays open", facts("visit_and_closed", visits=(came(9),)), 90, None),
    (
        "settled by a booking, and came",
        facts("visit_and_closed", visits=(came(9),), **closed(2, "appointment_booked")),
        90,
        9,
    ),
    (
        "closed for another reason",
        facts("visit_and_closed", visits=(came(9),), **closed(10, "no_longer_due")),
        90,
        None,
    ),
    ("closed, never came", facts("visit_and_closed", **closed(10)), 90, None),
    (
        "came, settled, and the next one booked at the desk",
        facts(
            "visit_and_follow_up", visits=(came(9),), appointments=(booked(190, "booked", 9),), **closed(10)
        ),
        90,
        9,
    ),
    (
        "the next one booked only after the window",
        facts(
            "visit_and_follow_up", visits=(came(9),), appointments=(booked(190, "booked", 91),), **closed(10)
        ),
        200,
        None,
    ),
    (
        "the next one booked later, inside the window",
        facts(
            "visit_and_follow_up", visits=(came(9),), appointments=(booked(190, "booked", 50),), **closed(10)
        ),
        90,
        50,
    ),
    (
        "the next one booked and called off",
        facts(
            "visit_and_follow_up",
            visits=(came(9),),
            appointments=(booked(190, "cancelled", 9),),
            **closed(10),
        ),
        90,
        None,
    ),
    ("came again", facts("visit_and_follow_up", visits=(came(9), came(40, "acute")), **closed(10)), 90, 40),
    ("no next one", facts("visit_and_follow_up", visits=(came(9),), **closed(10)), 90, None),
    # Begun, and finished.
    ("finished at its source", facts("item_done", **closed(9, "done_at_source")), 90, 9),
    ("finished too late", facts("item_done", **closed(91, "done_at_source")), 200, None),
    ("booked: not finished yet", facts("item_done", **closed(9, "appointment_booked")), 90, None),
    ("booked, and came", facts("item_done", visits=(came(20),), **closed(9, "appointment_booked")), 90, 20),
    ("lapsed", facts("item_done", **closed(9, "lapsed")), 90, None),
    ("closed on the day of being taken in", facts("item_done", **closed(-0.5, "done_at_source")), 90, 0),
    # Version 1: by what the case recorded while it was open.
    ("first: kept", facts(days=None, version=1, visit_kept_at=day(200)), 300, 200),
    ("first: a visit after the case ended", facts(days=None, version=1, visits=(came(9),)), 90, None),
    ("first: kept, not booked", facts("rebooked_and_kept", None, 1, visit_kept_at=day(9)), 90, None),
    (
        "first: booked and kept",
        facts("rebooked_and_kept", None, 1, visit_kept_at=day(9), booked_at=day(2)),
        90,
        9,
    ),
    ("first: no next one", facts("visit_and_follow_up", None, 1, visit_kept_at=day(9)), 90, None),
    (
        "first: the next one booked",
        facts("visit_and_follow_up", None, 1, visit_kept_at=day(9), appointments=(booked(99, "booked"),)),
        90,
        9,
    ),
]
