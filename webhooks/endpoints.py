"""What is done with an endpoint: made, changed, given another secret, paused, resumed, removed,
tried out. A secret can be read once, when it is drawn.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor, Permission
from foundation.errors import Faults, Forbidden
from foundation.history import sign_history
from organisations.errors import TwoSecretsWork
from organisations.integrations import Overlap
from webhooks.errors import BearerUnusable, EndpointIsPaused, EndpointNotFound, NothingToTell
from webhooks.models import Delivery, DeliveryState, Dialect, Pause, WebhookEndpoint
from webhooks.receivers import check_url
from webhooks.recording import News, record, wake
from webhooks.secrets import draw_secret, seal_bearer, seal_secret
from webhooks.wording import Wording, chosen_kinds

TEST: Final = "test"
TOKEN: Final = re.compile(r"[A-Za-z0-9\-._~+/]+=*", re.ASCII)
LONGEST_TOKEN: Final = 1000


@dataclass(frozen=True, kw_only=True)
class EndpointWanted:
    """What must be known of a new one: the kinds of events, or the type that it is `told_as`, in
    our words. Without a bearer none is sent.
    """

    url: str
    dialect: Dialect
    kinds: Sequence[str] = ()
    told_as: str = ""
    bearer: str = ""


class NewEndpoint(NamedTuple):
    """The secret is readable here for the last time."""

    endpoint: WebhookEndpoint
    secret: str


def create_endpoint(
    wanted: EndpointWanted, *, account_id: int, wording: Wording, actor: Actor
) -> NewEndpoint:
    """From here on the account's events of these kinds are posted to the address.

    Raises Forbidden; AddressMalformed, AddressNotFound, AddressNotOutside, NothingToTell and
    BearerUnusable, all at once.
    """
    answer_for(account_id, actor)
    chosen, faults = chosen_kinds(wording, wanted.kinds, told_as=wanted.told_as), Faults()
    with faults.gathered():
        check_url(wanted.url)
    with faults.gathered():
        _check_kinds(chosen)
    with faults.gathered():
        _check_bearer(wanted.bearer)
    faults.raise_any()
    secret = draw_secret()
    with transaction.atomic():
        sign_history(actor)
        endpoint = WebhookEndpoint.objects.create(
            account_id=account_id,
            url=wanted.url,
            dialect=wanted.dialect,
            kinds=chosen,
            told_as=wanted.told_as if wording.types else "",
            studies_only=wording.studies_only,
            secret=seal_secret(secret),
            bearer=seal_bearer(wanted.bearer),
        )
    return NewEndpoint(endpoint, secret)


def change_endpoint(
    endpoint: WebhookEndpoint, *, url: str, kinds: Sequence[str], wording: Wording, actor: Actor
) -> None:
    """Post to another address from now on, what waits too, or tell of other kinds of events; the
    form that it is told in stays.

    Raises as `create_endpoint` does.
    """
    answer_for(endpoint.account_id, actor)
    chosen, faults = chosen_kinds(wording, kinds, told_as=endpoint.told_as), Faults()
    if url != endpoint.url:
        with faults.gathered():
            check_url(url)
    with faults.gathered():
        _check_kinds(chosen)
    faults.raise_any()
    with transaction.atomic():
        sign_history(actor)
        here = _locked(endpoint)
        here.url, here.kinds = url, chosen
        here.save(update_fields=["url", "kinds"])


@transaction.atomic
def set_bearer(endpoint: WebhookEndpoint, token: str, *, actor: Actor) -> None:
    """Send this token with each message, or none when it is empty.

    Raises Forbidden, BearerUnusable.
    """
    answer_for(endpoint.account_id, actor)
    _check_bearer(token)
    sign_history(actor)
    here = _locked(endpoint)
    here.bearer = seal_bearer(token)
    here.save(update_fields=["bearer"])


@transaction.atomic
def replace_endpoint_secret(
    endpoint: WebhookEndpoint, *, actor: Actor, overlap: Overlap = Overlap.NONE
) -> NewEndpoint:
    """Sign with a new secret; for the overlap with the older one too, so that either verifies.

    Raises Forbidden, TwoSecretsWork.
    """
    answer_for(endpoint.account_id, actor)
    sign_history(actor)
    here, now = _locked(endpoint), timezone.now()
    if overlap is not Overlap.NONE and here.older_secret_works:
        raise TwoSecretsWork(field="overlap")
    here.old_secret = "" if overlap is Overlap.NONE else here.secret
    here.old_secret_ends_at = None if overlap is Overlap.NONE else now + overlap.length
    secret = draw_secret()
    here.secret, here.secret_drawn_at = seal_secret(secret), now
    here.save(update_fields=["secret", "secret_drawn_at", "old_secret", "old_secret_ends_at"])
    return NewEndpoint(here, secret)


@transaction.atomic
def end_older_endpoint_secret(endpoint: WebhookEndpoint, *, actor: Actor) -> None:
    """Messages are signed with the present secret only. Raises Forbidden."""
    answer_for(endpoint.account_id, actor)
    sign_history(actor)
    here = _locked(endpoint)
    here.old_secret, here.old_secret_ends_at = "", None
    here.save(update_fields=["old_secret", "old_secret_ends_at"])


@transaction.atomic
def pause_endpoint(endpoint: WebhookEndpoint, *, actor: Actor) -> None:
    """Nothing more is sent; what happens meanwhile waits. Raises Forbidden."""
    answer_for(endpoint.account_id, actor)
    sign_history(actor)
    here = _locked(endpoint)
    if here.paused_at is None:
        here.paused_at, here.pause = timezone.now(), Pause.BY_HAND
        here.save(update_fields=["paused_at", "pause"])


@transaction.atomic
def resume_endpoint(endpoint: WebhookEndpoint, *, actor: Actor) -> None:
    """What waited is sent now, beginning with what waited longest. Raises Forbidden."""
    answer_for(endpoint.account_id, actor)
    sign_history(actor)
    here = _locked(endpoint)
    here.paused_at, here.pause, here.failing_since, here.waits_until = None, "", None, None
    here.save(update_fields=["paused_at", "pause", "failing_since", "waits_until"])
    now = timezone.now()
    Delivery.objects.waiting().filter(endpoint=here, due_at__gt=now).update(due_at=now)
    wake([here.pk])


@transaction.atomic
def remove_endpoint(endpoint: WebhookEndpoint, *, actor: Actor) -> None:
    """It is told of nothing any more; what still waited is given up. Raises Forbidden."""
    answer_for(endpoint.account_id, actor)
    sign_history(actor)
    here, now = _locked(endpoint), timezone.now()
    here.removed_at = now
    here.save(update_fields=["removed_at"])
    waiting = Delivery.objects.waiting().filter(endpoint=here)
    waiting.update(state=DeliveryState.PARKED, settled_at=now)


@transaction.atomic
def send_test_event(endpoint: WebhookEndpoint, *, actor: Actor) -> Delivery:
    """Have the endpoint sent an event that says nothing but that it is one; its delivery.

    Raises Forbidden, EndpointIsPaused.
    """
    answer_for(endpoint.account_id, actor)
    here = _locked(endpoint)
    if here.paused_at is not None:
        raise EndpointIsPaused
    news = News(
        channel=TEST,
        reference=str(here.public_id),
        kinds=(TEST,),
        is_of_a_study=True,
        facts={},
        happened_at=timezone.now(),
    )
    record(news, account_id=here.account_id, only=[here.pk])
    return Delivery.objects.filter(endpoint=here, channel=TEST).latest("pk")


def answer_for(account_id: int, actor: Actor) -> None:
    """Forbidden unless the actor acts for the whole account, of which the endpoint is told."""
    actor.must(Permission.MANAGE_INTEGRATIONS)
    actor.for_account(account_id)
    if not actor.sees_all_organisations:
        raise Forbidden


def _check_kinds(chosen: Sequence[str]) -> None:
    if not chosen:
        raise NothingToTell(field="kinds")


def _check_bearer(token: str) -> None:
    if token and not (len(token) <= LONGEST_TOKEN and TOKEN.fullmatch(token)):
        raise BearerUnusable(field="bearer")


def _locked(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """As it is now, until the transaction ends; EndpointNotFound once it was removed."""
    rows = WebhookEndpoint.objects.present().select_for_update(of=("self",))
    found = rows.filter(pk=endpoint.pk).first()
    if found is None:
        raise EndpointNotFound
    return found
