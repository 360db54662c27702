"""The form in which staff type an address; what an address is, is in `foundation.addresses`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from foundation.addresses import LINE_LENGTH, Address
from foundation.fields import PlainTextField, PostcodeField
from foundation.forms import StaffForm


class AddressForm(StaffForm):
    """Where a parcel goes. The country is the organisation's and is not asked for."""

    line_1 = PlainTextField(label="Address line 1", max_length=LINE_LENGTH)
    line_2 = PlainTextField(label="Address line 2", max_length=LINE_LENGTH, required=False)
    line_3 = PlainTextField(label="Address line 3", max_length=LINE_LENGTH, required=False)
    city = PlainTextField(
        label="Town or city",
        max_length=LINE_LENGTH,
        widget=forms.TextInput({"class": "width-20"}),
    )
    county = PlainTextField(
        label="County",
        max_length=LINE_LENGTH,
        required=False,
        help_text="Leave it empty for a city without a county, like London",
        widget=forms.TextInput({"class": "width-20"}),
    )
    postcode = PostcodeField(widget=forms.TextInput({"class": "width-10"}))

    missing: ClassVar[Mapping[str, str]] = {
        "line_1": "Enter the first line of the address, like the house number and street",
        "city": "Enter the town or city",
        "postcode": "Enter the postcode",
    }
    refusal_fields: ClassVar[Mapping[str, str]] = {
        "address": "line_1",
        "address.lines": "line_1",
        "address.city": "city",
        "address.county": "county",
        "address.postcode": "postcode",
    }

    def __init__(self, *args: Any, country_code: str = "GB", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country_code = country_code
        postcode = self.fields["postcode"]
        assert isinstance(postcode, PostcodeField)
        postcode.country = country_code
        if country_code != "GB":
            self.fields["county"].label = "County, state or region"
            postcode.label = "Postcode or ZIP code"

    def clean(self) -> dict[str, Any]:
        """What was left alone is not judged: programs may have brought what we would not take.

        An address must have a county on paper: a city without one is its own.
        """
        said = super().clean() or self.cleaned_data
        for name in self._left_alone():
            self.errors.pop(name, None)
            said[name] = self.initial[name]
        if "county" in said:
            said["county"] = said["county"] or said.get("city", "")
        return said

    def _left_alone(self) -> list[str]:
        """The filled boxes that nobody touched; of an address that was corrected, those that fit.

        The third box can hold several lines, and together they may be too long for one.
        """
        changed = set(self.changed_data) & set(AddressForm.base_fields)
        filled = [name for name in AddressForm.base_fields if self.initial.get(name)]
        return [
            name
            for name in filled
            if name not in changed and (not changed or len(self.initial[name]) <= LINE_LENGTH)
        ]

    @property
    def address(self) -> Address:
        """What a valid form says."""
        said = self.cleaned_data
        lines = (said["line_1"], said["line_2"], said["line_3"])
        return Address(
            lines=tuple(line for line in lines if line),
            city=said["city"],
            county=said["county"],
            postcode=said["postcode"],
            country_code=self.country_code,
        )

    @property
    def is_corrected(self) -> bool:
        """Whether a valid form means another address than the one it was filled with.

        Boxes that were left alone mean the same, however their text is tidied now.
        """
        shown = {name: self.initial.get(name) or "" for name in AddressForm.base_fields}
        shown["county"] = shown["county"] or shown["city"]
        return any(self.cleaned_data[name] != text for name, text in shown.items())

    @staticmethod
    def initial_from(address: Address) -> dict[str, str]:
        """The boxes filled from a known address; its fourth and later lines join the third."""
        first, second, *rest = (*address.lines, "", "")
        return {
            "line_1": first,
            "line_2": second,
            "line_3": ", ".join(line for line in rest if line),
            "city": address.city,
            "county": "" if address.county == address.city else address.county,
            "postcode": address.postcode,
        }
