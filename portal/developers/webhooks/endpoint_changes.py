"""The pages on which a webhook endpoint is changed: each calls one command."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from foundation.errors import Forbidden, Refusal
from organisations.integrations import Overlap
from organisations.program_forms import NewSecretForm
from organisations.visit import Visit
from portal.api.wordings import WORDINGS
from portal.developers.asking import NoForm, Question, Shown, ask, go_back, sent, show_once
from portal.developers.door import developers_page
from portal.developers.webhooks import endpoint_words
from portal.developers.webhooks.endpoint_forms import BearerForm, ChangeEndpointForm
from portal.developers.webhooks.endpoints import find_endpoint, shown
from webhooks.endpoints import (
    change_endpoint,
    end_older_endpoint_secret,
    pause_endpoint,
    remove_endpoint,
    replace_endpoint_secret,
    resume_endpoint,
    send_test_event,
    set_bearer,
)
from webhooks.models import Delivery, Dialect, WebhookEndpoint


@developers_page()
def change(visit: Visit, endpoint_id: UUID) -> HttpResponse:
    endpoint = find_endpoint(visit, endpoint_id)
    form = ChangeEndpointForm(sent(visit), endpoint=endpoint)
    question = _about(
        endpoint,
        title="Change the webhook endpoint",
        button="Save",
        lead="What waits is sent to the new address too.",
    )

    def save() -> HttpResponse:
        change_endpoint(
            endpoint,
            url=form.cleaned_data["url"],
            kinds=form.chosen_kinds,
            wording=WORDINGS[Dialect(endpoint.dialect)],
            actor=visit.actor,
        )
        return go_back(visit, question, "The change is saved.")

    return ask(visit, question, form, save)


@developers_page()
def replace_secret(visit: Visit, endpoint_id: UUID) -> HttpResponse:
    endpoint = find_endpoint(visit, endpoint_id)
    form = NewSecretForm(sent(visit))
    question = _about(
        endpoint,
        title="Replace the secret",
        button="Replace the secret",
        lead="While two secrets work, each message is signed with both, so that either verifies it."
        " If the secret is in wrong hands, let it stop at once.",
    )

    def replace() -> HttpResponse:
        def draw() -> Shown:
            overlap = Overlap(form.cleaned_data["overlap"])
            return shown(replace_endpoint_secret(endpoint, overlap=overlap, actor=visit.actor))

        return show_once(visit, form, draw, onward=question.back)

    return ask(visit, question, form, replace)


@developers_page()
def end_older(visit: Visit, endpoint_id: UUID) -> HttpResponse:
    endpoint = find_endpoint(visit, endpoint_id)
    question = _about(
        endpoint,
        title="End the older secret",
        button="End the older secret",
        lead="Messages are then signed with the present secret only. A receiver that still uses the"
        " older one will refuse them.",
        is_final=True,
    )

    def end() -> HttpResponse:
        end_older_endpoint_secret(endpoint, actor=visit.actor)
        return go_back(visit, question, "The older secret works no more.")

    if not endpoint.older_secret_works:
        return redirect(question.back)
    return ask(visit, question, NoForm(sent(visit)), end)


@developers_page()
def bearer(visit: Visit, endpoint_id: UUID) -> HttpResponse:
    endpoint = find_endpoint(visit, endpoint_id)
    form = BearerForm(sent(visit))
    question = _about(
        endpoint,
        title="Set the bearer token",
        button="Save",
        lead="It is sent with every message, as “Authorization: Bearer …”. The one that is set now"
        " is not shown.",
    )

    def save() -> HttpResponse:
        token = form.cleaned_data["bearer"]
        set_bearer(endpoint, token, actor=visit.actor)
        done = "The bearer token is set." if token else "No bearer token is sent any more."
        return go_back(visit, question, done)

    return ask(visit, question, form, save)


@developers_page()
def pause(visit: Visit, endpoint_id: UUID) -> HttpResponse:
    endpoint = find_endpoint(visit, endpoint_id)
    question = _about(
        endpoint,
        title="Pause the webhook endpoint",
        button="Pause it",
        lead=f"Nothing more is sent to it until you resume it. {endpoint_words.WAITS_FOR}",
        is_final=True,
    )

    def stop() -> HttpResponse:
        pause_endpoint(endpoint, actor=visit.actor)
        return go_back(visit, question, "It is paused.")

    return ask(visit, question, NoForm(sent(visit)), stop)


@developers_page()
def resume(visit: Visit, endpoint_id: UUID) -> HttpResponse:
    endpoint = find_endpoint(visit, endpoint_id)
    question = _about(
        endpoint,
        title="Resume the webhook endpoint",
        button="Resume it",
        lead="What waited is sent at once, beginning with what waited longest.",
    )

    def go_on() -> HttpResponse:
        resume_endpoint(endpoint, actor=visit.actor)
        return go_back(visit, question, "It is sent to again.")

    return ask(visit, question, NoForm(sent(visit)), go_on)


@developers_page()
def remove(visit: Visit, endpoint_id: UUID) -> HttpResponse:
    endpoint = find_endpoint(visit, endpoint_id)
    question = _about(
        endpoint,
        title="Remove the webhook endpoint",
        button="Remove it",
        lead="It is told of nothing any more, and what still waits for it is given up. You cannot"
        " undo this. What was sent to it stays in the log of deliveries.",
        is_final=True,
    )

    def end() -> HttpResponse:
        remove_endpoint(endpoint, actor=visit.actor)
        messages.success(visit.request, "The webhook endpoint is removed.")
        return redirect("developers:start")

    return ask(visit, question, NoForm(sent(visit)), end)


@developers_page(methods=("POST",))
def test(visit: Visit, endpoint_id: UUID) -> HttpResponse:
    """Send a test event, and say where it can be watched."""
    endpoint = find_endpoint(visit, endpoint_id)
    try:
        delivery = send_test_event(endpoint, actor=visit.actor)
    except Forbidden:
        raise
    except Refusal as refusal:
        messages.error(visit.request, refusal.words)
    else:
        messages.success(visit.request, _on_its_way(delivery))
    return redirect(endpoint_words.address(endpoint))


def _on_its_way(delivery: Delivery) -> str:
    url = reverse("developers:delivery", args=[delivery.pk])
    return format_html('A test event is on its way. <a href="{}">See how it goes</a>', url)


def _about(endpoint: WebhookEndpoint, **said: Any) -> Question:
    return Question(about=endpoint.url, back=endpoint_words.address(endpoint), **said)
