"""Lines that slipped out of the mapping they belong to: one mistake, told once, where it was made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from kaizen_schedule_core.codes import reading, shape
from kaizen_schedule_core.diagnostics import Diagnostic, quoted
from kaizen_schedule_core.manifest.model import AgentEntry, ManifestFile
from kaizen_schedule_core.source.document import PROBLEM_LIMIT, Document, Path

_AGENT_KEYS = frozenset(AgentEntry.model_fields)
_TOP_KEYS = frozenset(ManifestFile.model_fields)
_OWN_PREFIX = "x-"

Place = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What slipped, and the stretches of the file in which further complaints only follow from it."""

    diagnostic: Diagnostic
    stretches: tuple[tuple[Place, Place], ...]

    def explains(self, other: Diagnostic) -> bool:
        """Whether another diagnostic says no more than this one."""
        place = (other.line or 0, other.column or 0)
        same = (other.code, other.message, place) == (self.diagnostic.code, self.diagnostic.message, (1, 1))
        return same or any(start <= place < end for start, end in self.stretches)


def without_second_hand(document: Document, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The complaints about a file, those that only follow from a slipped line replaced by that line's own."""
    slips = list(islice(_slips(document), PROBLEM_LIMIT))
    rest = [one for one in found if not any(slip.explains(one) for slip in slips)]
    return [*(slip.diagnostic for slip in slips), *rest]


def _slips(document: Document) -> Iterator[Slip]:
    value = document.value
    if not isinstance(value, dict):
        return
    agents = value.get("agents", value)
    lost = [key for key, inner in value.items() if _is_lost_agent(key, inner)]
    if agents is None and lost:
        message = f"{quoted(lost[0])} stands beside agents: instead of below it"
        hint = "indent it, and the lines below it"
        yield _slip(document, (lost[0],), message, hint, others=[("agents",), *((key,) for key in lost)])
    elif agents is value and lost:
        hint = f"add agents: above {quoted(lost[0])}, and indent what belongs below it"
        found = document.diagnose(shape.MISSING_KEY, 'missing key "agents"', (), key=True, hint=hint)
        yield Slip(diagnostic=found, stretches=tuple(_stretch(document, (key,)) for key in lost))
    for key in _AGENT_KEYS & value.keys():
        yield _slip(document, (key,), f"unknown key {quoted(key)}", "move it below the agent that it is meant for")
    if isinstance(agents, dict) and agents is not value:
        yield from _beside_its_agent(document, agents)
        for name, inner in agents.items():
            if isinstance(inner, dict):
                yield from _inside_an_agent(document, name, inner)


def _is_lost_agent(key: str, inner: object) -> bool:
    return key not in _TOP_KEYS and isinstance(inner, dict) and bool(_AGENT_KEYS & inner.keys())


def _beside_its_agent(document: Document, agents: dict[str, object]) -> Iterator[Slip]:
    """Keys among the names of agents."""
    owner, slipped = None, dict[str, list[str]]()
    for name, inner in agents.items():
        if name in _TOP_KEYS and not isinstance(inner, dict):
            message = f"{quoted(name)} stands below agents: instead of beside it"
            yield _slip(document, ("agents", name), message, "indent it like agents:")
        elif name not in _AGENT_KEYS or isinstance(inner, dict):
            owner = name
        elif owner is not None:
            slipped.setdefault(owner, []).append(name)
    for name, keys in slipped.items():
        message = f"{quoted(keys[0])} stands beside agent {quoted(name)} instead of below it"
        hint = "indent it, and its neighbours, further than the agent's name"
        inner = agents[name]
        lacking = not isinstance(inner, dict) or "cadence" in keys
        others: list[Path] = [("agents", key) for key in keys]
        yield _slip(document, ("agents", keys[0]), message, hint, others, head=("agents", name) if lacking else None)


def _inside_an_agent(document: Document, name: str, agent: dict[str, object]) -> Iterator[Slip]:
    """A key of the top, or the name of the next agent, among the keys of an agent."""
    for key, inner in agent.items():
        path = ("agents", name, key)
        if key in _TOP_KEYS:
            message = f"unknown key {quoted(key)} in agent {quoted(name)}"
            yield _slip(document, path, message, "move it to the top of the file")
        elif inner is None and key not in _AGENT_KEYS and not key.startswith(_OWN_PREFIX):
            start, _ = _stretch(document, path)
            _, end = _stretch(document, ("agents", name))
            repeats = (one for one in document.problems if one.code == reading.REPEATED_KEY.id)
            if any(start < (one.line or 0, one.column or 0) < end for one in repeats):
                message = f"{quoted(key)} stands inside agent {quoted(name)} instead of beside it"
                found = document.diagnose(shape.UNKNOWN_KEY, message, path, key=True, hint=f"indent it like {name}:")
                yield Slip(diagnostic=found, stretches=((start, end),))
                return


def _slip(
    document: Document, path: Path, message: str, hint: str, others: Iterable[Path] = (), head: Path | None = None
) -> Slip:
    found = document.diagnose(shape.UNKNOWN_KEY, message, path, key=True, hint=hint)
    stretches = [_stretch(document, one) for one in (path, *others)]
    if head is not None:
        span = document.span(head, key=True)
        stretches.append(((span.line, span.column), (span.end_line, span.end_column)))
    return Slip(diagnostic=found, stretches=tuple(stretches))


def _stretch(document: Document, path: Path) -> tuple[Place, Place]:
    """From the start of a key to the end of its value."""
    key, value = document.span(path, key=True), document.span(path)
    return (key.line, key.column), (value.end_line, value.end_column)
