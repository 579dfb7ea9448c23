"""What a simulated patient does with a message or a call. Pure: chance comes from the ``Random`` given."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Literal

from rebook.demo.world import Person

Act = Literal["book", "write", "press_stop", "press_not_now"]

WORDS = {
    "en": {
        "not_now": ("not now please, maybe next month", "im busy, try me in 3 weeks", "Not right now"),
        "question": ("Do you have anything on saturdays?", "where do I park?", "which doctor is this with"),
        "stop": ("STOP", "please stop texting me", "take me off your list", "unsubscribe"),
        "yes": ("yes please", "Yes, mornings work for me", "ok book me in"),
        "moved": ("We moved to Ohio last year", "I moved away, have a new doctor now"),
        "clinical": ("my tooth has been hurting since sunday", "I have had a fever for two days"),
        "call_me": ("can somebody call me", "please call me instead"),
        "cost": ("how much does it cost without insurance?",),
        "wrong": ("wrong number", "you have the wrong person", "who is this? not my name"),
        "died": ("She passed away in the spring", "my husband died last month"),
        "danger": ("I have chest pain and cant breathe",),
    },
    "es": {
        "not_now": ("ahora no, quizas el mes que viene", "Ahora no puedo"),
        "question": ("¿Tienen algo el sábado?", "¿dónde es?"),
        "stop": ("no me manden mas mensajes", "ALTO", "dejen de escribirme por favor"),
        "yes": ("sí por favor", "Si, por la mañana"),
        "moved": ("Nos mudamos a otro estado",),
        "clinical": ("me duele mucho la muela", "tengo fiebre desde ayer"),
        "call_me": ("me pueden llamar?",),
        "cost": ("¿cuánto cuesta sin seguro?",),
        "wrong": ("numero equivocado", "no soy esa persona"),
        "died": ("ella falleció en marzo",),
        "danger": ("tengo dolor en el pecho y no puedo respirar",),
    },
}


@dataclass(frozen=True, slots=True)
class Reaction:
    """What happens ``after`` a message: an act, and the words of a written one."""

    after: timedelta
    act: Act
    words: str = ""


@dataclass(frozen=True, slots=True)
class CallResult:
    """How a call ends, in the disposition words of the product; ``books`` when a time is wanted."""

    disposition: str
    barrier: str = ""
    books: bool = False


def react(person: Person, *, is_first: bool, random: Random) -> Reaction | None:
    """The reaction to one message, or None for silence."""
    words = WORDS["es" if person.language == "es" else "en"]
    soon = timedelta(minutes=random.randint(2, 240))
    if person.number_is_strangers:
        return Reaction(soon, "write", random.choice(words["wrong"])) if random.random() < 0.6 else None
    if person.died_unrecorded:
        return Reaction(soon, "write", random.choice(words["died"])) if random.random() < 0.5 else None
    if random.random() > person.habits.reads_text:
        return None
    if random.random() < 0.002:
        return Reaction(soon, "write", words["danger"][0])
    kind = person.habits.writes_back
    if is_first and kind:
        if kind == "not_now" and random.random() < 0.4:
            return Reaction(soon, "press_not_now")
        if kind == "stop" and random.random() < 0.3:
            return Reaction(soon, "press_stop")
        return Reaction(soon, "write", random.choice(words[kind]))
    if random.random() < person.habits.books_by_link * (1.0 if is_first else 0.6):
        return Reaction(soon, "book")
    return None


def answer_call(person: Person, *, random: Random) -> CallResult:
    """How one call to this person goes."""
    if person.number_is_strangers:
        return CallResult("wrong_number")
    if person.died_unrecorded:
        return CallResult("deceased")
    if random.random() > person.habits.answers_call:
        return CallResult(random.choice(("no_answer", "left_voicemail", "no_answer", "busy")))
    if random.random() < person.habits.agrees_on_call:
        return CallResult("booked", books=True)
    if person.habits.barrier:
        return CallResult("declined", barrier=person.habits.barrier)
    return CallResult("spoke_thinking")
