"""Programs that call us. They are made by commands, and a secret is shown on one page only."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import action

from foundation.actors import Permission
from foundation.admin import HouseAdmin
from foundation.admin.pages import OnceForm, form_page, secret_page
from foundation.fields import PlainTextField
from foundation.forms import StaffForm
from organisations.integrations import create_api_client, create_api_key, replace_client_secret
from organisations.models import Account, ApiClient, ApiKey, KeyPurpose
from organisations.roles import Scope

MANAGES = (Permission.MANAGE_INTEGRATIONS,)
MADE_ALREADY = (
    "It was made already, and its secret was shown then. If nobody saw it, replace the secret."
)


class NewProgramForm(OnceForm, StaffForm):
    """What clients and keys have in common."""

    account = forms.ModelChoiceField(Account.objects.none(), empty_label="Choose an account")
    name = PlainTextField(max_length=200, help_text="What the account calls its program")

    missing: ClassVar[dict[str, str]] = {
        "account": "Select the account",
        "name": "Enter a name for the program",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = self.fields["account"]
        assert isinstance(account, forms.ModelChoiceField)
        account.queryset = Account.objects.filter(is_active=True).order_by("name")


class NewClientForm(NewProgramForm):
    scopes = forms.MultipleChoiceField(
        label="What it may do", choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )

    missing: ClassVar[dict[str, str]] = {
        **NewProgramForm.missing,
        "scopes": "Select at least one thing that it may do",
    }


class NewKeyForm(NewProgramForm):
    purpose = forms.ChoiceField(
        label="What it opens",
        choices=KeyPurpose.choices,
        initial=KeyPurpose.V3,
        widget=forms.RadioSelect,
    )


class NoForm(StaffForm):
    """A page with nothing but its button."""


class ProgramAdmin(HouseAdmin):
    """Made by a form of ours, after which the secret is shown."""

    to_see = MANAGES
    to_change = MANAGES
    new_form: ClassVar[type[NewProgramForm]]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = self.new_form(request.POST if request.method == "POST" else None)
        everyone = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        if not form.is_valid():
            title = f"Add {self.opts.verbose_name}"
            return form_page(self, request, form, title=title, submit="Create", back=everyone)
        with form.sending(actor=self.actor(request)) as is_first:
            if is_first:
                return self.make(request, form.cleaned_data)
        messages.warning(request, MADE_ALREADY)
        return HttpResponseRedirect(everyone)

    def make(self, request: HttpRequest, said: dict[str, Any]) -> HttpResponse:
        raise NotImplementedError


@admin.register(ApiClient)
class ApiClientAdmin(ProgramAdmin):
    new_form = NewClientForm
    secret = ("client_secret",)
    fields = ("account", "name", "client_id", "scopes", "calls_a_minute", "burst", "is_active")
    readonly_fields = ("account", "client_id")
    list_display = ("name", "account", "client_id", "last_used_at", "is_active")
    list_select_related = ("account",)
    list_filter = ("is_active", "account")
    search_fields = ("name", "client_id", "account__name")
    ordering = ("-pk",)
    actions_detail = ("replace_secret",)

    def make(self, request: HttpRequest, said: dict[str, Any]) -> HttpResponse:
        made = create_api_client(
            account_id=said["account"].pk,
            name=said["name"],
            scopes=said["scopes"],
            actor=self.actor(request),
        )
        return self._show(request, made.client, made.secret)

    @action(description="Replace secret", url_path="secret", permissions=["change"])
    def replace_secret(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A page that draws another secret; the old one stops working at once."""
        client = self.get_object(request, object_id)
        if request.method == "POST":
            made = replace_client_secret(client, actor=self.actor(request))
            return self._show(request, made.client, made.secret)
        return form_page(
            self,
            request,
            NoForm(),
            row=client,
            title=f"Replace the secret of {client}",
            text="The old secret stops working at once. Tokens that were given out work on until "
            "they expire, for an hour at most.",
            submit="Replace the secret",
            back=reverse("admin:organisations_apiclient_change", args=[client.pk]),
        )

    def _show(self, request: HttpRequest, client: ApiClient, secret: str) -> HttpResponse:
        return secret_page(
            self,
            request,
            row=client,
            title=f"The secret of {client}",
            parts=[("Client ID", client.client_id), ("Client secret", secret)],
            onward=reverse("admin:organisations_apiclient_change", args=[client.pk]),
        )


@admin.register(ApiKey)
class ApiKeyAdmin(ProgramAdmin):
    new_form = NewKeyForm
    secret = ("secret_sha256",)
    fields = (
        "account",
        "purpose",
        "name",
        "prefix",
        "expires_at",
        "calls_a_minute",
        "burst",
        "is_active",
    )
    readonly_fields = ("account", "purpose", "prefix")
    list_display = ("name", "prefix", "account", "purpose", "last_used_at", "is_active")
    list_select_related = ("account",)
    list_filter = ("is_active", "purpose", "account")
    search_fields = ("name", "prefix", "account__name")
    ordering = ("-pk",)

    def make(self, request: HttpRequest, said: dict[str, Any]) -> HttpResponse:
        made = create_api_key(
            account_id=said["account"].pk,
            name=said["name"],
            purpose=KeyPurpose(said["purpose"]),
            actor=self.actor(request),
        )
        return secret_page(
            self,
            request,
            row=made.key,
            title=f"The key {made.key.name}",
            parts=[("API key", made.whole)],
            onward=reverse("admin:organisations_apikey_change", args=[made.key.pk]),
        )
