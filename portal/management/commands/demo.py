"""`manage.py demo`: load the demo's data and say how to get in. Safe to repeat."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor, Door
from foundation.history import sign_history
from orders.models import Order
from orders.phone_use import watch_phone_use
from organisations.actors import actor_for_client, actor_for_user
from organisations.models import ApiClient, User
from organisations.roles import Scope
from portal.demo.access import (
    grant_access,
    instructions,
    invite_somebody_once,
    new_password,
    password_of,
    remember,
    remembered,
)
from portal.demo.devices import hand_out_devices
from portal.demo.orders import tell_stories
from portal.demo.past import Cast, tell_the_past
from portal.demo.results import refer_patients, tell_results
from portal.demo.world import World, build_world, seat_people

MAKER = Actor(door=Door.SYSTEM, label="Demo data", permissions=frozenset(), account_id=None)


class Command(BaseCommand):
    help = "Load demo data, write var/demo.json and print how to sign in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base-url", default=settings.PUBLIC_BASE_URL)
        parser.add_argument("--quiet", action="store_true", help="print nothing")

    def handle(self, *args: Any, base_url: str, quiet: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo data is loaded only where DEBUG=1 is set.")
        path = Path(settings.VAR_DIR) / "demo.json"
        last = remembered(path)
        known = password_of(last)
        password = known or new_password()
        with transaction.atomic():
            sign_history(MAKER)
            world = build_world()
            users = seat_people(world, password=password, is_new=known is None)
            administrator = actor_for_user(users["administrator"], door=Door.ADMIN)
            access = grant_access(
                world,
                base_url=base_url.rstrip("/"),
                password=password,
                last=last,
                actor=administrator,
            )
            invite_somebody_once(actor=actor_for_user(users["clinic_manager"], door=Door.STAFF))
            _place_orders_once(world, users, client_id=access["v1"]["client_id"])
        remember(path, access)
        if not quiet:
            self.stdout.write(instructions(access))


def _place_orders_once(world: World, users: dict[str, User], *, client_id: str) -> None:
    if Order.objects.filter(account=world.clinic).exists():
        return
    staff, staff_b = (
        actor_for_user(users[key], door=Door.STAFF) for key in ("clinic_staff", "clinic_staff_b")
    )
    program = _program(client_id)
    operator = actor_for_user(users["operator"], door=Door.ADMIN)
    tell_the_past(Cast(orderers=(staff_b, staff, program), operator=operator))
    told = tell_stories(staff=staff, program=program, operator=operator)
    tell_results(told)
    refer_patients(world.clinic)
    hand_out_devices(world, operator=operator)
    # As every day; its e-mail is the worker's.
    watch_phone_use(now=timezone.now())


def _program(client_id: str) -> Actor:
    client = ApiClient.objects.get(client_id=client_id)
    return actor_for_client(client, scopes=list(Scope), door=Door.V1)
