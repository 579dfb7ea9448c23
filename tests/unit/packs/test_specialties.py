"""The specialty packs as they ship: whole, sourced, unsigned, in two languages; what a wrong one is told."""

import importlib.util
import re
from itertools import product
from pathlib import Path

import pytest

from rebook.core.outreach.sequence import TEMPLATE_OF_GAP_KIND, choose_sequence, template_for
from rebook.packs import outreach
from rebook.packs.gaps import SPECIALTIES, gap_definitions, pack_keys, read_gaps
from rebook.packs.loader import PackInvalid, parse_document
from rebook.packs.specialties import (
    all_specialties,
    declared_words,
    read_specialty,
    specialty,
    specialty_keys,
    visit_types,
    words_used,
)

ROOT = Path(__file__).resolve().parents[3]
ASKED_FOR = {
    *("primary_care", "paediatrics", "womens_health", "dental", "orthodontics", "eye", "dermatology"),
    *("aesthetics", "physiotherapy", "behavioural_health", "cardiology", "endocrine", "rheumatology"),
    "oncology_survivorship",
}
RULES = gap_definitions(pack_keys())
# R-C numbers that are no rule of a specialty, each told in the "about" of a pack.
TOLD = {24: "primary_care", 63: "primary_care", 64: "primary_care", 92: "dental", 31: "immunisation"}


def test_every_pack_asked_for_is_there():
    assert set(pack_keys()) >= ASKED_FOR
    assert specialty_keys() == pack_keys()
    assert len({one.called() for one in all_specialties()}) == len(pack_keys())


@pytest.mark.parametrize("key", specialty_keys())
def test_a_pack_is_whole(key):
    pack = specialty(key)
    assert set(pack.name) == {"en", "es"}
    assert pack.called("es") != pack.called("en") or key == "dental"
    assert len(pack.about) > 100
    assert pack.sources
    months = pack.tiers
    assert (
        months.slipping_months < months.dormant_months < months.long_lapsed_months < months.lost_after_months
    )
    assert 5 <= len(gap_definitions((key,))) <= 21
    # Nothing is declared that no rule uses.
    used = {word for one in gap_definitions((key,)) for word in words_used(one)}
    text = (SPECIALTIES / key / "gaps.toml").read_text(encoding="utf-8")
    for kind, word in pack.words:
        assert (kind, word) in used or f'"{word}"' in text, word
    assert {one.key for one in pack.visit_types} <= {word for kind, word in used if kind == "visit"}


@pytest.mark.parametrize("rule", RULES, ids=lambda one: one.key)
def test_a_rule_says_where_it_is_from_and_until_when_it_holds(rule):
    assert re.match(r"R-C\d+", rule.source)
    # An address, or the plain word that nobody has confirmed it.
    assert "http" in rule.source or "to be confirmed" in rule.source
    assert str(rule.valid_until) == "2027-11-21"
    assert rule.signed_off_by == ""
    assert set(rule.label) == {"en", "es"}
    assert rule.words("en") != rule.words("es")
    minutes = {one.key: one.minutes for one in specialty(rule.specialty).visit_types}
    assert rule.minutes == minutes[rule.visit_type]


def test_every_row_of_the_rules_has_its_rule_or_its_reason():
    text = " ".join(one.source for one in RULES)
    cited = {int(number) for number in re.findall(r"R-C(\d+)", text)}
    prevention = set(range(10, 27)) | {30, 33} | set(range(40, 66)) | set(range(70, 82)) | set(range(90, 110))
    assert prevention - cited - set(TOLD) == set()
    for number, pack in TOLD.items():
        assert f"R-C{number}" in specialty(pack).about, number


@pytest.mark.parametrize(
    ("better", "plainer"),
    [
        ("primary_care.medicare_wellness", "primary_care.annual_visit"),
        ("primary_care.diabetes_not_at_goal", "primary_care.diabetes_visit"),
        ("endocrine.diabetes_high", "endocrine.diabetes_not_at_goal"),
        ("paediatrics.yearly_checkup", "primary_care.well_child"),
        ("womens_health.mammogram", "primary_care.mammogram"),
        ("oncology_survivorship.breast_mammogram", "womens_health.mammogram"),
        ("oncology_survivorship.colorectal_colonoscopy", "primary_care.colorectal_screening"),
        ("dermatology.melanoma", "dermatology.skin_check"),
        ("eye.retinopathy", "eye.diabetic_eye"),
        ("cardiology.doac_kidney", "cardiology.doac"),
        ("dental.hygiene_high_risk", "dental.hygiene"),
    ],
)
def test_what_takes_the_place_of_what(better, plainer):
    assert plainer in next(one for one in RULES if one.key == better).supersedes


def test_a_rule_that_takes_a_place_is_for_somebody_in_particular():
    """A rule that applied to everybody would silence the plainer one for everybody."""
    for one in RULES:
        plain_age = one.min_age is not None or one.max_age is not None
        is_narrow = one.conditions or one.medications or one.eligible_when or plain_age
        assert not one.supersedes or is_narrow, one.key


def test_what_is_never_written_about():
    quiet = {one.key for one in RULES if one.outreach == "at_visit"}
    assert {
        "womens_health.chlamydia",
        "primary_care.mood_questionnaire",
        "paediatrics.mood_questionnaire",
        "primary_care.blood_pressure",
    } <= quiet
    for one in RULES:
        if any(
            word in one.key
            for word in ("prenatal", "postpartum", "chlamydia", "cervical", "lithium", "hiv", "prep")
        ):
            assert one.sensitivity, one.key
        if one.specialty in ("behavioural_health", "oncology_survivorship"):
            assert one.sensitivity, one.key
    part_2 = {one.key for one in RULES if "substance_use" in one.sensitivity}
    assert part_2 == {
        "behavioural_health.after_substance_emergency_7",
        "behavioural_health.after_substance_emergency_30",
        "behavioural_health.buprenorphine",
    }


def test_grave_rules_begin_with_a_person():
    for one in RULES:
        if one.risk_class >= 3 and one.outreach == "yes":
            assert one.first_channel == "phone", one.key
        if one.risk_class == 4:
            assert one.owner_role == "clinician", one.key
            assert one.max_delay_days == 1, one.key
    assert {one.risk_class for one in RULES if one.specialty == "aesthetics"} == {0, 1}


@pytest.mark.parametrize("key", specialty_keys())
def test_every_class_and_kind_has_a_plan_that_does_not_end_silently(key):
    plans = outreach.sequences(key)
    kinds = [*TEMPLATE_OF_GAP_KIND, "report_missing"]
    for kind, risk_class in product(kinds, range(5)):
        plan = choose_sequence(plans.values(), gap_kind=kind, risk_class=risk_class)
        assert plan is not None, (kind, risk_class)
        assert all(step.fallbacks for step in plan.steps)
        for step in plan.steps:
            words = template_for(step, gap_kind=kind)
            assert (words, step.channel, "en") in outreach.templates(), (plan.key, words, step.channel)
        least = {0: 2, 1: 2, 2: 2 if kind != "interval" else 3, 3: 3 if kind != "interval" else 4, 4: 3}
        if kind != "waiting_list_match":
            assert len(plan.steps) >= least[risk_class], (plan.key, kind, risk_class)
        if kind == "interval" and risk_class >= 3:
            calls = [step for step in plan.steps if step.channel == "phone"]
            assert len(calls) >= 2
            assert plan.steps[0].channel == "phone"
            assert not plan.steps[0].preference_may_replace
            assert any(step.channel == "letter" for step in plan.steps)


def test_a_pack_may_take_the_plans_of_the_house_and_keep_its_own():
    plans = outreach.sequences("behavioural_health")
    written = [step for plan in plans.values() for step in plan.steps if step.channel != "phone"]
    assert {step.template_key for step in written} == {"please_call"}
    assert outreach.sequences("dental")["dental.check_up"].steps[0].template_key == "dental_visit"
    assert set(outreach.sequences("surgery")) >= {"surgery.routine", "surgery.close", "surgery.critical"}


def test_words_and_visit_types_of_a_practice_with_several_packs():
    words = declared_words(["dental", "primary_care"])
    assert words["condition", "periodontitis"].label["en"] == "gum disease, treated"
    assert words["exclusion", "limited_life_expectancy"].label["es"] == "esperanza de vida limitada"
    kinds = [one.key for one in visit_types(["eye", "dental", "eye"])]
    assert len(kinds) == len(set(kinds))
    assert specialty("dental").tiers.dormant_months == 24


def test_an_unknown_pack_is_told_the_known_ones():
    with pytest.raises(PackInvalid, match="there is no such pack; known: aesthetics, behavioural_health"):
        specialty("astrology")


GOOD = """name = { en = "Test", es = "Prueba" }
about = "for a test"
sources = ["R-C90"]

[tiers]
slipping_months = 6
dormant_months = 12
long_lapsed_months = 24
lost_after_months = 36

[[visit_type]]
key = "cleaning"
label = { en = "Cleaning", es = "Limpieza" }
minutes = 60

[[word]]
kind = "condition"
key = "gum_disease"
label = { en = "gum disease", es = "periodontitis" }
"""
RULE = """
[[gap]]
key = "cleaning"
label = { en = "cleaning", es = "limpieza" }
conditions = ["gum_disease"]
interval_months = 6
risk_class = 1
visit_type = "cleaning"
minutes = 60
source = "R-C90"
[[gap.last]]
visit_types = ["cleaning"]
"""


def read(text, rule=RULE, criteria=()):
    definitions = read_gaps(parse_document("gaps.toml", rule), pack="test")
    document = parse_document("pack.toml", text)
    return read_specialty(document, key="test", definitions=definitions, criteria=criteria)


def test_a_good_pack_is_read():
    pack = read(GOOD)
    assert pack.words["condition", "gum_disease"].label["es"] == "periodontitis"
    assert pack.visit_types[0].minutes == 60


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "words"),
    [
        ('name = { en = "Test", es = "Prueba" }', 'name = { en = "Test" }', 1, "name", "no words in 'es'"),
        ('about = "for a test"\n', "", 1, "about", "is missing"),
        ('about = "for a test"', 'about = "x"\ncolour = "red"', 3, "colour", "unknown field"),
        ("dormant_months = 12", "dormant_months = 6", 7, "dormant_months", "later than the one before"),
        ("slipping_months = 6", "slipping_months = 0", 6, "slipping_months", "later than the one before"),
        ("slipping_months = 6", "slipping_days = 6", 6, "slipping_days", "unknown field"),
        ("minutes = 60", "minutes = 0", 14, "minutes", "1 to 480"),
        ('es = "Limpieza"', 'fr = "Nettoyage"', 13, "label", "no words in 'es'"),
        ('kind = "condition"', 'kind = "illness"', 17, "kind", "must be one of condition"),
        ('key = "gum_disease"', 'key = ""', 18, "key", "empty or declared twice"),
        ("[[word]]", "[word]", 16, "word", "write each as [[word]]"),
        ('sources = ["R-C90"]', 'sources = "R-C90"', 3, "sources", "list of words"),
    ],
)
def test_a_wrong_pack_is_told_where(old, new, line, field, words):
    assert old in GOOD
    with pytest.raises(PackInvalid) as caught:
        read(GOOD.replace(old, new, 1))
    found = [(one.line, one.field, one.reason) for one in caught.value.errors]
    assert any((at, name) == (line, field) and words in why for at, name, why in found), found


def test_a_word_that_a_rule_uses_must_be_declared():
    with pytest.raises(PackInvalid, match="uses the condition 'sugar', which is not declared"):
        read(GOOD, RULE.replace("gum_disease", "sugar"))
    with pytest.raises(PackInvalid, match="uses the visit 'polish', which is not declared"):
        read(GOOD, RULE.replace('visit_types = ["cleaning"]', 'visit_types = ["polish"]'))
    criterion = {"any": [{"condition": "gum_disease"}, {"not": {"medication": "warfarin"}}]}
    with pytest.raises(PackInvalid, match="uses the medication 'warfarin', which is not declared"):
        read(GOOD, criteria=[criterion, None])


def test_the_page_of_packs_is_up_to_date():
    place = ROOT / "scripts" / "write_pack_reference.py"
    spec = importlib.util.spec_from_file_location("pack_reference", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.TARGET.read_text(encoding="utf-8") == module.render(), "run scripts/write_pack_reference.py"


def test_no_pack_file_holds_a_licensed_code():
    for path in (*SPECIALTIES.rglob("*.toml"), *(SPECIALTIES.parent / "house").glob("*.toml")):
        found = re.search(r"\b(?:9\d{4}|G0\d{3}|D\d{4})\b", path.read_text(encoding="utf-8"))
        assert found is None, (path, found)
