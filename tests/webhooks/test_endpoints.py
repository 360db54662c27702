"""What is done with an endpoint: its secrets, a pause, another address, its end."""

import pytest
from django.utils import timezone
from standardwebhooks.webhooks import WebhookVerificationError

from orders.statuses import Status
from organisations.integrations import Overlap
from portal.api.wordings import WORDINGS
from tests import builders
from tests.webhooks.receiver import Reply, receiving
from tests.webhooks.working import events_in, moved_on, work
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
from webhooks.errors import EndpointIsPaused, EndpointNotFound
from webhooks.models import Attempt, Delivery, DeliveryState, Dialect, Fault, WebhookEndpoint
from webhooks.outcomes import Try, conclude
from webhooks.posting import Answer
from webhooks.queueing import claim

pytestmark = pytest.mark.django_db(transaction=True)

DOWN = Reply(503)


def test_either_of_two_living_secrets_verifies_and_an_ended_one_does_not() -> None:
    clinic = builders.organisation()
    boss = builders.manager(owner=clinic.account)
    with receiving() as receiver:
        endpoint, old = builders.endpoint(clinic.account, receiver.address)
        _, new = replace_endpoint_secret(endpoint, overlap=Overlap.A_DAY, actor=boss)
        send_test_event(endpoint, actor=boss)
        work()
        end_older_endpoint_secret(endpoint, actor=boss)
        send_test_event(endpoint, actor=boss)
        work()

    both, last = receiver.posted
    assert both.verified_by(old)
    assert both.verified_by(new)
    assert last.verified_by(new)
    with pytest.raises(WebhookVerificationError):
        last.verified_by(old)


def test_a_bearer_token_goes_along_and_is_masked_in_the_log() -> None:
    clinic = builders.organisation()
    boss = builders.manager(owner=clinic.account)
    with receiving() as receiver:
        endpoint, _ = builders.endpoint(clinic.account, receiver.address)
        set_bearer(endpoint, "plain-token", actor=boss)
        send_test_event(endpoint, actor=boss)
        work()

    assert receiver.posted[0].headers["authorization"] == "Bearer plain-token"
    sent = dict(Attempt.objects.get().sent_headers)
    assert sent["Authorization"] == "•••"
    assert sent["webhook-id"] == receiver.posted[0].message_id


def test_secrets_are_sealed_in_the_database() -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        endpoint, secret = builders.endpoint(clinic.account, receiver.address)
        set_bearer(endpoint, "plain-token", actor=builders.manager(owner=clinic.account))

    row = WebhookEndpoint.objects.values_list("secret", "bearer").get()
    assert secret not in row[0]
    assert "plain-token" not in row[1]


def test_a_test_event_goes_to_the_one_endpoint_and_says_that_it_is_one() -> None:
    clinic = builders.organisation()
    boss = builders.manager(owner=clinic.account)
    with receiving() as receiver, receiving() as other:
        endpoint, secret = builders.endpoint(clinic.account, receiver.address, "called_off")
        builders.endpoint(clinic.account, other.address)
        send_test_event(endpoint, actor=boss)
        send_test_event(endpoint, actor=boss)
        work()

    assert [one.verified_by(secret)["data"]["type"] for one in receiver.posted] == ["TestEvent"] * 2
    assert other.posted == []


def test_what_happens_while_an_endpoint_is_paused_is_sent_when_it_is_resumed() -> None:
    clinic = builders.organisation()
    boss = builders.manager(owner=clinic.account)
    with receiving() as receiver:
        endpoint, _ = builders.endpoint(clinic.account, receiver.address)
        pause_endpoint(endpoint, actor=boss)
        builders.order(Status.SHIPPED, chosen=clinic)
        with pytest.raises(EndpointIsPaused):
            send_test_event(endpoint, actor=boss)
        work()
        before = len(receiver.posted)
        resume_endpoint(endpoint, actor=boss)
        work()

    assert before == 0
    assert events_in(receiver.posted) == ["SENT_FOR_FULFILMENT", "SHIPPED"]


def test_what_waits_goes_to_the_new_address() -> None:
    clinic = builders.organisation()
    boss = builders.manager(owner=clinic.account)
    with receiving(DOWN) as old, receiving() as new:
        endpoint, _ = builders.endpoint(clinic.account, old.address)
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        work()
        change_endpoint(
            endpoint,
            url=new.address,
            kinds=endpoint.kinds,
            wording=builders.WORDINGS[builders.Dialect.V1],
            actor=boss,
        )
        moved_on()
        work()

    assert events_in(new.posted) == ["SENT_FOR_FULFILMENT"]


def test_a_removed_endpoint_is_owed_nothing_and_cannot_be_changed() -> None:
    clinic = builders.organisation()
    boss = builders.manager(owner=clinic.account)
    with receiving(DOWN) as receiver:
        endpoint, _ = builders.endpoint(clinic.account, receiver.address)
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        work()
        remove_endpoint(endpoint, actor=boss)
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        moved_on()
        work()

    assert len(receiver.posted) == 1
    assert Delivery.objects.get().state == DeliveryState.PARKED
    with pytest.raises(EndpointNotFound):
        pause_endpoint(endpoint, actor=boss)


def test_what_was_being_sent_to_a_removed_endpoint_is_not_tried_again() -> None:
    wording = WORDINGS[Dialect.V1]
    clinic = builders.organisation()
    boss = builders.manager(owner=clinic.account)
    endpoint, _ = builders.endpoint(clinic.account, "http://127.0.0.1:9/hooks")
    send_test_event(endpoint, actor=boss)
    claimed = claim(endpoint.pk, endpoint.url, wording)
    assert claimed

    remove_endpoint(endpoint, actor=boss)
    failed = Try(
        delivery=claimed.deliveries[0],
        began_at=timezone.now(),
        sent=[],
        answer=Answer(fault=Fault.UNREACHABLE),
    )
    conclude(claimed.endpoint, [failed], [], wording)

    given_up = Delivery.objects.get()
    assert (given_up.state, given_up.tries) == (DeliveryState.PARKED, 1)
    assert given_up.settled_at
