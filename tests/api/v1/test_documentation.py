"""docs/api-v1.md says what is true."""

import json
import re
from types import ModuleType

import pytest
from django.conf import settings

from foundation.errors import Refusal
from orders import errors
from organisations.models import Organisation
from patients import errors as patient_errors
from portal.api.errors import EDGE
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


# What v1 has no way to ask for: supplies and their lines, sites, chosen patients, shipments, steps,
# the question to the patient (the first sentence of the page asks it), notes and reasons.
# Cancelling twice is no error, a program sees all organisations of its account, and renaming a
# patient's reference is for people, as are pages that somebody left open. Each with its kinds.
NEVER_MET = (
    errors.AddressHasChanged,
    errors.AddressMissing,
    errors.CountTooSmall,
    errors.ItemNotFound,
    errors.KitNotFound,
    errors.LinesMissing,
    errors.OrderIsCancelled,
    errors.ReasonMissing,
    errors.ShipmentIncomplete,
    errors.SiteNotFound,
    errors.SmartphoneNotAsked,
    errors.StepNotAllowed,
    patient_errors.PatientNotFound,
    patient_errors.PatientOfOthers,
    patient_errors.PatientReferenceTaken,
)


def refusals(module: ModuleType) -> set[type[Refusal]]:
    return {
        kind
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, Refusal)
        and kind.__module__ == module.__name__
    }


def test_it_lists_exactly_the_codes_that_v1_can_send():
    table = re.findall(r"^\|([^|]*)\|([^|]*)\|", PAGE[PAGE.index("## Errors") :], re.MULTILINE)
    listed = [code for _, codes in table for code in re.findall(r"`([a-z0-9_]+)`", codes)]
    known = refusals(errors) | refusals(patient_errors)
    met = {kind for kind in known if not issubclass(kind, NEVER_MET)}

    assert set(listed) == set(EDGE) | {kind.code for kind in met}
    assert len(listed) == len(set(listed))
