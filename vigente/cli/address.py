"""Where the web process listens: is the address free, and does it answer yet?"""

import errno
import http.client
import socket
from contextlib import suppress

from vigente.cli.output import Refusal


def reserve(host: str, port: int) -> tuple[socket.socket, int]:
    """Keep `host:port` (0: any free port) for our own web process; refuse if another program has it.

    The socket never listens: it only makes the next program that wants the port fail, also while the web process
    is being started again. Our web process shares the port through SO_REUSEPORT.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except socket.gaierror:
        raise Refusal(
            f"{host} is not a known address. For this machine only, use --host 127.0.0.1."
        ) from None
    if port:
        _bind(family, host, port, shared=False).close()  # fails if anybody listens, even somebody who shares
    held = _bind(family, host, port, shared=True)
    return held, held.getsockname()[1]


def _bind(family: socket.AddressFamily, host: str, port: int, *, shared: bool) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise Refusal(_why(error, host, port)) from None
    return sock


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Choose another one, for example: --port {port + 1}"
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than you have. Choose one above 1023, for example: --port 8000"
    return f"Cannot listen on {host}, port {port}: {error.strerror}. For this machine only, use --host 127.0.0.1."


def answers(host: str, port: int) -> bool:
    """Whether /healthz says ok, from this machine."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    connection = http.client.HTTPConnection(here, port, timeout=2)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    return False


def base_url(host: str, port: int) -> str:
    """The address to type into a browser on this machine."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"
