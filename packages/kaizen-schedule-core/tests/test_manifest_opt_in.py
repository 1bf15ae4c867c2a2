"""Opting in, the schema file, and the discovery of manifests."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from kaizen_schedule_core import MANIFEST_PATH, Diagnostic, RepositoryAgents, check_manifest, manifest_schema
from kaizen_schedule_core.manifest.discovery import find_manifests
from kaizen_schedule_core.manifest.opt_in import check_schema_file, opt_in
from kaizen_schedule_core.manifest.scaffold import SCAFFOLD, schema_text, sidecar_files
from kaizen_schedule_core.repo.paths import SCHEMA_PATH

Refusal = Callable[[Callable[[], object]], Diagnostic]
Tree = Callable[[Path], dict[str, bytes]]
FILES = (".kaizen/.gitattributes", ".kaizen/.gitignore", ".kaizen/schedule.schema.json", ".kaizen/schedule.yml")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    return folder


def test_the_scaffold_is_valid_and_has_the_values_of_the_contract() -> None:
    checked = check_manifest(SCAFFOLD.encode(), file="x", agents=RepositoryAgents(None))
    assert checked.diagnostics == ()
    assert checked.manifest is not None
    assert checked.document.value == {
        "version": "1",
        "timezone": "Europe/Berlin",
        "agents": {
            "coach": {"cadence": "weekly", "cron": "0 9 * * 1", "enabled": True},
            "optimization": {"cadence": "weekly", "cron": "0 10 * * 1", "enabled": True},
            "tdd-workflow": {"cadence": "monthly", "enabled": False},
        },
    }


def test_the_scaffold_has_block_style_comments_and_a_schema() -> None:
    lines = SCAFFOLD.splitlines()
    assert lines[0] == "# yaml-language-server: $schema=schedule.schema.json"
    assert not [line for line in lines if "{" in line.split("#")[0]]
    assert len([line for line in lines if line.lstrip().startswith("#")]) >= 5


@pytest.mark.parametrize("name", ["schedule.yaml", "schedule.YML", "Schedule.yaml"])
@pytest.mark.parametrize("replace", [False, True])
def test_a_manifest_with_another_spelling_of_its_name_is_not_joined_by_a_second(
    root: Path, tree: Tree, refusal: Refusal, name: str, *, replace: bool
) -> None:
    (root / ".kaizen").mkdir()
    (root / ".kaizen" / name).write_text(SCAFFOLD)
    before = tree(root)
    problem = refusal(lambda: opt_in(str(root), replace=replace))
    assert (problem.code, problem.hint) == ("KZ326", "rename it to schedule.yml")
    assert problem.message == f"{root}/.kaizen/{name} exists, but is not read; nothing was written"
    assert tree(root) == before
    (root / MANIFEST_PATH).write_text(SCAFFOLD)
    assert opt_in(str(root), replace=True).replaced == (MANIFEST_PATH,)


def test_opt_in_writes_exactly_four_files(root: Path, tree: Tree) -> None:
    (root / "README.md").write_bytes(b"# Here\n")
    done = opt_in(str(root))
    assert sorted(done.written) == sorted(FILES)
    assert done.kept == ()
    assert tree(root) == {
        ".kaizen/.gitattributes": b"* text=auto eol=lf\n*.jsonl merge=union\nagents/*/memory.md merge=union\n",
        ".kaizen/.gitignore": b"*.lock\n*.bak*\nsummary.json\n",
        ".kaizen/schedule.schema.json": manifest_schema().encode(),
        ".kaizen/schedule.yml": SCAFFOLD.encode(),
        "README.md": b"# Here\n",
    }
    assert [*sidecar_files(), MANIFEST_PATH] == list(FILES)


def test_a_second_opt_in_writes_nothing_and_is_an_error(root: Path, tree: Tree, refusal: Refusal) -> None:
    opt_in(str(root))
    (root / ".kaizen" / ".gitignore").unlink()
    (root / MANIFEST_PATH).write_bytes(b"mine")
    before = tree(root)
    found = refusal(lambda: opt_in(str(root), shown="./here/.kaizen/schedule.yml"))
    assert (found.code, found.file) == ("KZ326", "./here/.kaizen/schedule.yml")
    assert "nothing was written" in found.message
    assert tree(root) == before


@pytest.mark.parametrize(
    "be", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("gone")], ids=["folder", "fifo", "link"]
)
def test_anything_at_the_path_of_the_manifest_is_kept(root: Path, be: Callable[[Path], None], refusal: Refusal) -> None:
    (root / ".kaizen").mkdir()
    be(root / MANIFEST_PATH)
    refusal(lambda: opt_in(str(root)))
    assert os.listdir(root / ".kaizen") == ["schedule.yml"]


@pytest.mark.parametrize(
    ("present", "after"),
    [
        (b"", b"*.lock\n*.bak*\nsummary.json\n"),
        (b"mine/\n", b"mine/\n*.lock\n*.bak*\nsummary.json\n"),
        (b"mine/", b"mine/\n*.lock\n*.bak*\nsummary.json\n"),
        (b"summary.json\nmine/\n", b"summary.json\nmine/\n*.lock\n*.bak*\n"),
        (b"summary.json\n*.bak*\n# my own\n*.lock\n", b"summary.json\n*.bak*\n# my own\n*.lock\n"),
        (b"mine/\r\n*.lock\r\n", b"mine/\r\n*.lock\r\n*.bak*\nsummary.json\n"),
        (b"caf\xc3\xa9\n", b"caf\xc3\xa9\n*.lock\n*.bak*\nsummary.json\n"),
    ],
    ids=["empty", "other", "no-line-end", "half", "whole", "crlf", "utf-8"],
)
def test_existing_lines_are_kept_and_missing_ones_added(root: Path, present: bytes, after: bytes) -> None:
    ignore = root / ".kaizen" / ".gitignore"
    ignore.parent.mkdir()
    ignore.write_bytes(present)
    done = opt_in(str(root))
    assert ignore.read_bytes() == after
    assert (".kaizen/.gitignore" in done.kept) == (present == after)
    assert (".kaizen/.gitignore" in done.written) == (present != after)
    assert len(done.written) + len(done.kept) == 4


@pytest.mark.parametrize("name", [".gitignore", ".gitattributes", "schedule.schema.json"])
def test_no_manifest_remains_if_a_file_cannot_be_written(root: Path, name: str, refusal: Refusal) -> None:
    (root / ".kaizen" / name).mkdir(parents=True)
    assert refusal(lambda: opt_in(str(root))).code == "KZ102"
    assert not (root / MANIFEST_PATH).exists()


def test_nothing_is_written_to_a_kaizen_directory_that_points_outside(root: Path, refusal: Refusal, tree: Tree) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (root / ".kaizen").symlink_to(outside)
    assert refusal(lambda: opt_in(str(root))).code == "KZ104"
    assert tree(outside) == {}


def test_the_packaged_schema_is_that_of_the_models() -> None:
    assert schema_text() == manifest_schema()
    assert json.loads(schema_text())["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_a_current_or_missing_schema_file_has_no_warning(root: Path) -> None:
    assert check_schema_file(str(root), shown="x") == ()
    opt_in(str(root))
    assert check_schema_file(str(root), shown="x") == ()


@pytest.mark.parametrize(
    "be",
    [
        lambda path: path.write_bytes(b"{}"),
        lambda path: path.write_bytes(b"\xff"),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b" " * 300_000),
        lambda path: path.symlink_to("/etc/hostname"),
        Path.mkdir,
        os.mkfifo,
    ],
    ids=["other", "latin-1", "empty", "large", "outside", "folder", "fifo"],
)
def test_another_schema_file_is_a_warning_with_a_fix(root: Path, be: Callable[[Path], None]) -> None:
    (root / ".kaizen").mkdir()
    be(root / SCHEMA_PATH)
    [found] = check_schema_file(str(root), shown=MANIFEST_PATH)
    assert (found.code, found.severity, found.file) == ("KZ211", "warning", MANIFEST_PATH)
    assert found.hint == "update it with: kaizen-agentic schedule schema > .kaizen/schedule.schema.json"


def make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")


def shown(path: Path | str) -> list[tuple[str, str | None]]:
    found, closed = find_manifests(str(path))
    assert closed == []
    return [(place.shown, place.root) for place in found]


def test_a_directory_with_a_manifest_finds_only_that_file(root: Path) -> None:
    make(root, MANIFEST_PATH, "other.yml", "below/.kaizen/schedule.yml")
    assert shown(root) == [(str(root / MANIFEST_PATH), str(root))]


def test_any_other_directory_is_searched(root: Path) -> None:
    make(
        root,
        "b/.kaizen/schedule.yml",
        "a/deep/.kaizen/schedule.yml",
        "a.yaml",
        "z.yml",
        "c.yml.bak",
        "a/not-direct.yml",
    )
    make(root, ".git/x/.kaizen/schedule.yml", ".git/y.yml", "b/.kaizen/other.yml", "b/.kaizen/in/.kaizen/schedule.yml")
    make(root.parent, "outside/.kaizen/schedule.yml")
    (root / "link").symlink_to(root.parent / "outside")
    (root / "d").mkdir()
    (root / "d" / ".kaizen").symlink_to(root.parent / "outside" / ".kaizen")
    assert shown(root) == [
        (str(root / "a.yaml"), None),
        (str(root / "a/deep/.kaizen/schedule.yml"), str(root / "a/deep")),
        (str(root / "b/.kaizen/schedule.yml"), str(root / "b")),
        (str(root / "z.yml"), None),
    ]


def test_finding_no_manifest_is_an_error(root: Path, refusal: Refusal) -> None:
    make(root, "a.txt", "below/b.yml")
    found = refusal(lambda: find_manifests(str(root)))
    assert (found.code, found.file) == ("KZ101", str(root))


@pytest.mark.parametrize("closed", ["b", "b/.kaizen"])
def test_an_unreadable_subdirectory_is_reported_and_hides_no_other(root: Path, closed: str) -> None:
    make(root, "a/.kaizen/schedule.yml", "b/.kaizen/schedule.yml", "c/.kaizen/schedule.yml")
    for home in [*list(root.parents)[:4], root]:
        home.chmod(home.stat().st_mode | 0o055)
    script = (
        "import os, sys\nfrom kaizen_schedule_core.manifest.discovery import find_manifests\n"
        "assert len(find_manifests(sys.argv[1])[0]) == 3\n"
        "os.chmod(sys.argv[2], 0)\n"
        "if os.getuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "found, closed = find_manifests(sys.argv[1])\n"
        "print(*(place.root[-1] for place in found), *(problem.code for problem in closed))\n"
    )
    command = [sys.executable, "-c", script, str(root), str(root / closed)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    (root / closed).chmod(0o755)
    assert done.stdout == "a c KZ103\n"


def test_a_file_with_any_name_is_a_manifest(root: Path) -> None:
    make(root, ".kaizen/draft.txt", "elsewhere.txt")
    assert shown(root / ".kaizen" / "draft.txt") == [(str(root / ".kaizen/draft.txt"), str(root))]
    assert shown(root / "elsewhere.txt") == [(str(root / "elsewhere.txt"), None)]
    assert shown(root / "absent.yml") == [(str(root / "absent.yml"), None)]


def test_a_path_is_shown_as_typed_without_a_leading_dot(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(root, MANIFEST_PATH, "many/a.yml")
    monkeypatch.chdir(root)
    assert shown(".") == [(".kaizen/schedule.yml", str(root))]
    assert shown("./many") == [("many/a.yml", None)]
    assert shown("./.kaizen/schedule.yml") == [(".kaizen/schedule.yml", str(root))]
    assert shown("../repo") == [("../repo/.kaizen/schedule.yml", str(root))]
    assert shown(".kaizen") == [(".kaizen/schedule.yml", str(root))]
    assert shown("many/../many/a.yml") == [("many/../many/a.yml", None)]


def test_the_error_for_a_directory_without_a_manifest_names_one_with_a_similar_name(
    root: Path, refusal: Refusal
) -> None:
    assert refusal(lambda: find_manifests(str(root))).hint == "create it with: kaizen-agentic schedule init"
    (root / ".kaizen").mkdir()
    (root / ".kaizen/schedule.yaml").write_text(SCAFFOLD)
    assert refusal(lambda: find_manifests(str(root))).hint == f"rename {root}/.kaizen/schedule.yaml to schedule.yml"
