"""The budget of a bundle: what is cut, in which order, and the smallest budget that works."""

from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple

from kaizen_schedule_core.bundle.material import Material, MemoryMaterial, PointerMaterial
from kaizen_schedule_core.repo.memory import FINDINGS, SESSION_LOG


class Cuts(NamedTuple):
    """The number of cut items: log entries and findings from the oldest, pointers and other sections from the last."""

    log: int = 0
    findings: int = 0
    pointers: int = 0
    sections: int = 0
    performance: int = 0


class Content(NamedTuple):
    """The material after the cuts: the texts of the bundle, and the `pointers` that are not cut."""

    material: Material
    cuts: Cuts
    memory: str
    performance: str
    pointers: tuple[PointerMaterial, ...]


def fit(material: Material, size: Callable[[Content], int], max_bytes: int) -> Content | int:
    """Return the content with the fewest cuts, in the order of `Cuts`, whose `size` in bytes is within the budget.

    If that is not possible, return the smallest budget that works, in bytes.
    """
    available = _available(material)
    content = _cut(material, Cuts(), available)
    smallest = size(content)
    if smallest <= max_bytes:
        return content
    for name, most in available._asdict().items():
        if most == 0:
            continue
        before = content.cuts
        content = _cut(material, before._replace(**{name: most}), available)
        smallest = min(smallest, size(content))
        if smallest <= max_bytes:
            return _fewest(material, available, before, name, lambda content: size(content) <= max_bytes)
    return smallest


def _fewest(material: Material, available: Cuts, cuts: Cuts, name: str, fits: Callable[[Content], bool]) -> Content:
    """Return the content with the fewest cuts of one kind that fits; all that are `available` are enough."""

    def content(count: int) -> Content:
        return _cut(material, cuts._replace(**{name: count}), available)

    most = available._asdict()[name]
    # The first count from 1 to most - 1 that fits, or most.
    return content(bisect_left(range(most), x=True, lo=1, key=lambda count: fits(content(count))))


def _available(material: Material) -> Cuts:
    """Return the largest possible cuts."""
    log = findings = sections = 0
    if material.memory is not None:
        for passage in material.memory.passages:
            if passage.title == SESSION_LOG:
                log += len(passage.entries)
            elif passage.title == FINDINGS:
                findings += len(passage.entries)
            else:
                sections += len(passage.entries)
    return Cuts(log, findings, len(material.pointers), sections, int(bool(material.performance)))


def _cut(material: Material, cuts: Cuts, available: Cuts) -> Content:
    memory, performance = "", material.performance
    if material.memory is not None:
        memory = _memory_text(material.memory, cuts, available.sections - cuts.sections)
    if cuts.performance:
        performance = ""
    left = material.pointers[: len(material.pointers) - cuts.pointers]
    return Content(material=material, cuts=cuts, memory=memory, performance=performance, pointers=left)


def _memory_text(memory: MemoryMaterial, cuts: Cuts, sections_left: int) -> str:
    blocks = []
    if memory.head:
        blocks.append(memory.head)
    to_cut = {SESSION_LOG: cuts.log, FINDINGS: cuts.findings}
    for passage in memory.passages:
        blocks.append(passage.heading)
        entries = passage.entries
        if passage.title in to_cut:
            cut = min(to_cut[passage.title], len(entries))
            to_cut[passage.title] -= cut  # several sections can have the same title
            if cut:
                noun = "entry" if len(entries) == 1 else "entries"
                blocks.append(f"[cut for the budget: the oldest {cut} of {len(entries)} {noun}]")
            entries = entries[cut:]
        elif sections_left < len(entries):
            entries = ("[cut for the budget: this section]",)
        else:
            sections_left -= len(entries)
        if entries:
            blocks.append("\n".join(entries))
    return "\n\n".join(blocks)
