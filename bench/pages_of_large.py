"""The pages that are measured on the large database, and what their statements read."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import servers
from bench.large import TABLES
from bench.world import Bench
from orders.models import Order
from organisations.models import Account, AccountKind, Membership, User
from organisations.roles import Role

CALLS = 30
LARGE = {*TABLES, "orders_orderhistory", "patients_patienthistory", "foundation_accessentry"}
ADMIN_ORDERS = "/admin/orders/order/"


@dataclass(frozen=True)
class Page:
    """With a search, its text is sent by the form; the list that it leads to is part of it."""

    name: str
    path: str
    role: Role = Role.CLINIC_STAFF
    search: str = ""


@dataclass
class Visitor:
    """Somebody signed in, who calls the program over HTTP."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def open(self, page: Page) -> None:
        path = self._found(page) if page.search else page.path
        self._call("GET", path, expected=200)

    def _found(self, page: Page) -> str:
        form = {
            "search": page.search,
            "csrfmiddlewaretoken": self.cookies[settings.CSRF_COOKIE_NAME],
        }
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": "https://127.0.0.1",
        }
        return self._call("POST", page.path, urlencode(form).encode(), headers, expected=302)

    def _call(
        self, method: str, path: str, body: bytes = b"", headers: Any = None, *, expected: int
    ) -> str:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = servers.call(self.port, method, path, body, {"Cookie": cookie, **(headers or {})})
        if answer.status != expected:
            raise SystemExit(f"{method} {path} was answered with {answer.status}.")
        return answer.location


def pages(bench: Bench) -> list[Page]:
    order = Order.objects.filter(reference="LO-500000").select_related("patient").get()
    last = Order.objects.filter(reference="LO-1000").get()
    organisation = order.organisation
    assert organisation is not None
    assert order.patient is not None
    staff = [
        Page("home", "/"),
        Page("orders, newest", "/orders/"),
        Page("orders, in the middle", f"/orders/?before={order.public_id}"),
        Page("orders, near the end", f"/orders/?before={last.public_id}"),
        Page("orders by status", "/orders/?status=on_hold"),
        Page("orders that need action", "/orders/?status=needs_action"),
        Page("orders of an organisation", f"/orders/?organisation={organisation.reference}"),
        Page("orders of a product", f"/orders/?product={bench.organisation.product_id}"),
        Page("orders of a month", "/orders/?placed_from=2025-06-01&placed_to=2025-06-30"),
        Page("search by reference", "/orders/", search="LO-777"),
        Page("search by name, rare", "/orders/", search="kalomi"),
        Page("search by name, frequent", "/orders/", search="ka"),
        Page("search by patient's reference", "/orders/", search="LP-4242"),
        Page("search by postcode", "/orders/", search="LE42 4"),
        Page("search, nothing found", "/orders/", search="zzzz"),
        Page("order page", f"/orders/{order.public_id}/"),
        Page("patients", "/patients/"),
        Page("search patients by name", "/patients/", search="lomine"),
        Page("search patients, frequent", "/patients/", search="ka"),
        Page("patient page", f"/patients/{order.patient.public_id}/"),
    ]
    admin = [
        Page("admin's first page", "/admin/"),
        Page("admin list", ADMIN_ORDERS),
        Page("admin list, in the middle", f"{ADMIN_ORDERS}?before={order.pk}"),
        Page("admin list by status", f"{ADMIN_ORDERS}?status=awaiting_shipment"),
        Page("admin search by reference", ADMIN_ORDERS, search="LO-777"),
        Page("admin search by name, rare", ADMIN_ORDERS, search="kalomi"),
        Page("admin search by name, frequent", ADMIN_ORDERS, search="ka"),
        Page("admin search, nothing found", ADMIN_ORDERS, search="zzzz"),
        Page("admin order page", f"{ADMIN_ORDERS}{order.pk}/change/"),
        Page("admin patients", "/admin/patients/patient/"),
        Page("admin search patients", "/admin/patients/patient/", search="lomine"),
        Page("admin studies", "/admin/studies/study/"),
        Page("admin search studies", "/admin/studies/study/", search="LO-777"),
    ]
    return staff + [Page(one.name, one.path, Role.OPERATOR, one.search) for one in admin]


def explain(bench: Bench, say: Any) -> None:
    """Tell each statement of these pages that reads a large table from end to end."""
    say("\nReads of whole large tables:")
    found = 0
    for page in pages(bench):
        client = Client(headers=servers.FROM_PROXY, SERVER_NAME="127.0.0.1")
        client.force_login(_user(bench, page.role))
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(page.path, secure=True)
            if page.search:
                answer = client.post(page.path, {"search": page.search}, secure=True, follow=True)
        if answer.status_code != 200:
            raise SystemExit(f"{page.path} was answered with {answer.status_code}.")
        for statement in captured:
            for table in _read_whole(statement["sql"]):
                found += 1
                say(f"  {page.name}: {table} in {statement['sql'][:200]} …")
    say(f"  {found} found")


def _read_whole(statement: str) -> set[str]:
    if not statement.startswith("SELECT"):
        return set()
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + statement.replace("%", "%%"))
        (plan,) = cursor.fetchone()
    nodes = _nodes(plan[0]["Plan"])
    return {n["Relation Name"] for n in nodes if n["Node Type"] == "Seq Scan"} & LARGE


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)


def measure(bench: Bench, port: int, say: Any) -> None:
    """One caller after another, so that a time is that of the page and not of a queue."""
    say(f"\n{'page':<32}{'p50 ms':>8}{'p95 ms':>8}")
    for page in pages(bench):
        visitor = Visitor(port, _cookies(_user(bench, page.role)))
        times = []
        for _ in range(CALLS):
            start = time.perf_counter()
            visitor.open(page)
            times.append((time.perf_counter() - start) * 1000)
        times = sorted(times[3:])  # the first ones find nothing in memory
        say(f"{page.name:<32}{times[len(times) // 2]:8.0f}{times[int(len(times) * 0.95)]:8.0f}")


def _user(bench: Bench, role: Role) -> User:
    is_clinic = role == Role.CLINIC_STAFF
    owner = bench.world.clinic if is_clinic else Account.objects.get(kind=AccountKind.OPERATOR)
    user, is_new = User.objects.get_or_create(email=f"bench.{role}@demo.example")
    if is_new:
        Membership.objects.create(account=owner, user=user, roles=[role])
    return user


def _cookies(user: User) -> dict[str, str]:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {
        settings.SESSION_COOKIE_NAME: str(session.session_key),
        settings.CSRF_COOKIE_NAME: "a" * 32,
    }
