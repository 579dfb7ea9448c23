"""Addresses of the patient pages, all under ``/p/<token>``."""

from django.urls import URLPattern, path, register_converter

from rebook.web.patient.views import booking, choices, identity, preferences, start


class Token:
    """22 characters; anything else is not even looked up."""

    regex = "[A-Za-z0-9_-]{16,64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Choice:
    """An answer other than booking."""

    regex = "|".join(choices.CHOICES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Token, "link_token")
register_converter(Choice, "patient_choice")

urlpatterns: list[URLPattern] = [
    path("<link_token:token>", start.start, name="patient_start"),
    path("<link_token:token>/times", start.times, name="patient_times"),
    path("<link_token:token>/check", identity.check, name="patient_check"),
    path("<link_token:token>/time", booking.choose_time, name="patient_time"),
    path("<link_token:token>/confirm", booking.confirm, name="patient_confirm"),
    path("<link_token:token>/visit", booking.visit, name="patient_visit"),
    path("<link_token:token>/visit.ics", booking.calendar_file, name="patient_calendar"),
    path("<link_token:token>/cancel", booking.cancel, name="patient_cancel"),
    path("<link_token:token>/cancelled", booking.cancelled, name="patient_cancelled"),
    path("<link_token:token>/preferences", preferences.preferences, name="patient_preferences"),
    path("<link_token:token>/preferences/kept", preferences.kept, name="patient_preferences_kept"),
    path("<link_token:token>/number", preferences.number, name="patient_number"),
    path("<link_token:token>/unsubscribe", choices.unsubscribe, name="patient_unsubscribe"),
    path("<link_token:token>/<patient_choice:choice>", choices.choose, name="patient_choice"),
    path("<link_token:token>/<patient_choice:choice>/done", choices.done, name="patient_done"),
]
