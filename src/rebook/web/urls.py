"""Staff pages at ``/``, patient pages at ``/p/<token>``."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from rebook.web.views import accounts

urlpatterns: list[URLPattern | URLResolver] = [
    path("practice/", accounts.choose_practice, name="choose_practice"),
    path("", include("rebook.web.sign_in")),
]

if find_spec("rebook.web.patient") and find_spec("rebook.web.patient.urls"):
    urlpatterns.append(path("p/", include("rebook.web.patient.urls")))
