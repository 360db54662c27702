"""The addresses of the gateway."""

from django.urls import path

from portal.api.gateway import simulating, views

app_name = "gateway"

urlpatterns = [
    path("activations", views.Activations.as_view(), name="activations"),
    path("studies/<uuid:study>", views.OneStudy.as_view(), name="study"),
    path(
        "studies/<uuid:study>/attempts/started",
        views.StartedAttempts.as_view(),
        name="started",
    ),
    path(
        "studies/<uuid:study>/attempts/completed",
        views.CompletedAttempts.as_view(),
        name="completed",
    ),
    path("simulate", simulating.Simulations.as_view(), name="simulate"),
]
