"""The addresses of API v3."""

from django.urls import path

from portal.api.v3 import catalogue, orders, patients, sites

app_name = "v3"

urlpatterns = [
    path("order", orders.Orders.as_view(), name="orders"),
    path("order/<int:order_id>", orders.OneOrder.as_view(), name="order"),
    path("patient", patients.Patients.as_view(), name="patients"),
    path("patient/find-by-email", patients.PatientByEmail.as_view(), name="patient_by_email"),
    path(
        # An identifier of a client may have a slash in it.
        "patient/identifier/<path:identifier>",
        patients.PatientByIdentifier.as_view(),
        name="patient_by_identifier",
    ),
    path("patient/<int:patient_id>", patients.OnePatient.as_view(), name="patient"),
    path("site", sites.Sites.as_view(), name="sites"),
    path("site/<int:site_id>", sites.OneSite.as_view(), name="site"),
    path("item", catalogue.Items.as_view(), name="items"),
    path("item/<int:item_id>", catalogue.OneItem.as_view(), name="item"),
    path("kit", catalogue.Kits.as_view(), name="kits"),
    path("kit/<int:kit_id>", catalogue.OneKit.as_view(), name="kit"),
    path("manufacturer", catalogue.Manufacturers.as_view(), name="manufacturers"),
    path(
        "manufacturer/<int:manufacturer_id>",
        catalogue.OneManufacturer.as_view(),
        name="manufacturer",
    ),
]
