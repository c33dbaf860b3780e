"""Text as it is compared and searched: without accents and capitals."""

import unicodedata


def fold(text: str) -> str:
    """Lower case without accents, so that `Diseño` is `diseno`."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).lower()
