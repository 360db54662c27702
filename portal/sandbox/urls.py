"""The addresses of the sandbox's buttons. Ids in them are public ones."""

from django.urls import path

from portal.sandbox import pages

app_name = "sandbox"

urlpatterns = [
    path("orders/<uuid:order_id>/", pages.play_order, name="order"),
    path("studies/<uuid:study_id>/", pages.play_study, name="study"),
]
