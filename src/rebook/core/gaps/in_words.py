"""A gap rule said in plain words: for whom, when, how long, instead of what.

``call`` gives the clinic's word for ("condition", "diabetes"); without one the key is read as it stands.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rebook.core.criteria import Expression

from .definition import GapDefinition, Qualifying
from .schedule import Phase, read_age

Call = Callable[[str, str], str]
_UNITS = {"d": "day", "w": "week", "m": "month", "y": "year"}
_SEXES = {"female": "women", "male": "men"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def plainly(kind: str, key: str) -> str:
    """ "annual_visit" as "annual visit"."""
    return key.replace("_", " ")


def for_whom(one: GapDefinition, call: Call = plainly) -> str:
    """ "women, 40 to 74 years, with diabetes"; "everybody" without any condition."""
    parts = [" or ".join(_SEXES.get(sex, sex) for sex in one.sexes)] if one.sexes else []
    if one.max_age is not None:
        parts.append(f"{one.min_age} to {one.max_age} years" if one.min_age else f"up to {one.max_age} years")
    elif one.min_age:
        parts.append(f"from {one.min_age} years")
    parts += [f"with {_any(one.conditions, 'condition', call)}"] * bool(one.conditions)
    parts += [f"taking {_any(one.medications, 'medication', call)}"] * bool(one.medications)
    parts += [f"without {call('condition', key)}" for key in one.none_of_conditions]
    parts += [f"not taking {call('medication', key)}" for key in one.none_of_medications]
    if one.eligible_when is not None:
        parts.append(expression_words(one.eligible_when, call))
    return ", ".join(parts) or "everybody"


def left_out(one: GapDefinition, call: Call = plainly) -> str:
    """Who is excluded all the same; empty when nobody is."""
    parts = [call("exclusion", key) for key in one.exclusion_words]
    parts += [f"had {call('procedure', key)}" for key in one.exclusion_procedures]
    parts += [f"ever had {call('condition', key)}" for key in one.exclusion_conditions]
    if one.excluded_when is not None:
        parts.append(expression_words(one.excluded_when, call))
    return "; ".join(dict.fromkeys(parts))


def how_often(one: GapDefinition, call: Call = plainly) -> str:
    """ "every 12 months after the last annual visit"; schedules, phases and once in their own words."""
    if one.at_ages:
        return f"at the age of {_listed([_age(text) for text in one.at_ages], 'and')}"
    if one.once:
        length = _length(one.interval_months, one.interval_days)
        return f"once{', ' + length if length else ''}{_after_anchor(one, call)}"
    if one.phases:
        after = f" after the last {_kinds(one.qualifying[0], call)}"
        return f"{_listed([_phase(phase) for phase in one.phases], 'then')},{after}"
    return "; ".join(
        f"every {_length(group.interval_months, group.interval_days)} after the last {_kinds(group, call)}"
        for group in one.qualifying
    )


def first_time(one: GapDefinition, call: Call = plainly) -> str:
    """When it is due for somebody who never had it here; empty when it is not."""
    if one.once or one.first_due == "never":
        return ""
    if one.first_due == "age":
        start = f"from the age of {one.first_due_age}, and not before" if one.first_due_age else "from"
        return f"{start} the first contact here"
    return f"an interval{_after_anchor(one, call)}"


def opening(one: GapDefinition) -> str:
    """What there is beside the due date: grace, lead, season, lapse; empty for none of them."""
    parts = []
    if one.lead_days:
        parts.append(f"raised {_count(one.lead_days, 'day')} before it is due")
    elif one.blocks_unsigned:
        parts.append("raised as soon as it is due")
    elif one.grace_days:
        parts.append(f"overdue {_count(one.grace_days, 'day')} after it is due")
    if one.early_days:
        parts.append(f"{_count(one.early_days, 'day')} early still counts")
    if one.season:
        parts.append(f"only from {' to '.join(_day_of_year(text) for text in one.season)}")
    if one.lapses_after_days:
        parts.append(f"no longer a reason {_count(one.lapses_after_days, 'day')} after it was due")
    return ", ".join(parts)


def expression_words(expression: Expression, call: Call = plainly) -> str:
    """What ``eligible_when`` says."""
    return _said(json.loads(expression.text), call)


def _said(data: Mapping[str, Any], call: Call) -> str:
    for key, joint in (("all", "and"), ("any", "or")):
        if key in data:
            return "(" + f" {joint} ".join(_said(part, call) for part in data[key]) + ")"
    if "not" in data:
        return f"not {_said(data['not'], call)}"
    if "in" in data:
        what = f"{data['kind']} of the value set {data['in']}"
    else:
        kind = next(key for key in ("condition", "medication", "procedure", "visit") if key in data)
        what = call(kind, data[kind])
    times = f"at least {data['at_least']} times " if data.get("at_least", 1) > 1 else ""
    months, days = data.get("within_months", 0), data.get("within_days", 0)
    window = f" within {_length(months, days)}" if months or days else ""
    return f"{times}{what}{window}"


def _after_anchor(one: GapDefinition, call: Call) -> str:
    if one.first_due == "procedure":
        return f" after {_any(one.anchor_procedures, 'procedure', call)}"
    if one.first_due == "condition":
        return f" after {_any(one.conditions, 'condition', call)} began"
    if one.first_due == "medication":
        return f" after {_any(one.medications, 'medication', call)} was begun"
    return f" from the age of {one.first_due_age}" if one.first_due == "age" else ""


def _kinds(group: Qualifying, call: Call) -> str:
    kinds = [_inside(call("visit", key)) for key in group.visit_types]
    kinds += [_inside(call("procedure", key)) for key in group.procedures]
    return _listed(list(dict.fromkeys(kinds)), "or")


def _inside(label: str) -> str:
    """A label inside a sentence: "Eye exam" as "eye exam", "TSH labs" as it is."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _any(keys: Iterable[str], kind: str, call: Call) -> str:
    return _listed([call(kind, key) for key in keys], "or")


def _phase(phase: Phase) -> str:
    length = f"every {_length(phase.interval_months, phase.interval_days)}"
    return f"{length} until month {phase.until_months}" if phase.until_months is not None else length


def _length(months: int, days: int) -> str:
    parts = [_count(months, "month")] * bool(months) + [_count(days, "day")] * bool(days)
    return " and ".join(parts)


def _age(text: str) -> str:
    age = read_age(text)
    return text if age is None else _count(int(text[:-1]), _UNITS[text[-1]])


def _day_of_year(text: str) -> str:
    month, _, day = text.partition("-")
    return f"{_MONTHS[int(month) - 1]} {int(day)}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _listed(parts: list[str], joint: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {joint} {parts[-1]}"
