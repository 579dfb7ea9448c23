"""Who has to sign a text or a campaign, and whether what was signed still stands (R-A195, field note 3.21).

A sign-off is bound to the hash of what was shown. It stands until it is withdrawn, runs out, or what it was
given for changes. Pure: rows in, one answer with its reasons out.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from rebook.core.reasons import Reason

# "any" in what is needed: one signature of whichever of these.
SignOffRole = Literal["clinical", "compliance", "manager"]
SIGN_OFF_ROLES: tuple[SignOffRole, ...] = get_args(SignOffRole)
NEEDED_WORDS = (*SIGN_OFF_ROLES, "any")
# What a member of staff may sign as (R-A129).
ROLE_OF_STAFF: Mapping[str, SignOffRole] = {
    "clinician": "clinical",
    "compliance": "compliance",
    "manager": "manager",
}

# What weighs on the need for signatures: how grave the words or the list are.
Weight = Literal["ordinary", "clinical", "marketing"]
WEIGHTS: tuple[Weight, ...] = get_args(Weight)
SubjectKind = Literal["template", "campaign"]

State = Literal["approved", "missing", "changed", "expired", "withdrawn", "not_needed"]

DAYS_IN_FORCE = 365
MOST_DAYS = 3 * 365
LEAST_WORDS = 2
_DEFAULTS: Mapping[SubjectKind, Mapping[Weight, tuple[str, ...]]] = {
    "template": {"ordinary": ("any",), "clinical": ("any",), "marketing": ("compliance",)},
    "campaign": {
        "ordinary": ("any",),
        "clinical": ("clinical", "compliance"),
        "marketing": ("compliance", "manager"),
    },
}
_KEYS = {"template", "campaign", "days", "four_eyes", "phrases"}


class BadRules(ValueError):
    """The practice's approval settings do not hold together; the message names the field."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class ApprovalRules:
    """What the organisation asks for. ``days`` is how long a signature lasts; with ``four_eyes`` the writer
    cannot be the only one who signs. ``phrases`` by language may take each other's place in what carries no
    medical meaning (a subject, a button, a closing line) without a new signature (R-E56)."""

    template: Mapping[Weight, tuple[str, ...]] = field(default_factory=lambda: _DEFAULTS["template"])
    campaign: Mapping[Weight, tuple[str, ...]] = field(default_factory=lambda: _DEFAULTS["campaign"])
    days: int = DAYS_IN_FORCE
    four_eyes: bool = False
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def needed(self, kind: SubjectKind, weight: Weight) -> tuple[str, ...]:
        return (self.template if kind == "template" else self.campaign)[weight]

    def as_json(self) -> dict[str, Any]:
        return {
            "template": {key: list(words) for key, words in self.template.items()},
            "campaign": {key: list(words) for key, words in self.campaign.items()},
            "days": self.days,
            "four_eyes": self.four_eyes,
            "phrases": {key: list(words) for key, words in self.phrases.items()},
        }


def approval_rules(settings: Mapping[str, Any] | None) -> ApprovalRules:
    """The rules in ``organisation.settings["approvals"]``, the house's where it is silent.

    Raises ``BadRules`` naming the field that is wrong.
    """
    given = settings or {}
    if not isinstance(given, Mapping):
        raise BadRules("approvals: wants a table of settings")
    if strange := sorted(set(given) - _KEYS):
        raise BadRules(f"approvals.{strange[0]}: there is no such setting")
    days = given.get("days", DAYS_IN_FORCE)
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
        raise BadRules(f"approvals.days: wants 1 to {MOST_DAYS} days")
    if not isinstance(given.get("four_eyes", False), bool):
        raise BadRules("approvals.four_eyes: wants true or false")
    return ApprovalRules(
        template=_needs(given, "template"),
        campaign=_needs(given, "campaign"),
        days=days,
        four_eyes=given.get("four_eyes", False),
        phrases=_phrases(given.get("phrases", {})),
    )


def _needs(given: Mapping[str, Any], kind: SubjectKind) -> Mapping[Weight, tuple[str, ...]]:
    asked = given.get(kind, {})
    if not isinstance(asked, Mapping) or set(asked) - set(WEIGHTS):
        raise BadRules(f"approvals.{kind}: wants roles for {', '.join(WEIGHTS)}")
    found: dict[Weight, tuple[str, ...]] = dict(_DEFAULTS[kind])
    for weight, words in asked.items():
        if not isinstance(words, list | tuple) or set(words) - set(NEEDED_WORDS):
            raise BadRules(f"approvals.{kind}.{weight}: wants a list of {', '.join(NEEDED_WORDS)}")
        # A text without any signature never goes out.
        if kind == "template" and not words:
            raise BadRules(f"approvals.{kind}.{weight}: a text needs one signature at least")
        found[weight] = tuple(dict.fromkeys(words))
    return found


def _phrases(value: Any) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, Mapping) or not all(
        isinstance(words, list | tuple) and all(isinstance(one, str) for one in words)
        for words in value.values()
    ):
        raise BadRules("approvals.phrases: wants a list of phrases for each language")
    for language, words in value.items():
        # A single word may stand anywhere, and mean anything there.
        if short := next((one for one in words if len(one.split()) < LEAST_WORDS), None):
            raise BadRules(f"approvals.phrases.{language}: '{short[:40]}' wants {LEAST_WORDS} words at least")
    return {str(key): tuple(dict.fromkeys(one.strip() for one in words)) for key, words in value.items()}


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: who ``by`` ("user:7"), as what, for which content, until when."""

    role: str
    by: str
    at: datetime
    expires_at: datetime
    content_hash: str
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a text or campaign stands. ``missing`` says all that is wanting; ``expires_at`` is the first day
    on which a needed signature runs out, None unless approved. ``signed`` are the signatures that count."""

    state: State
    missing: tuple[Reason, ...] = ()
    expires_at: datetime | None = None
    signed: tuple[Signature, ...] = ()

    @property
    def is_approved(self) -> bool:
        return self.state in ("approved", "not_needed")


def standing(
    *,
    signatures: Iterable[Signature],
    needed: Collection[str],
    content_hash: str,
    now: datetime,
    writer: str = "",
    four_eyes: bool = False,
) -> Standing:
    """Whether the content as it stands has every signature it needs at ``now``.

    ``signatures``: all ever given under this text or campaign, for whatever content. ``writer``: who wrote it
    ("user:7"), empty when nobody at the practice did.
    """
    every = tuple(signatures)
    if not needed:
        return Standing("not_needed")
    mine = [one for one in every if one.content_hash == content_hash]
    valid = tuple(one for one in mine if one.revoked_at is None and now < one.expires_at)
    missing = [_wants(role) for role in needed if not _has(valid, role)]
    if not missing and four_eyes and writer and {one.by for one in valid} == {writer}:
        missing = [Reason("four_eyes", "written and signed by the same person: somebody else signs too")]
    if not missing:
        return Standing("approved", (), _ends(valid, needed), valid)
    return Standing(_why(every, mine, now), tuple(missing), None, valid)


def _has(valid: Collection[Signature], role: str) -> bool:
    return any(role in ("any", one.role) for one in valid)


def _wants(role: str) -> Reason:
    who = {
        "any": "a clinician, compliance or the manager",
        "clinical": "a clinician",
        "compliance": "compliance",
        "manager": "the manager",
    }
    return Reason(f"needs_{role}", f"{who[role]} has not signed it as it stands")


def _why(every: Collection[Signature], mine: Collection[Signature], now: datetime) -> State:
    """What became of it: signed and run out, taken back, signed before a change, or never signed."""
    if any(one.revoked_at is None and one.expires_at <= now for one in mine):
        return "expired"
    if mine and all(one.revoked_at is not None for one in mine):
        return "withdrawn"
    return "changed" if every and not mine else "missing"


def _ends(valid: Collection[Signature], needed: Collection[str]) -> datetime:
    """When the first need falls open: each holds as long as its longest signature."""
    lasts = [max(one.expires_at for one in valid if role in ("any", one.role)) for role in needed]
    return min(lasts)


def expires_at(*, signed_at: datetime, rules: ApprovalRules) -> datetime:
    return signed_at + timedelta(days=rules.days)
