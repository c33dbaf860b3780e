"""The catalogue of what can happen. A value never changes its meaning; consumers and history name these."""

from enum import StrEnum


class Kind(StrEnum):
    """Event kinds, `noun.verb`. `data` keys are listed beside each."""

    # Cases
    TICKET_ACCEPTED = "ticket.accepted"  # decision, channel
    TICKET_REPLIED = "ticket.replied"  # message, by: customer|agent; without copies: copies: False
    TICKET_NOTED = "ticket.noted"  # message
    TICKET_AUTO_REPLIED = "ticket.auto_replied"  # message: nobody wrote it, so no promise is kept by it
    TICKET_RENAMED = "ticket.renamed"  # old, new: texts
    TICKET_SEND_UNDONE = "ticket.send_undone"
    TICKET_MESSAGE_EDITED = "ticket.message_edited"  # message
    TICKET_MESSAGE_DELETED = "ticket.message_deleted"  # message
    TICKET_FILE_DELETED = "ticket.file_deleted"  # message, file: its name
    TICKET_MESSAGE_PINNED = "ticket.message_pinned"  # message
    TICKET_MESSAGE_UNPINNED = "ticket.message_unpinned"  # message
    TICKET_ASSIGNED = "ticket.assigned"  # assignee, by_line: bool; of a new department: department, left
    # and of_department: a new case went to one of those that its department names
    TICKET_STATUS_CHANGED = "ticket.status_changed"  # before, after
    TICKET_SOLVED = "ticket.solved"
    TICKET_CLOSED = "ticket.closed"  # by_person
    TICKET_REOPENED = "ticket.reopened"
    TICKET_CLASSIFIED = "ticket.classified"  # before, after, released
    TICKET_SEVERITY_CHANGED = "ticket.severity_changed"  # before, after
    TICKET_RELEASED = "ticket.released"  # reason
    TICKET_MOVED_LICENCE = "ticket.moved_licence"  # before, after
    TICKET_MERGED = "ticket.merged"  # into
    TICKET_UNMERGED = "ticket.unmerged"  # from
    TICKET_TRASHED = "ticket.trashed"  # why: spam|mistake|other
    TICKET_RESTORED = "ticket.restored"
    TICKET_EMPTIED = "ticket.emptied"  # what it said is gone for good
    TICKET_TAGGED = "ticket.tagged"  # tags: primary keys
    TICKET_UNTAGGED = "ticket.untagged"  # tags
    TICKET_FIELDS_CHANGED = "ticket.fields_changed"  # changes: [{field, before, after}]
    TICKET_WATCHED = "ticket.watched"  # watcher
    TICKET_UNWATCHED = "ticket.unwatched"  # watcher
    TICKET_COPY_ADDED = "ticket.copy_added"  # address, hidden; of a colleague: person
    TICKET_COPY_REMOVED = "ticket.copy_removed"  # address, hidden; of a colleague: person
    TICKET_TIME_ADDED = "ticket.time_added"  # minutes, message
    TICKET_TIME_CORRECTED = "ticket.time_corrected"  # before, after
    TICKET_LOCKED = "ticket.locked"
    TICKET_UNLOCKED = "ticket.unlocked"
    TICKET_LINKED = "ticket.linked"  # other, kind
    TICKET_RANK_CHANGED = "ticket.rank_changed"  # before, after; of a new plan: promise, head_start before
    TICKET_PLACED = (
        "ticket.placed"  # by hand in the line: group, at, before, reason; group None: its own place again
    )
    PROMISE_NEAR = "promise.near"  # promise: first_reply|next_reply|resolution, since, due
    PROMISE_BROKEN = "promise.broken"  # promise, since, due
    PROMISE_ADJUSTED = (
        "promise.adjusted"  # by hand: what: reply|resolution|clock, change, until, minutes, why
    )
    TICKET_OPENED_FOR_CUSTOMER = "ticket.opened_for_customer"  # dispute_until
    # A draw the customer disputes (row 15), a split they are asked about (row 14)
    DRAW_DISPUTED = "draw.disputed"
    DRAW_DISPUTE_DECIDED = "draw.dispute_decided"  # upheld
    SPLIT_PROPOSED = "split.proposed"  # proposal
    SPLIT_ACCEPTED = "split.accepted"
    SPLIT_DECLINED = "split.declined"  # silent
    # Quotation requests (row 11, 36)
    QUOTATION_REQUESTED = "quotation.requested"
    QUOTATION_QUOTED = "quotation.quoted"  # amount, currency
    QUOTATION_ACCEPTED = "quotation.accepted"
    QUOTATION_DECLINED = "quotation.declined"
    QUOTATION_OBJECTED = "quotation.objected"
    QUOTATION_OBJECTION_DECIDED = "quotation.objection_decided"  # covered
    # Held requests
    HELD = "held.received"  # decision, channel
    HELD_CAUGHT = "held.caught"  # by a rule of spam; rule
    HELD_RELEASED = "held.released"  # ticket
    HELD_EXPIRED = "held.expired"
    HELD_WITHDRAWN = "held.withdrawn"
    HELD_ANSWERED = "held.answered"  # message
    HELD_CHOICE_ASKED = "held.choice_asked"  # row 45
    HELD_ERASED = "held.erased"
    APPROVAL_ASKED = "approval.asked"  # row 46
    APPROVAL_GIVEN = "approval.given"
    APPROVAL_REFUSED = "approval.refused"
    # Subscriptions and grants
    SUBSCRIPTION_STARTED = "subscription.started"
    SUBSCRIPTION_ACTIVATED = "subscription.activated"
    SUBSCRIPTION_RENEWED = "subscription.renewed"  # term, start, end
    SUBSCRIPTION_PERIOD_OPENED = "subscription.period_opened"  # period, cases
    SUBSCRIPTION_NOTICE_GIVEN = "subscription.notice_given"  # effective
    SUBSCRIPTION_NOTICE_WITHDRAWN = "subscription.notice_withdrawn"
    SUBSCRIPTION_ENDED = "subscription.ended"
    SUBSCRIPTION_REPLACED = "subscription.replaced"  # by
    SUBSCRIPTION_SLEPT = "subscription.slept"
    SUBSCRIPTION_WOKE = "subscription.woke"
    SUBSCRIPTION_TERM_MISSED = "subscription.term_missed"  # term, start, end
    SUBSCRIPTION_RENEWAL_NEAR = "subscription.renewal_near"  # at
    SUBSCRIPTION_NOTICE_CLOSING = "subscription.notice_closing"  # cut_off
    SUBSCRIPTION_CASES_EXPIRING = "subscription.cases_expiring"  # grant, left
    SUBSCRIPTION_GRACE = "subscription.grace"  # invoice, until
    SUBSCRIPTION_SUSPENDED = "subscription.suspended"  # invoice
    SUBSCRIPTION_REINSTATED = "subscription.reinstated"
    SUBSCRIPTION_UPGRADED = "subscription.upgraded"  # before, after, cases
    SUBSCRIPTION_CANCELLED = "subscription.cancelled"  # it never began
    SUBSCRIPTION_REFUNDED = "subscription.refunded"  # credit_note, cases
    SUBSCRIPTION_TERMS_ANNOUNCED = "subscription.terms_announced"  # before, after, from (row 38)
    SUBSCRIPTION_TERMS_CHANGED = "subscription.terms_changed"  # before, after
    SUBSCRIPTION_ENDING = "subscription.ending"  # at: an earlier plan is about to end (R11)
    SUBSCRIPTION_LAST_CASE = "subscription.last_case"  # grant: the last case of an allotment was used
    PACK_ADDED = "pack.added"
    PACK_RETURNED = "pack.returned"
    GOODWILL_GRANTED = "goodwill.granted"
    FAVOUR_LIMIT_REACHED = "favour.limit_reached"
    LICENCE_REGISTERED = "licence.registered"
    LICENCE_HOSTING_CHANGED = "licence.hosting_changed"  # before, after
    LICENCE_TRANSFERRED = "licence.transferred"
    ORGANIZATION_BLOCKED = "organization.blocked"
    ORGANIZATION_UNBLOCKED = "organization.unblocked"
    # Orders and money
    WISH_ASKED = "wish.asked"  # kind_of, version: somebody asks their managers to buy
    ORDER_PREPARED = "order.prepared"  # kind, total, currency
    ORDER_PLACED = "order.placed"  # kind, total, currency
    ORDER_DONE = "order.done"  # invoice
    ORDER_CANCELLED = "order.cancelled"
    ORDER_EXPIRED = "order.expired"
    INVOICE_ISSUED = "invoice.issued"  # code, total, currency, purpose
    INVOICE_REMINDER = "invoice.reminder"  # code, days, balance, currency (negative days: before it is due)
    INVOICE_PAID = "invoice.paid"  # code
    INVOICE_VOIDED = "invoice.voided"  # code, credit_note
    CREDIT_NOTE_ISSUED = "credit_note.issued"  # code, corrects, total, currency, reason
    PAYMENT_SUBMITTED = "payment.submitted"  # method, amount, currency
    PAYMENT_CONFIRMED = "payment.confirmed"  # method, amount, currency
    PAYMENT_REJECTED = "payment.rejected"  # note
    PAYMENT_FAILED = "payment.failed"  # code
    PAYMENT_RETURNED = "payment.returned"  # amount, currency
    PAYMENT_DISPUTED = "payment.disputed"
    PAYMENT_REVERSED = "payment.reversed"
    RULEBOOK_PUBLISHED = "rulebook.published"
    RULES_ANNOUNCED = "rules.announced"  # to one organization; the subject names the announcement
    RULES_REMINDED = "rules.reminded"
    PLANS_IMPORTED = "plans.imported"
    # Rules of automation, of the case they acted on
    AUTOMATION_RAN = "automation.ran"  # rule, name, refused: how many of its actions
    AUTOMATION_MAIL = "automation.mail"  # rule, name, to, text: somebody of the desk is to be written to
    AUTOMATION_CALL = "automation.call"  # rule, name, endpoint: another program is to be told
    # Coming back to a case
    FOLLOW_UP_SET = "follow_up.set"  # follow_up, due, note
    FOLLOW_UP_DUE = "follow_up.due"  # follow_up, note, made_by, refused: how many of its actions
    FOLLOW_UP_CANCELLED = "follow_up.cancelled"  # follow_up
    # Machine side
    MAIL_QUARANTINED = "mail.quarantined"
    WEBHOOK_DISABLED = "webhook.disabled"  # reason, host
    VERIFY_FAILED = "verify.failed"  # differences
    VERIFY_PASSED = "verify.passed"  # the first clean night after a failed one
