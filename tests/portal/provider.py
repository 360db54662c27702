"""A little OpenID Connect provider on this machine: discovery, a sign-in page that asks nobody,
tokens signed with RS256, keys and user information, all over HTTP.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID = "homeward"
CLIENT_SECRET = "secret of the tests"
KEY = rsa.generate_private_key(65537, 2048)


@dataclass
class Provider:
    """Whom it signs in, in `person`; `breaks` names an endpoint that answers nonsense."""

    person: dict[str, Any]
    breaks: str = ""
    token_says: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    address: str = ""

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str]) -> dict[str, Any] | None:
        """None when code, secret or PKCE verifier are not right."""
        asked = self.codes.pop(sent.get("code", ""), None)
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or sent.get("client_secret") != CLIENT_SECRET:
            return None
        if asked.get("code_challenge_method") != "S256" or asked["code_challenge"] != challenge:
            return None
        return {"access_token": "for its user information", "id_token": self.id_token()} | {
            "token_type": "Bearer"
        }

    def id_token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT_ID, "iat": now, "exp": now + 60}
        claims |= {"sub": self.person["sub"]} | self.token_says
        return jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "1"})

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return {"keys": [public | {"kid": "1", "use": "sig", "alg": "RS256"}]}


class Website(ThreadingHTTPServer):
    """A server that knows whose provider it is."""

    provider: Provider


class Answers(BaseHTTPRequestHandler):
    server: Website

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        provider, name = self.server.provider, url.path.strip("/")
        if name == "authorize":
            self.lead(provider.authorize(flat(url.query)))
            return
        told = {
            ".well-known/openid-configuration": provider.discovery,
            "keys": provider.keys,
            "userinfo": lambda: provider.person,
        }
        is_broken = name == provider.breaks or name not in told
        self.say(500 if is_broken else 200, {} if is_broken else told[name]())

    def do_POST(self) -> None:
        sent = flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.server.provider.breaks == "token":
            self.say(200, [])
        elif said := self.server.provider.token(sent):
            self.say(200, said)
        else:
            self.say(400, {"error": "invalid_grant"})

    def lead(self, where: str) -> None:
        self.send_response(302)
        self.send_header("Location", where)
        self.end_headers()

    def say(self, status: int, said: Any) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        """Quietly."""


@contextmanager
def running(provider: Provider) -> Iterator[Provider]:
    server = Website(("127.0.0.1", 0), Answers)
    server.provider = provider
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
