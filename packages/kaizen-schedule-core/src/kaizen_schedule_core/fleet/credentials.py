"""User and password of a URL: sent as basic authentication, and shown in no message."""

from base64 import b64encode
from urllib.parse import unquote, urlsplit


def basic_authorization(url: str) -> str | None:
    """Return the header `authorization` for the user and password of a URL, if it has any (RFC 7617, in UTF-8).

    Raises ValueError, which repeats nothing of the URL, if it cannot be read or its credentials are not UTF-8.
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # its own message may contain what is before the @
        raise ValueError("the address cannot be read; write one such as http://127.0.0.1:8000") from None
    if parts.username is None:
        return None
    try:
        user = unquote(parts.username, errors="strict")
        password = unquote(parts.password or "", errors="strict")
        return "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")
    except UnicodeError:  # its own message may contain them too
        raise ValueError("user and password are not UTF-8; write their bytes in UTF-8, each as %XX") from None
