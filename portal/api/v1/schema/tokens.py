"""The two addresses beside API v1 that its clients need, as the OpenAPI document tells them. They
follow standards of their own (RFC 6749, OpenID Connect Discovery), errors too.
"""

from collections.abc import Mapping
from typing import Final

from portal.api.schema import JSON, Schema, ref
from portal.api.v1 import tokens

BASIC: Final = "credentials"
ERROR: Final = ref("TokenError")

COMPONENTS: Final[Mapping[str, Schema]] = {
    "TokenRequest": {
        "type": "object",
        "properties": {
            "grant_type": {"const": "client_credentials"},
            "client_id": {"type": "string", "description": "Unless sent by HTTP Basic."},
            "client_secret": {"type": "string", "description": "Unless sent by HTTP Basic."},
            "scope": {
                "type": "string",
                "description": "Separated by spaces; left out, all that the client has.",
            },
        },
        "required": ["grant_type"],
    },
    "Token": {
        "type": "object",
        "properties": {
            "access_token": {"type": "string"},
            "token_type": {"const": "Bearer"},
            "expires_in": {"type": "integer", "description": "Seconds.", "examples": [3600]},
            "scope": {"type": "string", "examples": ["orders"]},
        },
        "required": ["access_token", "token_type", "expires_in", "scope"],
    },
    "TokenError": {
        "type": "object",
        "properties": {
            "error": {
                "type": "string",
                "enum": [
                    "invalid_request",
                    "invalid_scope",
                    "unsupported_grant_type",
                    *dict.fromkeys(tokens.NAMES.values()),
                ],
            },
            "error_description": {"type": "string"},
            "request_id": {"type": "string", "description": "Ours: as in X-Request-Id."},
        },
        "required": ["error"],
    },
    "Configuration": {
        "type": "object",
        "properties": {
            "issuer": {"type": "string", "format": "uri"},
            "token_endpoint": {"type": "string", "format": "uri"},
            **{
                name: {"type": "array", "items": {"type": "string"}}
                for name in (
                    "grant_types_supported",
                    "response_types_supported",
                    "scopes_supported",
                    "token_endpoint_auth_methods_supported",
                )
            },
        },
        "required": ["issuer", "token_endpoint"],
    },
}


def _answer(words: str, schema: Schema) -> Schema:
    return {"description": words, "content": {JSON: {"schema": schema}}}


PATHS: Final[Mapping[str, Schema]] = {
    tokens.PATH: {
        "post": {
            "operationId": "getToken",
            "tags": ["Tokens"],
            "summary": "Get an access token",
            "description": "OAuth 2 client credentials, by HTTP Basic or in the body. A token "
            "lives for one hour: use it until then. 60 requests a minute for a client and an "
            "address. Errors are those of RFC 6749.",
            "security": [{BASIC: []}, {}],
            "requestBody": {
                "content": {"application/x-www-form-urlencoded": {"schema": ref("TokenRequest")}},
            },
            "responses": {
                "200": _answer("A token.", ref("Token")),
                "400": _answer("Not a request for a token that can be given.", ERROR),
                "401": _answer("Client id and secret do not belong together.", ERROR),
                "413": _answer("The body is too large.", ERROR),
                "429": _answer("Too many requests.", ERROR),
                "500": _answer("A fault of ours.", ERROR),
                "503": _answer("Not available just now.", ERROR),
            },
        }
    },
    "/.well-known/openid-configuration": {
        "get": {
            "operationId": "getConfiguration",
            "tags": ["Tokens"],
            "summary": "Find the address of tokens",
            "security": [],
            "responses": {
                "200": _answer("Where tokens come from.", ref("Configuration")),
            },
        }
    },
}
