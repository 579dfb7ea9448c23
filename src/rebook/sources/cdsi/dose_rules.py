"""``<seriesDose>``: what makes a dose count."""

from rebook.core.immunisation.schedule import (
    AgeRule,
    CountLogic,
    IntervalRule,
    SeriesDose,
    SkipCondition,
    SkipContext,
    SkipKind,
    SkipRule,
    SkipSet,
    VaccineRule,
)

from .element import Node, names

_DOSE = names(
    "doseNumber age interval allowableInterval preferableVaccine allowableVaccine inadvertentVaccine"
    " conditionalSkip recurringDose seasonalRecommendation"
)
_AGE = names("absMinAge minAge earliestRecAge latestRecAge maxAge effectiveDate cessationDate")
_INTERVAL = names(
    "fromPrevious fromTargetDose fromMostRecent fromRelevantObs absMinInt minInt earliestRecInt latestRecInt"
    " intervalPriority effectiveDate cessationDate"
)
_VACCINE = names("vaccineType cvx beginAge endAge tradeName mvx volume forecastVaccineType")
_SKIP = frozenset({"context", "setLogic", "set"})
_SET = names("setID setDescription effectiveDate cessationDate conditionLogic condition")
_CONDITION = names(
    "conditionID conditionType startDate endDate beginAge endAge interval doseCount doseType doseCountLogic"
    " vaccineTypes seriesGroups"
)
_SEASON = frozenset({"startDate", "endDate"})
_COUNTS = frozenset(
    {"vaccine count by age", "vaccine count by date", "vaccine count by date and age", "vaccine count"}
)


def read_dose(node: Node) -> SeriesDose:
    """One target dose of a series."""
    node.only(_DOSE)
    season = node.child("seasonalRecommendation")
    if season is not None:
        season.only(_SEASON)
    return SeriesDose(
        number=_dose_number(node),
        ages=tuple(_age(one) for one in node.children("age")),
        intervals=tuple(_interval(one) for one in node.children("interval")),
        allowable_intervals=tuple(_interval(one) for one in node.children("allowableInterval")),
        preferable=tuple(read_vaccine(one) for one in node.children("preferableVaccine")),
        allowable=tuple(read_vaccine(one) for one in node.children("allowableVaccine")),
        inadvertent=frozenset(read_vaccine(one).cvx for one in node.children("inadvertentVaccine")),
        skips=tuple(_skip(one) for one in node.children("conditionalSkip")),
        is_recurring=node.yes("recurringDose"),
        season_starts_on=season.day("startDate") if season else None,
        season_ends_on=season.day("endDate") if season else None,
    )


def read_vaccine(node: Node) -> VaccineRule:
    """A product with the ages between which it suits."""
    node.only(_VACCINE)
    return VaccineRule(
        cvx=node.cvx(),
        name=node.text("vaccineType"),
        begin_age=node.period("beginAge"),
        end_age=node.period("endAge"),
        mvx=node.text("mvx"),
        trade_name=node.text("tradeName"),
        is_forecast=node.yes("forecastVaccineType"),
    )


def _dose_number(node: Node) -> int:
    words = node.required("doseNumber").removeprefix("Dose").strip()
    if not words.isdecimal():
        node.complain("doseNumber", f"'{words}' is no dose number")
        return 0
    return int(words)


def _age(node: Node) -> AgeRule:
    node.only(_AGE)
    return AgeRule(
        absolute_minimum=node.period("absMinAge"),
        minimum=node.period("minAge"),
        earliest_recommended=node.period("earliestRecAge"),
        latest_recommended=node.period("latestRecAge"),
        maximum=node.period("maxAge"),
        in_force=node.in_force(),
    )


def _interval(node: Node) -> IntervalRule:
    node.only(_INTERVAL)
    observation = node.child("fromRelevantObs")
    target = node.number("fromTargetDose", otherwise=0)
    priority = node.text("intervalPriority").casefold()
    if priority not in {"", "override", "y", "n"}:
        node.complain("intervalPriority", f"'{priority}' is not known")
    return IntervalRule(
        from_previous=node.yes("fromPrevious"),
        from_target_dose=target or None,
        from_vaccines=node.cvx_codes("fromMostRecent"),
        from_observation=observation.required("code") if observation else "",
        absolute_minimum=node.period("absMinInt"),
        minimum=node.period("minInt"),
        earliest_recommended=node.period("earliestRecInt"),
        latest_recommended=node.period("latestRecInt"),
        is_priority=priority in {"override", "y"},
        in_force=node.in_force(),
    )


def _skip(node: Node) -> SkipRule:
    node.only(_SKIP)
    words = node.text("context")
    known = {one.value: one for one in SkipContext}
    if words not in known:
        node.complain("context", f"'{words}' is not known")
    return SkipRule(
        context=known.get(words, SkipContext.BOTH),
        sets=tuple(_set(one) for one in node.children("set")),
        needs_all=_needs_all(node, "setLogic"),
    )


def _set(node: Node) -> SkipSet:
    node.only(_SET)
    return SkipSet(
        conditions=tuple(_condition(one) for one in node.children("condition")),
        needs_all=_needs_all(node, "conditionLogic"),
        words=node.text("setDescription"),
        in_force=node.in_force(),
    )


def _needs_all(node: Node, name: str) -> bool:
    words = node.text(name).upper()
    if words not in {"", "AND", "OR"}:
        node.complain(name, f"'{words}' is neither AND nor OR")
    return words != "OR"


def _condition(node: Node) -> SkipCondition:
    node.only(_CONDITION)
    kind = _kind(node)
    dose_type = node.text("doseType").casefold()
    logic = node.text("doseCountLogic").casefold()
    known = {one.value: one for one in CountLogic}
    if kind is SkipKind.COUNT and dose_type not in {"valid", "total"}:
        node.complain("doseType", f"'{dose_type}' is neither valid nor total")
    if kind is SkipKind.COUNT and logic not in known:
        node.complain("doseCountLogic", f"'{logic}' is not known")
    return SkipCondition(
        kind=kind,
        start_on=node.day("startDate"),
        end_on=node.day("endDate"),
        begin_age=node.period("beginAge"),
        end_age=node.period("endAge"),
        interval=node.period("interval"),
        count=node.number("doseCount", otherwise=0),
        logic=known.get(logic, CountLogic.GREATER),
        valid_only=dose_type == "valid",
        vaccines=node.cvx_codes("vaccineTypes"),
        series_groups=node.listed("seriesGroups"),
    )


def _kind(node: Node) -> SkipKind:
    words = node.required("conditionType").casefold()
    if words in _COUNTS:
        return SkipKind.COUNT
    for one in SkipKind:
        if words == one.value:
            return one
    node.complain("conditionType", f"'{words}' is not known")
    return SkipKind.AGE
