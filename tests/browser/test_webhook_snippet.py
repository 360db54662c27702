"""The snippet of docs/webhooks.md that checks signatures in JavaScript, run by a real engine."""

import json
import re
import time

from django.conf import settings
from django.utils import timezone

from organisations.integrations import Overlap
from organisations.models import Organisation
from tests import builders
from tests.browser.conftest import Open
from webhooks.endpoints import replace_endpoint_secret
from webhooks.secrets import sign

PAGE = (settings.BASE_DIR / "docs" / "webhooks.md").read_text()
BODY = b'{"data":{"type":"TestEvent"}}'


def test_the_snippet_in_javascript_tells_right_from_wrong(
    clinic: Organisation, open_browser: Open
) -> None:
    (snippet,) = re.findall(r"^```js\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    endpoint, older = builders.endpoint(clinic.account, "http://127.0.0.1:1/")
    endpoint, newer = replace_endpoint_secret(
        endpoint, overlap=Overlap.A_DAY, actor=builders.manager(owner=clinic.account)
    )
    now = timezone.now()
    headers = {
        "webhook-id": "one",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": sign(endpoint, "one", BODY, at=now),
    }
    page = open_browser()
    page.goto("/accounts/login/")

    def verified(secret: str, body: bytes = BODY, **changed: str) -> object:
        sent = {**headers, **{name.replace("_", "-"): value for name, value in changed.items()}}
        given = json.dumps([secret, sent, list(body)])
        return page.evaluate(
            f"async () => {{ const [s, h, b] = {given};\n{snippet}\n"
            "return verified(s, h, new Uint8Array(b)); }"
        )

    assert verified(older) is True
    assert verified(newer) is True
    assert verified("whsec_AAAA") is False
    assert verified(newer, BODY + b" ") is False
    assert verified(newer, webhook_id="another") is False
    assert verified(newer, webhook_timestamp=str(int(time.time()) - 301)) is False
    assert verified(newer, webhook_timestamp="soon") is False
