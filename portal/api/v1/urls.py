"""The addresses of API v1."""

from django.urls import path

from portal.api.v1 import views

app_name = "v1"

urlpatterns = [
    path("orders", views.Orders.as_view(), name="orders"),
    path("orders/<str:reference>", views.OneOrder.as_view(), name="order"),
]
