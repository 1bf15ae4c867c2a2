from __future__ import annotations

import re
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaizen_schedule_core.bundle.redaction import clean, redact

# All invented, and put together here so that no scanner takes this file for a leak.
MIXED = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC2dE3fG4hI5jK6lM7nO8pQ9"
HEX64 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
UUID = "550e8400-e29b-41d4-a716-446655440000"


def pem(kind: str) -> str:
    lines = "\n".join([MIXED] * 4)
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----"


CREDENTIALS = {
    "rsa": ("private-key", pem("RSA PRIVATE" + " KEY")),
    "openssh": ("private-key", pem("OPENSSH PRIVATE" + " KEY")),
    "ec": ("private-key", pem("EC PRIVATE" + " KEY")),
    "pkcs8": ("private-key", pem("PRIVATE" + " KEY")),
    "pkcs8-encrypted": ("private-key", pem("ENCRYPTED PRIVATE" + " KEY")),
    "pgp": ("private-key", pem("PGP PRIVATE" + " KEY BLOCK")),
    "key-in-json": ("private-key", pem("PRIVATE" + " KEY").replace("\n", "\\n")),
    "key-without-its-end": ("private-key", pem("RSA PRIVATE" + " KEY").partition("-----END")[0]),
    "aws-access-key": ("aws-key", "AKIA" + "IOSFODNN7EXAMPLE"),
    "aws-session-key": ("aws-key", "ASIA" + "IOSFODNN7EXAMPLE"),
    "gcp": ("gcp-key", "AIza" + MIXED[:35]),
    "azure-storage": ("azure-key", MIXED[:43] + MIXED[:43] + "=="),
    "github-classic": ("github-token", "ghp_" + MIXED[:36]),
    "github-oauth": ("github-token", "gho_" + MIXED[:36]),
    "github-app": ("github-token", "ghs_" + MIXED[:36]),
    "github-fine-grained": ("github-token", "github_pat_" + MIXED[:22] + "_" + MIXED[:55]),
    "gitlab": ("gitlab-token", "glpat-" + MIXED[:20]),
    "slack-bot": ("slack-token", "xoxb-" + "123456789012-1234567890123-" + MIXED[:24]),
    "slack-webhook": ("slack-token", "T0000000A/B0000000B/" + MIXED[:24]),
    "anthropic": ("anthropic-key", "sk-ant-" + "api03-" + MIXED),
    "openai": ("openai-key", "sk-" + MIXED[:48]),
    "openai-project": ("openai-key", "sk-proj-" + MIXED[:48]),
    "stripe": ("stripe-key", "sk_live_" + MIXED[:24]),
    "npm": ("npm-token", "npm_" + MIXED[:36]),
    "pypi": ("pypi-token", "pypi-" + MIXED),
    "huggingface": ("huggingface-token", "hf_" + MIXED[:34]),
    "jwt": ("jwt", "eyJ" + MIXED[:33] + ".eyJ" + MIXED[:40] + "." + MIXED[:43]),
    "url-password": ("url-password", "hunter2hunter"),
    "bearer": ("bearer-token", MIXED[:40]),
    "aws-secret": ("secret", "wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYEXAMPLEKEY"),
    "assigned": ("secret", MIXED[:32]),
    "hex-token": ("secret", HEX64[:40]),
}
AROUND = {
    "azure-storage": "DefaultEndpointsProtocol=https;AccountName=x;AccountKey={};EndpointSuffix=core.windows.net",
    "slack-webhook": "https://hooks.slack.com/services/{}",
    "url-password": "postgres://app:{}@db.internal:5432/x",
    "bearer": "curl -H 'Authorization: Bearer {}' https://x.example",
    "aws-secret": "aws_secret_access_key = {}",
    "assigned": "MY_API_KEY={}",
    "hex-token": '  "token": "{}",',
}
INNOCENT = [
    "token budget: 4096 tokens",
    "max_tokens: 4096, token_count=123456789012",
    "password: see the vault",
    "secret: none",
    "the secret of 2026 is patience",
    f"sha256: {HEX64}",
    f"sha256:{HEX64}",
    HEX64,
    f"commit {HEX64[:40]}",
    f"session {UUID}",
    f"id: {UUID}",
    "https://github.com/org/repo/blob/main/README.md#L10",
    "https://user@host.example:8443/path?x=1",
    "git@github.com:org/repo.git",
    "ssh://git@host.example:22/repo.git",
    "http://127.0.0.1:8000/repos/ and http://[::1]:8000/a@b",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI user@host",
    "api_key: ${API_KEY}",
    'token = os.environ["GITHUB_TOKEN"]',
    "the bearer of this letter, Basic authentication, bearer tokens",
    "sk-learn, task-force, risk-assessment-of-the-quarter, desk-",
    "a lock, akia, AKIA, ghp_, sk-ant-, eyJ",
    "src/kaizen_schedule_core/bundle/redaction.py:12: token",
    "2026-06-17T09:00:00Z passwd rotated, key ring tidied",
    "kaizen-agentic metrics record coach --success --session-id 2026-06-17-coach",
    "tests: 1203 passed in 12.5s; coverage: 93.4 %",
]


@pytest.mark.parametrize("name", sorted(CREDENTIALS))
def test_a_credential_is_replaced_and_the_text_around_it_kept(name: str) -> None:
    kind, secret = CREDENTIALS[name]
    around = AROUND.get(name, "found {} in the log")
    before, _, after = around.partition("{}")
    text, count = redact(f"- one\n{before}{secret}{after}\n- two\n")
    assert count == 1
    assert secret not in text
    if name == "key-without-its-end":  # nobody can say where it ends
        assert text == f"- one\n{before}[redacted:{kind}]"
    else:
        assert text == f"- one\n{before}[redacted:{kind}]{after}\n- two\n"


@pytest.mark.parametrize("name", sorted(CREDENTIALS))
@pytest.mark.parametrize(
    "hidden", ["\x1b[0m", "\x1b[38;5;196m", "\x1b]0;t\x07", "\x00", "\x08", "\x7f", "\x9b1m", "\u202e"]
)
def test_an_escape_inside_does_not_hide_a_credential(name: str, hidden: str) -> None:
    kind, secret = CREDENTIALS[name]
    middle = len(secret) // 2
    text = AROUND.get(name, "found {} here").format(secret[:middle] + hidden + secret[middle:])
    redacted, count = redact(clean(text))
    assert count == 1
    assert f"[redacted:{kind}]" in redacted
    assert secret[middle:] not in redacted


@pytest.mark.parametrize("text", INNOCENT)
def test_text_without_credentials_is_unchanged(text: str) -> None:
    assert redact(text) == (text, 0)


def test_every_occurrence_is_replaced_and_counted() -> None:
    token = CREDENTIALS["github-classic"][1]
    text, count = redact(f"{token} {token}\n{token}, {CREDENTIALS['aws-access-key'][1]}")
    github = "[redacted:github-token]"
    assert (text, count) == (f"{github} {github}\n{github}, [redacted:aws-key]", 4)


def test_the_text_between_two_keys_is_kept() -> None:
    key = CREDENTIALS["rsa"][1]
    assert redact(f"{key}\nbetween\n{key}")[0] == "[redacted:private-key]\nbetween\n[redacted:private-key]"


def test_an_unterminated_key_is_replaced_up_to_the_next_key() -> None:
    endless = CREDENTIALS["key-without-its-end"][1]
    for following in (CREDENTIALS["rsa"][1], "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"):
        text, _ = redact(f"{endless}\n{following}\n")
        assert MIXED not in text


@settings(max_examples=200)
@given(st.lists(st.sampled_from([*INNOCENT, *(secret for _, secret in CREDENTIALS.values()), "=", ":", " ", "\n"])))
def test_redaction_is_idempotent(pieces: list[str]) -> None:
    once, _ = redact(" ".join(pieces))
    assert redact(once) == (once, 0)


HOSTILE = {
    "letters": "a",
    "words-with-joints": "a_",
    "dashes": "-",
    "pem-begin": "-----BEGIN ",
    "pem-begin-key": "-----BEGIN PRIVATE" + " KEY-----",
    "pem-end": "-----BEGIN RSA PRIVATE" + " KEY-----" + "-----END ",
    "capitals": "-----BEGIN A",
    "scheme": "://",
    "scheme-and-user": "ab://cd:ef",
    "token": "token=",
    "token-chain": "token:a",
    "token-then-text": "token=.",
    "password": "api_key=a-",
    "secret-then-digits": "secret=1",
    "bearer": "Bearer a",
    "basic": "basic ",
    "jwt-head": "eyJ",
    "jwt-joints": "eyJ-",
    "jwt-two": "eyJaaaaaaaaa.",
    "jwt-behind-dashes": "-eyJaaaaaaaa",
    "sk": "sk-",
    "github": "ghp_",
    "slack": "xoxb-",
    "slack-hook": "hooks.slack.com/services/",
    "azure": "AccountKey=",
    "escape": "\x1b",
    "escape-title": "\x1b]",
    "escape-csi": "\x1b[",
    "escape-dcs": "\x1bP",
    "quotes": "token='\"",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_mebibyte_of_hostile_text_is_fast(name: str) -> None:
    piece = HOSTILE[name]
    # Smaller ones first: what is quadratic shows there, and fails before it can hang.
    for size, seconds in ((1 << 16, 0.4), (1 << 18, 0.8), (1 << 20, 2.0)):
        text = piece * (size // len(piece)) + " token="
        started = time.process_time()
        redact(clean(text))
        assert time.process_time() - started < seconds * (4 if "coverage" in sys.modules else 1)


def test_escapes_and_control_characters_are_removed() -> None:
    coloured = "\x1b[1;31mred\x1b[0m \x1b]8;;https://x\x1b\\link\x1b]8;;\x07 \x07b\x00\x08el\x7fl \x9b1mx\x1bMy\x1b(Bz"
    assert clean(coloured) == "red link bell xyz"
    assert clean("a\r\nb\rc\td\n") == "a\nb\nc\td\n"
    assert clean("right\u202eto\u2066left\ufeff") == "righttoleft"


@settings(max_examples=300)
@given(st.text(st.sampled_from("ab\n\r\t\x1b[]\\P;?m1 ~\x07\x9b\x9c\x00\u202e") | st.characters(), max_size=60))
def test_cleaning_is_idempotent_and_removes_all_escapes(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", once)


@settings(max_examples=100)
@given(st.text(st.characters(categories=["L", "N", "P", "S", "Mc", "Zs"]) | st.sampled_from("\t\n"), max_size=200))
def test_visible_text_is_unchanged(text: str) -> None:
    assert clean(text) == re.sub("[\u115f\u1160\u3164\uffa0]", "", text)  # letters that are not shown


@pytest.mark.parametrize("char", "\xad\u200b\u200d\u2028\u2029\u2060\u206a\ufe0f\U000e0041\U000e0101\u3164\u180e")
def test_a_character_that_is_not_shown_is_dropped_before_redaction(char: str) -> None:
    assert redact(clean(f"AKIA{char}ABCDEFGHIJKLMNOP")) == ("[redacted:aws-key]", 1)


@pytest.mark.parametrize(
    "line", ["Pwd=abcdef123456", "passWord: abcdef123456", "API_Key=abcdef123456", "BEARER abcdef1234567890"]
)
def test_the_case_of_an_announcing_word_does_not_matter(line: str) -> None:
    redacted, count = redact(line)
    assert count == 1
    assert "abcdef" not in redacted
