"""Programs that call us. Commands make and change them, and a secret is shown on one page only."""

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action

from foundation.actors import Permission
from foundation.admin.asking import AskingAdmin, Parts, sent
from organisations.admin.machine_forms import NewKeyForm, NewProgramOfAccountForm
from organisations.integrations import (
    Overlap,
    change_program,
    create_api_client,
    create_api_key,
    end_older_secret,
    replace_client_secret,
    replace_key_secret,
    switch_off,
    switch_on,
)
from organisations.models import ApiClient, ApiKey
from organisations.program_forms import ChangeProgramForm, NewSecretForm

MANAGES = (Permission.MANAGE_INTEGRATIONS,)


class ProgramAdmin(AskingAdmin):
    """What clients and keys have in common; `make` and `renew` are what each does its own way."""

    to_see = MANAGES
    to_change = MANAGES
    fixed = ("account", "name", "scopes", "expires_at", "is_active")
    list_select_related = ("account",)
    ordering = ("-pk",)
    actions_detail = ("change_what_it_may", "replace_secret", "end_older", "turn_off", "turn_on")
    new_form: ClassVar[type[NewProgramOfAccountForm]]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = self.new_form(sent(request))
        title = f"Add {self.opts.verbose_name}"
        everyone = self.page("changelist")

        def make() -> HttpResponse:
            def draw() -> tuple[Any, Parts]:
                return self.make(request, form.said)

            return self.show_once(request, form, draw, onward=everyone)

        return self.ask(request, form, make, title=title, submit="Create", back=everyone)

    @action(description="Change", url_path="what-it-may", permissions=["change"])
    def change_what_it_may(self, request: HttpRequest, object_id: str) -> HttpResponse:
        program = self.get_object(request, object_id)
        form = ChangeProgramForm(sent(request), program=program)

        def change() -> HttpResponse:
            change_program(program, actor=self.actor(request), **form.said)
            return self.go_back(request, program, "The change is saved.")

        title = f"Change {program}"
        return self.ask(request, form, change, row=program, title=title, submit="Save")

    @action(description="Replace secret", url_path="secret", permissions=["change"])
    def replace_secret(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A page that draws another secret, and asks how long the older one works on."""
        program = self.get_object(request, object_id)
        form = NewSecretForm(sent(request))

        def replace() -> HttpResponse:
            def draw() -> tuple[Any, Parts]:
                return self.renew(request, program, Overlap(form.cleaned_data["overlap"]))

            return self.show_once(request, form, draw, onward=self.page("change", program.pk))

        return self.ask(
            request,
            form,
            replace,
            row=program,
            title=f"Replace the secret of {program}",
            text="If the secret is in wrong hands, let it stop at once: that ends its tokens too.",
            submit="Replace the secret",
        )

    @action(description="End older secret", url_path="end-older-secret", permissions=["change"])
    def end_older(self, request: HttpRequest, object_id: str) -> HttpResponse:
        program = self.get_object(request, object_id)
        if not program.older_secret_works:
            return self.go_back(request, program, "Only one secret works.")
        return self.confirm(
            request,
            program,
            partial(end_older_secret, program, actor=self.actor(request)),
            done="The older secret works no more.",
            title=f"End the older secret of {program}",
            text="Tokens that were drawn by it work on for an hour at most.",
            submit="End it",
            danger=True,
        )

    @action(description="Switch off", url_path="off", permissions=["change"])
    def turn_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        program = self.get_object(request, object_id)
        return self.confirm(
            request,
            program,
            partial(switch_off, program, actor=self.actor(request)),
            done="It is switched off.",
            title=f"Switch off {program}",
            text="Its next call is refused. It can be switched on again, with the same secret.",
            submit="Switch off",
            danger=True,
        )

    @action(description="Switch on", url_path="on", permissions=["change"])
    def turn_on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        program = self.get_object(request, object_id)
        return self.confirm(
            request,
            program,
            partial(switch_on, program, actor=self.actor(request)),
            done="It is switched on.",
            title=f"Switch on {program}",
            text="It may call again, with the secret that it has.",
            submit="Switch on",
        )

    def idle_buttons(self, row: Any) -> set[str]:
        idle = {"turn_on" if row.is_active else "turn_off"}
        return idle if row.older_secret_works else idle | {"end_older"}

    def make(self, request: HttpRequest, said: dict[str, Any]) -> tuple[Any, Parts]:
        """The new program, and what to show of it for the only time."""
        raise NotImplementedError

    def renew(self, request: HttpRequest, program: Any, overlap: Overlap) -> tuple[Any, Parts]:
        """The program with its new secret, to be shown for the only time."""
        raise NotImplementedError


SECRETS = (
    "last_used_at",
    "secret_drawn_at",
    "secret_used_at",
    "old_secret_ends_at",
    "old_secret_used_at",
)


# What the library keeps besides. It is the same for every client, so its history tells nothing.
OF_THE_LIBRARY = (
    "user",
    "redirect_uris",
    "post_logout_redirect_uris",
    "client_type",
    "authorization_grant_type",
    "hash_client_secret",
    "skip_authorization",
    "created",
    "algorithm",
    "allowed_origins",
    "registration_source",
    "cimd_expires_at",
)


@admin.register(ApiClient)
class ApiClientAdmin(ProgramAdmin):
    new_form = NewProgramOfAccountForm
    secret = OF_THE_LIBRARY
    fields = (*ProgramAdmin.fixed, "client_id", "calls_a_minute", "burst", *SECRETS)
    readonly_fields = ("client_id", *SECRETS)
    list_display = ("name", "account", "client_id", "last_used_at", "expires_at", "is_active")
    list_filter = ("is_active", "account")
    search_fields = ("name", "client_id", "account__name")

    def make(self, request: HttpRequest, said: dict[str, Any]) -> tuple[Any, Parts]:
        return self._parts(*create_api_client(actor=self.actor(request), **said))

    def renew(self, request: HttpRequest, program: Any, overlap: Overlap) -> tuple[Any, Parts]:
        actor = self.actor(request)
        return self._parts(*replace_client_secret(program, overlap=overlap, actor=actor))

    def _parts(self, client: ApiClient, secret: str) -> tuple[ApiClient, Parts]:
        return client, [("Client ID", client.client_id), ("Client secret", secret)]


@admin.register(ApiKey)
class ApiKeyAdmin(ProgramAdmin):
    new_form = NewKeyForm
    secret = ("secret_sha256",)
    fields = (*ProgramAdmin.fixed, "purpose", "prefix", "calls_a_minute", "burst", *SECRETS)
    readonly_fields = ("purpose", "prefix", *SECRETS)
    list_display = (
        "name",
        "prefix",
        "account",
        "purpose",
        "last_used_at",
        "expires_at",
        "is_active",
    )
    list_filter = ("is_active", "purpose", "account")
    search_fields = ("name", "prefix", "account__name")

    def make(self, request: HttpRequest, said: dict[str, Any]) -> tuple[Any, Parts]:
        return self._parts(*create_api_key(actor=self.actor(request), **said))

    def renew(self, request: HttpRequest, program: Any, overlap: Overlap) -> tuple[Any, Parts]:
        actor = self.actor(request)
        return self._parts(*replace_key_secret(program, overlap=overlap, actor=actor))

    def _parts(self, key: ApiKey, whole: str) -> tuple[ApiKey, Parts]:
        return key, [("API key", whole)]
