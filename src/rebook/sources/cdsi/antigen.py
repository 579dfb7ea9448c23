"""One ``antigenSupportingData`` file."""

from rebook.core.immunisation.schedule import (
    Antigen,
    Contraindication,
    ImmuneByBirth,
    Indication,
    Series,
    SeriesKind,
)

from .dose_rules import read_dose, read_vaccine
from .element import Node, names

_ROOT = frozenset({"immunity", "contraindications", "series"})
_IMMUNITY = frozenset({"clinicalHistory", "dateOfBirth"})
_SERIES = names(
    "seriesName targetDisease vaccineGroup seriesAdminGuidance seriesType equivalentSeriesGroups"
    " requiredGender selectSeries indication seriesDose"
)
_SELECT = names(
    "defaultSeries productPath seriesGroupName seriesGroup seriesPriority seriesPreference minAgeToStart"
    " maxAgeToStart"
)
_INDICATION = frozenset({"observationCode", "description", "beginAge", "endAge", "guidance"})
_CONTRAINDICATION = names(
    "observationCode observationTitle contraindicationText contraindicationGuidance beginAge endAge"
    " contraindicatedVaccine"
)
_PRIORITIES = frozenset("ABCDEFGHIJ")


def read_antigen(root: Node) -> Antigen:
    """Its series, immunity and contraindications; ``not_understood`` lists what was not known here."""
    root.only(_ROOT)
    series = tuple(_series(one) for one in root.children("series"))
    if not series:
        root.complain("series", "the file holds no series")
    names = {one.antigen for one in series}
    if len(names) > 1:
        root.complain("series", f"more than one target disease: {', '.join(sorted(names))}")
    immunity, against = root.child("immunity"), root.child("contraindications")
    if immunity is not None:
        immunity.only(_IMMUNITY)
    return Antigen(
        name=series[0].antigen if series else "",
        series=series,
        immune_by=frozenset(one.required("guidelineCode") for one in immunity.children("clinicalHistory"))
        if immunity
        else frozenset(),
        immune_by_birth=_births(immunity),
        contraindications=_contraindications(against),
        not_understood=tuple(root.report.unknown),
    )


def _births(immunity: Node | None) -> tuple[ImmuneByBirth, ...]:
    found = []
    for node in immunity.children("dateOfBirth") if immunity else ():
        born_before = node.day("immunityBirthDate") if node.required("immunityBirthDate") else None
        if born_before is None:
            continue
        unless = frozenset(one.required("exclusionCode") for one in node.children("exclusion"))
        found.append(ImmuneByBirth(born_before, node.text("birthCountry"), unless))
    return tuple(found)


def _contraindications(node: Node | None) -> tuple[Contraindication, ...]:
    if node is None:
        return ()
    node.only(frozenset({"vaccineGroup", "vaccine"}))
    return tuple(
        _contraindication(one)
        for level in ("vaccineGroup", "vaccine")
        for group in node.children(level)
        for one in group.children("contraindication")
    )


def _contraindication(node: Node) -> Contraindication:
    node.only(_CONTRAINDICATION)
    return Contraindication(
        observation=node.required("observationCode"),
        words=node.text("contraindicationText") or node.text("observationTitle"),
        begin_age=node.period("beginAge"),
        end_age=node.period("endAge"),
        vaccines=tuple(read_vaccine(one) for one in node.children("contraindicatedVaccine")),
    )


def _series(node: Node) -> Series:
    node.only(_SERIES)
    select = node.child("selectSeries")
    if select is None:
        node.complain("selectSeries", "is missing")
        select = node
    else:
        select.only(_SELECT)
    kind = node.required("seriesType")
    kinds = {one.value: one for one in SeriesKind}
    if kind not in kinds:
        node.complain("seriesType", f"'{kind}' is not known")
    priority = select.text("seriesPriority") or "A"
    if priority not in _PRIORITIES:
        select.complain("seriesPriority", f"'{priority}' is not known")
    return Series(
        name=node.required("seriesName"),
        antigen=node.required("targetDisease"),
        vaccine_group=node.required("vaccineGroup"),
        kind=kinds.get(kind, SeriesKind.RISK),
        doses=tuple(read_dose(one) for one in node.children("seriesDose")),
        group=select.text("seriesGroup") or "1",
        group_name=select.text("seriesGroupName"),
        equivalent_groups=node.listed("equivalentSeriesGroups"),
        sexes=node.texts("requiredGender"),
        is_default=select.yes("defaultSeries"),
        is_product=select.yes("productPath"),
        # The files have no field for it; the name says it.
        is_shared_decision="shared clinical decision" in node.text("seriesName").casefold(),
        priority=priority,
        preference=select.number("seriesPreference", otherwise=99),
        min_age_to_start=select.period("minAgeToStart"),
        max_age_to_start=select.period("maxAgeToStart"),
        indications=tuple(_indication(one) for one in node.children("indication")),
    )


def _indication(node: Node) -> Indication:
    node.only(_INDICATION)
    observation = node.child("observationCode")
    return Indication(
        observation=observation.required("code") if observation else "",
        words=node.text("description"),
        begin_age=node.period("beginAge"),
        end_age=node.period("endAge"),
    )
