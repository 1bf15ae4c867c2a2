"""Detection of wrong indentation, which is reported once, at the wrong line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import filterfalse, islice

from kaizen_schedule_core.codes import Code, reading
from kaizen_schedule_core.codes.structure import MISSING_KEY, UNKNOWN_KEY
from kaizen_schedule_core.diagnostics import Diagnostic, quoted
from kaizen_schedule_core.manifest.model import AgentEntry, ManifestFile
from kaizen_schedule_core.source.document import PROBLEM_LIMIT, Document, Path

_AGENT_KEYS = frozenset(AgentEntry.model_fields)
_TOP_KEYS = frozenset(ManifestFile.model_fields)
_OWN_PREFIX = "x-"

Place = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Misindented:
    """A line with wrong indentation, and the ranges of the file with consequential problems."""

    diagnostic: Diagnostic
    ranges: tuple[tuple[Place, Place], ...]

    def explains(self, other: Diagnostic) -> bool:
        """Check whether another diagnostic is a consequence of this one."""
        place = _start_of(other)
        same = (other.code, other.message, place) == (self.diagnostic.code, self.diagnostic.message, (1, 1))
        return same or any(start <= place < end for start, end in self.ranges)


def drop_consequences(document: Document, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the problems of a file, with the consequences of wrong indentation replaced by one problem."""
    lines = list(islice(_misindented(document), PROBLEM_LIMIT))
    for line in lines:
        found = filterfalse(line.explains, found)
    return [*(line.diagnostic for line in lines), *found]


def _misindented(document: Document) -> Iterator[Misindented]:
    value = document.value
    if not isinstance(value, dict):
        return
    agents = value.get("agents", value)
    lost: list[Path] = [(key,) for key, inner in value.items() if _is_lost_agent(key, inner)]
    if agents is None and lost:
        message = f"{quoted(lost[0][0])} must be indented below agents:"
        hint = "indent it and the lines below it"
        yield _wrong_line(document, lost[0], message, hint, [("agents",), *lost])
    elif agents is value and lost:
        hint = f"add agents: above {quoted(lost[0][0])}, and indent the lines below it"
        yield _wrong_line(document, (), 'missing key "agents"', hint, lost, MISSING_KEY)
    for key in _AGENT_KEYS & value.keys():
        hint = "move it below the agent that it belongs to"
        yield _wrong_line(document, (key,), f"unknown key {quoted(key)}", hint)
    if isinstance(agents, dict) and agents is not value:
        yield from _beside_its_agent(document, agents)
        for name, inner in agents.items():
            if isinstance(inner, dict):
                yield from _inside_an_agent(document, name, inner)


def _is_lost_agent(key: str, inner: object) -> bool:
    return key not in _TOP_KEYS and isinstance(inner, dict) and bool(_AGENT_KEYS & inner.keys())


def _beside_its_agent(document: Document, agents: dict[str, object]) -> Iterator[Misindented]:
    """Yield the keys of an agent, and top-level keys, that are at the indentation of agent names."""
    owner, misplaced = None, dict[str, list[Path]]()
    for name, inner in agents.items():
        if name in _TOP_KEYS and not isinstance(inner, dict):
            message = f"{quoted(name)} must not be indented below agents:"
            yield _wrong_line(document, ("agents", name), message, "indent it like agents:")
        elif name not in _AGENT_KEYS or isinstance(inner, dict):
            owner = name
        elif owner is not None:
            misplaced.setdefault(owner, []).append(("agents", name))
    for name, paths in misplaced.items():
        message = f"{quoted(paths[0][-1])} must be indented below agent {quoted(name)}"
        hint = "indent it, and the keys next to it, below the agent's name"
        line = _wrong_line(document, paths[0], message, hint, paths)
        if not isinstance(agents[name], dict) or ("agents", "cadence") in paths:
            head = document.span(("agents", name), key=True)
            head_range = (head.line, head.column), (head.end_line, head.end_column)
            line = replace(line, ranges=(*line.ranges, head_range))
        yield line


def _inside_an_agent(document: Document, name: str, agent: dict[str, object]) -> Iterator[Misindented]:
    """Yield a top-level key, or the name of the next agent, that is at the indentation of an agent's keys."""
    for key, inner in agent.items():
        path = ("agents", name, key)
        if key in _TOP_KEYS:
            message = f"unknown key {quoted(key)} in agent {quoted(name)}"
            yield _wrong_line(document, path, message, "move it to the top of the file")
        elif inner is None and key not in _AGENT_KEYS and not key.startswith(_OWN_PREFIX):
            start, _ = _range_of(document, path)
            _, end = _range_of(document, ("agents", name))
            repeats = (one for one in document.problems if one.code == reading.REPEATED_KEY.id)
            if any(start < place < end for place in map(_start_of, repeats)):
                message = f"{quoted(key)} must not be indented below agent {quoted(name)}"
                found = document.diagnose(UNKNOWN_KEY, message, path, key=True, hint=f"indent it like {name}:")
                yield Misindented(diagnostic=found, ranges=((start, end),))
                return


def _wrong_line(
    document: Document, path: Path, message: str, hint: str, paths: Sequence[Path] = (), code: Code = UNKNOWN_KEY
) -> Misindented:
    """Return the wrong line of a key, with the ranges of `paths`, by default its own."""
    found = document.diagnose(code, message, path, key=True, hint=hint)
    return Misindented(diagnostic=found, ranges=tuple(_range_of(document, one) for one in paths or [path]))


def _range_of(document: Document, path: Path) -> tuple[Place, Place]:
    """Return the range from the start of a key to the end of its value."""
    key, value = document.span(path, key=True), document.span(path)
    return (key.line, key.column), (value.end_line, value.end_column)


def _start_of(diagnostic: Diagnostic) -> Place:
    return diagnostic.line or 0, diagnostic.column or 0
