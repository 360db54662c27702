"""Whatever is sent, the answer is a 4xx in the dialect's own shape and nothing is done; or it is
strange but allowed, and then kept as it was sent.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final
from urllib.parse import quote, urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from inventory.models import AccountCatalogue, Device, Item, Kit, Manufacturer, PackedKit
from orders.models import Order, Return
from organisations.models import Account, Organisation, Site
from patients.models import Patient
from tests import builders, warehouse
from tests.api import hostile
from tests.api.v3.calls import ADDRESS, BASE, HEADER, JSON, Program, assert_refused, patient_body
from webhooks.account_secret import set_account_secret
from webhooks.models import AccountSecret, WebhookEndpoint

LINES: Final = {**ADDRESS, "lineTwo": "2", "lineThree": "3", "note": "Ring"}
PATIENT: Final = patient_body(
    address=LINES,
    externalIdentifier="PAT-1",
    dateOfBirth="1980-02-29",
    email="ada@test.example",
    phoneNumber="+1 215-555-0123",
    sex="female",
    site={"id": 1},
)
SITE: Final = {"name": "North", "active": True, "phoneNumber": "1", "address": LINES}
ORDER: Final = {
    "externalOrderIds": ["so-1"],
    "patient": {"id": 1},
    "orderItems": [{"item": {"id": 1}, "count": 1}],
    "orderKits": [{"kit": {"id": 1}, "count": 1}],
    "orderNotes": [{"note": "Ring"}],
    "shippingOption": "standard",
    "emailLabel": True,
    "returnItems": [{"item": {"id": 1}, "count": 1}],
}
RETURN: Final = {
    "siteId": "{device_site}",
    "returnItems": [{"id": "{item}", "count": 1}],
    "shippingOption": "standard",
    "emailLabel": False,
}
ITEM: Final = {"name": "Patch", "model": "P1", "deviceIdentifierType": "imei"}
EMAIL: Final = {"email": "ada@test.example"}

# Every address that takes a body: what is sent there when all is well.
WRITES: Final[dict[tuple[str, str], dict[str, Any]]] = {
    ("POST", "/order"): ORDER,
    ("POST", "/return"): RETURN,
    ("POST", "/patient/disenroll/{patient}"): {"archive": False, "createReturns": True},
    ("POST", "/site"): SITE,
    ("PUT", "/site/{site}"): SITE,
    ("PATCH", "/site/{site}"): SITE,
    ("POST", "/patient"): PATIENT,
    ("PUT", "/patient/{patient}"): PATIENT,
    ("PATCH", "/patient/{patient}"): PATIENT,
    ("POST", "/patient/find-by-email"): EMAIL,
    ("POST", "/item"): ITEM,
    ("PATCH", "/device/associate-patient"): {
        "deviceId": "{device}",
        "deviceIdentifier": "{identifier}",
        "patientId": "{patient}",
        "patientExternalIdentifier": "PAT-2",
    },
    ("PATCH", "/device/disable-readings"): {
        "deviceId": "{device}",
        "deviceIdentifier": "{identifier}",
    },
    ("PATCH", "/kit/associate-kit"): {
        "packedKitId": "{packed_kit}",
        "patientId": "{patient}",
        "patientExternalIdentifier": "PAT-2",
    },
}
# How it may be said that something is empty.
EMPTY: Final = {"null", "empty text", "spaces"}
URL: Final = "http://127.0.0.1:9/hooks"
# What a trigger takes: null where it then makes something up, and ids that nothing has.
IDS: Final = {key: {"null", "above int32", "huge"} for key in ("orderId", "patientId", "deviceId")}
COUNTS: Final = ("systolic", "diastolic", "heartRate", "glucose", "bloodOxygen")
OF_TRIALS: Final[dict[str, set[str]]] = {
    **IDS,
    **{key: {"null"} for key in (*COUNTS, "orderStatus")},
    **dict.fromkeys(("trackingNumber", "deviceIdentifier"), EMPTY),
    "weight": {"null", "fraction"},
}
SECRET: Final = {"secret": "Test-Secret-1"}
ASSOCIATION: Final = {"patientId": 1, "deviceId": 2, "deviceIdentifier": "S-1"}
# What changes nothing that can be seen, and may be sent without any member.
TRIALS: Final[dict[tuple[str, str], dict[str, Any]]] = {
    ("POST", "/test/order-status-full-webhook"): {
        "orderId": 1,
        "externalOrderIds": ["A"],
        "patientId": 2,
        "orderStatus": "shipped",
        "trackingNumber": "T-1",
    },
    ("POST", "/test/device-association-created"): ASSOCIATION,
    ("POST", "/test/device-association-removed"): ASSOCIATION,
    ("POST", "/test/weight-webhook"): {"patientId": 1, "weight": 80.5},
    ("POST", "/test/blood-pressure-webhook"): {
        "patientId": 1,
        "systolic": 120,
        "diastolic": 80,
        "heartRate": 60,
    },
    ("POST", "/test/blood-glucose-webhook"): {"patientId": 1, "glucose": 90},
    ("POST", "/test/blood-oxygen-webhook"): {"patientId": 1, "bloodOxygen": 98, "heartRate": 60},
}
WRITES |= TRIALS
WRITES |= {
    ("POST", "/webhook"): {"type": "order.status", "url": URL},
    ("PATCH", "/webhook/{webhook}"): {"url": f"{URL}/new"},
    ("PATCH", "/webhook-secret"): SECRET,
    ("POST", "/test/order-status-webhook"): {
        "orderStatusName": "shipped",
        "externalOrderIds": ["A"],
        "orderId": 1,
    },
}
# Documents of which a PATCH takes nothing, because they say nothing that it knows.
SAY_NOTHING: Final = {"empty object", "prototype", "class", "5,000 members"}
# What may be empty.
MAY_BE_EMPTY: Final = {
    "address/lineTwo",
    "address/lineThree",
    "address/note",
    "phoneNumber",
    "email",
    "externalIdentifier",
    "model",
}
# What may be left out, which null says as well; of `active` only where all of it is sent.
MAY_BE_NULL: Final = {
    *("shippingOption", "emailLabel", "externalOrderIds", "orderItems", "orderKits", "orderNotes"),
    *("orderItems/0/count", "orderKits/0/count", "returnItems/0/count"),
    *("archive", "createReturns"),
    "dateOfBirth",
    "sex",
    "deviceIdentifierType",
}

LISTS: Final = {
    "/order": ("page", "size", "patientId", "externalOrderId"),
    "/patient": (
        "page", "size", "sort", "sortDescending", "id", "siteId", "externalIdentifier", "email",
        "name", "archived", "enrolled", "dateOfBirthMin", "dateOfBirthMax", "postalCode", "country",
    ),
    "/site": ("page", "size"),
    "/item": (
        "page", "size", "sort", "sortDescending", "id", "name", "model", "sku", "itemSize",
        "itemClass", "readingType", "manufacturerId",
    ),
    "/kit": ("page", "size", "itemId", "archived"),
    "/device": (
        "page", "size", "sort", "sortDescending", "id", "externalIdentifier", "identifierType",
        "identifier", "status", "itemId", "itemName", "itemModel", "itemSku", "manufacturerId",
        "itemSize", "itemClass", "readingType", "siteId", "patientId",
        "patientExternalIdentifier", "patientEmail", "patientName", "patientSiteId",
    ),
    "/inventory": ("page", "size", "itemId"),
    "/inventory/impilo": ("page", "size", "itemId"),
    "/inventory/site": ("page", "size", "itemId", "siteId"),
    "/return": (
        "page", "size", "status", "relatedOrderId", "searchString", "lastUpdatedBefore",
        "standalone",
    ),
    "/manufacturer": ("page", "size"),
    "/webhook": ("page", "size"),
    "/webhook/logs": (
        "page", "size", "webhookType", "retryAttemptsMin", "retryAttemptsMax",
        "lastResponseStatus", "startTimestamp", "endTimestamp", "startLastRetryTimestamp",
        "endLastRetryTimestamp",
    ),
}  # fmt: skip
# Encoded already.
PARAMETERS: Final = (
    "%00", "a%00b", "%ff", "%ed%a0%80", "%c0%af", "%1b%5b31m", "%0d%0aX-Injected:%201", "%ef%bf%be",
    "-1", "0", "1.5", "1e9", "0x1", "９", "2147483648", "9223372036854775807",
    "9223372036854775808", "1" * 19, "9" * 5000, "null", "NaN", "true", "[]", "{}", "'", "%25",
    "_", "%5C", "a,b", ",,,", "1,,2", "0001-01-01", "9999-12-31", "2025-02-30", "0000-00-00",
    "10000-01-01", "id__in", "-pk", "password", "%20", "", "a" * 256, hostile.MARK * 40,
)  # fmt: skip


@pytest.fixture
def program(program: Program) -> Program:
    """Without a limit, or the limit would answer for what comes after it."""
    program.key.calls_a_minute = 0
    program.key.save(update_fields=["calls_a_minute"])
    return program


@pytest.fixture
def places(account: Account, clinic: Organisation) -> dict[str, Any]:
    """What the addresses name; the account makes items, so that it may offer one."""
    Manufacturer.objects.create(name="Own Maker", account=account)
    order = builders.order(chosen=clinic)
    device = warehouse.device_at_site(clinic)
    kit = Kit.objects.earliest("pk")
    AccountCatalogue.objects.create(account=account, kit=kit)
    return {
        "order": order.pk,
        "patient": builders.patient(clinic, reference="PAT-2").pk,
        "device": device.pk,
        "device_site": device.place_id,
        "identifier": device.identifiers.get().value,
        "packed_kit": warehouse.kit_at_site(clinic).pk,
        "site": builders.site(account).pk,
        "item": builders.catalogue_item(account).pk,
        "kit": kit.pk,
        "manufacturer": Manufacturer.objects.latest("pk").pk,
        "webhook": a_webhook(account),
    }


def body_for(write: tuple[str, str], places: dict[str, Any]) -> dict[str, Any]:
    """Its ids are those of what is there."""

    def led(value: Any, named: str) -> Any:
        if isinstance(value, dict):
            is_named = set(value) == {"id"} and isinstance(value["id"], int)
            return {
                name: places[named] if is_named else led(one, name) for name, one in value.items()
            }
        if isinstance(value, list):
            return [led(one, named) for one in value]
        is_place = isinstance(value, str) and value[:1] == "{"
        return places[value[1:-1]] if is_place else value

    body: dict[str, Any] = led(WRITES[write], "")
    return body


def a_webhook(owner: Account) -> int:
    """Of an account that has set a secret too."""
    set_account_secret("Test-Secret-0", actor=builders.manager(owner=owner))
    return builders.v3_endpoint(owner, URL, "order_status").endpoint.pk


def all_there_is() -> list[Any]:
    models = (Site, Patient, Item, Kit, Manufacturer, Order, Device, PackedKit, Return)
    models += (WebhookEndpoint, AccountSecret)
    return [list(model.objects.order_by("pk").values()) for model in models]


DONE: Final = (200, 201, 204)


def refused(answer: HttpResponse, *statuses: int) -> None:
    """And nothing of what was sent comes back."""
    assert answer.status_code in (statuses or range(400, 500)), answer.content[:300]
    assert_refused(answer, answer.status_code)
    assert hostile.MARK.encode() not in answer.content


def served_or_refused(answer: HttpResponse) -> None:
    if answer.status_code not in DONE:
        refused(answer, 400, 404)


def check(
    cases: Iterable[tuple[str, HttpResponse]], *, expect: Callable[..., None] = refused
) -> None:
    """Look at every answer before failing, and tell which cases were wrong."""
    wrong = {}
    for name, answer in cases:
        try:
            expect(answer)
        except AssertionError as error:
            wrong[name] = f"{answer.status_code} {answer.content[:300]!r} {error}"
    assert not wrong, json.dumps(wrong, indent=1)


each_write = pytest.mark.parametrize("write", WRITES, ids=" ".join)


@each_write
def test_what_is_sent_when_all_is_well_is_taken(
    program: Program, places: dict[str, Any], write: tuple[str, str]
) -> None:
    """Or everything below would be refused for another reason."""
    Patient.objects.filter(pk=places["patient"]).update(email=EMAIL["email"])
    method, path = write

    answer = program.call(method, path.format(**places), body_for(write, places))

    assert answer.status_code in DONE, answer.content


def may_say_nothing(write: tuple[str, str]) -> bool:
    method, path = write
    needs_nothing = write in TRIALS or "disenroll" in path
    return needs_nothing or (method == "PATCH" and "webhook" not in path)


@each_write
def test_no_document_is_taken(
    program: Program, places: dict[str, Any], write: tuple[str, str]
) -> None:
    method, path = write[0], write[1].format(**places)
    before = all_there_is()

    check(
        (name, program.call(method, path, body))
        for name, body in hostile.BODIES.items()
        if not (may_say_nothing(write) and name in SAY_NOTHING)
    )

    assert all_there_is() == before


@pytest.mark.parametrize("name", sorted(SAY_NOTHING))
@pytest.mark.parametrize("path", ["/site/{site}", "/patient/{patient}"])
def test_a_patch_that_says_nothing_changes_nothing(
    program: Program, places: dict[str, Any], path: str, name: str
) -> None:
    before = all_there_is()

    answer = program.patch(path.format(**places), hostile.BODIES[name])

    assert answer.status_code == 200
    assert all_there_is() == before


# The same device or patient is named beside it.
NAMED_TWICE: Final = {
    "/device/associate-patient": (
        *("deviceId", "deviceIdentifier"),
        *("patientId", "patientExternalIdentifier"),
    ),
    "/device/disable-readings": ("deviceId", "deviceIdentifier"),
    "/kit/associate-kit": ("patientId", "patientExternalIdentifier"),
}


def may_be(case: str, method: str, path: str) -> bool:
    """Whether this member, in a case of `hostile.spoiled`, may have this value."""
    member, _, name = case.partition(": ")
    if member in NAMED_TWICE.get(path, ()):
        return name == "null"
    if member == "orderNotes/0/note":
        return name == "line break"
    if member in OF_TRIALS and path.startswith("/test/"):
        return name in OF_TRIALS[member]
    if member == "active":
        return name == "null" and method != "PATCH"
    return (member in MAY_BE_EMPTY and name in EMPTY) or (member in MAY_BE_NULL and name == "null")


@each_write
def test_every_value_is_looked_at(
    program: Program, places: dict[str, Any], write: tuple[str, str]
) -> None:
    method, path = write[0], write[1].format(**places)
    is_search = path == "/patient/find-by-email"
    cases = list(hostile.spoiled(body_for(write, places), hostile.VALUES))
    before = all_there_is()

    check(
        (name, program.call(method, path, body))
        for name, body in cases
        if is_search or not may_be(name, method, path)
    )

    assert all_there_is() == before


@each_write
def test_what_may_be_empty_is_taken(
    program: Program, places: dict[str, Any], write: tuple[str, str]
) -> None:
    method, path = write[0], write[1].format(**places)

    def taken(answer: HttpResponse) -> None:
        assert answer.status_code in DONE

    check(
        (
            (name, program.call(method, path, told_apart(body, name, number)))
            for number, (name, body) in enumerate(
                hostile.spoiled(body_for(write, places), hostile.VALUES)
            )
            if may_be(name, method, path) and path not in (*NAMED_TWICE, "/patient/find-by-email")
        ),
        expect=taken,
    )


def told_apart(body: dict[str, Any], case: str, number: int) -> dict[str, Any]:
    """With an identifier of its own, so that none is refused because of another."""
    is_about_it = case.startswith("externalIdentifier")
    has_one = "externalIdentifier" in body and not is_about_it
    return {**body, "externalIdentifier": f"PAT-{number}"} if has_one else body


@each_write
def test_strange_texts_are_kept_or_refused(
    program: Program, places: dict[str, Any], write: tuple[str, str]
) -> None:
    method, path = write[0], write[1].format(**places)
    cases = hostile.spoiled(body_for(write, places), hostile.TEXTS)

    check(
        (
            (name, program.call(method, path, told_apart(body, name, number)))
            for number, (name, body) in enumerate(cases)
        ),
        expect=served_or_refused,
    )


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_a_strange_text_is_kept_as_it_was_sent(program: Program, name: str) -> None:
    text = hostile.TEXTS[name]
    lines = dict.fromkeys(("lineOne", "lineTwo", "lineThree", "city", "state", "zipCode"), text)
    body = patient_body(
        firstName=text,
        lastName=text,
        externalIdentifier=text,
        phoneNumber=text,
        address={**ADDRESS, **lines, "note": text},
    )

    answer = program.post("/patient", body)

    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert {name: told[name] for name in body} == body
    found = program.get(f"/patient/identifier/{quote(text, safe='')}")
    assert found.json() == told
    assert program.get(f"/patient?{urlencode({'name': text})}").status_code == 200


@pytest.mark.parametrize("path", LISTS)
def test_every_parameter_of_a_list_is_looked_at(
    program: Program, places: dict[str, Any], path: str
) -> None:
    def cases() -> Iterator[tuple[str, HttpResponse]]:
        values = (*PARAMETERS, *map(quote, hostile.TEXTS.values()))
        for name in LISTS[path]:
            for value in values:
                query = f"{name}={value}"
                yield query[:60], program.get(f"{path}?{query}")

    check(cases(), expect=served_or_refused)


@pytest.mark.parametrize(
    "query", ["%00=%00", "a[b]=c", "%ff=1", "page[size]=0", "PAGE=0", "&&&", "=", "filter[x]=y"]
)
@pytest.mark.parametrize("path", LISTS)
def test_unknown_parameters_are_ignored(program: Program, path: str, query: str) -> None:
    assert program.get(f"{path}?{query}").status_code == 200


def test_too_many_parameters_are_refused(program: Program) -> None:
    query = urlencode({f"a{number}": "1" for number in range(2000)})

    refused(program.get(f"/patient?{query}"), 400)


@pytest.mark.parametrize(
    "what",
    ["order", "patient", "site", "item", "kit", "manufacturer", "device", "return", "webhook"],
)
def test_no_strange_id_is_found_or_breaks(
    program: Program, places: dict[str, Any], what: str
) -> None:
    before = all_there_is()
    paths = [f"/{what}/{ending}" for ending in hostile.ENDINGS]

    for method in ("GET", "PUT", "PATCH", "DELETE"):
        body = None if method in ("GET", "DELETE") else SITE
        check((f"{method} {path}", program.call(method, path, body)) for path in paths)

    assert all_there_is() == before


def test_no_strange_identifier_is_found_or_breaks(program: Program, places: dict[str, Any]) -> None:
    paths = [f"/patient/identifier/{ending}" for ending in hostile.ENDINGS]

    check((path, program.get(path)) for path in paths)


def test_no_strange_device_identifier_is_valid_or_breaks(
    program: Program, places: dict[str, Any]
) -> None:
    def unknown(answer: HttpResponse) -> None:
        if answer.status_code != 200:
            refused(answer, 400, 404)
        else:
            assert answer.json() == {"valid": False}

    paths = [f"/device/validate/{ending}" for ending in hostile.ENDINGS]

    check(((path, program.get(path)) for path in paths), expect=unknown)


def test_every_address_below_v3_is_in_the_dialect(program: Program) -> None:
    paths = [f"/{ending}" for ending in hostile.ENDINGS]

    check((path, program.get(path)) for path in paths)
    check((path, program.post(path, {})) for path in paths)


@each_write
def test_only_json_is_taken(
    program: Program, places: dict[str, Any], write: tuple[str, str]
) -> None:
    def unsupported(answer: HttpResponse) -> None:
        refused(answer, 415)

    method, path = write[0], write[1].format(**places)
    check(
        (
            (kind, program.call(method, path, body_for(write, places), Content_Type=kind))
            for kind in hostile.CONTENT_TYPES
        ),
        expect=unsupported,
    )


KEYS: Final = (
    *hostile.AUTHORIZATIONS,
    "hw3_",
    "hw3_00000000.",
    "hw3_00000000." + "a" * 60_000,
    "hw3_0000000０." + "a" * 43,
    "hw3_00000000.\x00" + "a" * 42,
    "hw3_00000000." + "a" * 43 + "\nX: 1",
)


def test_only_a_key_is_let_in(db: None) -> None:
    def unauthenticated(answer: HttpResponse) -> None:
        refused(answer, 401)
        assert HEADER in answer["WWW-Authenticate"]

    body = json.dumps(SITE)
    check(
        (
            (sent, Client().post(f"{BASE}/site", body, content_type=JSON, headers={HEADER: sent}))
            for sent in KEYS
        ),
        expect=unauthenticated,
    )
    assert not Site.objects.exists()


@pytest.mark.parametrize("path", ["/order", "/site", "/patient", "/item"])
def test_only_printable_idempotency_keys_are_taken(
    program: Program, places: dict[str, Any], path: str
) -> None:
    def malformed(answer: HttpResponse) -> None:
        refused(answer, 400)
        document = answer.json()
        assert document["message"] == "idempotency_key_invalid"
        assert [error["field"] for error in document["errors"]] == ["Idempotency-Key"]

    before = all_there_is()
    body = body_for(("POST", path), places)
    check(
        ((key, program.post(path, body, Idempotency_Key=key)) for key in hostile.IDEMPOTENCY_KEYS),
        expect=malformed,
    )
    assert all_there_is() == before


@pytest.mark.parametrize("name", ["X-Request-Id", "Accept", "Accept-Language", "Cookie", "Host"])
@pytest.mark.parametrize("value", ["\x00", "é" * 100, "a" * 5000, "<b>", "', '", "\x1b[31m"])
def test_other_headers_break_nothing(program: Program, name: str, value: str) -> None:
    answer = program.get("/site", **{name: value})

    if name == "Host":
        refused(answer, 400)
    else:
        assert answer.status_code == 200
        assert value not in answer["X-Request-Id"]
