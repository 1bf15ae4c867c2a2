"""Secrets in addresses, headers, commands and files of known formats, as a table (ADR-027)."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from kaizen_schedule_core.bundle.secret_values import compiled, is_code, is_password, is_placeholder, is_random


def _is_literal(value: str) -> bool:
    value = value.strip("\"'")
    return not is_placeholder(value) and not is_code(value)


def _is_any(_: str) -> bool:
    return True


class Context(NamedTuple):
    """A context of secrets: its pattern, which is only searched for if the text contains one of the `anchors` (words).

    Anchors are in lower case. The group `secret` is a secret if `accept` returns true for it.
    """

    kind: str
    anchors: str
    pattern: str
    accept: Callable[[str], bool]


_VALUE = r"[A-Za-z0-9._~+/|:%-]"
_QUERY = r"[?&;](?:amp;)?[A-Za-z0-9_.-]{0,40}?"
_GAP = r"\S{0,40}+[ \t]+(?:\S{1,200}+[ \t]+){0,16}?"  # the words between a command and its option
_PLAIN = r"[^\s\"']"
CONTEXTS = (
    # Addresses
    Context(
        "url-password",
        "://",
        r"://[^\s/:@\"'<>]{0,256}:(?P<secret>[^\s/\"'<>]{1,256})@(?=[A-Za-z0-9\[$.])",
        lambda value: not is_placeholder(value),
    ),
    Context("url-password", "://", r"://(?P<secret>[A-Za-z0-9_.~%-]{16,256})(?::(?:x-oauth-basic|x)?)?@", is_random),
    Context(
        "url-parameter",
        "?sig &sig ;sig signature token key secret auth code credential session sid jwt assertion sso",
        _QUERY + r"(?:sig|signature|token|key|secret|auth|code|credential|session|sid|jwt|assertion|sso)="
        r"(?P<secret>[^\s&;#\"'`<>)\]]{6,2048})",
        is_random,
    ),
    Context(
        "url-parameter",
        "pass pwd",
        _QUERY + r"(?:password|passwd|pwd|pass)=(?P<secret>[^\s&;#\"'`<>)\]]{6,2048})",
        is_password,
    ),
    # Headers
    Context(
        "bearer-token",
        "bearer basic token apikey digest negotiate ntlm",
        r"(?i:\b(?:bearer|basic|token|apikey|digest|negotiate|ntlm)[ \t]+)(?P<secret>" + _VALUE + r"{12,}=*)",
        is_random,
    ),
    Context(
        "bearer-token",
        "authorization",
        r"(?i:authorization[\"']?[ \t]*[:=,][ \t]*[\"']?(?:[a-z]{3,12}[ \t]+)?)(?P<secret>" + _VALUE + r"{8,}=*)",
        is_random,
    ),
    Context("bearer-token", "aws4-hmac", r"Signature=(?P<secret>[0-9a-f]{32,})", _is_any),
    # Commands
    Context(
        "secret",
        "mysql mariadb",
        r"\b(?:mysql|mariadb)[a-z_]*\b" + _GAP + r"-p(?P<secret>[^\s\"']{4,}|'[^'\n]+'|\"[^\"\n]+\")",
        _is_literal,
    ),
    Context("secret", "mongo", r"\bmongo[a-z]*\b" + _GAP + r"-p[ =]?[\"']?(?P<secret>[^\s\"']{4,})", _is_literal),
    Context("secret", "sshpass", r"\bsshpass[ \t]+-p[ \t]*[\"']?(?P<secret>[^\s\"']{3,})", _is_literal),
    Context("secret", "login", r"\blogin\b" + _GAP + r"-p[ =]?[\"']?(?P<secret>[^\s\"']{6,})", _is_literal),
    Context(
        "secret",
        "sqlcmd bcp zip isql",
        r"\b(?:sqlcmd|bcp|unzip|zip|isql)\b" + _GAP + r"-P[ ]?[\"']?(?P<secret>[^\s\"']{4,})",
        _is_literal,
    ),
    Context(
        "secret", "smb", r"\bsmb[a-z]+\b" + _GAP + r"-U[ ]?[\"']?[^\s%\"']{1,60}%(?P<secret>[^\s\"']{3,})", _is_literal
    ),
    Context(
        "secret",
        "curl",
        r"\bcurl\b" + _GAP + r"(?:-u|--user|-U|--proxy-user)[ =]?[\"']?[^\s:\"']{1,100}:(?P<secret>[^\s\"']{3,})",
        _is_literal,
    ),
    Context(
        "secret",
        "http",
        r"\bhttps?(?=[ \t])" + _GAP + r"(?:-a|--auth)[ =][\"']?[^\s:\"']{1,100}:(?P<secret>[^\s\"']{3,})",
        _is_literal,
    ),
    Context(
        "secret",
        "redis-cli",
        r"\bredis-cli\b" + _GAP + r"(?:-a|--pass)[ =]?[\"']?(?P<secret>[^\s\"']{4,})",
        _is_literal,
    ),
    Context("secret", "ldap", r"\bldap[a-z]+\b" + _GAP + r"-w[ ]?[\"']?(?P<secret>[^\s\"']{4,})", _is_literal),
    Context("secret", "pass:", r"(?:-pass(?:in|out)?|-k)[ =]+[\"']?pass:(?P<secret>[^\s\"']{3,})", _is_literal),
    Context(
        "secret",
        "echo",
        r"\becho[ \t]+(?:-n[ \t]+)?[\"']?(?P<secret>[^\s\"'|]{6,200})[\"']?[ \t]*"
        r"\|[^\n|]{0,80}(?:-stdin|passwd|sudo -S)",
        _is_literal,
    ),
    Context(
        "secret",
        "securestring",
        r"ConvertTo-SecureString[ \t]+(?:-String[ \t]+)?[\"'](?P<secret>[^\"'\n]{3,200})[\"']",
        _is_literal,
    ),
    # Code and files
    Context(
        "secret",
        "auth",
        r"\bauth[ \t]*=[ \t]*\([ \t]*[\"'][^\"'\n]{1,100}[\"'][ \t]*,[ \t]*[\"'](?P<secret>[^\"'\n]{3,200})[\"']",
        _is_literal,
    ),
    Context(
        "secret",
        "password",
        r"\blogin[ \t\n]+\S{1,200}[ \t\n]+(?:account[ \t\n]+\S{1,200}[ \t\n]+)?"
        r"password[ \t\n]+[\"']?(?P<secret>[^\s\"']{3,})",
        _is_literal,
    ),
    Context(  # .pgpass
        "secret",
        ":",
        r"(?m)^[^\s:#/]{1,200}:(?:[0-9]{4,5}|\*):[A-Za-z*][^\s:]{0,100}:[^\s:]{1,100}:(?P<secret>[^\s:]{4,200})$",
        _is_literal,
    ),
)
_COOKIES = r"(?i:\b(?:set-)?cookie[\"']?[ \t]*[:=][ \t]*[\"']?)(?P<pairs>[^\s;=]{1,64}=[^\n\"']{6,4096})"
_COOKIE = r"=(?P<secret>[^\s;,]{6,})"


def find_in_contexts(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the start, the end and the kind of secrets in known contexts."""
    lower = text.lower()
    for kind, anchors, pattern, accept in CONTEXTS:
        if any(anchor in lower for anchor in anchors.split()):
            for match in compiled(pattern).finditer(text):
                if accept(match["secret"]):
                    yield *match.span("secret"), kind
    if "cookie" in lower:
        yield from _find_cookies(text)


def _find_cookies(text: str) -> Iterator[tuple[int, int, str]]:
    for header in compiled(_COOKIES).finditer(text):
        for match in compiled(_COOKIE).finditer(text, *header.span("pairs")):
            if is_random(match["secret"]):
                yield *match.span("secret"), "cookie"
