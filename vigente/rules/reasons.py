"""Why something was decided, as codes with parameters. Worded at the surface (`vigente.ui.wording`), never here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Code(StrEnum):
    """Every reason a decision can give. Parameters in brackets; instants are ISO 8601 UTC strings."""

    # Accepted
    GRANT_PAYS = "grant_pays"  # [left, until, source, units] an eligible grant pays (row 7)
    UNLIMITED = "unlimited"  # [until] the plan has no limit of cases
    PACK_PAYS = "pack_pays"  # [left, until] an extra pack pays (R6)
    LEGACY_PAYS = "legacy_pays"  # [left, until] an earlier plan pays (R11)
    GOODWILL_PAYS = "goodwill_pays"  # [left, until] a case given back pays (row 13, 15)
    ALWAYS_ACCEPTED = "always_accepted"  # [] outage, data loss, security, billing, access (row 44)
    PLANS_NOT_YET_REQUIRED = "plans_not_yet_required"  # [from] before the date the rules bind (row 30)
    QUOTED_APART = "quoted_apart"  # [] development: a quotation request, draws nothing (R9, row 36)
    STAFF_OVERRIDE = "staff_override"  # [reason] a supervisor let it in (row 15)
    FOLLOW_UP_SAME_PROBLEM = "follow_up_same_problem"  # [number] no new draw (row 10)
    MERGED_BACK = "merged_back"  # [] decided anew after an unmerge (row 12)
    # Not accepted
    NO_PLAN = "no_plan"  # [] no subscription at all (R1, row 2)
    PLAN_ENDED = "plan_ended"  # [at] it ran out
    PLAN_NOT_STARTED = "plan_not_started"  # [at] it begins later
    AWAITING_ACTIVATION = "awaiting_activation"  # [] contracted, not yet confirmed
    PAYMENT_OVERDUE = "payment_overdue"  # [] unpaid beyond the grace: paying brings it back (row 25)
    GRACE_SPENT = "grace_spent"  # [] what may be drawn before the renewal is paid is drawn (row 25)
    NO_CASES_LEFT = "no_cases_left"  # [renews] exhausted until the next allotment (R2, row 3)
    NOT_ENOUGH_UNITS = "not_enough_units"  # [units, left] this work weighs more than what is left (row 48)
    WORK_NOT_COVERED = "work_not_covered"  # [work] the plan does not cover this work (R8)
    OTHER_LICENCE_COVERED = (
        "other_licence_covered"  # [] another licence of theirs is covered, this is not (row 28)
    )
    LICENCE_UNKNOWN = "licence_unknown"  # [] no licence named, and none could serve alone
    REQUESTER_UNKNOWN = "requester_unknown"  # [] nobody we know (row 18)
    ORGANIZATION_BLOCKED = "organization_blocked"  # [] neutral towards the customer (row 40)
    DRAW_NOT_ALLOWED = "draw_not_allowed"  # [] this person may not spend cases (row 46, named)
    NEEDS_APPROVAL = "needs_approval"  # [left] a manager approves first (row 46, approve)
    PORTAL_ONLY = "portal_only"  # [] new requests are entered in the portal (R7, row 17)
    MAIL_REFUSED = "mail_refused"  # [] the address takes no new requests (row 17)
    RENEWED_CHOOSE = "renewed_choose"  # [] renewed while waiting: say which still matter (row 45)
    SPLIT_UNANSWERED = "split_unanswered"  # [] nobody agreed to the split (row 14)
    CAUGHT_AS_SPAM = "caught_as_spam"  # [] a rule of spam: a person looks at it
    CASE_IN_TRASH = "case_in_trash"  # [] it answers a case that was thrown away: a person looks at it


REFUSALS = frozenset({
    Code.PAYMENT_OVERDUE, Code.GRACE_SPENT,
    Code.NO_PLAN, Code.PLAN_ENDED, Code.PLAN_NOT_STARTED, Code.AWAITING_ACTIVATION, Code.NO_CASES_LEFT,
    Code.NOT_ENOUGH_UNITS, Code.WORK_NOT_COVERED, Code.OTHER_LICENCE_COVERED, Code.LICENCE_UNKNOWN,
    Code.REQUESTER_UNKNOWN, Code.ORGANIZATION_BLOCKED, Code.DRAW_NOT_ALLOWED, Code.NEEDS_APPROVAL, Code.PORTAL_ONLY,
    Code.MAIL_REFUSED, Code.RENEWED_CHOOSE, Code.SPLIT_UNANSWERED, Code.CASE_IN_TRASH,
    Code.CAUGHT_AS_SPAM,
})  # fmt: skip

# Held for another reason than coverage: coverage that appears does not let these in by itself.
NOT_BY_ITSELF = frozenset({
    Code.PORTAL_ONLY, Code.MAIL_REFUSED, Code.REQUESTER_UNKNOWN, Code.DRAW_NOT_ALLOWED, Code.SPLIT_UNANSWERED,
    Code.CASE_IN_TRASH, Code.CAUGHT_AS_SPAM,
})  # fmt: skip


class Release(StrEnum):
    """Why a draw was released, or a goodwill grant made. Shown on statements.

    A favour counts against its author's monthly limit (row 39).
    """

    DEVELOPMENT = "development"  # row 11
    SPAM = "spam"  # row 12
    DUPLICATE = "duplicate"  # row 12, merge
    OPENED_BY_MISTAKE = "opened_by_mistake"  # row 12
    SAME_PROBLEM = "same_problem"  # row 10
    VENDOR_FAULT = "vendor_fault"  # row 16
    DISPUTE_UPHELD = "dispute_upheld"  # row 15
    WRONG_LICENCE = "wrong_licence"  # row 47
    RECLASSIFIED_FREE = "reclassified_free"  # row 44
    LATE_RELEASE = "late_release"  # row 13
    OVERRIDE = "override"  # row 15
    OBJECTION_REFUSED = "objection_refused"  # row 11
    PACK_RETURNED = "pack_returned"  # row 26
    REFUNDED = "refunded"  # row 33
    PAYMENT_LOST = "payment_lost"  # a card dispute was lost (row 33)
    SUPERSEDED = "superseded"  # an included plan put to sleep (row 31)


class Credit(StrEnum):
    """Why a credit note was issued (rows 25, 27, 33)."""

    UNPAID = "unpaid"  # given up after `void_days`
    REFUND = "refund"  # row 33
    DISPUTE_LOST = "dispute_lost"  # row 33
    PACK_RETURNED = "pack_returned"  # row 26
    HOSTING_CHANGED = "hosting_changed"  # row 27: unused days after moving into the cloud
    MISTAKE = "mistake"  # staff correct an invoice
    ORDER_WITHDRAWN = "order_withdrawn"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code and what is needed to word it."""

    code: Code
    params: Mapping[str, str | int | None] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        return {"code": self.code.value, **({"params": dict(self.params)} if self.params else {})}

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> "Reason":
        params = data.get("params") or {}
        assert isinstance(params, Mapping)
        return cls(Code(str(data["code"])), dict(params))
