"""Childhood immunisation: ten groups of vaccines by the second birthday, here 15 June 2026."""

from bundles import EXCLUDED, IN, MET, OUT, Case, condition, patient, procedure, vaccine, visit

BORN = "2024-06-15"
# 42 days after birth.
FIRST = "2024-07-27"
DAYS = (FIRST, "2024-09-15", "2024-11-15", "2025-02-15")
BIRTHDAY = "2026-06-15"

COMPLETE = {
    "dtap": [vaccine("dtap_vaccine", day) for day in DAYS],
    "polio": [vaccine("inactivated_polio_vaccine_ipv", day) for day in DAYS[:3]],
    "mmr": [vaccine("measles_mumps_and_rubella_mmr_vaccine", "2025-06-15")],
    "hib": [vaccine("hib_vaccine_3_dose_schedule", day) for day in DAYS[:3]],
    "hepatitis_b": [vaccine("hepatitis_b_vaccine", day) for day in (BORN, *DAYS[:2])],
    "varicella": [vaccine("varicella_zoster_vaccine_vzv", BIRTHDAY)],
    "pneumococcal": [vaccine("pneumococcal_conjugate_vaccine", day) for day in DAYS],
    "hepatitis_a": [vaccine("hepatitis_a_vaccine", "2025-08-01")],
    "rotavirus": [vaccine("cvx:119", day) for day in DAYS[:2]],
    "influenza": [vaccine("child_influenza_vaccine", day) for day in ("2025-01-10", "2025-11-10")],
}


def child(*more, born=BORN, **groups):
    """A child with every vaccine, but for the ``groups`` given otherwise."""
    given = [one for name, rows in COMPLETE.items() for one in groups.get(name, rows)]
    return [patient(born), visit("office_visit"), *given, *more]


def had(*codes, onset="2025-01-01", **elements):
    return [condition(code, onset, **elements) for code in codes]


def days(code, *on):
    return [vaccine(code, day) for day in on]


CASES = [
    Case("complete", child(), MET),
    Case("nothing given", [patient(BORN), visit("office_visit")], IN),
    Case("two on the last day", [patient("2024-12-31"), visit("office_visit")], IN),
    Case(
        "two since the day before the period's last year", [patient("2023-12-31"), visit("office_visit")], OUT
    ),
    Case("one only", [patient("2025-01-01"), visit("office_visit")], OUT),
    Case("no visit in the period", [patient(BORN), visit("office_visit", "2025-12-31")], OUT),
    Case("a nurse's visit", [patient(BORN), visit("cpt:99211")], IN),
    # Diphtheria, tetanus, pertussis
    Case("three DTaP", child(dtap=COMPLETE["dtap"][:3]), IN),
    Case("four DTaP, two of one day", child(dtap=days("dtap_vaccine", FIRST, FIRST, *DAYS[1:3])), IN),
    Case("first DTaP a day too early", child(dtap=days("dtap_vaccine", "2024-07-26", *DAYS[1:])), IN),
    Case("last DTaP on the birthday", child(dtap=days("dtap_vaccine", *DAYS[:3], BIRTHDAY)), MET),
    Case("last DTaP the day after", child(dtap=days("dtap_vaccine", *DAYS[:3], "2026-06-16")), IN),
    Case(
        "DTaP as procedure and vaccine",
        child(dtap=[*days("dtap_vaccine", *DAYS[:3]), procedure("dtap_vaccine_administered", DAYS[3])]),
        MET,
    ),
    Case(
        "DTaP not given after all",
        child(dtap=[*COMPLETE["dtap"][:3], vaccine("dtap_vaccine", DAYS[3], status="not-done")]),
        IN,
    ),
    Case("anaphylaxis instead", child(dtap=had("anaphylactic_reaction_to_dtap_vaccine")), MET),
    Case(
        "anaphylaxis after the birthday",
        child(dtap=had("anaphylactic_reaction_to_dtap_vaccine", onset="2026-06-16")),
        IN,
    ),
    Case(
        "anaphylaxis of unknown onset",
        child(dtap=had("anaphylactic_reaction_to_dtap_vaccine", onset=None)),
        IN,
    ),
    # Polio, measles, mumps, rubella
    Case("two polio", child(polio=COMPLETE["polio"][:2]), IN),
    Case("polio not possible", child(polio=had("snomed:471321000124106")), MET),
    Case(
        "MMR before the first birthday",
        child(mmr=days("measles_mumps_and_rubella_mmr_vaccine", "2025-06-14")),
        IN,
    ),
    Case("had all three", child(mmr=[*had("measles", kind="encounter"), *had("mumps", "rubella")]), MET),
    Case("had two of three", child(mmr=had("mumps", "rubella")), IN),
    Case("measles on the problem list only", child(mmr=had("measles", "mumps", "rubella")), IN),
    # Haemophilus
    Case("two Hib", child(hib=COMPLETE["hib"][:2]), IN),
    Case(
        "three Hib, one of the four-dose schedule",
        child(hib=[*COMPLETE["hib"][:2], vaccine("hib_vaccine_4_dose_schedule", DAYS[2])]),
        IN,
    ),
    Case(
        "four Hib, one of the four-dose schedule",
        child(hib=[*COMPLETE["hib"], vaccine("hib_vaccine_4_dose_schedule", DAYS[3])]),
        MET,
    ),
    Case("Hib not possible", child(hib=had("snomed:433621000124101")), MET),
    # Hepatitis B
    Case("two hepatitis B", child(hepatitis_b=COMPLETE["hepatitis_b"][:2]), IN),
    Case(
        "an injection at birth and two later",
        child(hepatitis_b=[procedure("icd10pcs:3E0234Z", BORN), *days("hepatitis_b_vaccine", *DAYS[:2])]),
        MET,
    ),
    Case(
        "an injection at birth and two, one the same day",
        child(hepatitis_b=[procedure("icd10pcs:3E0234Z", BORN), *days("hepatitis_b_vaccine", BORN, DAYS[0])]),
        IN,
    ),
    Case(
        "an injection on the eighth day",
        child(
            hepatitis_b=[procedure("icd10pcs:3E0234Z", "2024-06-23"), *days("hepatitis_b_vaccine", *DAYS[:2])]
        ),
        IN,
    ),
    Case("hepatitis B had", child(hepatitis_b=had("hepatitis_b")), MET),
    # Once in the second year
    Case("varicella the day after", child(varicella=days("varicella_zoster_vaccine_vzv", "2026-06-16")), IN),
    Case("chickenpox had", child(varicella=had("varicella_zoster")), MET),
    Case("hepatitis A too early", child(hepatitis_a=days("hepatitis_a_vaccine", "2025-06-14")), IN),
    Case("three pneumococcal", child(pneumococcal=COMPLETE["pneumococcal"][:3]), IN),
    # Rotavirus
    Case("one rotavirus", child(rotavirus=COMPLETE["rotavirus"][:1]), IN),
    Case(
        "two rotavirus, one of the three-dose schedule",
        child(rotavirus=[vaccine("cvx:119", DAYS[0]), vaccine("rotavirus_vaccine_3_dose_schedule", DAYS[1])]),
        IN,
    ),
    Case(
        "three of the three-dose schedule",
        child(rotavirus=days("rotavirus_vaccine_3_dose_schedule", *DAYS[:3])),
        MET,
    ),
    # Influenza
    Case("one influenza", child(influenza=COMPLETE["influenza"][:1]), IN),
    Case(
        "one influenza and a live one on the birthday",
        child(
            influenza=[
                vaccine("child_influenza_vaccine", "2025-11-10"),
                vaccine("influenza_virus_laiv_vaccine", BIRTHDAY),
            ]
        ),
        MET,
    ),
    Case(
        "a live one before the birthday",
        child(
            influenza=[
                vaccine("child_influenza_vaccine", "2025-11-10"),
                vaccine("influenza_virus_laiv_vaccine", "2026-06-14"),
            ]
        ),
        IN,
    ),
    Case(
        "influenza procedure before 180 days",
        child(
            influenza=[
                procedure("child_influenza_vaccine_administered", "2024-12-11"),
                *COMPLETE["influenza"][:1],
            ]
        ),
        IN,
    ),
    Case(
        "influenza procedure on day 180",
        child(
            influenza=[
                procedure("child_influenza_vaccine_administered", "2024-12-12"),
                *COMPLETE["influenza"][:1],
            ]
        ),
        MET,
    ),
    # Exclusions
    Case("immune disorder", child(*had("disorders_of_the_immune_system")), EXCLUDED),
    Case("intussusception after the birthday", child(*had("intussusception", onset="2026-06-16")), MET),
    Case("hospice", child(visit("hospice_encounter")), EXCLUDED),
    Case(
        "hospice diagnosis, whatever its verification",
        child(condition("hospice_diagnosis", verified="refuted")),
        EXCLUDED,
    ),
]
