"""A real IMAP server: Dovecot with TLS on a random port, one user, a Maildir in a temporary folder."""

import getpass
import imaplib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.support.certificates import make_certificate
from tests.support.parts import DOVECOT, require

_numbers = count(1)

CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
instance_name = vigente-test
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {uid}
mail_gid = {gid}
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass
class Dovecot:
    """The running server. `user` owns one INBOX; `certificate` is what a client must trust."""

    folder: Path
    port: int
    certificate: Path
    owner: tuple[int, int]
    host: str = "127.0.0.1"
    user: str = "soporte@vendor.test"
    password: str = "secreto"

    @property
    def maildir(self) -> Path:
        return self.folder / "mail" / self.user

    def deliver(self, raw: bytes) -> None:
        """Put a message into the INBOX the way a mail server does: written whole, then renamed into `new`."""
        name = f"{time.time_ns()}.{os.getpid()}_{next(_numbers)}.test"
        draft = self.maildir / "tmp" / name
        draft.write_bytes(raw)
        os.chown(draft, *self.owner)
        draft.rename(self.maildir / "new" / name)

    def client(self) -> imaplib.IMAP4_SSL:
        """A logged-in connection with the INBOX selected."""
        trust = ssl.create_default_context(cafile=str(self.certificate))
        client = imaplib.IMAP4_SSL(self.host, self.port, ssl_context=trust, timeout=10)
        client.login(self.user, self.password)
        client.select("INBOX")
        return client

    def append(self, raw: bytes) -> None:
        """Put a message into the INBOX by IMAP. Line ends become CRLF on the way."""
        with self.client() as client:
            client.append("INBOX", None, None, raw)

    def messages(self, search: str = "ALL") -> list[bytes]:
        """The raw messages an IMAP search finds, oldest first; reading does not mark them as seen."""
        with self.client() as client:
            numbers = client.search(None, search)[1][0].split()
            return [client.fetch(number.decode(), "(BODY.PEEK[])")[1][0][1] for number in numbers]

    def empty(self) -> None:
        """Remove every message."""
        for path in [*self.maildir.glob("new/*"), *self.maildir.glob("cur/*")]:
            path.unlink(missing_ok=True)
        for path in self.maildir.glob("dovecot*"):
            path.unlink(missing_ok=True)

    def disconnect_everybody(self) -> None:
        """Cut every IMAP session that is open, as a restart of the mail server does."""
        subprocess.run(
            [DOVECOT.parent.parent / "bin/doveadm", "-c", self.folder / "dovecot.conf", "kick", "*"]
        )


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    """The server of this test process. Tests ask for `dovecot`, which is the same with an empty INBOX."""
    require("dovecot")
    folder = Path(tempfile.mkdtemp(prefix="vigente-dovecot-"))
    folder.chmod(0o755)
    try:
        server = _configure(folder)
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig=TERM", DOVECOT, "-F", "-c", folder / "dovecot.conf"],
            start_new_session=True,
        )
        try:
            _wait_until_it_answers(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def dovecot(dovecot_server: Dovecot) -> Dovecot:
    """A real IMAP server over TLS with an empty INBOX."""
    dovecot_server.empty()
    return dovecot_server


def _configure(folder: Path) -> Dovecot:
    """As root Dovecot runs under its own users and the mail belongs to `mail`; else everything is ours."""
    root = os.geteuid() == 0
    owner = pwd.getpwnam("mail" if root else getpass.getuser())
    certificate, key = make_certificate(folder)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    server = Dovecot(folder, port, certificate, (owner.pw_uid, owner.pw_gid))
    for name in ("", "new", "cur", "tmp"):
        (server.maildir / name).mkdir(parents=True, exist_ok=True)
    for path in [folder / "mail", *(folder / "mail").rglob("*")]:
        os.chown(path, *server.owner)
    internal = "dovecot" if root else owner.pw_name
    (folder / "dovecot.conf").write_text(
        CONFIGURATION.format(
            folder=folder,
            internal=internal,
            internal_group=internal if root else owner.pw_gid,
            login="dovenull" if root else owner.pw_name,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            certificate=certificate,
            key=key,
            password=server.password,
            port=port,
        )
    )
    return server


def _wait_until_it_answers(server: Dovecot, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        try:
            server.client().logout()
            return
        except OSError:
            time.sleep(0.05)
        log = server.folder / "dovecot.log"
        if process.poll() is not None:
            raise RuntimeError(f"Dovecot stopped:\n{log.read_text() if log.exists() else ''}")
    raise RuntimeError(f"Dovecot did not answer within 5 s:\n{log.read_text()}")
