from typing import Any

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "rebook.web"
    label = "web"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        user_logged_in.connect(_note_sign_in, dispatch_uid="rebook.sign_in")


def _note_sign_in(sender: Any, user: Any, **_: Any) -> None:
    """A line in the trail of every practice the person works for (R-A124)."""
    from django.utils import timezone

    from rebook.accounts import read as accounts
    from rebook.flow import access

    for membership in accounts.memberships_of(user_id=user.pk):
        access.record_sign_in(
            organisation_id=membership.organisation_id, now=timezone.now(), actor=f"user:{user.pk}"
        )
