"""The ``scheduleSupportingData`` file: groups, products, conflicts, observations."""

from collections.abc import Callable, Mapping

from rebook.core.immunisation.schedule import (
    Antigen,
    Association,
    Conflict,
    Schedule,
    VaccineGroup,
    observations_in,
)

from .element import Node

_ROOT = frozenset(
    {"liveVirusConflicts", "vaccineGroups", "vaccineGroupToAntigenMap", "cvxToAntigenMap", "observations"}
)
_CONFLICT = frozenset(
    {"previous", "current", "conflictBeginInterval", "minConflictEndInterval", "conflictEndInterval"}
)


def read_general(
    root: Node, *, antigens: Mapping[str, Antigen], version: str
) -> Callable[[tuple[str, ...]], Schedule]:
    """What is left to say is which elements were not known, in any of the files."""
    root.only(_ROOT)
    groups = _groups(root, antigens)
    vaccines, names = _vaccines(root, antigens)
    conflicts = _conflicts(root)
    observations, coded = _observations(root)
    return lambda unknown: Schedule(
        antigens=antigens,
        groups=groups,
        vaccines=vaccines,
        vaccine_names=names,
        conflicts=conflicts,
        observations=observations,
        coded=coded,
        version=version,
        unknown_elements=unknown,
        used_observations=observations_in(antigens.values()),
    )


def _items(root: Node, whole: str, one: str) -> list[Node]:
    node = root.child(whole)
    if node is None:
        root.complain(whole, "is missing or empty")
        return []
    node.only(frozenset({one}))
    return list(node.children(one))


def _groups(root: Node, antigens: Mapping[str, Antigen]) -> tuple[VaccineGroup, ...]:
    full = {
        one.required("name"): one.yes("administerFullVaccineGroup")
        for one in _items(root, "vaccineGroups", "vaccineGroup")
    }
    found = []
    for one in _items(root, "vaccineGroupToAntigenMap", "vaccineGroupMap"):
        name = one.required("name")
        members = tuple(sorted(one.texts("antigen")))
        if missing := [member for member in members if member not in antigens]:
            one.complain("antigen", f"no file for {', '.join(missing)}")
        found.append(VaccineGroup(name, members, full.get(name, False)))
    return tuple(sorted(found, key=lambda group: group.name))


def _vaccines(
    root: Node, antigens: Mapping[str, Antigen]
) -> tuple[dict[str, tuple[Association, ...]], dict[str, str]]:
    found: dict[str, tuple[Association, ...]] = {}
    names: dict[str, str] = {}
    for one in _items(root, "cvxToAntigenMap", "cvxMap"):
        code = one.cvx()
        names[code] = one.text("shortDescription")
        found[code] = tuple(
            Association(
                link.required("antigen"), link.period("associationBeginAge"), link.period("associationEndAge")
            )
            for link in one.children("association")
        )
        for link in found[code]:
            if link.antigen not in antigens:
                one.complain("association", f"no file for {link.antigen}")
    return found, names


def _conflicts(root: Node) -> dict[str, tuple[Conflict, ...]]:
    found: dict[str, tuple[Conflict, ...]] = {}
    for one in _items(root, "liveVirusConflicts", "liveVirusConflict"):
        one.only(_CONFLICT)
        previous, current = one.child("previous"), one.child("current")
        begins, valid, ends = (
            one.period(name)
            for name in ("conflictBeginInterval", "minConflictEndInterval", "conflictEndInterval")
        )
        if previous is None or current is None or begins is None or ends is None:
            one.complain("", "needs previous, current and both intervals")
            continue
        conflict = Conflict(previous.cvx(), current.cvx(), begins, valid or ends, ends)
        found[conflict.current] = (*found.get(conflict.current, ()), conflict)
    return found


def _observations(root: Node) -> tuple[dict[str, str], dict[tuple[str, str], frozenset[str]]]:
    titles: dict[str, str] = {}
    coded: dict[tuple[str, str], frozenset[str]] = {}
    for one in _items(root, "observations", "observation"):
        code = one.required("observationCode")
        titles[code] = one.text("observationTitle")
        for values in one.children("codedValues"):
            for value in values.children("codedValue"):
                key = (value.required("codeSystem").upper(), value.required("code"))
                coded[key] = coded.get(key, frozenset()) | {code}
    return titles, coded
