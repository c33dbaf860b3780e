"""Files of rules and plans that nobody writes by hand: refused in words, and at once."""

import time

import pytest

from vigente.billing import plans_toml, rulebook_toml
from vigente.rules.rulebook import Rulebook

ODD = ('""', '"\\u0000"', '"\\u202e"', "-1", "1e999", "9" * 30, "0x" + "f" * 5000, "1.5", "nan", "true", "[]", "[[]]",
       "[1,[2]]", "{}", "{a=1}", "2026-07-01", "2026-07-01T00:00:00", "0001-01-01T00:00:00+14:00", "07:32:00",
       '"' + "A" * 3000 + '"', "[{}]", "[{code=1}]", '[{code="a"},{code="a"}]')  # fmt: skip
BOMBS = {
    "many settings": "\n".join(f"reopen_day{i} = 1" for i in range(9000)),
    "a long name": "a" * 199_000 + "=1",
    "many discounts": "[[discounts]]\n" * 14_000,
    "a long chain": "a." * 90_000 + "b=1",
    "a long chain in a table": "x = {" + "'a' . " * 40_000 + "b=1}",
    "a long heading": "[" + "a." * 90_000 + "b]",
    "brackets": "a=" + "[" * 90_000,
    "braces": "a=" + "{a=" * 40_000,
}


def read(text):
    """As a rulebook: what it says is what is written again, or it is refused."""
    try:
        book = rulebook_toml.parse(text, base=Rulebook())
    except rulebook_toml.RulebookFileError:
        return
    assert rulebook_toml.parse(rulebook_toml.dump(book), base=Rulebook()) == book
    assert Rulebook.from_json(book.to_json()) == book


@pytest.mark.parametrize("name", [*rulebook_toml._HINTS, "nothing"])
def test_no_setting_takes_a_value_of_another_kind(name):
    for value in ODD:
        read(f"{name} = {value}")


@pytest.mark.parametrize("name", [*rulebook_toml._RULE, "nothing"])
def test_no_setting_of_a_discount_takes_a_value_of_another_kind(name):
    code = "" if name == "code" else 'code = "x"\n'
    for value in ODD:
        read(f"[[discounts]]\n{code}{name} = {value}")


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_two_seconds(name):
    began = time.process_time()
    with pytest.raises(rulebook_toml.RulebookFileError):
        rulebook_toml.parse(BOMBS[name], base=Rulebook())
    with pytest.raises(plans_toml.PlansFileError):
        plans_toml.parse(BOMBS[name])
    assert time.process_time() - began < 4
