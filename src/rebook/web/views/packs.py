"""Setup > Specialties: which packs there are, which the practice uses, what each brings."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.core.gaps import GapDefinition
from rebook.flow import packs as flow
from rebook.packs.gaps import gap_definitions
from rebook.packs.red_flags import RedFlag, red_flags
from rebook.packs.script_numbers import numbers_at
from rebook.packs.scripts import CallScript, spoken_script
from rebook.packs.sequences import sequences
from rebook.packs.specialties import Specialty, all_specialties
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page


@dataclass(frozen=True, slots=True)
class PackLine:
    """One pack with what it brings; ``held_back`` rules wait for a clinician's signature."""

    pack: Specialty
    is_used: bool
    rules: tuple[GapDefinition, ...]
    held_back: int
    plans: int
    flags: tuple[RedFlag, ...]
    script: CallScript


@staff_page(may="anything")
def packs(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    numbers = numbers_at(staff.organisation.jurisdiction)
    used = staff.organisation.pack_keys
    lines = [_line(one, used=used, numbers=numbers) for one in all_specialties()]
    return page(
        request,
        "setup/packs.html",
        used=[one for one in lines if one.is_used],
        others=[one for one in lines if not one.is_used],
    )


@require_POST
@staff_page(may="packs")
def change(request: HttpRequest, key: str, act: str) -> HttpResponse:
    """Add a pack or remove it."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    acts = {"add": flow.add_pack, "remove": flow.remove_pack}
    if act not in acts:
        raise Http404
    here = reverse("setup_packs")
    try:
        acts[act](organisation_id=staff.organisation_id, key=key, now=staff.now, actor=staff.actor)
    except flow.UnableToChangePacks as error:
        return after(request, here, say=f"Not changed: {error}.", is_problem=True)
    done = "Added. Its rules run from" if act == "add" else "Removed. Its rules stop with"
    back = "remove" if act == "add" else "add"
    return after(
        request, here, say=f"{done} the next daily run.", undo=reverse("pack_change", args=[key, back])
    )


def _line(pack: Specialty, *, used: tuple[str, ...], numbers: Mapping[str, str]) -> PackLine:
    rules = gap_definitions((pack.key,))
    return PackLine(
        pack=pack,
        is_used=pack.key in used,
        rules=rules,
        held_back=sum(one.blocks_unsigned and not one.signed_off_by for one in rules),
        plans=len(sequences(pack.key)),
        flags=red_flags(pack.key),
        script=spoken_script(pack.key, numbers=numbers),
    )
