"""Rules for the generated charts: every field of a definition that the shipped packs leave alone."""

from dataclasses import replace

from rebook.core.criteria import parse_expression
from rebook.core.gaps import GapDefinition, Qualifying
from rebook.core.gaps.codes import CodeSets
from rebook.core.gaps.schedule import Phase

MEDICATIONS = ["", "methotrexate", "insulin", "unheard_of"]
# System and code of what is charted; the first ones are in no value set.
CODES = [("", ""), ("", "1"), ("urn:c", "1"), ("urn:c", "2"), ("urn:d", "1"), ("urn:d", "it's \\ one")]
VALUE_SETS = CodeSets(
    {"http://example.org/many": frozenset(CODES[3:]), "http://example.org/one": frozenset(CODES[2:3])}
)
_ONE = GapDefinition(
    key="odd.plain",
    label={"en": "plain"},
    specialty="odd",
    visit_type="follow_up",
    minutes=10,
    interval_days=60,
    risk_class=1,
    last=(Qualifying(("follow_up", "acute"), ("fit_test",)),),
    source="spec",
)
_PHASES = (Phase(interval_days=14, until_months=2), Phase(1, 0, 6), Phase(interval_months=3))
FIELD_BY_FIELD = (
    replace(
        _ONE,
        key="odd.ages",
        interval_days=0,
        at_ages=("3d", "2m", "2y", "18y", "30y", "50y"),
        early_days=31,
        last=(Qualifying(("well_child", "annual_visit")),),
    ),
    replace(
        _ONE,
        key="odd.blood",
        interval_days=0,
        medications=("methotrexate", "insulin"),
        none_of_medications=("unheard_of",),
        first_due="medication",
        phases=_PHASES,
        grace_days=2,
    ),
    replace(
        _ONE,
        key="odd.diagnosis",
        interval_days=0,
        conditions=("diabetes", "hypertension"),
        first_due="condition",
        phases=_PHASES,
        supersedes=("odd.blood", "primary_care.annual_visit"),
    ),
    replace(
        _ONE,
        key="odd.after",
        first_due="procedure",
        anchor_procedures=("colonoscopy", "mammogram"),
        lapses_after_days=180,
        outreach="staff",
    ),
    replace(
        _ONE,
        key="odd.once_after",
        first_due="procedure",
        anchor_procedures=("colonoscopy", "mammogram"),
        once=True,
        lapses_after_days=365,
        outreach="at_visit",
    ),
    replace(_ONE, key="odd.once_at_age", first_due="age", first_due_age=18, once=True, interval_days=0),
    replace(
        _ONE,
        key="odd.once_with",
        conditions=("diabetes", "periodontitis"),
        first_due="condition",
        once=True,
        season=("10-15", "02-28"),
    ),
    replace(_ONE, key="odd.early", lead_days=31, first_due="age", first_due_age=2),
    replace(_ONE, key="odd.summer", season=("02-28", "08-31"), grace_days=7, lapses_after_days=400),
    replace(
        _ONE,
        key="odd.when",
        eligible_when=parse_expression(
            {
                "any": [
                    {"condition": "diabetes", "within_days": 60},
                    {"medication": "insulin", "within_months": 6, "at_least": 2},
                    {"all": [{"procedure": "fit_test"}, {"not": {"visit": "hygiene", "within_months": 1}}]},
                ]
            }
        ),
        excluded_when=parse_expression({"visit": "acute", "within_days": 90, "at_least": 2}),
        supersedes=("odd.summer",),
    ),
    replace(
        _ONE,
        key="odd.codes",
        eligible_when=parse_expression(
            {"any": [{"condition": "diabetes"}, {"in": "http://example.org/set", "kind": "condition"}]}
        ),
        excluded_when=parse_expression(
            {"all": [{"visit": "hygiene"}, {"in": "http://example.org/set", "kind": "procedure"}]}
        ),
    ),
    replace(
        _ONE,
        key="odd.coded",
        eligible_when=parse_expression(
            {
                "any": [
                    {"in": "http://example.org/many", "kind": "condition", "within_days": 90, "at_least": 2},
                    {"in": "http://example.org/one", "kind": "condition"},
                    {"in": "http://example.org/many", "kind": "medication", "within_months": 6},
                ]
            }
        ),
        excluded_when=parse_expression(
            {"in": "http://example.org/many", "kind": "procedure", "within_months": 12, "at_least": 2}
        ),
    ),
    replace(
        _ONE,
        key="odd.grave_codes",
        risk_class=3,
        signed_off_by="Dr. Spec",
        excluded_when=parse_expression({"in": "http://example.org/one", "kind": "condition"}),
    ),
)
