"""The audit log is only added to: the database refuses anything else, whoever asks and by whatever road.

Only the link to the person may be cut, when a person is deleted; their deed stays.
"""

from vigente.installation.guards import Guard

_LOG = "the audit log is append-only"
AUDIT: tuple[Guard, ...] = (
    (
        "audit_no_update",
        "accounts_auditentry",
        "UPDATE",
        _LOG,
        ("kind", "subject", "label", "before", "after", "data", "address", "channel", "occurred_at"),
    ),
    ("audit_no_delete", "accounts_auditentry", "DELETE", _LOG, None),
)
