"""The addresses of the staff pages about patients. Ids in them are public ones."""

from django.urls import path

from orders.views import (
    patients,
    patients_changes,
    patients_record,
    patients_register,
    supplies,
)

app_name = "patients"

urlpatterns = [
    path("", patients.patient_list, name="list"),
    path("new/", patients_register.register, name="register"),
    path("<uuid:patient_id>/", patients_record.patient_page, name="patient"),
    path("<uuid:patient_id>/edit/", patients_changes.edit, name="edit"),
    path("<uuid:patient_id>/archive/", patients_changes.archive, name="archive"),
    path("<uuid:patient_id>/restore/", patients_changes.restore, name="restore"),
    path("<uuid:patient_id>/order/", patients_record.order_for, name="order"),
    path("<uuid:patient_id>/supplies/", supplies.supplies_for, name="supplies"),
    path("<uuid:patient_id>/compare/<uuid:other_id>/", patients_record.compare, name="compare"),
]
