"""What schemathesis is told of the gateway that no schema can say: what exists, and which refusals
of well-formed data only the server can know. Its own program loads this, without Django.
"""

import itertools
import json
import os
import uuid
from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import RejectedPositiveData

from tests.api.tally import is_text, write_integer_as_such

# What is there: a study, its code and its patient's date of birth, and what is played.
THERE = json.loads(os.environ["HOMEWARD_THERE"])
TOO_LARGE = 413
# Whoever sends what the schema allows must not be answered with 400, unless this is why.
ONLY_THE_SERVER_KNOWS = {
    "date_of_birth_wrong",
    "time_in_the_future",
    "time_too_long_ago",
    "times_out_of_order",
    "night_not_ordered",
    "attempt_not_due",
    "report_not_pdf",  # a schema says that it is a text
    "nothing_to_play",  # an earlier call played it to its end
}
ONLY_THE_SERVER_READS = {
    "This must be in the past.",  # no format tells what day it is
    "This must be within the last 120 years.",
    "This must be a timestamp of RFC 3339, with Z or an offset.",  # the 31st of June
    "This must not be empty.",  # characters that nobody can see, which no pattern tells
    "Send order or study, and only one of them.",
    "A number is out of range.",  # beyond 2^53
    "A text has a character that cannot be kept.",  # NUL or a noncharacter
    "The name of a member has a character that cannot be kept.",
    # Whatever a part of a form is made of, its writer writes; the tests of uploads try those.
    "The body is not valid JSON (line 1, column 1).",
    "Send one part result, and at most one part report.",
    "The part result is missing.",
}
WITHIN = ("nightNumber", "attemptNumber", "account")

numbers = itertools.count(1)


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Lead calls to where something happens; left alone, almost all would end in 404."""
    number = next(numbers)
    if number % 3 and case.path_parameters and "study" in case.path_parameters:
        case.path_parameters["study"] = THERE["study"]
    if isinstance(case.body, dict):
        lead_to_what_is_there(case.body, number)


def lead_to_what_is_there(body: dict[str, Any], number: int) -> None:
    """Change only texts into texts and numbers into numbers, so that nothing wrong is mended."""
    for name in WITHIN:
        write_integer_as_such(body, name)
    for name in ("activationCode", "dateOfBirth", "order", "startedAt", "completedAt"):
        if number % 3 and is_text(body.get(name)):
            body[name] = THERE[name]
    if is_text(body.get("messageId")) and number % 2:
        body["messageId"] = str(uuid.uuid4())
    for name in WITHIN:
        if number % 3 and type(body.get(name)) is int and body[name] > 0:
            body[name] = THERE[name]


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
    """Whether the failure is kept. What is too large is refused before anybody reads it."""
    if response.status_code == TOO_LARGE:
        return False
    return not (isinstance(failure, RejectedPositiveData) and is_known_by_the_server(response))


def is_known_by_the_server(response: Response) -> bool:
    errors = response.json()["errors"]
    return {error["code"] for error in errors} <= ONLY_THE_SERVER_KNOWS or {
        error["message"] for error in errors
    } <= ONLY_THE_SERVER_READS
