"""What the tests of webhooks in the admin ask for, and how they read it."""

import re
from typing import Any

from django.test import Client
from django.utils import timezone

from orders.statuses import Status
from organisations.models import Account, Organisation
from tests import builders
from tests.webhooks.receiver import Receiver
from tests.webhooks.working import work
from webhooks.models import Delivery, DeliveryState, Dialect, WebhookEndpoint

ENDPOINTS = "/admin/webhooks/webhookendpoint/"
DELIVERIES = "/admin/webhooks/delivery/"
# On this machine, where nobody listens: no test of a form sends anything.
NOBODY = "http://127.0.0.1:9/hooks"
SEALED = ("secret", "old_secret", "bearer")


def new_endpoint(owner: Account, **others: Any) -> dict[str, Any]:
    return {
        "account": owner.pk,
        "url": NOBODY,
        "dialect": Dialect.V1.value,
        "kinds": ["shipped"],
        "bearer": "",
        "once": "the-page",
        **others,
    }


def shown(answer: Any) -> list[str]:
    return re.findall(r"<code>([^<]+)</code>", answer.content.decode())


def words(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def page_of(row: WebhookEndpoint | Delivery, name: str = "change") -> str:
    room = ENDPOINTS if isinstance(row, WebhookEndpoint) else DELIVERIES
    return f"{room}{row.pk}/{name}/"


def listed(client: Client, address: str) -> list[int]:
    return [row.pk for row in client.get(address).context["cl"].result_list]


def searched(client: Client, text: str) -> list[int]:
    return listed(client, client.post(DELIVERIES, {"search": text})["Location"])


def told(clinic: Organisation, **members: Any) -> Delivery:
    """What is owed to the account's endpoint of a new order."""
    order = builders.order(Status.AWAITING_SHIPMENT, chosen=clinic, **members)
    return Delivery.objects.get(reference=order.reference)


def sent_to(receiver: Receiver, clinic: Organisation) -> Delivery:
    builders.endpoint(clinic.account, receiver.address)
    delivery = told(clinic)
    work()
    return delivery


def buttons(client: Client, row: WebhookEndpoint | Delivery) -> set[str]:
    found = re.findall(rf'href="{page_of(row, "([a-z-]+)")}"', words(client, page_of(row)))
    return {*found} - {"history", "change"}


def settle(*deliveries: Delivery) -> None:
    """As if they had been sent."""
    rows = Delivery.objects.filter(pk__in=[one.pk for one in deliveries])
    rows.update(state=DeliveryState.DELIVERED, settled_at=timezone.now(), body=b"{}", tries=1)


def tick(client: Client, *rows: object, **others: str) -> Any:
    sent = {"action": "redeliver_chosen", "index": "0", "select_across": "0", **others}
    return client.post(DELIVERIES, {**sent, "_selected_action": list(rows)}, follow=True)
