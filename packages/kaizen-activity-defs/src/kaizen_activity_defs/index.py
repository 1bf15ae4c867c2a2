"""The index of a catalog, `index.yml`: what was shipped, what stands, what is switched on, and by whom (section 9)."""

from __future__ import annotations

import json
import os
from typing import Annotated, Literal

from kaizen_schedule_core import (
    DEFINITION_LIMIT,
    KaizenError,
    codes,
    decode,
    has_errors,
    parse_yaml,
    read_inside,
    read_model,
    write_inside,
)
from pydantic import BaseModel, ConfigDict, StringConstraints

INDEX_FILE = "index.yml"
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

_HEAD = """\
# The index of this catalog. `kaizen-agentic definitions sync`, `enable` and `disable` write it; the `enabled` of a
# definition's own file is the truth, and what stands here repeats it.
"""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Site(_Strict):
    """The values that differ from site to site; None leaves what was shipped."""

    source_type: str | None = None
    domain: str | None = None
    timezone: str | None = None


class Switched(_Strict):
    """An entry of the log: who switched a definition on or off, when (RFC 3339, UTC), why, and on what ground."""

    action: Literal["enable", "disable"]
    at: str
    by: str
    reason: str
    digest: Digest
    report: Digest | None = None


class Indexed(_Strict):
    """A definition: its file, the digest of what was shipped (with the site's values) and of what stands.

    `pending` are those of texts about to be written: a file that holds one was left by a sync that was killed, and is
    no edit of anybody's.
    """

    slug: str
    file: str
    shipped: Digest
    standing: Digest
    enabled: bool
    pending: list[Digest] = []
    log: list[Switched] = []


class Index(_Strict):
    """What a catalog's index says."""

    version: Literal["1"] = "1"
    site: Site = Site()
    definitions: list[Indexed] = []

    def find(self, slug: str) -> Indexed | None:
        """The entry of a definition."""
        return next((one for one in self.definitions if one.slug == slug), None)


def read_index(catalog: str) -> Index | None:
    """The index of a catalog, None where there is none yet. Raises KaizenError for one that cannot be read."""
    shown = os.path.join(catalog, INDEX_FILE)
    try:
        data = read_inside(catalog, INDEX_FILE, limit=DEFINITION_LIMIT)
    except KaizenError as error:
        if error.diagnostics[0].code == codes.reading.ABSENT.id and os.path.isdir(catalog):
            return None
        raise
    model, found = read_model(parse_yaml(decode(data, file=shown), file=shown), Index, allow_null=True)
    if model is None or has_errors(found):
        raise KaizenError(found)
    return model


def write_index(catalog: str, index: Index) -> None:
    """Write the index whole, sorted by slug, so that a change is a small one. Raises KaizenError."""
    write_inside(catalog, INDEX_FILE, index_text(index).encode())


def index_text(index: Index) -> str:
    """The text of an index: plain YAML, every text as JSON writes it."""
    lines = [_HEAD, f"version: {json.dumps(index.version)}\nsite:\n"]
    lines += [f"  {name}: {json.dumps(value)}\n" for name, value in index.site.model_dump().items()]
    lines.append("definitions:\n" if index.definitions else "definitions: []\n")
    for one in sorted(index.definitions, key=lambda one: one.slug):
        values = one.model_dump(exclude={"log"} if one.pending else {"log", "pending"})
        lines += [
            f"  {'- ' if number == 0 else '  '}{name}: {json.dumps(value)}\n"
            for number, (name, value) in enumerate(values.items())
        ]
        lines.append("    log:\n" if one.log else "    log: []\n")
        lines += [f"      - {json.dumps(entry.model_dump())}\n" for entry in one.log]
    return "".join(lines)
