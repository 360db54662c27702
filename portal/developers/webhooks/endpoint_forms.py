"""What is asked about webhook endpoints."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from django import forms

from foundation.fields import PlainTextField
from foundation.forms import StaffForm
from foundation.once import OnceForm
from portal.api.wordings import WORDINGS
from portal.developers.webhooks.endpoint_words import kind_words
from webhooks.endpoints import LONGEST_TOKEN, EndpointWanted
from webhooks.models import Dialect, WebhookEndpoint
from webhooks.models.endpoints import URL_LENGTH

FROM_THE_LIST: Final = "Select the events from the list"
AS_IT_IS: Final = {"spellcheck": "false", "autocapitalize": "none"}


class BearerField(PlainTextField):
    """A token of the receiver's own."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(AS_IT_IS)
        super().__init__(
            label="Bearer token",
            required=False,
            max_length=LONGEST_TOKEN,
            widget=widget,
            **kwargs,
        )


class EndpointForm(StaffForm):
    """Where is posted to, and what is told."""

    url = PlainTextField(
        label="Address",
        max_length=URL_LENGTH,
        help_text="The full address, beginning with https://. Every message is posted to exactly"
        " this address: nothing is added to it",
        widget=forms.TextInput({"inputmode": "url", **AS_IT_IS}),
    )
    kinds = forms.MultipleChoiceField(
        label="Events",
        help_text="What it is told of",
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(("invalid_choice", "invalid_list"), FROM_THE_LIST),
    )

    missing: ClassVar[Mapping[str, str]] = {
        "url": "Enter the whole address, beginning with https://",
        "kinds": "Choose at least one kind of event",
    }
    refusal_fields: ClassVar[Mapping[str, str]] = {
        "url": "url",
        "kinds": "kinds",
        "bearer": "bearer",
    }

    def offer(self, dialects: Iterable[Dialect]) -> None:
        """Let everything be chosen that one of the dialects has a word for."""
        field = self.fields["kinds"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = kind_choices(dialects)


class NewEndpointForm(OnceForm, EndpointForm):
    """An endpoint that is not there yet. Where there is but one API it is not asked for."""

    dialect = forms.ChoiceField(label="API", widget=forms.RadioSelect)
    bearer = BearerField(
        help_text="If your receiver asks for one. It is sent with every message, as"
        " “Authorization: Bearer …”"
    )

    missing: ClassVar[Mapping[str, str]] = {**EndpointForm.missing, "dialect": "Choose the API"}
    field_order = ("url", "dialect", "kinds", "bearer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dialects = list(WORDINGS)
        usual = {kind for wording in WORDINGS.values() for kind in wording.usual}
        self.initial.setdefault("dialect", dialects[0])
        self.initial.setdefault("kinds", sorted(usual))
        self.offer(dialects)
        asked = self.fields["dialect"]
        assert isinstance(asked, forms.ChoiceField)
        asked.choices = [(dialect.value, dialect.label) for dialect in dialects]
        if len(dialects) == 1:
            del self.fields["dialect"]

    @property
    def wanted(self) -> EndpointWanted:
        said = self.cleaned_data
        return EndpointWanted(
            url=said["url"],
            dialect=Dialect(said.get("dialect") or self.initial["dialect"]),
            kinds=said["kinds"],
            bearer=said["bearer"],
        )


class ChangeEndpointForm(EndpointForm):
    """An endpoint as it is."""

    def __init__(self, *args: Any, endpoint: WebhookEndpoint, **kwargs: Any) -> None:
        initial = {"url": endpoint.url, "kinds": endpoint.kinds}
        super().__init__(*args, initial=initial, **kwargs)
        self.offer([Dialect(endpoint.dialect)])


class BearerForm(StaffForm):
    """Another bearer token, or none."""

    bearer = BearerField(help_text="Leave it empty to send none")

    refusal_fields: ClassVar[Mapping[str, str]] = {"bearer": "bearer"}


def kind_choices(dialects: Iterable[Dialect]) -> list[tuple[str, str]]:
    """Each kind of event in plain words, and the words of the dialects for it."""
    codes: dict[str, list[str]] = {}
    for dialect in dialects:
        for kind, code in WORDINGS[dialect].offered.items():
            codes.setdefault(kind, []).append(code)
    return [(kind, kind_words(kind, *said)) for kind, said in codes.items()]
