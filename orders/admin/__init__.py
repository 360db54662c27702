"""Orders in the admin: the list and the page of an order, its steps, and "Add order"."""

from orders.admin import page, phone_watch

__all__ = ["page", "phone_watch"]
