"""What the log of calls can be narrowed to. Every answer stands in the address: none is secret."""

from typing import Any, Final

from django import forms
from django.db import models

from foundation.text import has_unprintable

ANY: Final = ("", "Any")
CLASSES: Final = {"2": "2xx: done", "4": "4xx: refused", "5": "5xx: our fault"}
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
ID_LENGTH: Final = 64


class CallFilterForm(forms.Form):
    """`programs` are the names of those that may be chosen, by what an address calls them."""

    program = forms.ChoiceField(label="Made by", required=False)
    method = forms.ChoiceField(required=False, choices=[ANY, *((one, one) for one in METHODS)])
    status = forms.ChoiceField(required=False, choices=[ANY, *CLASSES.items()])
    request_id = forms.CharField(
        label="Request ID", required=False, widget=forms.TextInput({"autocomplete": "off"})
    )

    says_optional = False
    use_required_attribute = False

    def __init__(self, *args: Any, programs: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        program = self.fields["program"]
        assert isinstance(program, forms.ChoiceField)
        program.choices = [ANY, *programs.items()]

    @property
    def is_filled(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    @property
    def having(self) -> models.Q:
        """What calls must have; an answer that nobody could give here finds nothing."""
        if self.errors:
            return models.Q(pk__in=[])
        said, wanted = self.cleaned_data, models.Q()
        if said["method"]:
            wanted &= models.Q(method=said["method"])
        if said["status"]:
            first = int(said["status"]) * 100
            wanted &= models.Q(status__gte=first, status__lt=first + 100)
        if said["request_id"]:
            wanted &= models.Q(request_id=said["request_id"])
        return wanted

    def clean_request_id(self) -> str:
        text = str(self.cleaned_data["request_id"])
        if len(text) > ID_LENGTH or has_unprintable(text):
            raise forms.ValidationError("There is no such request ID")
        return text
