"""The operations of webhooks and of the test triggers, as `operations` tells the others."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)

from foundation.errors import Refusal
from portal.api.members import Members
from portal.api.schema import JSON, LISTING, WITH_BODY, Schema, ref
from portal.api.v3 import trials, webhook_logs, webhooks
from portal.api.v3.event_types import TYPES
from portal.api.v3.schema import errors, examples, parameters
from portal.api.v3.schema.errors import NAMED

WEBHOOKS, TESTS = "Webhooks", "Webhook tests"
TAGS: Final = (WEBHOOKS, TESTS)
DONE: Final = {204: OpenApiResponse(description="Done; without a body.")}
SET: Final = {200: OpenApiResponse(ref("WebhookSecret"), "It goes with the next message.")}
MADE_UP: Final = (
    "Sent to your own webhooks of the type `{word}`, now; ids need not exist, and what you leave "
    "out is made up."
)

Kinds = Iterable[type[Refusal]]
Described = Callable[[Any], Any]


def _listing(what: str, words: str, wanted: list[OpenApiParameter], **told: Any) -> Described:
    page = OpenApiResponse(ref(f"Page{what}"), "One page.")
    return extend_schema(
        description=words,
        parameters=wanted,
        responses={200: page, **errors.refusals(LISTING)},
        tags=[WEBHOOKS],
        **told,
    )


def _sending(
    body: type[Members] | Schema,
    done: Mapping[int, OpenApiResponse],
    *edge: Iterable[str],
    **told: Any,
) -> Described:
    """With a body, and without an Idempotency-Key. A PATCH that must say something names a
    component: of a serializer it would be told that everything may be left out.
    """
    domain = told.pop("domain", ())
    return extend_schema(
        request={JSON: body},
        responses={**done, **errors.refusals(WITH_BODY, *edge, domain=domain)},
        **told,
    )


def _trial(trial: type[trials.Trial], name: str, summary: str) -> None:
    words = MADE_UP.format(word=TYPES[trial.told_as].word)
    done = {201: OpenApiResponse(description="It will be sent; without a body.")}
    about = {"operation_id": name, "tags": [TESTS], "summary": summary, "description": words}
    extend_schema_view(post=_sending(trial.members, done, **about))(trial)


extend_schema_view(
    get=_listing(
        "Webhook",
        "The webhooks of your account, by id. Endpoints of API v1 are not among them.",
        parameters.PAGE,
        operation_id="listWebhooks",
        summary="List webhooks",
    ),
    post=_sending(
        webhooks.WebhookMembers,
        {200: OpenApiResponse(ref("Webhook"), "It is there now.")},
        domain=errors.ADDRESSING,
        operation_id="createWebhook",
        tags=[WEBHOOKS],
        summary="Add a webhook",
        description="One type and one address. The same twice are two webhooks, which are told "
        "everything under the same ids.",
        examples=[
            OpenApiExample("A webhook", examples.NEW_WEBHOOK, request_only=True),
            OpenApiExample("Added", examples.WEBHOOK, response_only=True, status_codes=[200]),
        ],
    ),
)(webhooks.Webhooks)

extend_schema_view(
    get=extend_schema(
        operation_id="fetchWebhook",
        tags=[WEBHOOKS],
        summary="Read a webhook",
        parameters=[parameters.WEBHOOK],
        responses={
            200: OpenApiResponse(ref("Webhook"), "Here it is."),
            **errors.refusals(NAMED),
        },
    ),
    patch=_sending(
        ref("WebhookAddressRequest"),
        {200: OpenApiResponse(ref("Webhook"), "As the webhook is now.")},
        NAMED,
        domain=errors.MOVING,
        operation_id="patchWebhook",
        tags=[WEBHOOKS],
        summary="Give a webhook another address",
        description="What waits is sent there too. The type stays.",
        parameters=[parameters.WEBHOOK],
        examples=[
            OpenApiExample("Another address", examples.ANOTHER_ADDRESS, request_only=True),
        ],
    ),
    delete=extend_schema(
        operation_id="deleteWebhook",
        tags=[WEBHOOKS],
        summary="Delete a webhook",
        description="What still waits for it is given up.",
        parameters=[parameters.WEBHOOK],
        responses={**DONE, **errors.refusals(NAMED)},
    ),
)(webhooks.OneWebhook)

extend_schema_view(
    get=_listing(
        "WebhookLog",
        "What your webhooks were sent, or are to be sent, by id; for 90 days, also of webhooks that"
        " were deleted.",
        parameters.WEBHOOK_LOGS,
        operation_id="listWebhookLogs",
        summary="Read the log of webhooks",
    ),
)(webhook_logs.WebhookLogs)

extend_schema_view(
    get=extend_schema(
        operation_id="fetchWebhookSecret",
        tags=[WEBHOOKS],
        summary="Read the secret",
        responses={
            200: OpenApiResponse(ref("WebhookSecret"), "Here it is."),
            **errors.refusals(domain=errors.SECRET_GONE),
        },
    ),
    post=_sending(
        webhooks.SecretMembers,
        SET,
        domain=errors.SECRET_THERE,
        operation_id="createWebhookSecret",
        tags=[WEBHOOKS],
        summary="Set the secret",
        description="From the next message on it goes with each, as `Impilo-Webhook-Secret`.",
        examples=[OpenApiExample("A secret", examples.SECRET, request_only=True)],
    ),
    patch=_sending(
        ref("WebhookSecretRequest"),
        SET,
        domain=errors.SECRET_GONE,
        operation_id="updateWebhookSecret",
        tags=[WEBHOOKS],
        summary="Replace the secret",
        description="At once: the older one goes with no message any more.",
    ),
    delete=extend_schema(
        operation_id="deleteWebhookSecret",
        tags=[WEBHOOKS],
        summary="Remove the secret",
        responses={**DONE, **errors.refusals(domain=errors.SECRET_GONE)},
    ),
)(webhooks.Secret)

_trial(trials.OrderStatusTrial, "triggerOrderStatusWebhook", "Try order.status out")
_trial(trials.WholeOrderTrial, "orderStatusFullWebhook", "Try order.statusFull out")
_trial(
    trials.AssociationTrial, "triggerDeviceAssociationCreated", "Try device.associationCreated out"
)
_trial(
    trials.DissociationTrial,
    "triggerDeviceAssociationRemoved",
    "Try device.associationRemoved out",
)
_trial(trials.WeightTrial, "triggerWeightWebhook", "Try reading.weight out")
_trial(trials.BloodPressureTrial, "triggerBloodPressureWebhook", "Try reading.bloodPressure out")
_trial(trials.BloodGlucoseTrial, "triggerBloodGlucoseWebhook", "Try reading.bloodGlucose out")
_trial(trials.BloodOxygenTrial, "triggerBloodOxygenWebhook", "Try reading.bloodOxygen out")
