"""Who and what there is in the demo before anybody orders. Run again, it adds nothing twice."""

from dataclasses import dataclass

from inventory.models import (
    AccountCatalogue,
    Item,
    Kit,
    KitItem,
    Manufacturer,
    Stock,
    StudyKit,
)
from organisations.models import (
    Account,
    AccountKind,
    Clinician,
    Membership,
    MembershipOrganisation,
    Organisation,
    Product,
    Site,
    User,
)
from organisations.roles import Role
from organisations.sensors import EmitOn, Sensor

ONE_NIGHT_KIT = "Sleep kit, neck sensor"
CENTRE = "Demo fulfilment centre"
TWO_SENSOR_KIT = "Sleep kit, neck sensor and oximeter"


@dataclass(frozen=True)
class World:
    operator: Account
    clinic: Account
    second_clinic: Account
    sandbox: Account


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in; `organisation` None is all of the account's."""

    key: str
    name: str
    account: str
    role: Role
    organisation: str | None = None

    @property
    def email(self) -> str:
        return f"{self.key.replace('_', '.')}@demo.example"


PEOPLE = (
    Person("clinic_staff", "Demo Clinic Staff", "clinic", Role.CLINIC_STAFF),
    Person("clinic_manager", "Demo Clinic Manager", "clinic", Role.CLINIC_MANAGER),
    Person("clinician", "Demo Clinician", "clinic", Role.CLINICIAN),
    Person("clinic_staff_b", "Demo Staff of Clinic B", "clinic", Role.CLINIC_STAFF, "ORG-B"),
    Person("second_clinic_staff", "Demo Hillside Staff", "second_clinic", Role.CLINIC_STAFF),
    Person("sandbox_staff", "Demo Sandbox Manager", "sandbox", Role.CLINIC_MANAGER),
    Person("operator", "Demo Operator", "operator", Role.OPERATOR),
    Person("stock_lead", "Demo Stock Lead", "operator", Role.STOCK_LEAD),
    Person("account_manager", "Demo Account Manager", "operator", Role.ACCOUNT_MANAGER),
    Person("auditor", "Demo Auditor", "operator", Role.AUDITOR),
    Person("administrator", "Demo Administrator", "operator", Role.ADMINISTRATOR),
)


def build_world() -> World:
    """Accounts, products, kits and organisations of the demo."""
    operator = _account("Homeward Fulfilment (demo)", kind=AccountKind.OPERATOR)
    clinic = _account("Riverside Sleep Services (demo)", sensors=list(Sensor))
    second = _account("Hillside Sleep Services (demo)", sensors=[Sensor.NECK])
    sandbox = _account("Sandbox Sleep Services", sensors=list(Sensor), is_test=True)
    product, basic = _products()
    _catalogue(product, basic, accounts=(clinic, second, sandbox))
    _organisation(
        clinic, "Sleep Clinic A", "ORG-A", product, default_nights=2, takes_referrals=True
    )
    _organisation(clinic, "Sleep Clinic B", "ORG-B", basic, emit_on=EmitOn.REVIEWED)
    _organisation(second, "Hillside Clinic", "ORG-H", basic)
    _organisation(sandbox, "Sandbox Clinic", "ORG-S", product, default_nights=2)
    _sites(operator, clinic)
    _stock(operator)
    return World(operator=operator, clinic=clinic, second_clinic=second, sandbox=sandbox)


def seat_people(world: World, *, password: str, is_new: bool) -> dict[str, User]:
    """Everybody of PEOPLE, by key. A new password is given to all, an old one to newcomers only,
    so that one that somebody has changed stays changed.
    """
    users = {person.key: _seat(person, world, password, is_new) for person in PEOPLE}
    clinics = [world.clinic.pk, world.second_clinic.pk, world.sandbox.pk]
    for clinic in Account.objects.filter(pk__in=clinics, account_manager=None):
        clinic.account_manager = users["account_manager"]
        clinic.save(update_fields=["account_manager"])
    return users


def _account(name: str, **columns: object) -> Account:
    return Account.objects.get_or_create(name=name, defaults=columns)[0]


def _products() -> tuple[Product, Product]:
    both, _ = Product.objects.get_or_create(
        name="Sleep apnoea test, neck sensor and oximeter", defaults={"sensors": list(Sensor)}
    )
    neck, _ = Product.objects.get_or_create(
        name="Sleep apnoea test, neck sensor",
        defaults={"sensors": [Sensor.NECK], "most_nights": 7},
    )
    return both, neck


def _catalogue(both: Product, neck: Product, *, accounts: tuple[Account, ...]) -> None:
    maker, _ = Manufacturer.objects.get_or_create(name="Demo Devices")
    sensor = _item(maker, "Neck sensor", "DEMO-NECK")
    oximeter = _item(maker, "Finger oximeter", "DEMO-OX")
    tape = _item(maker, "Adhesive patches, 10", "DEMO-PATCH")
    _item(maker, "Smartphone for the test", "DEMO-PHONE", is_the_phone=True)
    small = _kit(ONE_NIGHT_KIT, sensor, tape)
    large = _kit(TWO_SENSOR_KIT, sensor, oximeter, tape)
    for product, sensors, kit in (
        (both, [Sensor.NECK], small),
        (both, list(Sensor), large),
        (neck, [Sensor.NECK], small),
    ):
        StudyKit.objects.get_or_create(product=product, sensors=sensors, defaults={"kit": kit})
    supplies, kits = _supplies(maker)
    for account in accounts:
        for item in (tape, *supplies):
            AccountCatalogue.objects.get_or_create(account=account, item=item)
        for kit in (*kits, _kit("Sleep kit on loan", sensor, tape)):
            AccountCatalogue.objects.get_or_create(account=account, kit=kit)


def _supplies(maker: Manufacturer) -> tuple[list[Item], list[Kit]]:
    """What clinics order by itself, for a patient or for a site; nobody wants it back."""
    wanted = {
        "Finger sleeves, 20": "DEMO-SLEEVE",
        "Charging cable": "DEMO-CABLE",
        "Batteries, 4": "DEMO-BATTERY",
        "Alcohol wipes, 50": "DEMO-WIPE",
    }
    items = [_item(maker, name, sku) for name, sku in wanted.items()]
    sleeve, cable, battery, wipe = items
    kits = [
        _kit("Refill for a month", sleeve, wipe, is_loaner=False),
        _kit("Power set", cable, battery, is_loaner=False),
        _kit("Travel set", cable, wipe, is_loaner=False),
        _kit("Clinic set", *items, is_loaner=False),
    ]
    return items, kits


def _item(maker: Manufacturer, name: str, sku: str, **columns: object) -> Item:
    return Item.objects.get_or_create(
        sku=sku, defaults={"manufacturer": maker, "name": name, **columns}
    )[0]


def _kit(name: str, *items: Item, is_loaner: bool = True) -> Kit:
    kit, _ = Kit.objects.get_or_create(name=name, defaults={"is_loaner": is_loaner})
    for item in items:
        KitItem.objects.get_or_create(kit=kit, item=item)
    return kit


def _organisation(
    account: Account,
    name: str,
    reference: str,
    product: Product,
    **columns: object,
) -> None:
    clinician, _ = Clinician.objects.get_or_create(
        account=account, name=f"Demo Clinician of {name}", registration_number=f"DEMO-{reference}"
    )
    Organisation.objects.get_or_create(
        account=account,
        reference=reference,
        defaults={
            "name": name,
            "product": product,
            "clinician": clinician,
            "emit_on": EmitOn.COMPLETE,
            "default_nights": 1,
            "default_sensors": [Sensor.NECK],
            **columns,
        },
    )


def _sites(operator: Account, clinic: Account) -> None:
    for account, name in ((operator, CENTRE), (clinic, "Riverside front desk")):
        Site.objects.get_or_create(
            account=account,
            name=name,
            defaults={
                "address_lines": ["1 Demo Road"],
                "city": "Exampleton",
                "county": "Exampleshire",
                "postcode": "EX1 1EX",
                "country": "United Kingdom",
                "country_code": "GB",
            },
        )


def _stock(operator: Account) -> None:
    """So much of everything that nobody runs out of it by trying."""
    centre = Site.objects.get(account=operator, name=CENTRE)
    for item in Item.objects.filter(sku__startswith="DEMO-"):
        Stock.objects.get_or_create(
            item=item, place=centre, owner=operator, defaults={"new": 900, "used": 100}
        )


def _seat(person: Person, world: World, password: str, is_new: bool) -> User:
    account: Account = getattr(world, person.account)
    user = User.objects.filter(email=person.email).first() or User(
        email=person.email, full_name=person.name
    )
    if is_new or user.pk is None:
        user.set_password(password)
        user.save()
    membership, _ = Membership.objects.get_or_create(
        user=user,
        defaults={
            "account": account,
            "roles": [person.role],
            "all_organisations": person.organisation is None,
        },
    )
    if person.organisation:
        MembershipOrganisation.objects.get_or_create(
            account=account,
            membership=membership,
            organisation=Organisation.objects.get(account=account, reference=person.organisation),
        )
    if person.role == Role.CLINICIAN:
        Clinician.objects.filter(
            account=account, registration_number="DEMO-ORG-A", user=None
        ).update(user=user)
    return user
