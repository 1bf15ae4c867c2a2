"""The seal of a bundle: the source, trust class and sha256 of each part."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kaizen_schedule_core.bundle.budget import Content
from kaizen_schedule_core.repo.paths import MANIFEST_PATH, metrics_path

Trust = Literal["instructions", "project-data"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """The seal of one part of a bundle.

    `bytes` and `sha256` are those of the text in the bundle; `tokens` is bytes // 4; `redacted` is the number of
    replaced credentials, `cut` the number of entries that were cut for the budget.
    """

    id: str
    path: str
    trust: Trust
    bytes: int
    sha256: str
    tokens: int
    redacted: int
    cut: int


def seal(content: Content) -> tuple[Part, ...]:
    """Return the seals of the parts, in the order of the bundle."""
    material, cuts = content.material, content.cuts
    agent, memory = material.agent, material.memory
    redacted = material.instructions_redacted
    parts = [
        _part("run", MANIFEST_PATH, material.run, redacted=material.run_redacted),
        _part("agent", agent.path, material.instructions, trust="instructions", redacted=redacted),
    ]
    if memory is not None:
        cut = cuts.log + cuts.findings + cuts.sections
        parts.append(_part("memory", memory.path, content.memory, redacted=memory.redacted, cut=cut))
    if material.performance:
        path = metrics_path(agent.name)
        parts.append(_part("performance", path, content.performance, cut=cuts.performance))
    for number, (pointer, line, redacted) in enumerate(material.pointers):
        if number < len(content.pointers):
            parts.append(_part(pointer.name, pointer.path, line, redacted=redacted))
        else:
            parts.append(_part(pointer.name, pointer.path, "", redacted=redacted, cut=1))
    return tuple(parts)


def _part(id_: str, path: str, text: str, *, trust: Trust = "project-data", redacted: int = 0, cut: int = 0) -> Part:
    data = text.encode()
    return Part(
        id=id_,
        path=path,
        trust=trust,
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        tokens=len(data) // 4,
        redacted=redacted,
        cut=cut,
    )


def digest(parts: Iterable[Part]) -> str:
    """Return the sha256 of one line per part: `<id> <trust> <path> <sha256>` and a line feed (ADR-009)."""
    lines = [f"{part.id} {part.trust} {part.path} {part.sha256}\n" for part in parts]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
