"""What the owner names and arranges: severities. Their words are everywhere at once, in the reader's language."""

import pytest

from vigente.tickets.models import SeverityLevel
from vigente.tickets.services.work import set_severity

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(shop, now):
    return shop.ticket(now)


def test_an_owner_adds_a_level_below_and_an_agent_uses_it(oscar, ana, case):
    made = oscar.post(
        "arranged_new", "severities", names_es="Baja", names_en="Low", colour="plain", place="below"
    )
    assert made.status_code == 302
    low = SeverityLevel.objects.get(level=-1)
    assert "Baja" in ana.get("severity", case.number).content.decode()
    assert ana.post("severity", case.number, severity="-1").status_code == 302
    page = ana.get("case", case.number).content.decode()
    assert "Baja" in page
    assert "puso la urgencia en baja" in page
    oscar.post(
        "arranged_row", "severities", low.pk, names_es="Cuando se pueda", names_en="Low", colour="info"
    )
    assert "Cuando se pueda" in ana.get("queue", "line").content.decode()


def test_a_retired_level_is_offered_no_more_and_stays_where_it_is(oscar, ana, agent, case, now):
    set_severity(ticket=case, severity=1, actor=agent, now=now)
    high = SeverityLevel.objects.get(level=1)
    oscar.post("arranged_retirement", "severities", high.pk)
    assert "Alta" not in ana.get("severity", case.number).content.decode()
    assert "Alta" in ana.get("queue", "line").content.decode()
    assert "Ya no se ofrecen" in oscar.get("arranged", "severities").content.decode()
    oscar.post("arranged_restoration", "severities", high.pk)
    assert "Alta" in ana.get("severity", case.number).content.decode()


def test_what_is_normal_stays_and_names_are_nobody_elses(oscar):
    normal = SeverityLevel.objects.get(level=0)
    oscar.post("arranged_retirement", "severities", normal.pk)
    assert SeverityLevel.objects.get(level=0).retired_at is None
    taken = oscar.post(
        "arranged_new", "severities", names_es="ALTA", names_en="", colour="plain", place="above"
    )
    assert taken.status_code == 422
    assert "ALTA" in taken.content.decode()
    assert (
        oscar.post("arranged_new", "severities", names_es="", colour="plain", place="above").status_code
        == 422
    )
    assert oscar.get("arranged", "nothing").status_code == 404
