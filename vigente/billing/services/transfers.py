"""A transfer with its proof, as the customer sends it (row 25). Staff confirm it; nothing is paid by this alone."""

from datetime import datetime

from django.conf import settings

from vigente.accounts.models import Organization, User
from vigente.billing.models import Invoice, Order, Payment
from vigente.billing.services.payments import submit_transfer
from vigente.installation.files import PDF, SAFE_IMAGES, File, check_file, safe_name, store
from vigente.rules.refusal import RefusalCode, Refused

PROOFS = SAFE_IMAGES | {PDF, "image/heic"}


def send_proof(
    *,
    target: Order | Invoice,
    amount_minor: int,
    reference: str,
    file: File,
    user: User,
    key: str,
    now: datetime,
) -> Payment:
    """Keep the proof and put the transfer in the line of those who confirm. Once per key. A manager of theirs."""
    if not Organization.objects.managed_by(user).filter(pk=target.organization_id).exists():
        raise Refused(RefusalCode.MANAGER_ONLY)
    before = Payment.objects.filter(key=key).first()
    if before is not None:
        return before
    if isinstance(target, Invoice) and target.balance_minor == 0:
        raise Refused(RefusalCode.WRONG_STATE, state="paid")
    check_file(file, max_bytes=settings.TRANSFER_PROOF_MAX_BYTES, field="proof", types=PROOFS)
    return submit_transfer(
        organization=target.organization,
        amount_minor=amount_minor,
        currency=target.currency,
        reference=reference,
        user=user,
        key=key,
        order=target if isinstance(target, Order) else None,
        invoice=target if isinstance(target, Invoice) else None,
        proof=store(file.content),
        proof_name=safe_name(file.filename),
        now=now,
    )
