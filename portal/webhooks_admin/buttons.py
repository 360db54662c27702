"""What is done with a webhook endpoint: each button leads to a page that asks for what one command
needs, and a secret is shown once.
"""

from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import action

from foundation.actors import Permission
from foundation.admin.asking import AskingAdmin, NoForm, Parts, sent
from organisations.integrations import Overlap
from organisations.program_forms import NewSecretForm
from portal.api.wordings import WORDINGS
from portal.developers.webhooks.endpoint_forms import (
    BearerForm,
    ChangeEndpointForm,
    DialectForm,
    dialect_asked,
)
from portal.developers.webhooks.endpoint_words import WAITS_FOR
from portal.webhooks_admin.forms import NewEndpointOfAccountForm
from webhooks.endpoints import (
    NewEndpoint,
    change_endpoint,
    create_endpoint,
    end_older_endpoint_secret,
    pause_endpoint,
    remove_endpoint,
    replace_endpoint_secret,
    resume_endpoint,
    send_test_event,
    set_bearer,
)
from webhooks.models import Dialect, WebhookEndpoint
from webhooks.wording import Wording

MANAGES: Final = (Permission.MANAGE_INTEGRATIONS,)


class EndpointButtons(AskingAdmin):
    """The part of the endpoints' admin that makes and changes one."""

    to_see = MANAGES
    actions_detail = (
        "send_test",
        "its_deliveries",
        "change_what_is_told",
        "set_token",
        "replace_secret",
        "end_older",
        "pause",
        "resume",
        "remove",
    )
    change_form_outer_before_template = "admin/webhooks/buttons.html"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_manage_permission(request)

    def has_manage_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.may(request, *MANAGES)

    def idle_buttons(self, row: WebhookEndpoint) -> set[str]:
        if row.removed_at:
            return {*self.actions_detail} - {"its_deliveries"}
        idle = {"pause", "send_test"} if row.paused_at else {"resume"}
        return idle if row.older_secret_works else idle | {"end_older"}

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        dialect = dialect_asked(request)
        return self._choose_api(request) if dialect is None else self._add(request, dialect)

    def _choose_api(self, request: HttpRequest) -> HttpResponse:
        form = DialectForm(sent(request))
        return self.ask(
            request,
            form,
            lambda: HttpResponseRedirect(f"{request.path}?dialect={form.cleaned_data['dialect']}"),
            title=f"Add {self.opts.verbose_name}",
            text="For which API?",
            submit="Continue",
            back=self.page("changelist"),
        )

    def _add(self, request: HttpRequest, dialect: Dialect) -> HttpResponse:
        form = NewEndpointOfAccountForm(sent(request), dialect=dialect)
        everyone = self.page("changelist")

        def make() -> HttpResponse:
            def draw() -> tuple[Any, Parts]:
                made = create_endpoint(
                    form.wanted,
                    account_id=form.cleaned_data["account"].pk,
                    wording=WORDINGS[dialect],
                    actor=self.actor(request),
                )
                return _parts(made)

            return self.show_once(request, form, draw, onward=everyone)

        return self.ask(
            request,
            form,
            make,
            title=f"Add {self.opts.verbose_name} for {dialect.label}",
            text="It is told what happens in the whole account.",
            submit="Create",
            back=everyone,
        )

    @action(description="Send test event", url_path="test", permissions=["manage"])
    def send_test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A page that sends one, and leads to where it can be watched."""
        endpoint = self.get_object(request, object_id)

        def send() -> HttpResponse:
            delivery = send_test_event(endpoint, actor=self.actor(request))
            messages.info(request, "A test event is on its way.")
            return HttpResponseRedirect(
                reverse("admin:webhooks_delivery_change", args=[delivery.pk])
            )

        return self.ask(
            request,
            NoForm(sent(request)),
            send,
            row=endpoint,
            title="Send a test event",
            about=endpoint,
            text="It says nothing but that it is a test.",
            submit="Send test event",
        )

    @action(description="Deliveries", url_path="deliveries", permissions=["manage"])
    def its_deliveries(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the log of what was posted to it."""
        endpoint = self.get_object(request, object_id)
        log = reverse("admin:webhooks_delivery_changelist")
        return HttpResponseRedirect(f"{log}?endpoint={endpoint.pk}")

    @action(description="Change", url_path="what-is-told", permissions=["manage"])
    def change_what_is_told(self, request: HttpRequest, object_id: str) -> HttpResponse:
        endpoint = self.get_object(request, object_id)
        form = ChangeEndpointForm(sent(request), endpoint=endpoint)

        def change() -> HttpResponse:
            change_endpoint(
                endpoint,
                url=form.cleaned_data["url"],
                kinds=form.chosen_kinds,
                wording=wording_of(endpoint),
                actor=self.actor(request),
            )
            return self.go_back(request, endpoint, "The change is saved.")

        return self.ask(
            request,
            form,
            change,
            row=endpoint,
            title="Change the webhook endpoint",
            text="What waits is sent to the new address too.",
            submit="Save",
        )

    @action(description="Set bearer token", url_path="bearer", permissions=["manage"])
    def set_token(self, request: HttpRequest, object_id: str) -> HttpResponse:
        endpoint = self.get_object(request, object_id)
        form = BearerForm(sent(request))

        def save() -> HttpResponse:
            token = form.cleaned_data["bearer"]
            set_bearer(endpoint, token, actor=self.actor(request))
            done = "The bearer token is set." if token else "No bearer token is sent any more."
            return self.go_back(request, endpoint, done)

        return self.ask(
            request,
            form,
            save,
            row=endpoint,
            title="Set the bearer token",
            about=endpoint,
            text="It is sent with every message. The one that is set now is not shown.",
            submit="Save",
        )

    @action(description="Replace secret", url_path="secret", permissions=["manage"])
    def replace_secret(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A page that draws another secret, and asks how long the older one works on."""
        endpoint = self.get_object(request, object_id)
        form = NewSecretForm(sent(request))

        def replace() -> HttpResponse:
            def draw() -> tuple[Any, Parts]:
                overlap = Overlap(form.cleaned_data["overlap"])
                actor = self.actor(request)
                return _parts(replace_endpoint_secret(endpoint, overlap=overlap, actor=actor))

            return self.show_once(request, form, draw, onward=self.page("change", endpoint.pk))

        return self.ask(
            request,
            form,
            replace,
            row=endpoint,
            title="Replace the secret",
            about=endpoint,
            text="While two secrets work, each message is signed with both. If the secret is in"
            " wrong hands, let it stop at once.",
            submit="Replace the secret",
        )

    @action(description="End older secret", url_path="end-older-secret", permissions=["manage"])
    def end_older(self, request: HttpRequest, object_id: str) -> HttpResponse:
        endpoint = self.get_object(request, object_id)
        if not endpoint.older_secret_works:
            return self.go_back(request, endpoint, "Only one secret works.")
        return self.confirm(
            request,
            endpoint,
            partial(end_older_endpoint_secret, endpoint, actor=self.actor(request)),
            done="The older secret works no more.",
            title="End the older secret",
            about=endpoint,
            text="A receiver that still uses it will refuse our messages.",
            submit="End it",
            danger=True,
        )

    @action(description="Pause", url_path="pause", permissions=["manage"])
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        endpoint = self.get_object(request, object_id)
        return self.confirm(
            request,
            endpoint,
            partial(pause_endpoint, endpoint, actor=self.actor(request)),
            done="It is paused.",
            title="Pause the webhook endpoint",
            about=endpoint,
            text=f"Nothing more is sent to it until somebody resumes it. {WAITS_FOR}",
            submit="Pause it",
            danger=True,
        )

    @action(description="Resume", url_path="resume", permissions=["manage"])
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        endpoint = self.get_object(request, object_id)
        return self.confirm(
            request,
            endpoint,
            partial(resume_endpoint, endpoint, actor=self.actor(request)),
            done="It is sent to again.",
            title="Resume the webhook endpoint",
            about=endpoint,
            text="What waited is sent at once, beginning with what waited longest.",
            submit="Resume it",
        )

    @action(description="Remove", url_path="remove", permissions=["manage"])
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        endpoint = self.get_object(request, object_id)
        return self.confirm(
            request,
            endpoint,
            partial(remove_endpoint, endpoint, actor=self.actor(request)),
            done="It is removed.",
            title="Remove the webhook endpoint",
            about=endpoint,
            text="It is told of nothing any more, and what still waits for it is given up. This"
            " cannot be undone. What was sent to it stays in the log of deliveries.",
            submit="Remove it",
            danger=True,
        )


def wording_of(endpoint: WebhookEndpoint) -> Wording:
    return WORDINGS[Dialect(endpoint.dialect)]


def _parts(made: NewEndpoint) -> tuple[WebhookEndpoint, Parts]:
    return made.endpoint, [("Signing secret", made.secret)]
