"""Project memory: what an agent keeps between its sessions (ADR-002)."""

import codecs
import os
import re
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from kaizen_schedule_core.codes import meaning, reading, shape
from kaizen_schedule_core.diagnostics import Diagnostic, diagnose, has_errors, inert, quoted
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

MEMORY_LIMIT = 8 * MIB
SESSION_LOG = "Session Log"
FINDINGS = "Accumulated Findings"
SECTIONS = ("Project Context", FINDINGS, "What Worked", "Watch Points", "Open Threads", SESSION_LOG)
_HEADING = "## "
_PLAIN = re.compile("[A-Za-z][A-Za-z0-9_-]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


class _Frontmatter(BaseModel):
    """What every memory says of itself; further keys belong to other tools."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, defer_build=True)

    agent: str
    project: str
    last_updated: str
    session_count: Annotated[int, Field(ge=0)]


class Section(NamedTuple):
    """A part of a memory: its title without the hashes, and all its lines with the heading's own."""

    title: str
    lines: tuple[str, ...]


class Memory(NamedTuple):
    """A repository's memory of one agent: what stands before the first section, and the sections in file order."""

    path: str
    text: str
    session_count: int
    head: tuple[str, ...]
    sections: tuple[Section, ...]


def read_memory(root: str, agent: str) -> Memory | None:
    """The memory of an agent, or None when it has none yet.

    Raises KaizenError: KZ102 to KZ121 for a file that cannot be read, KZ2xx for one that is no memory.
    """
    data = _read_bytes(root, agent)
    if data is None:
        return None
    text = _decode(root, agent, data)
    return _checked(_parse(root, agent, text), text, agent)


def no_memory(root: str, agent: str) -> Diagnostic:
    """What to say to who asks for a memory that is not there."""
    file = os.path.join(root, memory_path(agent))
    message = f"agent {quoted(agent)} has no memory here yet"
    return diagnose(reading.ABSENT, message, file=file, hint=f"kaizen-agentic memory init {agent}")


def _read_bytes(root: str, agent: str) -> bytes | None:
    try:
        return read_inside(root, memory_path(agent), limit=MEMORY_LIMIT)
    except Absent:
        return None


def _decode(root: str, agent: str, data: bytes) -> str:
    return decode(data, file=os.path.join(root, memory_path(agent)), prose=True)


def _parse(root: str, agent: str, text: str) -> Frontmatter:
    return parse_frontmatter(text, file=os.path.join(root, memory_path(agent)))


def _checked(parsed: Frontmatter, text: str, agent: str) -> Memory:
    model, found = read_model(parsed.document, _Frontmatter, allow_null=True)
    if model is not None and model.agent != agent:
        message = f"the memory of agent {quoted(agent)} says it is of {quoted(model.agent)}"
        found.append(parsed.document.diagnose(shape.MEMORY_SHAPE, message, ("agent",), hint=f"write agent: {agent}"))
    if model is None or has_errors(found):
        raise KaizenError(found)
    head, sections = split_sections(text)
    return Memory(path=memory_path(agent), text=text, session_count=model.session_count, head=head, sections=sections)


def split_sections(text: str) -> tuple[tuple[str, ...], tuple[Section, ...]]:
    """The lines before the first `## ` heading, and the sections; a heading inside a code fence is none."""
    head: list[str] = []
    sections: list[list[str]] = []
    for line, is_code in mark_code(text.splitlines()):
        if line.startswith(_HEADING) and not is_code:
            sections.append([line])
        elif sections:
            sections[-1].append(line)
        else:
            head.append(line)
    return tuple(head), tuple(Section(lines[0].removeprefix(_HEADING).strip(), tuple(lines)) for lines in sections)


def new_memory(agent: str, project: str, today: date) -> str:
    """The text of a memory that nothing has been written to yet."""
    sections = "\n".join(f"{_HEADING}{title}\n" for title in SECTIONS)
    return (
        f"---\nagent: {agent}\nproject: {_scalar(project)}\n"
        f"last_updated: {today.isoformat()}\nsession_count: 0\n---\n\n{sections}"
    )


def _scalar(text: str) -> str:
    """A name as YAML text: quoted unless it is plain to every reader, for a folder may well be called true."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def init_memory(root: str, agent: Agent, today: date) -> str:
    """Write an empty memory and return its path relative to the root.

    Raises KaizenError: KZ326 if there is one (nothing is written), KZ325 if the agent keeps none, KZ102 to KZ106.
    """
    _require_memory(root, agent)
    relative = memory_path(agent.name)
    shown = os.path.join(root, relative)
    text = new_memory(agent.name, repo_name(root), today)
    if not create_inside(root, relative, text.encode()):
        require_regular(shown, shown)
        message = f"{inert(shown)} is already there; nothing was written"
        raise KaizenError(diagnose(meaning.EXISTS, message, file=shown, hint="edit it, or leave it as it is"))
    return relative


def add_note(root: str, agent: Agent, line: str, today: date) -> int:
    """Append a dated line to the session log, and return the new session count; a missing memory is made.

    `line` is one line of text. Raises KaizenError as `read_memory` and `init_memory` do; nothing is written then.
    """
    _require_memory(root, agent)
    relative = memory_path(agent.name)
    shown = os.path.join(root, relative)
    read_memory(root, agent.name)  # a broken one is refused before a lock is left beside it
    with locked(root, relative) as path:
        before = _read_bytes(root, agent.name)
        if before is None:
            before = new_memory(agent.name, repo_name(root), today).encode()
        text = _decode(root, agent.name, before)
        parsed = _parse(root, agent.name, text)
        count = _checked(parsed, text, agent.name).session_count + 1
        noted = _with_frontmatter(parsed, _with_line(text, parsed, f"- {today.isoformat()}: {line}"), count, today)
        data = noted.encode()
        if before.startswith(codecs.BOM_UTF8):
            data = codecs.BOM_UTF8 + data
        if len(data) > MEMORY_LIMIT:
            raise KaizenError(too_large(shown, MEMORY_LIMIT))
        write_file(path, data, shown=shown)
    return count


def _require_memory(root: str, agent: Agent) -> None:
    if not agent.keeps_memory:
        raise KaizenError(_keeps_none(root, agent))


def _keeps_none(root: str, agent: Agent) -> Diagnostic:
    file = os.path.join(root, memory_path(agent.name))
    message = f"agent {quoted(agent.name)} keeps no memory: its definition says memory: disabled"
    return diagnose(meaning.NO_MEMORY_KEPT, message, file=file, hint=f"change it in {agent.path}")


def _with_line(text: str, parsed: Frontmatter, entry: str) -> str:
    """The text with an entry at the end of the session log, which is added where it is missing."""
    end = "\r\n" if "\r\n" in text[: parsed.body_start] else "\n"
    lines = text.splitlines(keepends=True)
    head, sections = split_sections(text)
    at = len(head)
    for section in sections:
        at += len(section.lines)
        if section.title == SESSION_LOG:
            return _insert(lines, at, entry, end, after_heading=not any(line.strip() for line in section.lines[1:]))
    base = text
    if not base.endswith(("\n", "\r")):
        base += end
    fence = open_fence(text)
    if fence:  # in a block of code the new section would be none
        base += fence + end
    return f"{base}{end}{_HEADING}{SESSION_LOG}{end}{end}{entry}{end}"


def _insert(lines: list[str], at: int, entry: str, end: str, *, after_heading: bool) -> str:
    while at > 0 and not lines[at - 1].strip():
        at -= 1
    before, after = lines[:at], lines[at:]
    if before and not before[-1].endswith(("\n", "\r")):
        before[-1] += end
    if after_heading:
        before.append(end)
    return "".join([*before, entry, end, *after])


def _with_frontmatter(parsed: Frontmatter, text: str, count: int, today: date) -> str:
    places = [
        (parsed.document.place(("session_count",)), str(count)),
        (parsed.document.place(("last_updated",)), today.isoformat()),
    ]
    for (start, end), value in sorted(places, reverse=True):
        text = text[:start] + value + text[end:]
    return text
