"""Text without accents and capitals, in Python and in SQL: `Diseño` is found by `diseno`."""

import unicodedata
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func

from vigente.rules.folding import fold

_ACCENTED = "áéíóúüñàèìòùâêîôûäëïöçãõÁÉÍÓÚÜÑÀÈÌÒÙÂÊÎÔÛÄËÏÖÇÃÕ"


class Folded(Func):
    """`fold` of a column, for small tables (organizations, people); no extension is needed."""

    function = "vigente_fold"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template=folded_sql("%(expressions)s"), **context)


def folded_sql(column: str) -> str:
    """`Folded` as PostgreSQL reads it; an index over exactly this serves it."""
    plain = "".join(unicodedata.normalize("NFKD", letter)[0] for letter in _ACCENTED)
    return f"lower(translate({column}, '{_ACCENTED}', '{plain}'))"


def teach_sqlite(connection: BaseDatabaseWrapper, **signal: object) -> None:
    """Give a new SQLite connection the function `vigente_fold`."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            "vigente_fold", 1, lambda text: None if text is None else fold(text), deterministic=True
        )
