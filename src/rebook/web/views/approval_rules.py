"""Who has to sign texts and campaigns, for how long, and which phrases need nobody."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from rebook.core.outreach.approval import WEIGHTS, BadRules
from rebook.flow.outreach import approvals as flow
from rebook.flow.outreach.library import template_library
from rebook.flow.outreach.signing import rules_of
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page


@staff_page(may="anything")
def rules(request: HttpRequest) -> HttpResponse:
    """Look at the rules; the manager and compliance change them."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    languages = template_library(organisation_id=staff.organisation_id).languages()
    may_change = staff.may("approval_rules")
    shown: dict[str, Any] = rules_of(staff.organisation_id).as_json()
    error, status = "", 200
    if request.method == "POST" and may_change:
        shown = _asked(request, languages)
        try:
            flow.set_approval_rules(
                organisation_id=staff.organisation_id, rules=shown, now=staff.now, actor=staff.actor
            )
            return after(request, reverse("approval_rules"), say="Saved. It counts from now on.")
        except BadRules as bad:
            error, status = str(bad), 422
    return page(
        request,
        "approvals/rules.html",
        status=status,
        rules=shown,
        languages=languages,
        may_change=may_change,
        error=error,
    )


def _asked(request: HttpRequest, languages: tuple[str, ...]) -> dict[str, Any]:
    post = request.POST
    days = post.get("days", "")
    kinds = {
        kind: {weight: post.getlist(f"{kind}-{weight}") for weight in WEIGHTS}
        for kind in ("template", "campaign")
    }
    phrases = {
        one: [row.strip() for row in post.get(f"phrases-{one}", "").splitlines() if row.strip()]
        for one in languages
    }
    return {
        **kinds,
        # What is no number is refused with the reason, like a number that is too large.
        "days": int(days) if days.isdecimal() and len(days) < 7 else 0,
        "four_eyes": bool(post.get("four_eyes")),
        "phrases": {one: rows for one, rows in phrases.items() if rows},
    }
