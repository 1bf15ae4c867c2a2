"""Broken repositories: the right step fails, and no other repository is affected."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
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
ONE_AGENT = b'version: "1"\nagents: {coach: {cadence: weekly}}\n'
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
    "agent-file": ("validate", "KZ121", lambda root: write(root / "agents/agent-coach.md", b"missing frontmatter\n")),
    "memory": ("prepare", "KZ1", lambda root: write(root / ".kaizen/agents/coach/memory.md", b"\xff")),
    "metrics": ("prepare", "KZ102", lambda root: (root / ".kaizen/metrics/coach/executions.jsonl").mkdir(parents=True)),
    "memory-outside": ("prepare", "KZ104", lambda root: link(root / ".kaizen/agents/coach/memory.md", "/etc/hostname")),
    "kaizen-is-a-file": ("init", "KZ102", lambda root: folder_to_file(root / ".kaizen")),
}


def folder_to_file(path: Path) -> None:
    for inner in path.iterdir():
        inner.unlink()
    path.rmdir()
    path.write_text("a file", encoding="utf-8")


ENTRIES: list[dict[str, object]] = [
    {"slug": "bad slug", "local_path": "/x"},
    {"slug": "gone", "local_path": "/missing/at/all"},
    {"slug": "missing"},
    {"slug": "elsewhere", "host_paths": {"other": "/x"}},
    {"slug": "paused", "local_path": "paused"},
    {"slug": "same", "local_path": "/x"},
    {"slug": "same", "local_path": "/y"},
    {"slug": "off", "local_path": "/x", "kaizen_schedule_enabled": False},
]


def make(root: Path) -> dict[str, object]:
    """Make a repository and return its entry in a roster."""
    write(root / MANIFEST, ONE_AGENT)
    return {"slug": root.name, "domain": "custodian", "local_path": str(root)}


def smoke(cli: Cli, folder: Path, entries: Iterable[dict[str, object]]) -> list[str]:
    """Return the lines of a smoke test that fails."""
    roster = folder / "roster.yml"
    roster.write_text(json.dumps({"version": "1", "repos": [*entries]}), encoding="utf-8")
    ran = cli("roster", "smoke", "--roster", roster)
    assert (ran.code, ran.err) == (1, "")
    return ran.out.splitlines()


@pytest.fixture(scope="module")
def lines(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """One run over everything that is broken, with a good repository before and after."""
    folder = tmp_path_factory.mktemp("broken")
    entries = [make(folder / name) for name in ("aaa", *WAYS, "zzz")]
    write(folder / "paused" / MANIFEST, PAUSED)
    for way, (_, _, break_it) in WAYS.items():
        break_it(folder / way)
    return smoke(cli, folder, [*entries, *ENTRIES])


def rows(lines: list[str], repo: str) -> list[list[str]]:
    return [line.split()[1:] for line in lines if line.startswith(f"{repo} ")]


def failures(lines: list[str], repo: str) -> list[str]:
    return [line for line in lines if line.startswith(f"{repo}: ")]


@pytest.mark.parametrize("way", WAYS)
def test_step_fails_with_its_message(lines: list[str], way: str) -> None:
    step, expected, _ = WAYS[way]
    at = STEPS.index(step)
    assert rows(lines, way) == [[*["ok"] * at, "FAIL", *["-"] * (6 - at)]]
    [failure] = failures(lines, way)
    assert failure.startswith(f"{way}: {step}: ")
    assert expected in failure


@pytest.mark.parametrize(
    ("repo", "expected", "count"),
    [
        (f"#{len(WAYS) + 3}", "invalid-entry", 1),
        ("gone", "path-missing", 1),
        ("missing", "no-path-for-host", 1),
        ("same", "duplicate-slug", 2),
    ],
)
def test_entry_without_a_checkout_fails_its_first_step(lines: list[str], repo: str, expected: str, count: int) -> None:
    assert rows(lines, repo) == [["FAIL", *["-"] * 6]] * count
    found = failures(lines, repo)
    assert [failure.startswith(f"{repo}: init: {expected}: ") for failure in found] == [True] * count


def test_other_repositories_are_not_affected(lines: list[str]) -> None:
    assert rows(lines, "aaa") == rows(lines, "zzz") == [["ok"] * 7]
    assert rows(lines, "off") == rows(lines, "elsewhere") == rows(lines, "paused") == [["off"] * 7]
    tried = len(WAYS) + len(ENTRIES) - 1
    skipped = "3 skipped: 1 all-disabled, 1 hub-disabled, 1 no-path-for-host"
    assert lines[-1] == f"2 of {tried} repositories passed every step; {skipped}"
    assert not [line for line in lines if "kaizen-smoke-" in line], "messages contain the repository, not its copy"


def test_the_rows_of_the_others_are_the_same_byte_for_byte(cli: Cli, tmp_path: Path) -> None:
    entries = [make(tmp_path / name) for name in ("apple", "middle", "zebra")]
    write(tmp_path / "middle/.kaizen/agents/coach/memory.md", b"\xff")
    before = smoke(cli, tmp_path, entries)
    (tmp_path / "middle" / MANIFEST).write_bytes(b"agents: [")
    after = smoke(cli, tmp_path, entries)
    assert (before[0], before[1], before[3]) == (after[0], after[1], after[3])
    assert before[2] != after[2]


def test_a_repository_that_cannot_be_entered_is_reported(cli: Cli, open_folder: Path) -> None:
    for name, repos in {"warm": ["zebra"], "locked": ["shut", "zebra"]}.items():
        entries = [make(open_folder / name / repo) for repo in repos]
        (open_folder / name / "r.yml").write_text(json.dumps({"version": "1", "repos": entries}), encoding="utf-8")
    (open_folder / "locked/shut/.kaizen").chmod(0)
    ran = cli.without_privileges(
        lambda root: ["roster", "smoke", "--roster", str(root / "r.yml")],
        warm=open_folder / "warm",
        locked=open_folder / "locked",
    )
    lines = ran.out.splitlines()
    assert ran.code == 1, ran.err
    assert lines[1].split() == ["shut", "FAIL", *["-"] * 6]
    assert "ermission denied" in ran.out
    assert "Traceback" not in ran.output
