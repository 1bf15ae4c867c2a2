"""Project memory: the notes that an agent keeps between its sessions (ADR-002)."""

import codecs
import os
import re
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
from kaizen_schedule_core.source.frontmatter import body_start, parse_frontmatter
from kaizen_schedule_core.source.markdown import Heading, Outline, open_block, outline
from kaizen_schedule_core.source.models.validation import read_model
from kaizen_schedule_core.source.text import decode, diagnose_at, split_lines
from kaizen_schedule_core.source.yaml.quoting import yaml_string

MEMORY_LIMIT = 8 * MIB
SESSION_LOG = "Session Log"
FINDINGS = "Accumulated Findings"
SECTIONS = ("Project Context", FINDINGS, "What Worked", "Watch Points", "Open Threads", SESSION_LOG)
_HEADING = "## "
_LEVEL = 2
_LINE_ENDS = ("\n", "\r")
_LOG_ENTRY = ("- ", "* ", "+ ")
_CONFLICT_MARKERS = tuple(re.compile(marker, re.MULTILINE) for marker in ("^<{7} ", "^={7}\r?$", "^>{7} "))


class _Frontmatter(BaseModel):
    """The frontmatter of a memory; other keys are ignored.

    Version 0.1 also wrote the last two. They are not written, because branches that both change them conflict.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, defer_build=True)

    agent: str
    project: str
    last_updated: str | None = None
    session_count: Annotated[int, Field(ge=0)] | None = None


class Section(NamedTuple):
    """A section of a memory: its title without the hashes, and its lines, the heading first."""

    title: str
    lines: tuple[str, ...]


class Memory(NamedTuple):
    """A repository's memory of one agent."""

    path: str
    text: str

    @property
    def session_count(self) -> int:
        """The number of entries in the session log."""
        body = self.text[body_start(self.text) :]
        lines, found = split_lines(body), outline(body)
        log = _log(found, len(lines))
        if log is None:
            return 0
        heading, end = log
        entries = {at for at in range(heading.end, end) if lines[at].startswith(_LOG_ENTRY)}
        return len(entries.difference(*(range(*hidden) for hidden in found.hidden)))


def read_memory(root: str, agent: str) -> Memory | None:
    """Read the memory of an agent; return None if it has none.

    Raises KaizenError: KZ102 to KZ121 if the file cannot be read, KZ2xx if it is not a valid memory.
    """
    data = _read_bytes(root, agent)
    if data is None:
        return None
    return _parse(root, agent, data)


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


def _parse(root: str, agent: str, data: bytes) -> Memory:
    file = os.path.join(root, memory_path(agent))
    text = decode(data, file=file, prose=True)
    _require_merged(text, file)
    parsed = parse_frontmatter(text, file=file)
    model, found = read_model(parsed.document, _Frontmatter, allow_null=True)
    if model is not None and model.agent != agent:
        message = f"the memory of agent {quoted(agent)} names agent {quoted(model.agent)} in its frontmatter"
        found.append(
            parsed.document.diagnose(structure.MEMORY_SHAPE, message, ("agent",), hint=f"write agent: {agent}")
        )
    if model is None or has_errors(found):
        raise KaizenError(found)
    return Memory(path=memory_path(agent), text=text)


def _require_merged(text: str, file: str) -> None:
    """Raise KaizenError (KZ232) if a text has the three markers of a merge conflict, in their order."""
    at = 0
    first: int | None = None
    for marker in _CONFLICT_MARKERS:
        match = marker.search(text, at)
        if match is None:
            return
        at = match.end()
        first = match.start() if first is None else first
    message, hint = "merge conflict in the memory", "keep the lines of both sides, and delete the markers"
    start = first or 0
    raise KaizenError(diagnose_at(structure.MEMORY_CONFLICT, message, text, start, start + 7, file=file, hint=hint))


def split_sections(text: str) -> tuple[tuple[str, ...], tuple[Section, ...]]:
    """Return the lines before the first heading of level 2, with the frontmatter, and the sections."""
    start = body_start(text)
    lines = split_lines(text[start:])
    starts = [heading for heading in outline(text[start:]).headings if heading.level == _LEVEL]
    ends = [heading.start for heading in starts[1:]] + [len(lines)]
    sections = []
    for heading, end in zip(starts, ends, strict=False):
        sections.append(Section(title=heading.title, lines=tuple(lines[heading.start : end])))
    first = starts[0].start if starts else len(lines)
    return (*split_lines(text[:start]), *lines[:first]), tuple(sections)


def _new_memory(root: str, agent: str) -> bytes:
    """Return the text of an empty memory."""
    sections = "\n".join(f"{_HEADING}{title}\n" for title in SECTIONS)
    project = yaml_string(repo_name(root))
    return f"---\nagent: {agent}\nproject: {project}\n---\n\n{sections}".encode()


def init_memory(root: str, agent: Agent) -> str:
    """Write an empty memory and return its path relative to the root.

    Raises KaizenError: KZ326 if it exists (nothing is written), KZ325 if the agent has no memory, KZ102 to KZ106.
    """
    _require_memory(root, agent)
    relative = memory_path(agent.name)
    shown = os.path.join(root, relative)
    if not create_inside(root, relative, _new_memory(root, agent.name)):
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
            before = _new_memory(root, agent.name)
        memory = _parse(root, agent.name, before)
        data = _with_entry(memory.text, f"- {today.isoformat()}: {line}").encode()
        if before.startswith(codecs.BOM_UTF8):
            data = codecs.BOM_UTF8 + data
        if len(data) > MEMORY_LIMIT:
            raise KaizenError(too_large(shown, MEMORY_LIMIT))
        count = _parse(root, agent.name, data).session_count
        write_file(path, data, shown=shown)
    return count


def _require_memory(root: str, agent: Agent) -> None:
    if not agent.keeps_memory:
        file = os.path.join(root, memory_path(agent.name))
        message = f"agent {quoted(agent.name)} has no memory: its file contains memory: disabled"
        raise KaizenError(diagnose(values.NO_MEMORY_KEPT, message, file=file, hint=f"change it in {agent.path}"))


def _with_entry(text: str, entry: str) -> str:
    """Return the text with an entry at the end of the session log, which is added if it is missing."""
    start = body_start(text)
    line_end = "\r\n" if "\r\n" in text[:start] else "\n"
    body = text[start:]
    lines, found = split_lines(body, keep_ends=True), outline(body)
    log = _log(found, len(lines))
    if log is not None:
        return text[:start] + _insert(lines, found, log, entry + line_end, line_end)
    at = open_block(body)
    at = len(lines) if at is None else at
    return text[:start] + _join(lines, at, [line_end, f"{_HEADING}{SESSION_LOG}{line_end}", line_end, entry + line_end])


def _log(found: Outline, length: int) -> tuple[Heading, int] | None:
    """Return the heading of the session log, and the line after the log; the text has `length` lines."""
    marks = [heading for heading in found.headings if heading.level <= _LEVEL]
    ends = [heading.start for heading in marks[1:]] + [length]
    for heading, end in zip(marks, ends, strict=False):
        if heading.title == SESSION_LOG and heading.level == _LEVEL:
            return heading, end
    return None


def _insert(lines: list[str], found: Outline, log: tuple[Heading, int], entry: str, line_end: str) -> str:
    """Return the text with an entry at the end of the log, or at its start if a block there would change."""
    heading, last = log
    between = heading.end + int(last - heading.end > 1)
    while last > heading.end and not lines[last - 1].strip():
        last -= 1
    if last == heading.end:
        last = between  # two blank lines, if there are
    for at in (last, heading.end):
        for added in ([entry], [line_end, entry], [entry, line_end], [line_end, entry, line_end]):
            text = _join(lines, at, added)
            if _keeps_blocks(found, outline(text), at, len(added), at + added.index(entry)):
                return text
    return _join(lines, heading.end, [entry])


def _keeps_blocks(before: Outline, after: Outline, at: int, count: int, entry: int) -> bool:
    """Check whether `count` lines at an index only move the blocks below them, and none hides the line `entry`."""

    def moved(line: int) -> int:
        return line + count if line >= at else line

    headings = [one._replace(start=moved(one.start), end=moved(one.end - 1) + 1) for one in before.headings]
    hidden = [(moved(start), moved(end - 1) + 1) for start, end in before.hidden]
    return after == Outline(headings, hidden) and not any(start <= entry < end for start, end in hidden)


def _join(lines: list[str], at: int, added: list[str]) -> str:
    """Return the lines with others at an index; a missing line end before them is added."""
    before = lines[:at]
    if before and not before[-1].endswith(_LINE_ENDS):
        before[-1] += added[-1][-2:] if added[-1].endswith("\r\n") else "\n"
    elif before and before[-1].endswith("\r") and added[0] == "\n":
        before[-1] += "\n"  # a line feed after a carriage return is not a blank line
    return "".join([*before, *added, *lines[at:]])
