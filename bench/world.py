"""Whom the orders of a measurement are for, and the program that places them."""

import json
from dataclasses import dataclass

from foundation.actors import Actor, Door, Permission
from inventory.models import StudyKit
from organisations.integrations import create_api_client
from organisations.models import ApiClient, Organisation
from organisations.roles import Scope
from organisations.sensors import Sensor
from portal.demo.world import World, build_world

MAKER = Actor(door=Door.SYSTEM, label="Bench", permissions=frozenset(Permission), account_id=None)


@dataclass(frozen=True)
class Bench:
    world: World
    organisation: Organisation
    client: ApiClient
    secret: str

    @property
    def ids(self) -> dict[str, int]:
        """What the statements of pgbench are about."""
        kit = StudyKit.objects.get(product=self.organisation.product, sensors=list(Sensor)).kit_id
        return {
            "account": self.organisation.account_id,
            "organisation": self.organisation.pk,
            "kit": kit,
            "client": self.client.pk,
        }

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
    return Bench(world, organisation, made.client, made.secret)
