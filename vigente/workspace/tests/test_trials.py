"""Trying rules out on the page: asked for, watched, read, with every row behind its numbers."""

from datetime import timedelta
from html.parser import HTMLParser

import pytest

from vigente.billing.models import RulebookDraft
from vigente.factories import make_customer, publish
from vigente.rules.rulebook import Rulebook
from vigente.trials import services
from vigente.trials.models import Trial
from vigente.worker import clock as worker_clock
from vigente.workspace.tests.conftest import address, words

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop(now):
    """A plan of one case a month, and three requests in the first one; six weeks went by."""
    began = now - 45 * DAY
    shop = make_customer("Ferretería El Clavo", now=began, cases=1)
    for day in (1, 2, 3):
        shop.ask(began + day * DAY)
    worker_clock.run_due(now=now, long=False)
    return shop


def tried(now, months=2, direction="back", **settings):
    trial = services.start(
        draft=Rulebook(**settings), months=months, direction=direction, author=None, now=now
    )
    services.run_next(now=now)
    trial.refresh_from_db()
    assert trial.status == Trial.Status.DONE, trial.error
    return trial


def test_a_supervisor_tries_out_a_file_and_watches_it(sofia, now, shop):
    response = sofia.post("trial_new", source="toml", text="hold_days = 30", direction="back", months=3)
    trial = Trial.objects.get()
    assert response.url.endswith(f"/rules/trials/{trial.pk}/")
    assert Rulebook.from_json(trial.draft) == Rulebook(hold_days=30)
    assert "Esperando su turno · 0 %" in words(sofia.get("trial", trial.pk))
    services.run_next(now=now)
    assert (
        sofia.get("trial_progress", trial.pk, HTTP_HX_REQUEST="true")
        .headers["HX-Redirect"]
        .endswith(f"/trials/{trial.pk}/")
    )
    assert "Con estas reglas se habría decidido lo mismo sobre las 3 solicitudes." in words(
        sofia.get("trial", trial.pk)
    )


def test_a_file_that_is_wrong_is_told_line_by_line(sofia):
    response = sofia.post("trial_new", source="toml", text='hold_days = "x"', direction="back", months=3)
    assert response.status_code == 422
    assert "hold_days" in words(response)
    assert not Trial.objects.exists()


def test_a_draft_is_tried_out_by_its_name(sofia, now, oscar):
    book = Rulebook(notice_days=5)
    RulebookDraft.objects.create(name="Aviso de cinco días", data=book.to_json(), updated_at=now)
    draft = RulebookDraft.objects.get()
    assert (
        f'value="draft:{draft.pk}" selected'
        in sofia.get("trial_new", query=f"?draft={draft.pk}").content.decode()
    )
    sofia.post("trial_new", source=f"draft:{draft.pk}", text="", direction="ahead", months=1)
    assert Trial.objects.get().draft["notice_days"] == 5


def test_the_page_says_who_gets_in_and_opens_the_list_behind(sofia, now, shop):
    trial = tried(now, plans_required_from=now + DAY)
    page = words(sofia.get("trial", trial.pk))
    assert "Con estas reglas habrían entrado 2 solicitudes más, de 3." in page
    assert "Ahora entrarían 2" in page
    assert "Ferretería El Clavo 2 0" in page
    seen = words(sofia.get("trial_rows", trial.pk, "accepted"))
    assert "La existencia no coincide" in seen
    assert "No entra. Sin casos hasta el" in seen
    assert "Entra: todavía no se pide plan" in seen


def test_what_was_in_force_in_part_of_those_months_is_named_too(sofia, now, shop):
    publish(now=now - timedelta(days=30), hold_days=3)
    publish(now=now - timedelta(days=1))
    trial = tried(now, grace_days=9)
    seen = words(sofia.get("trial", trial.pk)).split("Lo que se prueba")[1]
    tried_out, _also, earlier = seen.partition("En parte de esos meses regía además otra cosa")
    assert "sigue cubriendo 9 días" in tried_out
    assert "espera" not in tried_out
    assert "espera 3 días" in earlier
    publish(now=now + timedelta(hours=1), grace_days=9)  # in force in the meantime: what was tried stays
    assert "sigue cubriendo 9 días" in words(sofia.get("trial", trial.pk)).split("Lo que se prueba")[1]
    ahead = tried(now, direction="ahead", grace_days=9)
    assert "En parte de esos meses" not in words(sofia.get("trial", ahead.pk))


def test_every_list_is_a_table_and_a_csv(sofia, now, shop):
    trial = tried(now, plans_required_from=now + DAY, discounts=[])
    for listed in trial.rows.model.List.values:
        assert sofia.get("trial_rows", trial.pk, listed).status_code == 200
        answer = sofia.get("trial_rows", trial.pk, listed, query="?format=csv")
        lines = b"".join(answer.streaming_content).decode().splitlines()
        assert len(lines) == 1 + trial.rows.filter(listed=listed).count()


def test_the_months_to_come_are_told_as_what_would_be(sofia, now, shop):
    trial = tried(now, direction="ahead", plans_required_from=now + 900 * DAY)
    page = words(sofia.get("trial", trial.pk))
    assert "solicitudes más, de" in page, page[500:1500]


def test_money_is_told_before_and_after(sofia, now):
    make_customer(now=now - 40 * DAY, hosting="vendor_cloud")
    trial = tried(now, discounts=[])
    page = words(sofia.get("trial", trial.pk))
    assert "Se habrían cobrado C$ 4,200.00 en vez de C$ 2,520.00." in page
    assert "+C$ 1,680.00" in words(sofia.get("trial_rows", trial.pk, "money"))


def test_a_trial_that_waits_can_be_cancelled(sofia, now):
    trial = services.start(draft=Rulebook(), months=1, direction="back", author=None, now=now)
    sofia.post("trial_cancellation", trial.pk)
    assert "No llegó a terminar" in words(sofia.get("trial", trial.pk))


def test_one_that_failed_says_that_nothing_was_changed(sofia, now):
    trial = services.start(draft=Rulebook(), months=1, direction="back", author=None, now=now)
    Trial.objects.filter(pk=trial.pk).update(status="failed", error="ZeroDivisionError", finished_at=now)
    page = words(sofia.get("trial", trial.pk))
    assert "La prueba falló" in page
    assert "ZeroDivisionError" not in page


def test_an_agent_sees_no_trials(ana, now):
    trial = services.start(draft=Rulebook(), months=1, direction="back", author=None, now=now)
    for name, *args in (("trials",), ("trial_new",), ("trial", trial.pk), ("trial_rows", trial.pk, "money")):
        assert ana.get(name, *args).status_code == 403


def test_the_list_shows_what_was_tried_lately(sofia, now, shop):
    assert "Todavía no se ha probado nada" in words(sofia.get("trials"))
    tried(now, notice_days=5)
    seen = words(sofia.get("trials"))
    assert "Los meses pasados · 2 meses" in seen
    assert "1 diferencia con las reglas en vigor" in seen


def test_the_sentences_of_the_rules_are_tried_out_as_they_stand(oscar):
    """The owner's form, sent to be tried instead of being published."""
    page = oscar.get("rules").content.decode()
    assert f'formaction="{address("trial_new")}"' in page
    response = oscar.post("trial_new", **form_data(page) | {"notice_days": "9"})
    assert response.status_code == 302, words(response)
    trial = Trial.objects.get()
    assert Rulebook.from_json(trial.draft) == Rulebook(notice_days=9)
    assert (trial.months, trial.direction) == (12, "back")


def test_sentences_that_cannot_be_used_say_what_is_wrong(oscar):
    data = form_data(oscar.get("rules").content.decode())
    response = oscar.post("trial_new", **data | {"notice_days": "x"})
    assert response.status_code == 422
    assert "Estas reglas no se pueden probar todavía" in words(response)


class Reader(HTMLParser):
    """What a browser would send of a form."""

    def __init__(self):
        super().__init__()
        self.sends, self.select = {}, ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, kind = given.get("name"), given.get("type")
        if tag == "input" and name and (kind not in ("checkbox", "radio", "submit") or "checked" in given):
            self.sends[name] = given.get("value", "on" if kind == "checkbox" else "")
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in given:
            self.sends[self.select] = given.get("value", "")


def form_data(page):
    """The form of the rules as it stands."""
    reader = Reader()
    reader.feed(page[page.index('class="form rulesform"') :])
    return reader.sends
