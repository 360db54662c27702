"""What the operator's people say about something new besides what its owner would say."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from foundation.forms import StaffForm
from organisations.models import Account, KeyPurpose
from organisations.program_forms import NewProgramForm, offer_scopes
from organisations.roles import Scope


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
    refusal_fields: ClassVar[Mapping[str, str]] = {
        **NewProgramOfAccountForm.refusal_fields,
        "account": "account",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_scopes(self, Scope)
        self.fields[
            "scopes"
        ].help_text = "The last two are for the gateway, and a key for the gateway has no others"

    @property
    def said(self) -> dict[str, Any]:
        return {**super().said, "purpose": KeyPurpose(self.cleaned_data["purpose"])}
