"""On a copy of this checkout, as somebody who changes the code would see it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = "packages/kaizen-schedule-core/src/kaizen_schedule_core"
CLI = "packages/kaizen-schedule-cli/src/kaizen_schedule_cli"
CHANGES = [
    (f"{CLI}/commands/options.py", 'help="Take the paths of this host."', 'help="Take paths of that host."'),
    (f"{CORE}/codes/shape.py", 'title="unknown cadence"', 'title="cadence that is none"'),
    (f"{CORE}/manifest/model.py", "    enabled: bool =", '    label: str = Field(default="x")\n    enabled: bool ='),
    (f"{CLI}/exits.py", "USAGE = 2", "USAGE = 64"),
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of all that is tracked or about to be."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0"):
        if name and os.path.lexists(ROOT / name):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / name, follow_symlinks=False)
    return tmp_path


def reference(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    sources = [str(path) for path in sorted(copy.glob("packages/*/src"))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sources), "COLUMNS": "40"}
    command = [sys.executable, "-m", "reference", *words]
    return subprocess.run(command, cwd=copy, env=environment, check=False, capture_output=True, text=True)


def test_a_change_of_the_code_is_told_until_it_is_generated(checkout: Path) -> None:
    for name, before, after in CHANGES:
        text = (checkout / name).read_text(encoding="utf-8")
        assert text.count(before) == 1, name
        (checkout / name).write_text(text.replace(before, after), encoding="utf-8")
    asking = checkout / "docs/asking.md"
    asking.write_text("# Keys\n\n<!-- generated: manifest-keys -->\n<!-- end -->\n", encoding="utf-8")
    left = checkout / "docs/reference/left.md"
    shutil.copy2(checkout / "docs/reference/exit-codes.md", left)
    edited = checkout / "docs/integrations/activity-definitions/index.md"
    edited.write_text(f"{edited.read_text(encoding='utf-8')}By hand.\n", encoding="utf-8")

    told = reference(checkout, "--check")
    assert told.returncode == 1
    assert told.stderr.endswith("mend with: invoke generate\n")
    lines = told.stdout.splitlines()
    assert "-| `--host NAME` | Take the paths of this host. |" in lines
    assert "+| `--host NAME` | Take paths of that host. |" in lines
    assert "-### KZ203: unknown cadence { #kz203 }" in lines
    assert "+### KZ203: cadence that is none { #kz203 }" in lines
    assert "+## Exit 64: wrong usage { #exit-64 }" in lines
    assert any(line.startswith("+| [`agents.<name>.label`](#label) | no | string | `x` |") for line in lines)
    assert "--- .kaizen/schedule.schema.json (as it stands)" in lines
    assert "-By hand." in lines
    assert "docs/reference/left.md: no longer generated, and still there" in lines

    mended = reference(checkout)
    assert mended.returncode == 0, mended.stderr
    assert {"wrote docs/reference/cli.md", "wrote docs/asking.md"} <= set(mended.stdout.splitlines())
    assert "removed docs/reference/left.md" in mended.stdout.splitlines()
    assert not left.exists()
    again = reference(checkout, "--check")
    assert (again.returncode, again.stderr) == (0, "")


def test_a_table_that_there_is_not_is_told_and_nothing_is_written(checkout: Path) -> None:
    (checkout / "docs/asking.md").write_text("<!-- generated: smells -->\n<!-- end -->\n", encoding="utf-8")
    done = reference(checkout)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: docs/asking.md:1: no table 'smells'; there are cadence-defaults, limits")
