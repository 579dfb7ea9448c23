"""Charts nobody should have: both engines say the same, and the reason is in the trace."""

from datetime import date, timedelta

from populations import population_answers
from spec_tables import comparable, read_chart

from rebook.core.gaps import VERDICTS, GapSettings, judge
from rebook.packs.gaps import gap_definitions

AS_OF = date(2025, 11, 21)
RULES = gap_definitions(("dental",))


def lines(count, text):
    first = date(2015, 1, 5)
    return "\n".join(text.format(on=first + timedelta(days=5 * number)) for number in range(count))


def test_a_thousand_appointments_and_visits_are_judged_alike():
    text = "patient born=1980-05-01\n" + lines(450, "appointment {on} hygiene fulfilled")
    text += "\n" + lines(300, "appointment {on} dental_exam cancelled by=patient")
    text += "\n" + lines(300, "appointment {on} restorative noshow")
    chart = read_chart(text, patient_id=1)
    alone = {
        one.definition_key: comparable(one)
        for one in judge(chart, RULES, as_of=AS_OF, settings=GapSettings())
        if one.verdict in ("open", "booked")
    }
    together = population_answers([chart], RULES, as_of=AS_OF, settings=GapSettings())
    assert len(chart.appointments) == 1050
    assert together[1] == alone
    assert "dental.hygiene" in alone


def test_a_contradictory_death_says_so_in_its_step():
    chart = read_chart("patient deceased=2024-06-01\nvisit 2025-02-01 hygiene", patient_id=1)
    found = judge(chart, RULES, as_of=AS_OF, settings=GapSettings())
    assert {one.verdict for one in found} == {"deceased"}
    assert "yet seen on 2025-02-01" in found[0].steps[-1].detail
    assert "a person must look" in found[0].steps[-1].detail
    # Before the death was recorded as having happened the visit counts.
    early = judge(chart, RULES, as_of=date(2024, 5, 1), settings=GapSettings())
    assert "deceased" not in {one.verdict for one in early}


def test_every_reason_for_no_gap_is_one_that_has_words():
    chart = read_chart("patient born=2090-01-01 sex=unknown", patient_id=1)
    every = gap_definitions(("primary_care", "paediatrics", "womens_health"))
    found = judge(chart, every, as_of=AS_OF, settings=GapSettings())
    assert {one.verdict for one in found} <= set(VERDICTS)
    assert all(one.steps and one.steps[-1].detail for one in found)
    together = population_answers([chart], every, as_of=AS_OF, settings=GapSettings(), verdicts=VERDICTS)
    assert {one.definition_key: one.verdict for one in found} == {
        key: row["verdict"] for key, row in together[1].items()
    }
