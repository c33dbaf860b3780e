"""`vigente ingest`: take in mail from a file or a pipe, as a mail server delivers it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vigente.cli.boot import boot
from vigente.cli.output import FOUND, GOOD, AsJson, Refusal, emit, say

if TYPE_CHECKING:
    from vigente.mail.models import InboundMessage, Mailbox

TRY_AGAIN = 75  # EX_TEMPFAIL: mail servers keep the mail and try again


def register(app: typer.Typer) -> None:
    app.command("ingest")(ingest)


def ingest(
    file: Annotated[
        str, typer.Argument(help="A file with one mail, as it came; - reads it from the pipe.")
    ] = "-",
    mailbox: Annotated[
        str,
        typer.Option(
            "--mailbox", help="The address of ours it was delivered to. Default: the support address."
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Take in one mail: it is kept first, then read. The same mail again changes nothing.

    Exit codes: 0 kept and read (a case, a reply, a request that waits, or noted as automatic); 1 kept, but in
    quarantine; 2 no mail, or larger than any; 75 not kept: try again later. A pipe in a mail server's aliases works so.
    """
    raw = _bytes(file)
    try:
        boot()
        row = _take_in(raw, mailbox)
    except Refusal:
        raise
    except Exception as error:
        raise Refusal(
            f"The mail was not kept ({type(error).__name__}: {error}). Try again.", TRY_AGAIN
        ) from error
    if as_json:
        emit(_described(row))
    else:
        say(_sentence(row))
    raise typer.Exit(FOUND if row.status == "quarantined" else GOOD)


def _bytes(file: str) -> bytes:
    if file == "-":
        raw = sys.stdin.buffer.read()
    else:
        try:
            raw = Path(file).read_bytes()
        except OSError as error:
            raise Refusal(f"{file} cannot be read: {error.strerror}.") from None
    if not raw.strip():
        raise Refusal("There is no mail: the input is empty.")
    return raw


def _take_in(raw: bytes, address: str) -> "InboundMessage":
    """Keep it, and read it at once. What fails while reading is left to the worker: the mail is safe."""
    from vigente.installation.clock import vendor_now
    from vigente.mail.inbound import process, receive
    from vigente.mail.parsing import Unreadable

    now = vendor_now()
    try:
        row = receive(raw, mailbox=_mailbox(address), now=now)
    except Unreadable as refusal:
        raise Refusal(f"This is no mail that can be taken: {refusal}.") from None
    duplicate = row.duplicate
    try:
        row = process(row.pk, now=now)
    except Exception as error:
        say(f"Kept as {row.pk}; reading it failed ({error}), the worker tries again.")
    row.duplicate = duplicate
    return row


def _mailbox(address: str) -> "Mailbox":
    from vigente.mail.addresses import address_key
    from vigente.mail.models import Mailbox
    from vigente.mail.own import default_mailbox, own_addresses

    if not address:
        return default_mailbox()
    found = Mailbox.objects.filter(address=address.lower()).first()
    if found is not None:
        return found
    ours = own_addresses()
    if address_key(address) in ours:
        return default_mailbox()
    raise Refusal(f"{address} is no mailbox here. Known: {', '.join(sorted(ours))}.")


def _described(row: "InboundMessage") -> dict[str, Any]:
    return {
        "id": row.pk,
        "status": row.status,
        "outcome": row.outcome,
        "why": row.facts.get("why", []),
        "duplicate": row.duplicate,
        "ticket": row.ticket.number if row.ticket else None,
        "message": row.message_id,
        "held_request": row.held_id,
        "error": row.error,
    }


def _sentence(row: "InboundMessage") -> str:
    seen = " It had arrived before." if row.duplicate else ""
    match row.status:
        case "quarantined":
            return f"Mail {row.pk} is in quarantine: {row.outcome} ({row.error}).{seen}"
        case "ignored":
            return f"Mail {row.pk} was sent by a machine, or by nobody: kept in the log.{seen}"
        case "received":
            return f"Mail {row.pk} is kept; the worker reads it.{seen}"
    what = (
        f"case {row.ticket.number}"
        if row.ticket
        else f"held request {row.held_id}"
        if row.held_id
        else row.outcome
    )
    return f"Mail {row.pk}: {what}.{seen}"
