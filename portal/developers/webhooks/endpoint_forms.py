"""What is asked about webhook endpoints."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.http import HttpRequest

from foundation.fields import PlainTextField
from foundation.forms import StaffForm
from foundation.once import OnceForm
from portal.api.wordings import WORDINGS
from portal.developers.webhooks.endpoint_words import kind_words, type_words
from webhooks.endpoints import LONGEST_TOKEN, EndpointWanted
from webhooks.models import Dialect, WebhookEndpoint
from webhooks.models.endpoints import URL_LENGTH
from webhooks.wording import Wording

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

    def offer(self, dialect: Dialect) -> None:
        """Let everything be chosen that the dialect has a word for."""
        field = self.fields["kinds"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = kind_choices([dialect])


class DialectForm(StaffForm):
    """For which API a new endpoint is: what else is asked depends on it."""

    dialect = forms.ChoiceField(
        label="API",
        help_text="In its words the endpoint is told",
        widget=forms.RadioSelect,
        choices=[
            (Dialect.V1.value, "API v1: the events that you choose, of test orders"),
            (Dialect.V3.value, "API v3: one type of event, of orders, patients, devices and more"),
        ],
    )

    missing: ClassVar[Mapping[str, str]] = {"dialect": "Choose the API"}


class NewEndpointForm(OnceForm, EndpointForm):
    """An endpoint that is not there yet. What it is told of is asked in the way of its API: of one
    type, or of several kinds of events.
    """

    dialect = forms.CharField(widget=forms.HiddenInput)
    told_as = forms.ChoiceField(
        label="Type",
        help_text="It is told of this type only. For another, make another endpoint",
        error_messages={"invalid_choice": "Select the type from the list"},
    )
    bearer = BearerField(
        help_text="If your receiver asks for one. It is sent with every message, as"
        " “Authorization: Bearer …”"
    )

    missing: ClassVar[Mapping[str, str]] = {**EndpointForm.missing, "told_as": "Select the type"}
    field_order = ("url", "kinds", "told_as", "bearer")

    def __init__(self, *args: Any, dialect: Dialect, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = dialect
        self.initial.setdefault("dialect", dialect.value)
        wording = WORDINGS[dialect]
        if wording.types:
            del self.fields["kinds"]
            self._offer_types(wording)
        else:
            del self.fields["told_as"]
            self.initial.setdefault("kinds", sorted(wording.usual))
            self.offer(dialect)

    @property
    def wanted(self) -> EndpointWanted:
        said = self.cleaned_data
        return EndpointWanted(
            url=said["url"],
            dialect=self.chosen,
            kinds=said.get("kinds", ()),
            told_as=said.get("told_as", ""),
            bearer=said["bearer"],
        )

    def _offer_types(self, wording: Wording) -> None:
        field = self.fields["told_as"]
        assert isinstance(field, forms.ChoiceField)
        types = [(name, type_words(one)) for name, one in wording.types.items()]
        field.choices = [("", "Choose a type"), *types]


class ChangeEndpointForm(EndpointForm):
    """An endpoint as it is."""

    def __init__(self, *args: Any, endpoint: WebhookEndpoint, **kwargs: Any) -> None:
        initial = {"url": endpoint.url, "kinds": endpoint.kinds}
        super().__init__(*args, initial=initial, **kwargs)
        if WORDINGS[Dialect(endpoint.dialect)].types:
            del self.fields["kinds"]
        else:
            self.offer(Dialect(endpoint.dialect))

    @property
    def chosen_kinds(self) -> list[str]:
        """None for an endpoint that is told of one type, which stays."""
        return list(self.cleaned_data.get("kinds", ()))


class BearerForm(StaffForm):
    """Another bearer token, or none."""

    bearer = BearerField(help_text="Leave it empty to send none")

    refusal_fields: ClassVar[Mapping[str, str]] = {"bearer": "bearer"}


def dialect_asked(request: HttpRequest) -> Dialect | None:
    """Of which API the page asks the questions; None until one was chosen."""
    is_sent = request.method == "POST"
    said = request.POST if is_sent else request.GET
    name = str(said.get("dialect", ""))
    is_chosen = name in Dialect.values and ("once" in said or not is_sent)
    return Dialect(name) if is_chosen else None


def kind_choices(dialects: Iterable[Dialect]) -> list[tuple[str, str]]:
    """Each kind of event in plain words, and the words of the dialects for it."""
    codes: dict[str, list[str]] = {}
    for dialect in dialects:
        for kind, code in WORDINGS[dialect].offered.items():
            codes.setdefault(kind, []).append(code)
    return [(kind, kind_words(kind, *said)) for kind, said in codes.items()]
