"""Ways to have a case worked on that no grant pays: each is closed."""

from datetime import timedelta

import pytest

from vigente.rules.reasons import Release
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import HeldRequest, Message, Quotation, Ticket
from vigente.tickets.services import classification, conversation, disputes, merging, quotations, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_add_up")]
DAY = timedelta(days=1)


def exhaust(shop, now):
    return [shop.ticket(now) for _ in range(4)]


@pytest.mark.parametrize("kind", ["outage", "development"])
def test_what_came_in_free_and_is_not_covered_is_not_opened_again_by_writing(kind, shop, agent, now, drawn):
    """Filed as an outage (row 44) or something new (row 36), it is held once it is called by its name; a reply to the
    closed case is a new request, not the old one for nothing."""
    exhaust(shop, now)
    free = shop.ticket(now, work=kind)
    held = classification.classify(ticket=free, work_type=shop.work["error"], actor=agent, now=now)
    assert isinstance(held, HeldRequest)
    for at in (now, now + DAY):
        answer = conversation.reply(
            ticket=free, author=shop.manager, text="Sigue igual", channel="web", now=at
        )
        assert isinstance(answer, HeldRequest)
    with pytest.raises(Refused):
        conversation.reopen(ticket=free, actor=shop.manager, now=now)
    free.refresh_from_db()
    assert free.status == "closed"
    assert drawn() == 4


@pytest.mark.parametrize("door", ["reopen", "status"])
def test_staff_open_what_is_not_covered_only_if_it_is_covered_now(door, shop, agent, now, drawn):
    exhaust(shop, now)
    free = shop.ticket(now, work="outage")
    classification.classify(ticket=free, work_type=shop.work["error"], actor=agent, now=now)

    def open_it(at):
        if door == "reopen":
            conversation.reopen(ticket=free, actor=agent, now=at)
        else:
            work.change_status(ticket=free, status="open", actor=agent, now=at)

    with pytest.raises(Refused) as refused:
        open_it(now)
    assert refused.value.code is RefusalCode.NOT_ENOUGH
    assert drawn() == 4
    open_it(now + 32 * DAY)
    free.refresh_from_db()
    assert (free.status, free.drawn) == ("open", True)
    assert drawn() == 5


@pytest.mark.parametrize("reason", [Release.SPAM, Release.OPENED_BY_MISTAKE])
def test_given_back_as_spam_or_by_mistake_and_opened_again_it_draws_again(reason, shop, agent, now, drawn):
    """Otherwise an agent gives favours without limit: call it spam, open it, solve it."""
    case = shop.ticket(now)
    classification.release(ticket=case, reason=reason, actor=agent, now=now, note="x")
    assert drawn() == 0
    conversation.reopen(ticket=case, actor=agent, now=now)
    case.refresh_from_db()
    assert case.drawn
    assert drawn() == 1


def test_a_customer_does_not_open_again_what_was_given_back_as_a_mistake(shop, agent, now, drawn):
    case = shop.ticket(now)
    classification.release(ticket=case, reason=Release.OPENED_BY_MISTAKE, actor=agent, now=now, note="x")
    answer = conversation.reply(ticket=case, author=shop.manager, text="Sí era", channel="web", now=now)
    assert isinstance(answer, Ticket)
    assert answer.follows_id == case.pk
    assert drawn() == 1


def test_a_quotation_ends_when_the_work_is_covered_after_all(shop, agent, now, drawn):
    """Else its customer may accept, decline or object to it although it is an ordinary case."""
    case = shop.ticket(now)
    classification.classify(ticket=case, work_type=shop.work["development"], actor=agent, now=now)
    classification.classify(ticket=case, work_type=shop.work["question"], actor=agent, now=now)
    assert drawn() == 1
    for attempt in (
        lambda: quotations.accept_quotation(ticket=case, user=shop.manager, now=now),
        lambda: quotations.decline_quotation(ticket=case, user=shop.manager, now=now),
        lambda: quotations.object_to(ticket=case, user=shop.manager, text="x", now=now),
    ):
        with pytest.raises(Refused):
            attempt()
    assert drawn() == 1
    assert Quotation.objects.get().status == "covered"


def test_a_price_accepted_late_does_not_open_what_was_held(shop, agent, supervisor, now, drawn):
    exhaust(shop, now)
    case = shop.ticket(now, work="development")
    quotations.quote(ticket=case, amount_minor=500, currency="NIO", scope="x", actor=supervisor, now=now)
    classification.classify(ticket=case, work_type=shop.work["error"], actor=agent, now=now)
    with pytest.raises(Refused):
        quotations.accept_quotation(ticket=case, user=shop.manager, now=now)
    case.refresh_from_db()
    assert case.status == "closed"
    assert drawn() == 4


def test_a_merge_chain_hides_no_draw(shop, agent, now, drawn):
    first, second, free = shop.ticket(now), shop.ticket(now), shop.ticket(now, work="outage")
    with pytest.raises(Refused) as refused:
        merging.merge(ticket=first, into=free, actor=agent, now=now)
    assert refused.value.code is RefusalCode.MERGE_HIDES_DRAW
    merging.merge(ticket=first, into=second, actor=agent, now=now)
    with pytest.raises(Refused):
        merging.merge(ticket=second, into=free, actor=agent, now=now)
    with pytest.raises(Refused):
        merging.merge(ticket=second, into=first, actor=agent, now=now)
    assert drawn() == 1
    merging.unmerge(ticket=first, actor=agent, now=now)
    assert drawn() == 2


def test_a_reply_to_a_case_merged_twice_reaches_the_one_that_lives(shop, agent, now, drawn):
    a, b, c = (shop.ticket(now) for _ in range(3))
    merging.merge(ticket=a, into=b, actor=agent, now=now)
    merging.merge(ticket=b, into=c, actor=agent, now=now)
    said = conversation.reply(ticket=a, author=shop.manager, text="¿Cómo va?", channel="web", now=now)
    assert isinstance(said, Message)
    assert said.ticket_id == c.pk
    b.refresh_from_db()
    assert (b.status, b.merged_into_id) == ("closed", c.pk)
    assert drawn() == 1


def test_parting_a_case_that_was_given_back_before_does_not_draw(shop, agent, now, drawn):
    """Our own fault stays our own fault through a merge (rows 12, 16)."""
    ours, other = shop.ticket(now), shop.ticket(now)
    classification.release(
        ticket=ours, reason=Release.VENDOR_FAULT, actor=agent, now=now, note="nuestro error"
    )
    merging.merge(ticket=ours, into=other, actor=agent, now=now)
    merging.unmerge(ticket=ours, actor=agent, now=now)
    assert drawn() == 1


def test_moving_a_merged_case_between_licences_draws_once(shop, agent, now, drawn):
    from vigente.factories import make_licence

    second = make_licence(shop.organization, now=now)
    a, b = shop.ticket(now), shop.ticket(now)
    merging.merge(ticket=a, into=b, actor=agent, now=now)
    for licence in (second, shop.licence, second, shop.licence):
        classification.move_licence(ticket=a, licence=licence, actor=agent, now=now)
    assert drawn() == 1
    merging.unmerge(ticket=a, actor=agent, now=now)
    assert drawn() == 2
    with pytest.raises(Refused):
        classification.move_licence(ticket=a, licence=second, actor=agent, now=now)
    assert drawn() == 2


def test_disputed_released_and_reclassified_it_is_given_back_once(shop, agent, supervisor, now, drawn):
    from vigente.billing.models import Grant

    case = shop.ticket(now, opened_by=agent)
    disputes.dispute(ticket=case, user=shop.manager, text="no lo pedí", now=now)
    classification.release(ticket=case, reason=Release.VENDOR_FAULT, actor=agent, now=now, note="x")
    disputes.decide_dispute(ticket=case, upheld=True, actor=supervisor, now=now)
    classification.classify(ticket=case, work_type=shop.work["outage"], actor=agent, now=now)
    merging.merge(ticket=case, into=shop.ticket(now), actor=agent, now=now)
    assert drawn() == 1
    assert Grant.objects.get(source="period").remaining == 3


def test_late_releases_of_one_case_make_one_goodwill_case_and_say_so(shop, agent, supervisor, now):
    """Given back after the month, drawn on the goodwill, given back after that too: one courtesy, not two (row 13)."""
    from vigente.billing.models import Grant

    case = shop.ticket(now, opened_by=agent)
    later, much_later = now + 40 * DAY, now + 80 * DAY
    outcome = classification.release(ticket=case, reason=Release.SPAM, actor=supervisor, now=later)
    assert outcome.value == "goodwill"
    conversation.reopen(ticket=case, actor=supervisor, now=later)
    again = classification.release(ticket=case, reason=Release.SPAM, actor=supervisor, now=much_later)
    assert again.value == "late"
    assert Grant.objects.filter(source="goodwill").count() == 1


@pytest.mark.parametrize("day", [0, 27])
def test_an_override_draws_on_its_own_goodwill_and_leaves_none_behind(day, shop, supervisor, now, drawn):
    """Where the person may not spend (row 46), the plan's case is not drawn, also when it would expire sooner."""
    from vigente.billing.models import Grant
    from vigente.tickets.services import held as held_service

    shop.organization.draw_by = "named"
    shop.organization.save()
    shop.organization.memberships.filter(user=shop.colleague).update(may_draw=False)
    at = now + day * DAY
    held = shop.held(at, user=shop.colleague)
    held_service.override(held=held, actor=supervisor, reason="urgente", now=at)
    assert drawn() == 1
    assert Grant.objects.get(source="goodwill").remaining == 0
    assert Grant.objects.get(source="period").remaining == 4


def test_a_favour_of_many_cases_counts_as_many(shop, agent, now):
    """Five favours a month are five cases, not five times twenty (row 39)."""
    from vigente.billing.services.ledger import add_goodwill

    with pytest.raises(Refused) as refused:
        add_goodwill(organization=shop.organization, licence=shop.licence, key="goodwill:desk:x", cases=6,
                     reason=Release.VENDOR_FAULT, actor=agent, is_favour=True, now=now)  # fmt: skip
    assert refused.value.code is RefusalCode.FAVOUR_LIMIT
    add_goodwill(organization=shop.organization, licence=shop.licence, key="goodwill:desk:y", cases=5,
                 reason=Release.VENDOR_FAULT, actor=agent, is_favour=True, now=now)  # fmt: skip
    with pytest.raises(Refused):
        classification.release(
            ticket=shop.ticket(now), reason=Release.VENDOR_FAULT, actor=agent, now=now, note="x"
        )


def test_a_follow_up_of_an_exempt_case_is_not_exempt(now, agent, drawn):
    """Row 30: what was open before the date is seen through, what comes after it is not."""
    from vigente.factories import make_customer, publish

    publish(plans_required_from=now + 5 * DAY)
    shop = make_customer(now=now, plan=False)
    case = shop.ticket(now)
    work.close(ticket=case, actor=shop.manager, now=now)
    late = now + 60 * DAY
    answer = conversation.reply(ticket=case, author=shop.manager, text="otra vez", channel="web", now=late)
    assert isinstance(answer, HeldRequest)
    open_case = shop.ticket(now)
    too_late = now + 120 * DAY
    answer = conversation.reply(ticket=open_case, author=shop.manager, text="y?", channel="web", now=too_late)
    assert isinstance(answer, HeldRequest)
    assert drawn() == 0
