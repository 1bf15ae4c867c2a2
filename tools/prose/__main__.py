"""Check the prose of the repository: `python -m prose [FILE]...`. Without FILE, check every file that Git lists."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from proselint.checks import __register__ as builtin_checks
from proselint.config import Config
from proselint.registry import CheckRegistry
from proselint.registry.checks import Check, CheckFlags, Padding
from proselint.registry.checks.engine import Fancy
from proselint.registry.checks.types import PreferredForms
from proselint.tools import LintFile

from prose.extract import prose_of

_SUFFIXES = (".md", ".py", ".pyi", ".toml", ".yml")
_SKIPPED = re.compile(r"(?:^|/)tests/.*(?<!\.py)$|^tests/prose/")  # test data, and planted phrases
# Checks of proselint without false alarms in technical prose, and our style.
_CHECKS = ("archaism", "malapropisms", "mixed_metaphors", "nonwords", "style")
_EXCEPTION = re.compile(r"(?:#|<!--) prose-ok: \w")
_SPACE = r"(?:[^\\S\\n]+|[^\\S\\n]*\\n[^\\S\\n]*)"


def style() -> dict[str, str]:
    """Return the replacements of style.txt by their patterns. Raises ValueError for a line without an arrow."""
    found = {}
    for line in Path(__file__).with_name("style.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            pattern, arrow, replacement = line.partition(" -> ")
            if not arrow:
                raise ValueError(f"style.txt: missing arrow in {line!r}")
            found[re.sub(" ", _SPACE, rf"\b(?:{pattern})\b")] = replacement
    return found


def register() -> None:
    """Register our style with proselint, after its own checks. Call it once."""
    check = Check(
        check_type=PreferredForms(style(), Padding.RAW),
        engine=Fancy(),  # Python's re: RE2, the default, has no lookaround
        path="style",
        message="write {0}",
        flags=CheckFlags(allow_quotes=True),
    )
    CheckRegistry().register_many((*builtin_checks, check))


def problems(name: str, text: str) -> Iterator[str]:
    """Yield each problem of a file as `FILE:LINE:COLUMN: MESSAGE`, including exceptions that are not needed."""
    excepted = {number for number, line in enumerate(text.splitlines(), 1) if _EXCEPTION.search(line)}
    used = set()
    config = Config(max_errors=1000, checks=dict.fromkeys(_CHECKS, True))
    for found in LintFile(name, prose_of(name, text) or "\n").lint(config):
        line, column = found.pos
        if line in excepted:
            used.add(line)
            continue
        start, end = found.check_result.span
        words = " ".join(f"\n{text}"[start:end].split())  # proselint adds a line break before the text
        yield f'{name}:{line}:{column}: "{words}": {found.check_result.message}'
    for line in sorted(excepted - used):
        yield f"{name}:{line}:1: unused prose-ok: remove it"


def main() -> int:
    """Print the problems and their number; return 1 if there are any, or if no file was found."""
    names = sys.argv[1:]
    if not names:
        command = ["git", "ls-files", "-z"]
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
        names = [name for name in listed if name.endswith(_SUFFIXES) and not _SKIPPED.search(name)]
    register()
    found = [problem for name in names for problem in problems(name, Path(name).read_text(encoding="utf-8"))]
    print(*found, f"{len(names)} files checked, {len(found)} problems", sep="\n")
    return int(bool(found) or not names)


if __name__ == "__main__":
    sys.exit(main())
