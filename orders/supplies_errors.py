"""Why an order of items and kits is refused (contracts/v3.md section 8)."""

from foundation.errors import Invalid


class ItemNotFound(Invalid):
    code = "item_not_found"
    message = "There is no such item in your catalogue."


class KitNotFound(Invalid):
    code = "kit_not_found"
    message = "There is no such kit in your catalogue."


class ItemNotOrderable(Invalid):
    code = "items_not_orderable"
    message = "This item cannot be ordered now. Order another."


class KitItemNotOrderable(Invalid):
    code = "item_not_orderable"
    message = "This kit holds an item that cannot be ordered now. Order another kit."


class KitArchived(Invalid):
    code = "kit_archived"
    message = "This kit is no longer offered. Order another."


class TwoLoanerKits(Invalid):
    code = "max_one_loaner_kit"
    message = "An order can hold one loaner kit only. Place a second order for the other."


class LoanerKitTwice(Invalid):
    code = "qty_over_one_loaner_kit"
    message = "An order can hold one loaner kit only. Order one of it."


class ReturnsWithLoanerKit(Invalid):
    code = "no_returns_with_loaner_kit"
    message = "A loaner kit comes back by itself. Place the return as one of its own."


class LoanerKitToSite(Invalid):
    code = "no_loaner_kit_to_site"
    message = "A loaner kit goes to a patient. Order it for one, not for a site."


class ShippingOptionMissing(Invalid):
    code = "shipping_option_missing"
    message = "Choose how the return label is shipped, or have it sent by e-mail."


class CountTooSmall(Invalid):
    code = "count_too_small"
    message = "Order at least one of each item and kit."


class StockMissing(Invalid):
    code = "insufficient_inventory"
    message = "No fulfilment centre has all of this now. Order less of it, or order it later."


class RecipientMissing(Invalid):
    code = "recipient_missing"
    message = "Say for which patient or for which site, and only one of them."


class LinesMissing(Invalid):
    code = "lines_missing"
    message = "Choose at least one item or kit."
