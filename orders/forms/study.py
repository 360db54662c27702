"""Questions about the study: for which organisation, how many nights, which sensors. What is
offered is what the organisation's product and its account allow.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError

from foundation.errors import Refusal
from foundation.fields import PlainTextField
from foundation.forms import StaffForm
from inventory.models import StudyKit
from orders.wanted import StudyWanted
from organisations.models import Organisation
from organisations.sensors import EmitOn, Sensor, in_words
from studies.references import REFERENCE_LENGTH, tidy_reference
from studies.wanted import OrganisationChosen, TermsWanted

RADIOS_AT_MOST: Final = 5
AS_ORGANISATION: Final = "organisation"


@dataclass(frozen=True)
class Offer:
    """What may be chosen."""

    most_nights: int
    sensor_sets: Sequence[tuple[str, ...]]


def offer_of(organisations: Iterable[Organisation]) -> Offer:
    """All that any of these can order, in one query."""
    asked = list(organisations)
    kits = StudyKit.objects.in_use().filter(product__in={one.product_id for one in asked})
    sets = {
        tuple(sensors)
        for product_id, sensors in kits.values_list("product_id", "sensors")
        if any(one.product_id == product_id and may_use(one, sensors) for one in asked)
    }
    return Offer(
        most_nights=max((one.product.most_nights for one in asked), default=0),
        sensor_sets=sorted(sets, key=len),
    )


def may_use(organisation: Organisation, sensors: Sequence[str]) -> bool:
    return Sensor.NECK in sensors and set(sensors) <= set(organisation.sensors_on_offer)


class OrganisationForm(StaffForm):
    """For which organisation, where that is asked on a page of its own."""

    organisation = forms.TypedChoiceField(
        label="Which organisation is the order for?", coerce=int, widget=forms.RadioSelect
    )

    missing: ClassVar[Mapping[str, str]] = {"organisation": "Select the organisation"}
    refusal_fields: ClassVar[Mapping[str, str]] = {"organisation": "organisation"}

    def __init__(self, *args: Any, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_choices(self.fields["organisation"], organisation_choices(organisations))


class StudyForm(StaffForm):
    """For one of `organisations`, which need their account and product along.

    When there is only one it is not asked for. Until one is chosen, everything is offered that any
    of them can order; with its answer the form offers what the chosen one can.
    """

    organisation = forms.TypedChoiceField(coerce=int, widget=forms.RadioSelect)
    nights = forms.TypedChoiceField(
        label="Number of nights", coerce=int, widget=forms.RadioSelect, choices=[]
    )
    sensors = forms.TypedChoiceField(
        label="Sensors",
        coerce=lambda key: tuple(key.split("+")),
        widget=forms.RadioSelect,
        choices=[],
    )
    emit_on = forms.ChoiceField(
        label="When should the result be sent?", initial=AS_ORGANISATION, widget=forms.RadioSelect
    )
    reference = PlainTextField(
        label="Order reference",
        max_length=REFERENCE_LENGTH,
        required=False,
        widget=forms.TextInput({"class": "width-20"}),
    )

    missing: ClassVar[Mapping[str, str]] = {
        "organisation": "Select the organisation",
        "nights": "Select the number of nights",
        "sensors": "Select the sensors",
        "emit_on": "Select when the result should be sent",
    }
    refusal_fields: ClassVar[Mapping[str, str]] = {
        "organisation": "organisation",
        "study.nights": "nights",
        "study.sensors": "sensors",
        "study.emit_on": "emit_on",
        "reference": "reference",
    }

    def __init__(
        self,
        *args: Any,
        organisations: Iterable[Organisation],
        our_reference: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = list(organisations)
        self.chosen = self._chosen()
        self.offer = self.offered_by([self.chosen] if self.chosen else self.organisations)
        self._offer_organisations()
        self._offer_nights()
        _set_choices(
            self.fields["sensors"], [(key_of(s), in_words(s)) for s in self.offer.sensor_sets]
        )
        _set_choices(self.fields["emit_on"], emit_choices(self.chosen))
        self._suggest()
        ours = f": {our_reference}" if our_reference else ""
        self.fields["reference"].help_text = f"Leave it empty and we make one{ours}"

    def offered_by(self, organisations: Iterable[Organisation]) -> Offer:
        return offer_of(organisations)

    def clean_reference(self) -> str | None:
        typed = self.cleaned_data["reference"]
        try:
            return tidy_reference(typed) if typed else None
        except Refusal as refusal:
            raise ValidationError(refusal.words, code=refusal.code) from None

    def wanted(self, *, phone_needed: bool, phone_asked: bool) -> StudyWanted:
        """What a valid form says, with the answers about the smartphone."""
        return StudyWanted(terms=self.terms, phone_needed=phone_needed, phone_asked=phone_asked)

    @property
    def terms(self) -> TermsWanted:
        """What a valid form says of the study itself."""
        assert self.chosen is not None, "a valid form names an organisation"
        said = self.cleaned_data
        emit_on = said["emit_on"]
        return TermsWanted(
            organisation=OrganisationChosen(self.chosen.pk),
            nights=said["nights"],
            sensors=said["sensors"],
            emit_on=None if emit_on == AS_ORGANISATION else EmitOn(emit_on),
        )

    def _chosen(self) -> Organisation | None:
        if len(self.organisations) == 1:
            return self.organisations[0]
        answer = self["organisation"].value() if self.is_bound else self.initial.get("organisation")
        return next((one for one in self.organisations if str(one.pk) == str(answer)), None)

    def _offer_organisations(self) -> None:
        if len(self.organisations) == 1:
            del self.fields["organisation"]
        else:
            _set_choices(self.fields["organisation"], organisation_choices(self.organisations))

    def _offer_nights(self) -> None:
        most = self.offer.most_nights
        if most <= RADIOS_AT_MOST:
            choices = [(n, "1 night" if n == 1 else f"{n} nights") for n in range(1, most + 1)]
            _set_choices(self.fields["nights"], choices)
        else:
            self.fields["nights"] = many_nights(most)

    def _suggest(self) -> None:
        """The organisation's own settings, and whatever leaves no choice."""
        if not self.chosen:
            return
        sets = self.offer.sensor_sets
        sensors = tuple(self.chosen.default_sensors) or (sets[0] if len(sets) == 1 else ())
        self.initial.setdefault("nights", self.chosen.default_nights)
        self.initial.setdefault("sensors", key_of(sensors) if sensors in sets else None)


class SmartphoneForm(StaffForm):
    """Two real boxes, both empty until somebody ticks them."""

    asked = forms.BooleanField(
        label="I asked the patient whether they have a smartphone (Android or iOS)"
    )
    needed = forms.BooleanField(
        label="The patient needs a smartphone in the shipment",
        help_text="We review how often phones are requested",
        required=False,
    )

    missing: ClassVar[Mapping[str, str]] = {
        "asked": "Ask the patient whether they have a smartphone, then tick the box"
    }
    refusal_fields: ClassVar[Mapping[str, str]] = {
        "study.phone_asked": "asked",
        "study.phone_needed": "needed",
    }


def many_nights(most: int) -> forms.IntegerField:
    """More than can be listed is typed."""
    words = f"Enter how many nights, from 1 to {most}"
    return forms.IntegerField(
        label="Number of nights",
        help_text=f"From 1 to {most}",
        min_value=1,
        max_value=most,
        widget=forms.TextInput({"class": "width-3", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), words),
    )


def organisation_choices(organisations: Iterable[Organisation]) -> list[tuple[int, str]]:
    return [(one.pk, f"{one.name} ({one.reference})") for one in organisations]


def key_of(sensors: Iterable[str]) -> str:
    return "+".join(sensors)


def emit_choices(chosen: Organisation | None) -> list[tuple[str, str]]:
    own = f": {lower_first(EmitOn(chosen.emit_on).label)}" if chosen else ""
    return [(AS_ORGANISATION, f"As the organisation has set it{own}"), *EmitOn.choices]


def lower_first(words: str) -> str:
    return words[:1].lower() + words[1:]


def _set_choices(field: forms.Field, choices: Sequence[tuple[Any, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
