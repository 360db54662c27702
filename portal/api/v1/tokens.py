"""Where programs get their tokens (RFC 6749, client credentials) and learn where that is. Errors
have the shape of that standard, not that of the rest of API v1.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.settings import oauth2_settings
from oauthlib.oauth2 import BackendApplicationServer

from foundation.client_address import client_address
from foundation.text import has_unprintable
from organisations.models import ApiClient
from organisations.roles import SCOPES_OF_CLIENTS, choices_among
from portal.api import call_log, errors, parsing, throttling

PATH: Final = "/oauth2/token"
LIMIT: Final = throttling.Limit(a_minute=60, burst=60)
UNDERSTOOD: Final = ("grant_type", "scope", "client_id", "client_secret")
MOST_FIELDS: Final = 20
FORM: Final = re.compile(
    r'application/x-www-form-urlencoded\s*(;\s*charset\s*=\s*("utf-8"|utf-8)\s*)?;?', re.IGNORECASE
)
BASIC: Final = re.compile(r"basic +([A-Za-z0-9+/=]{1,4096})", re.IGNORECASE)

# The error names of RFC 6749 for what is refused before a token is thought of.
NAMES: Final[Mapping[int, str]] = {
    401: "invalid_client",
    429: "temporarily_unavailable",
    500: "server_error",
    503: "temporarily_unavailable",
}


@method_decorator(csrf_exempt, name="dispatch")
class OAuthView(View):
    def http_method_not_allowed(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        allowed = {"Allow": ", ".join(method.upper() for method in self.http_method_names)}
        return refuse(
            errors.Refused(errors.edge_problem("method_not_allowed"), headers=allowed), request
        )


class Token(OAuthView):
    """One token for each good request; it lives as long as the settings say."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            return _granted(_read(request), request)
        except errors.Refused as refused:
            return refuse(refused, request)


class TwoSecrets(OAuth2Validator):  # type: ignore[misc]  # which brings no types
    """Knows a client by either of its secrets, and whose the call is even if neither fits."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__()
        self.plain_request = request

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        client = _client(request.client_id or "")
        if client is None:
            return False
        secret = client.which_secret(request.client_secret or "") if client.is_usable() else None
        if secret is None:
            call_log.know_caller(self.plain_request, client)
            return False
        request.client = client
        call_log.know_caller(self.plain_request, client, used=("last_used_at", secret.used_at))
        call_log.count_call(self.plain_request)
        return True


class Configuration(OAuthView):
    """As much of OpenID Connect Discovery as there is: where tokens come from."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse(
            {
                "issuer": settings.PUBLIC_BASE_URL,
                "token_endpoint": settings.PUBLIC_BASE_URL + PATH,
                "grant_types_supported": ["client_credentials"],
                "response_types_supported": [],
                "scopes_supported": [scope for scope, _ in choices_among(SCOPES_OF_CLIENTS)],
                "token_endpoint_auth_methods_supported": [
                    "client_secret_basic",
                    "client_secret_post",
                ],
            }
        )


def refuse(refused: errors.Refused, request: HttpRequest) -> HttpResponse:
    """An error as RFC 6749 section 5.2 writes it, and one member more, which callers pass over."""
    name = NAMES.get(refused.status, "invalid_request")
    call_log.note_code(request, name)
    return _answer(
        {
            "error": name,
            "error_description": refused.problems[0].message,
            **_numbered(request),
        },
        status=refused.status,
        headers=refused.headers,
    )


def _answer(
    document: Mapping[str, Any], *, status: int, headers: Mapping[str, str]
) -> HttpResponse:
    kept_by_nobody = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return HttpResponse(
        json.dumps(document),
        status=status,
        content_type="application/json",
        headers={**headers, **kept_by_nobody},
    )


def _read(request: HttpRequest) -> dict[str, str]:
    """The fields that count, with client id and secret wherever they came from, or Refused."""
    if request.META.get("QUERY_STRING"):
        raise _invalid("Send everything in the body: addresses are written to logs.")
    form = _form(request)
    basic = _basic_credentials(request)
    if basic:
        if "client_secret" in form or form.get("client_id", basic[0]) != basic[0]:
            raise _invalid("Send the client's credentials once, by header or in the body.")
        form["client_id"], form["client_secret"] = basic
    throttling.spend(_who(form.get("client_id", ""), request), LIMIT)
    return form


def _form(request: HttpRequest) -> dict[str, str]:
    # Nobody is known yet, so nothing is read for longer than it has to be.
    body = parsing.read_limited(request, drop_rest=False)
    if body and not FORM.fullmatch(request.META.get("CONTENT_TYPE", "").strip()):
        raise _invalid("Send the body as application/x-www-form-urlencoded.")
    try:
        sent = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise _invalid("The body is not a form of at most 20 fields.") from None
    fields = [(name, value) for name, value in sent if name in UNDERSTOOD and value]
    if len(dict(fields)) < len(fields) or any(has_unprintable(value) for _, value in fields):
        raise _invalid("A field is given twice, or has a character that it cannot have.")
    return dict(fields)


def _basic_credentials(request: HttpRequest) -> tuple[str, str] | None:
    header = request.META.get("HTTP_AUTHORIZATION", "").strip()
    if not header:
        return None
    found = BASIC.fullmatch(header)
    try:
        text = base64.b64decode(found[1], validate=True).decode() if found else ""
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    # Section 2.3.1: both are form-encoded first.
    client_id, colon, secret = (unquote_plus(part) for part in text.partition(":"))
    if not colon or has_unprintable(client_id + secret):
        raise _unknown_client()
    return client_id, secret


def _who(client_id: str, request: HttpRequest) -> str:
    """Counted by client and address, so that nobody can use up another's tries."""
    hashed = hashlib.sha256(client_id.encode()).hexdigest()[:32]
    return f"token:{hashed}:{client_address(request)}"


def _client(client_id: str) -> ApiClient | None:
    found: ApiClient | None = (
        ApiClient.objects.select_related("account").filter(client_id=client_id).first()
    )
    return found


def _granted(form: dict[str, str], request: HttpRequest) -> HttpResponse:
    server = BackendApplicationServer(TwoSecrets(request), **oauth2_settings.server_kwargs)
    _, body, status = server.create_token_response(
        PATH, "POST", urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"}
    )
    if status == 401:
        raise _unknown_client()
    document = json.loads(body)
    if "error" in document:
        document |= _numbered(request)
        call_log.note_code(request, document["error"])
    return _answer(document, status=status, headers={})


def _numbered(request: HttpRequest) -> dict[str, str]:
    """The number under which the logs know the request."""
    return {"request_id": request.META.get("HTTP_X_REQUEST_ID", "")}


def _invalid(message: str) -> errors.Refused:
    return errors.Refused(errors.edge_problem("bad_request", message))


def _unknown_client() -> errors.Refused:
    return errors.Refused(
        errors.edge_problem("unauthenticated", "Client id and secret do not belong together."),
        headers={"WWW-Authenticate": 'Basic realm="token"'},
    )
