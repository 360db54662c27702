"""docs/api-v1.md says what is true."""

import json
import re

import pytest
from django.conf import settings

from organisations.models import Organisation
from portal.api.errors import EDGE
from portal.api.v1.fields import REFERENCE_CODES
from tests.api.calls import Program, example

PAGE = (settings.BASE_DIR / "docs" / "api-v1.md").read_text()


def bodies() -> list[dict]:
    """What the samples send."""
    return [json.loads(body) for body in re.findall(r"-d '\s*(\{.*?\})'\n", PAGE, re.DOTALL)]


def test_it_begins_with_the_question_to_the_patient():
    assert re.match(r"# API v1\n\n\*\*.*smartphone \(Android or iOS\)", PAGE)


def test_its_order_is_the_documented_example():
    order = bodies()[0]

    assert order["data"]["attributes"] | {"patient": {}} == example("create-order")["data"][
        "attributes"
    ] | {"patient": {}}


@pytest.mark.django_db
def test_its_samples_work(clinic: Organisation, program: Program):
    order, cancellation = bodies()
    named = {"name": clinic.name, "reference": clinic.reference}
    order["data"]["attributes"]["organisation"] = named

    assert program.post(order).status_code == 201
    reference = order["data"]["attributes"]["reference"]
    assert program.call("PUT", f"/v1/orders/{reference}", cancellation).status_code == 202


def test_it_lists_every_code():
    listed = set(re.findall(r"`([a-z0-9_]+)`", PAGE[PAGE.index("## Errors") :]))

    assert set(EDGE) | REFERENCE_CODES <= listed
