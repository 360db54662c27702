import pytest
from django.db import IntegrityError, transaction

from inventory.models import AccountCatalogue, Item, KitItem, StudyKit
from tests import builders

pytestmark = pytest.mark.django_db


def refused(by: str, act) -> None:
    with pytest.raises(IntegrityError, match=by), transaction.atomic():
        act()


def test_one_item_only_is_the_phone():
    phone = builders.phone_item()

    refused(
        "one_item_is_the_phone",
        lambda: Item.objects.create(
            manufacturer=phone.manufacturer, name="Test", sku="SKU-2", is_the_phone=True
        ),
    )


def test_a_catalogue_entry_is_an_item_or_a_kit():
    account, item = builders.account(), builders.phone_item()

    refused(
        "catalogue_entry_is_an_item_or_a_kit",
        lambda: AccountCatalogue.objects.create(account=account),
    )
    AccountCatalogue.objects.create(account=account, item=item)
    refused(
        "item_is_in_the_catalogue_already",
        lambda: AccountCatalogue.objects.create(account=account, item=item),
    )


def test_one_kit_serves_a_set_of_sensors_of_a_product():
    served = StudyKit.objects.filter(product=builders.product()).first()

    refused(
        "another_kit_serves_these_sensors",
        lambda: StudyKit.objects.create(
            product=served.product, sensors=served.sensors, kit=served.kit
        ),
    )


def test_a_kit_holds_at_least_one_of_each_of_its_items():
    builders.product()
    row = KitItem.objects.all()[:1].get()

    refused(
        "kit_item_count_is_at_least_1",
        lambda: KitItem.objects.filter(pk=row.pk).update(count=0),
    )
