"""A postal address: the value that travels, and the columns that hold it."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

LINES_AT_MOST = 6
LINE_LENGTH = 255
NOTE_LENGTH = 1000


@dataclass(frozen=True, kw_only=True)
class Address:
    """One to six lines; `country` as given, `country_code` its ISO 3166-1 alpha-2 code if known."""

    lines: tuple[str, ...]
    city: str
    county: str
    postcode: str
    country: str = ""
    country_code: str = ""
    note: str = ""

    def as_columns(self) -> dict[str, Any]:
        return {
            "address_lines": list(self.lines),
            "city": self.city,
            "county": self.county,
            "postcode": self.postcode,
            "country": self.country,
            "country_code": self.country_code,
            "address_note": self.note,
        }

    def as_lines(self) -> list[str]:
        """As it is written on a parcel; London is not written twice."""
        county = "" if self.county == self.city else self.county
        rest = (self.city, county, self.postcode, self.country)
        return [*self.lines, *(part for part in rest if part)]


class AddressColumns(models.Model):
    """The columns of an address; a row without lines has none."""

    address_lines = ArrayField(
        models.CharField(max_length=LINE_LENGTH), default=list, blank=True, size=LINES_AT_MOST
    )
    city = models.CharField("town or city", max_length=LINE_LENGTH, blank=True)
    county = models.CharField("county or state", max_length=LINE_LENGTH, blank=True)
    postcode = models.CharField("postcode or ZIP", max_length=LINE_LENGTH, blank=True)
    country = models.CharField(max_length=LINE_LENGTH, blank=True)
    country_code = models.CharField(max_length=2, blank=True)
    address_note = models.CharField(max_length=NOTE_LENGTH, blank=True)

    class Meta:
        abstract = True

    @property
    def address(self) -> Address | None:
        if not self.address_lines:
            return None
        return Address(
            lines=tuple(self.address_lines),
            city=self.city,
            county=self.county,
            postcode=self.postcode,
            country=self.country,
            country_code=self.country_code,
            note=self.address_note,
        )

    def take_address(self, address: Address) -> list[str]:
        """Copy the address into the columns; returns their names for `update_fields`."""
        columns = address.as_columns()
        for name, value in columns.items():
            setattr(self, name, value)
        return list(columns)
