"""A receiver that fails its sender, in each way that servers on the internet do. It reads one
message from each connection and answers by one of the functions below.
"""

import datetime
import gzip
import re
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

SECONDS_BETWEEN_DRIPS = 0.02
OK = b"HTTP/1.1 200 OK\r\n"
MEGABYTE = b"x" * 1024 * 1024


@dataclass
class FailingReceiver:
    """`connections` were opened, with or without a message; `asked` are the messages as they
    arrived; `said` is how many bytes it was let say.
    """

    port: int = 0
    connections: int = 0
    asked: list[bytes] = field(default_factory=list)
    said: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    @property
    def secure_address(self) -> str:
        return f"https://localhost:{self.port}/hooks"


@dataclass(frozen=True)
class Talk:
    """One connection, as the receiver has it. Whoever was hung up on gets an OSError."""

    sock: socket.socket
    receiver: FailingReceiver

    def say(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.sock.sendall(piece)
            self.receiver.said += len(piece)

    def say_for_ever(self, piece: bytes, *, pause: float = 0) -> None:
        while not self.receiver.is_over.wait(pause):
            self.say(piece)

    def wait(self) -> None:
        """Without a word, until the test is over."""
        self.receiver.is_over.wait()


Answering = Callable[[Talk], None]


@contextmanager
def failing(
    answer: Answering, *, security: ssl.SSLContext | None = None, listens: bool = True
) -> Iterator[FailingReceiver]:
    """The receiver, on this machine until the block ends. It speaks TLS when it has the context;
    one that does not listen answers whatever it is asked.
    """
    receiver = FailingReceiver()

    def talk(sock: socket.socket, *_: Any) -> None:
        receiver.connections += 1
        with suppress(OSError), _secured(sock, security) as mine:
            if listens:
                receiver.asked.append(_message_from(mine))
            answer(Talk(mine, receiver))

    class Server(socketserver.ThreadingTCPServer):
        request_queue_size = 50

    with Server(("127.0.0.1", 0), talk) as server:  # type: ignore[arg-type]
        receiver.port = server.server_address[1]
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        try:
            yield receiver
        finally:
            receiver.is_over.set()
            server.shutdown()
            serving.join()


def _secured(sock: socket.socket, security: ssl.SSLContext | None) -> socket.socket:
    """Who is refused is told why: a close before all was read would be a reset, and lose that."""
    if security is None:
        return sock
    with sock.dup() as same:
        try:
            return security.wrap_socket(sock, server_side=True)
        except ssl.SSLError:
            while same.recv(65536):
                pass
            raise


def _message_from(sock: socket.socket) -> bytes:
    """One whole message; OSError when there is none."""
    message = b""
    while not re.search(rb"\r\n\r\n", message):
        message += _next_of(sock)
    head, _, _ = message.partition(b"\r\n\r\n")
    said = re.search(rb"(?i)content-length: (\d+)", head)
    length = len(head) + 4 + (int(said[1]) if said else 0)
    while len(message) < length:
        message += _next_of(sock)
    return message


def _next_of(sock: socket.socket) -> bytes:
    if piece := sock.recv(65536):
        return piece
    raise ConnectionResetError


@contextmanager
def never_accepting(host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """A port at which no connection comes to be: its queue is full."""
    with socket.socket() as listener:
        listener.bind((host, port))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        try:
            yield listener.getsockname()[1]
        finally:
            for one in waiting:
                one.close()


def free_port() -> int:
    """At which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


LOOK_UP = socket.getaddrinfo


class Names:
    """Stands in for the name servers. A name's answers are given one after the other, the last one
    for ever; every other name goes to the real ones. `asked` are those that were looked up here.
    """

    def __init__(self) -> None:
        self.known: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []

    def look_up(self, host: Any, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
        if host not in self.known:
            return LOOK_UP(host, port, *args, **kwargs)
        self.asked.append(host)
        answers = self.known[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [one for ip in found for one in LOOK_UP(ip, port, *args, **kwargs)]


# Answers that are HTTP, whatever they say.


def replies(status: int, *headers: str, body: bytes = b"") -> Answering:
    head = [f"HTTP/1.1 {status} As it is", f"Content-Length: {len(body)}", *headers]
    return says("\r\n".join([*head, "", ""]).encode("latin-1") + body)


def says(*pieces: bytes) -> Answering:
    """These bytes, and then it hangs up."""
    return lambda talk: talk.say(*pieces)


def a_gzip_bomb(talk: Talk) -> None:
    """200 MB, packed into a tenth of a percent of that."""
    replies(200, "Content-Encoding: gzip", body=gzip.compress(MEGABYTE) * 200)(talk)


def two_hundred_megabytes(talk: Talk) -> None:
    talk.say(OK, b"Content-Length: %d\r\n\r\n" % (200 * len(MEGABYTE)), *[MEGABYTE] * 200)


def an_endless_body(talk: Talk) -> None:
    talk.say(OK, b"Transfer-Encoding: chunked\r\n\r\n")
    talk.say_for_ever(b"400\r\n" + b"x" * 1024 + b"\r\n")


# Answers that do not end in time.


def silence(talk: Talk) -> None:
    talk.wait()


def silence_after_the_headers(talk: Talk) -> None:
    talk.say(OK, b"Content-Length: 100\r\n\r\n")
    talk.wait()


def dripping_headers(talk: Talk) -> None:
    talk.say(OK, b"X-Drip: ")
    talk.say_for_ever(b"x", pause=SECONDS_BETWEEN_DRIPS)


def a_dripping_body(talk: Talk) -> None:
    talk.say(OK, b"Content-Length: 100000\r\n\r\n")
    talk.say_for_ever(b"x", pause=SECONDS_BETWEEN_DRIPS)


def dripping_chunks(talk: Talk) -> None:
    talk.say(OK, b"Transfer-Encoding: chunked\r\n\r\n")
    talk.say_for_ever(b"1\r\nx\r\n", pause=SECONDS_BETWEEN_DRIPS)


def for_ever_continue(talk: Talk) -> None:
    talk.say_for_ever(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


# Answers that are none.


def reset(talk: Talk) -> None:
    """As a process that is killed leaves its connections."""
    talk.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    talk.sock.close()


def a_reset_in_the_middle(talk: Talk) -> None:
    talk.say(OK, b"Content-Length: 100\r\n\r\n", b"the beginning")
    reset(talk)


def endless_headers(talk: Talk) -> None:
    talk.say(OK)
    talk.say_for_ever(b"X-More: and more\r\n" * 100)


# Certificates.


@dataclass(frozen=True)
class Signed:
    """A certificate and its key, in one file, as servers are given them."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    file: Path

    def security(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file)
        return context


def signed(folder: Path, name: str, *, by: Signed | None = None, days: int = 1) -> Signed:
    """For a server of this name, or an authority when nobody else signs it. It ended already when
    the days are negative.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    made = _certificate(name, key, by=by, days=days)
    file = folder / f"{made.serial_number}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return Signed(key, made, file)


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, *, by: Signed | None, days: int
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    signing = by.key if by else key
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - datetime.timedelta(days=30))
        .not_valid_after(end)
    )
    for part in _parts(name, key, signing, is_authority=by is None):
        made = made.add_extension(part, critical=isinstance(part, x509.BasicConstraints))
    return made.sign(signing, hashes.SHA256())


def _parts(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    signing: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool,
) -> list[x509.ExtensionType]:
    """What strict readers of certificates ask for."""
    usage = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return [
        x509.BasicConstraints(ca=is_authority, path_length=None),
        x509.KeyUsage(digital_signature=True, key_cert_sign=is_authority, **usage),
        x509.SubjectAlternativeName([x509.DNSName(name)]),
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
        x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()),
    ]
