"""The audit log is only added to, whoever asks."""

import pytest
from django.db import IntegrityError, transaction

from vigente.accounts.audit import note
from vigente.accounts.models import AuditEntry
from vigente.accounts.models.audit import Deed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("change", [{"label": "otra"}, {"before": {"a": 1}}, {"address": "10.0.0.1"}])
def test_no_entry_is_changed_behind_its_back(now, change):
    note(Deed.SIGNED_IN, subject="user:1", now=now)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEntry.objects.update(**change)


def test_no_entry_is_deleted(now):
    note(Deed.SIGNED_IN, subject="user:1", now=now)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()
    assert AuditEntry.objects.count() == 1
