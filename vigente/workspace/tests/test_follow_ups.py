"""An agent says on a case when to come back to it, sees it there, changes it and takes it back."""

from datetime import timedelta

import pytest

from vigente.tickets.models import FollowUp

pytestmark = pytest.mark.django_db


def test_made_seen_changed_and_taken_back(client, agent, shop, now):
    client.force_login(agent)
    ticket = shop.ticket(now)
    page = f"/es/desk/cases/{ticket.number}/"
    new = f"{page}follow-ups/new/"
    said = {
        "amount": "3",
        "unit": "60",
        "note": "Llamar a Rosa",
        "status": "on_hold",
        "cancel_on_reply": "on",
    }
    assert client.post(new, said).status_code == 302
    row = FollowUp.objects.get()
    assert (row.made_by, row.due_at - row.made_at) == (agent, timedelta(hours=3))
    assert "Llamar a Rosa" in client.get(page).content.decode()
    address = f"{page}follow-ups/{row.pk}/"
    assert "Llamar a Rosa" in client.get(address).content.decode()
    assert client.post(address, said | {"at": "2036-01-02T09:30"}).status_code == 422
    assert client.post(address, said | {"note": "Otra"}).status_code == 302
    assert FollowUp.objects.get().note == "Otra"
    assert client.post(f"{address}removal/").status_code == 302
    assert client.get(address).status_code == 404
    assert not FollowUp.objects.open().exists()


@pytest.mark.parametrize(
    "wrong", [{"amount": "", "at": ""}, {"amount": "9999", "unit": "10080"}, {"status": "closed"}]
)
def test_what_is_wrong_is_said(client, agent, shop, now, wrong):
    client.force_login(agent)
    address = f"/es/desk/cases/{shop.ticket(now).number}/follow-ups/new/"
    response = client.post(address, {"amount": "3", "unit": "60"} | wrong)
    assert response.status_code == 422
    assert not FollowUp.objects.exists()
