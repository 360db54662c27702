"""What schemathesis is told of API v1 that no schema can say: what exists, and which refusals of
well-formed data only the server can know. Its own program loads this, without Django.
"""

import itertools
import json
import os
from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import EnsureResourceAvailability, RejectedPositiveData

from tests.api.tally import is_text, make_key_new, write_integer_as_such

ORGANISATION = json.loads(os.environ["HOMEWARD_ORGANISATION"])
# Orders, studies and referrals that are there: every other call is led to one of them, whatever
# cancels to the second.
KNOWN, CANCELLED = "KNOWN", "CANCELLED"

# Whoever sends what the schema allows must not be answered with 400 or 422, unless every error is
# one of these: (code, reason), and why the schema cannot say so.
ONLY_THE_SERVER_KNOWS = {
    ("cannot_change", ""),  # a PUT repeats what is fixed, but not as this order has it
    ("order_cancelled", ""),  # an earlier call cancelled this order
    ("patient_mismatch", ""),  # an earlier call told another date of birth of this patient
    ("invalid_document", ""),  # the id is not that of this order
    ("invalid_document", "blank"),  # nothing of it can be seen, though no pattern tells so
    ("validation_failed", "blank"),
    ("reference_missing", ""),
    ("validation_failed", "future"),  # no format tells what day it is
    ("validation_failed", "too_old"),
    ("validation_failed", "page[after]"),  # a UUID, but no order's
    ("validation_failed", "after"),  # a cursor by its looks, but none of ours
    ("invalid_json", "number"),  # beyond 2^53, in a member that nobody knows
    ("invalid_json", "character"),  # NUL or a noncharacter there, or in its name
}

numbers = itertools.count(1)
used: set[str] = set()


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Lead calls to where something happens; left alone, almost all would end in 404."""
    number = next(numbers)
    write_integer_as_such(attributes_of(case.body).get("study"), "nights")
    write_integer_as_such(attributes_of(case.body), "nights")
    if case.path_parameters and number % 2:
        cancels = "cancelled" in json.dumps(case.body, default=str)
        case.path_parameters["reference"] = CANCELLED if cancels else KNOWN
    if case.operation.label.startswith("POST /v1/"):
        lead_to_a_new_one(case, number)


def lead_to_a_new_one(case: Case, number: int) -> None:
    """Change only texts into other texts, so that nothing wrong is mended."""
    attributes = attributes_of(case.body)
    organisation = attributes.get("organisation")
    if isinstance(organisation, dict):
        organisation |= {
            name: right for name, right in ORGANISATION.items() if is_text(organisation.get(name))
        }
    reference = attributes.get("reference")
    if is_text(reference) and reference in used:
        attributes["reference"] = f"{reference[:100]}-{number}"
    used.add(str(reference))
    make_key_new(case, number)


def attributes_of(body: Any) -> dict[str, Any]:
    resource = body.get("data", {"attributes": body}) if isinstance(body, dict) else {}
    attributes = resource.get("attributes") if isinstance(resource, dict) else {}
    return attributes if isinstance(attributes, dict) else {}


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
    """Whether the failure is kept. What was just created has no report yet."""
    if isinstance(failure, EnsureResourceAvailability):
        return not case.operation.path.endswith("/report")
    return not (isinstance(failure, RejectedPositiveData) and is_known_by_the_server(response))


def is_known_by_the_server(response: Response) -> bool:
    told = {
        (
            error["code"],
            error.get("meta", {}).get("reason") or error.get("source", {}).get("parameter", ""),
        )
        for error in response.json()["errors"]
    }
    return told <= ONLY_THE_SERVER_KNOWS
