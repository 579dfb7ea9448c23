"""Root urls: staff pages at ``/``, patient pages at ``/p/``, API at ``/api/v1``, webhooks at ``/in/``."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("rebook.web.urls")),
    path("", include("rebook.api.urls")),
]

handler403 = "rebook.web.views.errors.not_allowed"
handler404 = "rebook.web.views.errors.not_found"
handler500 = "rebook.web.views.errors.broken"
