"""Tables of offers, of messages that somebody else pays for, and of marketing by post."""

from typing import Any

from guard_cases import MARKETING, Case, Section, contact, said
from guard_tables_law import TO_EMAIL, living, under

from rebook.core.outreach.guard_views import OfferView
from rebook.core.outreach.law import ConsentRule, Law
from rebook.core.outreach.values import ContactView

GIFT = {"purpose": "marketing", "offer": OfferView(1000, is_approved=True), "payer_class": "self_pay"}


def gift(cents: int = 1000, payer: str = "self_pay", **more: Any) -> dict[str, Any]:
    offer = OfferView(cents, **({"is_approved": True} | more))
    return MARKETING | TO_EMAIL | {"offer": offer, "payer_class": payer}


OFFERS = Section(
    "Offers and paid messages",
    "An offer makes a message marketing. Never to those whom a federal programme insures or may insure; else "
    "only when compliance signed it, within $15 for one and $75 in a year (R-A110 to R-A119). What somebody "
    "else pays for needs an authorisation that says so (R-A95).",
    (
        Case("pays for themselves, signed by compliance", gift(), "allow"),
        Case("insured by an employer, signed", gift(payer="commercial"), "allow"),
        Case("not signed", gift(is_approved=False), "refuse", ("offer_refused",)),
        Case("insured by Medicare", gift(payer="medicare"), "refuse", ("offer_refused",)),
        Case("nobody knows who pays", gift(payer="unknown"), "refuse", ("offer_refused",)),
        Case("a word for the payer that nobody knows", gift(payer="plan_b"), "refuse", ("offer_refused",)),
        Case("in a recall", gift() | {"purpose": "treatment_recall"}, "refuse", ("offer_refused",)),
        Case("a gift card for any shop", gift(is_cash=True), "refuse", ("offer_refused",)),
        Case("worth $15", gift(1500), "allow"),
        Case("worth $15.01", gift(1501), "refuse", ("offer_refused",)),
        Case("worth $40, with a named exception", gift(4000, has_exception=True), "allow"),
        Case(
            "the sixth of $15 in a year",
            gift(1500) | {"offers_this_year_cents": 7500},
            "refuse",
            ("offer_refused",),
        ),
        Case("the fifth of $15 in a year", gift(1500) | {"offers_this_year_cents": 6000}, "allow"),
        Case(
            "an offer by text is marketing by text",
            gift() | {"channel": "sms", "contact": contact()["contact"]},
            "refuse",
            ("consent_missing",),
        ),
        Case(
            "paid by a maker of drugs",
            TO_EMAIL | {"is_paid_by_third_party": True},
            "refuse",
            ("paid_by_third_party",),
        ),
        Case(
            "paid, with an authorisation that says so",
            MARKETING
            | TO_EMAIL
            | {
                "is_paid_by_third_party": True,
                "consents": (said("granted", "email", purpose="marketing", evidence="authorisation"),),
            },
            "allow",
        ),
    ),
)

TEXAS = Law(
    "us",
    "test",
    (ConsentRule("marketing", "letter", "none", "commercial_with_opt_out"),),
    duties=("marketing_mail_in_plain_envelope", "marketing_mail_names_removal"),
)
POST = {"channel": "letter", "contact": ContactView("postal", "postal")}
TOLL_FREE = {"letter_names_toll_free": True}
MAIL_OF_MARKETING = Section(
    "Marketing by post",
    "Some places want it in an envelope that shows names and addresses only, with a toll-free number by "
    "which to be taken off the list (R-A106).",
    (
        Case("a toll-free number, in an envelope", MARKETING | POST | TOLL_FREE, "allow", **under(TEXAS)),
        Case(
            "on a card",
            MARKETING | POST | TOLL_FREE | {"letter_is_postcard": True},
            "refuse",
            ("marketing_mail",),
            **under(TEXAS),
        ),
        Case("no toll-free number", MARKETING | POST, "refuse", ("marketing_mail",), **under(TEXAS)),
        Case("no toll-free number, where no place wants it", MARKETING | POST, "allow"),
        Case("care by post, no toll-free number", POST, "allow", **under(TEXAS)),
        Case(
            "an offer makes it marketing",
            POST | {"offer": OfferView(500, is_approved=True), "payer_class": "self_pay"},
            "refuse",
            ("offer_refused", "marketing_mail"),
            **under(TEXAS),
        ),
        Case("somebody in Texas, by the files", MARKETING | POST | living("us-tx"), "refuse",
             ("marketing_mail",)),
    ),
)  # fmt: skip

SECTIONS = (OFFERS, MAIL_OF_MARKETING)
