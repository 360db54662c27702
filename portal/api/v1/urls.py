"""The addresses of API v1."""

from django.urls import path

from portal.api.v1 import feed, views

app_name = "v1"

urlpatterns = [
    path("orders", views.Orders.as_view(), name="orders"),
    path("events", feed.Events.as_view(), name="events"),
    path("orders/<str:reference>", views.OneOrder.as_view(), name="order"),
]
