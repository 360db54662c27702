"""What becomes of a message when its receiver fails: each way of it once by itself, and those that
have consequences by a real worker as well.
"""

import asyncio
import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from email.utils import format_datetime
from functools import partial
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from orders.statuses import Status
from organisations.models import Organisation
from tests import builders
from tests.webhooks import faults
from tests.webhooks.faults import (
    MEGABYTE,
    OK,
    Answering,
    Names,
    Signed,
    failing,
    free_port,
    never_accepting,
    replies,
    says,
    signed,
)
from tests.webhooks.receiver import receiving
from tests.webhooks.working import work
from webhooks import draining, posting
from webhooks.models import Attempt, DeliveryState, Fault, Pause
from webhooks.posting import ANSWER_AT_MOST, SECONDS_IN_ALL, Answer, kept_headers, line_to

SOON = 0.5
# How much later than the deadline an answer may be given up on a busy machine.
LATE = 1.5
RETRY_AFTER = "Retry-After"


def post(url: str, *, times: int = 1, seconds: float = SECONDS_IN_ALL) -> Answer:
    """The last of so many answers, one after the other on the same line."""

    async def one_after_another() -> Answer:
        async with line_to(url, seconds=seconds) as line:
            for _ in range(times):
                answer = await line.post({"webhook-id": "1"}, b'{"data": 1}')
        return answer

    return asyncio.run(one_after_another())


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    known = Names()
    monkeypatch.setattr(socket, "getaddrinfo", known.look_up)
    return known


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Signed:
    return signed(tmp_path_factory.mktemp("authority"), "Test Authority")


@pytest.fixture
def trusting(authority: Signed, settings: Settings) -> Iterator[None]:
    """The authority's certificates count besides the usual ones."""
    settings.WEBHOOKS_CA_FILE = str(authority.file)
    posting._authorities.cache_clear()
    yield
    posting._authorities.cache_clear()


# An answer that counts, whatever it says.


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_any_status_of_success_is_one(status: int) -> None:
    with failing(replies(status)) as receiver:
        answer = post(receiver.address)

    assert (answer.status, answer.fault, answer.is_success) == (status, None, True)


@pytest.mark.parametrize("status", [300, 304, 400, 401, 403, 404, 410, 418, 429, 500, 503, 599])
def test_any_other_status_is_a_failure(status: int) -> None:
    with failing(replies(status)) as receiver:
        answer = post(receiver.address)

    assert (answer.status, answer.fault, answer.is_success) == (status, None, False)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with (
        failing(replies(200)) as inside,
        failing(replies(status, f"Location: {inside.address}")) as receiver,
    ):
        answer = post(receiver.address)

    assert (answer.status, answer.is_success) == (status, False)
    assert inside.connections == 0


@pytest.mark.parametrize(
    "location", ["http://[::1", "https://a:99999999/", "", "/" + "x" * 65530, "http://\xe4\xad/"]
)
def test_a_redirect_is_not_even_read(location: str) -> None:
    with failing(replies(301, f"Location: {location}")) as receiver:
        answer = post(receiver.address)

    assert answer.status == 301


@pytest.mark.parametrize(
    ("answering", "body"),
    [
        pytest.param(says(b"HTTP/1.0 200 OK\r\n\r\nall of it"), b"all of it", id="HTTP/1.0"),
        pytest.param(
            replies(200, body=b"<script>\0\xff</script>"),
            b"<script>\0\xff</script>",
            id="HTML, NUL and no UTF-8",
        ),
        pytest.param(
            replies(200, "Content-Encoding: gzip", body=b"not packed"), b"not packed", id="no gzip"
        ),
        pytest.param(
            says(OK, b"Content-Length: 2\r\n\r\nok", OK, b"Content-Length: 5\r\n\r\nagain"),
            b"ok",
            id="longer than it said",
        ),
        pytest.param(
            says(b"HTTP/1.1 103 Early Hints\r\n\r\n", OK, b"Content-Length: 1\r\n\r\n1"),
            b"1",
            id="hints first",
        ),
    ],
)
def test_the_body_is_kept_as_it_came(answering: Answering, body: bytes) -> None:
    with failing(answering) as receiver:
        answer = post(receiver.address)

    assert (answer.status, answer.body) == (200, body)


@pytest.mark.parametrize(
    "answering",
    [faults.two_hundred_megabytes, faults.an_endless_body, faults.a_gzip_bomb],
)
def test_of_a_body_without_measure_64_kib_are_read_and_no_more(answering: Answering) -> None:
    with failing(answering) as receiver:
        answer = post(receiver.address)

    assert answer.status == 200
    assert len(answer.body) == ANSWER_AT_MOST == 64 * 1024
    assert receiver.said <= 16 * len(MEGABYTE)
    assert answer.duration_ms < SECONDS_IN_ALL * 1000 / 2


def test_a_packed_body_is_not_unpacked() -> None:
    with failing(faults.a_gzip_bomb) as receiver:
        answer = post(receiver.address)

    assert answer.body.startswith(b"\x1f\x8b")


def test_headers_are_kept_as_they_came_but_for_secrets() -> None:
    said = ("X-Name: Zo\xeb", "X-Bell: a\x07b", "Set-Cookie: a=b", "X-Twice: 1", "X-Twice: 2")
    with failing(replies(200, *said)) as receiver:
        answer = post(receiver.address)

    assert answer.headers == [
        ("content-length", "0"),
        ("x-name", "Zo\xeb"),
        ("x-bell", "a\x07b"),
        ("set-cookie", "•••"),
        ("x-twice", "1"),
        ("x-twice", "2"),
    ]


def test_what_a_dialect_calls_secret_is_masked_too() -> None:
    kept = kept_headers([("X-Secret", "s3cret"), ("X-Plain", "1")], also_secret={"x-secret"})

    assert kept == [("X-Secret", "•••"), ("X-Plain", "1")]


def test_one_long_header_hides_no_other() -> None:
    with failing(replies(429, "X-Long: " + "x" * 50_000, f"{RETRY_AFTER}: 7")) as receiver:
        answer = post(receiver.address)

    assert answer.retry_after == "7"
    assert sum(len(name) + len(value) for name, value in answer.headers) < 16 * 1024


def test_a_cookie_is_never_sent_back() -> None:
    with failing(replies(200, "Set-Cookie: who=you; Path=/", "Connection: close")) as receiver:
        post(receiver.address, times=2)

    assert len(receiver.asked) == 2
    assert b"who=you" not in receiver.asked[1]


def test_the_address_is_not_logged_for_it_may_hold_a_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    with failing(replies(200)) as receiver:
        post(f"{receiver.address}?token=secret")

    assert len(receiver.asked) == 1
    assert "token=secret" not in caplog.text


# No answer in time.


def test_there_are_ten_seconds_for_all_of_it() -> None:
    assert SECONDS_IN_ALL == 10


@pytest.mark.parametrize(
    "answering",
    [
        faults.silence,
        faults.silence_after_the_headers,
        faults.dripping_headers,
        faults.a_dripping_body,
        faults.dripping_chunks,
        faults.for_ever_continue,
    ],
)
def test_what_is_not_answered_in_time_is_given_up(answering: Answering) -> None:
    with failing(answering) as receiver:
        answer = post(receiver.address, seconds=SOON)

    assert (answer.status, answer.fault) == (None, Fault.TOO_SLOW)
    assert SOON * 1000 <= answer.duration_ms < (SOON + LATE) * 1000
    assert len(receiver.asked) == 1


def test_a_connection_that_is_not_taken_in_time_is_given_up() -> None:
    with never_accepting() as port:
        answer = post(f"http://127.0.0.1:{port}/", seconds=SOON)

    assert answer.fault == Fault.TOO_SLOW
    assert answer.duration_ms < (SOON + LATE) * 1000


def test_a_secure_connection_that_is_not_spoken_in_time_is_given_up() -> None:
    with failing(faults.silence, listens=False) as receiver:
        answer = post(receiver.secure_address, seconds=SOON)

    assert answer.fault == Fault.TOO_SLOW
    assert answer.duration_ms < (SOON + LATE) * 1000


def test_a_name_that_is_not_looked_up_in_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    is_over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: is_over.wait() and [])
    try:
        answer = post("http://receiver.example/", seconds=SOON)
    finally:
        is_over.set()

    assert answer.fault == Fault.TOO_SLOW
    assert answer.duration_ms < (SOON + LATE) * 1000


# No answer at all.


@pytest.mark.parametrize(
    ("answering", "fault"),
    [
        pytest.param(faults.reset, Fault.UNREACHABLE, id="reset"),
        pytest.param(faults.a_reset_in_the_middle, Fault.UNREACHABLE, id="reset in the middle"),
        pytest.param(says(), Fault.UNREACHABLE, id="closed without a word"),
        pytest.param(says(b"HTTP/1.1 200"), Fault.UNREACHABLE, id="closed within a word"),
        pytest.param(says(b"220 mail.example ESMTP\r\n\r\n"), Fault.GARBLED, id="another protocol"),
        pytest.param(says(b"\x00\xff\x16\x03" * 9), Fault.GARBLED, id="no text"),
        pytest.param(says(b"HTTP/1.1 2000 OK\r\n\r\n"), Fault.GARBLED, id="no status"),
        pytest.param(says(b"HTTP/1.1 099 OK\r\n\r\n"), Fault.GARBLED, id="a status below 100"),
        pytest.param(
            says(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), Fault.GARBLED, id="switching"
        ),
        pytest.param(says(OK, b"X-Nul: a\0b\r\n\r\n"), Fault.GARBLED, id="NUL in a header"),
        pytest.param(says(OK, b"no colon\r\n\r\n"), Fault.GARBLED, id="a header that is none"),
        pytest.param(replies(200, "X: " + "x" * 200_000), Fault.GARBLED, id="a huge header"),
        pytest.param(faults.endless_headers, Fault.GARBLED, id="endless headers"),
        pytest.param(
            says(OK, b"Content-Length: 9\r\n\r\nshort"), Fault.GARBLED, id="shorter than it said"
        ),
        pytest.param(
            says(OK, b"Content-Length: -1\r\n\r\n"), Fault.GARBLED, id="a length below nothing"
        ),
        pytest.param(
            says(OK, b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
            Fault.GARBLED,
            id="two lengths",
        ),
        pytest.param(
            says(OK, b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), Fault.GARBLED, id="no chunk"
        ),
    ],
)
def test_what_is_no_answer_is_a_fault(answering: Answering, fault: Fault) -> None:
    with failing(answering) as receiver:
        answer = post(receiver.address)

    assert (answer.status, answer.fault) == (None, fault)
    assert (answer.headers, answer.body) == ([], b"")
    assert answer.duration_ms < SECONDS_IN_ALL * 1000 / 2


def test_a_port_at_which_nobody_listens_is_unreachable() -> None:
    answer = post(f"http://127.0.0.1:{free_port()}/")

    assert answer.fault == Fault.UNREACHABLE


def test_what_one_answer_said_too_much_is_not_the_next_one() -> None:
    twice = says(OK, b"Content-Length: 2\r\n\r\nok", OK, b"Content-Length: 5\r\n\r\nagain")
    with failing(twice) as receiver:
        answer = post(receiver.address, times=2)

    assert answer.body == b"ok"
    assert len(receiver.asked) == 2


# Secure connections.


@pytest.mark.usefixtures("trusting")
def test_a_certificate_of_an_authority_in_the_settings_counts(
    authority: Signed, tmp_path: Path
) -> None:
    security = signed(tmp_path, "localhost", by=authority).security()
    with failing(replies(204), security=security) as receiver:
        answer = post(receiver.secure_address)

    assert answer.status == 204


def test_an_authority_that_the_settings_do_not_name_does_not_count(
    authority: Signed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    posting._authorities.cache_clear()
    security = signed(tmp_path, "localhost", by=authority).security()
    with failing(replies(204), security=security) as receiver:
        answer = post(receiver.secure_address)

    assert answer.fault == Fault.INSECURE


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize(
    ("name", "days", "is_self_signed"),
    [
        pytest.param("localhost", 1, True, id="self-signed"),
        pytest.param("elsewhere.example", 1, False, id="of another name"),
        pytest.param("localhost", -1, False, id="expired"),
        pytest.param("localhost", 31, False, id="not begun"),
    ],
)
def test_nothing_is_told_behind_a_bad_certificate(
    authority: Signed, tmp_path: Path, name: str, days: int, is_self_signed: bool
) -> None:
    by = None if is_self_signed else authority
    with failing(
        replies(204), security=signed(tmp_path, name, by=by, days=days).security()
    ) as receiver:
        answer = post(receiver.secure_address)

    assert (answer.status, answer.fault) == (None, Fault.INSECURE)
    assert (receiver.connections, receiver.asked) == (1, [])


@pytest.mark.usefixtures("trusting")
def test_a_receiver_that_asks_for_our_certificate_is_insecure(
    authority: Signed, tmp_path: Path
) -> None:
    security = signed(tmp_path, "localhost", by=authority).security()
    security.verify_mode = ssl.CERT_REQUIRED
    security.load_verify_locations(authority.file)
    with failing(replies(204), security=security) as receiver:
        answer = post(receiver.secure_address)

    assert answer.fault == Fault.INSECURE
    assert receiver.asked == []


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize(
    ("answering", "fault"),
    [
        pytest.param(says(), Fault.UNREACHABLE, id="without a word"),
        pytest.param(faults.a_reset_in_the_middle, Fault.UNREACHABLE, id="reset in the middle"),
        pytest.param(says(OK, b"Content-Length: 9\r\n\r\nshort"), Fault.GARBLED, id="too short"),
    ],
)
def test_a_secure_connection_that_breaks_off_is_not_called_insecure(
    authority: Signed, tmp_path: Path, answering: Answering, fault: Fault
) -> None:
    security = signed(tmp_path, "localhost", by=authority).security()
    with failing(answering, security=security) as receiver:
        answer = post(receiver.secure_address)

    assert (answer.fault, len(receiver.asked)) == (fault, 1)


@pytest.mark.usefixtures("trusting")
def test_a_secure_answer_is_waited_for_no_longer(authority: Signed, tmp_path: Path) -> None:
    security = signed(tmp_path, "localhost", by=authority).security()
    with failing(faults.a_dripping_body, security=security) as receiver:
        answer = post(receiver.secure_address, seconds=SOON)

    assert answer.fault == Fault.TOO_SLOW
    assert answer.duration_ms < (SOON + LATE) * 1000


def test_a_plain_server_behind_https_is_insecure() -> None:
    with failing(replies(400), listens=False) as receiver:
        answer = post(receiver.secure_address)

    assert answer.fault == Fault.INSECURE


# Where it goes.


def test_the_name_is_looked_up_once_for_a_message_and_what_was_checked_is_connected_to(
    names: Names,
) -> None:
    names.known["receiver.example"] = [["127.0.0.1"], []]
    with failing(replies(200)) as receiver:
        url = f"http://receiver.example:{receiver.port}/hooks?a=b"
        answer = post(url)

    assert answer.status == 200
    assert names.asked == ["receiver.example"]
    (asked,) = receiver.asked
    assert asked.startswith(b"POST /hooks?a=b HTTP/1.1\r\n")
    assert f"\r\nHost: receiver.example:{receiver.port}\r\n".encode() in asked


def test_the_name_is_looked_up_anew_for_the_next_message(names: Names) -> None:
    names.known["receiver.example"] = [["127.0.0.1"], ["127.0.0.1"]]
    with receiving() as receiver:
        answer = post(at_a_name(receiver.address), times=2)

    assert answer.status == 202
    assert names.asked == ["receiver.example"] * 2


def test_a_name_that_leads_inside_by_now_is_not_told_more(names: Names) -> None:
    names.known["receiver.example"] = [["127.0.0.1"], ["10.0.0.1"]]
    with receiving() as receiver:
        answer = post(at_a_name(receiver.address), times=2)

    assert answer.fault == Fault.NOT_OUTSIDE
    assert len(receiver.posted) == 1


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        ["93.184.215.14", "127.0.0.1"],
        ["127.0.0.1", "93.184.215.14"],
        ["2606:4700::1111", "::ffff:127.0.0.1"],
    ],
)
def test_one_address_inside_is_enough_to_tell_none_of_them(
    names: Names, settings: Settings, found: list[str]
) -> None:
    settings.WEBHOOKS_MAY_GO_TO = []
    names.known["receiver.example"] = [found]
    with failing(replies(200)) as receiver:
        answer = post(f"http://receiver.example:{receiver.port}/")

    assert (answer.status, answer.fault) == (None, Fault.NOT_OUTSIDE)
    assert receiver.connections == 0


def test_a_name_without_an_address_is_unknown(names: Names) -> None:
    names.known["receiver.example"] = [[]]

    answer = post("http://receiver.example/")

    assert answer.fault == Fault.NAME_UNKNOWN
    assert names.asked == ["receiver.example"]


def test_plain_addresses_are_not_told_once_they_are_not_allowed(settings: Settings) -> None:
    settings.WEBHOOKS_MAY_BE_PLAIN = False
    with failing(replies(200)) as receiver:
        answer = post(receiver.address)

    assert (answer.status, answer.is_success) == (None, False)
    assert receiver.connections == 0


def test_where_one_address_refuses_the_next_one_is_asked(names: Names) -> None:
    names.known["receiver.example"] = [["127.0.0.2", "127.0.0.1"]]
    with failing(replies(200)) as receiver:
        answer = post(f"http://receiver.example:{receiver.port}/")

    assert answer.status == 200


def test_where_one_address_is_silent_the_next_one_is_asked_in_time(names: Names) -> None:
    names.known["receiver.example"] = [["127.0.0.2", "127.0.0.1"]]
    with failing(replies(200)) as receiver, never_accepting("127.0.0.2", receiver.port):
        answer = post(f"http://receiver.example:{receiver.port}/", seconds=2)

    assert answer.status == 200


def test_a_message_that_may_have_arrived_is_not_told_to_the_next_address(names: Names) -> None:
    names.known["receiver.example"] = [["127.0.0.1", "127.0.0.1", "127.0.0.2"]]
    with failing(faults.reset) as receiver:
        answer = post(f"http://receiver.example:{receiver.port}/")

    assert answer.fault == Fault.UNREACHABLE
    assert receiver.connections == 1


@pytest.mark.usefixtures("trusting")
def test_an_international_name_is_asked_for_as_certificates_have_it(
    names: Names, authority: Signed, tmp_path: Path
) -> None:
    ascii_name = "xn--bcher-kva.example"
    names.known[ascii_name] = [["127.0.0.1"]]
    security = signed(tmp_path, ascii_name, by=authority).security()
    with failing(replies(200), security=security) as receiver:
        answer = post(f"https://bücher.example:{receiver.port}/")

    assert answer.status == 200
    assert f"\r\nHost: {ascii_name}:{receiver.port}\r\n".encode() in receiver.asked[0]


PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("is_secure", [False, True], ids=["plain", "secure"])
def test_proxies_of_the_environment_are_not_asked(
    authority: Signed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_secure: bool
) -> None:
    security = signed(tmp_path, "localhost", by=authority).security() if is_secure else None
    with failing(replies(502)) as proxy, failing(replies(200), security=security) as receiver:
        for name in PROXIES:
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        answer = post(receiver.secure_address if is_secure else receiver.address)

    assert answer.status == 200
    assert proxy.connections == 0


def at_a_name(address: str) -> str:
    return address.replace("127.0.0.1", "receiver.example")


# What follows, by a real worker.


def tried_at(url: str) -> Attempt:
    """The one try to tell an endpoint there that an order was sent for fulfilment."""
    clinic = builders.organisation()
    builders.endpoint(clinic.account, url)
    builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
    work()
    return Attempt.objects.select_related("delivery", "endpoint").get()


def is_tried_again_after(attempt: Attempt, seconds: float) -> bool:
    """Whether it is due so long after the try, or up to a tenth later, and not given up."""
    due = attempt.delivery.due_at - attempt.began_at
    slack = datetime.timedelta(seconds=LATE)
    wanted = datetime.timedelta(seconds=seconds)
    return attempt.delivery.state == DeliveryState.WAITING and (
        wanted <= due <= wanted * 1.1 + slack
    )


@pytest.mark.django_db(transaction=True)
def test_410_pauses_the_endpoint_and_what_it_was_owed_waits() -> None:
    with failing(replies(410, "X-Why: moved", body=b"Gone for good.")) as receiver:
        attempt = tried_at(receiver.address)
        builders.order(Status.AWAITING_SHIPMENT, chosen=Organisation.objects.get())
        work()

    endpoint, delivery = attempt.endpoint, attempt.delivery
    assert (attempt.status, attempt.fault) == (410, "")
    assert ["x-why", "moved"] in attempt.answered_headers
    assert bytes(attempt.answered_body or b"") == b"Gone for good."
    assert (endpoint.pause, endpoint.is_open) == (Pause.GONE, False)
    assert (delivery.state, delivery.tries) == (DeliveryState.WAITING, 1)
    assert len(receiver.asked) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("is_date", [False, True], ids=["in seconds", "at a date"])
def test_a_receiver_that_says_when_is_asked_again_then(status: int, is_date: bool) -> None:
    then = timezone.now() + datetime.timedelta(hours=1)
    asked = format_datetime(then.astimezone(datetime.UTC), usegmt=True) if is_date else "3600"
    with failing(replies(status, f"{RETRY_AFTER}: {asked}", body=b"Later.")) as receiver:
        attempt = tried_at(receiver.address)

    endpoint = attempt.endpoint
    assert attempt.status == status
    assert ["retry-after", asked] in attempt.answered_headers
    assert bytes(attempt.answered_body or b"") == b"Later."
    assert abs(attempt.delivery.due_at - then) < datetime.timedelta(seconds=5)
    assert endpoint.waits_until == attempt.delivery.due_at
    assert endpoint.failing_since is not None
    assert endpoint.is_open
    assert (attempt.delivery.state, len(receiver.asked)) == (DeliveryState.WAITING, 1)


@pytest.mark.django_db(transaction=True)
def test_a_redirect_is_kept_as_a_failure_and_tried_again() -> None:
    with (
        failing(replies(200)) as inside,
        failing(replies(307, f"Location: {inside.address}")) as receiver,
    ):
        attempt = tried_at(receiver.address)

    assert attempt.status == 307
    assert ["location", inside.address] in attempt.answered_headers
    assert inside.connections == 0
    assert is_tried_again_after(attempt, 5)
    assert (attempt.endpoint.waits_until, attempt.endpoint.is_open) == (None, True)


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_is_too_slow_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "line_to", partial(line_to, seconds=SOON))
    with failing(faults.a_dripping_body) as receiver:
        attempt = tried_at(receiver.address)

    assert (attempt.status, attempt.fault) == (None, Fault.TOO_SLOW)
    assert (attempt.answered_headers, attempt.answered_body) == ([], None)
    assert attempt.duration_ms >= SOON * 1000
    assert is_tried_again_after(attempt, 5)
    assert attempt.endpoint.failing_since is not None


@pytest.mark.django_db(transaction=True)
def test_an_answer_of_any_bytes_can_be_kept() -> None:
    said = replies(500, "X-Name: Zo\xeb \x85", "X-Bell: a\x07b", body=b"\0<b>\xff")
    with failing(said) as receiver:
        attempt = tried_at(receiver.address)

    assert bytes(attempt.answered_body or b"") == b"\0<b>\xff"
    assert ["x-name", "Zo\xeb \x85"] in attempt.answered_headers
    assert ["x-bell", "a\x07b"] in attempt.answered_headers


@pytest.mark.django_db(transaction=True)
def test_a_name_that_leads_inside_by_now_is_noted_and_tried_again(
    names: Names, settings: Settings
) -> None:
    settings.WEBHOOKS_MAY_GO_TO = []
    names.known["receiver.example"] = [["93.184.215.14"], ["127.0.0.1"]]
    with failing(replies(200)) as receiver:
        attempt = tried_at(f"http://receiver.example:{receiver.port}/")

    assert (attempt.status, attempt.fault) == (None, Fault.NOT_OUTSIDE)
    assert receiver.connections == 0
    assert is_tried_again_after(attempt, 5)
