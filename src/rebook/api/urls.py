"""The REST API, inbound webhooks, health."""

from django.urls import URLPattern, URLResolver, path

from rebook.api.health import healthz
from rebook.api.v1 import api
from rebook.api.webhooks import inbound

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("in/<slug:channel>/<slug:key>", inbound, name="inbound"),
    path("api/v1/", api.urls),
]
