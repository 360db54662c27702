"""Why an order is refused, or a change to one."""

from foundation.errors import Conflict, Invalid, NotFound


class OrderNotFound(NotFound):
    code = "order_not_found"
    message = "There is no order with this reference."


class NoKitServes(Invalid):
    code = "no_kit_serves"
    message = "No kit is set up for these sensors. Ask your account manager."


class SmartphoneNotAsked(Invalid):
    code = "smartphone_not_asked"
    message = "Confirm that you asked the patient whether they have a smartphone."


class AddressMissing(Invalid):
    code = "address_missing"
    message = "Enter the address the kit goes to."


class StepNotAllowed(Invalid):
    code = "step_not_allowed"
    message = "An order that is “{status}” cannot become “{to}”."


class NotPossibleNow(StepNotAllowed):
    """The order's present state is not the one that this verb begins in."""

    code = "not_possible_now"
    message = "This order is “{status}”, so it cannot be {to} now."


class StepNotPossible(StepNotAllowed):
    """The button of a step that is not offered now."""

    code = "step_not_possible"
    message = "“{step}” is not possible now: the order is “{status}”."


class AlreadyShipped(StepNotAllowed):
    code = "already_shipped"
    message = "A parcel of this order has left, so the order can no longer be voided."


class NotCancellable(Invalid):
    code = "not_cancellable"
    message = "This order was sent for fulfilment, so it can no longer be cancelled."


class AddressFixed(Invalid):
    code = "sent_for_fulfilment"
    message = "This order was sent for fulfilment, so its address can no longer be changed."


class AddressHasChanged(Conflict):
    """Somebody else gave another address while this one was looked at."""

    code = "address_has_changed"
    message = "The address has changed since you opened this page. Check it again."


class ContactHasChanged(Conflict):
    """Somebody else gave other contact details while these were looked at."""

    code = "contact_has_changed"
    message = "The contact details have changed since you opened this page. Check them again."


class OrderIsOver(Invalid):
    code = "order_cancelled"
    message = "This order is “{status}”, so its address can no longer be changed."


class OrderIsCancelled(Invalid):
    code = "order_is_cancelled"
    message = "This order is cancelled already."


class OrderIsVoided(Invalid):
    code = "order_is_voided"
    message = "This order is voided already."


class ReasonMissing(Invalid):
    code = "reason_missing"
    message = "Say why."


class ShipmentIncomplete(Invalid):
    code = "tracking_missing"
    message = "Enter the carrier and the tracking number."


class NothingToChange(Invalid):
    code = "nothing_to_change"
    message = "Nothing to change was given."


class CannotChange(Invalid):
    """A member that is fixed from the beginning was given another value."""

    code = "cannot_change"
    message = "This was fixed at the beginning and cannot be changed."


class PhoneAlertNotFound(NotFound):
    code = "phone_alert_not_found"
    message = "There is no such phone alert."


class PhoneDecisionMissing(Invalid):
    code = "phone_decision_missing"
    message = "Write down what was decided."


class FilterNameTaken(Conflict):
    code = "filter_name_taken"
    message = "You already have a filter with this name. Choose another."


class FilterIsEmpty(Invalid):
    code = "filter_is_empty"
    message = "Choose at least one filter first, then save it."


class TooManyFilters(Invalid):
    code = "too_many_filters"
    message = "You have {most} saved filters. Delete one first."
