"""Why something is not done with stock, a device or a packed kit."""

from foundation.errors import Conflict, Invalid


class StockIsPromised(Invalid):
    code = "stock_is_promised"
    message = "{reserved} of these are promised to orders, so there cannot be fewer of them."


class NothingCounted(Invalid):
    code = "nothing_counted"
    message = "Enter how many there are, new or used."


class NotAPlaceForIt(Invalid):
    code = "not_a_place_for_it"
    message = "Choose a fulfilment centre, or a site of the owner."


class NotAFulfilmentCentre(Invalid):
    code = "not_a_fulfilment_centre"
    message = "Choose one of our fulfilment centres."


class DeviceNotFound(Invalid):
    code = "device_not_found"
    message = "There is no such device."


class PackedKitNotFound(Invalid):
    code = "packed_kit_not_found"
    message = "There is no such packed kit."


class DeviceStepNotAllowed(Invalid):
    code = "device_step_not_allowed"
    message = "{number} is “{status}” now and cannot become “{to}”."


class DevicesAreNotToldApart(Invalid):
    code = "devices_are_not_told_apart"
    message = "Devices of this item are not told apart: take them in as stock."


class IdentifierMissing(Invalid):
    code = "identifier_missing"
    message = "Enter the {type} of the device."


class IdentifierTaken(Conflict):
    code = "identifier_taken"
    message = "Another device has this {type}."


class DeviceNotAvailableAtSite(Invalid):
    code = "device_not_available_at_site"
    message = "The device is “{status}”: only one that is available at its site can be given out."


class DeviceNotWithPatient(Invalid):
    code = "device_not_with_patient"
    message = "The device is “{status}”: it is not with a patient."


class DeviceWithAnotherPatient(Invalid):
    code = "device_with_another_patient"
    message = "The device is not with this patient."


class DeviceNotAtCustomerSite(Invalid):
    code = "device_not_at_customer_site"
    message = "The device belongs to no site of the account, so it is sent back to us instead."


class DeviceIsInPackedKit(Invalid):
    code = "device_is_in_packed_kit"
    message = "The device is in a packed kit. Unlink the kit instead."


class ReadingsDisabledAlready(Invalid):
    code = "readings_disabled_already"
    message = "The readings of this device are disabled already."


class ReadingsNotDisabled(Invalid):
    code = "readings_not_disabled"
    message = "The readings of this device are not disabled."


class PackedKitNotAtSite(Invalid):
    code = "packed_kit_not_packed_at_site"
    message = "The packed kit is “{status}”: only one that is packed at its site can be given out."


class PackedKitNotWithPatient(Invalid):
    code = "packed_kit_not_with_patient"
    message = "The packed kit is “{status}”: it is not with a patient."


class PackedKitWithAnotherPatient(Invalid):
    code = "packed_kit_with_another_patient"
    message = "The packed kit is not with this patient."


class PackedKitNotAtCustomerSite(Invalid):
    code = "packed_kit_not_at_customer_site"
    message = "The packed kit belongs to no site of the account, so it is sent back to us instead."


class KitDevicesWrong(Invalid):
    code = "kit_devices_wrong"
    message = "Choose the devices that belong into this kit: {needed}."


class DeviceNotAtThisSite(Invalid):
    code = "device_not_at_this_site"
    message = "Device {number} is not available at this site."
