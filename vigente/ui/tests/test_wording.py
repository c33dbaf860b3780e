"""Every code has its words, every refusal its next step."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from vigente.rules.reasons import Code, Reason, Release
from vigente.ui.next_steps import NEXT_STEP, RELEASES
from vigente.ui.sentences import CUSTOMER, STAFF
from vigente.ui.wording import cost_text, next_step_text, reason_sentence, reason_text, release_text

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
FIRST_OF_AUGUST = "2026-08-01T06:00:00+00:00"  # midnight in Managua
ACCEPTING = {
    Code.GRANT_PAYS, Code.UNLIMITED, Code.PACK_PAYS, Code.LEGACY_PAYS, Code.GOODWILL_PAYS, Code.ALWAYS_ACCEPTED,
    Code.PLANS_NOT_YET_REQUIRED, Code.QUOTED_APART, Code.STAFF_OVERRIDE, Code.FOLLOW_UP_SAME_PROBLEM, Code.MERGED_BACK,
}  # fmt: skip
FULL = dict.fromkeys(["until", "from", "renews", "at"], FIRST_OF_AUGUST) | {
    "left": 2, "units": 1, "source": "period", "work": "guided_session", "number": "4119", "reason": "Cliente nuevo",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _managua():
    with timezone.override("America/Managua"), translation.override("es"):
        yield


@pytest.mark.parametrize("staff", [False, True])
@pytest.mark.parametrize("params", [{}, FULL], ids=["bare", "full"])
@pytest.mark.parametrize("code", list(Code))
def test_every_code_is_a_sentence(code, params, staff):
    text = reason_text(code, params, staff=staff, now=NOW)
    assert text[0].isupper()
    assert text.rstrip()[-1] in ".?" or "Cliente nuevo" in text
    assert "%(" not in text
    assert "None" not in text
    assert "  " not in text


def test_no_sentence_is_for_a_code_that_does_not_exist():
    assert set(CUSTOMER) == set(Code)
    assert set(STAFF) <= set(Code)
    assert set(RELEASES) == set(Release)


@pytest.mark.parametrize("code", sorted(set(Code) - ACCEPTING))
def test_a_refusal_offers_the_next_step(code):
    assert next_step_text(code).endswith(".")


@pytest.mark.parametrize("code", sorted(ACCEPTING))
def test_what_was_accepted_needs_no_next_step(code):
    assert next_step_text(code) == ""
    assert code not in NEXT_STEP


@pytest.mark.parametrize("code", list(Release))
def test_every_release_has_its_statement_line(code):
    assert release_text(code.value)


def test_the_customer_is_usted():
    words = " ".join(reason_text(code, FULL, now=NOW) for code in Code).lower().split()
    assert not {"tu", "tus", "tú", "te"} & set(words)


def test_an_end_at_midnight_is_the_day_before():
    text = reason_text("grant_pays", {"left": 2, "until": FIRST_OF_AUGUST}, now=NOW)
    assert text == "Lo cubre su plan. Le quedan 2 más, hasta el 31 de julio."


def test_a_plan_ended_on_the_last_day_it_was_good_for():
    for staff in (False, True):
        assert "terminó el 31 de julio" in reason_text(
            Code.PLAN_ENDED, {"at": FIRST_OF_AUGUST}, now=NOW, staff=staff
        )


def test_the_last_case_says_so():
    text = reason_text(Code.PACK_PAYS, {"left": 0, "until": FIRST_OF_AUGUST}, now=NOW)
    assert text.endswith("Es el último que le quedaba hasta el 31 de julio.")


def test_the_next_cases_come_on_their_day():
    text = reason_text(Code.NO_CASES_LEFT, {"renews": FIRST_OF_AUGUST}, now=NOW)
    assert text == "Ya usó todos los casos de este periodo. Los próximos llegan el 1 de agosto."


def test_work_that_weighs_more_says_how_much():
    text = reason_text(Code.GRANT_PAYS, {"left": 1, "units": 2, "until": FIRST_OF_AUGUST}, now=NOW)
    assert "Este trabajo cuenta como 2 casos." in text


def test_a_stored_reason_reads_like_a_fresh_one():
    reason = Reason(Code.NO_PLAN)
    assert reason_sentence(reason.to_json()) == reason_sentence(reason)


def test_row_1_the_cost_before_the_button():
    assert cost_text(units=1, left=4) == "Este caso usará 1 de los 4 que le quedan."
    assert cost_text(units=1, left=1) == "Este caso usará 1 del que le queda."
    assert cost_text(units=1, left=None) == "Este caso no descuenta: su plan no tiene límite."
