"""A synthetic population as a snapshot, made by DuckDB: the same every time, any size.

Rows stream from their numbers to the files, so memory does not grow with them: ten million patients with a
hundred million appointments take about 0.9 GB on the disk. Every value is a hash of the row's number. Shares
are those of an ordinary practice: fewer old than middle-aged, few who come often and many who come seldom,
some who have stopped coming, one appointment in seven that did not take place.
"""

from pathlib import Path

import duckdb

# What the generated population is judged by.
AS_OF = "2026-11-21"
APPOINTMENTS_EACH = 10
# Words as often as they come up.
_TYPES = (
    *("annual_visit",) * 4,
    *("chronic_follow_up",) * 3,
    *("diabetes_visit",) * 2,
    "mammogram",
    *("well_child",) * 2,
    *("follow_up",) * 3,
    *("acute",) * 5,
    *("hygiene",) * 6,
    *("periodontal_maintenance",) * 2,
    *("dental_exam",) * 4,
    *("restorative",) * 3,
    "",
)
# Years of age, as many of each band as of the next: a practice's pyramid.
_AGES = (0, 8, 18, 26, 33, 40, 47, 54, 61, 67, 74, 92)
# Of every ten patients' hundred appointments: how many each has.
_EACH = (1, 2, 3, 4, 5, 7, 9, 14, 21, 34)
# Days a patient keeps coming, of about 3,000: most until now, some stopped.
_STAY = (3000,) * 13 + (2600, 2400, 2200, 2000, 1700, 1400, 1100)
_PROCEDURES = (
    "mammogram",
    "colonoscopy",
    "fit_test",
    "hygiene",
    "periodontal_maintenance",
    "total_colectomy",
)
_CONDITIONS = (
    ("hypertension",) * 5 + ("diabetes",) * 3 + ("periodontitis",) * 4 + ("asthma",) * 3 + ("edentulous",)
)


def _pick(words: tuple[str, ...], *seed: object) -> str:
    """An expression for one of ``words``, by the hash of ``seed``."""
    listed = ", ".join(f"'{word}'" for word in words)
    return f"[{listed}][1 + ({_hash(*seed)} % {len(words)})::INT]"


def _hash(*seed: object) -> str:
    return f"hash({', '.join(str(one) for one in seed)})"


def _age_in_days(*seed: object) -> str:
    """An expression for an age: a band, then a day in it."""
    bands = range(len(_AGES) - 1)
    least = ", ".join(str(365 * _AGES[one]) for one in bands)
    days = ", ".join(str(365 * (_AGES[one + 1] - _AGES[one])) for one in bands)
    band = f"(1 + ({_hash(*seed)} % {len(_AGES) - 1})::INT)"
    return f"([{least}][{band}] + (({_hash(*seed, 1)}) % ([{days}][{band}]))::INT)"


def _owner(number: str) -> str:
    """An expression for the patient whose appointment ``number`` is: ten patients share a hundred."""
    place, bounds = f"({number} % 100)", [sum(_EACH[: one + 1]) for one in range(len(_EACH) - 1)]
    before = " + ".join(f"({place} >= {bound})::INT" for bound in bounds)
    return f"(({number} // 100) * 10 + 1 + {before})"


def _day(least: str, days: object, *seed: object) -> str:
    return f"({least} + ({_hash(*seed)} % {days})::INT)"


def generate(*, directory: Path, patients: int) -> dict[str, int]:
    """Write ``patients`` patients with ten appointments each, and what belongs to them; rows by table."""
    directory.mkdir(parents=True, exist_ok=True)
    counts = {}
    with duckdb.connect() as engine:
        engine.execute("SET enable_progress_bar = false; SET memory_limit = '2GB'")
        for name, query in _queries(patients).items():
            target = str(directory / f"{name}.parquet").replace("'", "''")
            options = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000"
            written = engine.execute(f"COPY ({query}) TO '{target}' ({options})").fetchall()
            counts[name] = written[0][0]
    return counts


def _queries(patients: int) -> dict[str, str]:
    today, start = f"DATE '{AS_OF}'", "DATE '2019-01-01'"
    none = "CAST(NULL AS DATE)"
    people = f"range(1, {patients} + 1) t(i)"
    rounded = -(-patients // len(_EACH)) * len(_EACH)
    who = _owner("n")
    stay = f"[{', '.join(map(str, _STAY))}][1 + ({_hash(who, 30)} % {len(_STAY)})::INT]"
    rows = f"range(0, {rounded} * {APPOINTMENTS_EACH}) t(n)"
    to_come = _pick(("booked",) * 9 + ("cancelled",), "n", 2)
    happened = _pick(("fulfilled",) * 14 + ("arrived", "cancelled", "cancelled", "noshow", "booked"), "n", 3)
    return {
        "patients": f"""SELECT i::BIGINT AS patient_id,
            CASE WHEN {_hash("i", 1)} % 50 > 0 THEN {today} - {_age_in_days("i", 2)} END AS birth_on,
            {_pick(("female", "male") * 24 + ("unknown", "other"), "i", 3)} AS sex,
            {_hash("i", 4)} % 60 = 0 AS is_deceased, {none} AS deceased_on,
            CASE WHEN {_hash("i", 5)} % 40 = 0 THEN {_day(start, 3200, "i", 6)} END AS left_practice_on,
            CAST(NULL AS BIGINT) AS merged_into_id, (1 + {_hash("i", 7)} % 5)::BIGINT AS home_location_id,
            ({_hash("i", 8)} % 500000)::BIGINT AS value_cents,
            {_pick(("",) * 98 + ("|hospice|", "|edentulous|"), "i", 9)} AS exclusions
            FROM {people}""",
        "appointments": f"""SELECT n::BIGINT AS appointment_id, {who}::BIGINT AS patient_id,
            {_pick(_TYPES, "n", 1)} AS visit_type,
            CASE WHEN on_day > {today} THEN {to_come} ELSE {happened} END AS status,
            on_day AS starts_on, on_day - ({_hash("n", 4)} % 120)::INT AS booked_on,
            CASE WHEN {_hash("n", 5)} % 3 > 0 THEN on_day - ({_hash("n", 6)} % 20)::INT END AS cancelled_on,
            {_pick(("patient", "clinic", ""), "n", 7)} AS cancelled_by,
            (1 + {_hash("n", 8)} % 5)::BIGINT AS location_id
            FROM (SELECT n, {_day(start, stay, "n", 9)} AS on_day FROM {rows}) t(n, on_day)
            WHERE {who} <= {patients}""",
        "visits": f"""SELECT {who}::BIGINT AS patient_id, {_pick(_TYPES, "n", 1)} AS visit_type,
            least({_day(start, stay, "n", 9)}, {today}) AS visited_on
            FROM {rows} WHERE n % 5 = 0 AND {who} <= {patients}""",
        "procedures": f"""SELECT i::BIGINT AS patient_id, {_pick(_PROCEDURES, "i", 20)} AS kind,
            {_day(start, 2880, "i", 21)} AS performed_on FROM {people}""",
        "conditions": f"""SELECT i::BIGINT AS patient_id, {_pick(_CONDITIONS, "i", 22)} AS kind,
            CASE WHEN i % 4 > 0 THEN {_day(start, 2800, "i", 23)} END AS onset_on,
            CASE WHEN i % 9 = 0 THEN {_day(start, 3200, "i", 24)} END AS abated_on
            FROM {people} WHERE {_hash("i", 25)} % 2 = 0""",
        "follow_ups": f"""SELECT i::BIGINT AS follow_up_id, i::BIGINT AS patient_id,
            {_pick(_TYPES, "i", 26)} AS visit_type, on_day AS recommended_on,
            on_day + ({_hash("i", 27)} % 200)::INT AS due_on
            FROM (SELECT i, {_day(start, 2880, "i", 28)} AS on_day FROM {people}) t(i, on_day)
            WHERE {_hash("i", 29)} % 3 = 0""",
    }
