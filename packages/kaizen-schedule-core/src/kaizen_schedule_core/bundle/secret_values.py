"""Whether a value can be a secret: not a placeholder, a path, code or a word (ADR-027)."""

import re
from functools import cache, lru_cache


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a compiled pattern. Patterns are compiled at first use, because most texts need few."""
    return re.compile(pattern)


# A hostile text can contain the same value many times.
_remembered = lru_cache(maxsize=4096)
_RANDOM_LENGTH = 8
_PLACEHOLDERS = frozenset(  # words in place of a value
    """
    any bool boolean bytes char char[] double false float hash int integer json key none nil null number object str
    string text true type undefined uuid varchar void optional required empty missing unset invalid valid expired
    hidden masked redacted removed secret secrets password passwd pass pwd token tokens bearer basic digest default
    example sample dummy fake test testing foo bar baz todo tbd tba env vault file stdin prompt ask input same see
    from the a an in not must should will can your my our this that user username admin root auto generated random
    changeme change-me change_me placeholder replace replaceme insert here here-is yes no on off enabled disabled
    unknown passphrase credentials credential value values inherit read write abc123 abcd1234 xxx self config
    settings options
    """.split()  # noqa: SIM905 - easier to read than 100 strings
)
_PLACEHOLDER = (
    r"(?i)[$%#@]?[{(<\[][^\n]*|\$[a-z_]\w*\$?|\$\(.*|%[a-z_]\w*%|[^\w]*|[x*.#_-]{3,}|change[_-]?me[!0-9]{0,3}"
    r"|(?:your|my|some|the|an?|insert|enter|put|replace|change|example|dummy|fake|sample|test|todo)[ _-].*"
    r"|(?:secrets?|vault|op|ref|arn|env|file|kms|ssm|sops|gcp-sm|akv)[:.].*|process\.env\b.*|os\.(?:environ|getenv)\b.*"
)
_PLACEHOLDER_PARTS = ("{{", "...", "\u2026", "xxxx", "****", "_here", "-here", "example.com", "placeholder", "redacted")


_PATH = (
    r"(?:~|\.{1,2})?/[\w./@%-]*|[A-Za-z]:\\.*|[A-Za-z][A-Za-z0-9+.-]*://.*|[\w.-]+/[a-z][\w./-]*\.[a-z]{2,4}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}.*|(?:sha[0-9]{1,3}|md5)[:-].*"
)


@_remembered
def is_placeholder(value: str) -> bool:
    """Check whether a value stands for another one, such as ${VAR}, <token> or changeme."""
    lower = value.lower()
    if lower.strip("\"'`*_,;.:()[]{}!?=") in _PLACEHOLDERS or compiled(_PLACEHOLDER).fullmatch(value) is not None:
        return True
    return any(part in lower for part in _PLACEHOLDER_PARTS)


@_remembered
def is_code(value: str) -> bool:
    """Check whether a value is an expression: a call, an index, an attribute, or a name in several parts."""
    return (
        compiled(
            r"[A-Za-z_$]+[0-9]{0,2}(?:_[a-z]*[0-9]{0,2})*(?:(?:\.|->|::|\?\.)[A-Za-z_$]+[0-9]{0,2}(?:_[a-z]*[0-9]{0,2})*)+|[&*!]?[A-Za-z_$][\w$.:#]*[\[(].*"
        ).fullmatch(value)
        is not None
    )


@_remembered
def is_path(value: str) -> bool:
    """Check whether a value is a path, an address without a secret, a date, or a digest with its algorithm."""
    return compiled(_PATH).fullmatch(value) is not None


@_remembered
def is_mixed(value: str) -> bool:
    """Check whether a value contains letters and digits."""
    return compiled("[0-9]").search(value) is not None and compiled("[A-Za-z]").search(value) is not None


@_remembered
def is_wordish(value: str) -> bool:
    """Check whether a value consists of words, each with at most four digits, such as sha256 or cache-v2."""
    return (
        compiled(
            r"[./_-]?(?:[A-Z]?[a-z]+[0-9]{0,4}|[A-Z]+[0-9]{0,4}|v?[0-9]{1,4})(?:[./_:@-](?:[A-Z]?[a-z]+[0-9]{0,4}|[A-Z]+[0-9]{0,4}|v?[0-9]{1,4}))*"
        ).fullmatch(value)
        is not None
    )


def is_random(value: str) -> bool:
    """Check whether a value looks random: letters and digits, at least eight, and not words."""
    if len(value) < _RANDOM_LENGTH or " " in value:
        return False
    return is_mixed(value) and not is_wordish(value) and not is_placeholder(value)


def is_password(value: str) -> bool:
    """Check whether a value can be a password."""
    return not is_placeholder(value) and (is_mixed(value) or has_symbol(value))


@_remembered
def has_symbol(value: str) -> bool:
    """Check whether a value contains a symbol next to letters or digits."""
    return compiled(r"[!@#$%^&*+=?~]").search(value) is not None and compiled(r"[A-Za-z0-9]").search(value) is not None
