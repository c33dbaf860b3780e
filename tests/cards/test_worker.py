"""The worker asks the card processor, and not more often than it must."""

from datetime import timedelta

from vigente.worker.loop import CardJobs, lanes


def test_one_turn_does_all_there_is_to_do(till):
    till.keep()
    renewal, other = till.renewal(), till.invoice(50_000)
    page = till.press(other, keep_card="on")
    till.peer.pay(page)
    turn, later = CardJobs(), till.now + timedelta(minutes=3)
    turn(now=later)
    for invoice in (renewal, other):
        invoice.refresh_from_db()
        assert invoice.balance_minor == 0
    asked = len(till.peer.asked)
    turn(now=later + timedelta(seconds=5))
    assert len(till.peer.asked) == asked


def test_one_job_that_fails_stops_no_other(till, monkeypatch):
    from vigente.billing.services import cards

    monkeypatch.setattr(cards, "reconcile", lambda **given: 1 / 0)
    cards.reconcile.__name__ = "reconcile"
    till.keep()
    renewal = till.renewal()
    CardJobs()(now=till.now)
    renewal.refresh_from_db()
    assert renewal.balance_minor == 0


def test_without_keys_nothing_is_asked(till, settings):
    settings.STRIPE_SECRET_KEY = ""
    till.keep()
    till.renewal()
    assert CardJobs()(now=till.now) == 0
    assert not till.peer.asked
    assert "cards" in {lane.name for lane in lanes()}
