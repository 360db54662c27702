"""Finding the patient whom something is for, among those of one account: by a name or a reference
that is typed, and then by choosing one of those found.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms

from foundation.actors import Actor
from foundation.fields import PlainTextField
from foundation.forms import StaffForm
from foundation.ids import number_in
from foundation.templatetags.words import day
from patients.finding import Kept, Selection
from patients.models import Patient

FOUND_AT_MOST = 10
TYPED_AT_MOST = 200


def patients_found(text: str, *, account_id: int, actor: Actor) -> list[Patient]:
    """The newest of those whom somebody may mean who typed this."""
    typed = text.strip()
    if not typed or "\x00" in typed:
        return []
    selection = Selection(Kept.ALL, typed, actor=actor.for_account(account_id))
    return list(selection.page(size=FOUND_AT_MOST).rows)


def told_apart(patient: Patient) -> str:
    """Enough to tell them from somebody of the same name."""
    parts = (
        patient.full_name,
        patient.date_of_birth and f"born {day(patient.date_of_birth)}",
        patient.reference,
        patient.postcode,
        "" if patient.may_order else "archived: nothing can be ordered",
    )
    return ", ".join(part for part in parts if part)


class WhomForm(StaffForm):
    """The patient of this account who gets something."""

    find = PlainTextField(
        label="Find the patient",
        max_length=TYPED_AT_MOST,
        required=False,
        help_text="Name, reference or date of birth",
    )
    patient = forms.ChoiceField(label="Who gets it?", widget=forms.RadioSelect)

    says_optional: ClassVar[bool] = False
    missing: ClassVar[dict[str, str]] = {"patient": "Find the patient, then choose them"}
    refusal_fields: ClassVar[dict[str, str]] = {"patient": "patient"}

    def __init__(self, data: Any = None, *, account_id: int, actor: Actor) -> None:
        # A page that only looks for somebody is not judged: it is shown again with whom it found.
        is_looking = data is not None and "look" in data
        typed = {"find": data.get("find", "")} if is_looking else None
        super().__init__(None if is_looking else data, initial=typed)
        answers = data or {}
        self.people = self._people(answers, account_id=account_id, actor=actor)
        self._offer(self.people)

    @property
    def found_nobody(self) -> bool:
        return bool(self["find"].value()) and not self.people

    @property
    def chosen(self) -> Patient:
        number = int(self.cleaned_data["patient"])
        return next(one for one in self.people if one.pk == number)

    def clean(self) -> dict[str, Any]:
        """With nobody to choose from, what is wrong is said beside the box that finds somebody."""
        said = super().clean() or self.cleaned_data
        if "patient" in self.errors and not self.people:
            self.errors["find"] = self.errors.pop("patient")
        return said

    def _people(self, answers: Any, *, account_id: int, actor: Actor) -> list[Patient]:
        """Whoever was chosen, and whoever is meant by what was typed."""
        mine = Patient.objects.visible_to(actor).filter(account_id=account_id)
        chosen = list(mine.filter(pk=number_in(answers.get("patient", ""))))
        typed = str(answers.get("find", ""))[:TYPED_AT_MOST]
        found = patients_found(typed, account_id=account_id, actor=actor)
        return [*chosen, *(one for one in found if one not in chosen)]

    def _offer(self, people: Iterable[Patient]) -> None:
        patient = self.fields["patient"]
        assert isinstance(patient, forms.ChoiceField)
        patient.choices = [(str(one.pk), told_apart(one)) for one in people]
