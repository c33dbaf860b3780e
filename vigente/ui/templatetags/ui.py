"""Components as template tags. Loaded into every template; `/ui` shows each of them in every state."""

from vigente.ui.components import actions, charts, conversation, forms, layout, reasons, sorting, values
from vigente.ui.components.base import register

__all__ = ["actions", "charts", "conversation", "forms", "layout", "reasons", "register", "sorting", "values"]
