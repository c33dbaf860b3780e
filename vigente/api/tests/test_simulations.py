"""Rules tried out over the API: asked for, waited for, read; by supervisors and owners alone."""

import pytest

from vigente.api.tests.conftest import Caller, make_token
from vigente.factories import make_user
from vigente.rules.rulebook import Rulebook
from vigente.trials import services
from vigente.trials.models import Trial

pytestmark = pytest.mark.django_db


@pytest.fixture
def sofia(db) -> Caller:
    return Caller(make_token(make_user("Sofía", role="supervisor")))


def test_a_draft_as_json_is_tried_and_its_numbers_are_read(sofia, customer, now):
    customer.ticket(now)
    made = sofia.post("/simulations", {"months": 2, "rulebook": {"notice_days": 5}})
    assert (made.status_code, made.json()["status"], made.json()["result"]) == (202, "waiting", None)
    services.run_next(now=now)
    read = sofia.get(f"/simulations/{made.json()['id']}").json()
    assert (read["status"], read["progress"], read["rulebook"]["notice_days"]) == ("done", 1.0, 5)
    assert read["result"]["before"]["requests"] == read["result"]["after"]["requests"]


def test_a_draft_as_toml_says_only_what_differs(sofia):
    made = sofia.post("/simulations", {"months": 1, "direction": "ahead", "rulebook": "hold_days = 30"})
    assert made.status_code == 202
    assert Rulebook.from_json(Trial.objects.get().draft) == Rulebook(hold_days=30)


@pytest.mark.parametrize(
    "wrong",
    [
        {"months": 0, "rulebook": {}},
        {"months": 25, "rulebook": {}},
        {"months": 1, "direction": "sideways", "rulebook": {}},
        {"months": 1},
        {"months": 1, "rulebook": {"hold_day": 3}},
        {"months": 1, "rulebook": {"hold_days": "x"}},
        {"months": 1, "rulebook": {"discounts": 7}},
        {"months": 1, "rulebook": {"discounts": [{"code": 1}]}},
        {"months": 1, "rulebook": {"favour_limits": None}},
        {"months": 1, "rulebook": {"dunning_days": 3}},
        {"months": 1, "rulebook": {"billing_zone": ["x"]}},
        {"months": 1, "rulebook": {"plans_required_from": 12}},
        {"months": 1, "rulebook": "hold_days ="},
    ],
)
def test_what_cannot_be_tried_is_refused_and_says_why(sofia, wrong):
    answer = sofia.post("/simulations", wrong)
    assert answer.status_code == 422, answer.json()
    assert not Trial.objects.exists()


def test_nobody_else_tries_or_reads(customer, now):
    trial = services.start(draft=Rulebook(), months=1, direction="back", author=None, now=now)
    for user in (customer.manager, make_user(role="agent")):
        caller = Caller(make_token(user))
        assert caller.post("/simulations", {"months": 1, "rulebook": {}}).status_code == 403
        assert caller.get(f"/simulations/{trial.pk}").status_code == 403
