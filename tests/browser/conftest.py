"""Pages in a real browser: Chromium, and the program serving from the tests' database.

Chromium's event loop runs in the thread of the tests, where nothing else may then use one. So all
these tests run in one process, one after the other, and Chromium ends with the last of them.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from organisations.models import Organisation, User
from organisations.sensors import Sensor
from tests import builders
from tests.staff.desk import Desk, desk

WIDE = {"width": 1366, "height": 900}
FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update")
# Chromium reports a form that was sent back as if a resource were missing, and a link that is over.
EXPECTED = tuple(f"the server responded with a status of {status}" for status in (422, 410))

# Chromium's own, which is made of pages itself.
PDF_READER = ("chrome", "chrome-extension")

Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    """CHROMIUM names one; without it the one on the path is used."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        words = "NO BROWSER TEST WAS RUN: install Chromium, or name one in CHROMIUM."
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(words)
        pytest.skip(words)
    # The browser's own loop runs in this thread, and Django would refuse to ask the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()
        connections.close_all()  # those beside the loop, which nobody else can reach
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def clinic(transactional_db: None) -> Organisation:
    """The only organisation of its account."""
    return builders.organisation(default_nights=2, default_sensors=[Sensor.NECK])


@pytest.fixture
def staff(clinic: Organisation) -> Desk:
    return desk(clinic)


@pytest.fixture
def open_browser(chromium: Browser, live_server: LiveServer) -> Iterator[Open]:
    """Opens windows, signed in as the user that is given; none may call elsewhere or complain."""
    complaints: list[str] = []
    windows: list[BrowserContext] = []

    def open_window(who: User | None = None, **options: object) -> Page:
        chosen = {"viewport": WIDE, "reduced_motion": "reduce", **options}
        window = chromium.new_context(base_url=live_server.url, **chosen)
        windows.append(window)
        window.set_default_timeout(10_000)
        if who:
            window.add_cookies([session_of(who, live_server.url)])
        page = window.new_page()
        page.on("console", lambda message: complaints.extend(heard(message)))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.extend(foreign(request.url, live_server.url)))
        return page

    yield open_window
    for window in windows:
        window.close()
    assert complaints == []


def session_of(who: User, url: str) -> dict[str, str]:
    client = Client()
    client.force_login(who)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    return {"name": cookie.key, "value": cookie.value, "url": url}


def heard(message: ConsoleMessage) -> list[str]:
    """What Chromium complains of: scripts, and what the content security policy forbade."""
    is_expected = any(words in message.text for words in EXPECTED)
    is_complaint = message.type in {"error", "warning"} and not is_expected
    return [message.text] if is_complaint else []


def foreign(asked: str, ours: str) -> list[str]:
    address = urlsplit(asked)
    is_inside = address.scheme in {"data", "blob", *PDF_READER}
    is_ours = is_inside or address.netloc == urlsplit(ours).netloc
    return [] if is_ours else [f"asked for {asked}"]
