"""How a patient wants to hear from the practice: which messages, best by, when, in which language (Q-168)."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from rebook.core.outreach.consent_choices import ASKED_CHANNELS, WISHES
from rebook.core.words import DAY_PARTS
from rebook.flow import preference
from rebook.flow.preference import NoSuchNumber, Wishes
from rebook.flow.response import keep_wishes, wishes_now
from rebook.records.read.preference import WishesView, wishes_of
from rebook.web.patient.page import PatientPage, patient_page
from rebook.web.patient.seen import seen_on
from rebook.web.patient.texts import LANGUAGES, text

# Answers that fit under the form as further links.
FURTHER = ("not-now", "seen-elsewhere", "moved", "wrong-person", "stop")


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page(even_expired=True)
def preferences(page: PatientPage) -> HttpResponse:
    """Show what stands; on POST keep what was changed. Nothing here tells about care."""
    of = {"organisation_id": page.link.organisation_id}
    if page.request.method == "POST":
        return _keep(page)
    best = wishes_of(**of, patient_id=page.link.patient_id) or WishesView("", "", "")
    return page.render(
        "preferences.html",
        stands=wishes_now(**of, patient_id=page.link.patient_id, now=page.now),
        channels=ASKED_CHANNELS,
        wishes=WISHES,
        day_parts=DAY_PARTS,
        languages=LANGUAGES,
        best=best,
        further=FURTHER,
    )


def _keep(page: PatientPage) -> HttpResponse:
    posted = page.request.POST
    of = {"organisation_id": page.link.organisation_id}
    kept = keep_wishes(
        **of,
        link_id=page.link.id,
        wishes={channel: posted.get(f"wish_{channel}", "") for channel in ASKED_CHANNELS},
        is_checked=page.is_checked,
        now=page.now,
        seen=seen_on(page, _shown(page)),
    )
    preference.record_wishes(
        **of,
        patient_id=page.link.patient_id,
        wishes=Wishes(
            channel=_one_of(posted.get("best"), ("", *ASKED_CHANNELS)),
            day_part=_one_of(posted.get("day_part"), ("", *DAY_PARTS)),
            language=_one_of(posted.get("language"), LANGUAGES),
        ),
        now=page.now,
        actor="patient",
    )
    return page.go("patient_preferences_kept", query={"check": "1"} if kept.needs_check else None)


def _shown(page: PatientPage) -> str:
    keys = ("wishes.which", "wishes.warning", *(f"wishes.{wish}" for wish in WISHES), "wishes.go")
    return " / ".join(text(page.language, key) for key in keys)


def _one_of(value: str | None, known: tuple[str, ...]) -> str | None:
    return value if value in known else None


@require_safe
@patient_page(even_expired=True)
def kept(page: PatientPage) -> HttpResponse:
    """What was kept, and the check where something was to be opened again. Opening it does nothing."""
    needs_check = page.request.GET.get("check") == "1" and not page.is_checked
    return page.render("preferences_kept.html", needs_check=needs_check)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_page
def number(page: PatientPage) -> HttpResponse:
    """A new number, behind the identity check (R-A107)."""
    if not page.is_checked:
        return page.go("patient_check", query={"then": "number"})
    typed = page.request.POST.get("number", "").replace("\x00", "").strip()[:40]
    if page.request.method != "POST":
        return page.render("number.html", typed="", problem=False, is_kept=False)
    try:
        preference.record_new_number(
            organisation_id=page.link.organisation_id,
            patient_id=page.link.patient_id,
            number=typed,
            now=page.now,
            actor="patient",
        )
    except NoSuchNumber:
        return page.render("number.html", typed=typed, problem=True, is_kept=False)
    return page.render("number.html", typed="", problem=False, is_kept=True)
