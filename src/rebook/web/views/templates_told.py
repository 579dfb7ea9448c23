"""What the editor says of a draft: the checks' findings with their words, and what no finding covers."""

from typing import Any

from rebook.flow.outreach.second_looks import checked
from rebook.packs.drafting import DraftCheck

# Said in the line below as a count, with what to write instead.
_COUNTED = "not_gsm7"


def told_of(found: DraftCheck) -> dict[str, Any]:
    """``told``: what keeps the text from going out, then advice; ``looks``: what is asked of who signs
    it; ``problems`` and ``warnings``: sentences for what has no finding, like a field that is not known."""
    report = checked(found.template) if found.template else None
    findings = [one for one in report.findings if one.rule != _COUNTED] if report else []
    known = {one.rule for one in findings} | {_COUNTED}
    return {
        "told": sorted((one for one in findings if not one.is_look), key=lambda one: not one.is_problem),
        "looks": [one for one in findings if one.is_look],
        "problems": [_said(one) for one in found.problems if _rule(one) not in known],
        "warnings": [_said(one) for one in found.warnings if _rule(one) not in known],
    }


def _rule(problem: str) -> str:
    return problem.partition(":")[0]


def _said(problem: str) -> str:
    """ "no_next_step: does not say ..." as a sentence."""
    says = problem.partition(": ")[2] or problem
    return f"{says[:1].upper()}{says[1:]}"
