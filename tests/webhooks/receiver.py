"""A receiver as integrators build them: it remembers what was posted, and answers as it is told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook


@dataclass(frozen=True)
class Posted:
    """One message that arrived. Names of headers are in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def message_id(self) -> str:
        return self.headers["webhook-id"]

    def verified_by(self, secret: str) -> Any:
        """What it says, or WebhookVerificationError."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass(frozen=True)
class Reply:
    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class Receiver:
    """`replies` are given one after the other, the last one for ever; or by a function."""

    address: str
    posted: list[Posted] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=lambda: [Reply()])
    decide: Callable[[Posted], Reply] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reply_to(self, posted: Posted) -> Reply:
        with self.lock:
            self.posted.append(posted)
            if self.decide is None:
                return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return self.decide(posted)


@contextmanager
def receiving(
    *replies: Reply, decide: Callable[[Posted], Reply] | None = None
) -> Iterator[Receiver]:
    """A receiver on this machine, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = receiver.reply_to(Posted(self.path, headers, self.rfile.read(length)))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hooks", decide=decide)
        if replies:
            receiver.replies = list(replies)
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            serving.join()
