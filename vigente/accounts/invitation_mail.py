"""The mail that offers a seat, in the invited person's language. It goes through the outbox like every other mail."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from vigente.accounts.models import Invitation
from vigente.installation.models import Installation


def send_invitation(invitation: Invitation, *, token: str) -> None:
    """Queue it, in the caller's transaction."""
    vendor = Installation.current()
    with translation.override(invitation.language):
        context = {
            "invitation": invitation,
            "vendor": vendor,
            "link": settings.BASE_URL + reverse("portal:invitation", args=[token]),
            "language": invitation.language,
        }
        subject = _("%(organization)s le invita al portal de soporte de %(vendor)s") % {
            "organization": " ".join(invitation.organization.name.split()),
            "vendor": vendor.vendor_name,
        }
        mail = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string("accounts/mail/invitation.txt", context),
            to=[invitation.email],
        )
        mail.attach_alternative(render_to_string("accounts/mail/invitation.html", context), "text/html")
    mail.send()
