"""Setup, Numbers: how the practice got its numbers, and which may have another owner by now."""

import csv
import tempfile
from datetime import date
from io import StringIO
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.core.outreach.number_checks import AGING_DAYS, QUESTION_COLUMNS
from rebook.core.outreach.number_source import SOURCE_WORDS
from rebook.flow.common.row_files import UnableToImportRows
from rebook.flow.outreach.guard_settings import NumberRules, UnableToNote, set_number_rules
from rebook.flow.outreach.number_checks import KIND, import_answers, numbers_to_check
from rebook.flow.outreach.number_sources import HowItCame, UnableToNoteSource, note_source, note_unknown
from rebook.flow.outreach.numbers import look
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page

LARGEST_FILE = 20_000_000


@staff_page(may="patients")
def numbers(request: HttpRequest) -> HttpResponse:
    """What is known of the numbers in use, what the practice asks of them, and the file exchange."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    return page(
        request,
        "setup/numbers.html",
        looked=look(organisation_id=staff.organisation_id, now=staff.now),
        sources=SOURCE_WORDS,
        aging_days=AGING_DAYS,
    )


@require_POST
@staff_page(may="work")
def contact_source(request: HttpRequest, contact_id: int) -> HttpResponse:
    """How did we get this number? Back on the patient's page."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    given_on = request.POST.get("given_on", "").strip()
    try:
        told = HowItCame(
            request.POST.get("source", ""),
            date.fromisoformat(given_on) if given_on else None,
            request.POST.get("given_for", "").strip()[:200],
        )
        owner = note_source(
            organisation_id=staff.organisation_id,
            contact_point_id=contact_id,
            told=told,
            now=staff.now,
            actor=staff.actor,
        )
    except UnableToNoteSource as error:
        return after(
            request, request.POST.get("back", "/patients/"), say=f"Not kept: {error}.", is_problem=True
        )
    except ValueError:
        return after(
            request,
            request.POST.get("back", "/patients/"),
            say="Not kept: the day could not be read.",
            is_problem=True,
        )
    if owner is None:
        raise Http404
    return after(request, reverse("patient", args=[owner]), say="Kept. It counts from now on.")


@require_POST
@staff_page(may="approve")
def numbers_unknown(request: HttpRequest) -> HttpResponse:
    """Say of all numbers of one system, of which nothing is known, how they came."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    here = reverse("setup_numbers")
    try:
        changed = note_unknown(
            organisation_id=staff.organisation_id,
            system_key=request.POST.get("system", ""),
            source=request.POST.get("source", ""),
            now=staff.now,
            actor=staff.actor,
        )
    except UnableToNoteSource as error:
        return after(request, here, say=f"Not kept: {error}.", is_problem=True)
    return after(request, here, say=f"Kept for {changed:,} numbers and addresses.", is_problem=not changed)


@require_POST
@staff_page(may="approve")
def numbers_rules(request: HttpRequest) -> HttpResponse:
    """What the practice asks of numbers, beyond the house's rule."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    here = reverse("setup_numbers")
    days = request.POST.get("check_after_days", "").strip()
    if days and not days.isdecimal():
        return after(request, here, say="Not kept: the days could not be read.", is_problem=True)
    rules = NumberRules(request.POST.get("refuses_unknown_source") == "yes", int(days or 0))
    try:
        set_number_rules(organisation_id=staff.organisation_id, rules=rules, now=staff.now, actor=staff.actor)
    except UnableToNote as error:
        return after(request, here, say=f"Not kept: {error}.", is_problem=True)
    return after(request, here, say="Kept. It counts from now on.")


@require_POST
@staff_page(may="approve")
def numbers_file(request: HttpRequest) -> HttpResponse:
    """The numbers to ask the Reassigned Numbers Database about, as its file."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    found = numbers_to_check(
        organisation_id=staff.organisation_id,
        now=staff.now,
        actor=staff.actor,
        everything=request.POST.get("everything") == "yes",
    )
    if not found.rows:
        say = (
            f"No number is due: {found.not_due:,} are known well enough, {found.without_day:,} without a day."
        )
        return after(request, reverse("setup_numbers"), say=say, is_problem=True)
    text = StringIO()
    csv.writer(text).writerows([QUESTION_COLUMNS, *found.rows])
    return HttpResponse(
        text.getvalue(),
        content_type="text/csv; charset=us-ascii",
        headers={
            "Content-Disposition": f'attachment; filename="numbers-{staff.today:%Y-%m-%d}.csv"',
            "Cache-Control": "no-store",
        },
    )


@require_POST
@staff_page(may="approve")
def numbers_answers(request: HttpRequest) -> HttpResponse:
    """Read the database's answers from a file."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    here = reverse("setup_numbers")
    given = request.FILES.get("answers")
    if given is None or not given.size:
        return after(request, here, say="Choose the file with the answers.", is_problem=True)
    if given.size > LARGEST_FILE:
        say = "The file is too large for a page: read it with 'rebook numbers --import'."
        return after(request, here, say=say, is_problem=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.csv"
        with path.open("wb") as file:
            for chunk in given.chunks():
                file.write(chunk)
        try:
            done = import_answers(
                organisation_id=staff.organisation_id, path=path, now=staff.now, actor=staff.actor
            )
        except UnableToImportRows as error:
            return after(request, here, say=f"Nothing was read: {error}.", is_problem=True)
    say = (
        f"Answers read: {done.read:,}. {done.reassigned:,} somebody else's, {done.same:,} still theirs, "
        f"{done.no_data:,} without data, {done.already_known:,} known already, {done.rejected:,} turned away."
    )
    if done.rejected:
        say += f" 'rebook rejects --source {KIND}' lists those."
    return after(request, here, say=say, is_problem=done.rejected == done.read)
