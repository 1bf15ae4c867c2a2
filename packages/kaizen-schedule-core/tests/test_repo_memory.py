from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaizen_schedule_core import KaizenError, RepositoryAgents
from kaizen_schedule_core.manifest.opt_in import opt_in
from kaizen_schedule_core.repo.agents import Agent, load_agent
from kaizen_schedule_core.repo.memory import add_note, init_memory, read_memory, split_sections
from kaizen_schedule_core.repo.paths import memory_path
from kaizen_schedule_core.source.frontmatter import parse_frontmatter

DAY = date(2026, 6, 17)
COACH = load_agent(RepositoryAgents(None), "coach")
HEAD = "---\nagent: coach\nproject: demo\nlast_updated: 2026-01-05\nsession_count: 7\n---\n"
OPTIONAL = ("last_updated", "session_count")
SIX = ["Project Context", "Accumulated Findings", "What Worked", "Watch Points", "Open Threads", "Session Log"]


def agent(*, keeps_memory: bool = True) -> Agent:
    return Agent(
        name="coach",
        description="d",
        category="c",
        keeps_memory=keeps_memory,
        origin="repository",
        path="agents/agent-coach.md",
        instructions="",
    )


def write(root: Path, content: str | bytes) -> Path:
    path = root / memory_path("coach")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def noted(root: Path, content: str | bytes, line: str = "seen") -> bytes:
    path = write(root, content)
    before = read_memory(str(root), "coach")
    assert before is not None
    assert add_note(str(root), COACH, line, DAY) == before.session_count + 1
    return path.read_bytes()


def log_of(root: Path) -> list[str]:
    """Return the lines of the session log."""
    memory = read_memory(str(root), "coach")
    assert memory is not None
    [log] = [section for section in split_sections(memory.text)[1] if section.title == "Session Log"]
    return [line for line in log.lines[1:] if line]


def refusal(root: Path) -> str:
    path = root / memory_path("coach")
    before = path.read_bytes()
    with pytest.raises(KaizenError) as reading:
        read_memory(str(root), "coach")
    with pytest.raises(KaizenError) as noting:
        add_note(str(root), COACH, "seen", DAY)
    assert path.read_bytes() == before, "an error leaves the file unchanged"
    assert noting.value.diagnostics == reading.value.diagnostics
    return reading.value.diagnostics[0].code


@pytest.mark.parametrize("value", ["-1", "1.5", "true", "many", "[]", "{}", "null"])
@pytest.mark.parametrize("key", ["agent", "project", "last_updated", "session_count"])
def test_no_message_contains_text_of_a_library(tmp_path: Path, key: str, value: str) -> None:
    keys = {"agent": "coach", "project": "demo", "last_updated": "2026-01-05", "session_count": "7", key: value}
    head = "".join(f"{name}: {text}\n" for name, text in keys.items())
    write(tmp_path, f"---\n{head}---\n")
    try:
        read_memory(str(tmp_path), "coach")
    except KaizenError as error:
        text = " ".join(f"{one.message} {one.hint}" for one in error.diagnostics)
        assert "Input should" not in text
        assert "another kind of value" not in text, "an error type without a message"
        if (key, value) == ("session_count", "-1"):
            assert text == '"session_count" must be 0 or more, not the number -1 write 0 or more'
    else:
        assert (key, value) in {("project", "many"), ("last_updated", "many"), *((k, "null") for k in OPTIONAL)}


def test_init_writes_the_format_of_adr_002_once(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    root.mkdir()
    assert init_memory(str(root), COACH) == ".kaizen/agents/coach/memory.md"
    path = root / memory_path("coach")
    sections = "\n\n".join(f"## {title}" for title in SIX)
    head = "---\nagent: coach\nproject: demo\n---\n\n"
    assert path.read_text() == head + sections + "\n"
    path.write_text("mine now\n")
    with pytest.raises(KaizenError) as caught:
        init_memory(str(root), COACH)
    assert caught.value.diagnostics[0].code == "KZ326"
    assert path.read_text() == "mine now\n"
    assert os.listdir(path.parent) == ["memory.md"], "no temporary file remains"


def test_an_agent_with_disabled_memory_gets_none(tmp_path: Path) -> None:
    for refused in (
        lambda: init_memory(str(tmp_path), agent(keeps_memory=False)),
        lambda: add_note(str(tmp_path), agent(keeps_memory=False), "seen", DAY),
    ):
        with pytest.raises(KaizenError) as caught:
            refused()
        assert caught.value.diagnostics[0].code == "KZ325"
    assert not (tmp_path / ".kaizen").exists()


def test_the_first_note_creates_the_memory(tmp_path: Path) -> None:
    assert read_memory(str(tmp_path), "coach") is None
    assert add_note(str(tmp_path), COACH, "first", DAY) == 1
    memory = read_memory(str(tmp_path), "coach")
    assert memory is not None
    assert memory.session_count == 1
    assert [section.title for section in split_sections(memory.text)[1]] == SIX
    assert log_of(tmp_path) == ["- 2026-06-17: first"]


def test_notes_are_in_chronological_order(tmp_path: Path) -> None:
    for number in range(1, 6):
        assert add_note(str(tmp_path), COACH, f"note {number}", DAY) == number
    text = (tmp_path / memory_path("coach")).read_text()
    assert re.findall(r"^- 2026-06-17: note (\d)$", text, re.MULTILINE) == ["1", "2", "3", "4", "5"]
    assert text.endswith("## Session Log\n" + "".join(f"- 2026-06-17: note {n}\n" for n in range(1, 6)))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(HEAD + "\n## Session Log\n\n- 2026-01-05: old\n@@\n", id="log-is-last"),
        pytest.param(HEAD + "\n## Session Log\n\n- 2026-01-05: old\n@@\n\n## Mine\n\ntext\n", id="log-is-not-last"),
        pytest.param(HEAD + "\n## Session Log\n@@\n\n## Mine\n", id="log-is-empty-and-not-last"),
        pytest.param(HEAD + "\n# Title\n\n## Session Log\n- old\n@@\n\n\n\n", id="blank-lines-stay"),
        pytest.param(HEAD.replace("agent:", "# mine\nx-team: [a, b]\nagent:") + "\n## Session Log\n@@\n", id="keys"),
        pytest.param(HEAD + "\n## Notes\n\n```\n## Session Log\n```\n\n## Session Log\n\n- o\n@@\n", id="fenced"),
        pytest.param(HEAD + "\n## N\n\n~~~md\n```\n## Session Log\n~~~\n\n## Session Log\n\n- o\n@@\n", id="tilde"),
        pytest.param(HEAD + "\n## N\n\n````\n```\n## Session Log\n```\n````\n\n## Session Log\n@@\n", id="fence-of-4"),
        pytest.param(HEAD + "\n## Session Log\n\n- o\n\n```sh\n## comment\n```\n@@\n\n## Next\n", id="fence-in-log"),
        pytest.param(HEAD + "\n## Session Log\n\n### June\n\n- deep\n@@\n", id="lower-headings-belong-to-the-log"),
        pytest.param(HEAD + "\n## X\n\nlast_updated: 2026-01-05 session_count: 99\n\n## Session Log\n@@\n", id="body"),
        pytest.param(HEAD + "\n## Session Log\n\n@@\n\n## Mine\n", id="log-with-blank-lines"),
        pytest.param(HEAD.replace("agent:", "## Session Log\nagent:") + "\n## Session Log\n@@\n", id="yaml-comment"),
        pytest.param(
            HEAD + "\n## F\n\n1. ~~~sh\n   ## Session Log\n   ~~~\n\n## Session Log\n\n- o\n@@\n", id="in-item"
        ),
        pytest.param(HEAD + "\n## F\n\n> ```\n> x\n\n## Session Log\n\n- o\n@@\n", id="in-quotation"),
        pytest.param(HEAD + "\n## F\n\n- a\n  - ~~~\n    ~~~\n\n## Session Log\n\n- o\n@@\n", id="in-nested-item"),
        pytest.param(HEAD + "\n<!--\n## Session Log\n-->\n\n## Session Log\n\n- o\n@@\n", id="comment"),
        pytest.param(HEAD + "\n## Session Log\n@@\n\n```\nnot closed\n", id="open-fence-in-log"),
        pytest.param(HEAD + "\n## Session Log\n@@\n- o\n\n<!-- not closed\n", id="open-comment-in-log"),
        pytest.param(HEAD + "\nSession Log\n---\n\n- o\n@@\n", id="underlined"),
        pytest.param(HEAD + "\n## Session Log ##\n\n- o\n@@\n", id="closed-heading"),
        pytest.param(HEAD + "\n## Session Log\n\n- a\u2028## Session Log\n@@\n", id="line-separator"),
        pytest.param(
            HEAD + "\ntabs\t and  spaces \n\u00e4\u2028\U0001f642\n\n## Session Log\n\n- o\n@@\n", id="unicode"
        ),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_a_note_changes_only_its_line(tmp_path: Path, content: str, end: str) -> None:
    content = content.replace("\n", end)
    before = content.replace(f"@@{end}", "")
    assert noted(tmp_path, before).decode() == content.replace("@@", "- 2026-06-17: seen")


def test_a_missing_session_log_is_added_at_the_end(tmp_path: Path) -> None:
    content = HEAD + "\n## Project Context\n\nHas no log, and no last line end"
    assert noted(tmp_path, content).decode() == content + "\n\n## Session Log\n\n- 2026-06-17: seen\n"


@pytest.mark.parametrize("block", ["```\nx\n", "<!-- x\n", "~~~~\n```\n"])
def test_a_missing_session_log_is_added_before_an_open_block(tmp_path: Path, block: str) -> None:
    content = HEAD + "\n## Project Context\n\ntext\n\n"
    entry = "\n## Session Log\n\n- 2026-06-17: seen\n"
    assert noted(tmp_path, content + block).decode() == content + entry + block
    assert log_of(tmp_path)[0] == "- 2026-06-17: seen"


def test_a_log_without_a_last_line_end_gets_one(tmp_path: Path) -> None:
    content = HEAD + "\n## Session Log\n\n- old"
    assert noted(tmp_path, content).decode() == content + "\n- 2026-06-17: seen\n"


def test_a_byte_order_mark_is_kept(tmp_path: Path) -> None:
    content = HEAD + "\n## Session Log\n\n- old\n"
    after = noted(tmp_path, b"\xef\xbb\xbf" + content.encode())
    assert after == b"\xef\xbb\xbf" + (content + "- 2026-06-17: seen\n").encode()


def test_values_of_version_0_1_are_read_and_kept(tmp_path: Path) -> None:
    after = noted(tmp_path, HEAD + "\n## Session Log\n\n- a\n- b\n").decode()
    assert after.startswith(HEAD)
    memory = read_memory(str(tmp_path), "coach")
    assert memory is not None
    assert memory.session_count == 3


CONFLICT = "<<<<<<< HEAD\n- a\n=======\n- b\n>>>>>>> other\n"


def git(root: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main", *words]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("memory", ["", HEAD + "\n## Session Log\n", HEAD + "\n## Session Log\n\n- o", "new"])
@pytest.mark.parametrize("after", ["", "\n\n## Mine\n\ntext\n"])
def test_notes_of_two_branches_merge(tmp_path: Path, memory: str, after: str) -> None:
    opt_in(str(tmp_path))
    git(tmp_path, "init", "-q")
    if memory == "new":
        init_memory(str(tmp_path), COACH)
    elif memory:
        write(tmp_path, memory + after)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "start")
    git(tmp_path, "branch", "other")
    for branch, notes in (("main", ["one", "two"]), ("other", ["three"])):
        git(tmp_path, "checkout", "-q", branch)
        for note in notes:
            add_note(str(tmp_path), COACH, note, DAY)
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "-m", branch)
    git(tmp_path, "merge", "-q", "main")
    old = ["- o"] if "- o" in memory else []
    expected = [*old, *(f"- 2026-06-17: {note}" for note in ("one", "three", "two"))]
    assert sorted(log_of(tmp_path)) == sorted(expected)
    found = read_memory(str(tmp_path), "coach")
    assert found is not None
    assert found.session_count == len(expected)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param("# missing frontmatter\n", "KZ121", id="none"),
        pytest.param(HEAD.rstrip("-\n"), "KZ121", id="never-closed"),
        pytest.param("", "KZ114", id="empty"),
        pytest.param(HEAD.replace("project: demo\n", ""), "KZ201", id="missing-project"),
        pytest.param(HEAD + "\n## Session Log\n\n" + CONFLICT, "KZ232", id="conflict"),
        pytest.param(HEAD.replace("project: demo\n", CONFLICT), "KZ232", id="conflict-in-the-frontmatter"),
        pytest.param(HEAD.replace("count: 7", "count: -1"), "KZ204", id="negative-count"),
        pytest.param(HEAD.replace("count: 7", "count: seven"), "KZ204", id="count-is-no-number"),
        pytest.param(HEAD.replace("agent: coach", "agent: optimization"), "KZ231", id="of-another-agent"),
        pytest.param(HEAD.replace("project: demo", "project: [demo"), "KZ115", id="broken-yaml"),
        pytest.param(HEAD.replace("project: demo", "project: a\nproject: b"), "KZ118", id="key-given-twice"),
        pytest.param(HEAD.encode() + b"caf\xe9\n", "KZ110", id="latin-1"),
        pytest.param(HEAD.encode() + b"a\x00b\n", "KZ111", id="nul"),
        pytest.param(HEAD + "a" * (8 << 20), "KZ112", id="beyond-8-mib"),
        pytest.param("---\nagent: " + "[" * 100_000 + "\n---\n", "KZ113", id="nested-very-deep"),
    ],
)
def test_an_invalid_memory_is_an_error_and_is_not_changed(tmp_path: Path, content: str | bytes, code: str) -> None:
    write(tmp_path, content)
    assert refusal(tmp_path) == code


def test_a_note_that_would_exceed_8_mib_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + "a" * ((8 << 20) - len(HEAD) - 8))
    before = path.read_bytes()
    with pytest.raises(KaizenError) as caught:
        add_note(str(tmp_path), COACH, "too much", DAY)
    assert caught.value.diagnostics[0].code == "KZ112"
    assert path.read_bytes() == before


@settings(max_examples=60)
@given(name=st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="/"), min_size=1, max_size=40))
def test_any_project_name_round_trips(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = os.path.join(folder, name)
        try:
            os.mkdir(root)
        except OSError:
            return  # `.`, `..`, or longer in bytes than a file name can be
        add_note(root, COACH, "seen", DAY)
        add_note(root, COACH, "again", DAY)
        with open(os.path.join(root, memory_path("coach")), encoding="utf-8", newline="") as file:
            values = parse_frontmatter(file.read(), file="memory.md").document.value
        assert values["project"] == name
        assert "session_count" not in values


@pytest.mark.parametrize("name", ["it's", 'say "hi"', "back\\slash", "a: b", "#1", "1.0", "true", "null", "- x", "{a}"])
def test_project_names_that_are_yaml_words_remain_text(tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    root.mkdir()
    init_memory(str(root), COACH)
    values = parse_frontmatter((root / memory_path("coach")).read_text(), file="memory.md").document.value
    assert values["project"] == name


def test_twenty_concurrent_notes_are_all_kept(tmp_path: Path) -> None:
    script = (
        "import sys, datetime, kaizen_schedule_core as k\n"
        "from kaizen_schedule_core.repo.agents import load_agent\n"
        "from kaizen_schedule_core.repo.memory import add_note\n"
        "coach = load_agent(k.RepositoryAgents(None), 'coach')\n"
        "sys.stdin.read()\n"
        "add_note(sys.argv[1], coach, sys.argv[2], datetime.date(2026, 6, 17))\n"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path), f"note {n}"], stdin=subprocess.PIPE)
        for n in range(20)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.close()
    assert [process.wait(timeout=60) for process in started] == [0] * 20
    memory = read_memory(str(tmp_path), "coach")
    assert memory is not None
    assert memory.session_count == 20
    assert sorted(log_of(tmp_path)) == sorted(f"- 2026-06-17: note {n}" for n in range(20))
