"""How much of the material fits: what is cut, in which order, and the smallest budget that works."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from kaizen_schedule_core.bundle.material import Material
from kaizen_schedule_core.repo.memory import FINDINGS, SESSION_LOG


class Cuts(NamedTuple):
    """How much is left out: log entries and findings the oldest first, pointers and other sections from the last."""

    log: int = 0
    findings: int = 0
    pointers: int = 0
    sections: int = 0
    performance: int = 0


def fit(material: Material, size: Callable[[Cuts], int], max_bytes: int) -> Cuts | int:
    """The fewest cuts, in the order above, with which `size` (bytes) is within the budget.

    Without any that is enough, the smallest budget that works, in bytes.
    """
    cuts = Cuts()
    smallest = size(cuts)
    if smallest <= max_bytes:
        return cuts
    available = _available(material)
    for name in Cuts._fields:
        most = getattr(available, name)
        if not most:
            continue
        least_of_it = size(cuts._replace(**{name: most}))
        if least_of_it <= max_bytes:
            return _fewest(cuts, name, most, size, max_bytes)
        smallest = min(smallest, least_of_it)
        cuts = cuts._replace(**{name: most})
    return smallest


def _fewest(cuts: Cuts, name: str, most: int, size: Callable[[Cuts], int], max_bytes: int) -> Cuts:
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        if size(cuts._replace(**{name: middle})) <= max_bytes:
            high = middle
        else:
            low = middle + 1
    return cuts._replace(**{name: low})


def _available(material: Material) -> Cuts:
    entries: Counter[str] = Counter()
    sections = 0
    if material.memory is not None:
        for passage in material.memory.passages:
            entries[passage.title] += len(passage.entries)
            if passage.entries and passage.title not in {SESSION_LOG, FINDINGS}:
                sections += 1
    return Cuts(
        log=entries[SESSION_LOG],
        findings=entries[FINDINGS],
        pointers=len(material.pointers),
        sections=sections,
        performance=int(material.performance is not None),
    )
