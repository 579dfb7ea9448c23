"""How good the linter is: how many bad messages it catches, and how many good ones it stops."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from rebook.core.channel import ChannelKind
from rebook.core.outreach.lint import Text, check
from rebook.core.outreach.lint_corpus import CorpusMessage
from rebook.core.outreach.lint_findings import Findings
from rebook.core.outreach.lint_wording import Wording

WordingOf = Callable[[str], Wording]


@dataclass(frozen=True, slots=True)
class Score:
    """``caught``: bad messages with a finding of a rule they are said to break; ``stopped``: with a problem.
    ``false_alarms``: good ones with a problem; ``warned``: with a warning only."""

    good: int
    bad: int
    caught: int
    stopped: int
    false_alarms: int
    warned: int
    missed: tuple[str, ...]
    alarmed: tuple[str, ...]

    @property
    def recall(self) -> float:
        return self.caught / self.bad if self.bad else 1.0

    @property
    def false_alarm_rate(self) -> float:
        return self.false_alarms / self.good if self.good else 0.0


def text_of(message: CorpusMessage, wording: Wording) -> Text:
    """A message of the corpus as the check takes it."""
    kinds = {"voicemail": "phone", "postcard": "letter"}
    spoken = message.channel == "voicemail"
    number = message.practice.phone
    bare = number.removeprefix("+1 ")
    area, first, last = bare.split(" ")
    ways = (number, f"{area}-{first}-{last}", f"({area}) {first}-{last}", f"{area}.{first}.{last}")
    return Text(
        body=f"## {wording.voicemail}\n{message.body}" if spoken else message.body,
        channel=cast(ChannelKind, kinds.get(message.channel, message.channel)),
        role="service" if message.is_service else "recall",
        practice_name=message.practice.name,
        subject=message.subject,
        names=(message.practice.name,),
        phone=next((one for one in ways if one in message.body), ways[1]),
        phones=ways,
        is_open=message.channel != "portal",
        own_hosts=frozenset({message.practice.host}),
        is_card=message.channel == "postcard",
    )


def findings_of(message: CorpusMessage, wording_of: WordingOf) -> Findings:
    wording = wording_of(message.language)
    return check(text_of(message, wording), wording)


def _plain(rule: str) -> str:
    """The rule that a softer one asks about."""
    return "private_detail" if rule == "look_private" else rule.removeprefix("look_")


def score(messages: Iterable[CorpusMessage], *, wording_of: WordingOf) -> Score:
    """Count over good and bad messages together. ``missed`` and ``alarmed`` are ids."""
    good = bad = caught = stopped = false_alarms = warned = 0
    missed: list[str] = []
    alarmed: list[str] = []
    for one in messages:
        found = findings_of(one, wording_of).found
        has_problem = any(each.is_problem for each in found)
        if one.breaks:
            bad += 1
            hit = bool({_plain(each.rule) for each in found} & set(one.breaks))
            caught, stopped = caught + hit, stopped + has_problem
            missed += [] if hit else [one.id]
        else:
            good += 1
            false_alarms, warned = false_alarms + has_problem, warned + (bool(found) and not has_problem)
            alarmed += [one.id] if has_problem else []
    return Score(good, bad, caught, stopped, false_alarms, warned, tuple(missed), tuple(alarmed))
