"""What schemathesis is told of API v3 that no schema can say: what exists, and which refusals of
well-formed data only the server can know. Its own program loads this, without Django.
"""

import itertools
import json
import os
from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import RejectedPositiveData

from tests.api.tally import is_text, make_key_new, write_integer_as_such

# What is there, by the names of parameters: every other call is led to it.
THERE = json.loads(os.environ["HOMEWARD_THERE"])

# Whoever sends what the schema allows must not be answered with 400 or 422, unless this is why.
ONLY_THE_SERVER_KNOWS = {
    "site_not_found",  # an id, but of no site
    "patient_reference_taken",  # an earlier call took it
    "order_is_voided",  # an earlier call voided it
    "not_cancellable",
}
# The same of single values, by the sentence that is told.
ONLY_THE_SERVER_READS = {
    "This must be in the past.",  # no format tells what day it is
    "This must be within the last 120 years.",
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
    if number % 2:
        for name in case.path_parameters or {}:
            case.path_parameters[name] = THERE[name]
    make_key_new(case, number)
    if isinstance(case.body, dict):
        lead_to_what_is_there(case.body, number)


def lead_to_what_is_there(body: dict[str, Any], number: int) -> None:
    """Change only texts into texts and numbers into numbers, so that nothing wrong is mended."""
    write_integer_as_such(body.get("site"), "id")
    site = body.get("site")
    if number % 2 and isinstance(site, dict) and type(site.get("id")) is int and site["id"] > 0:
        site["id"] = THERE["siteId"]
    identifier = body.get("externalIdentifier")
    if is_text(identifier) and identifier in used:
        body["externalIdentifier"] = f"{identifier[:100]}-{number}"
    used.add(str(identifier))
    if set(body) == {"email"} and is_text(body["email"]) and number % 2:
        body["email"] = THERE["email"]


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
    """Whether the failure is kept."""
    return not (isinstance(failure, RejectedPositiveData) and is_known_by_the_server(response))


def is_known_by_the_server(response: Response) -> bool:
    told = response.json()
    sentences = {error["message"] for error in told["errors"]}
    return told["message"] in ONLY_THE_SERVER_KNOWS or sentences <= ONLY_THE_SERVER_READS
