"""The rules for things begun and not finished: when, how grave, whose, and may patients be told."""

from collections import Counter
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.core.gaps.pending import PendingRule
from rebook.flow import sign_off
from rebook.packs.operational import pending_rules
from rebook.records.read import gaps as read
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page

SINCE = {
    "opened": "it was begun",
    "due": "the day it was due",
    "later": "it was ordered, or the day it is meant for if that is later",
    "last_visit": "the last visit of it",
    "match": "a free time was found",
}


@dataclass(frozen=True, slots=True)
class UnfinishedLine:
    """A rule with when it acts, in words, and whether a clinician stands for it."""

    rule: PendingRule
    when: str
    whom: str
    is_signed: bool
    leads_to: str


@staff_page(may="anything")
def unfinished(request: HttpRequest) -> HttpResponse:
    """Every rule in the order in which they are tried, with how many gaps of its kind are open."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    signed = read.signatures(organisation_id=staff.organisation_id)
    counted: Counter[str] = Counter()
    for one in read.count_open(organisation_id=staff.organisation_id):
        counted[one.kind] += one.gaps
    lines = [
        UnfinishedLine(
            rule,
            when_words(rule),
            whom_words(rule),
            bool(rule.signed_off_by) or (rule.key, rule.content_hash) in signed,
            rule.outreach_when(signed),
        )
        for rule in pending_rules()
    ]
    return page(request, "setup/unfinished.html", lines=lines, counted=counted)


@require_POST
@staff_page(may="sign_off")
def sign(request: HttpRequest) -> HttpResponse:
    """A clinician signs a rule as it stands on the page, or takes the signature back."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    key, here = request.POST.get("key", ""), reverse("setup_unfinished")
    rule = next((one for one in pending_rules() if one.key == key), None)
    if rule is None:
        raise Http404
    about = {"organisation_id": staff.organisation_id, "definition_key": key}
    by = {"now": staff.now, "actor": staff.actor}
    if request.POST.get("act") == "withdraw":
        sign_off.withdraw_signature(**about, **by, reason="taken back on the page")  # type: ignore[arg-type]
        return after(request, here, say="The signature is withdrawn: staff only, from the next daily run.")
    if request.POST.get("content_hash") != rule.content_hash:
        return after(request, here, say="The rule has changed. Read it again.", is_problem=True)
    sign_off.sign_definition(**about, **by, content_hash=rule.content_hash)  # type: ignore[arg-type]
    return after(request, here, say="Signed. It counts from the next daily run.")


def when_words(rule: PendingRule) -> str:
    """ "2 business days after it was begun"."""
    if rule.lead_days:
        few = "" if rule.units_at_most is None else f", or with {rule.units_at_most} visits left"
        return f"{rule.lead_days} days before its end{few}"
    if not rule.opens_after_days:
        return "at once" if rule.count_from == "opened" else f"as soon as {SINCE[rule.count_from]}"
    unit = f"{'business ' if rule.business_days else ''}day{'s' * (rule.opens_after_days != 1)}"
    return f"{rule.opens_after_days} {unit} after {SINCE[rule.count_from]}"


def whom_words(rule: PendingRule) -> str:
    """What narrows the rule; empty when nothing does."""
    if rule.medications:
        return ", ".join(one.replace("_", "-") for one in rule.medications)
    return f"{rule.weekly_at_least} visits a week or more" if rule.weekly_at_least else ""
