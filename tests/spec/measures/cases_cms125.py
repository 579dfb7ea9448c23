"""Breast cancer screening: a mammogram since October two years before; both breasts removed is out."""

from bundles import EXCLUDED, IN, MET, OUT, Case, concept, condition, observation, patient, procedure, visit


def woman(*more, born="1970-06-15"):
    return [patient(born), visit("office_visit"), *more]


def mammogram(on="2026-03-01", **elements):
    return observation("mammography", on, kind="clinical-result", **elements)


def one_side(code):
    return condition("unilateral_mastectomy_unspecified_laterality", "2010-01-01", bodySite=[concept(code)])


RIGHT, LEFT = "snomed:24028007", "snomed:7771000"

CASES = [
    Case("41 at the end", woman(born="1985-01-01"), OUT),
    Case("42 on the last day", woman(born="1984-12-31"), IN),
    Case("75 on the last day", woman(born="1951-12-31"), OUT),
    Case("mammogram", woman(mammogram()), MET),
    Case("mammogram of October two years before", woman(mammogram("2024-10-01")), MET),
    Case("mammogram of September", woman(mammogram("2024-09-30")), IN),
    Case("mammogram cancelled", woman(mammogram(status="cancelled")), IN),
    Case("both removed", woman(procedure("bilateral_mastectomy", "2010-01-01")), EXCLUDED),
    Case("right removed", woman(procedure("unilateral_mastectomy_right", "2010-01-01")), IN),
    Case(
        "right and left removed",
        woman(procedure("unilateral_mastectomy_right"), condition("status_post_left_mastectomy")),
        EXCLUDED,
    ),
    Case("one side by its place", woman(one_side(RIGHT)), IN),
    Case("both sides by their places", woman(one_side(RIGHT), one_side(LEFT)), EXCLUDED),
    Case("the same side twice", woman(one_side(LEFT), condition("status_post_left_mastectomy")), IN),
]
