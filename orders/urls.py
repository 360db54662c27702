"""The addresses of the staff pages about orders. Ids in them are public ones."""

from django.urls import path

from orders.views import (
    changes,
    coming_back,
    export,
    listing,
    new_patient,
    order,
    patient_step,
    placing,
    saved,
    steps,
    supplies,
)

app_name = "orders"

urlpatterns = [
    path("", listing.order_list, name="list"),
    path("export/", export.export, name="export"),
    path("coming-back/", coming_back.coming_back, name="coming_back"),
    path("filters/", saved.filters, name="filters"),
    path("filters/new/", saved.new_filter, name="new_filter"),
    path("filters/<uuid:filter_id>/", saved.open_filter, name="open_filter"),
    path("filters/<uuid:filter_id>/rename/", saved.rename, name="rename_filter"),
    path("filters/<uuid:filter_id>/delete/", saved.delete, name="delete_filter"),
    path("new/", steps.new_order, name="new"),
    path("new/<uuid:draft_id>/", steps.go_on, name="go_on"),
    path("new/<uuid:draft_id>/patient/", patient_step.patient, name="patient"),
    path("new/<uuid:draft_id>/patient/new/", new_patient.new_patient, name="new_patient"),
    path("new/<uuid:draft_id>/patient/same/", new_patient.same_patient, name="same_patient"),
    path("new/<uuid:draft_id>/address/", steps.address, name="address"),
    path("new/<uuid:draft_id>/organisation/", steps.organisation, name="organisation"),
    path("new/<uuid:draft_id>/study/", steps.study, name="study"),
    path("new/<uuid:draft_id>/smartphone/", steps.smartphone, name="smartphone"),
    path("new/<uuid:draft_id>/check/", placing.check, name="check"),
    path("new/<uuid:draft_id>/placed/", placing.placed, name="placed"),
    path("new/<uuid:draft_id>/delete/", steps.discard, name="discard"),
    path("supplies/", supplies.new_supplies, name="new_supplies"),
    path("supplies/<uuid:draft_id>/", supplies.contents, name="supplies"),
    path("supplies/<uuid:draft_id>/recipient/", supplies.recipient, name="supplies_recipient"),
    path("supplies/<uuid:draft_id>/check/", supplies.check, name="supplies_check"),
    path("<uuid:order_id>/", order.order_page, name="order"),
    path("<uuid:order_id>/print/", order.order_print, name="print"),
    path("<uuid:order_id>/summary/", order.order_summary, name="summary"),
    path("<uuid:order_id>/contact/", changes.change_contact, name="contact"),
    path("<uuid:order_id>/address/", changes.change_address, name="change_address"),
    path("<uuid:order_id>/confirm-address/", changes.confirm, name="confirm_address"),
    path("<uuid:order_id>/cancel/", changes.cancel, name="cancel"),
    path("<uuid:order_id>/note/", changes.note, name="note"),
]
