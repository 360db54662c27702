"""What tests start from. Orders are made and moved by the real commands, so that no test begins in
a state that life cannot reach.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from django.utils import timezone

from foundation.actors import Actor, Door
from foundation.addresses import Address
from foundation.ids import public_id
from foundation.phones import Phone
from inventory.models import AccountCatalogue, Item, Kit, KitItem, Manufacturer, Stock, StudyKit
from orders import fulfilment
from orders.commands import place_order
from orders.fulfilment import Tracking
from orders.models import Order, PhoneAlert
from orders.phone_use import watch_phone_use
from orders.statuses import Status
from orders.wanted import KnownSite, LineWanted, OrderWanted, StudyWanted
from organisations.actors import actor_for_client, actor_for_gateway, actor_for_user
from organisations.integrations import NewKey, create_api_client, create_api_key
from organisations.invitations import invite
from organisations.models import (
    Account,
    AccountKind,
    ApiClient,
    ApiKey,
    Clinician,
    Invitation,
    KeyPurpose,
    Membership,
    MembershipOrganisation,
    Organisation,
    Product,
    Site,
    User,
)
from organisations.roles import CLINIC_ROLES, SCOPES_OF_THE_GATEWAY, Role, Scope
from organisations.sensors import EmitOn, Sensor
from organisations.wanted import AccessWanted
from patients.commands import register_patient
from patients.models import Patient
from patients.wanted import PatientWanted, PersonName
from portal.api.wordings import WORDINGS
from studies.wanted import OrganisationChosen, TermsWanted
from webhooks.endpoints import EndpointWanted, NewEndpoint, create_endpoint
from webhooks.models import Dialect

PASSWORD = "correct horse battery staple"

_numbers = count(1)

ADDRESS = Address(
    lines=("1 Test Street",),
    city="London",
    county="London",
    postcode="SW1A 1AA",
    country_code="GB",
)


def count_from(number: int) -> None:
    """For a database in which another process has built something already."""
    global _numbers  # noqa: PLW0603
    _numbers = count(number)


def operator_account() -> Account:
    return Account.objects.get_or_create(
        kind=AccountKind.OPERATOR, defaults={"name": "Test Operator"}
    )[0]


def account(**columns: Any) -> Account:
    """A clinic that may order every sensor."""
    return Account.objects.create(
        **{"name": f"Test Account {next(_numbers)}", "sensors": list(Sensor), **columns}
    )


def centre() -> Site:
    """The operator's own, from which orders are sent."""
    owner = operator_account()
    found = Site.objects.filter(account=owner).order_by("pk").first()
    return found or site(owner, name="Test Fulfilment Centre")


def stocked(item: Item, *, new: int = 1_000_000, owner: Account | None = None) -> Item:
    """So many of it are at the fulfilment centre, the operator's unless somebody else owns them."""
    here = centre()
    Stock.objects.create(item=item, place=here, owner=owner or here.account, new=new)
    return item


def product(**columns: Any) -> Product:
    """A product for every sensor, with a kit for each set of them."""
    number = next(_numbers)
    made = Product.objects.create(
        **{"name": f"Test Product {number}", "sensors": list(Sensor), **columns}
    )
    maker, _ = Manufacturer.objects.get_or_create(name="Test Maker")
    for sensors in ([Sensor.NECK], list(Sensor)):
        if set(sensors) <= set(made.sensors):
            kit = Kit.objects.create(name=f"Test Kit {number} of {len(sensors)}")
            item = Item.objects.create(
                manufacturer=maker, name="Test Sensor", sku=f"SKU-{next(_numbers)}"
            )
            stocked(item)
            KitItem.objects.create(kit=kit, item=item)
            StudyKit.objects.create(product=made, sensors=sensors, kit=kit)
    return made


def phone_item() -> Item:
    maker, _ = Manufacturer.objects.get_or_create(name="Test Maker")
    phone, is_new = Item.objects.get_or_create(
        is_the_phone=True,
        defaults={"manufacturer": maker, "name": "Test Phone", "sku": "SKU-PHONE"},
    )
    return stocked(phone) if is_new else phone


def organisation(owner: Account | None = None, **columns: Any) -> Organisation:
    owner = owner or account()
    number = next(_numbers)
    return Organisation.objects.create(
        **{
            "account": owner,
            "name": f"Test Clinic {number}",
            "reference": f"ORG-{number}",
            "product": columns.get("product") or product(),
            "clinician": Clinician.objects.create(account=owner, name="Test Clinician"),
            "emit_on": EmitOn.COMPLETE,
            **columns,
        }
    )


def site(owner: Account, **columns: Any) -> Site:
    return Site.objects.create(
        account=owner,
        **{"name": "Test Site", **ADDRESS.as_columns(), **columns},
    )


def catalogue_item(owner: Account) -> Item:
    maker, _ = Manufacturer.objects.get_or_create(name="Test Maker")
    item = Item.objects.create(manufacturer=maker, name="Test Item", sku=f"SKU-{next(_numbers)}")
    AccountCatalogue.objects.create(account=owner, item=item)
    return stocked(item)


def user(role: Role, *organisations: Organisation, owner: Account | None = None) -> User:
    """Somebody of this role: for all of the account's organisations unless some are listed."""
    made = User.objects.create_user(
        f"user{next(_numbers)}@test.example", PASSWORD, full_name=f"Test {role.label}"
    )
    home = owner or (organisations[0].account if organisations else None)
    if home is None:
        home = account() if role in CLINIC_ROLES else operator_account()
    membership = Membership.objects.create(
        account=home, user=made, roles=[role], all_organisations=not organisations
    )
    for listed in organisations:
        MembershipOrganisation.objects.create(
            account=home, membership=membership, organisation=listed
        )
    return made


def staff(*organisations: Organisation, owner: Account | None = None) -> Actor:
    """Clinic staff at the staff pages."""
    return actor_for_user(user(Role.CLINIC_STAFF, *organisations, owner=owner), door=Door.STAFF)


def manager(*organisations: Organisation, owner: Account | None = None) -> Actor:
    """A clinic's manager at the staff pages."""
    return actor_for_user(user(Role.CLINIC_MANAGER, *organisations, owner=owner), door=Door.STAFF)


def member(role: Role, owner: Account) -> Actor:
    """Somebody of this role at the staff pages."""
    return actor_for_user(user(role, owner=owner), door=Door.STAFF)


def invitation(owner: Account, *, actor: Actor | None = None, **access: Any) -> Invitation:
    """An open one, of clinic staff for all organisations unless `access` says otherwise."""
    wanted = AccessWanted(**{"roles": (Role.CLINIC_STAFF,), **access})
    email = f"invited{next(_numbers)}@test.example"
    return invite(email, wanted, actor=actor or manager(owner=owner))


def operator(owner: Account | None = None) -> Actor:
    """An operator at the admin; acting for one account when it is given."""
    made = actor_for_user(user(Role.OPERATOR), door=Door.ADMIN)
    return made if owner is None else made.for_account(owner.pk)


def administrator() -> Actor:
    return actor_for_user(user(Role.ADMINISTRATOR), door=Door.ADMIN)


@dataclass(frozen=True)
class Credentials:
    client: ApiClient
    secret: str


def api_client(owner: Account, *scopes: Scope) -> Credentials:
    """An OAuth client of the account, for orders unless scopes are given."""
    made, secret = create_api_client(
        account_id=owner.pk,
        name=f"Test Client {next(_numbers)}",
        scopes=scopes or (Scope.ORDERS,),
        actor=administrator(),
    )
    return Credentials(made, secret)


def api_key(owner: Account, *scopes: Scope) -> ApiKey:
    """A key of the account for API v3, for orders unless scopes are given."""
    return create_api_key(
        account_id=owner.pk,
        name=f"Test Key {next(_numbers)}",
        scopes=scopes or (Scope.ORDERS,),
        actor=administrator(),
    ).key


def gateway_key(*scopes: Scope) -> NewKey:
    """The recording side's, for all that the gateway can do unless scopes are given."""
    return create_api_key(
        account_id=operator_account().pk,
        name=f"Test Gateway {next(_numbers)}",
        scopes=scopes or sorted(SCOPES_OF_THE_GATEWAY),
        purpose=KeyPurpose.GATEWAY,
        actor=administrator(),
    )


def gateway_actor() -> Actor:
    """The recording side, calling the gateway."""
    return actor_for_gateway(gateway_key().key)


def integrator(owner: Account) -> Actor:
    """The account's program, calling API v1."""
    made = api_client(owner).client
    return actor_for_client(made, scopes=[Scope.ORDERS], door=Door.V1)


def patient_wanted(**members: Any) -> PatientWanted:
    number = next(_numbers)
    return PatientWanted(
        **{
            "name": PersonName.split("Test Person"),
            "reference": f"PAT-{number}",
            "date_of_birth": date(1980, 2, 29),
            "email": f"patient{number}@test.example",
            "phone": Phone.read("07911 123456", region="GB"),
            "address": ADDRESS,
            **members,
        }
    )


def patient(chosen: Organisation | None = None, **members: Any) -> Patient:
    """Somebody in the register, known to this organisation, without an order."""
    chosen = chosen or organisation()
    return register_patient(
        patient_wanted(**members),
        organisation=chosen,
        public_id=public_id(),
        actor=staff(owner=chosen.account),
    )


def terms(chosen: Organisation, **members: Any) -> TermsWanted:
    return TermsWanted(
        **{
            "organisation": OrganisationChosen(chosen.pk),
            "nights": 2,
            "sensors": (Sensor.NECK,),
            **members,
        }
    )


def order_wanted(chosen: Organisation, **members: Any) -> OrderWanted:
    """A study order for a new patient; `study` replaces members of the study."""
    told = members.pop("study", {})
    phone = {name: told.pop(name) for name in ("phone_needed", "phone_asked") if name in told}
    study = StudyWanted(terms=terms(chosen, **told), **{"phone_asked": True, **phone})
    return OrderWanted(
        **{
            "recipient": patient_wanted(),
            "address": ADDRESS,
            "contents": study,
            **members,
        }
    )


PARCEL = Tracking("Test Post", "TP000000001")


Step = tuple[Callable[..., Order], dict[str, Any]]

_WHY = {"reason": "Because the test says so."}
_RELEASE = (fulfilment.release_order, {})
_SHIP = (fulfilment.ship_order, {"tracking": PARCEL})
_DELIVER = (fulfilment.deliver_order, {})

# The shortest way to each status, by the commands that lead there.
PATHS: dict[Status, tuple[Step, ...]] = {
    Status.ORDER_PLACED: (),
    Status.PENDING_ADDITIONAL_INFORMATION: ((fulfilment.ask_for_information, _WHY),),
    Status.ON_HOLD: ((fulfilment.hold_order, _WHY),),
    Status.RECONFIRM_ADDRESS: ((fulfilment.ask_to_confirm_address, _WHY),),
    Status.UNABLE_TO_FULFILL: ((fulfilment.give_up_order, _WHY),),
    Status.AWAITING_SHIPMENT: (_RELEASE,),
    Status.SHIPPED: (_RELEASE, _SHIP),
    Status.AVAILABLE_FOR_PICKUP: (_RELEASE, _SHIP, (fulfilment.make_ready_for_pickup, {})),
    Status.UNSUCCESSFUL_DELIVERY: (_RELEASE, _SHIP, (fulfilment.fail_delivery, _WHY)),
    Status.DELIVERED: (_RELEASE, _SHIP, _DELIVER),
    Status.RETURN_ISSUED: (_RELEASE, _SHIP, _DELIVER, (fulfilment.start_return, {})),
    Status.VOIDED: ((fulfilment.void_order, _WHY),),
}


def order(
    status: Status = Status.ORDER_PLACED,
    *,
    chosen: Organisation | None = None,
    actor: Actor | None = None,
    **members: Any,
) -> Order:
    """An order that came to this status by commands; placed by staff unless `actor` is given."""
    chosen = chosen or organisation()
    orderer = actor or staff(owner=chosen.account)
    made = place_order(order_wanted(chosen, **members), actor=orderer)
    for step, given in PATHS[status]:
        made = step(made, actor=operator(), **given)
    return made


def supplies_order(owner: Account) -> Order:
    """For a site of the account, without a study."""
    lines = (LineWanted(item_id=catalogue_item(owner).pk, count=1),)
    wanted = OrderWanted(recipient=KnownSite(site(owner).pk), contents=lines)
    return place_order(wanted, actor=integrator(owner))


def orders_with_phones(chosen: Organisation, *, phones: int, of: int, actor: Actor) -> list[Order]:
    """So many study orders, of which the first ones ask for a phone."""
    return [
        order(chosen=chosen, actor=actor, study={"phone_needed": number < phones})
        for number in range(of)
    ]


def endpoint(owner: Account, url: str, *kinds: str, actor: Actor | None = None) -> NewEndpoint:
    """Where the account is told of what API v1 tells: all of it unless kinds are given."""
    wording = WORDINGS[Dialect.V1]
    wanted = EndpointWanted(url=url, dialect=Dialect.V1, kinds=kinds or tuple(wording.offered))
    return create_endpoint(
        wanted, account_id=owner.pk, wording=wording, actor=actor or manager(owner=owner)
    )


def v3_endpoint(owner: Account, url: str, told_as: str, actor: Actor | None = None) -> NewEndpoint:
    """Where the account is told in the words of API v3."""
    wanted = EndpointWanted(url=url, dialect=Dialect.V3, told_as=told_as)
    return create_endpoint(
        wanted,
        account_id=owner.pk,
        wording=WORDINGS[Dialect.V3],
        actor=actor or manager(owner=owner),
    )


def phone_alert(chosen: Organisation | None = None) -> PhoneAlert:
    """Opened by the daily watch: 2 of 3 orders asked for a phone, and 3 orders are enough."""
    chosen = chosen or organisation(account(phone_share_minimum=3))
    orders_with_phones(chosen, phones=2, of=3, actor=staff(owner=chosen.account))
    (opened,) = watch_phone_use(now=timezone.now())
    return opened
