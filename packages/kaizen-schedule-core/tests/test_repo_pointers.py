from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from kaizen_schedule_core.repo.pointers import DOCUMENTS, find_pointers


def found(root: Path) -> list[tuple[str, str, str | None]]:
    pointers, problems = find_pointers(str(root))
    assert problems == []
    return [(pointer.name, pointer.path, pointer.heading) for pointer in pointers]


def heading(root: Path, content: str | bytes) -> str | None:
    (root / "README.md").write_bytes(content.encode() if isinstance(content, str) else content)
    ((_, _, first),) = found(root)
    return first


def warned(root: Path) -> list[tuple[str, str, str]]:
    pointers, problems = find_pointers(str(root))
    assert pointers == []
    return [(problem.code, problem.severity, os.path.relpath(problem.file, root)) for problem in problems]


def test_the_documents_are_in_the_order_of_the_contract(tmp_path: Path) -> None:
    names = ["scope", "intent", "agents", "claude", "readme", "workplans", "todo", "changelog"]
    paths = [f"{name.upper()}.md" for name in names]
    paths[5] = "workplans/"
    assert list(DOCUMENTS) == list(zip(names, paths, strict=True))
    (tmp_path / "workplans").mkdir()
    for path in reversed(paths):
        if not path.endswith("/"):
            (tmp_path / path).write_text(f"# About {path}\n\nBody\n")
    expected = [
        (name, path, None if path == "workplans/" else f"About {path}") for name, path in zip(names, paths, strict=True)
    ]
    assert found(tmp_path) == expected


def test_a_repository_without_documents_has_no_pointers(tmp_path: Path) -> None:
    assert found(tmp_path) == []


def test_a_directory_has_the_heading_of_its_readme(tmp_path: Path) -> None:
    (tmp_path / "workplans").mkdir()
    (tmp_path / "workplans" / "README.md").write_text("# Plans\n")
    assert found(tmp_path) == [("workplans", "workplans/", "Plans")]


def test_a_file_instead_of_the_directory_is_not_a_pointer(tmp_path: Path) -> None:
    (tmp_path / "workplans").write_text("# not a folder\n")
    assert find_pointers(str(tmp_path))[0] == []


@pytest.mark.parametrize(
    ("content", "first"),
    [
        pytest.param("# One\n# Two\n", "One", id="the-first"),
        pytest.param("text\n\n### Deep ###\n", "Deep", id="any-level-and-closing-hashes"),
        pytest.param("#Tag\n####### seven\n# Real\n", "Real", id="not-a-heading"),
        pytest.param("---\ntitle: x\n# comment\n---\n\n# Real\n", "Real", id="frontmatter"),
        pytest.param("---\r\ntitle: x\r\n# comment\r\n---\r\n\r\n# Real\r\n", "Real", id="frontmatter-crlf"),
        pytest.param("```sh\n# comment\n```\n# Real\n", "Real", id="fence"),
        pytest.param("~~~\n# comment\n```\n# still\n~~~\n# Real\n", "Real", id="tilde-fence"),
        pytest.param("````md\n```\n# inner\n```\n# inner\n````\n# Real\n", "Real", id="fence-of-4"),
        pytest.param("\ufeff# Real\n", "Real", id="byte-order-mark"),
        pytest.param("# Real\r\ntext\r\n", "Real", id="crlf"),
        pytest.param("#  Spaces  and *marks* \n", "Spaces  and *marks*", id="spaces-around"),
        pytest.param("no heading\n", None, id="none"),
        pytest.param("", None, id="empty"),
        pytest.param("a" * 65_536 + "\n# Late\n", None, id="beyond-64-kib"),
        pytest.param("# " + "a" * 1_000_000, "a" * 65_534, id="endless"),
    ],
)
def test_the_first_heading_outside_frontmatter_and_fences(tmp_path: Path, content: str, first: str | None) -> None:
    assert heading(tmp_path, content) == first


def test_a_binary_file_is_a_pointer_without_heading(tmp_path: Path) -> None:
    assert heading(tmp_path, bytes(range(256)) * 500) is None
    assert heading(tmp_path, b"\xff\xfe\n# Caf\xe9\n") == "Caf\ufffd"


def test_a_symlink_to_another_document_is_followed(tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_text("# Rules\n")
    (tmp_path / "CLAUDE.md").symlink_to("AGENTS.md")
    assert found(tmp_path) == [("agents", "AGENTS.md", "Rules"), ("claude", "CLAUDE.md", "Rules")]


def test_a_symlink_to_the_outside_is_left_out_with_a_warning(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    root.mkdir()
    (tmp_path / "secret.md").write_text("# Secret\n")
    (tmp_path / "plans").mkdir()
    (root / "SCOPE.md").symlink_to("../secret.md")
    (root / "TODO.md").symlink_to(tmp_path / "secret.md")
    (root / "workplans").symlink_to("../plans")
    assert warned(root) == [
        ("KZ104", "warning", "SCOPE.md"),
        ("KZ104", "warning", "workplans"),
        ("KZ104", "warning", "TODO.md"),
    ]


def test_a_readme_in_a_directory_that_points_outside_is_not_read(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    (root / "workplans").mkdir(parents=True)
    (tmp_path / "secret.md").write_text("# Secret\n")
    (root / "workplans" / "README.md").symlink_to(tmp_path / "secret.md")
    pointers, problems = find_pointers(str(root))
    assert "Secret" not in repr(pointers)
    assert [problem.code for problem in problems] == ["KZ104"]


def test_fifos_directories_loops_and_dangling_symlinks_do_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "SCOPE.md")
    (tmp_path / "INTENT.md").mkdir()
    (tmp_path / "AGENTS.md").symlink_to("AGENTS.md")
    (tmp_path / "CLAUDE.md").symlink_to("gone.md")
    (tmp_path / "README.md").write_text("# Still here\n")
    pointers, problems = find_pointers(str(tmp_path))
    assert [(pointer.name, pointer.heading) for pointer in pointers] == [("readme", "Still here")]
    assert [(problem.code, problem.severity) for problem in problems] == [
        ("KZ102", "warning"),
        ("KZ102", "warning"),
        ("KZ104", "warning"),
        ("KZ104", "warning"),
    ]


@pytest.mark.parametrize(
    "line", ["# a" + " " * 65_000 + "x", "# " + "#" * 65_000, "# a" + " #" * 30_000, "#" + "\t" * 65_000]
)
def test_a_heading_is_found_in_linear_time(tmp_path: Path, line: str) -> None:
    (tmp_path / "README.md").write_text(line)
    began = time.process_time()
    pointers, problems = find_pointers(str(tmp_path))
    assert time.process_time() - began < 1
    assert ([pointer.name for pointer in pointers], problems) == (["readme"], [])
