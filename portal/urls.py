"""Every address of the program."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

from portal import health, sign_in
from portal.api.v1 import tokens
from portal.home import home
from portal.styleguide import styleguide

urlpatterns = [
    path("", home, name="home"),
    path("orders/", include("orders.urls")),
    path("admin/", admin.site.urls),
    path("accounts/email/", sign_in.no_addresses_to_manage),
    path("accounts/", include("allauth.account.urls")),
    path("help/", TemplateView.as_view(template_name="help.html"), name="help"),
    path("styleguide/", styleguide, name="styleguide"),
    path("oauth2/token", tokens.Token.as_view(), name="token"),
    path(".well-known/openid-configuration", tokens.Configuration.as_view(), name="configuration"),
    path("v1/", include("portal.api.v1.urls")),
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.Ready.as_view(), name="ready"),
]

handler400 = "portal.faults.bad_request"
handler403 = "portal.faults.not_allowed"
handler404 = "portal.faults.not_found"
handler500 = "portal.faults.failed"
