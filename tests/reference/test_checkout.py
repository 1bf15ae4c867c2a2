"""The generator, run on a copy of this checkout after a change of the code."""

import copy
import os
import shutil
import subprocess
import typing
from dataclasses import replace
from pathlib import Path

import pytest
from kaizen_schedule_cli.commands import options
from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_core import CODES
from kaizen_schedule_core.manifest.model import ManifestFile
from reference.__main__ import main
from reference.exit_codes import MEANINGS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Copy all files that are tracked or not ignored."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0"):
        if name and os.path.lexists(ROOT / name):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / name, follow_symlinks=False)
    return tmp_path


@pytest.fixture
def changed_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Change an option's help, a code's title, a field of the manifest and an exit code."""
    monkeypatch.setattr(typing.get_args(options.Host)[1], "help", "Take paths of that host.")
    monkeypatch.setitem(CODES, "KZ203", replace(CODES["KZ203"], title="invalid cadence"))
    monkeypatch.setitem(MEANINGS, Exit.USAGE, "misuse: options")
    schema = ManifestFile.model_json_schema()
    schema["$defs"]["AgentEntry"]["properties"]["label"] = {"default": "x", "title": "Label", "type": "string"}
    monkeypatch.setattr(ManifestFile, "model_json_schema", lambda: copy.deepcopy(schema))
    monkeypatch.setenv("COLUMNS", "40")


@pytest.mark.usefixtures("changed_code")
def test_a_change_of_the_code_is_reported_until_files_are_generated(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = checkout / "docs/keys.md"
    page.write_text("# Keys\n\n<!-- generated: manifest-keys -->\n<!-- end -->\n", encoding="utf-8")
    left = checkout / "docs/reference/left.md"
    shutil.copy2(checkout / "docs/reference/exit-codes.md", left)
    edited = checkout / "docs/integrations/activity-definitions/index.md"
    edited.write_text(f"{edited.read_text(encoding='utf-8')}By hand.\n", encoding="utf-8")

    assert main(["--root", str(checkout), "--check"]) == 1
    printed = capsys.readouterr()
    assert printed.err.endswith("update with: invoke generate\n")
    lines = printed.out.splitlines()
    assert any(line.startswith("-| `--host NAME` | ") for line in lines)
    assert "+| `--host NAME` | Take paths of that host. |" in lines
    assert "-## KZ203: unknown cadence { #kz203 }" in lines
    assert "+## KZ203: invalid cadence { #kz203 }" in lines
    assert "+## Exit 2: misuse { #exit-2 }" in lines
    assert any(line.startswith("+| [`agents.<name>.label`](#label) | no | string | `x` |") for line in lines)
    assert "--- .kaizen/schedule.schema.json (current)" in lines
    assert "-By hand." in lines
    assert "docs/reference/left.md: no longer generated; delete it" in lines

    assert main(["--root", str(checkout)]) == 0
    written = capsys.readouterr().out.splitlines()
    assert {"wrote docs/reference/cli.md", "wrote docs/keys.md"} <= set(written)
    assert "removed docs/reference/left.md" in written
    assert not left.exists()
    assert main(["--root", str(checkout), "--check"]) == 0
    assert capsys.readouterr().err == ""


def test_an_unknown_region_is_an_error_and_nothing_is_written(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "docs/page.md").write_text("<!-- generated: smells -->\n<!-- end -->\n", encoding="utf-8")
    left = checkout / "docs/reference/left.md"
    shutil.copy2(checkout / "docs/reference/exit-codes.md", left)
    assert main(["--root", str(checkout)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: docs/page.md:1: unknown region 'smells'; known: cadence-defaults, limits")
    assert left.exists()
