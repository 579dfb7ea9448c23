"""What the shipped rules of every specialty say of a chart, once signed: the same in both engines."""

from dataclasses import replace
from datetime import date
from itertools import groupby

import pytest
from populations import population_answers
from spec_tables import read_chart

from rebook.core.gaps import GapSettings, judge
from rebook.packs.gaps import gap_definitions

AS_OF = date(2026, 11, 21)
# Packs, a chart, the rules that are open on AS_OF with the day since which they are due.
CASES = [
    ("paediatrics", "A baby after the two-month day", """
patient   born=2026-09-10
visit     2026-10-10 well_child
""", "baby_checkup 2026-11-10"),
    ("paediatrics", "Eight days early counts for the fourth month", """
patient   born=2026-07-21
visit     2026-11-13 well_child
""", ""),
    ("paediatrics", "The birthday passed without the check-up of the first year", """
patient   born=2025-10-01
visit     2026-07-01 well_child
""", "toddler_checkup 2026-10-01"),
    ("paediatrics primary_care", "The paediatric yearly check-up stands for that of primary care", """
patient   born=2018-03-01
visit     2025-08-01 well_child
procedure 2026-01-10 anxiety_depression_questionnaire
""", "yearly_checkup 2026-08-01"),
    ("womens_health", "Pregnant, seen five weeks ago", """
patient   born=1995-01-01 sex=female
visit     2026-10-15 prenatal_visit
procedure 2026-06-20 co_test
condition pregnancy from=2026-06-01
""", "prenatal 2026-11-12"),
    ("womens_health", "A loss ends it at once", """
patient   born=1995-01-01 sex=female
visit     2026-10-15 prenatal_visit
procedure 2026-06-20 co_test
condition pregnancy from=2026-06-01
condition pregnancy_loss from=2026-10-20
""", ""),
    ("womens_health", "Pregnant and not seen by the tenth week", """
patient   born=1995-01-01 sex=female
visit     2026-01-10 womens_annual_visit
procedure 2026-01-10 co_test
condition pregnancy from=2026-09-01
""", "prenatal_first 2026-11-10"),
    ("womens_health", "After a birth: the call and the visit", """
patient   born=1995-01-01 sex=female
visit     2026-08-01 womens_annual_visit
procedure 2026-01-10 co_test
procedure 2026-10-01 delivery
""", "postpartum_contact 2026-10-22, postpartum_visit 2026-11-12"),
    ("womens_health primary_care", "A hysterectomy ends screening of the cervix, not of the breast", """
patient   born=1970-01-01 sex=female
visit     2026-10-01 annual_visit
visit     2026-10-01 womens_annual_visit
procedure 2024-01-10 mammogram
procedure 2015-01-10 total_hysterectomy
procedure 2022-01-10 colonoscopy
""", "mammogram 2026-01-10"),
    ("rheumatology", "Methotrexate in its first half year: monthly", """
visit      2026-07-01 rheumatology_visit
medication methotrexate from=2026-07-01
procedure  2026-10-10 dmard_labs
""", "methotrexate 2026-11-10"),
    ("rheumatology", "Methotrexate for long: every twelve weeks", """
visit      2026-07-01 rheumatology_visit
medication methotrexate from=2024-07-01
procedure  2026-10-10 dmard_labs
""", ""),
    ("cardiology", "No INR for more than six weeks: the clinician's too", """
patient    born=1960-01-01
visit      2026-07-01 cardiology_visit
medication warfarin from=2024-07-01
procedure  2026-10-05 inr
""", "inr 2026-11-02, inr_long_missing 2026-11-16"),
    ("cardiology", "A highly stable INR", """
patient    born=1960-01-01
visit      2026-07-01 cardiology_visit
medication warfarin from=2024-07-01
condition  inr_highly_stable from=2025-07-01
procedure  2026-10-05 inr
""", ""),
    ("cardiology", "A direct anticoagulant at 80: twice a year", """
patient    born=1946-01-01
visit      2026-07-01 cardiology_visit
medication doac from=2024-07-01
procedure  2026-05-01 kidney_blood_labs
""", "doac_75 2026-11-01"),
    ("endocrine primary_care", "A1c of nine or more: the closest rule alone", """
patient    born=1990-01-01
visit      2026-08-01 diabetes_visit
visit      2026-08-01 annual_visit
condition  diabetes from=2020-01-01
condition  diabetes_not_at_goal from=2026-08-01
condition  a1c_9_or_more from=2026-08-01
procedure  2026-08-01 dilated_eye_exam
procedure  2026-08-01 comprehensive_foot_exam
procedure  2026-08-01 kidney_urine_labs
""", "diabetes_high 2026-11-01"),
    ("endocrine primary_care", "At goal: every six months, and once only", """
patient    born=1990-01-01
visit      2026-04-01 diabetes_visit
visit      2026-08-01 annual_visit
condition  diabetes from=2020-01-01
procedure  2026-08-01 dilated_eye_exam
procedure  2026-08-01 comprehensive_foot_exam
procedure  2026-08-01 kidney_urine_labs
""", "diabetes 2026-10-01"),
    ("oncology_survivorship primary_care", "A year after surgery and no colonoscopy", """
patient    born=1966-01-01 sex=male
visit      2026-10-01 annual_visit
visit      2026-10-01 survivorship_visit
procedure  2026-10-01 cea
procedure  2024-01-10 colorectal_cancer_surgery
""", "colorectal_colonoscopy 2025-01-10"),
    ("oncology_survivorship primary_care", "The next one is three years after it, no screening beside", """
patient    born=1966-01-01 sex=male
visit      2026-10-01 annual_visit
visit      2026-10-01 survivorship_visit
procedure  2026-10-01 cea
procedure  2024-01-10 colorectal_cancer_surgery
procedure  2025-01-12 colonoscopy
""", ""),
    ("dental", "A week after an extraction", """
patient    born=1980-01-01
visit      2026-10-01 hygiene
visit      2026-10-01 dental_exam
procedure  2026-11-05 tooth_extraction
""", "extraction_review 2026-11-12"),
    ("dental", "Risk is high: every three months, in place of six", """
patient    born=1980-01-01
visit      2026-07-01 hygiene
visit      2026-10-01 dental_exam
condition  high_dental_risk from=2026-01-01
""", "hygiene_high_risk 2026-10-01"),
    ("orthodontics", "In wires and unseen for sixteen weeks", """
patient    born=2012-01-01
visit      2026-08-01 ortho_adjustment
condition  ortho_active from=2026-01-01
""", "adjustment 2026-09-26, unseen_in_treatment 2026-10-24"),
    ("orthodontics", "Retainer checks: three months, three, six, then a year", """
patient    born=2008-01-01
visit      2026-05-05 ortho_retention
procedure  2025-11-01 ortho_debond
""", "retention 2026-11-05"),
    ("eye", "An injection late by more than a week", """
patient    born=1956-01-01
visit      2026-06-01 eye_exam
visit      2026-08-10 eye_injection
condition  macular_injections from=2025-01-01
""", "injections 2026-11-02, injection_missed 2026-11-09"),
    ("eye", "The lens prescription ends next month", """
patient    born=1990-01-01
visit      2025-12-10 contact_lens_exam
condition  contact_lenses from=2020-01-01
""", "contact_lenses 2026-12-10"),
    ("aesthetics", "Elective, and not asked for", """
patient    born=1980-01-01
procedure  2026-06-01 botulinum_toxin
visit      2026-06-01 aesthetic_treatment
""", "injectable 2026-10-01"),
    ("aesthetics", "The patient asked to be reminded", """
patient    born=1980-01-01
procedure  2026-06-01 botulinum_toxin
visit      2026-06-01 aesthetic_treatment
condition  asked_for_reminders from=2026-06-01
""", "injectable_asked 2026-10-01"),
    ("physiotherapy", "Eight days into a pause of a plan with two a week", """
visit      2026-10-10 therapy_evaluation
visit      2026-11-10 therapy_visit
condition  therapy_plan_twice_weekly from=2026-10-10
""", "plan_twice_weekly 2026-11-18, re_evaluation 2026-11-09"),
    ("behavioural_health", "Eleven days after a stay in hospital", """
patient    born=1990-01-01
visit      2026-01-10 behavioural_visit
procedure  2026-11-10 psychiatric_discharge
""", "after_hospital_7 2026-11-17"),
    ("behavioural_health", "Seen two days after it", """
patient    born=1990-01-01
visit      2026-11-12 behavioural_visit
procedure  2026-11-10 psychiatric_discharge
""", ""),
    ("behavioural_health", "Clozapine in its first half year: weekly", """
patient    born=1990-01-01
visit      2026-11-12 behavioural_visit
medication clozapine from=2026-08-01
procedure  2026-11-12 white_cell_count
""", "clozapine 2026-11-20"),
    ("primary_care", "Medicare: the wellness visit in place of the yearly one", """
patient    born=1966-01-01 sex=male
visit      2025-09-01 wellness_visit
procedure  2022-01-10 colonoscopy
condition  medicare_part_b from=2020-01-01
""", "medicare_wellness 2026-09-01"),
    ("primary_care", "Once in a lifetime, and not done", """
patient    born=1960-01-01 sex=male
visit      2025-01-10 acute
procedure  2022-01-10 colonoscopy
condition  ever_smoker
""", "aorta_ultrasound 2025-01-10"),
    ("primary_care", "Home from hospital", """
patient    born=1990-01-01
visit      2026-10-01 annual_visit
procedure  2026-11-10 hospital_discharge_high_risk
""", "after_discharge_call 2026-11-12, after_discharge_high_risk 2026-11-17"),
    ("immunisation", "A dose of last season", """
patient    born=1990-01-01
visit      2025-10-01 acute
procedure  2025-10-01 influenza_vaccine
procedure  2020-10-01 hepatitis_b_series
""", "influenza 2026-05-01"),
    ("immunisation", "A dose of this season", """
patient    born=1990-01-01
visit      2026-09-02 acute
procedure  2026-09-02 influenza_vaccine
procedure  2020-10-01 hepatitis_b_series
""", ""),
    ("chronic_care", "Twelve weeks and more after a statin was begun", """
visit      2026-07-01 acute
medication statin from=2026-07-01
""", "statin 2026-09-23"),
    ("surgery", "A stent that should be out", """
visit      2026-10-01 surgical_visit
condition  ureteric_stent from=2026-10-01
""", "stent 2026-11-12"),
    ("hearing_allergy", "A pause that a clinician must look at", """
patient    born=1990-01-01
visit      2026-10-10 allergy_injection
condition  allergy_maintenance from=2025-10-01
""", "allergy_maintenance 2026-11-07, allergy_dose_review 2026-11-14"),
    ("dermatology", "After a melanoma twice a year, whatever else is charted", """
visit      2026-04-01 skin_check
condition  melanoma from=2024-10-01
condition  atypical_moles from=2020-10-01
""", "melanoma 2026-10-01"),
]  # fmt: skip


def signed(packs):
    return tuple(replace(one, signed_off_by="spec") for one in gap_definitions(tuple(packs.split())))


def wanted_of(text):
    return {tuple(part.split()) for part in text.split(",") if part.strip()}


@pytest.mark.parametrize(
    ("packs", "title", "chart", "answer"), CASES, ids=[f"{one[0]}: {one[1]}" for one in CASES]
)
def test_what_is_open(packs, title, chart, answer):
    found = judge(read_chart(chart, patient_id=1), signed(packs), as_of=AS_OF, settings=GapSettings())
    rules = {(one.definition_key.partition(".")[2], str(one.due_on)) for one in found if _is_open(one)}
    assert rules == wanted_of(answer)


def _is_open(one):
    return one.verdict == "open" and one.kind == "interval"


def _spoken_of(cases):
    """The rules that the cases name, and those whose place they take: all of a pack would take minutes."""
    rules = signed(cases[0][0])
    named = {name for case in cases for name, _ in wanted_of(case[3])}
    chosen = [one for one in rules if one.key.partition(".")[2] in named]
    replaced = {key for one in chosen for key in one.supersedes}
    return tuple(one for one in rules if one in chosen or one.key in replaced)


GROUPS = [list(some) for _, some in groupby(sorted(CASES, key=lambda one: one[0]), key=lambda one: one[0])]


@pytest.mark.parametrize("cases", GROUPS, ids=lambda cases: cases[0][0])
def test_the_population_is_answered_the_same(cases):
    charts = [read_chart(case[2], patient_id=number) for number, case in enumerate(cases, start=1)]
    answers = population_answers(charts, _spoken_of(cases), as_of=AS_OF, settings=GapSettings())
    for number, case in enumerate(cases, start=1):
        got = {
            (key.partition(".")[2], str(row["due_on"]))
            for key, row in answers.get(number, {}).items()
            if "." in key and row["verdict"] == "open"
        }
        assert got == wanted_of(case[3]), case[1]
