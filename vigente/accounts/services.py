"""The writes about people: seats offered, taken and given up; tokens issued.

Invariant: nobody joins an organization without having read a mail sent to their address, and an organization that has a
manager keeps one. Refusals are `ValidationError` with a code and a sentence for the reader; then nothing was written.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils.translation import gettext as _

from vigente.accounts.audit import note, plain, portrait
from vigente.accounts.invitation_mail import send_invitation
from vigente.accounts.models import SCOPES, ApiToken, Invitation, Membership, Organization, User
from vigente.accounts.models.audit import Deed
from vigente.installation.clock import instant

INVITATION_DAYS = 7
OPEN_INVITATIONS_MAX = 25  # per organization: an invitation is a mail to a stranger
INVITATIONS_A_DAY_MAX = 50  # renewed, withdrawn and accepted ones too
_signer = Signer(salt="vigente.accounts.invitation")


@transaction.atomic
def invite(
    *,
    organization: Organization,
    email: str,
    role: str,
    may_draw: bool,
    invited_by: User,
    now: datetime,
    name: str = "",
    language: str = "",
) -> Invitation:
    """Offer a seat and mail the signed link, good for INVITATION_DAYS. Asking again renews it and mails again."""
    email = email.strip().lower()
    if Membership.objects.filter(organization=organization, user__email=email).exists():
        raise ValidationError(_("Esta persona ya es parte de la organización."), code="already_member")
    waiting = Invitation.objects.filter(
        organization=organization, accepted_at__isnull=True, revoked_at__isnull=True
    )
    if waiting.open_at(now).exclude(email=email).count() >= OPEN_INVITATIONS_MAX:
        raise ValidationError(
            _("Hay demasiadas invitaciones sin respuesta. Anule alguna antes de enviar otra."),
            code="too_many",
        )
    lately = Invitation.objects.filter(organization=organization, created_at__gt=now - timedelta(days=1))
    if lately.count() >= INVITATIONS_A_DAY_MAX:
        raise ValidationError(
            _("Su organización ya envió muchas invitaciones hoy. Espere a mañana para enviar otra."),
            code="too_many",
        )
    waiting.filter(email=email).update(revoked_at=now)
    invitation = Invitation.objects.create(
        organization=organization,
        email=email,
        name=name.strip(),
        role=role,
        may_draw=may_draw,
        language=language or organization.language,
        invited_by=invited_by,
        created_at=now,
        expires_at=now + timedelta(days=INVITATION_DAYS),
    )
    note(Deed.INVITATION_SENT, subject=f"invitation:{invitation.pk}", label=email, actor=invited_by, now=now,
         after={"role": role, "may_draw": may_draw}, organization=organization.pk)  # fmt: skip
    send_invitation(invitation, token=invitation_token(invitation))
    return invitation


def invitation_token(invitation: Invitation) -> str:
    """What the mailed link carries: the row's id, signed. Expiry and use are the row's own."""
    return _signer.sign(str(invitation.pk))


def invitation_from(token: str, *, now: datetime) -> Invitation | None:
    """The open invitation a link names; None for one that is forged, used, revoked or expired."""
    try:
        pk = int(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None
    invitation = Invitation.objects.select_related("organization", "invited_by").filter(pk=pk).first()
    return invitation if invitation and invitation.is_open(now) else None


def needs_sign_in(invitation: Invitation) -> User | None:
    """The owner of an established account at this address, who must sign in to accept; None if a password may be set.

    An account nobody has verified is not established: whoever reads the mailbox takes it over, with a new password.
    """
    user: User | None = User.objects.filter(email=invitation.email).first()
    if user is None or not user.has_usable_password():
        return None
    verified = EmailAddress.objects.filter(user=user, email__iexact=invitation.email, verified=True).exists()
    return user if verified and user.is_active else None


@transaction.atomic
def accept_invitation(
    *, invitation: Invitation, now: datetime, user: User | None = None, name: str = "", password: str = ""
) -> User:
    """Take the seat, once. With `user`: the signed-in owner of the address. Without: the account is made or taken over.

    ValidationError codes: `used` when somebody was faster, `other_account` for another address, `staff` for our own,
    `inactive` for an account that was shut: no invitation opens it again.
    """
    taken = Invitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now
    ).update(accepted_at=now)
    if taken != 1:
        raise ValidationError(_("Esta invitación ya se usó o venció. Pida otra."), code="used")
    owner = needs_sign_in(invitation)
    if owner is not None and (user is None or user.pk != owner.pk):
        raise ValidationError(
            _("Inicie sesión con la dirección que recibió la invitación."), code="other_account"
        )
    member = owner or _open_account(invitation, name=name, password=password, now=now)
    if not member.is_active:
        raise ValidationError(_("Esa cuenta está cerrada. Escríbanos para abrirla."), code="inactive")
    if member.is_staff_member:
        raise ValidationError(
            _("Las cuentas del equipo de soporte no entran en organizaciones."), code="staff"
        )
    Membership.objects.get_or_create(
        user=member,
        organization=invitation.organization,
        defaults={"role": invitation.role, "may_draw": invitation.may_draw},
    )
    Invitation.objects.filter(pk=invitation.pk).update(accepted_by=member)
    note(Deed.INVITATION_ACCEPTED, subject=f"user:{member.pk}", label=str(member), actor=member, now=now,
         after={"role": invitation.role}, organization=invitation.organization_id)  # fmt: skip
    return member


def _open_account(invitation: Invitation, *, name: str, password: str, now: datetime) -> User:
    user: User | None = User.objects.filter(email=invitation.email).first()
    if user is None:
        user = User(email=invitation.email, language=invitation.language, date_joined=now)
    if user.is_staff_member or not user.is_active:
        return user
    user.name = name.strip() or user.name or invitation.name
    user.set_password(password)
    user.save()
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return user


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, now: datetime) -> bool:
    """Withdraw an offer nobody took; False when it was already taken or withdrawn."""
    open_one = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True)
    if open_one.update(revoked_at=now) != 1:
        return False
    note(Deed.INVITATION_REVOKED, subject=f"invitation:{invitation.pk}", label=invitation.email, now=now,
         organization=invitation.organization_id)  # fmt: skip
    return True


@transaction.atomic
def update_membership(*, membership: Membership, role: str, may_draw: bool) -> Membership:
    """Change what somebody may do for an organization. The last manager stays one."""
    if membership.role == Membership.Role.MANAGER and role != Membership.Role.MANAGER:
        _keep_a_manager(membership)
    before = portrait(membership, ["role", "may_draw"])
    membership.role, membership.may_draw = role, may_draw
    membership.save(update_fields=["role", "may_draw"])
    note(Deed.MEMBERSHIP_CHANGED, subject=f"user:{membership.user_id}", label=str(membership.user), before=before,
         after=portrait(membership, ["role", "may_draw"]), now=instant(),
         organization=membership.organization_id)  # fmt: skip
    return membership


@transaction.atomic
def deactivate(*, membership: Membership) -> None:
    """End somebody's acting for an organization. Their cases stay with it; their account stays theirs."""
    if membership.role == Membership.Role.MANAGER:
        _keep_a_manager(membership)
    note(Deed.MEMBERSHIP_ENDED, subject=f"user:{membership.user_id}", label=str(membership.user), now=instant(),
         before=portrait(membership, ["role", "may_draw"]), organization=membership.organization_id)  # fmt: skip
    membership.delete()


def _keep_a_manager(membership: Membership) -> None:
    """Raise unless another active manager remains. Row locks, or SQLite's single writer, keep two at once apart."""
    managers = Membership.objects.select_for_update().filter(
        organization=membership.organization_id, role=Membership.Role.MANAGER, user__is_active=True
    )
    if not [other for other in managers if other.pk != membership.pk]:
        raise ValidationError(
            _("La organización necesita al menos un responsable. Nombre a otra persona primero."),
            code="last_manager",
        )


@transaction.atomic
def found_organization(*, user: User, name: str, now: datetime) -> Organization:
    """A company of somebody who acts for none yet, with them as its manager; asked again, the one they founded.

    Only for who has read a mail at their address. ValidationError codes: `unverified`, `staff`.
    """
    founder = User.objects.select_for_update().get(pk=user.pk)
    if founder.is_staff_member or not founder.is_active:
        raise ValidationError(
            _("Las cuentas del equipo de soporte no entran en organizaciones."), code="staff"
        )
    seat = founder.memberships.filter(role=Membership.Role.MANAGER).select_related("organization").first()
    if seat is not None:
        founded: Organization = seat.organization
        return founded
    if not EmailAddress.objects.filter(user=founder, verified=True).exists():
        raise ValidationError(_("Confirme primero su dirección de correo."), code="unverified")
    organization = Organization.objects.create(name=name.strip(), language=founder.language, created_at=now)
    Membership.objects.create(user=founder, organization=organization, role=Membership.Role.MANAGER)
    return organization


@transaction.atomic
def change_profile(*, user: User, name: str, language: str, time_zone: str) -> User:
    """What a person says about themselves."""
    told = ("name", "language", "time_zone")
    before = portrait(User.objects.get(pk=user.pk), told)
    user.name, user.language, user.time_zone = name, language, time_zone
    user.save(update_fields=told)
    note(Deed.PERSON_CHANGED, subject=f"user:{user.pk}", label=str(user), before=before, after=portrait(user, told),
         now=instant())  # fmt: skip
    return user


@transaction.atomic
def set_draw_policy(*, organization: Organization, draw_by: str, approve_beyond: int) -> None:
    """Who may spend the organization's cases (row 46); empty is as the vendor's rulebook says."""
    note(Deed.DRAW_POLICY_CHANGED, subject=f"organization:{organization.pk}", label=organization.name,
         before=portrait(organization, ("draw_by", "approve_beyond")), now=instant(),
         after={"draw_by": draw_by, "approve_beyond": approve_beyond})  # fmt: skip
    Organization.objects.filter(pk=organization.pk).update(draw_by=draw_by, approve_beyond=approve_beyond)
    organization.draw_by, organization.approve_beyond = draw_by, approve_beyond


@transaction.atomic
def issue_token(
    *,
    name: str,
    user: User | None,
    scopes: Iterable[str],
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """A new bearer token and its secret, which is shown this once and not kept."""
    wanted = sorted(set(scopes))
    unknown = sorted(set(wanted) - set(SCOPES))
    if unknown or not wanted:
        raise ValidationError(
            _("Alcances desconocidos: %(unknown)s. Existen: %(known)s."),
            code="unknown_scope",
            params={"unknown": ", ".join(unknown) or "—", "known": ", ".join(SCOPES)},
        )
    secret = ApiToken.new_secret()
    token = ApiToken.objects.create(
        name=name.strip() or "token",
        user=user,
        digest=ApiToken.digest_of(secret),
        prefix=secret[:12],
        scopes=wanted,
        created_at=now,
        expires_at=expires_at,
    )
    note(Deed.TOKEN_ISSUED, subject=f"token:{token.pk}", label=token.name, now=now, scopes=wanted,
         expires=plain(expires_at))  # fmt: skip
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, now: datetime) -> None:
    """It stops working at once; once."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now):
        note(Deed.TOKEN_REVOKED, subject=f"token:{token.pk}", label=token.name, now=now)
