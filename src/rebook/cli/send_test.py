"""``send-test``: a text, or every step of a campaign, to a member's own confirmed number or address."""

import secrets
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from rebook.accounts import read as accounts
from rebook.cli.campaign_plans import found_campaign, found_member, say
from rebook.cli.context import (
    EXIT_NO,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    refuse,
)
from rebook.core.outreach.own_contact import TESTABLE
from rebook.flow.outreach import own_contacts, texts
from rebook.flow.outreach.test_sends import Wanted, send_tests
from rebook.flow.outreach.test_sends_texts import steps_of_campaign, wanted_of_draft
from rebook.records.read.sent_tests import SentTestLine

NOT_SENT = frozenset({"refused", "held", "failed"})


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("send-test")(send_test)


def send_test(
    text: Annotated[str, typer.Argument(help="Key of the text, as due_visit.")] = "",
    to: Annotated[str, typer.Option(help="Name of the member of staff: it goes to nobody else.")] = "",
    campaign: Annotated[str, typer.Option(help="Every step of this campaign, by name or number.")] = "",
    channel: Annotated[str, typer.Option(help=f"One of {', '.join(TESTABLE)}.")] = "sms",
    language: Annotated[str, typer.Option(help="The practice's own when left out.")] = "",
    variant: Annotated[str, typer.Option(help="A test wording, b to d; the main text when left out.")] = "",
    longest: Annotated[bool, typer.Option("--longest", help="With the longest likely values.")] = False,
    keep: Annotated[str, typer.Option(help="Keep this as the member's own number; a code goes there.")] = "",
    keep_email: Annotated[
        bool, typer.Option("--keep-email", help="The same for the address they sign in with.")
    ] = False,
    code: Annotated[str, typer.Option(help="The code that came: from now on tests go there.")] = "",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Send a text to yourself, with an invented patient's values. Leaves with 1 when one was not sent."""
    practice = chosen_organisation(organisation)
    if not to:
        refuse("say --to, the name of the member of staff")
    if channel not in TESTABLE:
        refuse(f"--channel is one of {', '.join(TESTABLE)}: print a letter's sample from its page")
    if sum(map(bool, (text, campaign, keep, keep_email, code))) != 1:
        refuse("say one thing: a text, --campaign, --keep, --keep-email or --code")
    now = datetime.now(UTC)
    of: dict[str, Any] = {"organisation_id": practice.id, "user_id": found_member(practice, to), "now": now}
    kind = "email" if keep_email else channel
    if code:
        own = own_contacts.confirm_own(**of, channel=kind, code=code)
        say({"confirmed": True, "channel": own.channel}, f"Confirmed: tests go to {own.masked}.", as_json)
        return
    if keep or keep_email:
        lines: tuple[SentTestLine, ...] = (own_contacts.keep_own(**of, channel=kind, value=keep),)
    else:
        wanted = _wanted(
            practice, text, campaign, channel, language or practice.default_language, variant, longest
        )
        lines = send_tests(**of, wanted=wanted, press=secrets.token_hex(16))
    _answer(lines, as_json)
    if any(one.state in NOT_SENT for one in lines):
        raise typer.Exit(EXIT_NO)


def _wanted(
    practice: accounts.OrganisationView,
    text: str,
    campaign: str,
    channel: str,
    language: str,
    variant: str,
    longest: bool,
) -> list[Wanted]:
    values: Any = "longest" if longest else "usual"
    if campaign:
        number = found_campaign(practice, campaign)
        steps = steps_of_campaign(
            organisation_id=practice.id, campaign_id=number, language=language, values=values
        )
        found = [one.wanted for one in steps if one.wanted]
        return found or refuse(f"no step of this campaign can be sent in '{language}'")
    place = texts.Place(text, channel, language, variant)
    draft = texts.begin(texts.text_file(organisation_id=practice.id, place=place))
    return [wanted_of_draft(organisation_id=practice.id, draft=draft, values=values)]


def _answer(lines: tuple[SentTestLine, ...], as_json: bool) -> None:
    if as_json:
        answer_json(
            [
                {
                    "test": one.id,
                    "kind": one.kind,
                    "channel": one.channel,
                    "text": one.template_key,
                    "language": one.language,
                    "step": None if one.step_index is None else one.step_index + 1,
                    "content_hash": one.content_hash,
                    "state": one.state,
                    "reasons": [reason.as_json() for reason in one.reasons],
                }
                for one in lines
            ]
        )
        return
    rows = [[one.template_key, one.channel, one.language, one.state, _why(one)] for one in lines]
    answer_table("Tests", ["text", "by", "language", "state", "why"], rows)


def _why(one: SentTestLine) -> str:
    return "; ".join(reason.detail for reason in one.reasons) if one.state == "refused" else one.code
