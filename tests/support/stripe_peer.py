"""A Stripe of our own: the part of its API that is used, over HTTP, with the shapes its documentation gives.

The real client library talks to it. It keeps idempotency keys, signs its webhooks as Stripe does, and can lose an
answer after it has done the work. A test plays the customer and the bank: `pay`, `expire`, `dispute`.
"""

import contextlib
import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from stripe import WebhookSignature

SECRET_KEY, WEBHOOK_SECRET = "sk_test_peer", "whsec_peer"
DECLINES = {"pm_declined": "card_declined", "pm_3ds": "authentication_required"}


@dataclass
class Peer:
    """Its books. `lose`: how many answers to lose after the work is done; `slow`: seconds an answer waits; `down`:
    answers 503 to everything.
    """

    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    intents: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, tuple[dict[str, Any], int, dict[str, Any]]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    lose: int = 0
    down: bool = False
    slow: float = 0.0
    base: str = ""
    _serial: Iterator[int] = field(default_factory=lambda: count(1))

    def name(self, stem: str) -> str:
        return f"{stem}_test_{next(self._serial)}"

    # What a customer and a bank do

    def pay(
        self, session: str, *, amount: int | None = None, currency: str = "", method: str = "pm_visa"
    ) -> str:
        """Somebody pays on a page; the name of the intent. `amount`, `currency`: what a broken world would do."""
        page = self.sessions[session]
        assert page["status"] == "open", page["status"]
        intent = self.intent(
            amount=amount or page["amount_total"],
            currency=currency or page["currency"],
            metadata=page["_intent"].get("metadata", {}),
            customer=self.name("cus") if page["_intent"].get("setup_future_usage") else None,
            method=method,
        )
        page |= {
            "status": "complete", "payment_status": "paid", "payment_intent": intent["id"], "url": None,
            "customer": intent["customer"], "amount_total": intent["amount"], "currency": intent["currency"],
        }  # fmt: skip
        self.tell("payment_intent.succeeded", intent)
        self.tell("checkout.session.completed", page)
        return str(intent["id"])

    def expire(self, session: str) -> None:
        """A page's time is over."""
        self.sessions[session] |= {"status": "expired", "url": None}
        self.tell("checkout.session.expired", self.sessions[session])

    def dispute(
        self, intent: str, *, closed: str = "", amount: int | None = None, name: str = "dp"
    ) -> dict[str, Any]:
        """A holder disputes a charge, or `amount` of it, or the dispute is closed as won or lost."""
        about = self.intents[intent]
        found = {
            "id": f"{name}_{intent}", "object": "dispute", "payment_intent": intent,
            "amount": about["amount"] if amount is None else amount,
            "currency": about["currency"], "status": closed or "needs_response",
        }  # fmt: skip
        return self.tell("charge.dispute.closed" if closed else "charge.dispute.created", found)

    def intent(self, *, amount: int, currency: str, metadata: dict[str, Any], customer: str | None, method: str,
               status: str = "succeeded") -> dict[str, Any]:  # fmt: skip
        found = {
            "id": self.name("pi"), "object": "payment_intent", "amount": amount, "currency": currency, "status": status,
            "metadata": metadata, "customer": customer, "payment_method": method, "created": int(time.time()),
            "last_payment_error": None,
        }  # fmt: skip
        self.intents[str(found["id"])] = found
        return found

    def tell(self, kind: str, about: dict[str, Any]) -> dict[str, Any]:
        """An event, to be delivered by `letter` as often and in whatever order a test likes."""
        shown = {name: value for name, value in about.items() if not name.startswith("_")}
        event = {
            "id": self.name("evt"), "object": "event", "type": kind, "created": int(time.time()),
            "data": {"object": json.loads(json.dumps(shown))},
        }  # fmt: skip
        self.events.append(event)
        return event

    def letter(
        self, event: dict[str, Any], *, secret: str = WEBHOOK_SECRET, at: int | None = None
    ) -> dict[str, Any]:
        """What a Django test client posts to deliver an event."""
        body = json.dumps(event)
        signature = WebhookSignature.generate_signature_header(body, secret, at)
        return {"data": body, "content_type": "application/json", "headers": {"Stripe-Signature": signature}}

    # What the API answers

    def answer(self, method: str, path: str, given: dict[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        self.asked.append((method, path))
        if self.down:
            return 503, _error("api_error", "down")
        if key and key in self.answers:
            before, status, said = self.answers[key]
            if before != given:
                return 400, _error("idempotency_error", "other parameters")
            return status, said
        status, said = self._do(method, path, given)
        if key:
            self.answers[key] = (given, status, json.loads(json.dumps(said)))
        return status, said

    def _do(self, method: str, path: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        for verb, shape, does in _ROUTES:
            match = re.fullmatch(shape, path)
            if match and verb == method:
                with contextlib.suppress(KeyError):
                    return does(self, given, *match.groups())
        return 404, _error("invalid_request_error", "resource_missing")

    def _open(self, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        item = given["line_items"]["0"]["price_data"]
        session = self.name("cs")
        self.sessions[session] = {
            "id": session, "object": "checkout.session", "status": "open", "payment_status": "unpaid",
            "amount_total": int(item["unit_amount"]), "currency": item["currency"], "payment_intent": None,
            "client_reference_id": given["client_reference_id"], "url": f"{self.base}/pay/{session}",
            "metadata": given.get("metadata", {}), "customer": None, "success_url": given["success_url"],
            "expires_at": int(given["expires_at"]), "_intent": given.get("payment_intent_data", {}),
        }  # fmt: skip
        return 200, self.sessions[session]

    def _session(self, given: dict[str, Any], name: str) -> tuple[int, dict[str, Any]]:
        return 200, self.sessions[name]

    def _close(self, given: dict[str, Any], name: str) -> tuple[int, dict[str, Any]]:
        if self.sessions[name]["status"] != "open":
            return 400, _error("invalid_request_error", "not_open")
        self.expire(name)
        return 200, self.sessions[name]

    def _charge(self, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        method = given["payment_method"]
        refusal = DECLINES.get(method)
        made = self.intent(
            amount=int(given["amount"]), currency=given["currency"], metadata=given.get("metadata", {}),
            customer=given["customer"], method=method,
            status="requires_payment_method" if refusal else "succeeded",
        )  # fmt: skip
        if refusal:
            made["last_payment_error"] = {"code": refusal}
            self.tell("payment_intent.payment_failed", made)
            return 402, {
                "error": {"type": "card_error", "code": refusal, "message": "no", "payment_intent": made}
            }
        self.tell("payment_intent.succeeded", made)
        return 200, made

    def _intent(self, given: dict[str, Any], name: str) -> tuple[int, dict[str, Any]]:
        found = dict(self.intents[name])
        if given.get("expand"):
            found["payment_method"] = {
                "id": found["payment_method"], "object": "payment_method", "card": {"brand": "visa", "last4": "4242"},
            }  # fmt: skip
        return 200, found

    def _intents(self, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        since = int(given.get("created", {}).get("gte", 0))
        rows = [
            one
            for one in self.intents.values()
            if one["customer"] == given["customer"] and one["created"] >= since
        ]
        return 200, {"object": "list", "data": rows[::-1], "has_more": False, "url": "/v1/payment_intents"}

    def _refund(self, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        of, amount = self.intents[given["payment_intent"]], int(given["amount"])
        sent = [one for one in self.refunds.values() if one.get("status") != "failed"]
        gone = sum(one["amount"] for one in sent if one["payment_intent"] == of["id"])
        if amount > of["amount"] - gone:
            return 400, _error("invalid_request_error", "charge_already_refunded")
        made = {"id": self.name("re"), "object": "refund", "amount": amount, "payment_intent": of["id"],
                "status": "succeeded", "metadata": given.get("metadata", {})}  # fmt: skip
        self.refunds[made["id"]] = made
        return 200, made

    def _detach(self, given: dict[str, Any], name: str) -> tuple[int, dict[str, Any]]:
        self.cards[name] = {"id": name, "object": "payment_method", "customer": None}
        return 200, self.cards[name]


_ROUTES: list[tuple[str, str, Any]] = [
    ("POST", "/v1/checkout/sessions", Peer._open),
    ("GET", r"/v1/checkout/sessions/(\w+)", Peer._session),
    ("POST", r"/v1/checkout/sessions/(\w+)/expire", Peer._close),
    ("POST", "/v1/payment_intents", Peer._charge),
    ("GET", "/v1/payment_intents", Peer._intents),
    ("GET", r"/v1/payment_intents/(\w+)", Peer._intent),
    ("POST", "/v1/refunds", Peer._refund),
    ("POST", r"/v1/payment_methods/(\w+)/detach", Peer._detach),
]


def _error(kind: str, code: str) -> dict[str, Any]:
    return {"error": {"type": kind, "code": code, "message": code}}


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`a[b][0]=c` as Stripe's client writes it."""
    whole: dict[str, Any] = {}
    for name, value in pairs:
        *way, last = re.findall(r"[^\[\]]+", name)
        here = whole
        for step in way:
            here = here.setdefault(step, {})
        here[last] = value
    return whole


class _Handler(BaseHTTPRequestHandler):
    """Asks the peer of its server."""

    @property
    def peer(self) -> Peer:
        return self.server.peer  # type: ignore[attr-defined]

    def _serve(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        given = nested(parse_qsl(body or url.query, keep_blank_values=True))
        if url.path.startswith("/pay/"):
            return self._page(url.path.rpartition("/")[2])
        if self.headers.get("Authorization") != f"Bearer {SECRET_KEY}":
            return self._say(401, _error("authentication_error", "bad key"))
        status, said = self.peer.answer(
            self.command, url.path, given, self.headers.get("Idempotency-Key", "")
        )
        deadline = time.monotonic() + self.peer.slow
        while self.peer.slow and time.monotonic() < deadline:
            time.sleep(0.02)
        if self.peer.lose > 0:
            self.peer.lose -= 1
            return self.connection.close()
        return self._say(status, {name: value for name, value in said.items() if not name.startswith("_")})

    def _page(self, session: str) -> None:
        """The page somebody pays at: one button."""
        if self.command == "POST":
            back = self.peer.sessions[session]["success_url"]
            self.peer.pay(session)
            self.send_response(303)
            self.send_header("Location", back)
            return self.end_headers()
        html = b"<!doctype html><title>Stripe</title><form method=post><button>Pagar</button></form>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(html)))
        self.end_headers()
        self.wfile.write(html)
        return None

    def _say(self, status: int, said: dict[str, Any]) -> None:
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with contextlib.suppress(OSError):  # whoever asked may be gone
            self.wfile.write(content)

    do_GET = do_POST = _serve

    def log_message(self, *args: Any) -> None:
        return


@contextlib.contextmanager
def serving(peer: Peer) -> Iterator[Peer]:
    """The peer on a free port of 127.0.0.1 for as long as the block lasts."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.peer = peer  # type: ignore[attr-defined]
    peer.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
