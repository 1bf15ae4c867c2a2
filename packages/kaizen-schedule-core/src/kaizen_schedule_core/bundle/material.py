"""Everything a bundle can hold, gathered from a repository, cleaned and redacted, before anything is cut."""

import re
from dataclasses import replace
from typing import NamedTuple

from kaizen_schedule_core.bundle.redaction import clean, redact
from kaizen_schedule_core.diagnostics import Diagnostic
from kaizen_schedule_core.repo.agents import Agent
from kaizen_schedule_core.repo.memory import FINDINGS, SESSION_LOG, read_memory, split_sections
from kaizen_schedule_core.repo.metrics import Summary, summarize
from kaizen_schedule_core.repo.paths import metrics_path
from kaizen_schedule_core.repo.pointers import Pointer, find_pointers
from kaizen_schedule_core.source.fences import open_fence

_HEADING_LENGTH = 200
_ENTRY = re.compile(r"[-*+] |#{3,6} |[0-9]{1,9}[.)] ")


class Passage(NamedTuple):
    """A section of a memory: its heading line, and its entries in file order, the oldest first."""

    title: str
    heading: str
    entries: tuple[str, ...]


class MemoryMaterial(NamedTuple):
    """A memory in the pieces that can be cut."""

    path: str
    head: str
    passages: tuple[Passage, ...]
    redacted: int


class PointerMaterial(NamedTuple):
    """A pointer and the line that stands for it."""

    pointer: Pointer
    line: str
    redacted: int


class Material(NamedTuple):
    """The content of a bundle; every text is clean and redacted."""

    repo: str
    root: str
    agent: Agent
    instructions: str
    instructions_redacted: int
    schedule: tuple[tuple[str, str], ...]
    memory: MemoryMaterial | None
    performance: str | None
    performance_path: str
    pointers: tuple[PointerMaterial, ...]
    notices: tuple[Diagnostic, ...]


def gather(repo: str, root: str, agent: Agent, schedule: tuple[tuple[str, str], ...]) -> Material:
    """Read what a session of this agent needs. Raises KaizenError for a file that cannot be read or trusted."""
    instructions, redacted = redact(clean(agent.instructions).strip("\n"))
    fence = open_fence(instructions)
    if fence:  # it would swallow the fences of the project data below
        instructions = f"{instructions}\n{fence}"
    summary, torn = summarize(root, agent.name)
    performance = _performance(summary) if summary is not None else None
    pointers, unread = find_pointers(root)
    return Material(
        repo=repo,
        root=root,
        agent=agent,
        instructions=instructions,
        instructions_redacted=redacted,
        schedule=schedule,
        memory=_memory(root, agent),
        performance=performance,
        performance_path=metrics_path(agent.name),
        pointers=tuple(map(_pointer, pointers)),
        notices=(*torn, *unread),
    )


def _memory(root: str, agent: Agent) -> MemoryMaterial | None:
    if not agent.keeps_memory:
        return None
    memory = read_memory(root, agent.name)
    if memory is None:
        return None
    text, redacted = redact(clean(memory.text).rstrip("\n"))
    head, sections = split_sections(text)
    passages = []
    for section in sections:
        heading, *lines = section.lines
        passages.append(Passage(section.title, heading, _entries(lines, section.title)))
    return MemoryMaterial(memory.path, "\n".join(head).rstrip("\n"), tuple(passages), redacted)


def _entries(lines: list[str], title: str) -> tuple[str, ...]:
    if title not in {SESSION_LOG, FINDINGS}:
        return tuple(filter(None, ["\n".join(lines).strip("\n")]))
    entries: list[list[str]] = []
    for line in lines:
        if not entries or _ENTRY.match(line):
            if not line.strip():
                continue
            entries.append([])
        entries[-1].append(line)
    return tuple("\n".join(entry).rstrip("\n") for entry in entries)


def _performance(summary: Summary) -> str:
    """Return the summary as lines `name: value`, the trends last."""
    values = {name: getattr(summary, name) for name in Summary.__slots__ if name != "trend"}
    values |= {f"trend of {name}": trend for name, trend in summary.trend.items()}
    lines = []
    for name, value in values.items():
        if value is None:
            lines.append(f"{name}: not measured")
        else:
            lines.append(f"{name}: {value}")
    return "\n".join(lines)


def _pointer(pointer: Pointer) -> PointerMaterial:
    if pointer.heading is None:
        return PointerMaterial(pointer=pointer, line=pointer.path, redacted=0)
    heading, redacted = redact(" ".join(clean(pointer.heading).split()))
    heading = heading[:_HEADING_LENGTH]
    return PointerMaterial(
        pointer=replace(pointer, heading=heading), line=f"{pointer.path}: {heading}", redacted=redacted
    )
