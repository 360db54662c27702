"""The addresses of API v3."""

from django.urls import path

from portal.api.v3 import (
    catalogue,
    devices,
    inventory,
    orders,
    packed_kits,
    patients,
    returns,
    sites,
    trials,
    webhook_logs,
    webhooks,
)

app_name = "v3"

urlpatterns = [
    path("order", orders.Orders.as_view(), name="orders"),
    path("order/<int:order_id>", orders.OneOrder.as_view(), name="order"),
    path("order/summary/<int:order_id>", orders.OrderSummary.as_view(), name="order_summary"),
    path("patient", patients.Patients.as_view(), name="patients"),
    path("patient/find-by-email", patients.PatientByEmail.as_view(), name="patient_by_email"),
    path(
        # An identifier of a client may have a slash in it.
        "patient/identifier/<path:identifier>",
        patients.PatientByIdentifier.as_view(),
        name="patient_by_identifier",
    ),
    path(
        "patient/disenroll/<int:patient_id>",
        patients.DisenrolledPatient.as_view(),
        name="disenroll_patient",
    ),
    path("patient/<int:patient_id>", patients.OnePatient.as_view(), name="patient"),
    path("inventory", inventory.Inventory.as_view(), name="inventory"),
    path("inventory/impilo", inventory.CentreInventory.as_view(), name="inventory_of_centres"),
    path("inventory/site", inventory.SiteInventory.as_view(), name="inventory_of_sites"),
    path("return", returns.Returns.as_view(), name="returns"),
    path("return/<int:return_id>", returns.OneReturn.as_view(), name="return"),
    path("site", sites.Sites.as_view(), name="sites"),
    path("site/<int:site_id>", sites.OneSite.as_view(), name="site"),
    path("item", catalogue.Items.as_view(), name="items"),
    path("item/<int:item_id>", catalogue.OneItem.as_view(), name="item"),
    path("kit", catalogue.Kits.as_view(), name="kits"),
    path("kit/associate-kit", packed_kits.Association.as_view(), name="link_kit"),
    path("kit/link-kit", packed_kits.Linking.as_view(), name="link_kit_too"),
    path("kit/dissociate-kit", packed_kits.Dissociation.as_view(), name="unlink_kit"),
    path("kit/<int:kit_id>", catalogue.OneKit.as_view(), name="kit"),
    path("device", devices.Devices.as_view(), name="devices"),
    path("device/associate-patient", devices.Association.as_view(), name="associate_device"),
    path(
        "device/disassociate-patient", devices.Disassociation.as_view(), name="disassociate_device"
    ),
    path("device/enable-readings", devices.EnablingReadings.as_view(), name="enable_readings"),
    path("device/disable-readings", devices.DisablingReadings.as_view(), name="disable_readings"),
    path(
        # As with patients, an identifier may have a slash in it.
        "device/validate/<path:device_identifier>",
        devices.Validation.as_view(),
        name="validate_device",
    ),
    path("device/<int:device_id>", devices.OneDevice.as_view(), name="device"),
    path("manufacturer", catalogue.Manufacturers.as_view(), name="manufacturers"),
    path(
        "manufacturer/<int:manufacturer_id>",
        catalogue.OneManufacturer.as_view(),
        name="manufacturer",
    ),
    path("webhook", webhooks.Webhooks.as_view(), name="webhooks"),
    path("webhook/logs", webhook_logs.WebhookLogs.as_view(), name="webhook_logs"),
    path("webhook/<int:webhook_id>", webhooks.OneWebhook.as_view(), name="webhook"),
    path("webhook-secret", webhooks.Secret.as_view(), name="webhook_secret"),
    *(path(f"test/{address}", trial.as_view()) for address, trial in trials.TRIALS.items()),
]
