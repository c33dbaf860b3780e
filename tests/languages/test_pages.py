"""Each page in each language says nothing of the other. What people wrote is lorem ipsum, so the rest is Vigente's."""

import pytest
from allauth.core.ratelimit import respond_429
from django.utils import translation

from tests.languages.conftest import signed_in
from tests.languages.pages import pages
from tests.languages.reading import content, stranger, texts

READERS = [("portal", "manager"), ("portal", None), ("workspace", "owner")]
ACCOUNT = [
    "login",
    "signup",
    "logout",
    "password/reset",
    "password/reset/done",
    "inactive",
    "password/reset/key/x-y",
]
MY_ACCOUNT = ["sessions", "second-factor", "email", "password/change", "password/set", "logout", "reauthenticate",
              "2fa", "2fa/totp/activate", "2fa/webauthn", "2fa/webauthn/add", "2fa/recovery-codes/generate",
              "2fa/recovery-codes"]  # fmt: skip


def reader(world, surface, name):
    return None if name is None else getattr(world.shop if surface == "portal" else world, name)


def strangers(answers, language):
    """Lines naming an address and what it says in the other language, or to a *tú*; each text once."""
    found = {}
    for url, response in answers:
        for text in texts(content(response)):
            if word := stranger(text, language):
                found.setdefault(f"{word!r} in {text!r}", url)
    return "\n".join(f"{url}: {text}" for text, url in found.items())


@pytest.mark.once
@pytest.mark.parametrize(
    ("surface", "name", "language"),
    [(*reader, language) for reader in READERS for language in ("en", "es")]
    + [("portal", "colleague", "en"), ("workspace", "agent", "en")],
)
def test_every_page_is_whole_in_its_language(world, surface, name, language):
    client = signed_in(reader(world, surface, name), language)
    with translation.override(language):
        answers = list(pages(world, surface, client))
    assert not strangers(answers, language)
    assert sum(response.status_code == 200 for _url, response in answers) > (2 if name is None else 15)


@pytest.mark.once
@pytest.mark.parametrize("language", ["en", "es"])
def test_signing_in_and_the_account_are_whole_in_their_language(world, language):
    nobody, somebody = signed_in(None), signed_in(world.shop.manager, language)
    account = f"/{language}/account"
    answers = [(url, nobody.get(f"{account}/{url}/")) for url in ACCOUNT]
    answers += [(url, nobody.post(f"{account}/{url}/", {})) for url in ("login", "signup", "password/reset")]
    wrong = {"login": "a@b.example", "password": "x"}
    answers += [(f"login {n}", nobody.post(f"{account}/login/", wrong)) for n in range(12)]
    answers += [(url, somebody.get(f"{account}/{url}/", follow=True)) for url in MY_ACCOUNT]
    answers += [(url, somebody.post(f"{account}/{url}/", {})) for url in ("email", "password/change")]
    answers += [(url, nobody.get(f"/{language}/{url}/")) for url in ("nowhere", "held/x", "invitation/x")]
    with translation.override(language):
        answers.append(("too often", respond_429(answers[0][1].wsgi_request)))
    assert not strangers(answers, language)
