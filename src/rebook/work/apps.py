from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "rebook.work"
    label = "work"
