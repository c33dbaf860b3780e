"""THE list of mails that follow from what happened. The worker runs it (`worker.consumers`); each may run again.

Ask here "who is written to when …?". Customers hear of their cases and requests, managers of plans, staff of what waits
for them. Nothing is written to a machine: what came in by mail and must not be answered says so on its row.
"""

from vigente.events.kinds import Kind
from vigente.mail import (
    forgetting,
    tell_cases,
    tell_held,
    tell_money,
    tell_orders,
    tell_plans,
    tell_rules,
    tell_staff,
    tell_standing,
    tell_wishes,
)

CONSUMERS = (
    # Cases
    ((Kind.TICKET_ACCEPTED,), tell_cases.accepted),
    ((Kind.TICKET_OPENED_FOR_CUSTOMER,), tell_cases.opened_for_customer),
    ((Kind.TICKET_REPLIED,), tell_cases.replied),
    ((Kind.TICKET_AUTO_REPLIED,), tell_cases.replied_automatically),
    ((Kind.TICKET_SOLVED,), tell_cases.solved),
    ((Kind.TICKET_RELEASED,), tell_cases.draw_released),
    ((Kind.QUOTATION_REQUESTED,), tell_cases.quotation_requested),
    ((Kind.QUOTATION_QUOTED,), tell_cases.quoted),
    ((Kind.QUOTATION_OBJECTION_DECIDED,), tell_cases.objection_decided),
    ((Kind.SPLIT_PROPOSED,), tell_cases.split_proposed),
    ((Kind.DRAW_DISPUTE_DECIDED,), tell_cases.dispute_decided),
    # Requests that wait
    ((Kind.TICKET_EMPTIED,), forgetting.forget_case),
    ((Kind.HELD,), tell_held.held),
    ((Kind.HELD_RELEASED,), tell_held.released),
    ((Kind.HELD_EXPIRED,), tell_held.expired),
    ((Kind.HELD_ANSWERED,), tell_held.answered),
    ((Kind.HELD_CHOICE_ASKED,), tell_held.choice_asked),
    ((Kind.APPROVAL_ASKED,), tell_held.approval_asked),
    ((Kind.APPROVAL_REFUSED,), tell_held.approval_refused),
    # Plans
    ((Kind.SUBSCRIPTION_ACTIVATED,), tell_plans.activated),
    ((Kind.SUBSCRIPTION_RENEWED,), tell_plans.renewed),
    ((Kind.SUBSCRIPTION_RENEWAL_NEAR,), tell_plans.renewal_near),
    ((Kind.SUBSCRIPTION_NOTICE_CLOSING,), tell_plans.notice_closing),
    ((Kind.SUBSCRIPTION_NOTICE_GIVEN,), tell_plans.notice_given),
    ((Kind.SUBSCRIPTION_NOTICE_WITHDRAWN,), tell_plans.notice_withdrawn),
    ((Kind.SUBSCRIPTION_ENDED,), tell_plans.ended),
    ((Kind.SUBSCRIPTION_CASES_EXPIRING,), tell_plans.cases_expiring),
    ((Kind.PACK_ADDED,), tell_plans.pack_added),
    ((Kind.SUBSCRIPTION_SUSPENDED,), tell_standing.suspended),
    ((Kind.SUBSCRIPTION_REINSTATED,), tell_standing.reinstated),
    ((Kind.SUBSCRIPTION_UPGRADED,), tell_standing.upgraded),
    ((Kind.SUBSCRIPTION_ENDING,), tell_standing.ending),
    ((Kind.SUBSCRIPTION_LAST_CASE,), tell_standing.last_case),
    ((Kind.SUBSCRIPTION_TERMS_ANNOUNCED,), tell_standing.terms_announced),
    # Money
    ((Kind.WISH_ASKED,), tell_wishes.asked),
    ((Kind.ORDER_PREPARED,), tell_orders.prepared),
    ((Kind.ORDER_PLACED,), tell_orders.placed),
    ((Kind.ORDER_EXPIRED,), tell_orders.expired),
    ((Kind.ORDER_CANCELLED,), tell_orders.cancelled),
    ((Kind.INVOICE_ISSUED,), tell_money.invoice_issued),
    ((Kind.INVOICE_REMINDER,), tell_money.reminder),
    ((Kind.INVOICE_PAID,), tell_money.paid),
    ((Kind.CREDIT_NOTE_ISSUED,), tell_money.credit_note),
    ((Kind.PAYMENT_SUBMITTED,), tell_money.payment_submitted),
    ((Kind.PAYMENT_CONFIRMED,), tell_money.payment_confirmed),
    ((Kind.PAYMENT_REJECTED,), tell_money.payment_rejected),
    ((Kind.PAYMENT_FAILED,), tell_money.payment_failed),
    ((Kind.PAYMENT_RETURNED,), tell_money.payment_returned),
    ((Kind.PAYMENT_REVERSED,), tell_money.payment_reversed),
    # Rules
    ((Kind.RULES_ANNOUNCED,), tell_rules.announced),
    ((Kind.RULES_REMINDED,), tell_rules.reminded),
    # Staff
    ((Kind.TICKET_REPLIED,), tell_staff.customer_replied),
    ((Kind.TICKET_ASSIGNED,), tell_staff.assigned),
    ((Kind.AUTOMATION_MAIL,), tell_staff.rule_says),
    (tuple(tell_staff.WATCHED), tell_staff.watched),
    ((Kind.FOLLOW_UP_DUE,), tell_staff.come_back),
    ((Kind.QUOTATION_OBJECTED, Kind.DRAW_DISPUTED), tell_staff.somebody_must_decide),
    ((Kind.PAYMENT_SUBMITTED, Kind.PAYMENT_DISPUTED), tell_money.staff_payment),
    ((Kind.VERIFY_FAILED,), tell_staff.books_do_not_add_up),
    ((Kind.WEBHOOK_DISABLED,), tell_staff.webhook_switched_off),
)
