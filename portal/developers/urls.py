"""The addresses of the developers' pages. In them stands what a program's owner knows it by."""

from typing import Any

from django.urls import path

from portal.developers import calls, changes, programs
from portal.developers.kinds import CLIENTS, KEYS, Kind
from portal.developers.webhooks import deliveries, endpoint_changes, endpoints

app_name = "developers"


def _of(kind: Kind, folder: str) -> list[Any]:
    def one(page: str, view: Any, name: str) -> Any:
        return path(f"{folder}/<slug:name>/{page}", view, {"kind": kind}, name=name)

    return [
        path(f"{folder}/new/", programs.new_program, {"kind": kind}, name=f"new_{kind.page}"),
        one("", programs.program_page, kind.page),
        one("change/", changes.change, f"change_{kind.page}"),
        one("secret/", changes.replace_secret, f"replace_{kind.page}"),
        one("end-older-secret/", changes.end_older, f"end_older_{kind.page}"),
        one("off/", changes.turn_off, f"turn_off_{kind.page}"),
        one("on/", changes.turn_on, f"turn_on_{kind.page}"),
    ]


def _of_endpoints() -> list[Any]:
    def one(page: str, view: Any, name: str) -> Any:
        return path(f"webhooks/<uuid:endpoint_id>/{page}", view, name=name)

    return [
        path("webhooks/new/", endpoints.new_endpoint, name="new_endpoint"),
        one("", endpoints.endpoint_page, "endpoint"),
        one("change/", endpoint_changes.change, "change_endpoint"),
        one("secret/", endpoint_changes.replace_secret, "replace_secret_of_endpoint"),
        one("end-older-secret/", endpoint_changes.end_older, "end_older_of_endpoint"),
        one("bearer/", endpoint_changes.bearer, "bearer_of_endpoint"),
        one("pause/", endpoint_changes.pause, "pause_endpoint"),
        one("resume/", endpoint_changes.resume, "resume_endpoint"),
        one("remove/", endpoint_changes.remove, "remove_endpoint"),
        one("test/", endpoint_changes.test, "test_endpoint"),
    ]


urlpatterns = [
    path("", programs.start, name="start"),
    *_of(CLIENTS, "clients"),
    *_of(KEYS, "keys"),
    *_of_endpoints(),
    path("requests/", calls.requests, name="requests"),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries/redeliver/", deliveries.redeliver_these, name="redeliver_these"),
    path("deliveries/<str:number>/", deliveries.delivery_page, name="delivery"),
    path("deliveries/<str:number>/redeliver/", deliveries.redeliver_one, name="redeliver"),
]
