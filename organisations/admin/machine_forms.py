"""What the operator's people say about something new besides what its owner would say."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from foundation.forms import StaffForm
from organisations.models import Account, KeyPurpose
from organisations.program_forms import NewProgramForm


class OfAccountForm(StaffForm):
    """The operator's people name the account first."""

    account = forms.ModelChoiceField(Account.objects.none(), empty_label="Choose an account")

    missing: ClassVar[Mapping[str, str]] = {"account": "Select the account"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = self.fields["account"]
        assert isinstance(account, forms.ModelChoiceField)
        account.queryset = Account.objects.filter(is_active=True).order_by("name")


class NewProgramOfAccountForm(OfAccountForm, NewProgramForm):
    field_order = ["account"]
    missing: ClassVar[Mapping[str, str]] = {**OfAccountForm.missing, **NewProgramForm.missing}

    @property
    def said(self) -> dict[str, Any]:
        return {**super().said, "account_id": self.cleaned_data["account"].pk}


class NewKeyForm(NewProgramOfAccountForm):
    purpose = forms.ChoiceField(
        label="What it opens",
        choices=KeyPurpose.choices,
        initial=KeyPurpose.V3,
        widget=forms.RadioSelect,
    )

    field_order = ["account", "name", "purpose"]

    @property
    def said(self) -> dict[str, Any]:
        return {**super().said, "purpose": KeyPurpose(self.cleaned_data["purpose"])}
