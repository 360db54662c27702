"""What is asked about webhook endpoints."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from django import forms

from foundation.fields import PlainTextField
from foundation.forms import StaffForm
from foundation.once import OnceForm
from portal.api.wordings import WORDINGS
from portal.developers.webhooks.endpoint_words import kind_words, type_words
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
    """An endpoint that is not there yet. What it is told of is asked in the way of its API: of one
    type, or of several kinds of events.
    """

    dialect = forms.ChoiceField(label="API", widget=forms.RadioSelect)
    told_as = forms.ChoiceField(
        label="Type of API v3",
        help_text="An endpoint of API v3 is told of one type. For API v1, leave this as it is",
        error_messages={"invalid_choice": "Select the type from the list"},
    )
    bearer = BearerField(
        help_text="If your receiver asks for one. It is sent with every message, as"
        " “Authorization: Bearer …”"
    )

    missing: ClassVar[Mapping[str, str]] = {
        **EndpointForm.missing,
        "dialect": "Choose the API",
        "told_as": "Select the type",
    }
    field_order = ("url", "dialect", "kinds", "told_as", "bearer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choosing = [dialect for dialect in WORDINGS if not WORDINGS[dialect].types]
        usual = {kind for dialect in choosing for kind in WORDINGS[dialect].usual}
        self.initial.setdefault("dialect", choosing[0])
        self.initial.setdefault("kinds", sorted(usual))
        self.fields["kinds"].label = "Events of API v1"
        self.fields["kinds"].help_text = "For API v3 they do not count"
        self.offer(choosing)
        self._choose("dialect", [(one.value, one.label) for one in WORDINGS])
        self._choose("told_as", [("", "Choose a type"), *type_choices()])
        self._ask_for_one_of_both()

    @property
    def wanted(self) -> EndpointWanted:
        said = self.cleaned_data
        return EndpointWanted(
            url=said["url"],
            dialect=Dialect(said["dialect"]),
            kinds=said["kinds"],
            told_as=said["told_as"],
            bearer=said["bearer"],
        )

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _ask_for_one_of_both(self) -> None:
        """The question of the API that is not chosen may stay without an answer."""
        if self.is_bound:
            having = [dialect.value for dialect in WORDINGS if WORDINGS[dialect].types]
            idle = "kinds" if self["dialect"].value() in having else "told_as"
            self.fields[idle].required = False


class ChangeEndpointForm(EndpointForm):
    """An endpoint as it is."""

    def __init__(self, *args: Any, endpoint: WebhookEndpoint, **kwargs: Any) -> None:
        initial = {"url": endpoint.url, "kinds": endpoint.kinds}
        super().__init__(*args, initial=initial, **kwargs)
        if WORDINGS[Dialect(endpoint.dialect)].types:
            del self.fields["kinds"]
        else:
            self.offer([Dialect(endpoint.dialect)])

    @property
    def chosen_kinds(self) -> list[str]:
        """None for an endpoint that is told of one type, which stays."""
        return list(self.cleaned_data.get("kinds", ()))


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


def type_choices() -> list[tuple[str, str]]:
    """Every type of every dialect that has some, in plain words and as it is called there."""
    return [
        (name, type_words(one))
        for wording in WORDINGS.values()
        for name, one in wording.types.items()
    ]
