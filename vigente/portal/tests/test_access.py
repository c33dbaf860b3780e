"""Every address of the portal × everybody it is not for: nothing is shown, nothing is written.

The table is checked against the address map: a new address fails until it is placed here.
"""

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse

from tests.support.rules import rule_rows
from vigente.accounts import services as people
from vigente.accounts.models import Membership
from vigente.billing.services import orders, wishes
from vigente.billing.services.payments import record_payment
from vigente.events.models import Event
from vigente.factories import join, make_licence, make_user, make_version, publish
from vigente.portal.tests.conftest import signed_in
from vigente.portal.urls import portal
from vigente.tickets.files import File
from vigente.tickets.services.conversation import reply
from vigente.tickets.services.merging import propose_split

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# name → (method, what its arguments are made of). OWN: of the shop. What no object names needs none.
OPEN = {"home": "get", "plans": "get", "conditions": "get", "plan_order": "post", "invitation": "get"}
ANYBODY_SIGNED_IN = {  # shows each person their own
    "tickets": "get", "tickets_csv": "get", "search": "get", "ask": "post", "ask_coverage": "get",
    "held_choice": "post", "announcement": "get",
    "plan": "get", "statement": "get", "statement_csv": "get", "profile": "post", "licences": "get",
    "order_waiting": "get", "wishes": "post",
}  # fmt: skip
OWN = {  # names something of the shop: 404 for another company's clerk
    "ticket": "get", "replies": "post", "closure": "post", "reopening": "post", "quotation": "post", "split": "post",
    "dispute": "post", "file": "get", "held": "get", "held_withdrawal": "post", "held_approval": "post",
    "notice": "post", "notice_withdrawal": "post", "plan_change": "post", "pack_order": "post",
    "pack_return": "post", "order": "get", "order_acceptance": "post", "order_withdrawal": "post",
    "wish_closure": "post", "quotation_pdf": "get", "person": "post", "person_deactivation": "post",
    "people_revocation": "post", "copies": "post", "fields": "post",
}  # fmt: skip
MANAGER_ONLY = {  # 403 for a member, saying whom to ask; "own" ones among them are above too
    "people": "get", "people_invitations": "post", "people_spending": "post", "billing": "post",
    "notice": "post", "notice_withdrawal": "post", "plan_change": "post", "pack_order": "post", "pack_return": "post",
    "order": "get", "order_acceptance": "post", "order_withdrawal": "post",
}  # fmt: skip
MANAGERS_MONEY = {  # 404 for everybody else
    "invoices": "get", "invoice": "get", "invoice_pdf": "get", "account_pdf": "get", "payment_proof": "get",
    "card_removal": "post", "pay_order": "post", "pay_order_card": "post", "pay_invoice": "post",
    "pay_invoice_card": "post",
}  # fmt: skip
NOT_A_MEMBERS = {"person", "person_deactivation", "people_revocation"}  # 404 for a member


@pytest.fixture
def objects(shop, other, agent, now):
    """One of everything the shop owns, and the arguments that name it."""
    publish(draw_by="approve")
    ticket = shop.ticket(now, files=(File("nota.txt", b"secreto"),))
    held = shop.held(now, user=shop.colleague)
    second = reply(ticket=ticket, author=shop.manager, text="y otra cosa", channel="web", now=now)
    split = propose_split(
        ticket=ticket, messages=[second], subject="Otra cosa", actor=agent, new_problem=True, now=now
    )
    offer = people.invite(
        organization=shop.organization, email="nueva@clavo.example", role="member", may_draw=True,
        invited_by=shop.manager, now=now,
    )  # fmt: skip
    bigger = make_version(name="Empresa", cases=10, rank=1)
    colleague = Membership.objects.get(user=shop.colleague)
    numbered = {
        name: [ticket.number]
        for name in (
            "ticket",
            "replies",
            "copies",
            "fields",
            "closure",
            "reopening",
            "quotation",
            "quotation_pdf",
            "dispute",
        )
    }
    return (
        numbered
        | _money(shop, bigger, now)
        | {
            "announcement": [rule_rows(owner=make_user("Óscar", role="owner"), now=now)["announcement"]],
            "split": [ticket.number, split.pk],
            "file": [ticket.messages.get(attachments__isnull=False).attachments.get().token],
            "held": [held.token],
            "held_withdrawal": [held.token],
            "held_approval": [held.token],
            "notice": [shop.subscription.pk],
            "notice_withdrawal": [shop.subscription.pk],
            "plan_change": [shop.subscription.pk, bigger.pk],
            "pack_order": [shop.subscription.pk],
            "plan_order": [bigger.pk],
            "person": [colleague.pk],
            "person_deactivation": [colleague.pk],
            "people_revocation": [offer.pk],
            "invitation": [people.invitation_token(offer)],
        }
    )


def _money(shop, version, now):
    """An order that waits, a pack that was paid for with its invoice and payment, a wish."""
    common = {"organization": shop.organization, "actor": shop.manager, "now": now}
    order = orders.place(
        kind="plan", version=version, licence=make_licence(shop.organization), key="a", **common
    )
    pack = orders.place(kind="pack", version=shop.version, licence=shop.licence, subscription=shop.subscription,
                        key="b", **common)  # fmt: skip
    payment = record_payment(
        organization=shop.organization, method="manual", amount_minor=pack.total_minor, currency=pack.currency,
        key="c", order=pack, now=now,
    )  # fmt: skip
    pack.refresh_from_db()
    wish = wishes.ask(
        organization=shop.organization, user=shop.colleague, kind="plan", version=version, now=now
    )
    by_order = {name: [order.pk] for name in ("pay_order", "pay_order_card")}
    by_invoice = {
        name: [pack.invoice_id] for name in ("invoice", "invoice_pdf", "pay_invoice", "pay_invoice_card")
    }
    by_token = {name: [order.token] for name in ("order", "order_acceptance", "order_withdrawal")}
    return by_order | by_invoice | by_token | {
        "pack_return": [pack.grant_id_given], "payment_proof": [payment.pk], "wish_closure": [wish.pk],
    }  # fmt: skip


POSTED = {
    "answer": "yes", "body": "x", "text": "x", "key": "0123456789abcdef", "seen": "9", "work_type": "error",
    "subject": "x", "role": "manager", "may_draw": "on", "email": "x@y.example", "name": "x", "language": "es",
    "time_zone": "America/Managua",
}  # fmt: skip


def call(client, name, method, objects):
    url = reverse(f"portal:{name}", args=objects.get(name, []))
    return client.post(url, POSTED) if method == "post" else client.get(url)


def snapshot():
    """Every row of every table, sessions apart."""
    return {
        model: list(model.objects.order_by("pk").values())
        for model in apps.get_models()
        if model is not Session and not model._meta.proxy
    }


def test_every_address_is_placed_in_the_table():
    named = {pattern.name for pattern in portal}
    assert named == set(OPEN) | set(ANYBODY_SIGNED_IN) | set(OWN) | set(MANAGER_ONLY) | set(MANAGERS_MONEY)


@pytest.mark.parametrize(("name", "method"), sorted(MANAGERS_MONEY.items()))
def test_money_is_found_by_its_managers_alone(name, method, objects, bob, other):
    stranger = signed_in(other.manager)
    before = snapshot()
    assert call(bob, name, method, objects).status_code == 404
    if objects.get(name):
        assert call(stranger, name, method, objects).status_code == 404
    assert "/account/login/" in call(signed_in(None), name, method, objects).url
    assert snapshot() == before


@pytest.mark.parametrize("name", ["held", "order"])
def test_signed_out_a_link_says_only_that_something_waits(name, objects):
    response = call(signed_in(None), name, "get", objects)
    assert response.status_code == 200
    assert "kárdex" not in response.content.decode()
    assert "Empresa" not in response.content.decode()


@pytest.mark.parametrize(("name", "method"), sorted(OWN.items()))
def test_another_companys_people_find_nothing_and_write_nothing(name, method, objects, other):
    for person in (other.colleague, other.manager):
        client = signed_in(person)
        before = snapshot()
        assert call(client, name, method, objects).status_code == 404
        assert snapshot() == before


@pytest.mark.parametrize(("name", "method"), sorted(MANAGER_ONLY.items()))
def test_a_member_reads_whom_to_ask_and_writes_nothing(name, method, objects, bob, shop):
    before = snapshot()
    response = call(bob, name, method, objects)
    assert response.status_code == 403
    assert shop.manager.email in response.content.decode()
    assert snapshot() == before


@pytest.mark.parametrize("name", sorted(NOT_A_MEMBERS))
def test_a_member_does_not_change_people(name, objects, bob):
    before = snapshot()
    assert call(bob, name, "post", objects).status_code == 404
    assert snapshot() == before


@pytest.mark.parametrize("name", ["held_withdrawal", "held_approval"])
def test_a_member_does_not_decide_about_a_colleagues_request(name, objects, shop, now):
    third = make_user("Tercera")
    join(third, shop.organization)
    client = signed_in(third)
    before = snapshot()
    assert call(client, name, "post", objects).status_code == 404
    assert snapshot() == before


def test_who_asks_for_approval_does_not_give_it(objects, bob):
    call(bob, "held_approval", "post", objects)
    assert not Event.objects.filter(kind__startswith="approval.given").exists()


@pytest.mark.parametrize(
    "name", sorted(name for name, method in (OWN | MANAGER_ONLY).items() if method == "post")
)
def test_what_writes_does_not_take_a_get(name, objects, alice):
    """A link, a picture or a prefetch changes nothing."""
    before = snapshot()
    response = alice.get(reverse(f"portal:{name}", args=objects.get(name, [])))
    assert response.status_code in (200, 302, 404, 405)
    assert snapshot() == before


def test_a_post_without_its_token_is_refused(objects, shop):
    client = Client(enforce_csrf_checks=True)
    client.force_login(shop.manager)
    before = snapshot()
    for name in sorted(name for name, method in OWN.items() if method == "post"):
        assert call(client, name, "post", objects).status_code == 403
    assert snapshot() == before


def test_a_forged_invitation_is_nothing(objects):
    for token in ("1", Signer(salt="other").sign("1"), "x" * 300, "1:" + "a" * 43):
        assert signed_in(None).get(reverse("portal:invitation", args=[token])).status_code == 404


@pytest.mark.parametrize("number", [0, 1, 999999999, 2**62, 10**30])
def test_numbers_that_name_nothing_are_simply_not_found(number, alice):
    assert alice.get(f"/es/tickets/{number}/").status_code == 404


def test_somebody_deactivated_is_out_at_once(alice, shop):
    shop.manager.is_active = False
    shop.manager.save()
    assert alice.get("/es/tickets/").status_code == 302


def test_whoever_left_the_company_sees_its_cases_no_more(bob, shop, now):
    ticket = shop.ticket(now, user=shop.colleague)
    assert bob.get(f"/es/tickets/{ticket.number}/").status_code == 200
    people.deactivate(membership=Membership.objects.get(user=shop.colleague))
    assert bob.get(f"/es/tickets/{ticket.number}/").status_code == 404
    assert ticket not in bob.get("/es/tickets/?status=all").context["cases"]
