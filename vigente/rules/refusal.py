"""What a service refuses to do, as a code worded at the surface: what is wrong, and what to do now."""

from enum import StrEnum


class RefusalCode(StrEnum):
    """Every refusal. Parameters in brackets."""

    EMPTY = "empty"  # [] nothing was written
    TOO_LONG = "too_long"  # [limit]
    BAD_CHARACTERS = "bad_characters"  # [] NUL or broken text
    FILE_TOO_LARGE = "file_too_large"  # [name, limit]
    FILE_EMPTY = "file_empty"  # [name]
    TOO_MANY_FILES = "too_many_files"  # [limit]
    FILE_TYPE = "file_type"  # [name, type] programs are not kept
    FILE_KIND = "file_kind"  # [name, type] here only pictures and PDF are taken
    NOT_YOURS = "not_yours"  # [] the licence, case or person is not of this organization
    SAME_KEY_OTHER_CONTENT = "same_key_other_content"  # [] an idempotency key used again for something else
    ALREADY_SUBSCRIBED = "already_subscribed"  # [] one bought plan per licence at a time: change it instead
    NOT_SOLD = "not_sold"  # [] that version is not sold now
    WRONG_EDITION = "wrong_edition"  # [] the plan is for another edition
    NOT_ACTIVE = "not_active"  # [] the subscription is not in force
    NO_NOTICE_HERE = "no_notice_here"  # [] an included or earlier plan ends by itself
    PACK_NEEDS_PLAN = "pack_needs_plan"  # [] packs hang on a running plan (row 26)
    PACK_USED = "pack_used"  # [] a pack that was drawn on, or is older than the return time, stays
    FAVOUR_LIMIT = "favour_limit"  # [limit] this month's favours are spent: a supervisor decides (row 39)
    AWAY = "away"  # [] who is away takes no cases from the line
    NO_ADDRESS = "no_address"  # [] not an e-mail address
    COPY_OF_THE_DESK = "copy_of_the_desk"  # [] our own people watch a case instead
    COLLEAGUES_ONLY = "colleagues_only"  # [] a customer adds people of their own organization
    TOO_MANY_COPIES = "too_many_copies"  # [limit]
    CASE_LOCKED = "case_locked"  # [] the case takes no replies: ask in another one
    NOT_IN_LINE = "not_in_line"  # [] only what waits in the same line has a place to be given
    NO_DEADLINE = "no_deadline"  # [] no such promise runs: there is nothing to move
    SUPERVISOR_ONLY = "supervisor_only"  # []
    SECOND_PERSON = "second_person"  # [] somebody else decides (rows 11, 15)
    NEEDS_REASON = "needs_reason"  # []
    WRONG_STATE = "wrong_state"  # [state] it is no longer in a state that allows this
    ENOUGH_ANSWERED = "enough_answered"  # [] a case gets so many automatic replies a day and no more
    ONCE_ONLY = "once_only"  # [] an objection can be made once
    DATE_PASSED = "date_passed"  # [at] what would be announced is in force already: set a later date
    TOO_LATE = "too_late"  # [until]
    OTHER_ORGANIZATION = "other_organization"  # [] cases of two organizations are never joined
    MERGE_HIDES_DRAW = "merge_hides_draw"  # [] join them the other way round
    NOT_ENOUGH = "not_enough"  # [units, left]
    BLOCKED = "blocked"  # []
    MANAGER_ONLY = "manager_only"  # []
    NO_ORGANIZATION = "no_organization"  # [] link the person to an organization first
    WRONG_COUPON = "wrong_coupon"  # [] no discount has that code, or it does not fit this purchase
    NO_PRICE = "no_price"  # [currency] the plan has no price in that list
    CURRENCY_DIFFERS = "currency_differs"  # [currency] the payment is in another currency than what it pays
    MORE_THAN_OPEN = "more_than_open"  # [open] the amount is more than what is open
    UNPAID = "unpaid"  # [] pay what is open first
    INVALID_VALUE = "invalid_value"  # [value]
    NAME_TAKEN = "name_taken"  # [name] another one is called so
    STILL_USED = "still_used"  # [] something has it: it can be retired
    MERGE_FIELD = "merge_field"  # [problem, what] a text with a field that cannot be filled in (rules/merge)
    WEBHOOK_ADDRESS = "webhook_address"  # [why] url, scheme, credentials, host, port or private
    WEBHOOK_OFF = "webhook_off"  # [] it is switched off: switch it on first


class Refused(Exception):
    """Nothing was written. `field` names the input at fault, if one is."""

    def __init__(self, code: RefusalCode, *, field: str | None = None, **params: str | int | None) -> None:
        super().__init__(code.value)
        self.code = code
        self.field = field
        self.params = params
