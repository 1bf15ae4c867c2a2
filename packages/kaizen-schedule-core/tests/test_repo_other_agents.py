"""Agents of other tools: which files are found, what is read of them, and which of several is used (ADR-020)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kaizen_schedule_core import KaizenError, RepositoryAgents, prepare_bundle
from kaizen_schedule_core.names import is_agent_name, valid_agent_name
from kaizen_schedule_core.repo.agent_files import AGENT_FOLDERS
from kaizen_schedule_core.repo.agents import Agent, ListedAgent, agent_problems, list_agents, load_agent
from kaizen_schedule_core.source.yaml.parser import parse_yaml

PLAIN = "---\ndescription: Does it\n---\nDo it.\n"
OURS = "---\nname: {}\ndescription: Ours\n---\nOurs.\n"


def put(root: Path, path: str, text: str = PLAIN) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())


def read(root: Path, text: str) -> Agent:
    put(root, ".claude/agents/reviewer.md", text)
    return load_agent(RepositoryAgents(str(root)), "reviewer")


def row(root: Path, name: str) -> ListedAgent:
    rows, _ = list_agents(RepositoryAgents(str(root)))
    [found] = [one for one in rows if one.agent == name]
    return found


@pytest.mark.parametrize(
    ("path", "name", "source"),
    [
        ("agents/agent-x.md", "x", "repository"),
        (".claude/agents/x.md", "x", "claude"),
        (".claude/agents/team/deep/x.md", "x", "claude"),
        (".github/agents/4.1-planner.agent.md", "4.1-planner", "copilot"),
        (".github/agents/x_y.md", "x_y", "copilot"),
        (".opencode/agent/x.md", "x", "opencode"),
        (".opencode/agents/x.md", "x", "opencode"),
    ],
)
def test_the_name_of_an_agent_is_that_of_its_file(tmp_path: Path, path: str, name: str, source: str) -> None:
    put(tmp_path, path, OURS.format("x"))
    assert RepositoryAgents(str(tmp_path)).installed == {name}
    found = row(tmp_path, name)
    assert (found.source, found.path, found.usable, found.reason) == (source, path, True, None)


@pytest.mark.parametrize(
    "path", [".github/agents/deep/x.agent.md", ".opencode/agent/deep/x.md", ".claude/x.md", ".claude/agents/x.txt"]
)
def test_other_files_are_not_agents(tmp_path: Path, path: str) -> None:
    put(tmp_path, path)
    assert not RepositoryAgents(str(tmp_path)).found.files


@pytest.mark.parametrize(
    ("path", "renamed"),
    [
        (".github/agents/Code Style.agent.md", ".github/agents/Code-Style.agent.md"),
        (".claude/agents/Émile (1).md", ".claude/agents/Emile-1.md"),
        (".claude/agents/.hidden.md", ".claude/agents/hidden.md"),
        (".claude/agents/審査.md", ".claude/agents/agent.md"),
        (".claude/agents/" + "a" * 70 + ".md", ".claude/agents/" + "a" * 64 + ".md"),
        ("agents/agent-.md", "agents/agent-agent.md"),
        ("agents/agent-a b.md", "agents/agent-a-b.md"),
    ],
)
def test_an_invalid_name_is_listed_with_a_valid_one(tmp_path: Path, path: str, renamed: str) -> None:
    put(tmp_path, path)
    [found] = [one for one in list_agents(RepositoryAgents(str(tmp_path)))[0] if one.path == path]
    assert not found.usable
    assert found.reason is not None
    assert found.reason.endswith(f"rename the file to {renamed}")


@given(st.text())
def test_a_suggested_name_is_valid(text: str) -> None:
    assert is_agent_name(valid_agent_name(text))


def test_the_first_folder_has_priority_and_a_warning_states_it(tmp_path: Path) -> None:
    paths = ("agents/agent-x.md", ".claude/agents/x.md", ".github/agents/x.agent.md", ".opencode/agent/x.md")
    for path in paths:
        put(tmp_path, path, OURS.format("x"))
    for number, path in enumerate(paths):
        agents = RepositoryAgents(str(tmp_path))
        assert load_agent(agents, "x").path == path
        rows, warnings = list_agents(agents)
        assert [one.usable for one in rows if one.agent == "x"] == [True] + [False] * (3 - number)
        if number < 3:
            assert warnings[0].message.startswith(f"{path} overrides {paths[number + 1]}")
        (tmp_path / path).unlink()


def test_a_packaged_agent_comes_last(tmp_path: Path) -> None:
    put(tmp_path, ".opencode/agent/coach.md")
    bundle = prepare_bundle(str(tmp_path), "coach", unscheduled=True)
    assert "- agent from: this repository, an OpenCode agent (`.opencode/agent/coach.md`)" in bundle.markdown
    assert bundle.parts[1].trust == "instructions"


@pytest.mark.parametrize(
    ("head", "description"),
    [
        ("description: Does it", "Does it"),
        ("name: A title", "First line"),
        ("description:", "First line"),
        ("description: [a, list]", "a, list"),
        ("description: >-\n  two\n  lines", "two lines"),
        ("memory: project\nhooks: {Stop: []}\nskills: [triage]\ndescription: Does it", "Does it"),
        ("# only a comment", "First line"),
        ("", "First line"),
    ],
)
def test_the_description_is_the_key_or_the_first_line(tmp_path: Path, head: str, description: str) -> None:
    agent = read(tmp_path, f"---\n{head}\n---\n\n# First line\n\nMore.\n")
    assert (agent.description, agent.keeps_memory, agent.diagnostics) == (description, True, ())
    assert agent.instructions == "\n# First line\n\nMore.\n"


@pytest.mark.parametrize(
    ("head", "tools"),
    [
        ("tools: Read, Grep, Bash(git log:*)", "Read, Grep, Bash(git log:*)"),
        ("tools: ['search', 'edit']", "search, edit"),
        ("tools:\n  - read\n  - mcp/x", "read, mcp/x"),
        ("tools:\n  write: false\n  bash: true", "write: false, bash: true"),
        ("tools: *", "*"),
        ("tools: [read, write", "[read, write"),
        ("tools:\n\t- read\n\t- write", "read, write"),
        ("tools:", ""),
        ("description: none", ""),
    ],
)
def test_requested_tools_are_text(tmp_path: Path, head: str, tools: str) -> None:
    assert read(tmp_path, f"---\n{head}\nmodel: 4.1\n---\nDo it.\n").tools == tools


@pytest.mark.parametrize(
    ("head", "description", "hint"),
    [
        ("description: Use when: slow", "Use when: slow", 'write description: "Use when: slow"'),
        ("description: @a\\nb", "@a\\nb", 'write description: "@a\\\\nb"'),
        ("description: 'a' or 'b'", "a' or 'b", "write description: \"a' or 'b\""),
        ("description: Use when\ncolor: green: blue", "Use when", 'write color: "green: blue"'),
        ("description: " + "a: " * 200, ("a: " * 200).strip(), 'write "description: >-", and the text on the next'),
        ("description: a: b\n\n<x>\nContext: c\nuser: d\n</x>", None, 'write "description: >-", and the text'),
        ("description: one\ndescription: two", "one", "keep one of them"),
        ("tools:\n\t- Read\ndescription: one", "one", "use spaces"),
    ],
)
def test_invalid_yaml_is_read_line_by_line(tmp_path: Path, head: str, description: str | None, hint: str) -> None:
    agent = read(tmp_path, f"---\n{head}\nmodel: opus\n---\nDo it.\n")
    assert description in {None, agent.description}
    assert (agent.model, agent.instructions) == ("opus", "Do it.\n")
    [warning] = agent.diagnostics
    assert (warning.severity, warning.hint and warning.hint[: len(hint)]) == ("warning", hint)


@given(st.text(st.characters(categories=["L", "P", "S", "N"], include_characters=" "), min_size=1))
def test_the_line_to_write_has_the_same_value(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    root = tmp_path_factory.mktemp("repo")
    agent = read(root, f"---\ndescription: x: {text}\n---\nDo it.\n")
    for warning in agent.diagnostics:
        line = (warning.hint or "").removeprefix("write ")
        assert parse_yaml(line, file="x").value["description"].split() == agent.description.split()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Copy this file.\n", "the file does not start with frontmatter"),
        ("", "the file is empty"),
        ("---\ndescription: a\n", "the frontmatter is not closed"),
        ("---\ndescription: a\n---\n \n", "has no text after the frontmatter"),
        ("---\nOnly prose.\n---\nMore.\n", "the frontmatter contains no keys"),
        ("---\ndescription: a\x00\n---\nMore.\n", "control character U+0000"),
    ],
)
def test_an_unusable_file_is_listed_with_its_reason_and_stops_nothing(tmp_path: Path, text: str, reason: str) -> None:
    put(tmp_path, ".claude/agents/README.md", text)
    put(tmp_path, ".claude/agents/good.md")
    found = row(tmp_path, "README")
    assert not found.usable
    assert reason in (found.reason or "")
    agents = RepositoryAgents(str(tmp_path))
    assert "README" not in agents.known
    assert load_agent(agents, "good").instructions == "Do it.\n"


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_instructions_contain_no_carriage_returns(tmp_path: Path, line_end: str) -> None:
    agent = read(tmp_path, "\ufeff" + "---\ndescription: a\n---\n\nOne.\nTwo.\n".replace("\n", line_end))
    assert (agent.description, agent.instructions) == ("a", "\nOne.\nTwo.\n")


def test_a_folder_that_cannot_be_listed_is_a_warning_unless_the_agent_could_be_in_it(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    put(tmp_path, "elsewhere/x.md")
    put(root, "agents/agent-y.md", OURS.format("y"))
    (root / ".claude").mkdir()
    (root / ".claude/agents").symlink_to(tmp_path / "elsewhere")
    agents = RepositoryAgents(str(root))
    assert [one.code for one in load_agent(agents, "y").diagnostics] == ["KZ104"]
    with pytest.raises(KaizenError, match="KZ104"):
        load_agent(agents, "x")


def test_special_files_are_listed_as_unusable(tmp_path: Path) -> None:
    folder = tmp_path / ".claude/agents"
    (folder / "folder.md").mkdir(parents=True)
    os.mkfifo(folder / "pipe.md")
    (folder / "circle.md").symlink_to("circle.md")
    assert not any(row(tmp_path, name).usable for name in ("folder", "pipe", "circle"))


def test_problems_of_scheduled_agents_include_warnings(tmp_path: Path) -> None:
    put(tmp_path, ".claude/agents/x.md", "---\ndescription: a: b\n---\nDo it.\n")
    put(tmp_path, ".claude/agents/y.md", "")
    found = agent_problems(RepositoryAgents(str(tmp_path)), ["x", "y", "coach"])
    assert [one.severity for one in found] == ["warning", "error"]


def test_a_file_with_a_million_keys_is_read_quickly(tmp_path: Path) -> None:
    agent = read(tmp_path, "---\n" + "a: b: c\n" * 100_000 + "---\nDo it.\n")
    assert len(agent.diagnostics) == 100


def test_the_bundle_states_what_the_file_requests(tmp_path: Path) -> None:
    put(tmp_path, ".claude/agents/x.md", "---\ntools: Read, Grep\nmodel: opus\n---\nDo it.\n")
    bundle = prepare_bundle(str(tmp_path), "x", unscheduled=True)
    assert "requested tools: Read, Grep\nrequested model: opus\n```" in bundle.markdown
    assert "Whatever starts the session decides" in bundle.markdown
    assert AGENT_FOLDERS[1] == ".claude/agents"
