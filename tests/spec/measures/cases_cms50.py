"""Closing the referral loop: the report for the first referral came back."""

from bundles import IN, MET, OUT, Case, concept, days, order, patient, procedure, resource, visit


def person(*more):
    return [patient("1980-01-01"), visit("office_visit"), *more]


def referral(on="2026-03-01", key="first", **elements):
    return order("referral", on, id=key, **elements)


def report(end="2026-04-01", key="first", *, status="completed", **elements):
    return resource(
        "Task",
        "task",
        code=concept("consultant_report"),
        status=status,
        intent="order",
        basedOn=[{"reference": f"ServiceRequest/{key}"}],
        executionPeriod=days("2026-03-01", end),
        **elements,
    )


CASES = [
    Case("visit without referral", person(), OUT),
    Case("referral without visit", [patient("1980-01-01"), referral()], OUT),
    Case("both", person(referral()), IN),
    Case(
        "an intervention instead of a visit", [patient("1980-01-01"), procedure("cpt:96112"), referral()], IN
    ),
    Case(
        "intervention not completed",
        [patient("1980-01-01"), procedure("cpt:96112", status="in-progress"), referral()],
        OUT,
    ),
    Case(
        "visit not finished",
        [patient("1980-01-01"), visit("office_visit", status="arrived"), referral()],
        OUT,
    ),
    Case("referral on the last day of October", person(referral("2026-10-31")), IN),
    Case("referral in November", person(referral("2026-11-01")), OUT),
    Case("referral a draft", person(referral(status="draft")), OUT),
    Case("referral only planned", person(referral(intent="plan")), OUT),
    Case("report received", person(referral(), report()), MET),
    Case("report of no referral", person(referral(), report(key="other")), IN),
    Case("report in progress", person(referral(), report(status="in-progress")), IN),
    Case("report of another kind", person(referral(), report() | {"code": concept("note")}), IN),
    Case(
        "report before the referral",
        person(referral("2026-04-01T10:00:00.000Z"), report("2026-04-01T09:59:00.000Z")),
        IN,
    ),
    Case(
        "report on the same day, later",
        person(referral("2026-04-01T10:00:00.000Z"), report("2026-04-01T10:01:00.000Z")),
        MET,
    ),
    Case("report after the period", person(referral(), report("2027-01-01")), IN),
    Case("report on the last day", person(referral(), report("2026-12-31")), MET),
    Case(
        "report not finished", person(referral(), report() | {"executionPeriod": {"start": "2026-03-02"}}), IN
    ),
    Case(
        "report for the second referral only",
        person(referral("2026-05-01", "second"), referral(), report("2026-06-01", "second")),
        IN,
    ),
    Case(
        "the first by date, not by place",
        person(referral("2026-05-01", "second"), referral(), report("2026-06-01")),
        MET,
    ),
]
