"""What schemathesis is told of API v3 that no schema can say: what exists, and which refusals of
well-formed data only the server can know. Its own program loads this, without Django.
"""

import itertools
import json
import os
from collections.abc import Iterator
from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import RejectedPositiveData

from tests.api.tally import is_text, make_key_new, write_integer_as_such

# What is there, by the names of parameters: every other call is led to it.
THERE = json.loads(os.environ["HOMEWARD_THERE"])

TOO_LARGE = 413
LINES_MISSING = (
    "Order must contain at least one of: orderItems, orderKits, returnItems, returnDevices, or"
    " returnPackedKits"
)
# Whoever sends what the schema allows must not be answered with 400 or 422, unless this is why.
ONLY_THE_SERVER_KNOWS = {
    LINES_MISSING,  # no schema could say it in few words
    "patient or site required",
    "patient_archived",  # an earlier call let them go
    "patient_not_found",  # an id, but of no patient
    "item_not_found",
    "kit_not_found",
    "insufficient_inventory",
    "email_required_for_label",
    "return_device_not_with_recipient",
    "return_device_expected_already",  # by an earlier call
    "return_packed_kit_not_with_recipient",
    "return_item_count_invalid",
    "return_of_nothing",
    "return_not_voidable",
    "device_not_available_at_site",  # an earlier call gave it to somebody
    "device_with_another_patient",
    "device_not_with_patient",
    "readings_disabled_already",
    "readings_not_disabled",
    "max_one_loaner_kit",
    "qty_over_one_loaner_kit",
    "no_returns_with_loaner_kit",
    "no_loaner_kit_to_site",
    "shippingOption is required when emailLabel is false and return items are included",
    "patient_mismatch",  # an earlier call gave another date of birth
    "address_missing",
    "site_not_found",  # an id, but of no site
    "patient_reference_taken",  # an earlier call took it
    "order_is_voided",  # an earlier call voided it
    "not_cancellable",
    "address_malformed",  # a text, but no address
    "address_not_found",
    "address_not_outside",
    "address_unchanged",  # an earlier call moved it there
    "device_not_found",  # ids, but of nothing that is there
    "packed_kit_not_found",
}
# The same of single values, by the sentence that is told.
ONLY_THE_SERVER_READS = {
    "This must be in the past.",  # no format tells what day it is
    "This must be within the last 120 years.",
    "This must name an item, by its id.",  # in one of two ways
    # A PATCH may leave out each of two members, but not both.
    "Send deviceId or deviceIdentifier.",
    "Send patientId or patientExternalIdentifier.",
    "Send patientId or siteId, and only one of them.",
    "This must not be empty.",  # characters that nobody can see, which no pattern tells
    "A number is out of range.",  # beyond 2^53
    "A text has a character that cannot be kept.",  # NUL or a noncharacter
    "The name of a member has a character that cannot be kept.",
}


numbers = itertools.count(1)
used: set[str] = set()


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Lead calls to where something happens; left alone, almost all would end in 404."""
    number = next(numbers)
    if number % 2 and not deletes_what_it_made(case):
        for name in case.path_parameters or {}:
            case.path_parameters[name] = THERE.get(name, case.path_parameters[name])
    if case.operation.path.endswith("/disenroll/{patientId}"):
        case.path_parameters["patientId"] = THERE["leaverId"]  # the others shall go on ordering
    make_key_new(case, number)
    if isinstance(case.body, dict):
        lead_to_what_is_there(case.body, number)


def deletes_what_it_made(case: Case) -> bool:
    """Led elsewhere, it would look for what an earlier DELETE took, and seem to miss its own."""
    meta = case.meta
    return case.method == "DELETE" and meta is not None and meta.phase.name == TestPhase.STATEFUL


def lead_to_what_is_there(body: dict[str, Any], number: int) -> None:
    """Change only texts into texts and numbers into numbers, so that nothing wrong is mended."""
    write_integers_as_such(body)
    for named, what in objects_named_in(body):
        if number % 2 and type(named.get("id")) is int and named["id"] > 0:
            named["id"] = THERE[what]
    for name in (name for name in ("patientId", "siteId", "deviceId") if number % 2):
        if type(body.get(name)) is int and body[name] > 0:
            body[name] = THERE[name]
    identifier = body.get("externalIdentifier")
    if is_text(identifier) and identifier in used:
        body["externalIdentifier"] = f"{identifier[:100]}-{number}"
    used.add(str(identifier))
    if is_text(body.get("url")) and number % 2:
        body["url"] = f"http://127.0.0.1:9/hooks/{number}"
    if set(body) == {"email"} and is_text(body["email"]) and number % 2:
        body["email"] = THERE["email"]


def write_integers_as_such(value: Any) -> None:
    """Everywhere in it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, below in list(inner):
        if isinstance(below, dict | list):
            write_integers_as_such(below)
        elif isinstance(value, dict):
            write_integer_as_such(value, name)


def objects_named_in(body: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Every object that names something by its id, and which of what is there it may name."""
    for member, what in (("site", "siteId"), ("patient", "patientId")):
        if isinstance(body.get(member), dict):
            yield body[member], what
    for member, what in (("returnItems", "itemId"), ("returnDevices", "deviceId")):
        lines = body.get(member)
        yield from ((line, what) for line in lines or () if isinstance(line, dict))
    for member, inner, what in (("orderItems", "item", "itemId"), ("orderKits", "kit", "kitId")):
        lines = body.get(member)
        for line in lines if isinstance(lines, list) else ():
            if isinstance(line, dict) and isinstance(line.get(inner), dict):
                yield line[inner], what


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
    """Whether the failure is kept. What is too large is refused before anybody reads it."""
    if response.status_code == TOO_LARGE:
        return False
    return not (isinstance(failure, RejectedPositiveData) and is_known_by_the_server(response))


def is_known_by_the_server(response: Response) -> bool:
    told = response.json()
    sentences = {error["message"] for error in told["errors"]}
    return told["message"] in ONLY_THE_SERVER_KNOWS or sentences <= ONLY_THE_SERVER_READS
