"""One POST: to the address that was checked and no other, with an end to everything."""

import socket
import ssl
import threading
import time
from contextlib import closing

import pytest

from tests.support.certificates import make_certificate
from vigente.webhooks import client
from vigente.webhooks.addresses import is_public
from vigente.webhooks.client import post
from vigente.webhooks.tests.receiver import drip, receiving

HEADERS = {"webhook-id": "msg_1"}


@pytest.fixture
def names(monkeypatch):
    """What names resolve to: one list for each question, the last for all that follow."""
    known: dict[str, list[list[str]]] = {}
    asked: list[str] = []

    def resolve(host, port, *anything, **named):
        asked.append(host)
        if host not in known:
            raise socket.gaierror("no such name")
        found = known[host].pop(0) if len(known[host]) > 1 else known[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    known["asked"] = [asked]
    return known


@pytest.fixture
def connections(monkeypatch):
    """Where connections would go; none is made."""
    made = []

    def connect(address, port):
        made.append((address, port))
        raise ConnectionRefusedError

    monkeypatch.setattr(client, "connect", connect)
    return made


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:127.0.0.1", "0.0.0.0", "fd00::1"]
)
def test_a_name_that_leads_inside_is_not_connected_to(names, connections, address):
    names["hooks.ejemplo.test"] = [[address]]
    answer = post("https://hooks.ejemplo.test/", b"{}", HEADERS)
    assert (answer.code, answer.error) == (None, "refused_private")
    assert connections == []


def test_one_inner_address_among_public_ones_refuses_all(names, connections):
    names["hooks.ejemplo.test"] = [["8.8.8.8", "127.0.0.1"]]
    assert post("https://hooks.ejemplo.test/", b"{}", HEADERS).error == "refused_private"
    assert connections == []


def test_a_name_that_changes_its_answer_is_asked_once_and_the_checked_address_is_used(names, connections):
    names["hooks.ejemplo.test"] = [["8.8.8.8"], ["127.0.0.1"]]
    post("https://hooks.ejemplo.test/", b"{}", HEADERS)
    assert connections == [("8.8.8.8", 443)]
    assert names["asked"][0] == ["hooks.ejemplo.test"]
    assert post("https://hooks.ejemplo.test/", b"{}", HEADERS).error == "refused_private"
    assert connections == [("8.8.8.8", 443)]


def test_a_public_address_that_is_this_machines_own_is_refused(names, monkeypatch):
    with receiving() as receiver:
        port = int(receiver.url.split(":")[2].split("/")[0])
        ours = client.connect("127.0.0.1", port)
        names["hooks.ejemplo.test"] = [["8.8.8.8"]]
        monkeypatch.setattr(client, "connect", lambda address, port: ours)
        assert post("https://hooks.ejemplo.test/", b"{}", HEADERS).error == "refused_private"
        assert receiver.calls == []


def test_a_name_that_does_not_exist(names):
    assert post("https://hooks.ejemplo.test/", b"{}", HEADERS).error == "dns"


def test_a_name_server_that_hangs_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(client, "RESOLVE_SECONDS", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [time.sleep(1)][:0])
    assert post("https://hooks.ejemplo.test/", b"{}", HEADERS).error == "dns_timeout"


def test_a_redirect_is_not_followed(receiver):
    with receiving() as other:
        receiver.answers = [
            (307, {"Location": other.url}, b""),
            (301, {"Location": "http://127.0.0.1/"}, b""),
        ]
        assert post(receiver.url, b"{}", HEADERS).error == "redirect"
        assert post(receiver.url, b"{}", HEADERS).error == "redirect"
        assert other.calls == []
    assert len(receiver.calls) == 2


def test_a_proxy_of_the_environment_is_not_asked(receiver, monkeypatch):
    with receiving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert post(receiver.url, b"{}", HEADERS).taken
        assert proxy.calls == []


def test_a_large_answer_is_read_only_to_a_point(receiver):
    receiver.answers = [(200, {}, b"x" * 5_000_000)]
    answer = post(receiver.url, b"{}", HEADERS)
    assert (answer.code, len(answer.text)) == (200, client.READ_BYTES)


def test_an_answer_of_any_bytes_can_be_kept(receiver):
    receiver.answers = [(500, {}, b"\x00\xff\xfe<script>")]
    assert post(receiver.url, b"{}", HEADERS).text == "\ufffd\ufffd<script>"


def listening(speak):
    """A server that does with its one connection what `speak` does."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = server.accept()
        with closing(connection), closing(server):
            speak(connection)

    threading.Thread(target=serve, daemon=True).start()
    return f"127.0.0.1:{server.getsockname()[1]}"


def test_who_never_answers_is_not_waited_for(private, monkeypatch):
    monkeypatch.setattr(client, "TOTAL_SECONDS", 0.3)
    where = listening(lambda connection: time.sleep(1))
    assert post(f"http://{where}/", b"{}", HEADERS).error == "timeout"


def test_who_answers_a_byte_at_a_time_is_not_waited_for(private, monkeypatch):
    monkeypatch.setattr(client, "TOTAL_SECONDS", 0.4)
    where = listening(lambda connection: drip(connection, 2))
    begun = time.monotonic()
    assert post(f"http://{where}/", b"{}", HEADERS).error == "timeout"
    assert time.monotonic() - begun < 1.5


def test_who_greets_a_byte_at_a_time_in_tls_is_not_waited_for(private, monkeypatch):
    monkeypatch.setattr(client, "TOTAL_SECONDS", 0.4)
    where = listening(lambda connection: (connection.sendall(b"\x16\x03\x03\x3f\xff"), drip(connection, 2)))
    begun = time.monotonic()
    assert post(f"https://{where}/", b"{}", HEADERS).error in {"timeout", "tls"}
    assert time.monotonic() - begun < 1.5


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"SSH-2.0-OpenSSH\r\n\r\n", "not_http"),
        (b"HTTP/1.1 999999 x\r\n\r\n", "not_http"),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n", "not_http"),
        (b"HTTP/1.1 200 OK\r\n" + b"a" * 70_000 + b"\r\n\r\n", "not_http"),
        (b"", "connection"),
    ],
)
def test_who_does_not_speak_http_does_no_harm(private, said, error):
    def speak(connection):
        connection.recv(65_536)
        connection.sendall(said)

    assert post(f"http://{listening(speak)}/", b"{}", HEADERS).error == error


def test_a_status_counts_even_when_the_body_breaks_off(private):
    def speak(connection):
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    assert post(f"http://{listening(speak)}/", b"{}", HEADERS).taken


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A server that speaks TLS as 127.0.0.1 and localhost; whether its authority is trusted is up to the test."""
    certificate, key = make_certificate(tmp_path)

    def wrap(server):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)

    trusting = ssl.create_default_context(cafile=str(certificate))
    return wrap, lambda: monkeypatch.setattr(client, "tls_context", lambda: trusting)


def test_a_certificate_of_a_trusted_authority_is_needed(private, certificate):
    wrap, trust = certificate
    with receiving(wrap) as receiver:
        assert post(receiver.url, b"{}", HEADERS).error == "certificate"
        trust()
        assert post(receiver.url, b"{}", HEADERS).taken
    assert len(receiver.calls) == 1


def test_a_certificate_of_another_name_is_refused(private, certificate, names):
    wrap, trust = certificate
    trust()
    names["hooks.ejemplo.test"] = names["localhost"] = [["127.0.0.1"]]
    with receiving(wrap) as receiver:
        port = receiver.url.split(":")[2]
        assert post(f"https://hooks.ejemplo.test:{port}", b"{}", HEADERS).error == "certificate"
        assert post(f"https://localhost:{port}", b"{}", HEADERS).taken
    assert [call.headers["host"] for call in receiver.calls] == [f"localhost:{port.split('/')[0]}"]


def test_the_system_decides_whom_to_trust():
    context = client.tls_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_what_python_says_is_not_global_is_not_public_either():
    import ipaddress
    import random

    chance = random.Random(7)
    for _ in range(20_000):
        v4 = ipaddress.IPv4Address(chance.getrandbits(32))
        v6 = ipaddress.IPv6Address(
            (chance.choice([0x2001 << 112, 0x2000 << 112, 0])) | chance.getrandbits(112)
        )
        for address in (v4, v6):
            assert address.is_global or not is_public(address), address
