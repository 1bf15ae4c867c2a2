"""Removal of terminal escapes, control characters and values that look like credentials."""

import re
from typing import NamedTuple

_ESCAPES = (  # compiled at first use, because most texts have none
    r"\x1b\][^\x07\x1b\x9c]{0,4096}(?:\x07|\x1b\\|\x9c)?"  # OSC: titles and links
    r"|(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,16}[@-~]?"  # CSI: colours and cursor
    r"|\x1b[PX^_][^\x1b]{0,4096}(?:\x1b\\)?"  # DCS, SOS, PM, APC
    r"|\x1b[ -/]{0,16}[0-~]?"
)
_DIGIT = re.compile("[0-9]")
_LETTER = re.compile("[A-Za-z]")
# Control characters, and characters that are not shown: line separators, joiners, directions, fillers, variation
# selectors and tags (Default_Ignorable_Code_Point of Unicode 16).
_DROPPED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)


class _Kind(NamedTuple):
    """A kind of credential: its pattern, which is only searched if the text contains one of the `anchors` (words).

    If the pattern ignores case, the anchors are in lower case and ignore it too.

    The group `secret` is replaced if the pattern has one, otherwise the whole match. The pattern is compiled at first
    use, because most texts need none.
    """

    name: str
    anchors: str
    pattern: str
    flags: int = 0


_ANNOUNCING_WORDS = (
    r"(?:api|access|auth|account|client|secret|private|signing|encryption)[_-]?(?:key|token|secret)"
    r"|token|secret|passw(?:or)?d|pwd"
)
_PEM = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
_KINDS = (
    _Kind("private-key", "-----BEGIN", rf"-----BEGIN {_PEM}[\s\S]*?(?:-----END {_PEM}|(?=-----BEGIN)|\Z)"),
    _Kind("aws-key", "AKIA ASIA ABIA ACCA", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b"),
    _Kind("gcp-key", "AIza", r"\bAIza[0-9A-Za-z_-]{35}"),
    _Kind(
        "azure-key",
        "AccountKey SharedAccessKey",
        r"(?:AccountKey|SharedAccessKey)=(?P<secret>[A-Za-z0-9+/]{20,}={0,2})",
    ),
    _Kind(
        "github-token",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
        r"\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{22,255})",
    ),
    _Kind("gitlab-token", "glpat- gldt- glrt-", r"\bgl(?:pat|dt|rt)-[A-Za-z0-9_-]{20,}"),
    _Kind(
        "slack-token",
        "xox xapp- hooks.slack.com",
        r"\b(?:xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,})|hooks\.slack\.com/services/(?P<secret>[A-Za-z0-9/]{20,})",
    ),
    _Kind("anthropic-key", "sk-ant-", r"\bsk-ant-[A-Za-z0-9_-]{20,}"),
    _Kind("openai-key", "sk-", r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}"),
    _Kind(
        "stripe-key", "sk_live_ sk_test_ rk_live_ rk_test_ whsec_", r"\b(?:[sr]k_(?:live|test)_|whsec_)[A-Za-z0-9]{16,}"
    ),
    _Kind("npm-token", "npm_", r"\bnpm_[A-Za-z0-9]{36}"),
    _Kind("pypi-token", "pypi-", r"\bpypi-[A-Za-z0-9_-]{40,}"),
    _Kind("age-key", "AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[0-9A-Z]{20,}"),
    _Kind("google-client-secret", "GOCSPX-", r"\bGOCSPX-[A-Za-z0-9_-]{20,}"),
    _Kind("sendgrid-key", "SG.", r"\bSG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}"),
    _Kind("vault-token", "hvs. hvb.", r"\bhv[sb]\.[A-Za-z0-9_-]{20,}"),
    _Kind("digitalocean-token", "dop_v1_ doo_v1_", r"\bdo[op]_v1_[a-f0-9]{32,}"),
    _Kind("docker-token", "dckr_pat_", r"\bdckr_pat_[A-Za-z0-9_-]{20,}"),
    _Kind("huggingface-token", "hf_", r"\bhf_[A-Za-z0-9]{30,}"),
    _Kind("jwt", "eyJ", r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    _Kind("url-password", "://", r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}://[^\s/:@\[]{0,256}:(?P<secret>[^\s/@\[]{1,256})@"),
    _Kind(
        "bearer-token", "bearer basic", r"\b(?:bearer|basic)[ \t]+(?P<secret>[A-Za-z0-9._~+/-]{16,}=*)", re.IGNORECASE
    ),
    _Kind(
        "secret",
        "key token secret passw pwd",
        rf"(?:{_ANNOUNCING_WORDS})[\"']?[ \t]{{0,4}}[:=][ \t]{{0,4}}[\"']?"
        r"(?P<secret>[A-Za-z0-9_+/=.~!@#$%^&*-]{12,})",
        re.IGNORECASE,
    ),
)
# For these kinds, a value without digits or without letters is a word or a number, not a secret.
_MIXED = frozenset({"secret", "bearer-token"})


def clean(text: str) -> str:
    """Return the text with line feeds as line ends, and without characters that are not shown.

    These are terminal escapes, control characters, and those that only affect the characters around them.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x1b" in text or "\x9b" in text:
        text = re.sub(_ESCAPES, "", text)
    return _DROPPED.sub("", text)


def redact(text: str) -> tuple[str, int]:
    """Replace values that look like credentials by `[redacted:KIND]`; return the text and their number."""
    total = 0
    lower = text.lower()
    for kind in _KINDS:
        searched = lower if kind.flags & re.IGNORECASE else text
        if any(anchor in searched for anchor in kind.anchors.split()):
            text, count = _redact_kind(text, kind)
            total += count
    return text, total


def _redact_kind(text: str, kind: _Kind) -> tuple[str, int]:
    pieces = []
    count = done = 0
    for match in re.finditer(kind.pattern, text, kind.flags):
        group = match.lastgroup or 0  # "secret", or the whole match
        secret = match[group]
        if kind.name in _MIXED and not (_DIGIT.search(secret) and _LETTER.search(secret)):
            continue
        pieces += [text[done : match.start(group)], f"[redacted:{kind.name}]"]
        done = match.end(group)
        count += 1
    return "".join(pieces) + text[done:], count
