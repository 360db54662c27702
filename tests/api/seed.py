"""Run as a program: puts an organisation, its account's catalogue and site, and a client and a key
without limit into the database of the environment, and prints what it takes to call.
"""

import json
import sys


def main() -> None:
    import django  # noqa: PLC0415 - the models can be loaded only after the set-up

    django.setup()
    from inventory.models import AccountCatalogue, Kit  # noqa: PLC0415
    from organisations.integrations import create_api_key  # noqa: PLC0415
    from organisations.roles import Scope  # noqa: PLC0415
    from tests import builders, warehouse  # noqa: PLC0415

    clinic = builders.organisation()
    scopes = (Scope.ORDERS, Scope.STUDIES, Scope.READ_CODES, Scope.REFERRALS, Scope.EVENTS)
    credentials = builders.api_client(clinic.account, *scopes)
    credentials.client.calls_a_minute = 0
    credentials.client.save(update_fields=["calls_a_minute"])
    key = create_api_key(
        account_id=clinic.account.pk,
        name="Test Key",
        scopes=[Scope.ORDERS],
        actor=builders.administrator(),
    )
    key.key.calls_a_minute = 0
    key.key.save(update_fields=["calls_a_minute"])
    gateway = builders.gateway_key()
    gateway.key.calls_a_minute = 0
    gateway.key.save(update_fields=["calls_a_minute"])
    kit = Kit.objects.earliest("pk")
    AccountCatalogue.objects.create(account=clinic.account, kit=kit)
    item = builders.catalogue_item(clinic.account)
    site = builders.site(clinic.account)
    device = warehouse.written_down(warehouse.device_item(clinic.account), owner=clinic.account)
    seed = {
        "client_id": credentials.client.client_id,
        "secret": credentials.secret,
        "organisation": {"name": clinic.name, "reference": clinic.reference},
        "key": key.whole,
        "gateway": gateway.whole,
        "ids": {
            "siteId": site.pk,
            "itemId": item.pk,
            "kitId": kit.pk,
            "manufacturerId": item.manufacturer_id,
            "deviceId": device.pk,
            "deviceIdentifier": device.identifiers.get().value,
        },
    }
    sys.stdout.write(json.dumps(seed))


if __name__ == "__main__":
    main()
