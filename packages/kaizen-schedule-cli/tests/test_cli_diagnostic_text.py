"""Diagnostics as text (contract section 4)."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli

MISSPELT = """\
version: "1"
timezone: Europe/Berlin

agents:
  coach:
    cadence: weekley
"""
EXAMPLE = """\
error[KZ203]: unknown cadence "weekley"
  --> .kaizen/schedule.yml:6:14
   |
 6 |     cadence: weekley
   |              ^^^^^^^ did you mean "weekly"?
   |
   = allowed: daily, weekly, monthly
   = help: kaizen-agentic schedule explain KZ203
"""


def carets(text: str) -> tuple[str, str]:
    """The excerpt and the line of carets below it, both without the gutter."""
    lines = text.splitlines()
    at = next(index for index, line in enumerate(lines) if "|" in line and "^" in line)
    return lines[at - 1].split("| ", 1)[1], lines[at].split("| ", 1)[1]


def check(cli: Cli, manifest: Path, text: str) -> str:
    manifest.write_text(text, encoding="utf-8")
    return cli("schedule", "validate").out


def test_the_example_of_the_contract_exactly(cli: Cli, manifest: Path) -> None:
    manifest.write_text(MISSPELT, encoding="utf-8")
    ran = cli("schedule", "validate")
    assert ran.out == f"{EXAMPLE}\n1 manifest checked, 1 error\n"
    assert ran.err == ""


@pytest.mark.parametrize("line", ["schedule list", "schedule prepare coach"])
def test_other_commands_print_the_same_to_stderr(cli: Cli, manifest: Path, line: str) -> None:
    manifest.write_text(MISSPELT, encoding="utf-8")
    ran = cli(*line.split())
    assert (ran.code, ran.out, ran.err) == (1, "", EXAMPLE)


def test_gutter_is_as_wide_as_the_line_number(cli: Cli, manifest: Path) -> None:
    out = check(cli, manifest, MISSPELT.replace("agents:", "#\n" * 94 + "agents:"))
    assert out.startswith(
        'error[KZ203]: unknown cadence "weekley"\n'
        "    --> .kaizen/schedule.yml:100:14\n"
        "     |\n"
        " 100 |     cadence: weekley\n"
        '     |              ^^^^^^^ did you mean "weekly"?\n'
        "     |\n"
    )


def test_notes_have_their_locations(cli: Cli, manifest: Path) -> None:
    out = check(cli, manifest, MISSPELT.replace("weekley", "weekly") + "    cadence: daily\n")
    assert "--> .kaizen/schedule.yml:7:5" in out
    assert "   = .kaizen/schedule.yml:6:5: " in out


def test_unreadable_file_has_a_location_in_text(cli: Cli, manifest: Path) -> None:
    manifest.unlink()
    assert cli("schedule", "list").err == (
        "error[KZ101]: .kaizen/schedule.yml does not exist\n"
        "  --> .kaizen/schedule.yml:1:1\n"
        "   |\n"
        "   = create it with: kaizen-agentic schedule init\n"
        "   = help: kaizen-agentic schedule explain KZ101\n"
    )


@pytest.mark.parametrize(
    ("line", "lead"),
    [
        ("    cadence: weekley", 13),
        ("    {x-日本: 1, cadence: weekley}", 25),
        ('    {cadence: weekly, "z日本": 1}', 22),
    ],
)
def test_carets_are_below_the_value(cli: Cli, manifest: Path, line: str, lead: int) -> None:
    out = check(cli, manifest, f'version: "1"\nagents:\n  coach:\n{line}\n')
    shown, below = carets(out)
    assert shown == line
    assert below.startswith(" " * lead + "^")


@pytest.mark.parametrize(
    ("value", "cells"),
    [
        ("weekley", 9),
        ("日本語", 8),
        ("e\u0301te\u0301", 5),  # two combining accents
        ("ที่", 3),  # Thai vowel and tone marks have no width
        ("नि", 4),  # a Devanagari vowel sign has a width
        ("\uff57\uff49\uff44\uff45", 10),
        ("한국", 6),
    ],
    ids=["ascii", "cjk", "combining", "thai", "devanagari", "fullwidth", "hangul"],
)
def test_carets_are_as_wide_as_the_value(cli: Cli, manifest: Path, value: str, cells: int) -> None:
    out = check(cli, manifest, f'version: "1"\nagents: {{coach: {{cadence: "{value}"}}}}\n')
    _, below = carets(out)
    assert below.split(" ")[-1] == "^" * cells or below.strip().split(" ")[0] == "^" * cells


def test_wide_characters_before_the_value_move_the_carets(cli: Cli, manifest: Path) -> None:
    out = check(cli, manifest, 'version: "1"\nagents: {coach: {x-a: "日本", cadence: weekley}}\n')
    shown, below = carets(out)
    cells = len(shown[: shown.index("weekley")]) + 2  # two characters of two columns
    assert below.startswith(" " * cells + "^^^^^^^ ")
    assert ":2:38" in out  # the column counts code points


def test_tab_has_one_column(cli: Cli, manifest: Path) -> None:
    out = check(cli, manifest, 'version: "1"\nagents: {coach: {cadence:\tweekley}}\n')
    shown, below = carets(out)
    assert "\t" not in out
    assert below.index("^") == shown.index("weekley")


@pytest.mark.parametrize("before", [0, 30, 200, 5000])
@pytest.mark.parametrize("after", [0, 200, 5000])
def test_long_line_is_shown_around_the_value(cli: Cli, manifest: Path, before: int, after: int) -> None:
    text = f'agents: {{coach: {{x-a: "{"a" * before}", cadence: weekley, x-b: "{"b" * after}"}}}}'
    out = check(cli, manifest, f'version: "1"\n{text}\n')
    shown, below = carets(out)
    assert below.index("^") == shown.index("weekley")
    assert max(len(line) for line in out.splitlines()) <= 110  # the excerpt and the hint
    assert len(shown) <= 74
    assert (shown[0] == "…", shown[-1] == "…") == (before > 0, after > 100)


def test_long_value_is_shortened(cli: Cli, manifest: Path) -> None:
    out = check(cli, manifest, f'version: "1"\nagents: {{coach: {{cadence: {"w" * 3000}}}}}\n')
    assert max(len(line) for line in out.splitlines()) <= 120
    assert "…" in out.splitlines()[0]


def test_several_problems_are_sorted_and_separated_by_blank_lines(cli: Cli, manifest: Path) -> None:
    out = check(
        cli,
        manifest,
        'version: "1"\ntimezone: Europe/Berln\nagents:\n  nobody:\n    cadence: weekley\n  coach: {cron: "x"}\n',
    )
    places = [line.strip() for line in out.splitlines() if "-->" in line]
    assert places == [f"--> .kaizen/schedule.yml:{place}" for place in ("2:11", "4:3", "5:14", "6:3", "6:17")]
    assert out.count("\n\n") == 5
    assert out.endswith("\n\n1 manifest checked, 5 errors\n")


def test_only_a_non_empty_no_color_disables_colour_in_a_terminal(manifest: Path) -> None:
    manifest.write_text(MISSPELT, encoding="utf-8")
    assert "\x1b[31;1merror[KZ203]" in in_terminal(manifest.parents[1], NO_COLOR="")
    for plain in (in_terminal(manifest.parents[1], NO_COLOR="1"), in_terminal(manifest.parents[1], TERM="dumb")):
        assert "\x1b" not in plain
        assert plain.replace("\r\n", "\n").startswith(EXAMPLE)


def in_terminal(root: Path, **env: str) -> str:
    """What `schedule validate` shows on a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "kaizen_schedule_cli", "schedule", "validate"],
        cwd=root,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", **env},
    ):
        os.close(theirs)
        shown = b""
        try:
            while data := os.read(ours, 65536):
                shown += data
        except OSError:  # Linux's way to say that the other end is closed
            pass
        os.close(ours)
    return shown.decode()


def test_no_colour_into_a_pipe(cli: Cli, manifest: Path) -> None:
    manifest.write_text(MISSPELT, encoding="utf-8")
    root = manifest.parents[1]
    ran = cli.process("schedule", "validate", cwd=root, env={"NO_COLOR": "", "TERM": "xterm", "FORCE_COLOR": ""})
    assert "\x1b" not in ran.out
    assert "\x1b" not in cli.process("--help", cwd=root, env={"TERM": "xterm"}).out
