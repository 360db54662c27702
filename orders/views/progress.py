"""How far a draft has come: which steps there are, what was answered, and what is missing. What it
remembers is in `sections`, the pages themselves are in `steps`, `patient_step` and `placing`.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.crypto import salted_hmac

from foundation.access import record_shown
from foundation.address_form import AddressForm
from foundation.errors import Refusal
from foundation.forms import StaffForm
from orders.drafts import keep_answers
from orders.forms import OrganisationForm, PatientForm, SmartphoneForm, StudyForm, wanted_from
from orders.forms.memory import Typed, remembered, typed_in
from orders.models import OrderDraft
from orders.views.sections import Section, Step, identity_of
from orders.wanted import OrderWanted
from organisations.models import Organisation
from organisations.visit import Visit
from patients.errors import PatientArchived, PatientNotFound
from patients.models import Patient
from patients.wanted import KnownPatient

FORMS: dict[Step, type[StaffForm]] = {
    Step.PATIENT: PatientForm,
    Step.ADDRESS: AddressForm,
    Step.ORGANISATION: OrganisationForm,
    Step.STUDY: StudyForm,
    Step.SMARTPHONE: SmartphoneForm,
}
# What was answered about one person must never be taken for another.
ABOUT_THE_PATIENT = (Step.ADDRESS, Step.SMARTPHONE)
REFUSED = "refused"
SEARCH = "search"


class Progress:
    """What one draft's answers come to, for whoever visits."""

    def __init__(self, visit: Visit, draft: OrderDraft) -> None:
        self.visit = visit
        self.draft = draft
        self._answered: dict[Step, StaffForm | None] = {}

    # What there is to choose from

    @cached_property
    def organisations(self) -> list[Organisation]:
        """Those that one may order for now."""
        found = Organisation.objects.visible_to(self.visit.actor).open_for_orders()
        mine = found.filter(account_id=self.draft.account_id)
        return list(mine.select_related("account", "product").order_by("name", "pk"))

    @cached_property
    def organisation(self) -> Organisation | None:
        """The one chosen; or the only one, if none was chosen that is closed by now."""
        typed = self.section(Step.ORGANISATION).typed
        if typed is None:
            return self.organisations[0] if len(self.organisations) == 1 else None
        chosen = typed.get("organisation")
        return next((one for one in self.organisations if str(one.pk) == chosen), None)

    @cached_property
    def known(self) -> Patient | None:
        """The patient chosen from the register, as long as one may see them."""
        known = self.section(Step.PATIENT).known
        if known is None:
            return None
        patients = Patient.objects.visible_to(self.visit.actor)
        return patients.filter(account_id=self.draft.account_id, pk=known).first()

    @property
    def the_known(self) -> list[Patient]:
        """The patient chosen, or nobody."""
        return [self.known] if self.known else []

    @property
    def lost_patient(self) -> Refusal | None:
        """Why the patient chosen some time ago cannot be ordered for now."""
        if self.section(Step.PATIENT).known is None:
            return None
        if self.known is None:
            return PatientNotFound(field="patient")
        return None if self.known.may_order else PatientArchived(field="patient")

    @property
    def lost_organisation(self) -> bool:
        return bool(self.section(Step.ORGANISATION).typed) and self.organisation is None

    # Where one is

    @cached_property
    def steps(self) -> list[Step]:
        """An organisation is asked for only where there is a choice."""
        only = len(self.organisations) == 1 and self.organisation is not None
        return [step for step in Step if step != Step.ORGANISATION or not only]

    @property
    def first_missing(self) -> Step | None:
        return next((step for step in self.steps if not self.is_answered(step)), None)

    def missing_before(self, step: Step) -> Step | None:
        """The earlier step to answer first."""
        missing = self.first_missing
        if missing is None or step not in self.steps:
            return missing
        return missing if self.steps.index(missing) < self.steps.index(step) else None

    def url(self, step: Step) -> str:
        """Where the step's answers are changed; a new patient's on a page of their own."""
        section = self.section(step)
        name = "new_patient" if step == Step.PATIENT and section.typed else step.value
        return reverse(f"orders:{name}", args=[self.draft.public_id])

    def is_answered(self, step: Step) -> bool:
        if step == Step.PATIENT and self.section(step).known is not None:
            return self.lost_patient is None
        if step == Step.PATIENT and not self.section(step).settled:
            return False
        return self.answered(step) is not None

    # Forms

    def section(self, step: Step) -> Section:
        return Section.of(self.draft, step)

    def form(self, step: Step, data: Mapping[str, Any] | None = None) -> StaffForm:
        """The step's form: with these answers, else showing what was kept, else what we suggest."""
        typed = self.section(step).typed if data is None else None
        initial = remembered(FORMS[step], typed) if typed else self._suggested(step)
        return FORMS[step](data, initial=initial, **self._setting_of(step))

    def answered(self, step: Step) -> StaffForm | None:
        """The step's form with the answers kept, if they are right."""
        if step not in self._answered:
            self._answered[step] = self._judged(step)
        return self._answered[step]

    def shown(self, step: Step) -> StaffForm:
        """The form as one comes back to it: answers that have turned wrong say why."""
        section = self.section(step)
        if section.typed is None or section.unfinished:
            return self.form(step)
        form = self.form(step, section.typed)
        for name, words in self.draft.answers.get(REFUSED, {}).get(step.value, []):
            form.add_error(name if name in form.fields else None, words)
        return form

    def wanted(self) -> OrderWanted:
        """The order that the answers ask for; only when nothing is missing."""
        patient = KnownPatient(self.known.pk) if self.known else self.answered(Step.PATIENT)
        address, study = self.answered(Step.ADDRESS), self.answered(Step.STUDY)
        smartphone = self.answered(Step.SMARTPHONE)
        assert isinstance(patient, KnownPatient | PatientForm)
        assert isinstance(address, AddressForm)
        assert isinstance(study, StudyForm)
        assert isinstance(smartphone, SmartphoneForm)
        return wanted_from(patient=patient, address=address, study=study, smartphone=smartphone)

    # Memory

    def keep(self, step: Step, section: Section) -> "Progress":
        """Remember the step's answers; what was refused in them is a thing of the past."""
        sections: dict[str, dict[str, Any]] = {step.value: section.to_keep()}
        refused = dict(self.draft.answers.get(REFUSED, {}))
        if refused.pop(step.value, None):
            sections[REFUSED] = refused
        if step == Step.PATIENT and SEARCH in self.draft.answers:
            sections[SEARCH] = {}  # who was only looked for is nobody's business any more
        if step == Step.PATIENT and self._is_somebody_else(section):
            sections |= {other.value: {} for other in ABOUT_THE_PATIENT}
        if step == Step.STUDY and self.organisation:
            chosen = Section(typed={"organisation": str(self.organisation.pk)})
            sections[Step.ORGANISATION.value] = chosen.to_keep()
        self._keep_answers(**sections)
        return Progress(self.visit, self.draft)

    def keep_typed(self, step: Step, form: StaffForm, *, settled: bool = False) -> "Progress":
        return self.keep(
            step,
            Section(typed=typed_in(form), unfinished=not form.is_valid(), settled=settled),
        )

    def keep_search(self, typed: Typed) -> None:
        self._keep_answers(**{SEARCH: typed})

    def remember_refused(self, refused: Mapping[Step, list[tuple[str, str]]]) -> None:
        """What the domain would not do stands beside the answers until they are given anew."""
        self._keep_answers(**{REFUSED: {step.value: said for step, said in refused.items()}})

    def note_shown(self, patients: Iterable[Patient], *, what: str) -> None:
        """Leave a row in the access log for each patient of the register who was shown."""
        shown = [(one.account_id, one.pk, None) for one in patients]
        record_shown(shown, what=what, actor=self.visit.actor)

    @property
    def fingerprint(self) -> str:
        """Differs when any answer does."""
        answers = {step.value: self.draft.answers.get(step.value) for step in Step}
        text = json.dumps(answers, sort_keys=True)
        return salted_hmac("orders.views.progress", text, algorithm="sha256").hexdigest()[:32]

    def _keep_answers(self, **sections: dict[str, Any]) -> None:
        keep_answers(self.draft, actor=self.visit.actor, **sections)

    def _judged(self, step: Step) -> StaffForm | None:
        section = self.section(step)
        if section.typed is None or section.unfinished:
            return None
        if step == Step.STUDY and self.organisation is None:
            return None
        form = self.form(step, section.typed)
        return form if form.is_valid() else None

    def _suggested(self, step: Step) -> dict[str, Any]:
        if step == Step.ADDRESS and self.known and self.known.address:
            return dict(AddressForm.initial_from(self.known.address))
        if step == Step.ORGANISATION and self.known:
            return self._only_one_that_knows(self.known)
        return {}

    def _only_one_that_knows(self, patient: Patient) -> dict[str, Any]:
        """Chosen beforehand when the patient was ordered for by just one of these until now."""
        mine = [one.pk for one in self.organisations]
        knows = patient.organisations.filter(organisation__in=mine)[:2]
        chosen = [one.organisation_id for one in knows]
        return {"organisation": chosen[0]} if len(chosen) == 1 else {}

    def _setting_of(self, step: Step) -> dict[str, Any]:
        match step:
            case Step.PATIENT:
                return {"region": self.visit.account.country}
            case Step.ADDRESS:
                code = self.known.country_code if self.known else ""
                return {"country_code": code or self.visit.account.country}
            case Step.ORGANISATION:
                return {"organisations": self.organisations}
            case Step.STUDY:
                chosen = [self.organisation] if self.organisation else []
                return {"organisations": chosen, "our_reference": self.draft.reference}
            case Step.SMARTPHONE:
                return {}

    def _is_somebody_else(self, section: Section) -> bool:
        """One thing told anew is a correction; of a name, a birth and a reference, two are not."""
        before = self.section(Step.PATIENT)
        if before.to_keep() == {}:
            return False
        told = zip(identity_of(before), identity_of(section), strict=True)
        return before.known != section.known or sum(then != now for then, now in told) > 1
