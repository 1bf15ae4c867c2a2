"""User and password of an address: how they are sent, and that no message shows a sign of them."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import unquote, urlsplit


def basic_authorization(url: str) -> str | None:
    """The value of the header `authorization` for the user and password of a URL (RFC 7617, in UTF-8); None for none.

    Raises ValueError, which repeats nothing of the URL, for one that cannot be read or whose credentials are not UTF-8.
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # its own words may show what is before the @
        raise ValueError("the address cannot be read; write one such as http://127.0.0.1:8000") from None
    if parts.username is None:
        return None
    try:
        user, password = (unquote(text, errors="strict") for text in (parts.username, parts.password or ""))
        return "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")
    except UnicodeError:  # so may these
        raise ValueError("user and password are not UTF-8; write their bytes in UTF-8, each as %XX") from None
