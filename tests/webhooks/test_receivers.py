"""Which addresses may be sent to: as they are written, and where they lead."""

import socket
import threading

import pytest
from hypothesis import given
from hypothesis import settings as for_each
from hypothesis import strategies as st
from pytest_django import Settings

from foundation.errors import Invalid, Refusal
from portal.api.wordings import WORDINGS
from portal.outgoing import THIS_MACHINE, networks
from tests import builders
from tests.portal.test_settings import PRODUCTION, run
from tests.webhooks.faults import Names
from webhooks import receivers
from webhooks.endpoints import change_endpoint
from webhooks.errors import AddressMalformed, AddressNotFound, AddressNotOutside
from webhooks.models import Dialect, WebhookEndpoint
from webhooks.receivers import Target, check_url, is_outside, read_url

WORDING = WORDINGS[Dialect.V1]
KINDS = tuple(WORDING.offered)
SENT, CALLED_OFF = KINDS[:2]


@pytest.fixture
def internet_only(settings: Settings) -> None:
    """As in production, where the settings name no network."""
    settings.WEBHOOKS_MAY_GO_TO = []


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    known = Names()
    monkeypatch.setattr(socket, "getaddrinfo", known.look_up)
    return known


# Where an address leads.

INSIDE = {
    "0.0.0.0": "this network",
    "0.1.2.3": "this network",
    "10.0.0.1": "private",
    "10.255.255.255": "private",
    "100.64.0.1": "carrier-grade NAT",
    "100.127.255.254": "carrier-grade NAT",
    "100.100.100.200": "what tells programs who they are",
    "127.0.0.1": "this machine",
    "127.255.255.254": "this machine",
    "169.254.0.1": "link-local",
    "169.254.169.254": "what tells programs who they are",
    "169.254.170.2": "what tells programs who they are",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.1": "protocols",
    "192.0.0.192": "what tells programs who they are",
    "192.0.0.9": "protocols",
    "192.0.2.1": "documentation",
    "192.88.99.1": "6to4 relay",
    "192.168.1.1": "private",
    "198.18.0.1": "benchmarks",
    "198.19.255.255": "benchmarks",
    "198.51.100.7": "documentation",
    "203.0.113.7": "documentation",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "broadcast",
    "::": "unspecified",
    "::1": "this machine",
    "::7f00:1": "IPv4-compatible",
    "::ffff:0:127.0.0.1": "IPv4-translated",
    "::ffff:0.0.0.0": "mapped",
    "::ffff:10.0.0.1": "mapped",
    "::ffff:100.64.0.1": "mapped",
    "::ffff:127.0.0.1": "mapped",
    "::ffff:169.254.169.254": "mapped",
    "::ffff:192.0.0.192": "mapped",
    "::ffff:224.0.0.1": "mapped",
    "64:ff9b::7f00:1": "NAT64",
    "64:ff9b::808:808": "NAT64",
    "64:ff9b:1::a00:1": "NAT64 of one's own",
    "100::1": "discarded",
    "2001::1": "Teredo",
    "2001:0:53aa:64c:0:0:80ff:fffe": "Teredo",
    "2001:2::1": "benchmarks",
    "2001:10::1": "ORCHID",
    "2001:20::1": "ORCHID",
    "2001:db8::1": "documentation",
    "2002:7f00:1::": "6to4",
    "2002:808:808::1": "6to4",
    "3fff::1": "documentation",
    "4000::1": "nobody's",
    "5f00::1": "segment routing",
    "8000::1": "nobody's",
    "fc00::1": "private",
    "fd00::1": "private",
    "fd00:ec2::254": "what tells programs who they are",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local, with its zone",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
    "ff0e::1": "multicast",
}
OUTSIDE = (
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "93.184.215.14",
    "100.63.255.255",
    "100.128.0.0",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.1",
    "192.167.255.255",
    "223.255.255.255",
    "::ffff:8.8.8.8",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2606:4700:4700::1111",
    "2a00:1450:4009:80b::200e",
)
FOUR_BYTES = st.integers(0, 2**32 - 1).map(lambda number: socket.inet_ntoa(number.to_bytes(4)))


@pytest.mark.usefixtures("internet_only")
@pytest.mark.parametrize("ip", [pytest.param(ip, id=f"{ip} {why}") for ip, why in INSIDE.items()])
def test_nobodys_receiver_is_there(ip: str) -> None:
    assert not is_outside(ip)


@pytest.mark.usefixtures("internet_only")
@pytest.mark.parametrize("ip", OUTSIDE)
def test_a_receiver_may_be_anywhere_else(ip: str) -> None:
    assert is_outside(ip)


@for_each(deadline=None)
@given(FOUR_BYTES)
def test_an_address_is_the_same_in_other_clothes(ip: str) -> None:
    assert is_outside(f"::ffff:{ip}") == is_outside(ip)


@for_each(deadline=None)
@given(FOUR_BYTES)
def test_what_a_gateway_translates_is_never_outside(ip: str) -> None:
    first, second = socket.inet_aton(ip)[:2].hex(), socket.inet_aton(ip)[2:].hex()

    for clothed in (f"64:ff9b::{ip}", f"2002:{first}:{second}::1", f"::ffff:0:{ip}"):
        assert not is_outside(clothed)


def test_a_network_of_the_settings_may_be_sent_to_in_any_clothes(settings: Settings) -> None:
    settings.WEBHOOKS_MAY_GO_TO = networks("X", ["10.1.0.0/16", "fd12::/16"])

    assert [is_outside(ip) for ip in ("10.1.2.3", "::ffff:10.1.2.3", "fd12::7")] == [True] * 3
    assert [is_outside(ip) for ip in ("10.2.0.1", "::ffff:10.2.0.1", "fd13::7")] == [False] * 3


# How it is written.


@pytest.mark.parametrize(
    ("url", "target", "authority"),
    [
        ("https://receiver.example", Target("https", "receiver.example", 443), "receiver.example"),
        (
            "https://Receiver.EXAMPLE:443/a/%C3%A4?b=c&d=%00",
            Target("https", "receiver.example", 443),
            "receiver.example",
        ),
        (
            "HTTPS://receiver.example:8443/",
            Target("https", "receiver.example", 8443),
            "receiver.example:8443",
        ),
        (
            "http://receiver.example:443/",
            Target("http", "receiver.example", 443),
            "receiver.example:443",
        ),
        ("http://93.184.215.14/", Target("http", "93.184.215.14", 80), "93.184.215.14"),
        ("https://[2606:4700::1]/", Target("https", "2606:4700::1", 443), "[2606:4700::1]"),
        ("https://[2606::1]:8443/", Target("https", "2606::1", 8443), "[2606::1]:8443"),
        (
            "https://bücher.example/neu",
            Target("https", "xn--bcher-kva.example", 443),
            "xn--bcher-kva.example",
        ),
        (
            "https://xn--bcher-kva.example/",
            Target("https", "xn--bcher-kva.example", 443),
            "xn--bcher-kva.example",
        ),
        ("https://" + "a" * 63 + ".example/", Target("https", "a" * 63 + ".example", 443), None),
    ],
)
def test_an_address_is_taken_apart(url: str, target: Target, authority: str | None) -> None:
    found = read_url(url)

    assert found == target
    assert found.authority == (authority or found.host)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "receiver.example",
        "receiver.example/hooks",
        "//receiver.example/hooks",
        "/hooks",
        "https:",
        "https://",
        "https:///hooks",
        "https://:443/hooks",
        "https:receiver.example",
        "ftp://receiver.example/",
        "file:///etc/passwd",
        "gopher://receiver.example/",
        "javascript:alert(1)",
        "unix:///run/socket",
        "https+http://receiver.example/",
        "https://user@receiver.example/",
        "https://user:password@receiver.example/",
        "https://:password@receiver.example/",
        "https://@receiver.example/",
        "https://receiver.example@127.0.0.1/",
        "https://receiver.example/#part",
        "https://receiver.example:0/",
        "https://receiver.example:70000/",
        "https://receiver.example:-1/",
        "https://receiver.example:https/",
        "https://receiver.example:４４３/",
        "https://receiver.example:443:443/",
        " https://receiver.example/",
        "https://receiver.example/ ",
        "https://receiver.example/a b",
        "https://receiver .example/",
        "https://receiver.example/\t",
        "https://receiver.example/\n",
        "https://receiver.example/\r\nX: y",
        "https://receiver.example/\x00",
        "https://receiver.example/\x7f",
        "https://receiver\x00.example/",
        "https://receiver.example\\@127.0.0.1/",
        "https://receiver.example/\\..",
        'https://receiver.example/"',
        "https://receiver.example/<script>",
        "https://receiver.example/{id}",
        "https://receiver.example/ä",
        "https://receiver.example/?name=ä",
        "https://receiver.example/\u202e",
        "https://receiver\u202e.example/",
        "https://receiver.example/\ud800",
        "https://\ud800.example/",
        "https://[::1/",
        "https://::1/",
        "https://[::1%",
        "https://[receiver.example]/",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 130 + "example/",
        "https://" + "ü" * 64 + ".example/",
        "https://receiver.example/" + "x" * 2000,
        # Written so, they were other names by the rules of twenty years ago.
        "https://straße.example/",
        "https://１２７.0.0.1/",
        "https://127。0。0。1/",
        "https://ⓛocalhost/",
        "https://a\u2100b.example/",
    ],
)
def test_what_is_no_whole_address_is_malformed(url: str) -> None:
    with pytest.raises(AddressMalformed) as refused:
        read_url(url)

    assert refused.value.field == "url"


def test_a_plain_address_is_malformed_where_only_secure_ones_may_be(settings: Settings) -> None:
    settings.WEBHOOKS_MAY_BE_PLAIN = False

    with pytest.raises(AddressMalformed):
        read_url("http://receiver.example/")
    assert read_url("https://receiver.example/").port == 443


# What is refused when it is saved.

THIS_MACHINE_IN_OTHER_WORDS = (
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0x7f.1/",
    "http://0x7f000001/",
    "http://0/",
    "http://0.0.0.0/",
    "http://localhost/",
    "http://LOCALHOST:8000/",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[2002:7f00:1::]/",
)


@pytest.mark.usefixtures("internet_only")
@pytest.mark.parametrize("url", THIS_MACHINE_IN_OTHER_WORDS)
def test_this_machine_is_not_outside_however_it_is_spelled(url: str) -> None:
    with pytest.raises(AddressNotOutside):
        check_url(url)


@pytest.mark.usefixtures("internet_only")
@pytest.mark.parametrize(
    ("found", "refusal"),
    [
        ([], AddressNotFound),
        (["10.0.0.1"], AddressNotOutside),
        (["93.184.215.14", "10.0.0.1"], AddressNotOutside),
        (["2606:4700::1", "fd00:ec2::254"], AddressNotOutside),
    ],
)
def test_a_name_must_lead_outside_with_every_address(
    names: Names, found: list[str], refusal: type[Refusal]
) -> None:
    names.known["receiver.example"] = [found]

    with pytest.raises(refusal):
        check_url("https://receiver.example/")
    assert names.asked == ["receiver.example"]


@pytest.mark.usefixtures("internet_only")
def test_a_name_that_leads_outside_is_accepted(names: Names) -> None:
    names.known["receiver.example"] = [["93.184.215.14", "2606:4700::1"]]

    check_url("https://receiver.example/")


@pytest.mark.parametrize("url", ["https://.example/", "https://a..example/", "https://..../"])
def test_a_name_that_cannot_be_is_not_found(url: str) -> None:
    with pytest.raises(AddressNotFound):
        check_url(url)


def test_silent_name_servers_keep_nobody_waiting_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    is_over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: is_over.wait() and [])
    monkeypatch.setattr(receivers, "SECONDS_TO_LOOK_UP", 0.2)

    try:
        with pytest.raises(AddressNotFound):
            check_url("https://receiver.example/")
    finally:
        is_over.set()


REFUSED = [
    ("https://receiver.example/#part", AddressMalformed),
    ("http://receiver.example/", AddressMalformed),
    ("https://gone.example/", AddressNotFound),
    ("https://127.1:8443/hooks", AddressNotOutside),
    ("https://[::ffff:169.254.169.254]/", AddressNotOutside),
]


@pytest.mark.django_db
@pytest.mark.usefixtures("internet_only")
@pytest.mark.parametrize(("url", "refusal"), REFUSED)
def test_no_endpoint_is_made_for_an_address_that_is_refused(
    names: Names, settings: Settings, url: str, refusal: type[Invalid]
) -> None:
    settings.WEBHOOKS_MAY_BE_PLAIN = False
    names.known["gone.example"] = [[]]
    account = builders.account()

    with pytest.raises(refusal):
        builders.endpoint(account, url)

    assert not WebhookEndpoint.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("internet_only")
@pytest.mark.parametrize(("url", "refusal"), REFUSED)
def test_an_endpoint_keeps_its_address_when_another_one_is_refused(
    names: Names, settings: Settings, url: str, refusal: type[Invalid]
) -> None:
    settings.WEBHOOKS_MAY_BE_PLAIN = False
    names.known |= {"good.example": [["93.184.215.14"]], "gone.example": [[]]}
    account = builders.account()
    actor = builders.manager(owner=account)
    endpoint, _ = builders.endpoint(account, "https://good.example/", SENT, actor=actor)

    with pytest.raises(refusal):
        change_endpoint(endpoint, url=url, kinds=[CALLED_OFF], wording=WORDING, actor=actor)

    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.kinds) == ("https://good.example/", [SENT])


@pytest.mark.django_db
def test_other_kinds_can_be_chosen_while_the_name_is_not_found(names: Names) -> None:
    names.known["good.example"] = [["93.184.215.14"], []]
    account = builders.account()
    actor = builders.manager(owner=account)
    url = "https://good.example/"
    endpoint, _ = builders.endpoint(account, url, SENT, actor=actor)

    change_endpoint(endpoint, url=url, kinds=[CALLED_OFF], wording=WORDING, actor=actor)

    endpoint.refresh_from_db()
    assert endpoint.kinds == [CALLED_OFF]
    assert names.asked == ["good.example"]


# What the settings say.


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["10.1.0.0/16"], ["10.1.0.0/16"]),
        ([" 10.1.0.0/16 ", "", "fd12::/16"], ["10.1.0.0/16", "fd12::/16"]),
        (["10.1.2.3"], ["10.1.2.3/32"]),
        (["::1"], ["::1/128"]),
        ([], list(THIS_MACHINE)),
        (["", " "], list(THIS_MACHINE)),
    ],
)
def test_networks_are_those_that_are_named_or_the_default(
    texts: list[str], found: list[str]
) -> None:
    assert list(map(str, networks("X", texts, default=THIS_MACHINE))) == found


def test_no_network_is_named_unless_one_is() -> None:
    assert networks("X", []) == []


@pytest.mark.parametrize(
    "text",
    ["receiver.example", "10.1.2.3/16", "10.1.0.0/33", "10.1", "::/129", "10.1.0.0/16;fd12::/16"],
)
def test_what_is_no_network_stops_the_program_with_a_sentence(text: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        networks("WEBHOOKS_MAY_GO_TO", ["10.2.0.0/16", text])

    assert stopped.value.code == (
        "WEBHOOKS_MAY_GO_TO must be networks like 10.1.0.0/16, with commas between."
    )


def test_in_production_only_secure_receivers_on_the_internet_may_be_sent_to() -> None:
    says = "import portal.settings as s; print(s.WEBHOOKS_MAY_BE_PLAIN, s.WEBHOOKS_MAY_GO_TO)"
    finished = run("-c", says, **PRODUCTION, WEBHOOKS_MAY_GO_TO="")

    assert finished.stdout == "False []\n"


def test_a_private_network_is_named_in_the_environment() -> None:
    says = "import portal.settings as s; print(s.WEBHOOKS_MAY_GO_TO)"
    finished = run("-c", says, **PRODUCTION, WEBHOOKS_MAY_GO_TO="10.1.0.0/16,nonsense")

    assert finished.returncode == 1
    assert finished.stderr.startswith("WEBHOOKS_MAY_GO_TO must be networks")
