"""The questions of "Add order", all on one page: the staff pages' own forms, and one that finds a
patient who is known already.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from foundation.access import record_shown
from foundation.actors import Actor
from foundation.fields import PlainTextField
from foundation.forms import StaffForm
from foundation.ids import number_in
from orders.admin.whom import FOUND_AT_MOST, patients_found, told_apart
from orders.forms import AddressForm, PatientForm, SmartphoneForm, StudyForm, wanted_from
from orders.models import OrderDraft
from orders.wanted import OrderWanted
from organisations.models import Account, Organisation
from patients.errors import PatientReferenceTaken
from patients.models import Patient
from patients.wanted import KnownPatient

# The two answers that name nobody: a new patient, and a new one although somebody is alike.
NEW, ANOTHER = "new", "another"
A_NEW_ONE = "A new patient, described below"
SOMEBODY_ELSE = "Somebody else: a new patient, described below"
LIKENESS = (
    "We may know this patient already. Choose them from the list, or say that it is somebody else"
)


class AccountForm(StaffForm):
    """Whose order it will be: an account with an organisation that can order."""

    account = forms.ModelChoiceField(Account.objects.none(), empty_label="Choose an account")

    missing: ClassVar[dict[str, str]] = {"account": "Select the account"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = self.fields["account"]
        assert isinstance(account, forms.ModelChoiceField)
        able = Organisation.objects.open_for_orders().values("account")
        account.queryset = Account.objects.filter(pk__in=able).order_by("name")


class WhoForm(StaffForm):
    """Who the order is for: one of the patients found, or a new one."""

    find = PlainTextField(
        label="Find a patient of this account",
        max_length=200,
        required=False,
        help_text="Name or reference. Leave it empty for a new patient",
    )
    known = forms.ChoiceField(
        label="Who is the order for?", required=False, initial=NEW, widget=forms.RadioSelect
    )

    refusal_fields: ClassVar[dict[str, str]] = {"patient": "known", "patient.address": "known"}
    says_optional: ClassVar[bool] = False

    def __init__(self, *args: Any, found: Iterable[Patient], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answer = self["known"].value()
        self.offer(found, ANOTHER if answer == ANOTHER else NEW)

    def offer(self, patients: Iterable[Patient], otherwise: str) -> None:
        """These patients and, last, a new one."""
        self.people = list(patients)
        known = self.fields["known"]
        assert isinstance(known, forms.ChoiceField)
        words = SOMEBODY_ELSE if otherwise == ANOTHER else A_NEW_ONE
        known.choices = [
            *((str(one.pk), told_apart(one)) for one in self.people),
            (otherwise, words),
        ]


class OrderEntry:
    """The forms of the page, with the answers of `data`.

    With `judged` False the answers are shown again without a word about them.
    """

    def __init__(
        self, draft: OrderDraft, *, actor: Actor, data: QueryDict | None = None, judged: bool = True
    ) -> None:
        self.draft, self.actor = draft, actor
        self.data, self.judged = data, judged
        account = draft.account
        self.chosen = self._chosen()
        self.who = self._form(WhoForm, "who", found=self._found())
        self.patient = self._form(PatientForm, "patient", region=account.country)
        self.address = self._address()
        self.study = self._form(
            StudyForm,
            "study",
            organisations=_organisations_of(account),
            our_reference=draft.reference,
        )
        self.smartphone = self._form(SmartphoneForm, "smartphone")

    @property
    def forms(self) -> list[StaffForm]:
        """Those whose answers count, in the order of the page."""
        described = [] if self.chosen else [self.patient]
        return [self.who, *described, self.address, self.study, self.smartphone]

    def is_valid(self) -> bool:
        """Each is looked at, so that everything that is wrong is told at once."""
        wrong = [form for form in self.forms if not form.is_valid()]
        return not wrong and (self.chosen is not None or self._is_nobody_we_know())

    @property
    def wanted(self) -> OrderWanted:
        """What the valid forms ask for."""
        return wanted_from(
            patient=KnownPatient(self.chosen.pk) if self.chosen else self.patient,
            address=self.address,
            study=self.study,
            smartphone=self.smartphone,
        )

    def record_shown(self) -> None:
        """Leave a row in the access log for each patient on the page."""
        shown = [(one.account_id, one.pk, None) for one in self.who.people]
        record_shown(shown, what="patient search", actor=self.actor)

    def _patients(self) -> QuerySet[Patient]:
        return Patient.objects.visible_to(self.actor).filter(account_id=self.draft.account_id)

    def _answer(self, name: str) -> str:
        return str(self.data.get(name, "")) if self.data else ""

    def _chosen(self) -> Patient | None:
        return self._patients().filter(pk=number_in(self._answer("who-known"))).first()

    def _found(self) -> list[Patient]:
        """Whoever was chosen, and whoever is meant by what was typed to find them."""
        found = patients_found(
            self._answer("who-find"), account_id=self.draft.account_id, actor=self.actor
        )
        others = [one for one in found if one != self.chosen]
        return [self.chosen, *others] if self.chosen else others

    def _form(self, kind: type[Any], prefix: str, **options: Any) -> Any:
        bound = kind(self.data, prefix=prefix, **options)
        if self.data is None or self.judged:
            return bound
        return kind(prefix=prefix, **{**options, "initial": _as_typed(bound)})

    def _address(self) -> Any:
        """Left empty for a patient whom we know, it is the address that we know."""
        country = self.draft.account.country
        own = self.chosen.address if self.chosen else None
        initial = AddressForm.initial_from(own) if own else {}
        typed = any(self._answer(f"address-{name}").strip() for name in AddressForm.base_fields)
        if not initial or typed or not self.judged:
            return self._form(AddressForm, "address", initial=initial, country_code=country)
        data = {f"address-{name}": value for name, value in initial.items()}
        return AddressForm(data, prefix="address", initial=initial, country_code=country)

    def _is_nobody_we_know(self) -> bool:
        """Whether the patient described is new, or is said to be by who has seen those alike."""
        described = self.patient.wanted()
        alike = Patient.objects.resembling(
            described.reference, described.name.last, described.date_of_birth
        )
        people = list(self._patients().filter(pk__in=alike.values("pk"))[:FOUND_AT_MOST])
        if any(one.reference == described.reference for one in people if one.reference):
            self.patient.add_error("reference", PatientReferenceTaken.message)
        elif not people or self._answer("who-known") == ANOTHER:
            return True
        self.who.add_error("known", LIKENESS)
        self.who.offer(people, ANOTHER)
        return False


def _organisations_of(account: Account) -> list[Organisation]:
    able = Organisation.objects.open_for_orders().filter(account=account)
    return list(able.select_related("account", "product").order_by("name"))


def _as_typed(form: StaffForm) -> dict[str, Any]:
    """The answers as they came, to be shown in the same boxes; a choice not made stays open."""
    came = {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    }
    return {name: value for name, value in came.items() if value is not None}
