"""Orders in the admin: the list and the page of an order, its steps, and "Add order"; and the
devices and packed kits, because orders take them out and bring them home.
"""

from orders.admin import devices, packed_kits, page, phone_watch, referrals, returns

__all__ = ["devices", "packed_kits", "page", "phone_watch", "referrals", "returns"]
