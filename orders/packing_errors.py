"""Why something is not packed for an order, or cannot come home."""

from foundation.errors import Invalid


class NotReadyToPack(Invalid):
    code = "order_not_ready_to_pack"
    message = "This order is “{status}”: devices and kits are packed while it is ready to pack."


class NoRoomInOrder(Invalid):
    code = "no_room_in_order"
    message = "This order needs no more of {what}."


class NotAllPacked(Invalid):
    code = "not_all_packed"
    message = "A device that this order needs is still on the shelf: pack {what} first."


class DeviceIsElsewhere(Invalid):
    code = "device_is_elsewhere"
    message = "Device {number} does not lie where this order was promised its {what}."


class DeviceNotInOrder(Invalid):
    code = "device_not_in_order"
    message = "This device is not packed for this order."


class PackedKitNotInOrder(Invalid):
    code = "packed_kit_not_in_order"
    message = "This kit is not packed for this order."


class DeviceIsNotOut(Invalid):
    code = "device_is_not_out"
    message = "The device is “{status}”, so it cannot come back."


class PackedKitIsNotOut(Invalid):
    code = "packed_kit_is_not_out"
    message = "The packed kit is “{status}”, so it cannot come back."
