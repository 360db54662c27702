"""Why a return is refused, or a step of one."""

from foundation.errors import Invalid, NotFound


class ReturnNotFound(NotFound):
    code = "return_not_found"
    message = "There is no such return."


class ReturnStepNotAllowed(Invalid):
    code = "return_step_not_allowed"
    message = "A return that is “{status}” cannot become “{to}”."


class ReturnNotVoidable(Invalid):
    code = "return_not_voidable"
    message = "This return is “{status}”, so it can no longer be voided."


class ReturnOfNothing(Invalid):
    code = "return_of_nothing"
    message = "Say what comes back: at least one device, packed kit or item."


class EmailMissingForLabel(Invalid):
    code = "email_required_for_label"
    message = "The patient has no e-mail address, so the return label cannot be sent there."


class ReturnDeviceInKit(Invalid):
    code = "return_device_in_kit"
    message = "This device is inside one of the packed kits that come back. Leave it out."


class ReturnDeviceNotThere(Invalid):
    code = "return_device_not_with_recipient"
    message = "This device is not with the patient or at the site that it should come back from."


class ReturnPackedKitNotThere(Invalid):
    code = "return_packed_kit_not_with_recipient"
    message = "This kit is not with the patient or at the site that it should come back from."


class ReturnDeviceExpected(Invalid):
    code = "return_device_expected_already"
    message = "Another return waits for device {number} already."


class ReturnPackedKitExpected(Invalid):
    code = "return_packed_kit_expected_already"
    message = "Another return waits for packed kit {number} already."


class ReturnCountInvalid(Invalid):
    code = "return_item_count_invalid"
    message = "There are too many of this item."
