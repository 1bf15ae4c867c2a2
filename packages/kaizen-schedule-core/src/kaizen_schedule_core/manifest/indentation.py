"""Lines with the wrong indentation: one mistake, reported once, where it was made."""

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
class Misindented:
    """A line with the wrong indentation, and the ranges of the file in which other problems follow from it."""

    diagnostic: Diagnostic
    ranges: tuple[tuple[Place, Place], ...]

    def explains(self, other: Diagnostic) -> bool:
        """Return whether another diagnostic follows from this one."""
        place = (other.line or 0, other.column or 0)
        same = (other.code, other.message, place) == (self.diagnostic.code, self.diagnostic.message, (1, 1))
        return same or any(start <= place < end for start, end in self.ranges)


def drop_consequences(document: Document, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the problems of a file, those that only follow from wrong indentation replaced by that one problem."""
    lines = list(islice(_misindented(document), PROBLEM_LIMIT))
    kept = [line.diagnostic for line in lines]
    for diagnostic in found:
        if not any(line.explains(diagnostic) for line in lines):
            kept.append(diagnostic)
    return kept


def _misindented(document: Document) -> Iterator[Misindented]:
    value = document.value
    if not isinstance(value, dict):
        return
    agents = value.get("agents", value)
    lost = [(key,) for key, inner in value.items() if _is_lost_agent(key, inner)]
    if agents is None and lost:
        message = f"{quoted(lost[0][0])} stands beside agents: instead of below it"
        yield _wrong_line(document, lost[0], message, "indent it, and the lines below it", others=[("agents",), *lost])
    elif agents is value and lost:
        hint = f"add agents: above {quoted(lost[0][0])}, and indent what belongs below it"
        found = document.diagnose(shape.MISSING_KEY, 'missing key "agents"', (), key=True, hint=hint)
        yield Misindented(diagnostic=found, ranges=tuple(_range_of(document, path) for path in lost))
    for key in _AGENT_KEYS & value.keys():
        hint = "move it below the agent that it is meant for"
        yield _wrong_line(document, (key,), f"unknown key {quoted(key)}", hint)
    if isinstance(agents, dict) and agents is not value:
        yield from _beside_its_agent(document, agents)
        for name, inner in agents.items():
            if isinstance(inner, dict):
                yield from _inside_an_agent(document, name, inner)


def _is_lost_agent(key: str, inner: object) -> bool:
    return key not in _TOP_KEYS and isinstance(inner, dict) and bool(_AGENT_KEYS & inner.keys())


def _beside_its_agent(document: Document, agents: dict[str, object]) -> Iterator[Misindented]:
    """Keys among the names of agents."""
    owner, slipped = None, dict[str, list[str]]()
    for name, inner in agents.items():
        if name in _TOP_KEYS and not isinstance(inner, dict):
            message = f"{quoted(name)} stands below agents: instead of beside it"
            yield _wrong_line(document, ("agents", name), message, "indent it like agents:")
        elif name not in _AGENT_KEYS or isinstance(inner, dict):
            owner = name
        elif owner is not None:
            slipped.setdefault(owner, []).append(name)
    for name, keys in slipped.items():
        message = f"{quoted(keys[0])} stands beside agent {quoted(name)} instead of below it"
        hint = "indent it, and its neighbours, further than the agent's name"
        head = None
        if not isinstance(agents[name], dict) or "cadence" in keys:
            head = ("agents", name)
        others: list[Path] = [("agents", key) for key in keys]
        yield _wrong_line(document, ("agents", keys[0]), message, hint, others, head=head)


def _inside_an_agent(document: Document, name: str, agent: dict[str, object]) -> Iterator[Misindented]:
    for key, inner in agent.items():
        path = ("agents", name, key)
        if key in _TOP_KEYS:
            message = f"unknown key {quoted(key)} in agent {quoted(name)}"
            yield _wrong_line(document, path, message, "move it to the top of the file")
        elif inner is None and key not in _AGENT_KEYS and not key.startswith(_OWN_PREFIX):
            start, _ = _range_of(document, path)
            _, end = _range_of(document, ("agents", name))
            if _repeats_key(document, start, end):
                message = f"{quoted(key)} stands inside agent {quoted(name)} instead of beside it"
                found = document.diagnose(shape.UNKNOWN_KEY, message, path, key=True, hint=f"indent it like {name}:")
                yield Misindented(diagnostic=found, ranges=((start, end),))
                return


def _repeats_key(document: Document, start: Place, end: Place) -> bool:
    for problem in document.problems:
        if problem.code == reading.REPEATED_KEY.id and start < (problem.line or 0, problem.column or 0) < end:
            return True
    return False


def _wrong_line(
    document: Document, path: Path, message: str, hint: str, others: Iterable[Path] = (), head: Path | None = None
) -> Misindented:
    found = document.diagnose(shape.UNKNOWN_KEY, message, path, key=True, hint=hint)
    ranges = [_range_of(document, one) for one in (path, *others)]
    if head is not None:
        span = document.span(head, key=True)
        ranges.append(((span.line, span.column), (span.end_line, span.end_column)))
    return Misindented(diagnostic=found, ranges=tuple(ranges))


def _range_of(document: Document, path: Path) -> tuple[Place, Place]:
    key, value = document.span(path, key=True), document.span(path)
    return (key.line, key.column), (value.end_line, value.end_column)
