"""The addresses of the staff pages about referrals. Ids in them are public ones."""

from django.urls import path

from orders.views import referrals

app_name = "referrals"

urlpatterns = [
    path("", referrals.referral_list, name="list"),
    path("<uuid:referral_id>/", referrals.referral_page, name="referral"),
    path("<uuid:referral_id>/reject/", referrals.reject, name="reject"),
]
