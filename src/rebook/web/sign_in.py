"""The part of allauth that staff use: sign in with a second factor, sign out, change the password.

Nobody signs up by themselves: people are added with `rebook init` and by the practice.
"""

from allauth.account import views as account
from django.urls import include, path

from rebook.web.views.accounts import SignIn

urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/second-step/", include("allauth.mfa.urls")),
]
