"""Somebody who opens every page that they can reach and fills in every form that they find."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

# Kinds of boxes into which anything can be typed.
TYPED: Final = {"text", "search", "email", "tel", "password", "url", "number", "date", "textarea"}
# What would end the journey.
NOT_TAKEN: Final = ("logout", "sessions", "deactivate", "/static/", "mailto:", "javascript:")
NUMBERS: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")


@dataclass
class Form:
    action: str = ""
    method: str = "get"
    boxes: dict[str, str] = field(default_factory=dict)  # by name, what kind they are
    values: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """The links and forms of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.select = ""
        self.feed(text)

    @property
    def unseen(self) -> dict[str, str]:
        """What the last form that is posted sends of its own."""
        return next(form.values for form in reversed(self.forms) if form.method == "post")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and said.get("href"):
            self.links.append(said["href"])
        elif tag == "form" and said.get("method") != "dialog":  # which sends nothing
            self.forms.append(Form(said.get("action", ""), said.get("method", "get").lower()))
        elif self.forms:
            self._answer(self.forms[-1], tag, said)

    def _answer(self, form: Form, tag: str, said: dict[str, str]) -> None:
        name, kind = said.get("name", ""), said.get("type", "text")
        if tag == "textarea" or (tag == "input" and kind in TYPED):
            form.boxes[name] = "textarea" if tag == "textarea" else kind
        elif tag == "input" and (kind == "hidden" or "checked" in said or kind == "radio"):
            form.values.setdefault(name, said.get("value", "on"))
        elif tag == "select":
            self.select = name
        elif tag == "option" and said.get("value"):
            form.values.setdefault(self.select, said["value"])
        elif tag == "button" and name:
            form.values.setdefault(name, said.get("value", ""))


@dataclass
class Crawler:
    """Types what `marker` gives for a box, and goes wherever a link leads."""

    client: httpx.Client
    marker: Callable[[str], str]
    asked: set[str] = field(default_factory=set)
    filled_in: set[str] = field(default_factory=set)

    def crawl(self, *starts: str) -> None:
        waiting = list(starts)
        while waiting:
            address = waiting.pop(0)
            if self._is_new(address):
                waiting += self._open(address)

    def _is_new(self, address: str) -> bool:
        """One page of each kind is enough: numbers are not looked at."""
        kind = NUMBERS.sub("#", urlsplit(address).path)
        if kind in self.asked or any(part in address for part in NOT_TAKEN):
            return False
        self.asked.add(kind)
        return True

    def _open(self, address: str) -> Iterator[str]:
        answer = self.client.get(address)
        where = str(answer.url)
        if "html" not in answer.headers.get("content-type", ""):
            return
        page = Page(answer.text)
        for form in page.forms:
            answer = self._send(form, where)
            yield str(answer.url)
            if answer.status_code == 422:
                continue
        for link in page.links:
            target = urljoin(where, link)
            if urlsplit(target).netloc == urlsplit(where).netloc:
                yield target.partition("#")[0]

    def _send(self, form: Form, where: str) -> httpx.Response:
        kind = NUMBERS.sub("#", urlsplit(where).path)
        typed = {name: self.marker(box) for name, box in form.boxes.items() if name}
        self.filled_in |= {f"{kind} {name}" for name in typed}
        said = {**form.values, **typed}
        target = urljoin(where, form.action)
        if any(part in target for part in NOT_TAKEN):
            return self.client.get(where)
        if form.method == "post":
            return self.client.post(target, data=said, headers={"Referer": where})
        return self.client.get(target, params=said)
