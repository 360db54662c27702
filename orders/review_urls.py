"""The addresses of the pages on which results are reviewed. Ids in them are public ones."""

from django.urls import path

from orders.views import reviews

app_name = "reviews"

urlpatterns = [
    path("", reviews.review_list, name="list"),
    path("<uuid:study_id>/", reviews.review_page, name="review"),
    path(
        "<uuid:study_id>/nights/<int:night>/attempts/<int:attempt>/report/",
        reviews.report,
        name="report",
    ),
]
