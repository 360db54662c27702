"""Every address of the program."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

from portal import health
from portal.api.gateway.schema import document as gateway_document
from portal.api.v1 import tokens
from portal.api.v1.schema import document as v1_document
from portal.api.v3.schema import document as v3_document
from portal.home import home
from portal.styleguide import show_problem, styleguide

urlpatterns = [
    path("", home, name="home"),
    path("orders/", include("orders.urls")),
    path("patients/", include("orders.patient_urls")),
    path("studies/", include("orders.study_urls")),
    path("reviews/", include("orders.review_urls")),
    path("referrals/", include("orders.referral_urls")),
    path("team/", include("organisations.team_urls")),
    path("developers/", include("portal.developers.urls")),
    path("sandbox/", include("portal.sandbox.urls")),
    path("admin/", admin.site.urls),
    path("", include("portal.sign_in.urls")),
    path("help/", TemplateView.as_view(template_name="help.html"), name="help"),
    path("styleguide/", styleguide, name="styleguide"),
    path("styleguide/<slug:problem>/", show_problem, name="styleguide_problem"),
    path("oauth2/token", tokens.Token.as_view(), name="token"),
    path(".well-known/openid-configuration", tokens.Configuration.as_view(), name="configuration"),
    path("v1/openapi.json", v1_document.Document.as_view(), name="v1_schema"),
    path("v1/", include("portal.api.v1.urls")),
    path("api/v3/openapi.json", v3_document.Document.as_view(), name="v3_schema"),
    path("api/v3/", include("portal.api.v3.urls")),
    path("gateway/v1/openapi.json", gateway_document.Document.as_view(), name="gateway_schema"),
    path("gateway/v1/", include("portal.api.gateway.urls")),
    path("docs/v1/", v1_document.ReferencePage.as_view(), name="v1_reference"),
    path("docs/v3/", v3_document.ReferencePage.as_view(), name="v3_reference"),
    path("docs/gateway/", gateway_document.ReferencePage.as_view(), name="gateway_reference"),
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.Ready.as_view(), name="ready"),
]

handler400 = "portal.faults.bad_request"
handler403 = "portal.faults.not_allowed"
handler404 = "portal.faults.not_found"
handler500 = "portal.faults.failed"
