"""Programs that call us. Commands make and change them, and a secret is shown on one page only."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import action

from foundation.actors import Permission
from foundation.admin import HouseAdmin
from foundation.admin.pages import form_page, secret_page
from foundation.errors import Forbidden, Refusal
from foundation.forms import StaffForm
from organisations.admin.machine_forms import NewKeyForm, NewProgramOfAccountForm, NoForm
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
MADE_ALREADY = (
    "It was made already, and its secret was shown then. If nobody saw it, replace the secret."
)
Parts = list[tuple[str, str]]


class ProgramAdmin(HouseAdmin):
    """Each button leads to a page that asks for what one command needs."""

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
        form = self.new_form(_sent(request))
        title = f"Add {self.opts.verbose_name}"
        everyone = self._page("changelist")

        def make() -> HttpResponse:
            with form.sending(actor=self.actor(request)) as is_first:
                if is_first:
                    return self.show(request, *self.make(request, form.said))
            messages.warning(request, MADE_ALREADY)
            return HttpResponseRedirect(everyone)

        return self._ask(request, form, make, title=title, submit="Create", back=everyone)

    @action(description="Change", url_path="what-it-may", permissions=["change"])
    def change_what_it_may(self, request: HttpRequest, object_id: str) -> HttpResponse:
        program = self.get_object(request, object_id)
        form = ChangeProgramForm(_sent(request), program=program)

        def change() -> HttpResponse:
            change_program(program, actor=self.actor(request), **form.said)
            return self._back(request, program, "The change is saved.")

        title = f"Change {program}"
        return self._ask(request, form, change, row=program, title=title, submit="Save")

    @action(description="Replace secret", url_path="secret", permissions=["change"])
    def replace_secret(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A page that draws another secret, and asks how long the older one works on."""
        program = self.get_object(request, object_id)
        form = NewSecretForm(_sent(request))

        def replace() -> HttpResponse:
            with form.sending(actor=self.actor(request)) as is_first:
                if is_first:
                    overlap = Overlap(form.cleaned_data["overlap"])
                    return self.show(request, *self.renew(request, program, overlap))
            return self._back(request, program, MADE_ALREADY)

        return self._ask(
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
            return self._back(request, program, "Only one secret works.")

        def end() -> HttpResponse:
            end_older_secret(program, actor=self.actor(request))
            return self._back(request, program, "The older secret works no more.")

        return self._ask(
            request,
            NoForm(_sent(request)),
            end,
            row=program,
            title=f"End the older secret of {program}",
            text="Tokens that were drawn by it work on for an hour at most.",
            submit="End it",
            danger=True,
        )

    @action(description="Switch off", url_path="off", permissions=["change"])
    def turn_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        program = self.get_object(request, object_id)

        def turn() -> HttpResponse:
            switch_off(program, actor=self.actor(request))
            return self._back(request, program, "It is switched off.")

        return self._ask(
            request,
            NoForm(_sent(request)),
            turn,
            row=program,
            title=f"Switch off {program}",
            text="Its next call is refused. It can be switched on again, with the same secret.",
            submit="Switch off",
            danger=True,
        )

    @action(description="Switch on", url_path="on", permissions=["change"])
    def turn_on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        program = self.get_object(request, object_id)

        def turn() -> HttpResponse:
            switch_on(program, actor=self.actor(request))
            return self._back(request, program, "It is switched on.")

        return self._ask(
            request,
            NoForm(_sent(request)),
            turn,
            row=program,
            title=f"Switch on {program}",
            text="It may call again, with the secret that it has.",
            submit="Switch on",
        )

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Only what would change something."""
        program = self.get_object(request, object_id)
        idle = {"turn_on" if program.is_active else "turn_off"}
        if not program.older_secret_works:
            idle.add("end_older")
        prefix = f"{self.opts.app_label}_{self.opts.model_name}_"
        offered = super().get_actions_detail(request, object_id)  # type: ignore[misc]  # the theme's
        return [one for one in offered if one.action_name.removeprefix(prefix) not in idle]

    def make(self, request: HttpRequest, said: dict[str, Any]) -> tuple[Any, Parts]:
        """The new program, and what to show of it for the only time."""
        raise NotImplementedError

    def renew(self, request: HttpRequest, program: Any, overlap: Overlap) -> tuple[Any, Parts]:
        """The program with its new secret, to be shown for the only time."""
        raise NotImplementedError

    def show(self, request: HttpRequest, program: Any, parts: Parts) -> HttpResponse:
        return secret_page(
            self,
            request,
            row=program,
            title=f"The secret of {program}",
            parts=parts,
            onward=self._page("change", program.pk),
        )

    def _ask(
        self,
        request: HttpRequest,
        form: StaffForm,
        does: Callable[[], HttpResponse],
        **context: Any,
    ) -> HttpResponse:
        """Show the form; what the command refuses is said on it."""
        if form.is_valid():
            try:
                return does()
            except Forbidden:
                raise PermissionDenied from None
            except Refusal as refusal:
                form.add_refusal(refusal)
        if "row" in context:
            context["back"] = self._page("change", context["row"].pk)
        return form_page(self, request, form, **context)

    def _back(self, request: HttpRequest, program: Any, words: str) -> HttpResponse:
        messages.info(request, words)
        return HttpResponseRedirect(self._page("change", program.pk))

    def _page(self, name: str, *args: object) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)


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


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None
