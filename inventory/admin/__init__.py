"""The catalogue and the stock in the admin."""

from inventory.admin import catalogue, stock

__all__ = ["catalogue", "stock"]
