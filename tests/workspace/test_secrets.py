"""How many invented secrets the bundle's redaction finds, and how many harmless texts it alters (ADR-027).

The samples are templates, so that no scanner takes them for a leak. `{an36}` is 36 letters and digits, `{AN16}`
capitals and digits, `{low26}` small letters and digits, `{abc34}` letters, `{hex32}` and `{HEX32}` hexadecimal
digits, `{url43}` letters, digits, hyphens and underscores, `{b64_40}` base64, `{dig10}` digits, `{uuid}` a UUID, `⏎`
a line feed. A secret is between `«` and `»`; in shaped.txt it is the whole line. The samples `in_notes` were written
before the code was tried on them.
"""

import json
import random
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from kaizen_schedule_core.bundle.redaction import redact
from kaizen_schedule_core.bundle.secret_shapes import FREE_SHAPES, SHAPES

FOLDER = Path(__file__).parent / "secret_samples"
SEEDS = 3
ALPHABETS = {
    "an": string.ascii_letters + string.digits,
    "AN": string.ascii_uppercase + string.digits,
    "low": string.ascii_lowercase + string.digits,
    "abc": string.ascii_letters,
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "url": string.ascii_letters + string.digits + "-_",
    "b64_": string.ascii_letters + string.digits + "+/",
    "dig": string.digits,
}
FIELD = re.compile(r"\{(an|AN|low|abc|hex|HEX|url|b64_|dig)([0-9]+)\}|\{uuid\}")
AROUND = ("{}", "found {} in the log", "- `{}`", "KEY={}\nnext\n")


def filled(template: str, seed: int) -> str:
    """Return a template with random values; the same seed gives the same text."""
    source = random.Random(f"{seed} {template}")  # noqa: S311 - not for cryptography

    def value(match: re.Match[str]) -> str:
        if match[1] is None:
            digits = "".join(source.choices(ALPHABETS["hex"], k=32))
            return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        text = "".join(source.choices(ALPHABETS[match[1]], k=int(match[2])))
        if match[1] != "abc" and not re.search("[0-9]", text):
            text = f"7{text[1:]}"
        return text

    return FIELD.sub(value, template).replace("{{", "{").replace("}}", "}").replace("⏎", "\n")


def templates(*names: str) -> list[str]:
    return [line for name in names for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()]


def samples() -> Iterator[tuple[str, list[str]]]:
    """Yield texts with their secrets."""
    for seed in range(SEEDS):
        for template in templates("shaped"):
            secret = filled(template, seed)
            for around in AROUND:
                yield around.replace("{}", secret), [secret]
        for template in templates("announced", "announced_in_notes"):
            text = filled(template, seed)
            yield re.sub("[«»]", "", text), re.findall("«([^»]*)»", text)


def is_found(text: str, secrets: list[str]) -> bool:
    """Check that no secret, and no eight characters of one, are left."""
    redacted = re.sub(r"\[redacted:[a-z0-9-]+\]", "", redact(text)[0])
    for secret in secrets:
        for part in re.split(r"\n|\\n|> ", secret):
            pieces = {part[start : start + 8] for start in range(max(1, len(part) - 7))}
            if part and any(piece in redacted for piece in pieces):
                return False
    return True


def test_at_least_97_percent_of_the_secrets_are_found() -> None:
    total, missed = 0, []
    for text, secrets in samples():
        total += 1
        if not is_found(text, secrets):
            missed.append(text)
    print(f"{total} texts with secrets, {len(missed)} missed")
    assert total > 3000
    assert len(missed) <= total * 0.03, missed


def test_at_most_one_percent_of_the_harmless_texts_are_altered() -> None:
    texts = [filled(template, 1) for template in templates("harmless", "harmless_in_notes")]
    altered = [(text, redact(text)[0]) for text in texts if redact(text)[0] != text]
    print(f"{len(texts)} harmless texts, {len(altered)} altered")
    assert len(texts) > 200
    assert len(altered) <= len(texts) * 0.01, altered


def test_the_table_of_shapes_is_large_and_each_shape_has_a_service() -> None:
    assert len(SHAPES) + len(FREE_SHAPES) > 200
    assert all(shape.kind and shape.prefixes and shape.service for shape in SHAPES)
    assert all(len(prefix) > 1 for shape in SHAPES for prefix in shape.prefixes.split())
    assert len(set(SHAPES)) == len(SHAPES)


# Values that betterleaks reports, and that are not secrets.
PLACEHOLDERS = {"changeme", "password", "random_password.db2.result"}


def test_what_betterleaks_finds_is_redacted(tmp_path: Path) -> None:
    texts = [text for text, _ in samples()]
    texts += [filled(template, 1) for template in templates("harmless", "harmless_in_notes")]
    folder = tmp_path / "texts"
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / f"{number}.md").write_text(text, encoding="utf-8")
    report = tmp_path / "report.json"
    program = Path(sys.executable).parent / "betterleaks"
    subprocess.run([program, folder, "--output", report, "--exit-code", "0", "--no-banner"], check=True)
    findings = json.loads(report.read_text(encoding="utf-8"))["findings"]
    print(f"betterleaks: {len(findings)} findings in {len(texts)} texts")
    assert len(findings) > 1000
    left = []
    for finding in findings:
        text = texts[int(Path(finding["location"]["path"]).stem)]
        value = finding["match"]["value"]
        if value in redact(text)[0] and value not in PLACEHOLDERS and not value.startswith("[redacted:"):
            left.append((finding["rule_id"], text))
    assert left == []
