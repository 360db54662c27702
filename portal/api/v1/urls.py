"""The addresses of API v1."""

from django.urls import path

from portal.api.v1 import feed, orders, referrals, reports, studies

app_name = "v1"

urlpatterns = [
    path("orders", orders.Orders.as_view(), name="orders"),
    path("studies", studies.Studies.as_view(), name="studies"),
    path("referrals", referrals.Referrals.as_view(), name="referrals"),
    path("events", feed.Events.as_view(), name="events"),
    path("orders/<str:reference>", orders.OneOrder.as_view(), name="order"),
    path("studies/<str:reference>", studies.OneStudy.as_view(), name="study"),
    path("referrals/<str:reference>", referrals.OneReferral.as_view(), name="referral"),
    path("orders/<str:reference>/report", reports.OrderReport.as_view(), name="order_report"),
    path("studies/<str:reference>/report", reports.StudyReport.as_view(), name="study_report"),
    path(
        "referrals/<str:reference>/report",
        reports.ReferralReport.as_view(),
        name="referral_report",
    ),
]
