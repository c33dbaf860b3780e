"""A receiver of webhooks on the loopback, as somebody else would write it: it checks signatures from the specification
alone.
"""

import base64
import contextlib
import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Call:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def signed_by(self, secret: str) -> bool:
        """Whether one of its signatures is of this secret."""
        key = base64.b64decode(secret.split("_", 1)[1])
        content = b".".join([self.id.encode(), self.headers["webhook-timestamp"].encode(), self.body])
        wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        given = [one.split(",", 1) for one in self.headers["webhook-signature"].split(" ")]
        return any(version == "v1" and hmac.compare_digest(value, wanted) for version, value in given)


@dataclass
class Receiver:
    """Answers `answers` one after the other, and 204 when there are none left."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: list[int | tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    meanwhile: Callable[[Call], None] = lambda call: None

    def answer(self, call: Call) -> tuple[int, dict[str, str], bytes]:
        self.calls.append(call)
        self.meanwhile(call)
        given = self.answers.pop(0) if self.answers else 204
        return (given, {}, b"") if isinstance(given, int) else given


@contextlib.contextmanager
def receiving(wrap: Callable[[ThreadingHTTPServer], None] | None = None) -> Iterator[Receiver]:
    """A receiver that runs until the block ends."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            call = Call(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            status, headers, content = receiver.answer(call)
            with contextlib.suppress(OSError):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *anything: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if wrap is not None:
        wrap(server)
    scheme = "http" if wrap is None else "https"
    receiver.url = f"{scheme}://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


def drip(sock: object, seconds: float) -> None:
    """Send a header a byte at a time."""
    end = time.monotonic() + seconds
    with contextlib.suppress(OSError):
        while time.monotonic() < end:
            sock.sendall(b"H")  # type: ignore[attr-defined]
            time.sleep(0.05)
