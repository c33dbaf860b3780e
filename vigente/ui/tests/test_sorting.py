"""The order of a list as it is sent: with scripts the whole of it, without them one step."""

import pytest
from django.http import QueryDict

from vigente.ui.sorting import order_of


@pytest.mark.parametrize(
    ("sent", "order"),
    [
        ("order=3&order=1&order=2", [3, 1, 2]),
        ("order=3&order=1&order=2&move=1:up", [1, 3, 2]),
        ("order=3&order=1&order=2&move=1:down", [3, 2, 1]),
        ("order=3&order=1&move=3:up", [3, 1]),
        ("order=3&order=1&move=1:down", [3, 1]),
        ("order=3&order=1&move=1:away", [3, 1]),
        ("order=3&order=1&move=9:up", [3, 1]),
        ("order=x&order=-1&order=9999999999999999999&order=%C2%B2&order=2", [2]),
        ("move=:up", []),
    ],
)
def test_what_is_sent(sent, order):
    assert order_of(QueryDict(sent)) == order
