"""Diagnostics that need more than a manifest, as transcripts of a shell.

A transcript contains commands after `$ `, their output on both streams, and `[exit N]` if N is not 0. `--regenerate`
rewrites it. `HERE` is the directory in which it ran, `SIZE` a size that depends on the name of this directory.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from kaizen_schedule_core import CODES

FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.glob("*.txt"))
COLUMNS = 80
# Codes of a manifest's text have pairs of files in the core's corpus.
MANIFEST_CODES = re.compile(r"KZ(11[0-9]|120|20[0-9]|21[02]|30[0-9]|31[0-7]|32[01])")
NOT_FOR_A_SHELL = {
    "KZ103",  # root ignores permissions: tested in test_cli_unavailable
    "KZ105",  # needs a writer at the right moment: tried in the core's test_files_reading
    "KZ331",  # needs the extra [events]: tried against a real server in tests/events
    "KZ403",  # need a hub: tried in test_cli_hub_faults
    "KZ404",
}


def played(transcript: str, here: Path) -> str:
    """The transcript as it comes out now."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    lines = []
    for command in re.findall(r"^\$ (.+)$", transcript, re.MULTILINE):
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=here,
            env={**os.environ, "PATH": path, "COLUMNS": str(COLUMNS), "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=60,
        )
        printed = re.sub(r"(?<=at least )\d+|(?<== pass --max-bytes )\d+", "SIZE", done.stdout.decode())
        lines.append(f"$ {command}\n{printed}" + f"[exit {done.returncode}]\n" * (done.returncode != 0))
    return "".join(lines).replace(str(here), "HERE")


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path, tmp_path: Path, *, regenerate: bool) -> None:
    here = tmp_path / "demo"
    here.mkdir()
    expected = path.read_text(encoding="utf-8")
    printed = played(expected, here)
    if regenerate:
        path.write_text(printed, encoding="utf-8")
    else:
        assert printed == expected
    assert f"[{path.stem.upper()}]: " in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_exit_code_matches_the_diagnostic_code(path: Path) -> None:
    code = CODES[path.stem.upper()]
    exits = re.findall(r"^\[exit (\d+)\]$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert exits == ([] if code.severity != "error" else ["4" if code.unavailable else "1"])


def test_every_code_has_a_transcript_or_a_corpus_pair() -> None:
    wanted = {code for code in CODES if not MANIFEST_CODES.fullmatch(code)} - NOT_FOR_A_SHELL
    assert {path.stem.upper() for path in TRANSCRIPTS} == wanted
