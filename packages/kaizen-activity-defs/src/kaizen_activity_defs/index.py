"""The index of a catalog, `index.yml`: its definitions, and the log of their changes (contract section 9)."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from operator import attrgetter
from typing import Annotated, Any, Literal

from kaizen_schedule_core import codes
from kaizen_schedule_core.clock.cron import parse_cron
from kaizen_schedule_core.clock.field import CronProblem
from kaizen_schedule_core.clock.zones import known_zones
from kaizen_schedule_core.diagnostics import Diagnostic, diagnose, escape_control_chars, has_errors, quoted
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import near_name, os_problem, read_inside
from kaizen_schedule_core.files.writing import write_inside
from kaizen_schedule_core.manifest.cron_and_zone import unknown_zone
from kaizen_schedule_core.repo.roots import usable_root
from kaizen_schedule_core.source.document import Document
from kaizen_schedule_core.source.frontmatter import parse_frontmatter
from kaizen_schedule_core.source.models.validation import read_model
from kaizen_schedule_core.source.text import decode
from kaizen_schedule_core.source.yaml.parser import parse_yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator

from kaizen_activity_defs.model import DEFINITION_LIMIT, Slug

INDEX_FILE = "index.yml"
INDEX_VERSION = "1"
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[^/\x00]{1,252}\.md$")]

_HEAD = """\
# The index of this catalog, written by `kaizen-agentic definitions sync`, `enable` and `disable`.
# `enabled` is a copy; the value in the file of the definition is used.
"""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Site(_Strict):
    """The values of a site; None keeps the value of the package. `crons` are those of definitions by id."""

    source_type: Slug | None = None
    domain: Slug | None = None
    timezone: str | None = None
    crons: dict[Slug, str] = {}

    @field_validator("crons")
    @classmethod
    def _valid(cls, crons: dict[str, str]) -> dict[str, str]:
        for cron in filter(None, crons.values()):
            problem = parse_cron(cron)
            if isinstance(problem, CronProblem):
                raise ValueError(f"invalid cron {quoted(cron)}: {problem.message}")  # noqa: TRY004 - for pydantic
        return crons

    @field_validator("timezone")
    @classmethod
    def _known(cls, zone: str | None) -> str | None:
        if zone is not None and zone not in known_zones():
            raise ValueError(f"unknown time zone {quoted(zone)}")
        return zone


class Switched(_Strict):
    """An entry of the log: who enabled or disabled a definition, when (RFC 3339, UTC), and why.

    `report` is the digest of the smoke report, `reports` those of several.
    """

    action: Literal["enable", "disable"]
    at: str
    by: str
    reason: str
    digest: Digest
    report: Digest | None = None
    reports: list[Digest] = []


class Indexed(_Strict):
    """A definition: its file, and the digests of the packaged, current and unfinished (`pending`) text."""

    slug: str
    file: FileName
    shipped: Digest
    standing: Digest
    enabled: bool
    pending: list[Digest] = []
    log: list[Switched] = []


class Index(_Strict):
    """The index of a catalog."""

    version: Literal["1"] = "1"
    site: Site = Site()
    definitions: list[Indexed] = []

    @property
    def by_slug(self) -> dict[str, Indexed]:
        """The entries by slug."""
        return {one.slug: one for one in self.definitions}


def require_catalog(catalog: str) -> None:
    """Raise KaizenError (KZ101 to KZ106) if the catalog is not an existing directory."""
    if os.path.isdir(catalog):
        return
    try:
        os.stat(catalog)
    except FileNotFoundError:
        message = f"the directory {escape_control_chars(catalog)} does not exist"
        hint = "create it first, or pass the catalog directory"
        if near := near_name(catalog):
            hint = f"did you mean {escape_control_chars(os.path.join(os.path.dirname(catalog), near))}?"
        raise Absent(diagnose(codes.reading.ABSENT, message, file=catalog, hint=hint)) from None
    except OSError as error:
        raise os_problem(error, catalog) from None
    message = f"{escape_control_chars(catalog)} is not a directory"
    raise KaizenError(diagnose(codes.reading.NOT_A_FILE, message, file=catalog, hint="pass the catalog directory"))


def read_index(catalog: str) -> Index | None:
    """Return the index of a catalog, or None if there is none. Raises KaizenError if it cannot be read."""
    shown = os.path.join(catalog, INDEX_FILE)
    try:
        data = read_inside(catalog, INDEX_FILE, limit=DEFINITION_LIMIT)
    except Absent:
        if os.path.isdir(catalog):
            return None
        raise
    document = parse_yaml(decode(data, file=shown), file=shown)
    zone_path = ("site", "timezone")
    wrong = _newer(document) or unknown_zone(document, zone_path, _value(document, *zone_path))
    if wrong is not None:
        raise KaizenError(wrong)
    model, found = read_model(document, Index, allow_null=True)
    if model is not None:
        found += _repeated(document, model)
    if model is None or has_errors(found):
        raise KaizenError(found)
    return model


def markdown_files(folder: str) -> list[str]:
    """Return the names of the Markdown files in a directory, sorted. Raises KaizenError if it cannot be read."""
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith(".md"))
    except OSError as error:
        raise os_problem(error, folder) from None


def files_by_id(catalog: str) -> dict[str, list[str]]:
    """Return the file names of a catalog by id, because a definition can be renamed.

    Raises KaizenError if the directory cannot be listed (KZ103).
    """
    found: dict[str, list[str]] = {}
    for name in markdown_files(catalog):
        if not usable_root(name):
            continue
        with suppress(KaizenError):  # loading it reports its problems
            text = decode(read_inside(catalog, name, limit=DEFINITION_LIMIT), file=name, prose=True)
            value = parse_frontmatter(text, file=name).document.value
            if isinstance(value, dict) and isinstance(value.get("id"), str):
                found.setdefault(value["id"], []).append(name)
    return found


def _newer(document: Document) -> Diagnostic | None:
    version = _value(document, "version")
    if isinstance(version, str) and version.isdecimal() and int(version[:9]) > int(INDEX_VERSION):
        message = f"index version {quoted(version)} is newer than version {INDEX_VERSION}, which this tool supports"
        return document.diagnose(codes.definitions.DEFINITION_SHAPE, message, ("version",), hint="upgrade the tool")
    return None


def _value(document: Document, *path: str) -> Any:
    reached, value = document.reach(path)
    return None if reached != path else value


def _repeated(document: Document, index: Index) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for number, one in enumerate(index.definitions):
        if one.slug in seen:
            message = f"duplicate entry {quoted(one.slug)} in the index"
            path = ("definitions", number, "slug")
            hint = "merge the entries into one and keep all log lines"
            yield document.diagnose(codes.definitions.REPEATED_ID, message, path, hint=hint)
        seen.add(one.slug)


def write_index(catalog: str, index: Index) -> None:
    """Write the index atomically, sorted by slug. Raises KaizenError."""
    data = index_text(index).encode()
    if len(data) > DEFINITION_LIMIT:
        shown = os.path.join(catalog, INDEX_FILE)
        name = escape_control_chars(shown)
        message = f"{name} would be larger than {DEFINITION_LIMIT} bytes, the limit"
        hint = "remove old entries from its logs"
        raise KaizenError(diagnose(codes.reading.TOO_LARGE, message, file=shown, hint=hint))
    write_inside(catalog, INDEX_FILE, data)


def index_text(index: Index) -> str:
    """Return the text of an index: YAML, with texts in JSON syntax."""
    lines = [_HEAD, f"version: {_flow(index.version)}\nsite:\n"]
    site = index.site.model_dump()
    if not index.site.crons:  # the index of a catalog without site crons does not change
        del site["crons"]
    lines += _key_lines(site, "  ")
    if not index.definitions:
        lines.append("definitions: []\n")
        return "".join(lines)
    lines.append("definitions:\n")
    for one in sorted(index.definitions, key=attrgetter("slug")):
        lines += _entry_lines(one)
    return "".join(lines)


def _entry_lines(one: Indexed) -> list[str]:
    values = one.model_dump(exclude={"log"})
    if not one.pending:
        del values["pending"]
    lines = _key_lines(values, "    ")
    lines[0] = lines[0].replace("    ", "  - ", 1)
    if not one.log:
        return [*lines, "    log: []\n"]
    return [*lines, "    log:\n", *(f"      - {_flow(entry.model_dump())}\n" for entry in one.log)]


def _key_lines(values: Mapping[str, Any], indent: str) -> list[str]:
    return [f"{indent}{name}: {_flow(value)}\n" for name, value in values.items()]


def _flow(value: Any) -> str:
    return "".join(map(_printable, json.dumps(value, ensure_ascii=False)))


def _printable(char: str) -> str:
    if char.isprintable():
        return char
    if ord(char) > 0xFFFF:  # noqa: PLR2004
        return f"\\U{ord(char):08x}"
    return f"\\u{ord(char):04x}"
