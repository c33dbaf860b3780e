"""Ways to misuse requests that wait: approved twice, grown after the approval, claimed, revived without their text."""

from datetime import timedelta

import pytest

from vigente.accounts.models import Membership
from vigente.accounts.services import deactivate
from vigente.billing.services.packs import add_pack
from vigente.events.models import Event
from vigente.factories import join, make_customer, make_licence, make_user
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.services import held as service
from vigente.tickets.services.submission import submit_request
from vigente.worker.drain import drain_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_add_up")]
DAY = timedelta(days=1)


def refused(run):
    with pytest.raises(Refused) as refusal:
        run()
    return refusal.value.code


def complete(held, user, shop, now, *, work="error", organization=None, licence=None):
    """Say what it lacked: of the shop, unless told otherwise."""
    return service.complete(
        held=held,
        user=user,
        organization=organization or shop.organization,
        licence=licence or shop.licence,
        work_type=shop.work[work],
        now=now,
    )


def told(kind):
    return Event.objects.filter(kind=kind).count()


@pytest.fixture
def waiting(shop, now):
    """A colleague's request that a manager decides about."""
    shop.organization.draw_by = "approve"
    shop.organization.save()
    return shop.held(now, user=shop.colleague)


def test_approved_twice_it_draws_once_and_is_told_once(waiting, shop, now, drawn):
    first = service.approve(held=waiting, user=shop.manager, now=now)
    again = service.approve(held=waiting, user=shop.manager, now=now)
    assert isinstance(first, Ticket)
    assert again == first
    assert drawn() == 1
    assert told("approval.given") == 1


def test_what_was_refused_or_withdrawn_is_not_approved_any_more(waiting, shop, now, drawn):
    service.refuse_approval(held=waiting, user=shop.manager, now=now)
    assert (
        refused(lambda: service.approve(held=waiting, user=shop.manager, now=now)) is RefusalCode.WRONG_STATE
    )
    waiting.refresh_from_db()
    assert waiting.approved_by is None
    assert (told("approval.given"), drawn()) == (0, 0)


def test_a_request_does_not_grow_after_it_was_approved(waiting, shop, now, drawn):
    """Approved for one case while none was left; then made a session of two by its author."""
    for _ in range(4):
        shop.ticket(now, user=shop.manager)
    service.approve(held=waiting, user=shop.manager, now=now)
    add_pack(organization=shop.organization, licence=shop.licence, subscription=shop.subscription, cases=2, key="k",
             now=now)  # fmt: skip
    result = complete(waiting, shop.colleague, shop, now, work="guided_session")
    assert isinstance(result, HeldRequest)
    assert drawn() == 4


def test_a_request_whose_text_was_erased_is_not_revived_empty(shop, now, drawn):
    for _ in range(4):
        shop.ticket(now)
    held = shop.held(now)
    service.expire_due(now=now + 20 * DAY)
    service.erase_due(now=now + 120 * DAY)
    at = now + 121 * DAY
    assert refused(lambda: complete(held, shop.manager, shop, at)) is RefusalCode.WRONG_STATE
    assert drawn() == 4


def test_a_text_completed_in_time_is_not_erased(shop, now, monkeypatch):
    """The clock has picked it for erasing when its author takes it up again."""
    for _ in range(4):
        shop.ticket(now)
    held = shop.held(now, text="lo que escribí")
    service.expire_due(now=now + 20 * DAY)
    at = now + 120 * DAY
    picked = list(HeldRequest.objects.filter(pk=held.pk))
    complete(held, shop.manager, shop, at, work="guided_session")
    filtering = HeldRequest.objects.filter

    class Stale:
        def order_by(self, *names):
            return picked

    monkeypatch.setattr(HeldRequest.objects, "filter", lambda *a, **k: Stale() if "erase_at__lte" in k and "pk" not in k
                        else filtering(*a, **k))  # fmt: skip
    service.erase_due(now=at)
    held.refresh_from_db()
    assert held.text == "lo que escribí"


def test_a_manager_does_not_move_somebody_into_a_company_that_is_not_theirs(shop, now):
    other = make_customer(now=now)
    join(shop.manager, other.organization, role="manager")
    for _ in range(4):
        shop.ticket(now)
    held = shop.held(now, user=shop.colleague)
    foreign = {"organization": other.organization, "licence": other.licence}
    assert refused(lambda: complete(held, shop.manager, shop, now, **foreign)) is RefusalCode.NOT_YOURS
    held.refresh_from_db()
    assert held.organization == shop.organization


def test_what_somebody_who_left_had_waiting_draws_nothing_by_itself(shop, now, drawn):
    for _ in range(4):
        shop.ticket(now)
    held = shop.held(now, user=shop.colleague)
    deactivate(membership=Membership.objects.get(user=shop.colleague))
    add_pack(organization=shop.organization, licence=shop.licence, subscription=shop.subscription, cases=1, key="k",
             now=now)  # fmt: skip
    drain_all(now=now)
    held.refresh_from_db()
    assert held.status == "waiting"
    assert drawn() == 4


def test_only_the_reader_of_the_mailbox_claims_what_came_from_it(shop, now):
    held = submit_request(
        requester=None, email="nadie@clavo.test", organization=None, licence=None, work_type=shop.work["error"],
        subject="x", text="secreto", channel="email", key="m", now=now,
    )  # fmt: skip
    for user in (
        shop.manager,
        make_user(email="otro@clavo.test"),
        make_user(email="nadie@clavo.test.evil.test"),
    ):
        assert refused(lambda user=user: complete(held, user, shop, now)) is RefusalCode.NOT_YOURS
    assert not HeldRequest.objects.visible_to(shop.manager).exists()


def test_chosen_twice_and_overridden_twice_it_is_one_case(shop, supervisor, now, drawn):
    for _ in range(4):
        shop.ticket(now)
    held = shop.held(now)
    first = service.override(held=held, actor=supervisor, reason="urgente", now=now)
    assert service.override(held=held, actor=supervisor, reason="urgente", now=now) == first
    assert service.choose(held=[held, held], user=shop.manager, now=now) == [first, first]
    assert drawn() == 5


def test_a_request_for_a_licence_of_another_company_is_not_completed(shop, now):
    foreign = make_licence(make_customer(now=now).organization, now=now)
    for _ in range(4):
        shop.ticket(now)
    held = shop.held(now)
    assert refused(lambda: complete(held, shop.manager, shop, now, licence=foreign)) is RefusalCode.NOT_YOURS
