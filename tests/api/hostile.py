"""Hostile input, whatever the dialect: bodies, values, addresses, query strings and headers.

Everything here must be answered with a 4xx in the dialect's shape. MARK stands in what was sent and
must not come back.
"""

import json
from collections.abc import Iterator
from typing import Any

MARK = "H0stile"
LONG = MARK * 1500

# No document at all, or one that no dialect takes.
BODIES: dict[str, bytes] = {
    "empty": b"",
    "space": b"  \n ",
    "word": b"hello",
    "half an object": b'{"data": {"type": "order"',
    "two documents": b"{} {}",
    "trailing comma": b'{"a": 1,}',
    "comment": b"{} // no",
    "single quotes": b"{'a': 1}",
    "unquoted name": b"{a: 1}",
    "raw line break in a text": b'{"a": "x\ny"}',
    "bad escape": b'{"a": "\\x41"}',
    "cut escape": b'{"a": "\\u00"}',
    "form": b"reference=1&name=2",
    "xml": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    "byte order mark": b"\xef\xbb\xbf{}",
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "utf-16 without mark": '{"a": 1}'.encode("utf-16-le"),
    "utf-32": '{"a": 1}'.encode("utf-32"),
    "latin-1": '{"a": "é"}'.encode("latin-1"),
    "overlong utf-8": b'{"a": "\xc0\xaf"}',
    "surrogate in utf-8": b'{"a": "\xed\xa0\x80"}',
    "lone continuation byte": b'{"a": "\x80"}',
    "cut character": b'{"a": "\xf0\x9f\x98"}',
    "NUL bytes": b"\x00\x00\x00\x00",
    "NUL before": b"\x00{}",
    "NUL after": b"{}\x00",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    "null": b"null",
    "true": b"true",
    "number": b"1",
    "text": b'"text"',
    "empty array": b"[]",
    "array of objects": b"[{}]",
    "empty object": b"{}",
    "NaN": b"NaN",
    "Infinity": b'{"a": Infinity}',
    "minus Infinity": b'{"a": -Infinity}',
    "NaN inside": b'{"a": [NaN]}',
    "leading zero": b'{"a": 01}',
    "plus": b'{"a": +1}',
    "hex": b'{"a": 0x1}',
    "huge exponent": b'{"a": 1e400}',
    "huge negative exponent": b'{"a": -1e400}',
    "int above 2^53": b'{"a": 9007199254740993}',
    "int above 2^63": b'{"a": 9223372036854775808}',
    "int of 400 digits": b'{"a": ' + b"9" * 400 + b"}",
    "int of 5000 digits": b'{"a": ' + b"9" * 5000 + b"}",
    "float of 30,000 digits": b'{"a": 0.' + b"1" * 30_000 + b"e500}",
    "duplicate member": b'{"a": 1, "a": 2}',
    "duplicate envelope": b'{"data": {}, "data": {}}',
    "duplicate by escape": b'{"a": 1, "\\u0061": 2}',
    "duplicate deep inside": b'{"data": {"attributes": {"x": [{"a": 1, "a": 1}]}}}',
    "duplicate of NUL": b'{"\\u0000": 1, "\\u0000": 2}',
    "40 arrays deep": b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}",
    "40 objects deep": b'{"a":' * 40 + b"1" + b"}" * 40,
    "900 arrays deep": b"[" * 900 + b"]" * 900,
    "30,000 arrays deep": b"[" * 30_000 + b"]" * 30_000,
    "30,000 open arrays": b"[" * 30_000,
    "10,000 objects deep": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "NUL in a text": b'{"a": "\\u0000"}',
    "NUL in a name": b'{"a\\u0000": 1}',
    "lone surrogate": b'{"a": "\\ud800"}',
    "lone low surrogate": b'{"a": "\\udc00x"}',
    "surrogates in wrong order": b'{"a": "\\udc00\\ud800"}',
    "lone surrogate in a name": b'{"\\ud800": 1}',
    "noncharacter": b'{"a": "\\uffff"}',
    "prototype": b'{"__proto__": {"admin": true}}',
    "class": b'{"__class__": {"__init__": 1}}',
    "30,000 elements": json.dumps([MARK] * 6000).encode(),
    "5,000 members": json.dumps({f"{MARK}{n}": n for n in range(3000)}).encode(),
}

# Wrong for every member that holds a scalar.
VALUES: dict[str, Any] = {
    "null": None,
    "object": {},
    "array": [],
    "nested": {"a": [{"b": MARK}]},
    "array of itself": [MARK],
    "fraction": 2.5,
    "minus": -1,
    "above int32": 2_147_483_648,
    "huge": 10**15,
    "empty text": "",
    "spaces": "   ",
    "10,500 characters": LONG,
    "control characters": f"{MARK}\x07\x1b[31m",
    "line break": f"{MARK}\r\nX-Injected: 1",
    "NUL": f"{MARK}\x00",
    "lone surrogate": f"{MARK}\ud800",
    "byte order mark swapped": f"{MARK}\ufffe",
}

# Strange but honest where a text may be anything; wrong elsewhere. Never a fault of ours.
TEXTS: dict[str, str] = {
    "markup": f"<script>alert('{MARK}')</script>",
    "attribute": f'" onmouseover="{MARK}',
    "template": "{{ 7*7 }}{% debug %}${7*7}#{7*7}",
    "sql": "'; DROP TABLE orders_order; --",
    "formula": "=1+1",
    "path": "..\\..\\windows",
    "percent": "%00%ff%s%n%(name)s",
    "braces": "{0} {code} {} {field.facts}",
    "emoji": "👩🏽‍⚕️🛌",
    "right to left": "محمد עברית",
    "right-to-left override": "abc\u202edef",
    "zero width": "a\u200bb\u2060c\ufeff",
    "combining": "Z̷̧̢a̸l̵g̶o̷",
    "full width": "ＡＢＣ",
    "astral": "𝕿𝖊𝖘𝖙",
    "ligature": "ﬁ ſ K İ ı ß",
    "private use": "\ue000",
    "replacement": "\ufffd",
    "line separator": "a\u2028b",
    "non-breaking space": "a\u00a0b",
}

# Ends of an address; none of them names anything.
ENDINGS: tuple[str, ...] = (
    "%00",
    "a%00b",
    "%ff",
    "%c0%af",
    "%ed%a0%80",
    "%F0%9F%98",
    "%0d%0aX-Injected:%201",
    "%1b%5b31m",
    "%2e%2e",
    "%2e%2e%2fetc%2fpasswd",
    "a%2fb",
    "a%5cb",
    "%25%30%30",
    "%%%",
    "%zz",
    "%u0000",
    "%20",
    "%c2%a0",
    "%E2%80%AE",
    "%7B%7B7*7%7D%7D",
    "'%20OR%201=1--",
    "<script>",
    "a" * 129,
    "a" * 5000,
    "%f0%9f%91%a9" * 100,
    "-1",
    "0",
    "null",
    "*",
    "?",
    "%3F",
    "%23",
    ";a=b",
    "~",
    "a/b",
    "a/",
    "/",
    ".json",
)

# Query strings for a list; each has a known parameter that is wrong.
QUERIES: tuple[str, ...] = tuple(
    f"{name}={value}"
    for name, values in {
        "page[size]": (
            "0", "-1", "101", "1e2", "10.0", "0x10", "%00", "ten", "", "%20", "９",
            "99999999999999", "1&page[size]=2", "%ff", "%0a5",
        ),
        "page[after]": (
            "x", "%00", "%ff", "0", "-1", "'", "../..", "00000000-0000-0000-0000-000000000000",
            "{00000000-0000-0000-0000-000000000000}", "a" * 3000, "",
        ),
        "filter[status]": ("shipped", "CREATED", "%00", "", "created,cancelled", "%ed%a0%80"),
        "filter[created_from]": (
            "2025-02-30", "2025-13-01", "0000-00-00", "10000-01-01", "yesterday", "%00", "",
            "2025-01-01T25:00:00Z", "2025-01-01T00:00:00", "2025-01-01T00:00:00+99:00",
            "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "２０２５-01-01", "1" * 500,
        ),
        "filter[created_to]": ("2025-02-29", "2025-W01", "20250101", "now()", "2025-01-01T00:00Z"),
    }.items()
    for value in values
)  # fmt: skip

CONTENT_TYPES: tuple[str, ...] = (
    "application/vnd.api+json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "text/json",
    "application/xml",
    "*/*",
    "application/*",
    "application/json, text/plain",
    "application/json; charset=bogus",
    "application/json; charset=latin-1",
    "application/json; charset=utf-16",
    "application/json; charset=utf-8; charset=utf-16",
    "application/json; charset=rot13",
    "application/json; charset=",
    "application/json; boundary=x",
    "application/jsonp",
    "json",
    ";",
    "application/json\x00",
    "é",
    "",
)

AUTHORIZATIONS: tuple[str, ...] = (
    "Bearer",
    "Bearer ",
    "Bearer a b",
    "Bearer " + "a" * 300,
    "Bearer " + "a" * 60_000,
    "Bearer \x00",
    "Bearer é",
    "Bearer ' OR 1=1",
    "Bearer null",
    "Bearer a,Bearer b",
    "Basic YTpi",
    "Basic \xff",
    "Digest x",
    "Token abc",
    "bearer",
    "x",
    ",",
)

IDEMPOTENCY_KEYS: tuple[str, ...] = ("", " ", "a" * 256, "\x00", "é", "a\tb", "\x7f", "💥")


def spoiled(body: Any, values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The body once for each scalar in it and each value, with that value in its place."""
    for path in _scalars(body, ()):
        for name, value in values.items():
            yield f"{'/'.join(map(str, path))}: {name}", _replaced(body, path, value)


def _scalars(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for step, below in inner:
        if isinstance(below, dict | list):
            yield from _scalars(below, (*path, step))
        else:
            yield (*path, step)


def _replaced(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    copy = json.loads(json.dumps(body))
    within = copy
    for step in path[:-1]:
        within = within[step]
    within[path[-1]] = value
    return copy
