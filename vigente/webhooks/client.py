"""One POST to an address that was checked: the name is resolved once, and the connection goes to what it gave.

No redirect is followed, no proxy is asked, the certificate must be the name's, everything has an end: DNS, connecting,
the whole exchange, and how much of an answer is read.
"""

import contextlib
import http.client
import queue
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from vigente.webhooks.addresses import Refusal, Target, check, parse

RESOLVE_SECONDS = 5.0
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0  # from the first packet to the end of the answer
READ_BYTES = 16_384  # of an answer
ADDRESSES_TRIED = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it. `code` None: no answer. `error`: "" when it was taken (2xx), else a word of `ERRORS`."""

    code: int | None = None
    error: str = ""
    text: str = ""
    milliseconds: int = 0
    retry_after: int = 0

    @property
    def taken(self) -> bool:
        return not self.error

    @property
    def answered(self) -> bool:
        """Whether somebody who speaks HTTP is there."""
        return self.code is not None


class Unreachable(Exception):
    """No answer. `code`: a word of `ERRORS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send it and read the answer. Never raises for what the other side does; touches no database."""
    begun = time.monotonic()
    try:
        answer = _exchange(parse(url), body, headers)
    except Refusal as refusal:
        answer = Answer(error=f"refused_{refusal.code}")
    except Unreachable as unreachable:
        answer = Answer(error=unreachable.code)
    spent = int((time.monotonic() - begun) * 1000)
    return Answer(answer.code, answer.error, answer.text, spent, answer.retry_after)


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, each checked: one that is not allowed refuses all, for it is a trick or a mistake."""
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(one[4][0]) for one in found)))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True, name="webhook dns").start()
    try:
        found = answers.get(timeout=RESOLVE_SECONDS)
    except queue.Empty:
        raise Unreachable("dns_timeout") from None
    if isinstance(found, Exception) or not found:
        raise Unreachable("dns")
    return [check(address) for address in found][:ADDRESSES_TRIED]


@cache
def tls_context() -> ssl.SSLContext:
    """The system's authorities; the name is verified; TLS 1.2 or later."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _Watchdog:
    """Ends an exchange that takes too long, whatever it is doing: a slow drip passes every timeout of a single read."""

    def __init__(self, seconds: float) -> None:
        self._socket: socket.socket | None = None
        self.barked = False
        self._timer = threading.Timer(seconds, self._bark)
        self._timer.daemon = True

    def __enter__(self) -> "_Watchdog":
        self._timer.start()
        return self

    def __exit__(self, *anything: object) -> None:
        self._timer.cancel()

    def watch(self, sock: socket.socket) -> None:
        self._socket = sock
        if self.barked:
            self._bark()

    def _bark(self) -> None:
        self.barked = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _exchange(target: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
    addresses = resolve(target.host, target.port)
    with _Watchdog(TOTAL_SECONDS) as watchdog:
        try:
            with contextlib.closing(_connected(target, addresses, watchdog)) as sock:
                return _speak(target, sock, body, headers)
        except (Refusal, Unreachable):
            raise
        except ssl.SSLCertVerificationError:
            raise Unreachable("certificate") from None
        except TimeoutError:
            raise Unreachable("timeout") from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            if watchdog.barked:
                raise Unreachable("timeout") from None
            if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
                raise Unreachable("tls") from None
            raise Unreachable("connection" if isinstance(error, OSError) else "not_http") from None


def _connected(target: Target, addresses: list[str], watchdog: _Watchdog) -> socket.socket:
    """A socket to one of these addresses and to nothing else, speaking TLS if it must."""
    failure: OSError = OSError("no address")
    for address in addresses:
        try:
            sock = connect(address, target.port)
            break
        except OSError as error:
            failure = error
    else:
        raise failure
    try:
        _refuse_ourselves(sock)
        sock.settimeout(TOTAL_SECONDS)
        watchdog.watch(sock)
        if target.tls:
            wrapped = tls_context().wrap_socket(
                sock, server_hostname=target.host, do_handshake_on_connect=False
            )
            watchdog.watch(wrapped)
            sock = wrapped
            wrapped.do_handshake()
    except BaseException:
        sock.close()
        raise
    return sock


def connect(address: str, port: int) -> socket.socket:
    """A connection to an address, which is no name: nothing is resolved here."""
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.settimeout(CONNECT_SECONDS)
        sock.connect((address, port))
    except BaseException:
        sock.close()
        raise
    return sock


def _refuse_ourselves(sock: socket.socket) -> None:
    """A public address may be this very machine's: what listens here for ourselves is not for webhooks either."""
    if sock.getpeername()[0] == sock.getsockname()[0] and not settings.WEBHOOKS_ALLOW_PRIVATE:
        raise Refusal("private")


def _speak(target: Target, sock: socket.socket, body: bytes, headers: Mapping[str, str]) -> Answer:
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock, connection.auto_open = sock, 0  # this connection and no other
    connection.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
    sent = {"Host": target.authority, "Content-Length": str(len(body)), "Connection": "close", **headers}
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    response = connection.getresponse()
    try:
        text = response.read(READ_BYTES)
    except (OSError, http.client.HTTPException):
        text = b""  # the status counts; a body that breaks off changes nothing
    error = "" if 200 <= response.status < 300 else "redirect" if 300 <= response.status < 400 else "status"
    return Answer(response.status, error, _readable(text), 0, _seconds(response.headers.get("Retry-After")))


def _readable(text: bytes) -> str:
    return text.decode("utf-8", "replace").replace("\x00", "")


def _seconds(value: str | None) -> int:
    """How long the receiver asks to wait; 0 when it does not say it in seconds."""
    value = (value or "").strip()
    return min(int(value), 86_400) if value.isascii() and value.isdigit() and len(value) < 10 else 0
