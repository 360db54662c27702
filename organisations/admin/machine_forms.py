"""What the operator's people say about a new program besides what its owner would say."""

from typing import Any, ClassVar

from django import forms

from foundation.forms import StaffForm
from organisations.models import Account, KeyPurpose
from organisations.program_forms import NewProgramForm


class NewProgramOfAccountForm(NewProgramForm):
    """The operator's people name the account first."""

    account = forms.ModelChoiceField(Account.objects.none(), empty_label="Choose an account")

    field_order = ["account"]
    missing: ClassVar[dict[str, str]] = {
        "account": "Select the account",
        **NewProgramForm.missing,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = self.fields["account"]
        assert isinstance(account, forms.ModelChoiceField)
        account.queryset = Account.objects.filter(is_active=True).order_by("name")

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


class NoForm(StaffForm):
    """A page with nothing but its button."""
