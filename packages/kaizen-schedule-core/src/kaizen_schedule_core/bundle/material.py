"""The material of a bundle, gathered from a repository, cleaned and redacted, before cuts."""

import re
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from kaizen_schedule_core.bundle.redaction import clean, redact
from kaizen_schedule_core.commands import session_close
from kaizen_schedule_core.diagnostics import Diagnostic
from kaizen_schedule_core.repo.agents import Agent
from kaizen_schedule_core.repo.memory import FINDINGS, SESSION_LOG, read_memory, split_sections
from kaizen_schedule_core.repo.metrics import summarize
from kaizen_schedule_core.repo.pointers import Pointer, find_pointers
from kaizen_schedule_core.source.markdown import close_blocks

_HEADING_LENGTH = 200
_ENTRY = re.compile(r"[-*+] |#{3,6} |[0-9]{1,9}[.)] ")


class Passage(NamedTuple):
    """A section of a memory: its title, its heading line, and its entries, oldest first."""

    title: str
    heading: str
    entries: tuple[str, ...]


class MemoryMaterial(NamedTuple):
    """A memory, split into the pieces that can be cut."""

    path: str
    head: str
    passages: tuple[Passage, ...]
    redacted: int


class PointerMaterial(NamedTuple):
    """A pointer and its line in the bundle."""

    pointer: Pointer
    line: str
    redacted: int


class Material(NamedTuple):
    """The uncut content of a bundle, cleaned and redacted; `performance` is empty if no run was recorded."""

    root: str
    repo: str
    agent: Agent
    run: str
    run_redacted: int
    instructions: str
    instructions_redacted: int
    memory: MemoryMaterial | None
    performance: str
    pointers: tuple[PointerMaterial, ...]
    session_close: tuple[str, ...]
    notices: tuple[Diagnostic, ...]


def gather(root: str, repo: str, agent: Agent, run: str, *, program: str, now: datetime | None) -> Material:
    """Read the material for a session of an agent, which closes with commands of `program`.

    Records that are dated after `now` do not count. Raises KaizenError if a file cannot be read or is invalid.
    """
    run, run_redacted = redact(clean(run))
    instructions, redacted = redact(clean(agent.instructions).strip("\n"))
    instructions = close_blocks(instructions)  # an open block would include the project data that follows
    performance = ""
    summary, skipped = summarize(root, agent.name, now=now)
    if summary is not None:
        performance = "\n".join(map(": ".join, summary.rows()))
    pointers, unread = find_pointers(root)
    close: tuple[str, ...] = session_close(agent.name, root, program)
    if not agent.keeps_memory:
        close = close[:1]  # the second command adds a note to the memory
    return Material(
        root=root,
        repo=repo,
        agent=agent,
        run=run,
        run_redacted=run_redacted,
        instructions=instructions,
        instructions_redacted=redacted,
        memory=_memory(root, agent),
        performance=performance,
        pointers=tuple(map(_pointer, pointers)),
        session_close=close,
        notices=(*agent.diagnostics, *skipped, *unread),
    )


def _memory(root: str, agent: Agent) -> MemoryMaterial | None:
    if not agent.keeps_memory:
        return None
    memory = read_memory(root, agent.name)
    if memory is None:
        return None
    text, redacted = redact(clean(memory.text).rstrip("\n"))
    head, sections = split_sections(text)
    passages = [Passage(title=title, heading=lines[0], entries=_entries(lines[1:], title)) for title, lines in sections]
    head_text = "\n".join(head).rstrip("\n")
    return MemoryMaterial(path=memory.path, head=head_text, passages=tuple(passages), redacted=redacted)


def _entries(lines: tuple[str, ...], title: str) -> tuple[str, ...]:
    """Split the session log and the findings into entries; other sections are one entry."""
    if title not in {SESSION_LOG, FINDINGS}:
        body = "\n".join(lines).strip("\n")
        if not body:
            return ()
        return (body,)
    entries: list[list[str]] = []
    for line in lines:
        if _ENTRY.match(line) or (not entries and line.strip()):
            entries.append([])
        if entries:
            entries[-1].append(line)
    return tuple("\n".join(entry).rstrip("\n") for entry in entries)


def _pointer(pointer: Pointer) -> PointerMaterial:
    if pointer.heading is None:
        return PointerMaterial(pointer=pointer, line=pointer.path, redacted=0)
    heading, redacted = redact(" ".join(clean(pointer.heading).split()))
    pointer = replace(pointer, heading=heading[:_HEADING_LENGTH])
    return PointerMaterial(pointer=pointer, line=f"{pointer.path}: {pointer.heading}", redacted=redacted)
