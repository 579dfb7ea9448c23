"""Immunity, contraindications and indications (CDSi 5.1, 7.2, 7.3)."""

from datetime import date

from .patient import Person
from .periods import Period, day_after
from .progress import Question
from .schedule import Antigen, Series, SeriesKind, VaccineRule


def is_relevant(question: Question, series: Series) -> bool:
    """Standard series for everybody of the sex named; risk series where an indication applies (table 5-5)."""
    person = question.person
    if series.sexes and person.sex not in series.sexes:
        return False
    if series.kind is not SeriesKind.RISK:
        return True
    return any(
        person.has(one.observation) and is_between(person, question.as_of, one.begin_age, one.end_age)
        for one in series.indications
    )


def is_immune(question: Question, antigen: Antigen) -> bool:
    """By history, or by a birth long ago in the named country and no exclusion (table 7-3)."""
    person = question.person
    if any(person.has(code) for code in antigen.immune_by):
        return True
    return any(
        person.born_on < one.born_before
        and not any(person.has(code) for code in one.unless)
        and (not one.country or one.country == person.birth_country)
        for one in antigen.immune_by_birth
    )


def contraindication(question: Question, antigen: Antigen, series: Series) -> str | None:
    """Its words when nothing of this series may be given (table 7-7); None when something may."""
    person, day = question.person, question.as_of
    for one in antigen.contraindications:
        if (
            not one.vaccines
            and person.has(one.observation)
            and is_between(person, day, one.begin_age, one.end_age)
        ):
            return one.words
    preferable = [vaccine for dose in series.doses for vaccine in dose.preferable]
    if preferable and all(is_forbidden(question, antigen, one) for one in preferable):
        return "Every vaccine of the series is contraindicated"
    return None


def is_forbidden(question: Question, antigen: Antigen, vaccine: VaccineRule) -> bool:
    """A vaccine contraindication applies to this product (table 7-6)."""
    return any(
        question.person.has(one.observation)
        and any(
            rule.cvx == vaccine.cvx
            and is_between(question.person, question.as_of, rule.begin_age, rule.end_age)
            for rule in one.vaccines
        )
        for one in antigen.contraindications
    )


def is_between(person: Person, day: date, begin: Period | None, end: Period | None) -> bool:
    """``begin`` <= age on ``day`` < ``end``; open where empty."""
    begins, ends = day_after(person.born_on, begin), day_after(person.born_on, end)
    return (begins is None or begins <= day) and (ends is None or day < ends)
