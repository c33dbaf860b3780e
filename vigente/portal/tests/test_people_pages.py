"""Personas: inviting, roles, who may spend (row 46), ending access; taking a seat; one's own data."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from vigente.accounts import services
from vigente.accounts.models import Invitation, Membership, User
from vigente.factories import make_user
from vigente.portal.tests.conftest import signed_in, words

URL = "/es/people/"
OFFER = {"name": "Nora", "email": "nora@clavo.example", "role": "member", "may_draw": "on"}


def link(email="nora@clavo.example"):
    return f"/es/invitation/{services.invitation_token(Invitation.objects.get(email=email))}/"


def test_inviting_mails_a_link_in_the_persons_language_and_lists_it(alice):
    alice.post("/es/people/invitations/", OFFER)
    assert mail.outbox[0].to == ["nora@clavo.example"]
    assert "/es/invitation/" in mail.outbox[0].body
    page = words(alice.get(URL))
    assert "Invitaciones sin respuesta" in page
    assert "nora@clavo.example" in page


def test_an_invitation_to_somebody_already_there_is_an_error_and_the_text_stays(alice, shop):
    response = alice.post("/es/people/invitations/", OFFER | {"email": shop.colleague.email})
    assert response.status_code == 422
    assert "ya es parte de la organización" in words(response)
    assert 'value="Nora"' in response.content.decode()
    assert not mail.outbox


@pytest.mark.parametrize(
    "fields",
    [{"email": ""}, {"email": "x"}, {"email": "a@b.example\x00"}, {"role": "owner"}, {"name": "n" * 121}],
)
def test_bad_input_is_an_error_beside_the_field(alice, fields):
    assert alice.post("/es/people/invitations/", OFFER | fields).status_code == 422
    assert not Invitation.objects.exists()


def test_a_newcomer_chooses_a_password_and_is_in(alice, shop, as_user):
    alice.post("/es/people/invitations/", OFFER)
    client = as_user(None)
    assert "Ferretería El Clavo le invita" in words(client.get(link()))
    weak = client.post(link(), {"name": "Nora", "password": "12345"})
    assert weak.status_code == 422
    assert 'value="Nora"' in weak.content.decode()
    client.post(link(), {"name": "Nora", "password": "una frase bien larga"})
    assert "Hola, Nora" in words(client.get("/es/"))
    assert Membership.objects.get(user__email="nora@clavo.example").organization == shop.organization


def test_a_link_is_used_once_and_says_so(alice, as_user):
    alice.post("/es/people/invitations/", OFFER)
    address = link()
    as_user(None).post(address, {"name": "Nora", "password": "una frase bien larga"})
    over = as_user(None).get(address)
    assert over.status_code == 404
    assert "Esta invitación ya no sirve" in words(over)


def test_a_link_expires(alice, as_user, clock, now):
    alice.post("/es/people/invitations/", OFFER)
    clock.move_to(now + timedelta(days=7))
    assert as_user(None).post(link(), {"name": "N", "password": "una frase bien larga"}).status_code == 404
    assert not User.objects.filter(email="nora@clavo.example").exists()


def test_somebody_with_an_account_signs_in_and_accepts(alice, other, shop):
    carla = other.colleague
    carla.set_password("su-clave-propia")
    carla.save()
    EmailAddress.objects.create(user=carla, email=carla.email, verified=True, primary=True)
    alice.post("/es/people/invitations/", OFFER | {"email": carla.email})
    address = link(carla.email)
    assert "Entre con ella" in words(signed_in(None).get(address))
    assert "Entre con ella" in words(signed_in(other.manager).get(address))
    signed_in(None).post(address, {"name": "Eva", "password": "una frase bien larga"})
    assert Membership.objects.filter(user=carla).count() == 1
    signed_in(carla).post(address)
    assert Membership.objects.filter(user=carla).count() == 2


def test_withdrawing_an_invitation(alice):
    alice.post("/es/people/invitations/", OFFER)
    alice.post(f"/es/people/invitations/{Invitation.objects.get().pk}/revocation/")
    assert "Invitaciones sin respuesta" not in words(alice.get(URL))


def test_roles_and_who_may_spend_are_changed(alice, shop):
    seat = Membership.objects.get(user=shop.colleague)
    alice.post(f"{URL}{seat.pk}/", {"role": "manager"})
    seat.refresh_from_db()
    assert (seat.role, seat.may_draw) == ("manager", False)


def test_the_last_manager_is_told_why_not(alice, shop):
    seat = Membership.objects.get(user=shop.manager)
    assert "necesita al menos un responsable" in words(alice.post(f"{URL}{seat.pk}/", {"role": "member"}))
    page = words(alice.post(f"{URL}{seat.pk}/deactivation/", follow=True))
    assert "necesita al menos un responsable" in page
    assert Membership.objects.filter(pk=seat.pk, role="manager").exists()


def test_ending_access_keeps_the_cases_with_the_company(alice, bob, shop, now):
    ticket = shop.ticket(now, user=shop.colleague)
    seat = Membership.objects.get(user=shop.colleague)
    assert "Sus casos y lo que escribió se quedan" in words(alice.get(f"{URL}{seat.pk}/"))
    alice.post(f"{URL}{seat.pk}/deactivation/")
    assert bob.get(f"/es/tickets/{ticket.number}/").status_code == 404
    assert alice.get(f"/es/tickets/{ticket.number}/").status_code == 200


def test_row_46_the_manager_says_who_spends(alice, bob, shop):
    alice.post("/es/people/spending/", {"draw_by": "approve", "approve_beyond": "0"})
    assert "Enviar a aprobación" in words(bob.get("/es/ask/"))
    alice.post("/es/people/spending/", {"draw_by": "approve", "approve_beyond": "3"})
    assert "Este caso usará 1" in words(bob.get("/es/ask/"))
    bad = alice.post("/es/people/spending/", {"draw_by": "todos", "approve_beyond": "-1"})
    assert bad.status_code == 422


def test_ones_own_data(bob, shop):
    data = {"name": "Roberto Díaz", "language": "en", "time_zone": "America/Mexico_City"}
    assert bob.post("/es/profile/", data).url == "/en/profile/"
    shop.colleague.refresh_from_db()
    assert (shop.colleague.name, shop.colleague.time_zone) == ("Roberto Díaz", "America/Mexico_City")
    assert bob.post("/es/profile/", data | {"time_zone": "Marte"}).status_code == 422


def test_nobody_makes_themselves_staff_by_a_form(bob, shop):
    extra = {"role": "owner", "is_active": "", "email": "otro@x.example"}
    bob.post("/es/profile/", {"name": "R", "language": "es", "time_zone": "America/Managua", **extra})
    shop.colleague.refresh_from_db()
    assert (shop.colleague.role, shop.colleague.is_active) == ("customer", True)
    assert shop.colleague.email != "otro@x.example"


def test_thirty_people_cost_the_queries_of_three(alice, shop, django_assert_max_num_queries):
    from vigente.factories import join

    for n in range(30):
        join(make_user(f"Persona {n}"), shop.organization)
    alice.get(URL)
    with django_assert_max_num_queries(12):
        alice.get(URL)


def test_signing_up_makes_a_customer_of_no_organization(db, settings, as_user):
    client = as_user(None)
    data = {
        "email": "nueva@x.example",
        "password1": "una frase bien larga",
        "password2": "una frase bien larga",
    }
    client.post("/en/account/signup/", data | {"role": "owner", "language": "xx"})
    user = User.objects.get(email="nueva@x.example")
    assert user.language == "en"
    assert (user.role, user.is_staff_member, Membership.objects.filter(user=user).exists()) == (
        "customer",
        False,
        False,
    )
    assert client.get("/es/tickets/").status_code == 302  # not until the address is verified


def test_guessing_passwords_is_slowed_down(alice, shop, as_user):
    from django.core.cache import cache

    cache.clear()
    shop.colleague.set_password("la-buena-clave")
    shop.colleague.save()
    client = as_user(None)
    wrong = {"login": shop.colleague.email, "password": "mala"}
    for _ in range(6):
        client.post("/es/account/login/", wrong)
    refused = client.post("/es/account/login/", wrong | {"password": "la-buena-clave"})
    cache.clear()
    assert refused.status_code in (200, 429)
    assert "_auth_user_id" not in client.session
