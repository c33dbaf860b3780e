"""Which URLs and addresses webhooks may go to: every spelling of an internal host is refused."""

import pytest

from vigente.webhooks.addresses import Refusal, check, parse


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.ejemplo.com",
        "https://hooks.ejemplo.com/a/b?c=d&e=%20",
        "HTTPS://Hooks.Ejemplo.COM/x",
        "https://hooks.ejemplo.com:8443/",
        "https://hooks.ejemplo.com:3000/",
        "https://ñandú.ejemplo.com/",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]/",
    ],
)
def test_a_public_https_address_is_taken(url):
    target = parse(url)
    assert target.tls
    assert target.host.isascii()


def test_the_parts_of_an_address():
    target = parse("https://ñandú.ejemplo.com:8443/a?b=c")
    assert (target.host, target.port, target.path) == ("xn--and-6ma2c.ejemplo.com", 8443, "/a?b=c")
    assert target.authority == "xn--and-6ma2c.ejemplo.com:8443"
    assert parse("https://[2606:4700::1111]").authority == "[2606:4700::1111]"


HOSTILE = {
    "private": """127.0.0.1 127.255.255.254 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1
        100.100.100.200 192.0.0.192 168.63.129.16 0.0.0.0 0.1.2.3 255.255.255.255 224.0.0.1 240.0.0.1 198.18.0.1
        192.0.2.1 203.0.113.9 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:10.0.0.1] [::127.0.0.1]
        [fe80::1] [fe80::1%25eth0] [fc00::1] [fd00:ec2::254] [fec0::1] [ff02::1] [64:ff9b::7f00:1]
        [64:ff9b::a9fe:a9fe] [64:ff9b:1::1] [2002:7f00:1::] [2001::1] [2001:db8::1] [100::1] [5f00::1] [3fff::1]
        localhost LOCALHOST localhost. ip6-localhost printer printer.local api.internal nas.home.arpa
        metadata.google.internal foo.localhost １２７.0.0.1 127。0。0。1 ⓛocalhost""",
    "host": """2130706433 017700000001 0x7f000001 0177.0.0.1 0x7f.0.0.1 127.1 127.0.1 10.1 0 0x 1.1.1.1.
        127.0.0.01 127.0.0.256 1.2.3.4.5 a..b.com -a.ejemplo.com a_.%00.com [::1].com""",
    "credentials": "ejemplo.com@127.0.0.1 ana:clave@ejemplo.com @ejemplo.com ana@ejemplo.com:443",
    "port": """ejemplo.com:22 ejemplo.com:25 ejemplo.com:80 ejemplo.com:0 ejemplo.com:1024 ejemplo.com:6""",
}


@pytest.mark.parametrize(
    ("code", "host"), [(code, host) for code, hosts in HOSTILE.items() for host in hosts.split()]
)
def test_a_hostile_host_is_refused(code, host):
    with pytest.raises(Refusal) as refusal:
        parse(f"https://{host}/")
    assert refusal.value.code in {code, "url", "host"}


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.ejemplo.com/",
        "ftp://hooks.ejemplo.com/",
        "file:///etc/passwd",
        "gopher://hooks.ejemplo.com/",
        "//hooks.ejemplo.com/",
        "hooks.ejemplo.com",
        "https:hooks.ejemplo.com",
        "https:///path",
        "https://",
        "",
        "https://hooks.ejemplo.com:99999/",
        "https://hooks.ejemplo.com:x/",
        "https://hooks.ejemplo.com/ a",
        "https://hooks.ejemplo.com/\r\nHost: x",
        "https://hooks.ejemplo.com/\x00",
        "https://hooks.ejemplo.com\\@127.0.0.1/",
        "https://hooks.ejemplo.com#@127.0.0.1/",
        "https://127.0.0.1#@hooks.ejemplo.com/",
        "https://hooks.ejemplo.com/ñ",
        "\thttps://hooks.ejemplo.com/",
        "https://hooks.ejem\nplo.com/",
        "https://" + "a" * 600 + ".com/",
        "https://[::1/",
        "https://[vx.1]/",
    ],
)
def test_what_is_no_https_address_is_refused(url):
    with pytest.raises(Refusal):
        parse(url)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "::ffff:169.254.169.254", "fe80::1%lo", "64:ff9b::1"]
)
def test_a_name_is_not_followed_to_an_internal_address(address):
    with pytest.raises(Refusal):
        check(address)


def test_for_a_demonstration_private_ones_may_be_allowed(settings):
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    assert parse("http://127.0.0.1:9000/x").port == 9000
    with pytest.raises(Refusal):
        parse("https://ana@localhost/")
