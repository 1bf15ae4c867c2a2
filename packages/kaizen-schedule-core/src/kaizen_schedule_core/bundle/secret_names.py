"""Secrets that follow a name, such as `password: x`, `API_KEY=x` or `--token x` (ADR-027)."""

from collections.abc import Iterator
from typing import NamedTuple

from kaizen_schedule_core.bundle.secret_values import (
    compiled,
    has_symbol,
    is_code,
    is_mixed,
    is_path,
    is_placeholder,
    is_random,
    is_wordish,
)

_PASSWORD, _KEY, _LOOSE = "password", "key", "loose"
_WORDS = (
    r"passw(?:or)?d|passphrase|passcode|passwort|kennwort|pwd|psw|pass|pw|pin(?:[ _-]?code)?"
    r"|key|token|secret(?:[ _-]?(?:value|string|text|data|base))?|credentials?|creds|cookie|codes?|otp|seed"
    r"|conn(?:ection)?[ _-]?str(?:ing)?|sas|bearer|auth|webhook[ _-]?url|mnemonic|signature|salt"
)
"""The last words of a name."""
_AFTER_WORD = (
    r"(?:[_-]?(?:data|base))?"
    r"(?:[_.-]?(?:prod|production|dev|test|testing|stage|staging|live|old|new|current|default|prd|b64|base64"
    r"|[0-9]{1,2}|v[0-9]))?(?![a-z0-9_])"
)
_LAST_WORD = f"(?P<word>{_WORDS}){_AFTER_WORD}"
_PASSWORDS = ("pass", "pw", "ps", "pin", "kenn")
"""How the words begin that name passwords: their values can consist of letters alone."""
# Short words are only names at the start of a word, or with a capital inside it.
_SHORT = frozenset({"pass", "psw", "pw", "pin", "otp", "salt", "seed", "auth", "sas"})
# Words that are also common in prose: they are only names before a colon or an equals sign.
_WORDS_OF_PROSE = frozenset({"pass", "pin", "salt", "seed", "auth", "signature", "bearer", "cookie"})
_ASSIGNED = frozenset({":", "=", ":=", "=>", "?=", "\uff1a"})
_BEFORE_KEY = (
    r"(?:api|access|account|auth|client|secret|private|signing|signature|encryption|decryption|master|deploy(?:ment)?"
    r"|storage|service|subscription|shared|license|licence|app(?:lication)?|consumer|admin|root|session|webhook|hmac|aes"
    r"|rsa|ssh|jwt|cipher|crypto|bot|user|write|read|ingest|instrumentation|integration|restricted|server|functions?"
    r"|hub|bus|cosmos|db|database|gpg|pgp|recovery|backup|unseal|seed|organi[sz]ation|project|team|sdk|rest|token|sas"
    r"|vault|wallet|certificate)[ _.-]?\Z"
)
_BEFORE_CODE = r"(?:auth|backup|recovery|pass)[ _-]?\Z"


# Quotes and marks of Markdown, JSON or JSON in JSON after a name; then what separates it from its value.
_ATTRIBUTE = r"[\w:.-]{1,30}=\"[^\"\n]{0,60}\""
_SEPARATOR = (
    r"[\"'`*\]\)}\\]{0,8}+"
    r"(?:[ \t](?:\([^()\n]{0,30}\)|(?:for|of|to|on)[ \t][\w@. -]{1,40}(?=:)))?[\"'`*]{0,3}[ \t]{0,40}+"
    r"(?:"
    r":[ \t]*+[&A-Za-z_][\w.<>\[\]?&]{0,24}+(?:[ \t]\|[ \t]\w{1,20}+)?[ \t]*+=(?!=)"  # a type: password: str = "x"
    r"|:=|=>|->|={1,3}|[:=\uff1a\u2192]|[\u2013\u2014-](?=[ \t])"
    r"|(?<=[ \t])[|](?=[^|\n]*[|])|(?<=[ \t])is(?=[ \t])|\?="
    r"|(?:(?<=\s)|[\s,])[\s,]{0,40}[\"']?[Vv]alue[\"']?[ \t]*[:=>]"  # name: DB_PASSWORD, value: x
    rf"|(?:(?<=[ \t]){_ATTRIBUTE}(?:[ \t]+{_ATTRIBUTE}){{0,4}})?>(?=[^<>\n]{{1,512}}</)"
    r"|,(?=[ \t]*[\"'])"
    r"|\{[^{}]{0,200}?\bdefault[ \t]*="
    r")[*_`]{0,3}[ \t]{0,40}"
)
_OTHER_KEYS = (
    *("cache", "hash", "public", "primary", "foreign", "sort", "partition", "object", "group", "etag", "idempot"),
    *("dedup", "row", "index", "lookup", "commit", "file", "store", "map", "unique", "natural", "composite"),
)
"""Words before `key` that make it the key of something that is not secret."""
_LONGEST = 512
_LONG_VALUE = 64
_PLAIN = r"[^\s\"'`<>]{0,512}"
_BLOCK_MARKS = frozenset("|>")
_QUOTES = frozenset("\"'`\\")
_LEAST = 4


class _Name(NamedTuple):
    """The last word of a name, and whether it names a password, a key, or perhaps a key (loose).

    `inside` is true if the word is a part of a longer name, such as DB_PASS.
    """

    start: int
    end: int
    word: str
    group: str
    inside: bool


def find_named(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the values that follow a name such as `password`, `api_key` or `DB_PASS`.

    The cheapest checks are first, because a text can consist of names.
    """
    lower = text.replace("\u0130", "I").lower()  # the only letter whose lower case is longer
    separator, space = compiled(_SEPARATOR), compiled(r"[ \t]+")
    long_space = compiled(r"[ \t]+(?=[\"'`]|[^\s\"'`<>]{8})")
    done = 0
    for found in compiled(_LAST_WORD).finditer(lower):
        at, name_end = found.span()
        if at < done:
            continue
        between = separator.match(text, name_end)
        if between is None and text[max(0, at - 1)] in "-_":
            between = space.match(text, name_end)  # an option or a variable
        between = between or long_space.match(text, name_end)
        if between is None:
            continue
        start, end, quoted = _value(text, between.end())
        if end - start < _LEAST:
            continue
        word, value = found["word"], text[start:end]
        if is_mixed(value) or _can_be_letters(word, value):
            name = _name(text, word, at, name_end)
            if name is not None and _accepted(text, name, between[0], value, end, quoted=quoted):
                yield start, end, "secret"
                done = end
        if end - start > _LONG_VALUE:
            done = end  # so that the time does not grow with the square of a long value


def _can_be_letters(word: str, value: str) -> bool:
    """Check whether a value without digits or without letters can follow a word."""
    return word.startswith(_PASSWORDS) and (word not in value.lower() or has_symbol(value))


def _name(text: str, word: str, start: int, end: int) -> _Name | None:
    """Return the name that ends with a word, or None if it is part of another word or the kind in a replacement."""
    group = _group(text, word, start)
    if group is None or _is_replacement(text, start, end):
        return None
    before = text[max(0, start - 1) : start]
    inside = before.isalnum() or before in {"_", "-", "."}
    return _Name(start, end, word, group, inside)


def _is_replacement(text: str, start: int, end: int) -> bool:
    """Check whether a name is the kind in a replaced secret."""
    return text.startswith("]", end) and text.rfind("[redacted:", max(0, start - 40), start) >= 0


def _group(text: str, word: str, at: int) -> str | None:
    """Return what the word at an index names, or None if it is a part of another word."""
    before = text[max(0, at - 20) : at]
    if word in _SHORT and before[-1:].isalpha() and not (text[at].isupper() and before[-1].islower()):
        return None
    if word.startswith("code"):
        return _KEY if compiled(_BEFORE_CODE).search(before.lower()) else None
    if word == "seed":
        return _KEY if "totp" in before.lower() else None
    if word == "auth":
        return _KEY if before.endswith("_") else _LOOSE
    if word.startswith(_PASSWORDS):
        return _PASSWORD
    if word != "key":
        return None if before.lower().endswith(("public", "publickey", "public_key")) else _KEY
    if compiled(_BEFORE_KEY).search(before.lower()):
        return _KEY
    is_part = before.endswith("_") or (text[at] == "K" and before[-1:].islower())
    return _LOOSE if is_part and not any(other in before.lower() for other in _OTHER_KEYS) else None


def _value(text: str, at: int) -> tuple[int, int, bool]:
    """Return the start and end of the value at an index, and whether it is in quotes."""
    first = text[at : at + 1]
    if first in _BLOCK_MARKS:
        block = compiled(r"[|>][+-]?[0-9]?[ \t]*\n[ \t]+").match(text, at)
        at = block.end() if block is not None else at
        first = text[at : at + 1]
    opening = compiled(r"\\{0,4}(?P<quote>[\"'`])").match(text, at) if first in _QUOTES else None
    if opening is None:
        end = compiled(_PLAIN).match(text, at).end()  # type: ignore[union-attr]  # it always matches
        return at, _without_rest(text, at, end), False
    start = opening.end()
    end = text.find(opening[0], start, start + _LONGEST)
    line_end = text.find("\n", start, start + _LONGEST)
    if end < 0 or 0 <= line_end < end:  # the quote is not closed in its line
        end = line_end if line_end >= 0 else min(start + _LONGEST, len(text))
        return start, end, False
    return start, end, True


def _without_rest(text: str, start: int, end: int) -> int:
    """Return the end of an unquoted value without the next pair of a list, and without punctuation after it."""
    value = text[start:end]
    following = None
    if ";" in value or "&" in value or "," in value:
        following = compiled(r"[;&,][A-Za-z_][\w .-]{0,40}[=:]").search(text, start, end)
    if following is not None:
        end = following.start()
    while end > start and text[end - 1] in ",;.)]}*|\\":
        end -= 1
    return end


def _accepted(text: str, name: _Name, between: str, value: str, end: int, *, quoted: bool) -> bool:
    """Check whether a value with a name is a secret, and not a placeholder, a word, code or prose."""
    if is_placeholder(value) or is_path(value):
        return False
    if not quoted and (is_code(value) or text.startswith(("(", "["), end)):
        return False
    sign = between.strip(" \t*_`\"'\\)]}")
    if name.word in _WORDS_OF_PROSE and not name.inside and sign not in _ASSIGNED:
        return False
    if not sign and text[max(0, name.start - 1)] not in "-_":  # neither an option nor a variable
        clear = quoted and name.group == _PASSWORD and is_mixed(value)
        if not (clear or is_random(value)):
            return False
    if name.group != _PASSWORD and (sign.endswith("is") or "{" in value or "$" in value):
        return False
    if name.group == _LOOSE:
        return is_random(value)
    if name.group == _KEY:
        return is_random(value) or (quoted and " " not in value and is_mixed(value) and not is_wordish(value))
    if " " in value:
        return quoted and is_mixed(value) and "{" not in value
    if is_mixed(value) or has_symbol(value):
        return not (sign in {"|", ",", "is"} and is_wordish(value))
    return sign in _ASSIGNED and _stands_alone(text, value, end, quoted=quoted)


def _stands_alone(text: str, value: str, end: int, *, quoted: bool) -> bool:
    """Check a password of letters or of digits alone: it must be all that follows the name."""
    if value.isdigit():
        return len(value) >= 6  # noqa: PLR2004
    if quoted:
        return True
    line = text.find("\n", end)
    rest = text[end : line if line >= 0 else len(text)].strip()
    return rest in {"", "\\"} and len(value) >= 6  # noqa: PLR2004
