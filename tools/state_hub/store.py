"""The rows of a hub in SQLite: one connection per request, so that all threads can use it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass

_TABLE = """
CREATE TABLE IF NOT EXISTS repos (
    slug TEXT PRIMARY KEY,
    domain TEXT,
    host_paths TEXT NOT NULL,
    local_path TEXT,
    kaizen_schedule_enabled INTEGER CHECK (kaizen_schedule_enabled IN (0, 1))
)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A repository in the hub; the flag is None if it was never set."""

    slug: str
    domain: str | None
    host_paths: dict[str, str]
    local_path: str | None
    kaizen_schedule_enabled: bool | None


class Store:
    """The rows in one database file."""

    def __init__(self, path: str) -> None:
        """Open the file, and create the table if it does not exist."""
        self.path = path
        with self._connected() as connection:
            connection.execute(_TABLE)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.row_factory = sqlite3.Row
            yield connection

    def seed(self, rows: Iterable[Row]) -> None:
        """Insert or update rows; the flag of an existing row is kept."""
        with self._connected() as connection:
            connection.executemany(
                "INSERT INTO repos VALUES (:slug, :domain, :host_paths, :local_path, :kaizen_schedule_enabled)"
                " ON CONFLICT (slug) DO UPDATE SET domain = excluded.domain, host_paths = excluded.host_paths,"
                " local_path = excluded.local_path",
                [{**asdict(row), "host_paths": json.dumps(row.host_paths)} for row in rows],
            )

    def rows(self, *, domain: str | None = None, enabled: bool | None = None) -> list[Row]:
        """Return the rows sorted by slug, filtered by domain and by whether the flag is not false (`enabled`)."""
        query = (
            "SELECT * FROM repos WHERE (:domain IS NULL OR domain = :domain)"
            " AND (:enabled IS NULL OR (kaizen_schedule_enabled IS NOT 0) = :enabled) ORDER BY slug"
        )
        with self._connected() as connection:
            return [_row(found) for found in connection.execute(query, {"domain": domain, "enabled": enabled})]

    def set_flag(self, slug: str, flag: bool | None) -> Row | None:  # noqa: FBT001 - it is the value itself
        """Set a row's flag and return the row, or None if the slug is unknown."""
        with self._connected() as connection:
            connection.execute("UPDATE repos SET kaizen_schedule_enabled = ? WHERE slug = ?", (flag, slug))
            found = connection.execute("SELECT * FROM repos WHERE slug = ?", (slug,)).fetchone()
        return _row(found) if found else None


def _row(found: sqlite3.Row) -> Row:
    flag = found["kaizen_schedule_enabled"]
    return Row(
        slug=found["slug"],
        domain=found["domain"],
        host_paths=json.loads(found["host_paths"]),
        local_path=found["local_path"],
        kaizen_schedule_enabled=None if flag is None else bool(flag),
    )
