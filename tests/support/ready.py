"""What a practice does once before its first campaign, so that a launch is not refused."""

from rebook.flow.outreach import ready
from rebook.flow.outreach.campaign_approvals import approve_campaign


def be_ready(organisation_id, *, now, actor="user:1"):
    """The inbox is staffed on weekdays, and the on-call clinician was reached just now."""
    of = {"organisation_id": organisation_id, "now": now, "actor": actor}
    ready.set_staffed_hours(**of, weekdays=[0, 1, 2, 3, 4], opens="08:00", closes="17:00")
    ready.set_on_call(**of, name="Dr On Call", phone="+12125550111")
    ready.note_on_call_tested(**of)


def sign_campaign(organisation_id, campaign_id, *, now, actor):
    """The campaign itself is signed off as it stands, by a member who may."""
    approve_campaign(organisation_id=organisation_id, campaign_id=campaign_id, now=now, actor=actor)
