"""User and password in a URL, which are sent as basic authentication and never shown."""

from base64 import b64encode
from urllib.parse import unquote, urlsplit


def basic_authorization(url: str) -> str | None:
    """Return the header `authorization` for the user and password of a URL, if it has any (RFC 7617, in UTF-8).

    Raises ValueError, without parts of the URL, if the URL is invalid or its credentials are not UTF-8.
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # its message can contain the credentials
        raise ValueError("invalid address: use the form http://127.0.0.1:8000") from None
    if parts.username is None:
        return None
    try:
        user = unquote(parts.username, errors="strict")
        password = unquote(parts.password or "", errors="strict")
        return "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")
    except UnicodeError:  # its message can contain them as well
        raise ValueError("user and password are not UTF-8: percent-encode their UTF-8 bytes") from None
