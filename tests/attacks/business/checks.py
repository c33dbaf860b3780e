"""What must hold of the books after every step, asked of the database in one statement; and all of it, now and then."""

from datetime import datetime

from django.db import connection

from vigente.billing.money_verification import balance_sheet
from vigente.worker.verification import verify

# Each statement finds rows that must not be there. Spelled so that both databases read it.
WRONG = {
    "the customer's credit is not what the entries say": """
        SELECT a.id FROM billing_customeraccount a WHERE a.credit_minor <> COALESCE((
            SELECT SUM(CASE WHEN e.credit = 'credit' THEN e.amount_minor ELSE -e.amount_minor END)
            FROM billing_moneyentry e WHERE e.organization_id = a.organization_id AND e.currency = a.currency
            AND 'credit' IN (e.credit, e.debit)), 0)""",
    "what is open of an invoice is not what the entries say": """
        SELECT i.id FROM billing_invoice i WHERE i.corrects_id IS NULL AND i.balance_minor <> COALESCE((
            SELECT SUM(CASE WHEN e.debit = 'receivable' THEN e.amount_minor ELSE -e.amount_minor END)
            FROM billing_moneyentry e WHERE e.invoice_id = i.id AND 'receivable' IN (e.credit, e.debit)), 0)""",
    "more was credited than invoiced": """
        SELECT i.id FROM billing_invoice i JOIN billing_invoice n ON n.corrects_id = i.id
        GROUP BY i.id, i.net_minor, i.tax_minor
        HAVING SUM(n.net_minor) > i.net_minor OR SUM(n.tax_minor) > i.tax_minor""",
    "money on an account is not what the payments say": """
        SELECT 1 FROM (
            SELECT debit AS account, currency, amount_minor AS amount FROM billing_moneyentry
            UNION ALL SELECT credit, currency, -amount_minor FROM billing_moneyentry
            UNION ALL SELECT CASE method WHEN 'transfer' THEN 'bank' WHEN 'card' THEN 'card' ELSE 'cash' END, currency,
                CASE direction WHEN 'in' THEN -amount_minor ELSE amount_minor END
                FROM billing_payment WHERE status IN ('confirmed', 'disputed')
            UNION ALL SELECT e.credit, e.currency, e.amount_minor FROM billing_moneyentry e
                JOIN billing_payment p ON p.id = e.payment_id
                WHERE e.source LIKE 'reverse:%%' AND p.status IN ('confirmed', 'disputed')
        ) m WHERE account IN ('bank', 'card', 'cash') GROUP BY account, currency HAVING SUM(amount) <> 0""",
    "of a payment that stands all was reversed, or more": """
        SELECT p.id FROM billing_payment p JOIN billing_moneyentry e ON e.payment_id = p.id
        WHERE e.source LIKE 'reverse:%%' AND p.status IN ('confirmed', 'disputed')
        GROUP BY p.id, p.amount_minor HAVING SUM(e.amount_minor) >= p.amount_minor""",
    "revenue is not what invoices and credit notes say": """
        SELECT 1 FROM (
            SELECT debit AS account, currency, amount_minor AS amount FROM billing_moneyentry
                WHERE source NOT LIKE 'reverse:%%'
            UNION ALL SELECT credit, currency, -amount_minor FROM billing_moneyentry WHERE source NOT LIKE 'reverse:%%'
            UNION ALL SELECT 'revenue', currency, CASE WHEN corrects_id IS NULL THEN net_minor ELSE -net_minor END
                FROM billing_invoice
            UNION ALL SELECT 'tax', currency, CASE WHEN corrects_id IS NULL THEN tax_minor ELSE -tax_minor END
                FROM billing_invoice
        ) m WHERE account IN ('revenue', 'tax') GROUP BY account, currency HAVING SUM(amount) <> 0""",
    "more was drawn than granted, or a balance is wrong": """
        SELECT g.id FROM billing_grant g LEFT JOIN (
            SELECT grant_id, SUM(CASE kind WHEN 'draw' THEN cases WHEN 'release' THEN -cases ELSE 0 END) AS drawn,
                SUM(CASE kind WHEN 'grant' THEN cases WHEN 'release' THEN cases ELSE -cases END) AS remaining
            FROM billing_ledgerentry GROUP BY grant_id) e ON e.grant_id = g.id
        WHERE g.drawn <> e.drawn OR g.drawn > g.granted OR (g.granted IS NOT NULL AND g.remaining <> e.remaining)""",
    "a licence has two bought contracts that run or wait": """
        SELECT MIN(id) FROM billing_subscription WHERE source = 'bought'
            AND status IN ('awaiting_payment', 'active', 'grace', 'suspended')
        GROUP BY COALESCE(licence_id, -organization_id) HAVING COUNT(*) > 1""",
    "a contract is covered in full while its running term is unpaid": """
        SELECT s.id FROM billing_subscription s JOIN billing_invoice i ON i.subscription_id = s.id
        WHERE s.status = 'active' AND i.purpose = 'term' AND i.corrects_id IS NULL AND i.balance_minor > 0
            AND i.term = (SELECT MAX(t.term) FROM billing_invoice t
                WHERE t.subscription_id = s.id AND t.purpose = 'term')""",
    "a contract waits for money although nothing of it is open": """
        SELECT s.id FROM billing_subscription s WHERE s.status IN ('grace', 'suspended') AND s.unpaid_until > %(now)s
            AND NOT EXISTS (SELECT 1 FROM billing_invoice i WHERE i.subscription_id = s.id AND i.balance_minor > 0)""",
    "an allotment of a billed contract without its invoice": """
        SELECT g.id FROM billing_grant g JOIN billing_subscription s ON s.id = g.subscription_id AND s.is_billed
        JOIN billing_planversion v ON v.id = s.version_id JOIN billing_plan p ON p.id = v.plan_id
        WHERE g.source = 'period' AND g.period IS NOT NULL AND NOT EXISTS (SELECT 1 FROM billing_invoice i
            WHERE i.subscription_id = s.id AND i.purpose = 'term' AND i.corrects_id IS NULL
            AND i.term = g.period / CASE p.interval WHEN 'year' THEN 12 ELSE 1 END)
        AND NOT EXISTS (SELECT 1 FROM billing_missedterm m WHERE m.subscription_id = s.id
            AND m.number = g.period / CASE p.interval WHEN 'year' THEN 12 ELSE 1 END)""",
    "an order and the contract it waits with tell two stories": """
        SELECT o.id FROM billing_order o JOIN billing_subscription s ON s.id = o.subscription_id WHERE o.kind = 'plan'
            AND (o.status = 'open') <> (s.status = 'awaiting_payment')""",
    "an order is done without an invoice": """
        SELECT id FROM billing_order WHERE status = 'done' AND invoice_id IS NULL AND closed_at <> created_at""",
    "numbers of a series with gaps": """
        SELECT s.id FROM billing_invoiceseries s JOIN billing_invoice i ON i.series_id = s.id
        GROUP BY s.id, s.next_number HAVING COUNT(*) <> s.next_number - 1 OR MAX(i.number) <> s.next_number - 1""",
}  # fmt: skip
CHECK = " UNION ALL ".join(
    f"SELECT '{what.replace(chr(39), chr(39) * 2)}' WHERE EXISTS ({query})" for what, query in WRONG.items()
)
GROWING = (
    "events_event", "billing_moneyentry", "billing_ledgerentry", "billing_invoice", "billing_payment", "billing_order",
    "billing_subscription", "billing_grant",
)  # fmt: skip
MARK = "SELECT " + ", ".join(f"(SELECT MAX(id) FROM {table})" for table in GROWING)


def mark() -> tuple[int, ...]:
    """How far the tables have come: equal marks mean that nothing happened."""
    with connection.cursor() as cursor:
        cursor.execute(MARK)
        return tuple(cursor.fetchone())


def after_a_step(now: datetime) -> None:
    """Everything that is cheap to ask."""
    with connection.cursor() as cursor:
        cursor.execute(CHECK, {"now": now})
        found = [what for (what,) in cursor.fetchall()]
        rows = {}
        for what in found:
            cursor.execute(WRONG[what], {"now": now})
            rows[what] = cursor.fetchall()
    assert not rows, rows


def everything(now: datetime) -> None:
    """`verify`, and the sheet of balances; `now`: the latest instant there ever was."""
    differences = list(map(str, verify(now=now)))
    assert not differences, differences
    sheet = balance_sheet()
    for currency in {currency for currency, _ in sheet}:
        assert sum(amount for (of, _), amount in sheet.items() if of == currency) == 0, sheet
