"""Advice before a launch: did a test of each text arrive since its words last changed?"""

from collections.abc import Mapping, Sequence

from rebook.core.channel import Channel
from rebook.core.outreach.campaign_readiness import ReadinessCheck
from rebook.core.outreach.message import Template
from rebook.core.outreach.own_contact import TESTABLE
from rebook.core.outreach.sent_test_state import ARRIVED, GONE_OUT
from rebook.core.reasons import Reason
from rebook.records.read.sent_tests import arrived_hashes


def received_check(
    *, organisation_id: int, texts: Sequence[Template], channels: Mapping[str, Channel]
) -> ReadinessCheck:
    """Only advice: a launch is never refused for it. One query for each channel.

    Arrived is what the channel reported as delivered; where it reports nothing, what it took. The hash binds
    a test to the words: a text that changed since has to be looked at again.
    """
    wanted = {
        kind: {one.content_hash for one in texts if one.channel == kind}
        for kind in TESTABLE
        if kind in channels
    }
    missing = total = 0
    for kind, hashes in wanted.items():
        states = ARRIVED if channels[kind].capabilities.reports_delivery else GONE_OUT
        seen = arrived_hashes(
            organisation_id=organisation_id, content_hashes=hashes, states=states, channel=kind
        )
        total, missing = total + len(hashes), missing + len(hashes - seen)
    says = "A test of each text arrived"
    if not total:
        return ReadinessCheck("test_received", "No text has to be tried: none is sent by text or e-mail")
    reasons: tuple[Reason, ...] = ()
    if missing:
        what = "its text has" if total == 1 else f"{missing} of its {total} texts have"
        note = f"{what} not arrived as a test since the words last changed: send them to yourself"
        reasons = (Reason("test_not_received", note),)
    return ReadinessCheck("test_received", says, reasons, "send_tests", only_noted=True)
