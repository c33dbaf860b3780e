"""Money at the desk: what is open opens what is behind it; what staff do happens once (rows 25, 32, 33, 52)."""

from datetime import timedelta

import pytest

from vigente.billing.models import BillingProfile, CustomerAccount, Invoice, Order, Payment
from vigente.billing.prices import Priced
from vigente.billing.services import invoices, orders, payments
from vigente.factories import make_customer, make_version, publish
from vigente.installation.files import store
from vigente.rules.invoicing import Label, LabelCode, Line
from vigente.workspace.tests.conftest import address, said, words

pytestmark = pytest.mark.django_db
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)
MONEY_PAGES = ("money", "invoices", "transfers", "payments", "credits", "orders", "money_exports")


@pytest.fixture
def client(now):
    """A customer who has ordered a plan."""
    publish()
    made = make_customer("Farmacia Luz", now=now, plan=False)
    made.version = make_version(name="Tienda", cases=4)
    return made


@pytest.fixture
def order(client, now):
    return orders.place(
        organization=client.organization, licence=client.licence, kind="plan", version=client.version, key="o",
        actor=client.manager, now=now,
    )  # fmt: skip


def pay(client, supervisor, now, amount=210_000, key="p", **what):
    return payments.record_payment(
        organization=client.organization, method="transfer", amount_minor=amount, currency="NIO", key=key,
        actor=supervisor, now=now, **what,
    )  # fmt: skip


@pytest.fixture
def invoice(client, order, supervisor, now):
    """A paid term."""
    pay(client, supervisor, now, order=order)
    return Invoice.objects.get()


def send(client, now, order=None, *, reference="BAC-1", key="t", amount=210_000, **what):
    return payments.submit_transfer(
        organization=client.organization, amount_minor=amount, currency="NIO", reference=reference,
        user=client.manager, order=order, key=key, now=now, **what,
    )  # fmt: skip


@pytest.mark.parametrize("page", MONEY_PAGES)
def test_money_is_for_supervisors_and_agents_see_none_of_it(ana, sofia, page):
    assert ana.get(page).status_code == 403
    assert sofia.get(page).status_code == 200
    assert "Dinero" not in words(ana.get("queue"))


@pytest.mark.parametrize("page", MONEY_PAGES)
def test_empty_pages_teach(sofia, page):
    assert "Traceback" not in words(sofia.get(page))


def test_the_home_says_what_waits_and_what_is_held(sofia, client, order, supervisor, now):
    send(client, now, order)
    pay(client, supervisor, now, amount=5_000, key="x")
    seen = words(sofia.get("money"))
    assert "Farmacia Luz · C$ 2,100.00" in seen
    assert "En revisión" in seen
    assert "C$ 50.00" in seen


def test_an_order_whose_transfer_is_looked_at_is_not_said_to_be_past(sofia, client, order, now):
    Order.objects.update(expires_at=now - timedelta(days=3))
    seen = words(sofia.get("money"))
    assert "Por pagar vence" in seen
    send(client, now, order)
    seen = words(sofia.get("money"))
    assert "En revisión" in seen.split("Pedidos que esperan")[2]
    assert "vence" not in seen.split("Pedidos que esperan")[2]
    assert "En revisión" in words(sofia.get("orders"))
    seen = words(sofia.get("order", order.pk))
    assert "mientras tanto no vence" in seen
    assert "Vale hasta" not in seen


def test_an_invoice_whose_transfer_is_looked_at_is_not_said_to_be_late(sofia, client, order, supervisor, now):
    made = invoices.issue(
        key="i", organization=client.organization, purpose=Invoice.Purpose.OTHER, due_at=now - timedelta(days=1),
        priced=Priced((Line(Label(LabelCode.PLAN, {}), 1, 100),), "NIO"), now=now,
    )  # fmt: skip
    assert "vencida" in words(sofia.get("invoices"))
    send(client, now, invoice=made, amount=100)
    seen = words(sofia.get("invoices"))
    assert "En revisión" in seen
    assert "vencida" not in seen.split(made.code)[1]


def test_an_invoice_shows_lines_payments_and_entries(sofia, invoice):
    seen = words(sofia.get("invoice", invoice.pk))
    assert "Factura A-000001" in seen
    assert "Plan Tienda" in seen
    assert "Saldo de clientes" in seen
    assert "C$ 2,100.00" in seen
    assert "incluyen el impuesto" not in seen
    assert invoice.code in words(sofia.get("invoices", query="?view=paid"))
    assert invoice.code in words(sofia.get("invoices", query="?view=paid&q=farmacia"))
    assert invoice.code not in words(sofia.get("invoices", query="?view=paid&q=otra"))
    assert sofia.get("invoices", query="?view=nope").status_code == 404


def test_prices_with_tax_beside_amounts_without_it_are_said_to_be_so(sofia, client, now):
    label = Label(LabelCode.PLAN, {"plan": "Básico", "edition": "WEB", "licence": client.licence.pk})
    line = Line(label, 1, 115_000, tax_basis_points=1500, includes_tax=True)
    made = invoices.issue(
        key="i", organization=client.organization, priced=Priced((line,), "NIO"), purpose=Invoice.Purpose.OTHER,
        due_at=now, now=now,
    )  # fmt: skip
    assert "incluyen el impuesto; los importes, no" in words(sofia.get("invoice", made.pk))


def test_lists_are_read_as_a_file_too(sofia, invoice):
    text = b"".join(sofia.get("invoices", query="?view=all&format=csv").streaming_content).decode()
    assert "A-000001" in text
    assert "2100,00" in text
    assert "2100,00" in b"".join(sofia.get("payments", query="?format=csv").streaming_content).decode()


def test_a_transfer_is_confirmed_once_and_the_next_is_shown(sofia, client, order, now):
    first = send(client, now, order, proof=store(PNG), proof_name="recibo.png")
    second = send(client, now + timedelta(minutes=1), key="t2", reference="bac-1")
    seen = words(sofia.get("transfer", first.pk))
    assert "Otra transferencia tiene la misma referencia" in seen
    proof = sofia.get("transfer_proof", first.pk)
    assert proof["Content-Type"] == "image/png"
    assert "sandbox" in proof["Content-Security-Policy"]
    done = sofia.post("transfer_confirmation", first.pk)
    assert done.url == address("transfer", second.pk)
    assert Order.objects.get().status == "done"
    again = sofia.post("transfer_confirmation", first.pk)
    assert "ya no se puede" in said(again)
    assert CustomerAccount.objects.filter(credit_minor__gt=0).count() == 0


def test_a_transfer_of_another_amount_says_so_before(sofia, client, order, now):
    less = send(client, now, order, amount=200_000)
    assert "Dice menos de lo que se espera" in words(sofia.get("transfer", less.pk))
    more = send(client, now, order, amount=300_000, key="more")
    assert "Dice más de lo que se espera" in words(sofia.get("transfer", more.pk))


def test_a_transfer_is_rejected_with_a_reason_only(sofia, client, order, now):
    sent = send(client, now, order)
    assert sofia.post("transfer_rejection", sent.pk, note=" ").status_code == 422
    assert sofia.post("transfer_rejection", sent.pk, note="No llegó").url == address("transfers")
    sent.refresh_from_db()
    assert (sent.status, sent.note) == ("rejected", "No llegó")


def test_a_payment_by_hand_is_noted_once_however_often_it_is_sent(sofia, client, order):
    form = {"amount": "2,100.00", "method": "transfer", "submission_key": "once", "reference": "", "note": ""}
    sofia.post("order_payment", order.pk, **form)
    sofia.post("order_payment", order.pk, **form)
    assert Payment.objects.count() == 1
    assert Invoice.objects.get().balance_minor == 0


@pytest.mark.parametrize("amount", ["", "0", "-5", "x", "0.001", "9" * 30])
def test_an_amount_that_cannot_be_is_refused(sofia, order, amount):
    form = {"amount": amount, "method": "transfer", "submission_key": "k"}
    assert sofia.post("order_payment", order.pk, **form).status_code == 422
    assert not Payment.objects.exists()


def test_a_part_of_an_invoice_is_paid_and_the_rest_stays_open(sofia, client, supervisor, now):
    publish(activate="on_order")
    orders.place(organization=client.organization, licence=client.licence, kind="plan", version=client.version,
                 key="o", actor=client.manager, now=now)  # fmt: skip
    invoice = Invoice.objects.get()
    sofia.post("invoice_payment", invoice.pk, amount="100", method="manual", submission_key="k")
    invoice.refresh_from_db()
    assert invoice.balance_minor == 200_000
    assert "faltan C$ 2,000.00" in words(sofia.get("invoice", invoice.pk))
    assert invoice.code in words(sofia.get("invoices"))


def test_a_credit_note_corrects_part_with_its_tax_and_never_more_than_is_left(sofia, invoice):
    form = {"whole": "0", "reason": "mistake", "note": "Se cobró de más", "submission_key": "c"}
    assert sofia.post("invoice_credit", invoice.pk, **form, amount="2,100.01").status_code == 422
    assert sofia.post("invoice_credit", invoice.pk, **form, amount="").status_code == 422
    sofia.post("invoice_credit", invoice.pk, **form, amount="100")
    note = Invoice.objects.get(corrects=invoice)
    assert (note.total_minor, note.note) == (10_000, "Se cobró de más")
    assert "Corrige la factura A-000001" in words(sofia.get("invoice", note.pk))
    assert CustomerAccount.objects.get().credit_minor == 10_000


def test_row_33_a_refund_says_cases_and_money_before_it_happens(sofia, invoice):
    form = sofia.get("invoice_refund", invoice.pk)
    assert "Sin usar: 4 de 4 casos del periodo. Se devuelven C$ 2,100.00." in words(form)
    sofia.post("invoice_refund", invoice.pk, submission_key="r", note="")
    assert CustomerAccount.objects.get().credit_minor == 210_000
    assert "no se" not in words(sofia.get("credits"))


def test_what_cannot_be_given_back_has_no_button(sofia, client, supervisor, now):
    label = Label(LabelCode.PLAN, {})
    made = invoices.issue(
        key="i", organization=client.organization, priced=Priced((Line(label, 1, 100),), "NIO"),
        purpose=Invoice.Purpose.OTHER, due_at=now, now=now,
    )  # fmt: skip
    page = sofia.get("invoice_refund", made.pk)
    assert "lo que no se ha pagado no se devuelve" in words(page)
    assert "Volver" in words(page)
    assert 'name="note"' not in page.content.decode()


def test_money_in_hand_is_sent_back_never_more(sofia, client, supervisor, now):
    pay(client, supervisor, now, amount=5_000)
    form = {"amount": "60", "method": "transfer", "submission_key": "out", "reference": "", "note": ""}
    organization = client.organization.pk
    assert sofia.post("organization_payout", organization, "NIO", **form).status_code == 422
    sofia.post("organization_payout", organization, "NIO", **form | {"amount": "50"})
    assert CustomerAccount.objects.get().credit_minor == 0
    assert Payment.objects.filter(direction="out").count() == 1


def test_row_52_a_fiscal_number_is_written_later(sofia, invoice):
    sofia.post("invoice_fiscal", invoice.pk, number="")
    assert invoice.code in words(sofia.get("invoices", query="?view=fiscal"))
    sofia.post("invoice_fiscal", invoice.pk, number="F-99")
    invoice.refresh_from_db()
    assert (invoice.fiscal_status, invoice.fiscal_number) == ("done", "F-99")


def test_an_organizations_page_has_its_money_for_supervisors_only(ana, sofia, client, invoice):
    page = client.organization.pk
    assert "A-000001" in words(sofia.get("organization", page))
    assert "A-000001" not in words(ana.get("organization", page))


def test_who_invoices_are_made_out_to_is_written_by_staff(sofia, client):
    page = client.organization.pk
    form = {
        "legal_name": "Luz S.A.",
        "tax_id": "J031",
        "country": "ni",
        "email": "c@luz.test",
        "language": "es",
    }
    assert sofia.post("organization_billing", page, **form, tax_exempt="on").status_code == 422
    sofia.post("organization_billing", page, **form)
    made = BillingProfile.objects.get()
    assert (made.legal_name, made.country) == ("Luz S.A.", "NI")
    assert "Luz S.A." in words(sofia.get("organization", page))


def test_files_for_the_accountant_are_of_the_period_chosen(sofia, invoice):
    page = sofia.get(
        "money_exports", query="?first=2026-07-01&last=2026-07-31&separator=semicolon&decimals=comma"
    )
    assert "Libro diario" in words(page)
    query = "?first=2026-07-01&last=2026-07-31&separator=tab&decimals=point"
    text = b"".join(sofia.get("money_export", "invoices", query=query).streaming_content).decode()
    assert "2100.00\t" in text
    assert "A-000001" in text
    for wrong in ("?first=2026-07-31&last=2026-07-01", "?first=x", "?separator=comma&decimals=comma"):
        assert sofia.get("money_exports", query=wrong).status_code == 422
        assert sofia.get("money_export", "invoices", query=wrong).status_code == 422
    assert sofia.get("money_export", "nothing").status_code == 404


def test_row_34_a_licence_goes_to_another_organization_with_its_plan(sofia, client, invoice, shop):
    licence = client.licence
    form = sofia.get("licence_transfer", licence.pk)
    assert "se quedan con Farmacia Luz" in words(form)
    for wrong in ("", "Nadie", client.organization.name):
        assert sofia.post("licence_transfer", licence.pk, organization=wrong).status_code == 422
    response = sofia.post("licence_transfer", licence.pk, organization="ferretería el clavo")
    assert response.url == address("organization", shop.organization.pk)
    licence.refresh_from_db()
    assert licence.organization == shop.organization


def test_lists_of_money_cost_the_same_however_long_they_are(sofia, client, supervisor, now, queries):
    from vigente.billing.prices import Priced
    from vigente.billing.services.invoices import issue
    from vigente.rules.invoicing import Label, LabelCode, Line

    priced = Priced((Line(Label(LabelCode.OTHER, {"text": "Visita"}), 1, 5_000),), "NIO")
    for n in range(30):
        issue(key=f"i{n}", organization=client.organization, priced=priced, purpose="other", now=now)
        send(client, now + timedelta(seconds=n), key=f"t{n}", reference=f"R{n}")
    pay(client, supervisor, now, amount=20_000)
    for page, most in (("money", 20), ("invoices", 10), ("payments", 10), ("transfers", 10), ("credits", 10)):
        with queries(most):
            assert (
                sofia.get(page, query="?view=all" if page in ("invoices", "payments") else "").status_code
                == 200
            )
