"""The addresses of the developers' pages. In them stands what a program's owner knows it by."""

from typing import Any

from django.urls import path

from portal.developers import calls, changes, programs
from portal.developers.kinds import CLIENTS, KEYS, Kind

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


urlpatterns = [
    path("", programs.start, name="start"),
    *_of(CLIENTS, "clients"),
    *_of(KEYS, "keys"),
    path("requests/", calls.requests, name="requests"),
]
