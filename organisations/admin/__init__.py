"""The admin of clinics, of people and of programs."""

from organisations.admin import accounts, machines, people

__all__ = ["accounts", "machines", "people"]
