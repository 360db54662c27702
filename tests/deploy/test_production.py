"""The program as it is deployed: the image's own commands, with production's settings, behind
nginx with deploy/nginx.conf.
"""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings

from tests.api.servers import Answer, Website, free_port, fresh_database, second_server, serving
from tests.deploy import guide

CONFIGURATION = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text()
SLOW_CALLERS = 60
PATIENCE = 3.0
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Site:
    """What the world sees, and behind it the program itself."""

    https: int
    http: int
    program: Website
    seed: dict[str, Any]
    log: Path

    def call(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        """Over TLS; the certificate is our own."""
        trusting = ssl._create_unverified_context()
        line = http.client.HTTPSConnection("localhost", self.https, timeout=30, context=trusting)
        with contextlib.closing(line):
            line.request(method, path, body or None, headers or {})
            answer = line.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())

    def token(self) -> str:
        form = (
            f"grant_type=client_credentials&client_id={self.seed['client_id']}"
            f"&client_secret={self.seed['secret']}"
        )
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self.call("POST", "/oauth2/token", form.encode(), kind)
        assert answer.status == 200, answer
        return str(answer.json()["access_token"])


@pytest.fixture(scope="module")
def site(
    worker_id: str, tmp_path_factory: pytest.TempPathFactory, django_db_setup: None
) -> Iterator[Site]:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        words = "NOT TRIED BEHIND A PROXY: install nginx."
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(words)
        pytest.skip(words)
    folder = tmp_path_factory.mktemp("site")
    guide.run(guide.collecting().replace("/opt/homeward/bin/python", sys.executable), _nothing())
    with ExitStack() as used:
        data = used.enter_context(second_server(worker_id))
        database = used.enter_context(fresh_database(data, f"production_{os.getpid()}"))
        https = free_port()
        program = used.enter_context(
            serving(
                database,
                folder / "program.log",
                command=_on_loopback(guide.array("CMD")),
                DEBUG="",
                SECRET_KEY="for the tests only, and long enough for a production start",
                ALLOWED_HOSTS="localhost,127.0.0.1",
                PUBLIC_BASE_URL=f"https://localhost:{https}",
                TRUSTED_PROXY_COUNT="1",
            )
        )
        http_port = used.enter_context(_nginx(nginx, folder, https=https, program=program))
        yield Site(https, http_port, program, database.seed, folder / "nginx.log")


def _nothing() -> dict[str, str]:
    """An environment without settings of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "DEBUG": ""}


def _on_loopback(command: list[str]) -> list[str]:
    port = command.index("--port")
    return [
        part.replace("0.0.0.0", "127.0.0.1")
        for place, part in enumerate(command)
        if place not in (port, port + 1)
    ]


@contextmanager
def _nginx(nginx: str, folder: Path, *, https: int, program: Website) -> Iterator[int]:
    """The port of plain requests. Only ports, folders and names are others than in production."""
    port = free_port()
    _certify(folder)
    (folder / "nginx.conf").write_text(_moved(folder, http=port, https=https, program=program))
    with (folder / "nginx.errors").open("wb") as errors:
        process = subprocess.Popen(
            [nginx, "-e", "stderr", "-c", str(folder / "nginx.conf"), "-g", "daemon off;"],
            stdout=errors,
            stderr=errors,
        )
    try:
        _wait_for(https, process, folder / "nginx.errors")
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def _moved(folder: Path, *, http: int, https: int, program: Website) -> str:
    moves = {
        "listen [::]:80 default_server;": "",
        "listen [::]:443 ssl default_server;": "",
        "listen 80 ": f"listen 127.0.0.1:{http} ",
        "listen 443 ": f"listen 127.0.0.1:{https} ",
        "web:8000": program.address.removeprefix("http://"),
        "/etc/nginx/tls": str(folder),
        "/tmp/nginx.pid": str(folder / "nginx.pid"),
        "/dev/stdout": str(folder / "nginx.log"),
        "/dev/stderr": str(folder / "nginx.errors"),
        "    server_tokens off;": f"    server_tokens off;{_folders(folder)}",
    }
    text = CONFIGURATION
    for ours, theirs in moves.items():
        assert ours in text, ours
        text = text.replace(ours, theirs)
    return text


def _folders(folder: Path) -> str:
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return "".join(f"\n    {name}_temp_path {folder}/{name};" for name in names)


def _certify(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _wait_for(port: int, process: subprocess.Popen[bytes], errors: Path) -> None:
    deadline = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(errors.read_text())


@contextmanager
def slow_callers(port: int, *, tls: bool) -> Iterator[None]:
    """So many who have announced a body and never send the rest of it."""
    head = (
        b"POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\ngrant"
    )
    with ExitStack() as held:
        for _ in range(SLOW_CALLERS):
            line = socket.create_connection(("127.0.0.1", port), 10)
            if tls:
                line = ssl._create_unverified_context().wrap_socket(line)
            held.enter_context(line)
            line.sendall(head)
        time.sleep(0.5)
        yield


def answers_within(seconds: float, port: int, *, tls: bool) -> bool:
    kind = http.client.HTTPSConnection if tls else http.client.HTTPConnection
    options = {"context": ssl._create_unverified_context()} if tls else {}
    line = kind("127.0.0.1", port, timeout=seconds, **options)
    with contextlib.closing(line):
        try:
            line.request("GET", "/healthz/live")
            return line.getresponse().status == 200
        except TimeoutError:
            return False


def test_a_plain_request_is_sent_to_https(site: Site) -> None:
    line = http.client.HTTPConnection("127.0.0.1", site.http, timeout=10)
    with contextlib.closing(line):
        line.request("GET", "/orders/", headers={"Host": "localhost"})
        answer = line.getresponse()

    assert (answer.status, answer.headers["Location"]) == (301, "https://localhost/orders/")


def test_the_sign_in_page_comes_with_its_files_and_safe_cookies(site: Site) -> None:
    page = site.call("GET", "/accounts/login/")

    assert page.status == 200
    assert "max-age=31536000" in page.headers["strict-transport-security"]
    assert page.headers["set-cookie"].startswith("__Host-csrftoken=")
    assert "Secure" in page.headers["set-cookie"]
    (sheet,) = re.findall(r'href="(/static/homeward\.\w+\.css)"', page.body.decode())
    assert site.call("GET", sheet).status == 200


def test_an_order_is_placed_through_nginx(site: Site) -> None:
    headers = {**JSON, "Authorization": f"Bearer {site.token()}"}
    path = settings.BASE_DIR / "tests" / "api" / "v1" / "examples" / "create-order.json"
    order = json.loads(path.read_text())
    order["data"]["attributes"]["organisation"] = site.seed["organisation"]

    answer = site.call("POST", "/v1/orders", json.dumps(order).encode(), headers)

    assert answer.status == 201, answer.body
    assert site.call("GET", answer.headers["location"], headers=headers).status == 200


def test_a_body_too_large_for_nginx_is_refused_in_the_shape_of_api_v1(site: Site) -> None:
    answer = site.call("POST", "/v1/orders", b"x" * 1_500_000, JSON)

    assert (answer.status, answer.headers["content-type"]) == (413, "application/json")
    (error,) = answer.json()["errors"]
    assert set(error) == {"id", "status", "code", "title", "detail"}
    assert (error["status"], error["code"]) == ("413", "payload_too_large")
    assert UUID(error["id"])
    assert answer.json()["meta"]["requestId"] == answer.headers["x-request-id"]


def test_at_the_address_of_tokens_it_is_refused_in_the_shape_of_oauth2(site: Site) -> None:
    answer = site.call("POST", "/oauth2/token", b"x" * 1_500_000, JSON)

    assert answer.status == 413
    assert answer.json()["error"] == "invalid_request"


def test_slow_bodies_wait_in_nginx_and_hold_nobody_up(site: Site) -> None:
    with slow_callers(site.https, tls=True):
        assert answers_within(PATIENCE, site.https, tls=True)


def test_without_nginx_slow_bodies_hold_everybody_up(site: Site) -> None:
    """The control: what the proxy is needed for."""
    port = int(site.program.address.rpartition(":")[2])
    with slow_callers(port, tls=False):
        assert not answers_within(PATIENCE, port, tls=False)
    assert answers_within(30, port, tls=False)


def test_nginx_writes_no_address_down(site: Site) -> None:
    site.call("GET", "/team/invitations/a-secret-word/?also=this")

    log = site.log.read_text()
    assert " GET " in log
    assert "a-secret-word" not in log
    assert "also=this" not in log


def test_while_the_program_is_away_api_v1_says_so_in_its_own_shape(
    site: Site, tmp_path: Path
) -> None:
    gone = Website(f"http://127.0.0.1:{free_port()}", tmp_path / "none")
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    https = free_port()
    with _nginx(str(nginx), tmp_path, https=https, program=gone):
        alone = Site(https, 0, gone, {}, tmp_path / "nginx.log")
        answer = alone.call("GET", "/v1/orders")
        token = alone.call("POST", "/oauth2/token", b"grant_type=client_credentials", JSON)
        page = alone.call("GET", "/orders/")

    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["errors"][0]["code"] == "unavailable"
    assert token.json()["error"] == "temporarily_unavailable"
    assert (page.status, page.headers["content-type"]) == (503, "text/plain")
    assert b"try again" in page.body


def test_the_health_check_of_the_image_asks_under_an_allowed_name(site: Site) -> None:
    program = (settings.BASE_DIR / guide.array("HEALTHCHECK")[-1]).read_text()
    moved = program.replace("http://127.0.0.1:8000", site.program.address)
    assert moved != program

    for hosts, expected in (("localhost,127.0.0.1", 0), ("another.example", 1)):
        done = subprocess.run(
            [sys.executable, "-c", moved],
            env={**_nothing(), "ALLOWED_HOSTS": hosts},
            capture_output=True,
            check=False,
        )
        assert done.returncode == expected
