"""`vigente ingest` as a mail server's pipe meets it: codes, JSON, and nothing lost."""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from tests.support.databases import url_of
from tests.support.environment import ROOT
from vigente.factories import make_work_types
from vigente.installation.models import Installation
from vigente.mail.models import InboundMessage, Mailbox
from vigente.mail.tests.corpus import simple
from vigente.tickets.models import HeldRequest

pytestmark = pytest.mark.django_db(transaction=True)


def ingest(*words: str, given: bytes = b"", **environment: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-P", "-m", "vigente", "ingest", *words],
        input=given,
        capture_output=True,
        timeout=60,
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "DATABASE_URL": url_of(connection.settings_dict)}
        | environment,
    )


def test_a_mail_from_the_pipe_is_kept_read_and_described():
    make_work_types()
    raw = simple("No abre")
    ended = ingest("--json", given=raw)
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    held = HeldRequest.objects.get()
    assert (said["status"], said["outcome"], said["held_request"], said["duplicate"]) == (
        "processed", "new_request", held.pk, False,
    )  # fmt: skip
    assert bytes(InboundMessage.objects.get().raw) == raw
    again = json.loads(ingest("--json", "-", given=raw.replace(b"\r\n", b"\n")).stdout)
    assert (again["id"], again["duplicate"], again["held_request"]) == (said["id"], True, held.pk)


def test_a_mail_from_a_file_for_a_mailbox(tmp_path):
    make_work_types()
    Mailbox.objects.create(address="ventas@vendor.test")
    file = tmp_path / "carta.eml"
    file.write_bytes(simple("No abre"))
    ended = ingest(str(file), "--mailbox", "ventas@vendor.test")
    assert ended.returncode == 0, ended.stderr
    assert b"held request" in ended.stderr
    assert InboundMessage.objects.get().mailbox.address == "ventas@vendor.test"


def test_the_support_address_is_a_mailbox_without_being_registered(tmp_path):
    make_work_types()
    Installation.objects.update_or_create(id=1, defaults={"support_email": "soporte@vendor.test"})
    ended = ingest("-", "--mailbox", "Soporte@vendor.test", given=simple("No abre"))
    assert ended.returncode == 0, ended.stderr
    ended = ingest("-", "--mailbox", "nadie@vendor.test", given=simple("No abre"))
    assert ended.returncode == 2
    assert b"soporte@vendor.test" in ended.stderr


def test_bad_input_is_code_2_and_says_what_is_wrong(tmp_path):
    for words, given, sentence in (
        ((), b" \n", b"the input is empty"),
        ((str(tmp_path / "nada.eml"),), b"", b"cannot be read"),
        (("--mailbox", "otro@x.test"), b"From: a@x.test\n\nx", b"is no mailbox here"),
        ((), b"From: a@x.test\n\n" + b"x" * (26 * 1024 * 1024), b"too_large"),
    ):
        ended = ingest(*words, given=given)
        assert (ended.returncode, sentence in ended.stderr) == (2, True), ended.stderr
        assert ended.stdout == b""
    assert not InboundMessage.objects.exists()


def test_what_cannot_be_read_is_kept_and_code_1():
    ended = ingest("--json", given=b"\xff\xfe\0" * 100)
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["status"] == "quarantined"
    assert InboundMessage.objects.get().size == 300


def test_what_cannot_be_kept_is_code_75_so_that_the_server_tries_again():
    ended = ingest(given=simple("x"), DATABASE_URL="sqlite:////nowhere/at/all.sqlite3")
    assert ended.returncode == 75
    assert b"Try again" in ended.stderr
