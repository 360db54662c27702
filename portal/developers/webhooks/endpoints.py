"""The page of one webhook endpoint, and the page that makes one."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from organisations.visit import SHOWS, Visit
from portal.api.wordings import WORDINGS
from portal.developers.asking import Question, Shown, ask, sent, show_once
from portal.developers.door import developers_page
from portal.developers.webhooks import delivery_words, endpoint_words
from portal.developers.webhooks.endpoint_forms import DialectForm, NewEndpointForm, dialect_asked
from portal.developers.webhooks.figures import how_many_wait, success_rate
from webhooks.endpoints import NewEndpoint, create_endpoint
from webhooks.models import Attempt, Delivery, Dialect, WebhookEndpoint

ENDPOINTS_AT_MOST: Final = 100
NEWEST: Final = 10
LEADS: Final[Mapping[Dialect, str]] = {
    Dialect.V1: "It is told what happens to the test orders of your whole account, whatever the"
    " organisation.",
    Dialect.V3: "It is told what happens in your whole account, whatever the organisation.",
}


def lines_of_endpoints(visit: Visit) -> list[dict[str, Any]]:
    """Those of the account, the newest first, in one query."""
    last_try = Attempt.objects.filter(endpoint=OuterRef("pk")).order_by("-pk")
    present = WebhookEndpoint.objects.visible_to(visit.actor).present().order_by("-pk")
    rows = present.annotate(last_used_at=Subquery(last_try.values("began_at")[:1]))
    return [
        endpoint_words.line_of(one, last_used_at=one.last_used_at)
        for one in rows[:ENDPOINTS_AT_MOST]
    ]


def find_endpoint(visit: Visit, endpoint_id: UUID) -> WebhookEndpoint:
    """The endpoint of this name; another account's is not there, nor one that was removed."""
    present = WebhookEndpoint.objects.visible_to(visit.actor).present()
    found = present.filter(public_id=endpoint_id).first()
    if found is None:
        raise Http404
    return found


@developers_page(methods=SHOWS)
def endpoint_page(visit: Visit, endpoint_id: UUID) -> HttpResponse:
    endpoint = find_endpoint(visit, endpoint_id)
    last = Attempt.objects.filter(endpoint=endpoint).order_by("-pk").defer("answered_body").first()
    answer = endpoint_words.answer_words(last.status, last.fault) if last else ""
    pages = ("test", "pause", "resume", "remove", "replace_secret_of", "end_older_of")
    return visit.page(
        "developers/endpoint.html",
        here="developers",
        endpoint=endpoint,
        urls={page: endpoint_words.address(endpoint, page) for page in pages},
        deliveries_url=f"{reverse('developers:deliveries')}?endpoint={endpoint.public_id}",
        facts=endpoint_words.facts_of(endpoint),
        how_it_goes=endpoint_words.how_it_goes(
            rate=success_rate(endpoint),
            waiting=how_many_wait(endpoint),
            last_used_at=last and last.began_at,
        ),
        secrets=endpoint_words.secrets_of(endpoint),
        trouble=endpoint_words.trouble_of(endpoint, answer),
        rows=_newest_deliveries(endpoint),
        **endpoint_words.state_of(endpoint, was_used=last is not None),
    )


@developers_page()
def new_endpoint(visit: Visit) -> HttpResponse:
    """Ask for the API first, and then what its endpoints are asked."""
    dialect = dialect_asked(visit.request)
    return _choose_api(visit) if dialect is None else _new_endpoint(visit, dialect)


def _choose_api(visit: Visit) -> HttpResponse:
    form = DialectForm(sent(visit))
    question = Question(
        title="New webhook endpoint",
        lead="For which API is it? You can have endpoints for both.",
        button="Continue",
        back=reverse("developers:start"),
    )

    def go_on() -> HttpResponse:
        return redirect(f"{visit.request.path}?dialect={form.cleaned_data['dialect']}")

    return ask(visit, question, form, go_on)


def _new_endpoint(visit: Visit, dialect: Dialect) -> HttpResponse:
    form = NewEndpointForm(sent(visit), dialect=dialect)
    question = Question(
        title=f"New webhook endpoint for {dialect.label}",
        lead=LEADS[dialect],
        button="Create",
        back=reverse("developers:new_endpoint"),
    )

    def make() -> HttpResponse:
        def draw() -> Shown:
            wording, account = WORDINGS[dialect], visit.account.pk
            return shown(
                create_endpoint(form.wanted, account_id=account, wording=wording, actor=visit.actor)
            )

        return show_once(visit, form, draw, onward=reverse("developers:start"))

    return ask(visit, question, form, make)


def shown(made: NewEndpoint) -> Shown:
    """The endpoint, and its secret for the last time."""
    address = endpoint_words.address(made.endpoint)
    return Shown(made.endpoint.url, address, [("Signing secret", made.secret)])


def _newest_deliveries(endpoint: WebhookEndpoint) -> list[dict[str, Any]]:
    rows = delivery_words.with_what_is_shown(Delivery.objects.filter(endpoint=endpoint))
    return delivery_words.rows_of(rows.order_by("-pk")[:NEWEST])
