from __future__ import annotations

import os
from pathlib import Path

import pytest
from kaizen_schedule_core import KaizenError, RepositoryAgents
from kaizen_schedule_core.repo.agents import load_agent, packaged_agents, require_known

PACKAGED = {"coach", "keepaTodofile", "optimization", "scope-analyst", "tdd-workflow", "testing-efficiency"}


def definition(name: str, *, memory: str | None = None, body: str = "# Do it\n") -> str:
    kept = f"memory: {memory}\n" if memory else ""
    return f"---\nname: {name}\ndescription: Says description\ncategory: guidance\n{kept}---\n\n{body}"


def install(root: Path, name: str, content: str | bytes) -> Path:
    path = root / "agents" / f"agent-{name}.md"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(root: Path, name: str) -> KaizenError:
    with pytest.raises(KaizenError) as caught:
        load_agent(RepositoryAgents(str(root)), name)
    return caught.value


def code_of(error: KaizenError) -> str:
    return error.diagnostics[0].code


def test_names_of_the_six_packaged_agents() -> None:
    assert packaged_agents() == PACKAGED
    assert set(RepositoryAgents(None).known) == PACKAGED


@pytest.mark.parametrize("name", sorted(PACKAGED))
def test_a_packaged_agent_loads_with_its_name(name: str) -> None:
    agent = load_agent(RepositoryAgents(None), name)
    assert (agent.name, agent.origin) == (name, "packaged")
    assert agent.path == f"kaizen-schedule-core:agents/agent-{name}.md"
    assert len(agent.description) > 20
    assert agent.category
    assert agent.instructions.count("\n## ") >= 3, "the instructions have sections"
    assert len(agent.instructions) > 1500


def test_known_names_are_sorted_without_regard_to_case(tmp_path: Path) -> None:
    install(tmp_path, "Zebra", definition("Zebra"))
    install(tmp_path, "apple", definition("apple"))
    known = RepositoryAgents(str(tmp_path)).known
    assert known == sorted(known, key=str.casefold)
    assert {"Zebra", "apple"} < set(known)


def test_an_agent_is_installed_by_its_file(tmp_path: Path) -> None:
    install(tmp_path, "gardener", definition("gardener", memory="disabled", body="# Weed\n\nPull them.\n"))
    agent = load_agent(RepositoryAgents(str(tmp_path)), "gardener")
    assert (agent.origin, agent.path) == ("repository", "agents/agent-gardener.md")
    assert agent.keeps_memory is False
    assert agent.instructions.strip() == "# Weed\n\nPull them."


def test_agent_names_are_case_sensitive(tmp_path: Path) -> None:
    install(tmp_path, "keepaTodofile", definition("keepaTodofile", body="ours\n"))
    assert load_agent(RepositoryAgents(str(tmp_path)), "keepaTodofile").origin == "repository"
    assert code_of(refused(tmp_path, "keepatodofile")) == "KZ320"


def test_an_agent_of_the_repository_overrides_the_packaged_one(tmp_path: Path) -> None:
    install(tmp_path, "coach", definition("coach", body="ours\n"))
    agent = load_agent(RepositoryAgents(str(tmp_path)), "coach")
    assert (agent.origin, agent.instructions.strip()) == ("repository", "ours")


def test_a_broken_agent_file_does_not_fall_back_to_the_packaged_agent(tmp_path: Path) -> None:
    install(tmp_path, "coach", b"missing frontmatter\n")
    assert code_of(refused(tmp_path, "coach")) == "KZ121"


def test_other_keys_and_files_are_ignored(tmp_path: Path) -> None:
    install(tmp_path, "gardener", definition("gardener").replace("category:", "model: opus\ncategory:"))
    for other in ("agent-.md", "agent-a b.md", "README.md", "agent-x.txt", "agent-a;b.md"):
        (tmp_path / "agents" / other).write_text("x")
    assert RepositoryAgents(str(tmp_path)).installed == {"gardener"}
    assert load_agent(RepositoryAgents(str(tmp_path)), "gardener").name == "gardener"


def test_an_agent_file_with_bom_and_crlf_is_read(tmp_path: Path) -> None:
    install(tmp_path, "gardener", b"\xef\xbb\xbf" + definition("gardener").replace("\n", "\r\n").encode())
    assert load_agent(RepositoryAgents(str(tmp_path)), "gardener").description == "Says description"


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        pytest.param(definition("weeder"), "KZ221", 2, id="names-another-agent"),
        pytest.param(definition("Gardener"), "KZ221", 2, id="names-itself-in-another-case"),
        pytest.param("# Gardener\n", "KZ121", 1, id="no-frontmatter"),
        pytest.param("---\nname: gardener\n", "KZ121", 1, id="frontmatter-never-closed"),
        pytest.param(definition("gardener", body=" \n"), "KZ222", 1, id="no-instructions"),
        pytest.param("", "KZ114", 1, id="empty-file"),
        pytest.param(" \n\n", "KZ114", 1, id="blank-file"),
        pytest.param("---\nname: gardener\ncategory: x\n---\n", "KZ201", None, id="no-description"),
        pytest.param("---\nname: [gardener\n---\n", "KZ115", None, id="broken-yaml"),
        pytest.param(definition("gardener", memory="maybe"), "KZ213", 5, id="memory-neither-enabled-nor-disabled"),
        pytest.param(definition("gardener").encode() + b"a\x00b", "KZ111", 8, id="nul"),
        pytest.param(definition("gardener").encode() + b"caf\xe9", "KZ110", 8, id="latin-1"),
        pytest.param(definition("gardener") + "a" * (1 << 20), "KZ112", 1, id="beyond-1-mib"),
        pytest.param("---\nname: " + "[" * 100_000 + "\n---\n", "KZ113", None, id="nested-very-deep"),
        pytest.param("---\nname: &a gardener\ndescription: *a\ncategory: x\n---\n", "KZ116", 2, id="anchor"),
    ],
)
def test_an_invalid_agent_file_has_a_code(tmp_path: Path, content: str | bytes, code: str, line: int | None) -> None:
    path = install(tmp_path, "gardener", content)
    problem = refused(tmp_path, "gardener").diagnostics[0]
    assert (problem.code, problem.severity, problem.file) == (code, "error", str(path))
    if line is not None:
        assert problem.line == line


def test_an_agent_file_of_exactly_1_mib_is_read(tmp_path: Path) -> None:
    head = definition("gardener")
    install(tmp_path, "gardener", head + "a" * ((1 << 20) - len(head)))
    assert load_agent(RepositoryAgents(str(tmp_path)), "gardener").name == "gardener"


def test_an_agent_file_that_points_outside_is_not_read(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    (root / "agents").mkdir(parents=True)
    (tmp_path / "outside.md").write_text(definition("gardener"))
    (root / "agents" / "agent-gardener.md").symlink_to(tmp_path / "outside.md")
    assert code_of(refused(root, "gardener")) == "KZ104"


def test_an_agents_directory_that_points_outside_is_not_read(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    root.mkdir()
    install(tmp_path, "gardener", definition("gardener"))
    (root / "agents").symlink_to(tmp_path / "agents")
    assert code_of(refused(root, "gardener")) == "KZ104"


def test_an_agent_file_that_is_a_symlink_inside_is_read(tmp_path: Path) -> None:
    (tmp_path / "real.md").write_text(definition("gardener"))
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "agent-gardener.md").symlink_to("../real.md")
    assert load_agent(RepositoryAgents(str(tmp_path)), "gardener").name == "gardener"


def test_a_fifo_and_a_directory_are_not_agent_files(tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    os.mkfifo(tmp_path / "agents" / "agent-pipe.md")
    (tmp_path / "agents" / "agent-folder.md").mkdir()
    (tmp_path / "agents" / "agent-circle.md").symlink_to("agent-circle.md")
    assert code_of(refused(tmp_path, "pipe")) == "KZ102"
    assert code_of(refused(tmp_path, "folder")) == "KZ102"
    assert code_of(refused(tmp_path, "circle")) == "KZ104"


def test_a_file_instead_of_the_agents_directory_leaves_the_packaged_agents(tmp_path: Path) -> None:
    (tmp_path / "agents").write_text("not a folder\n")
    assert set(RepositoryAgents(str(tmp_path)).known) == PACKAGED


def test_an_unknown_agent_gets_a_suggestion_and_all_known_names(tmp_path: Path) -> None:
    install(tmp_path, "gardener", definition("gardener"))
    agents = RepositoryAgents(str(tmp_path))
    with pytest.raises(KaizenError) as caught:
        require_known(agents, "gardner")
    problem = caught.value.diagnostics[0]
    assert (problem.code, problem.hint) == ("KZ320", 'did you mean "gardener"?')
    assert problem.notes[0].message == "known: " + ", ".join(agents.known)


@pytest.mark.parametrize("name", ["../coach", "", "a/b", "coach\n", "-x", "agent;rm", "\x1b[31mcoach", "x" * 100_000])
def test_an_invalid_name_is_unknown_and_is_escaped(tmp_path: Path, name: str) -> None:
    install(tmp_path, "gardener", definition("gardener"))
    problem = refused(tmp_path, name).diagnostics[0]
    assert problem.code == "KZ320"
    assert problem.message.isprintable()
    assert len(problem.message) < 200
