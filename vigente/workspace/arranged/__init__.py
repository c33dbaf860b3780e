"""What the owner arranges by hand: each kind with its pages' words, its form and the service that writes it."""

from collections.abc import Mapping

from vigente.workspace.arranged.base import Arranged, Group
from vigente.workspace.arranged.departments import DEPARTMENTS
from vigente.workspace.arranged.severities import SEVERITIES
from vigente.workspace.arranged.statuses import STATUSES

KINDS: Mapping[str, Arranged] = {kind.slug: kind for kind in (DEPARTMENTS, STATUSES, SEVERITIES)}

__all__ = ["KINDS", "Arranged", "Group"]
