"""Project memory: the notes that an agent keeps between its sessions (ADR-002)."""

import codecs
import os
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from kaizen_schedule_core.codes import reading, structure, values
from kaizen_schedule_core.diagnostics import Diagnostic, diagnose, escape_control_chars, has_errors, quoted
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import MIB, read_inside, require_regular, too_large
from kaizen_schedule_core.files.writing import create_inside, locked, write_file
from kaizen_schedule_core.repo.agents import Agent
from kaizen_schedule_core.repo.paths import memory_path
from kaizen_schedule_core.repo.roots import repo_name
from kaizen_schedule_core.source.fences import mark_code, open_fence
from kaizen_schedule_core.source.frontmatter import Frontmatter, parse_frontmatter
from kaizen_schedule_core.source.models.validation import read_model
from kaizen_schedule_core.source.text import decode
from kaizen_schedule_core.source.yaml.quoting import yaml_string

MEMORY_LIMIT = 8 * MIB
SESSION_LOG = "Session Log"
FINDINGS = "Accumulated Findings"
SECTIONS = ("Project Context", FINDINGS, "What Worked", "Watch Points", "Open Threads", SESSION_LOG)
_HEADING = "## "
_LINE_ENDS = ("\n", "\r")


class _Frontmatter(BaseModel):
    """The frontmatter of a memory; other keys are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, defer_build=True)

    agent: str
    project: str
    last_updated: str
    session_count: Annotated[int, Field(ge=0)]


class Section(NamedTuple):
    """A section of a memory: its title without the hashes, and its lines, the heading first."""

    title: str
    lines: tuple[str, ...]


class Memory(NamedTuple):
    """A repository's memory of one agent: the lines before the first section, and the sections in file order."""

    path: str
    text: str
    session_count: int
    head: tuple[str, ...]
    sections: tuple[Section, ...]


def read_memory(root: str, agent: str) -> Memory | None:
    """Read the memory of an agent; return None if it has none.

    Raises KaizenError: KZ102 to KZ121 if the file cannot be read, KZ2xx if it is not a valid memory.
    """
    data = _read_bytes(root, agent)
    if data is None:
        return None
    memory, _ = _parse(root, agent, data)
    return memory


def no_memory(root: str, agent: str) -> Diagnostic:
    """Return the diagnostic for a missing memory."""
    file = os.path.join(root, memory_path(agent))
    message = f"agent {quoted(agent)} has no memory in this repository yet"
    return diagnose(reading.ABSENT, message, file=file, hint=f"create it with: kaizen-agentic memory init {agent}")


def _read_bytes(root: str, agent: str) -> bytes | None:
    try:
        return read_inside(root, memory_path(agent), limit=MEMORY_LIMIT)
    except Absent:
        return None


def _parse(root: str, agent: str, data: bytes) -> tuple[Memory, Frontmatter]:
    file = os.path.join(root, memory_path(agent))
    text = decode(data, file=file, prose=True)
    parsed = parse_frontmatter(text, file=file)
    model, found = read_model(parsed.document, _Frontmatter, allow_null=True)
    if model is not None and model.agent != agent:
        message = f"the memory of agent {quoted(agent)} names agent {quoted(model.agent)} in its frontmatter"
        found.append(
            parsed.document.diagnose(structure.MEMORY_SHAPE, message, ("agent",), hint=f"write agent: {agent}")
        )
    if model is None or has_errors(found):
        raise KaizenError(found)
    head, sections = split_sections(text)
    count = model.session_count
    return Memory(path=memory_path(agent), text=text, session_count=count, head=head, sections=sections), parsed


def split_sections(text: str) -> tuple[tuple[str, ...], tuple[Section, ...]]:
    """Return the lines before the first `## ` heading outside code fences, and the sections."""
    head: list[str] = []
    sections: list[tuple[str, list[str]]] = []
    current = head
    for line, is_code in mark_code(text.splitlines()):
        if line.startswith(_HEADING) and not is_code:
            current = []
            sections.append((line[len(_HEADING) :].strip(), current))
        current.append(line)
    return tuple(head), tuple(Section(title=title, lines=tuple(lines)) for title, lines in sections)


def _new_memory(root: str, agent: str, today: date) -> bytes:
    """Return the text of an empty memory."""
    sections = "\n".join(f"{_HEADING}{title}\n" for title in SECTIONS)
    project = yaml_string(repo_name(root))
    head = f"agent: {agent}\nproject: {project}\nlast_updated: {today.isoformat()}\nsession_count: 0\n"
    return f"---\n{head}---\n\n{sections}".encode()


def init_memory(root: str, agent: Agent, today: date) -> str:
    """Write an empty memory and return its path relative to the root.

    Raises KaizenError: KZ326 if it exists (nothing is written), KZ325 if the agent has no memory, KZ102 to KZ106.
    """
    _require_memory(root, agent)
    relative = memory_path(agent.name)
    shown = os.path.join(root, relative)
    if not create_inside(root, relative, _new_memory(root, agent.name, today)):
        require_regular(shown, shown)
        message = f"{escape_control_chars(shown)} already exists; nothing was written"
        hint = "edit the file, or add a line with: kaizen-agentic memory note"
        raise KaizenError(diagnose(values.EXISTS, message, file=shown, hint=hint))
    return relative


def add_note(root: str, agent: Agent, line: str, today: date) -> int:
    """Append a dated line to the session log and return the new session count; create the memory if it is missing.

    `line` is one line of text. Raises KaizenError like `read_memory` and `init_memory`; then nothing is written.
    """
    _require_memory(root, agent)
    relative = memory_path(agent.name)
    shown = os.path.join(root, relative)
    read_memory(root, agent.name)  # reject an invalid one before a lock file is created
    with locked(root, relative) as path:
        before = _read_bytes(root, agent.name)
        if before is None:
            before = _new_memory(root, agent.name, today)
        memory, parsed = _parse(root, agent.name, before)
        count = memory.session_count + 1
        text = _with_entry(memory, parsed, f"- {today.isoformat()}: {line}")
        data = _with_frontmatter(parsed, text, count, today).encode()
        if before.startswith(codecs.BOM_UTF8):
            data = codecs.BOM_UTF8 + data
        if len(data) > MEMORY_LIMIT:
            raise KaizenError(too_large(shown, MEMORY_LIMIT))
        write_file(path, data, shown=shown)
    return count


def _require_memory(root: str, agent: Agent) -> None:
    if not agent.keeps_memory:
        file = os.path.join(root, memory_path(agent.name))
        message = f"agent {quoted(agent.name)} has no memory: its file contains memory: disabled"
        raise KaizenError(diagnose(values.NO_MEMORY_KEPT, message, file=file, hint=f"change it in {agent.path}"))


def _with_entry(memory: Memory, parsed: Frontmatter, entry: str) -> str:
    """Return the text with an entry at the end of the session log, which is added if it is missing."""
    text = memory.text
    line_end = "\n"
    if "\r\n" in text[: parsed.body_start]:
        line_end = "\r\n"
    start = len(memory.head)
    for section in memory.sections:
        end = start + len(section.lines)
        if section.title == SESSION_LOG:
            return _insert(text.splitlines(keepends=True), start, end, entry, line_end)
        start = end
    if not text.endswith(_LINE_ENDS):
        text += line_end
    fence = open_fence(memory.text)
    if fence:  # inside a code block, the new heading would be code
        text += fence + line_end
    return f"{text}{line_end}{_HEADING}{SESSION_LOG}{line_end}{line_end}{entry}{line_end}"


def _insert(lines: list[str], start: int, end: int, entry: str, line_end: str) -> str:
    """Return the text with an entry after the last non-blank line of lines[start:end]."""
    while not lines[end - 1].strip():  # stops at the heading
        end -= 1
    before, after = lines[:end], lines[end:]
    if not before[-1].endswith(_LINE_ENDS):
        before[-1] += line_end
    if end == start + 1:
        before.append(line_end)
    return "".join([*before, entry, line_end, *after])


def _with_frontmatter(parsed: Frontmatter, text: str, count: int, today: date) -> str:
    """Return the text with the two values of the frontmatter set; the text before them must be unchanged."""
    places = [
        (parsed.document.place(("session_count",)), str(count)),
        (parsed.document.place(("last_updated",)), today.isoformat()),
    ]
    for (start, end), value in sorted(places, reverse=True):
        text = text[:start] + value + text[end:]
    return text
