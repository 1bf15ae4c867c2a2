"""Twelve ways to break a repository: the right step fails, is named, and no other repository notices."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli

STEPS = ["init", "validate", "list", "prepare", "resolve", "run", "dry-run"]


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(data)


def link(path: Path, to: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(to)


def fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


MANIFEST = ".kaizen/schedule.yml"
ONE_AGENT = 'version: "1"\nagents: {coach: {cadence: weekly}}\n'
PAUSED = b'version: "1"\nagents: {coach: {cadence: weekly, enabled: false}}\n'
WAYS: dict[str, tuple[str, str, Callable[[Path], None]]] = {
    "syntax": ("validate", "KZ115", lambda root: write(root / MANIFEST, b"agents: [")),
    "empty": ("validate", "KZ114", lambda root: write(root / MANIFEST, b"")),
    "newer": ("validate", "KZ206", lambda root: write(root / MANIFEST, b'version: "9"\n')),
    "encoding": ("validate", "KZ110", lambda root: write(root / MANIFEST, b"\xff")),
    "bomb": ("validate", "KZ113", lambda root: write(root / MANIFEST, b"[" * 100_000)),
    "fifo": ("validate", "KZ102", lambda root: fifo(root / MANIFEST)),
    "folder": ("validate", "KZ102", lambda root: folder(root / MANIFEST)),
    "loop": ("validate", "KZ104", lambda root: link(root / MANIFEST, "schedule.yml")),
    "outside": ("validate", "KZ104", lambda root: link(root / MANIFEST, "/etc/hostname")),
    "paused": ("list", "no agent is enabled", lambda root: write(root / MANIFEST, PAUSED)),
    "agent file": ("validate", "KZ121", lambda root: write(root / "agents/agent-coach.md", b"no frontmatter\n")),
    "memory": ("prepare", "KZ1", lambda root: write(root / ".kaizen/agents/coach/memory.md", b"\xff")),
    "metrics": ("prepare", "KZ241", lambda root: write(root / ".kaizen/metrics/coach/executions.jsonl", b"{}\n")),
    "memory outside": ("prepare", "KZ104", lambda root: link(root / ".kaizen/agents/coach/memory.md", "/etc/hostname")),
    "kaizen is a file": ("init", "KZ102", lambda root: folder_to_file(root / ".kaizen")),
}


def folder_to_file(path: Path) -> None:
    for inner in path.iterdir():
        inner.unlink()
    path.rmdir()
    path.write_text("a file", encoding="utf-8")


@pytest.fixture
def rows(cli: Cli, make_roster: Callable[..., Path]) -> Callable[..., tuple[int, list[str], str]]:
    def run(*entries: Path | dict[str, object]) -> tuple[int, list[str], str]:
        ran = cli("roster", "smoke", "--roster", make_roster(*entries))
        assert ran.err == ""
        return ran.code, ran.out.splitlines(), ran.out

    return run


@pytest.mark.parametrize("way", WAYS)
def test_the_right_step_fails_and_the_others_do_not_notice(
    rows: Callable[..., tuple[int, list[str], str]], make_repo: Callable[..., Path], way: str
) -> None:
    step, told, break_it = WAYS[way]
    broken = make_repo("broken")
    break_it(broken)
    code, lines, text = rows(make_repo("apple", ONE_AGENT), broken)
    at = STEPS.index(step)
    assert code == 1
    assert lines[2].split() == ["broken", *["ok"] * at, "FAIL", *["-"] * (6 - at)]
    [failure] = [line for line in lines if line.startswith("broken: ")]
    assert failure.startswith(f"broken: {step}: ")
    assert told in failure
    assert "kaizen-smoke-" not in text  # what is told names the repository, not its copy
    assert lines[1].split() == ["apple", *["ok"] * 7]
    assert lines[-1] == "1 of 2 repositories passed every step"


def test_the_rows_of_the_others_are_the_same_byte_for_byte(
    rows: Callable[..., tuple[int, list[str], str]], make_repo: Callable[..., Path]
) -> None:
    good = [make_repo("apple", ONE_AGENT), make_repo("zebra", ONE_AGENT)]
    broken = make_repo("middle")
    _, before, _ = rows(*good, broken)
    (broken / MANIFEST).write_bytes(b"agents: [")
    code, after, _ = rows(*good, broken)
    assert code == 1
    assert (before[0], before[1], before[3]) == (after[0], after[1], after[3])
    assert before[2] != after[2]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"slug": "bad slug", "local_path": "/x"}, "invalid-entry"),
        ({"slug": "gone", "local_path": "/nowhere/at/all"}, "path-missing"),
        ({"slug": "nowhere", "host_paths": {"other": "/x"}}, "no-path-for-host"),
    ],
)
def test_an_entry_that_cannot_be_tried_fails_its_first_step(
    rows: Callable[..., tuple[int, list[str], str]],
    make_repo: Callable[..., Path],
    entry: dict[str, object],
    told: str,
) -> None:
    code, lines, _ = rows(make_repo("zzz", ONE_AGENT), entry)
    assert code == 1
    assert lines[1].split()[1:] == ["FAIL", *["-"] * 6]
    assert lines[2].split() == ["zzz", *["ok"] * 7]
    assert any(f": init: {told}: " in line for line in lines)


def test_two_entries_of_one_slug_both_fail(
    rows: Callable[..., tuple[int, list[str], str]], make_repo: Callable[..., Path]
) -> None:
    first, second = make_repo("one"), make_repo("two")
    entries = [{"slug": "same", "domain": "custodian", "local_path": str(path)} for path in (first, second)]
    code, lines, text = rows(*entries)
    assert code == 1
    assert [line.split()[:2] for line in lines[1:3]] == [["same", "FAIL"]] * 2
    assert text.count("same: init: duplicate-slug: ") == 2


def test_a_repository_that_cannot_be_entered_is_told(cli: Cli, open_folder: Path) -> None:
    for name in ("warm", "locked"):
        for repo in ("shut", "zebra"):
            (open_folder / name / repo).mkdir(parents=True)
            assert cli("schedule", "init", "--target", open_folder / name / repo).code == 0
        entries = "".join(
            f"  - {{slug: {repo}, domain: custodian, local_path: {repo}}}\n" for repo in ("shut", "zebra")
        )
        (open_folder / name / "r.yml").write_text(f'version: "1"\nrepos:\n{entries}', encoding="utf-8")
    (open_folder / "locked/shut/.kaizen").chmod(0)
    ran = cli.as_nobody(
        lambda root: ["roster", "smoke", "--roster", str(root / "r.yml")],
        warm=open_folder / "warm",
        locked=open_folder / "locked",
    )
    lines = ran.out.splitlines()
    assert ran.code == 1, ran.err
    assert lines[1].split() == ["shut", "FAIL", *["-"] * 6]
    assert "ermission denied" in ran.out
    assert "Traceback" not in ran.said
