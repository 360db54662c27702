"""What the draft of a supplies order remembers, and what it comes to for whoever visits."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from django.urls import reverse
from django.utils.crypto import salted_hmac

from foundation.access import record_shown
from orders.drafts import keep_answers
from orders.forms import SuppliesForm
from orders.forms.memory import Typed
from orders.forms.supplies import offered_to, rows_in
from orders.models import OrderDraft
from orders.views.sections import SUPPLIES, Section, Step
from orders.wanted import KnownSite, OrderWanted, ShippingOption
from organisations.models import Site
from organisations.models.accounts import SiteQuerySet
from organisations.visit import Visit
from patients.models import Patient, PatientQuerySet
from patients.wanted import KnownPatient

SITES_AT_MOST = 500


@dataclass(frozen=True)
class Supplies:
    visit: Visit
    draft: OrderDraft

    # Who it is for

    @property
    def patients(self) -> PatientQuerySet:
        patients = Patient.objects.visible_to(self.visit.actor)
        return patients.filter(account_id=self.draft.account_id)

    @property
    def sites(self) -> SiteQuerySet:
        sites = Site.objects.visible_to(self.visit.actor)
        return sites.filter(account_id=self.draft.account_id, is_active=True)

    @cached_property
    def patient(self) -> Patient | None:
        """The one chosen, as long as one may order for them."""
        known = Section.of(self.draft, Step.PATIENT).known
        found = self.patients.filter(pk=known).first() if known else None
        return found if found and found.may_order else None

    @cached_property
    def site(self) -> Site | None:
        chosen = self._kept.get("site")
        return self.sites.filter(pk=chosen).first() if chosen else None

    @property
    def recipient(self) -> Patient | Site | None:
        return self.site or self.patient

    def choose(self, chosen: Patient | Site) -> None:
        """Only one of the two: what was typed about the order stays."""
        is_site = isinstance(chosen, Site)
        known = Section() if is_site else Section(known=chosen.pk)
        kept = {**self._kept, "site": chosen.pk if is_site else None}
        self._keep(**{SUPPLIES: kept, Step.PATIENT.value: known.to_keep()})

    # What is sent

    @property
    def typed(self) -> Typed | None:
        return self._kept.get("typed")

    @property
    def is_unfinished(self) -> bool:
        """It was put aside as it was, so that it is not judged when one comes back."""
        return bool(self._kept.get("unfinished"))

    @cached_property
    def offered(self) -> Sequence[tuple[str, Any]]:
        return offered_to(self.draft.account_id)

    def form(self, data: Any = None) -> SuppliesForm:
        """With these answers, else showing those that were kept."""
        shown = self.typed or {}
        rows = rows_in(shown if data is None else data)
        return SuppliesForm(data, initial=shown, offered=list(self.offered), rows=rows)

    def keep_typed(self, typed: Typed, *, is_unfinished: bool = False) -> Self:
        self._keep(**{SUPPLIES: {**self._kept, "typed": typed, "unfinished": is_unfinished}})
        return type(self)(self.visit, self.draft)

    @cached_property
    def answered(self) -> SuppliesForm | None:
        """The answers kept, if they are right."""
        if self.typed is None or self.is_unfinished:
            return None
        form = self.form(self.typed)
        return form if form.is_valid() else None

    def wanted(self) -> OrderWanted:
        """The order that the answers ask for; only when nothing is missing."""
        form, chosen = self.answered, self.recipient
        assert form is not None
        assert chosen is not None
        said = form.cleaned_data
        return OrderWanted(
            recipient=KnownSite(chosen.pk) if self.site else KnownPatient(chosen.pk),
            contents=form.wanted(),
            external_ids=said["external_ids"],
            notes=(said["note"],) if said["note"] else (),
            shipping_option=ShippingOption(said["shipping"]),
        )

    # For the pages

    def url(self, page: str = "supplies") -> str:
        return reverse(f"orders:{page}", args=[self.draft.public_id])

    def note_shown(self, patients: Sequence[Patient], *, what: str) -> None:
        """Leave a row in the access log for each patient of the register who was shown."""
        shown = [(one.account_id, one.pk, None) for one in patients]
        record_shown(shown, what=what, actor=self.visit.actor)

    @property
    def fingerprint(self) -> str:
        """Differs when any answer does."""
        answers = [self.draft.answers.get(one) for one in (SUPPLIES, Step.PATIENT.value)]
        text = json.dumps(answers, sort_keys=True)
        return salted_hmac("orders.views.supplies", text, algorithm="sha256").hexdigest()[:32]

    @property
    def _kept(self) -> dict[str, Any]:
        kept: dict[str, Any] = self.draft.answers.get(SUPPLIES, {})
        return kept

    def _keep(self, **sections: dict[str, Any]) -> None:
        keep_answers(self.draft, actor=self.visit.actor, **sections)
