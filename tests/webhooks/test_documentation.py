"""docs/webhooks.md says what is true, and its snippets do what they say, as they stand there."""

import base64
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from standardwebhooks.webhooks import Webhook

from orders.commands import cancel_order
from orders.referrals import reject_referral
from orders.statuses import Status
from organisations.integrations import Overlap
from organisations.roles import Scope
from portal.api.v1.events import WORDS, V1Wording
from studies.models import Study
from tests import builders
from tests.api.calls import program as a_program
from tests.api.v1 import episodes
from tests.webhooks.receiver import Posted, receiving
from tests.webhooks.working import work
from webhooks.endpoints import replace_endpoint_secret, send_test_event
from webhooks.posting import SECONDS_IN_ALL
from webhooks.queueing import IN_FLIGHT
from webhooks.retention import BODIES_ARE_KEPT, EVENTS_ARE_KEPT
from webhooks.schedule import GIVES_UP_AFTER, LONGEST_WAIT

PAGE = (settings.BASE_DIR / "docs" / "webhooks.md").read_text()
DATABASE = pytest.mark.django_db(transaction=True)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


SAMPLES = [json.loads(block) for block in blocks("json")]
VECTOR = dict(line.split(maxsplit=1) for line in blocks("text")[0].splitlines())
VERIFIER, RECONCILER = blocks("python")


WORDS_OF_OURS = ("type", "event", "status", "severity")


def event_of(document: dict[str, Any]) -> str:
    return str(document["data"]["attributes"]["event"])


def test_every_event_has_a_sample_and_a_row() -> None:
    sampled = [event_of(sample) for sample in SAMPLES]
    listed = re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE)

    assert sampled == listed == [*WORDS.values(), "TEST"]


@DATABASE
def test_what_is_posted_looks_like_its_sample() -> None:
    clinic = builders.organisation()
    boss = builders.manager(owner=clinic.account)
    with receiving() as receiver:
        endpoint, _ = builders.endpoint(clinic.account, receiver.address)
        order = builders.order(Status.RETURN_ISSUED, chosen=clinic, study={"nights": 1})
        assert order.study
        played_through(order.study)
        cancel_order(builders.order(chosen=clinic), reason="No need.", actor=boss)
        episodes.verified(episodes.referral(clinic, "REF-1"))
        reject_referral(episodes.referral(clinic, "REF-2"), reason="No need.", actor=boss)
        send_test_event(endpoint, actor=boss)
        work()

    posted = {event_of(one): one for one in (json.loads(each.body) for each in receiver.posted)}
    for sample in SAMPLES:
        assert shape_of(sample) == shape_of(posted[event_of(sample)])


def played_through(study: Study) -> None:
    """One night, whose first recording was not valid."""
    episodes.activated(study)
    episodes.completed(study, is_valid=False, report=None)
    episodes.started(study, attempt=2)
    episodes.completed(study, attempt=2)


def shape_of(value: Any) -> Any:
    """Names, and what kind of text stands there; what is one of few words and numbers as it is."""
    if isinstance(value, dict):
        return {
            name: one if name in WORDS_OF_OURS else shape_of(one) for name, one in value.items()
        }
    if isinstance(value, list):
        return [shape_of(one) for one in value]
    if not isinstance(value, str):
        return value
    kinds = {
        "moment": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",
        "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    }
    return next((kind for kind, form in kinds.items() if re.fullmatch(form, value)), "text")


def test_its_numbers_are_those_of_the_program() -> None:
    assert SECONDS_IN_ALL == 10
    assert IN_FLIGHT == 5
    assert GIVES_UP_AFTER.days == 5
    assert (BODIES_ARE_KEPT.days, EVENTS_ARE_KEPT.days, LONGEST_WAIT.days) == (30, 90, 1)
    told = "at once, then after 5 seconds, 5 minutes, 30 minutes, 2, 5, 10 and 14 hours"
    seconds = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600]
    assert told in PAGE
    assert [pause.total_seconds() for pause in V1Wording.pauses] == seconds


def test_the_test_vector_is_right() -> None:
    key = base64.b64decode(VECTOR["secret"].removeprefix("whsec_"))
    signed = f"{VECTOR['webhook-id']}.{VECTOR['webhook-timestamp']}.{VECTOR['body']}"
    expected = base64.b64encode(hmac.new(key, signed.encode(), hashlib.sha256).digest())

    assert VECTOR["webhook-signature"] == f"v1,{expected.decode()}"


def messages() -> tuple[str, str, list[Posted]]:
    """The older and the newer secret, and a message signed with both."""
    clinic = builders.organisation()
    boss = builders.manager(owner=clinic.account)
    with receiving() as receiver:
        endpoint, older = builders.endpoint(clinic.account, receiver.address)
        _, newer = replace_endpoint_secret(endpoint, overlap=Overlap.A_DAY, actor=boss)
        send_test_event(endpoint, actor=boss)
        work()
    return older, newer, receiver.posted


@DATABASE
def test_the_snippet_in_python_tells_right_from_wrong() -> None:
    older, newer, (posted,) = messages()
    names: dict[str, Any] = {}
    exec(VERIFIER, names)
    verified = names["verified"]

    wrong = {**posted.headers, "webhook-id": "another"}
    old = {**posted.headers, "webhook-timestamp": str(int(time.time()) - 301)}
    assert verified(older, posted.headers, posted.body)
    assert verified(newer, posted.headers, posted.body)
    assert not verified("whsec_AAAA", posted.headers, posted.body)
    assert not verified(newer, posted.headers, posted.body + b" ")
    assert not verified(newer, wrong, posted.body)
    assert not verified(newer, old, posted.body)


def test_the_package_agrees_about_the_vector() -> None:
    at = datetime.fromtimestamp(int(VECTOR["webhook-timestamp"]), UTC)

    signature = Webhook(VECTOR["secret"]).sign(VECTOR["webhook-id"], at, VECTOR["body"])

    assert signature == VECTOR["webhook-signature"]


@DATABASE
def test_the_loop_after_an_outage_finds_everything_once(live_server: Any, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = live_server.url
    clinic = builders.organisation()
    for reference in ("A-1", "B-1"):
        builders.order(Status.SHIPPED, chosen=clinic, reference=reference)
    token = a_program(clinic.account, Scope.EVENTS).token

    with_address = {"HOMEWARD_URL": live_server.url, "TOKEN": token, "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-I", "-"],
        input=RECONCILER,
        env=with_address,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
    )

    assert done.stdout.splitlines() == [
        f"{event} {reference}"
        for reference in ("A-1", "B-1")
        for event in ("SENT_FOR_FULFILMENT", "SHIPPED")
    ]
