"""A reason: the rule that spoke and the facts it saw. Every decision in Rebook carries some."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """``rule`` is a stable key ("quiet_hours"); ``detail`` is plain words with dates and ids, never names."""

    rule: str
    detail: str = ""

    def as_json(self) -> dict[str, str]:
        return {"rule": self.rule, "detail": self.detail}
