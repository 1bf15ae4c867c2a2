"""What never reaches a session: terminal escapes, control characters, and values that look like credentials."""

import re
from typing import NamedTuple

_ESCAPES = (  # compiled by its first use: most texts have none
    r"\x1b\][^\x07\x1b\x9c]{0,4096}(?:\x07|\x1b\\|\x9c)?"  # OSC: titles and links, to their end
    r"|(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,16}[@-~]?"  # CSI: colours and cursor
    r"|\x1b[PX^_][^\x1b]{0,4096}(?:\x1b\\)?"  # DCS, SOS, PM, APC
    r"|\x1b[ -/]{0,16}[0-~]?"
)
_DIGIT = re.compile("[0-9]")
_LETTER = re.compile("[A-Za-z]")
_DROPPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


class _Kind(NamedTuple):
    """A kind of credential: texts of which one must occur for the pattern to be tried, and the pattern.

    What is replaced is the group `secret` if the pattern has one, else the whole match. The pattern is compiled when
    it is first tried: most texts need none.
    """

    name: str
    anchors: tuple[str, ...]
    pattern: str
    flags: int


def _kind(name: str, anchors: str, pattern: str, flags: int = 0) -> _Kind:
    return _Kind(name, tuple(anchors.split()), pattern, flags)


_ANNOUNCING_WORDS = (
    r"(?:api|access|auth|account|client|secret|private|signing|encryption)[_-]?(?:key|token|secret)"
    r"|token|secret|passw(?:or)?d|pwd"
)
_PEM = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
_KINDS = (
    _kind("private-key", "-----BEGIN", rf"-----BEGIN {_PEM}[\s\S]*?(?:-----END {_PEM}|(?=-----BEGIN)|\Z)"),
    _kind("aws-key", "AKIA ASIA ABIA ACCA", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b"),
    _kind("gcp-key", "AIza", r"\bAIza[0-9A-Za-z_-]{35}"),
    _kind(
        "azure-key",
        "AccountKey SharedAccessKey",
        r"(?:AccountKey|SharedAccessKey)=(?P<secret>[A-Za-z0-9+/]{20,}={0,2})",
    ),
    _kind(
        "github-token",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
        r"\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{22,255})",
    ),
    _kind("gitlab-token", "glpat- gldt- glrt-", r"\bgl(?:pat|dt|rt)-[A-Za-z0-9_-]{20,}"),
    _kind(
        "slack-token",
        "xox xapp- hooks.slack.com",
        r"\b(?:xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,})|hooks\.slack\.com/services/(?P<secret>[A-Za-z0-9/]{20,})",
    ),
    _kind("anthropic-key", "sk-ant-", r"\bsk-ant-[A-Za-z0-9_-]{20,}"),
    _kind("openai-key", "sk-", r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}"),
    _kind(
        "stripe-key", "sk_live_ sk_test_ rk_live_ rk_test_ whsec_", r"\b(?:[sr]k_(?:live|test)_|whsec_)[A-Za-z0-9]{16,}"
    ),
    _kind("npm-token", "npm_", r"\bnpm_[A-Za-z0-9]{36}"),
    _kind("pypi-token", "pypi-", r"\bpypi-[A-Za-z0-9_-]{40,}"),
    _kind("age-key", "AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[0-9A-Z]{20,}"),
    _kind("google-client-secret", "GOCSPX-", r"\bGOCSPX-[A-Za-z0-9_-]{20,}"),
    _kind("sendgrid-key", "SG.", r"\bSG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}"),
    _kind("vault-token", "hvs. hvb.", r"\bhv[sb]\.[A-Za-z0-9_-]{20,}"),
    _kind("digitalocean-token", "dop_v1_ doo_v1_", r"\bdo[op]_v1_[a-f0-9]{32,}"),
    _kind("docker-token", "dckr_pat_", r"\bdckr_pat_[A-Za-z0-9_-]{20,}"),
    _kind("huggingface-token", "hf_", r"\bhf_[A-Za-z0-9]{30,}"),
    _kind("jwt", "eyJ", r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    _kind("url-password", "://", r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}://[^\s/:@\[]{0,256}:(?P<secret>[^\s/@\[]{1,256})@"),
    _kind("bearer-token", "earer asic", r"\b(?:[Bb]earer|[Bb]asic)[ \t]+(?P<secret>[A-Za-z0-9._~+/-]{16,}=*)"),
    _kind(
        "secret",
        "key Key KEY token Token TOKEN secret Secret SECRET passw Passw PASSW pwd PWD",
        rf"(?:{_ANNOUNCING_WORDS})[\"']?[ \t]{{0,4}}[:=][ \t]{{0,4}}[\"']?"
        r"(?P<secret>[A-Za-z0-9_+/=.~!@#$%^&*-]{12,})",
        re.IGNORECASE,
    ),
)
# What an announcing word announces is a secret only if it is no plain word: it has letters and digits.
_MIXED = frozenset({"secret", "bearer-token"})


def clean(text: str) -> str:
    """The text with line feeds as line ends, and without terminal escapes, control or direction characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x1b" in text or "\x9b" in text:
        text = re.sub(_ESCAPES, "", text)
    return _DROPPED.sub("", text)


def redact(text: str) -> tuple[str, int]:
    """The text with every value that looks like a credential replaced by `[redacted:KIND]`, and how many there were."""
    total = 0
    for kind in _KINDS:
        if any(anchor in text for anchor in kind.anchors):
            found = _Counter(kind.name)
            text = re.sub(kind.pattern, found.replace, text, flags=kind.flags)
            total += found.count
    return text, total


class _Counter:
    """Replaces the credentials of one kind, and counts them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0

    def replace(self, match: re.Match[str]) -> str:
        group: str | int = 0
        if match.groupdict().get("secret"):
            group = "secret"
        secret = match[group]
        if self.name in _MIXED and not (_DIGIT.search(secret) and _LETTER.search(secret)):
            return match[0]
        self.count += 1
        start, end = match.start(group) - match.start(), match.end(group) - match.start()
        return f"{match[0][:start]}[redacted:{self.name}]{match[0][end:]}"
