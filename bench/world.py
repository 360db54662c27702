"""Whom the orders of a measurement are for, and the program that places them."""

import json
from dataclasses import dataclass, replace

from foundation.actors import Actor, Door, Permission
from foundation.addresses import Address
from foundation.ids import public_id
from inventory.models import Item, KitItem, Stock, StudyKit
from organisations.integrations import create_api_client, create_api_key
from organisations.models import ApiClient, ApiKey, Organisation
from organisations.roles import Scope
from organisations.sensors import Sensor
from patients.commands import register_patient
from patients.models import Patient
from patients.wanted import PatientWanted, PersonName
from portal.demo.world import World, build_world

MAKER = Actor(door=Door.SYSTEM, label="Bench", permissions=frozenset(Permission), account_id=None)


@dataclass(frozen=True)
class Bench:
    world: World
    organisation: Organisation
    client: ApiClient
    secret: str
    key: ApiKey
    whole_key: str
    patient: Patient
    item: Item

    @property
    def ids(self) -> dict[str, int]:
        """What the statements of pgbench are about."""
        kit = StudyKit.objects.get(product=self.organisation.product, sensors=list(Sensor)).kit_id
        items = KitItem.objects.filter(kit=kit).values("item")
        stock = Stock.objects.at_fulfilment_centres().order_by("pk")
        inside = stock.filter(item__in=items).values_list("pk", flat=True)
        return {
            **{f"stock_{place}": number for place, number in enumerate(inside, 1)},
            "stock_of_item": stock.get(item=self.item).pk,
            "item": self.item.pk,
            "patient": self.patient.pk,
            "key": self.key.pk,
            "account": self.organisation.account_id,
            "organisation": self.organisation.pk,
            "kit": kit,
            "client": self.client.pk,
        }

    def order_of_v3(self) -> bytes:
        """The body of an order of one item for a known patient."""
        body = {
            "externalOrderIds": ["bench"],
            "patient": {"id": self.patient.pk},
            "orderItems": [{"item": {"id": self.item.pk}}],
        }
        return json.dumps(body).encode()

    def order(self, reference: str, patient: str) -> bytes:
        """The body of an order for somebody new."""
        attributes = {
            "reference": reference,
            "shippingAddress": {
                "lines": ["1 Test Street"],
                "city": "London",
                "county": "London",
                "postcode": "SW1A 1AA",
            },
            "study": {
                "nights": 2,
                "sensors": ["neck_sensor", "oximeter"],
                "requiresPhone": False,
            },
            "patient": {
                "reference": patient,
                "dob": "1980-02-29",
                "name": "Test Person",
                "email": "test@example.org",
                "mobileTelephone": "07911 123456",
            },
            "organisation": {
                "name": self.organisation.name,
                "reference": self.organisation.reference,
            },
        }
        return json.dumps({"data": {"type": "order", "attributes": attributes}}).encode()


def prepare() -> Bench:
    """The demo's accounts, and a client without a limit; each run has its own client."""
    world = build_world()
    made = create_api_client(
        account_id=world.clinic.pk, name="Bench", scopes=[Scope.ORDERS], actor=MAKER
    )
    ApiClient.objects.filter(pk=made.client.pk).update(calls_a_minute=0)
    organisation = Organisation.objects.select_related("product").get(
        account=world.clinic, reference="ORG-A"
    )
    # So much that no order waits for it.
    Stock.objects.update(new=2_000_000_000, used=0, reserved=0)
    item = Item.objects.get(sku="DEMO-PATCH")
    return Bench(
        world, organisation, made.client, made.secret, *_key(world), _patient(organisation), item
    )


def _key(world: World) -> tuple[ApiKey, str]:
    made = create_api_key(
        account_id=world.clinic.pk, name="Bench", scopes=[Scope.ORDERS], actor=MAKER
    )
    ApiKey.objects.filter(pk=made.key.pk).update(calls_a_minute=0)
    return made.key, made.whole


def _patient(organisation: Organisation) -> Patient:
    """Somebody new for each run, whose orders are all of this run."""
    wanted = PatientWanted(
        name=PersonName.split("Test Person"),
        address=Address(
            lines=("1 Test Street",),
            city="London",
            county="London",
            postcode="SW1A 1AA",
            country_code="GB",
        ),
    )
    actor = replace(MAKER, account_id=organisation.account_id)
    return register_patient(wanted, organisation=organisation, public_id=public_id(), actor=actor)
