"""Every rule of the linter: a text that breaks it, and its good neighbour, which differs in little else."""

import pytest

from rebook.core.outreach.lint import Text, check
from rebook.core.outreach.lint_findings import BUILT_IN
from rebook.packs.outreach import wording

PRACTICE = "Maple Dental"
PHONE = "312-555-0142"
HOSTS = frozenset({"maple.example"})
LINK = "https://maple.example/t"
END = {"en": "Reply STOP to end", "es": "Responda STOP para salir"}
WHY = {"en": "a visit is due.", "es": "le toca una visita."}


def found(body, *, language="en", channel="sms", subject="", **more):
    text = Text(
        body=body,
        channel=channel,
        role=more.pop("role", "recall"),
        practice_name=PRACTICE,
        subject=subject,
        names=more.pop("names", (PRACTICE,)),
        phone=PHONE,
        is_open=more.pop("is_open", channel not in ("phone", "portal")),
        own_hosts=HOSTS,
        **more,
    )
    return check(text, wording(language=language)).found


def rules(body, **more):
    return {one.rule for one in found(body, **more)}


def sms(middle, language="en"):
    """A text message that is right but for what stands in its middle."""
    return f"{PRACTICE}: {WHY[language]} {middle} {LINK} {END[language]}"


# (rule, bad, good) in the middle of a message that is right otherwise.
WORDS = {
    "en": [
        ("promotion", "Get a free exam.", "Feel free to call."),
        ("promotion", "Your visit is free.", "Times came free on Monday."),
        ("promotion", "A discount.", "We are across from Discount Tire and 20 Gift Avenue."),
        ("price", "At $5.", "See Dr. Price."),
        ("promotion", "Free check-up!", "There is free parking behind the house."),
        ("promotion", "20% off today.", "We are off Main Street."),
        ("promotion", "Use code BACK.", "The door code is gone."),
        ("promotion", "Win a bike.", "The window is open."),
        ("promotion", "We waive it.", "We wave to you."),
        ("promotion", "Earn rewards.", "Forward this to nobody."),
        ("promotion", "BOGO lenses.", "Lens times."),
        ("price", "Only $79.", "Only on Monday."),
        ("upsell", "Whitening, too.", "A white building."),
        ("third_party", "Sponsored by Acme.", "Written by Ann."),
        ("sales", "Don't miss out.", "Nothing is missed."),
        ("medical", "You need to come.", "You may come."),
        ("medical", "It's nothing.", "It is a nice day."),
        ("medical", "Your condition is known.", "Road conditions are fine."),
        ("instruction", "Stop taking the pills.", "Stop by any day."),
        ("instruction", "Double your dose.", "Double parking is fine."),
        ("blame", "You missed your visit.", "Your visit did not take place."),
        ("blame", "You failed to come.", "The lift failed today."),
        ("blame", "Do not neglect it.", "Do not worry about stairs."),
        ("collection", "You owe $85.", "You know us."),
        ("collection", "Past due.", "Due in May."),
        ("collection", "A balance is open.", "We are open."),
        ("internal", "You are inactive.", "Stay active."),
        ("internal", "Recall list.", "You may recall us."),
        ("urgency", "URGENT!", "If it is urgent, call 911."),
        ("urgency", "Book as soon as possible.", "We answer as soon as possible."),
        ("private_detail", "Your tonsillitis.", "Your visitors."),
        ("instruction", "Take them with food.", "Take them with you."),
        ("blame", "You missed your check-up.", "You missed our call."),
        ("medical", "You need to be seen.", "If you need a ride, call."),
        ("urgency", "Last chance.", "Last visit in May."),
        ("urgency", "Hurry!", "There is no hurry."),
        ("urgency", "Only 3 spots left.", "Three times on Monday."),
        ("promise", "Results guaranteed.", "We hope to see you."),
        ("promise", "It is painless.", "It is upstairs."),
        ("carrier", "CBD oil.", "Olive oil."),
        ("private_detail", "For your diabetes.", "For your calendar."),
        ("private_detail", "Bring your metformin.", "Bring your glasses."),
        ("private_detail", "About rosuvastatin.", "About next Saturday."),
        ("private_detail", "Your mammogram.", "Your visit."),
        ("private_detail", "Your labs are in.", "We are in."),
        ("private_detail", "The counseling visit.", "The next visit."),
        ("private_detail", "The HIV clinic.", "The clinic."),
        ("private_detail", "Your Botox.", "Your next step."),
        ("private_detail", "Root canal, part two.", "Part two of the plan."),
        ("private_detail", "In ApRiL: lisinopril.", "In April."),
        ("discouraged", "We miss you.", "We moved."),
        ("overdue", "It is overdue.", "It is due."),
        ("look_promotion", "All of it is at no cost.", "Nothing is lost."),
        ("look_medical", "Don't worry, come.", "Do come."),
        ("look_instruction", "Start using it.", "Start using our portal."),
        ("look_blame", "This is our third message.", "This is our third branch."),
        ("look_collection", "About your account.", "About the account page."),
        ("look_internal", "Bring your patient ID.", "Bring an ID."),
        ("look_urgency", "Answer right away.", "Answer when you like."),
        ("look_promise", "It was promised.", "As promised, a note."),
        ("look_private", "Your allergy.", "Your list of medications."),
        ("other_person", "Your son Leo, too.", "Your child, too."),
        ("other_person", "Mia and Leo Bell are due.", "Both are due."),
        ("stop_as_choice", "Reply YES or CANCEL.", "Reply YES."),
        ("stop_as_choice", "Reply UNSUBSCRIBE.", "To stop these notes, reply UNSUBSCRIBE."),
        ("empty_place", "Dear [First Name].", "Dear Ana."),
        ("empty_place", "Hi <<NAME>>.", "Hi Ana."),
        ("emoji", "See you \U0001f600", "See you :)"),
        ("shouting", "SEE YOU THERE SOON", "See you there soon"),
        ("exclamation", "Hello!! Come!", "Hello! Come."),
        ("mixed_script", "Bоok it.", "Book it."),
        ("control_character", "Book\u200b it.", "Book it."),
        ("empty_place", "With Dr. .", "With Dr. Lee."),
        ("foreign_phone", "Call 312-555-0199.", f"Call {PHONE}."),
        ("bad_phone", "Call 312-555-01.", "Since 2019-03-04."),
    ],
    "es": [
        ("promotion", "Examen gratis.", "Grato saludo."),
        ("promotion", "20% de descuento.", "20 de mayo."),
        ("promotion", "Dos por uno.", "Dos horas libres."),
        ("promotion", "Un regalo.", "Con el Dr. Regalado."),
        ("urgency", "Es peligroso.", "En la calle Peligros 6."),
        ("price", "Por $79.", "Por la tarde."),
        ("upsell", "Blanqueamiento.", "Edificio blanco."),
        ("third_party", "Patrocinado por Acme.", "Escrito por Ana."),
        ("sales", "No se lo pierda.", "Nada se pierde."),
        ("medical", "Usted necesita venir.", "Usted puede venir."),
        ("medical", "No es nada.", "Nada cambia."),
        ("instruction", "Deje de tomar eso.", "Deje un mensaje."),
        ("blame", "Usted faltó a su cita.", "Su cita no se dio."),
        ("collection", "Saldo pendiente.", "Saludo."),
        ("internal", "Paciente inactivo.", "Actividad."),
        ("urgency", "Es urgente.", "Cuando guste."),
        ("urgency", "Última oportunidad.", "Última visita en mayo."),
        ("promise", "Garantizado.", "Le esperamos."),
        ("carrier", "Casino.", "Cocina."),
        ("private_detail", "Control de diabetes.", "Control de agenda."),
        ("private_detail", "Su DIU.", "Su visita."),
        ("private_detail", "La presion.", "La puerta."),
        ("private_detail", "Mamografía.", "Mañana."),
        ("private_detail", "Losartán.", "Loza."),
        ("discouraged", "La extrañamos.", "Nos mudamos."),
        ("overdue", "Está atrasada.", "Está abierta."),
        ("look_promotion", "Sin costo para usted.", "Estacionamiento gratis."),
        ("look_medical", "No se preocupe.", "No se preocupa nadie."),
        ("look_collection", "Sobre su cuenta.", "Sobre su cuenta en la página."),
        ("look_urgency", "Hay un plazo.", "En una emergencia llame al 911."),
        ("look_promise", "Mejor cada vez.", "Cada vez que venga."),
        ("look_blame", "Es el tercer aviso.", "Es el tercer piso."),
        ("look_private", "Sus alergias.", "Su lista de medicinas."),
        ("other_person", "Su hijo Leo.", "Su hijo."),
        ("stop_as_choice", "Responda SI o CANCELAR.", "Responda SI."),
    ],
}
TABLE = [(language, *row) for language, rows in WORDS.items() for row in rows]


@pytest.mark.parametrize(("language", "rule", "bad", "good"), TABLE)
def test_a_rule_tells_a_text_from_its_good_neighbour(language, rule, bad, good):
    assert rule in rules(sms(bad, language), language=language)
    assert not rules(sms(good, language), language=language) - {"two_segments", "not_gsm7"}


# (rule, whole body, channel, more) and a good neighbour.
WHOLE = [
    ("no_sender", "A visit is due.", f"{PRACTICE}: a visit is due.", {}),
    ("no_reason", f"{PRACTICE}: tap here.", f"{PRACTICE}: a visit is due.", {}),
    ("no_opt_out", f"{PRACTICE}: a visit is due. stop2end", f"{PRACTICE}: a visit is due. {END['en']}", {}),
    ("no_next_step", f"{PRACTICE}: a visit is due.", f"{PRACTICE}: a visit is due. {LINK}", {}),
    (
        "many_choices",
        f"{PRACTICE}: visit due. Reply 1 now, 2 later, 3 never.",
        f"{PRACTICE}: visit due. Reply 1 now, 2 later.",
        {},
    ),
    ("empty", " ", f"{PRACTICE}: a visit is due.", {}),
    ("too_long", PRACTICE + " visit" * 60, PRACTICE + " visit" * 20, {}),
    ("not_gsm7", "“Book” it.", '"Book" it.', {}),
    ("two_segments", PRACTICE + " visit" * 30, PRACTICE + " visit" * 20, {}),
    ("unsafe_link", "See http://maple.example/a", "See https://maple.example/a", {}),
    ("foreign_link", "See https://mapl3.example/a", "See https://maple.example/a", {}),
    ("foreign_link", "See https://maple.example.evil.example/a", "See https://maple.example/a", {}),
    ("foreign_link", "See maple-book.com/a", "See https://maple.example/a", {}),
    ("raw_address", "See https://203.0.113.7/a", "See https://maple.example/a", {}),
    ("raw_address", "See https://[2001:db8::1]/a", "See https://maple.example/a", {}),
    ("link_credentials", "See https://maple.example@evil.example/", "See https://maple.example/a", {}),
    ("public_shortener", "See https://bit.ly/a", "See https://maple.example/a", {}),
    ("many_links", f"{LINK} {LINK}2", LINK, {}),
    ("link_in_subject", "Hello", "Hello", {"channel": "email", "subject": LINK}),
    ("no_subject", "Hello", "Hello", {"channel": "email"}),
    ("bad_subject", "Hello", "Hello", {"channel": "email", "subject": "a\nb"}),
    ("no_voicemail", "## Say\nHello", f"## Voicemail\n{PRACTICE}, {PHONE}", {"channel": "phone"}),
    ("no_number", f"## Voicemail\n{PRACTICE}", f"## Voicemail\n{PRACTICE}, {PHONE}", {"channel": "phone"}),
]


@pytest.mark.parametrize(("rule", "bad", "good", "more"), WHOLE)
def test_a_whole_text_is_told_from_its_neighbour(rule, bad, good, more):
    assert rule in rules(bad, **more)
    good_subject = {"subject": "A visit"} if "subject" in more or more.get("channel") == "email" else {}
    assert rule not in rules(good, **{**more, **good_subject})


def test_every_rule_has_a_row():
    told = {row[0] for row in WHOLE} | {row[0] for rows in WORDS.values() for row in rows}
    told |= {"reading_level"}
    known = set(BUILT_IN) | {rule.key for name in WORDS for rule in wording(language=name).rules}
    assert known - told == set()


def test_a_finding_says_where_why_and_what_instead():
    body = sms("Get a FREE exam.")
    one = next(one for one in found(body) if one.rule == "promotion")
    read = f"\n{body}"
    assert read[one.start : one.start + len(one.words)] == one.words == "FREE exam"
    assert one.is_problem
    assert (one.source, one.severity) == ("R-A112", "problem")
    assert "marketing" in one.why
    assert one.suggestion
    # What is kept and logged says the rule's word, never the text's.
    assert str(one).startswith(f"promotion: {one.why} (free ")


@pytest.mark.parametrize("word", ["BÓTOX", "botox", "BoTox", "bоtоx", "b\u00f3tox"])
def test_no_spelling_hides_a_word(word):
    assert "private_detail" in rules(sms(f"Your {word}."))


def test_a_private_detail_is_fine_where_nobody_else_reads():
    body = f"{PRACTICE}: your mammogram is due. {LINK}"
    assert "private_detail" in rules(body, channel="email", subject="A visit")
    assert rules(body, channel="portal") == set()


def test_what_names_the_practice_is_not_searched():
    body = f"Free Cancer Care: a visit is due. {LINK} {END['en']}"
    text = Text(body, "sms", "recall", "Free Cancer Care", names=("Free Cancer Care",), own_hosts=HOSTS)
    assert check(text, wording(language="en")).found == ()


def test_an_offer_may_stand_in_what_is_sent_as_marketing_and_nowhere_else():
    body = f"{PRACTICE}: 20% off for a visit. {LINK} {END['en']}"
    assert "promotion" in rules(body)
    assert rules(body, purpose="marketing") == set()
    assert "urgency" in rules(body.replace("20%", "Hurry, 20%"), purpose="marketing")


def test_a_generic_text_keeps_the_reason_to_itself():
    body = f"{PRACTICE}: please see {LINK} {END['en']}"
    assert rules(body) == {"no_reason"}
    assert rules(body, is_generic=True) == set()


def test_unknown_hosts_and_numbers_are_not_judged():
    text = Text("Call 312-555-0199 or https://x.example", "letter", "recall", PRACTICE)
    assert not {"foreign_link", "foreign_phone"} & {
        one.rule for one in check(text, wording(language="en")).found
    }


HARD = (
    "Pursuant to organizational continuity procedures, the undersigned representative respectfully requests "
    "acknowledgement of this communication and subsequent utilization of the electronic functionality."
)
EASY = (
    "It is time for a visit. You can pick a day on our page. If you would like to talk, call us. We are in "
    "from nine to five. We can help with a ride if you need one to get here. See you soon."
)


@pytest.mark.parametrize(("text", "is_hard"), [(HARD, True), (EASY.replace("need", "want"), False)])
def test_hard_words_are_told(text, is_hard):
    body = f"Dear Ana,\n\n{text}\n\n{text}\n\nCall {PHONE} about your visit.\n{PRACTICE}"
    assert ("reading_level" in rules(body, channel="letter")) == is_hard
