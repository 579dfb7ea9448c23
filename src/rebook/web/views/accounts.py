"""Signing in, and choosing the practice to work for."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.views import LoginView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from rebook.accounts import read as accounts
from rebook.web.access import CHOSEN
from rebook.web.render import after, page


class SignInForm(LoginForm):
    """E-mail and password. The e-mail field carries the name that the lock counts wrong tries by."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs.update({"class": "form-control", "autofocus": True})
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["password"].widget.attrs.update({"class": "form-control"})
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""


class SignIn(LoginView):
    """allauth's sign-in (with its second step) behind the lock of django-axes."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"


@login_required
def choose_practice(request: HttpRequest) -> HttpResponse:
    """For people who work for more than one practice."""
    memberships = accounts.memberships_of(user_id=int(request.user.pk or 0))
    mine = {one.organisation_id: one.role for one in memberships}
    if request.method == "POST":
        chosen = request.POST.get("organisation", "")
        if chosen.isdecimal() and int(chosen) in mine:
            request.session[CHOSEN] = int(chosen)
            return after(request, "/")
    practices = [(one, mine[one.id]) for one in accounts.organisations() if one.id in mine]
    return page(request, "accounts/choose.html", practices=practices)
