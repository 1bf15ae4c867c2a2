"""The roster: the entries of a file or of a hub's response (ADR-010)."""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from kaizen_schedule_core.codes import reading, roster
from kaizen_schedule_core.diagnostics import diagnose, escape_control_chars, has_errors, quoted
from kaizen_schedule_core.errors import KaizenError, RosterError
from kaizen_schedule_core.files.reading import MIB, read_file
from kaizen_schedule_core.fleet.path_hints import path_hint
from kaizen_schedule_core.names import SLUG_PATTERN, is_slug
from kaizen_schedule_core.repo.roots import absolute, normal_root, usable_root
from kaizen_schedule_core.source.models.validation import read_model
from kaizen_schedule_core.source.text import decode
from kaizen_schedule_core.source.yaml.parser import parse_yaml

ROSTER_LIMIT = 64 * MIB
_EMPTY_FILE = "add at least one entry below repos:"
_EMPTY_HUB = "check the entries in the hub, or the address"


class _Fields(BaseModel):
    """The used fields of an entry; other fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    slug: Annotated[str, StringConstraints(pattern=SLUG_PATTERN)]
    domain: str | None = None
    host_paths: dict[str, str | None] | None = None
    local_path: str | None = None
    kaizen_schedule_enabled: bool | None = None


class _RosterFile(BaseModel):
    """The model of a roster file; entries are checked separately."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Literal["1"]
    repos: list[Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterEntry:
    """One repository of the roster. `repo` is its slug, or `#<position>` (from 1) if the slug is invalid.

    Paths are absolute; empty and null paths are omitted. `problem` is the error in the entry, if any.
    """

    repo: str
    slug: str | None
    domain: str | None = None
    host_paths: tuple[tuple[str, str], ...] = ()
    local_path: str | None = None
    kaizen_schedule_enabled: bool | None = None
    problem: str | None = None

    def path_for(self, hosts: Iterable[str]) -> str | None:
        """Return the path for the first of the hosts that has one, or the local path.

        Names are compared without case; of two names that differ only in case, the exact one is used.
        """
        exact = dict(self.host_paths)
        folded = {name.casefold(): path for name, path in self.host_paths}
        for host in hosts:
            path = exact.get(host) or folded.get(host.casefold())
            if path is not None:
                return path
        return self.local_path


@dataclass(frozen=True, kw_only=True, slots=True)
class Roster:
    """The entries of a roster, in order; `source` is its path or URL, without credentials."""

    source: str
    entries: tuple[RosterEntry, ...]

    @property
    def digest(self) -> str:
        """The sha256 of the content, which is the same for a file and a hub with the same entries in any order."""
        rows = sorted(map(_digest_row, self.entries))
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _digest_row(entry: RosterEntry) -> str:
    enabled = entry.kaizen_schedule_enabled
    return json.dumps([entry.slug, entry.domain, entry.host_paths, entry.local_path, enabled, entry.problem])


def load_roster(path: str) -> Roster:
    """Read a roster file; relative paths in it are relative to its directory.

    Raises RosterError if the file cannot be read (KZ101 to KZ106), is invalid (KZ1xx, KZ2xx) or empty (KZ401).
    """
    try:
        data = read_file(path, limit=ROSTER_LIMIT)
        document = parse_yaml(decode(data, file=path), file=path)
    except KaizenError as error:
        raise RosterError(error.diagnostics) from None
    if any(problem.code == reading.EMPTY.id for problem in document.problems):
        raise _empty(path, _EMPTY_FILE)
    frame, found = read_model(document, _RosterFile)
    if frame is None or has_errors(found):
        raise RosterError(found)
    return roster_of(frame.repos, source=_as_text(path), base=os.path.dirname(absolute(path)))


def _as_text(path: str) -> str:
    """Return a path with bytes that are not UTF-8 as escape sequences, so that reports can contain it."""
    return os.fsencode(path).decode(errors="backslashreplace")


def roster_of(rows: list[Any], *, source: str, base: str | None) -> Roster:
    """Return the roster of a list of entries; paths are relative to `base`, or must be absolute without it.

    Raises RosterError if there are no entries (KZ401).
    """
    if not rows:
        raise _empty(source, _EMPTY_HUB if base is None else _EMPTY_FILE)
    entries = tuple(_entry(row, position, base) for position, row in enumerate(rows, start=1))
    return Roster(source=source, entries=entries)


def _empty(source: str, hint: str) -> RosterError:
    message = f"the roster {escape_control_chars(source)} has no entries"
    return RosterError(diagnose(roster.EMPTY_ROSTER, message, file=source, hint=hint))


def _entry(row: Any, position: int, base: str | None) -> RosterEntry:
    try:
        return _usable_entry(_Fields.model_validate(row), base)
    except ValidationError as error:
        from kaizen_schedule_core.source.models.messages import first_message

        problem = first_message(error) if isinstance(row, dict) else "the entry is not a mapping"
    except ValueError as error:
        problem = str(error)
    slug = row.get("slug") if isinstance(row, dict) else None
    if isinstance(slug, str) and is_slug(slug):
        return RosterEntry(repo=slug, slug=slug, problem=problem)
    return RosterEntry(repo=f"#{position}", slug=None, problem=problem)


def _usable_entry(fields: _Fields, base: str | None) -> RosterEntry:
    """Return the entry of valid fields. Raises ValueError for an invalid path."""
    host_paths: list[tuple[str, str]] = []
    for host, path in sorted((fields.host_paths or {}).items()):
        if path:
            host_paths.append((host, _absolute(path, base)))
    return RosterEntry(
        repo=fields.slug,
        slug=fields.slug,
        domain=fields.domain,
        host_paths=tuple(host_paths),
        local_path=_absolute(fields.local_path, base) if fields.local_path else None,
        kaizen_schedule_enabled=fields.kaizen_schedule_enabled,
    )


def _absolute(path: str, base: str | None) -> str:
    """Return the normalized path. Raises ValueError if it is invalid."""
    if not usable_root(path):
        raise ValueError(f"the path {quoted(path)} contains control characters or is not UTF-8")
    if not os.path.isabs(path) and base is None:
        hint = path_hint(path)
        raise ValueError(f"the path {quoted(path)} is not absolute" + (f" ({hint})" if hint else ""))
    try:
        return normal_root(os.path.join(base or "/", path))
    except KaizenError as error:
        raise ValueError(error.diagnostics[0].message) from None
