"""Keys by which something happens once, as they are kept."""

from hashlib import sha256


def kept(key: str, *, most: int) -> str:
    """The key itself or, if it is longer than its column, its hash: two long ones never become the same."""
    return key if len(key) <= most else f"sha256:{sha256(key.encode()).hexdigest()}"
