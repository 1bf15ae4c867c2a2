from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from kaizen_schedule_core import Roster, RosterError, discover_kaizen_scheduled_repos, resolve_roster
from kaizen_schedule_core.fleet.roster import load_roster, roster_of
from kaizen_schedule_core.names import SLUG_PATTERN

ONE = {"slug": "demo", "local_path": "checkouts/demo"}


def write(folder: Path, content: str | bytes) -> str:
    path = folder / "roster.yml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def read(folder: Path, *rows: Any) -> Roster:
    return load_roster(write(folder, yaml.safe_dump({"version": "1", "repos": list(rows)})))


def failing(folder: Path, name: str) -> str:
    """Return the path of an unreadable or invalid roster."""
    path = folder / "roster.yml"
    if name == "absent":
        return str(path)
    makers: dict[str, Callable[[], object]] = {
        "folder": path.mkdir,
        "fifo": lambda: os.mkfifo(path),
        "circle": lambda: path.symlink_to(path.name),
    }
    if name in makers:
        makers[name]()
        return str(path)
    return write(folder, WRONG[name][0])


GOOD = 'version: "1"\nrepos:\n  - slug: demo\n    local_path: demo\n'
WRONG: dict[str, tuple[str | bytes, str]] = {
    "absent": ("", "KZ101"),
    "folder": ("", "KZ102"),
    "fifo": ("", "KZ102"),
    "circle": ("", "KZ104"),
    "empty-file": ("", "KZ401"),
    "blank-file": ("\n# nothing yet\n", "KZ401"),
    "no-entries": ('version: "1"\nrepos: []\n', "KZ401"),
    "entries-null": ('version: "1"\nrepos:\n', "KZ212"),
    "no-repos": ('version: "1"\n', "KZ201"),
    "no-version": ("repos:\n  - slug: demo\n", "KZ201"),
    "version-as-number": (GOOD.replace('"1"', "1"), "KZ204"),
    "newer-version": (GOOD.replace('"1"', '"2"'), "KZ213"),
    "bare-list": ("- slug: demo\n", "KZ204"),
    "bare-list-in-json": ('[{"slug": "demo"}]', "KZ204"),
    "envelope": ('{"items": [{"slug": "demo"}], "total": 1}', "KZ202"),
    "envelope-beside": (GOOD + "next: null\n", "KZ202"),
    "repos-by-slug": ('version: "1"\nrepos:\n  demo: {local_path: x}\n', "KZ204"),
    "a-word": ("roster\n", "KZ204"),
    "broken-yaml": ('version: "1"\nrepos: [\n', "KZ115"),
    "conflict": ("<<<<<<< HEAD\n" + GOOD, "KZ115"),
    "second-document": (GOOD + "---\n" + GOOD, "KZ117"),
    "anchor": (GOOD + "  - &a {slug: x}\n  - *a\n", "KZ116"),
    "key-twice": (GOOD + "repos: []\n", "KZ118"),
    "slug-twice-in-one-entry": (GOOD + "    slug: other\n", "KZ118"),
    "latin-1": (GOOD.encode().replace(b"demo", b"caf\xe9"), "KZ110"),
    "utf-16": (GOOD.encode("utf-16"), "KZ110"),
    "nul": (GOOD.replace("demo", "de\x00mo"), "KZ111"),
    "nested-very-deep": ("[" * 100_000, "KZ113"),
    "html-of-a-login-page": ("<!doctype html>\n<html><body>Sign in</body></html>\n", "KZ204"),
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_roster_that_cannot_be_read_is_always_an_exception(tmp_path: Path, name: str) -> None:
    path = failing(tmp_path, name)
    for use in (
        lambda: load_roster(path),
        lambda: resolve_roster(roster=path),
        lambda: discover_kaizen_scheduled_repos(roster=Path(path)),
    ):
        with pytest.raises(RosterError) as caught:
            use()
        assert caught.value.diagnostics[0].severity == "error"
        assert caught.value.diagnostics[0].file == path


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_roster_error_has_its_code(tmp_path: Path, name: str) -> None:
    with pytest.raises(RosterError) as caught:
        load_roster(failing(tmp_path, name))
    assert WRONG[name][1] in {problem.code for problem in caught.value.diagnostics}


def test_a_list_without_entries_is_an_error() -> None:
    with pytest.raises(RosterError) as caught:
        roster_of([], source="http://hub.example", base=None)
    assert caught.value.diagnostics[0].code == "KZ401"


def test_relative_paths_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "etc").mkdir()
    monkeypatch.chdir("/")
    entry = read(
        tmp_path / "etc", {"slug": "demo", "local_path": "../co/demo/", "host_paths": {"h": "./x//y"}}
    ).entries[0]
    assert entry.local_path == str(tmp_path / "co" / "demo")
    assert entry.host_paths == (("h", str(tmp_path / "etc" / "x" / "y")),)
    monkeypatch.chdir(tmp_path)
    assert load_roster("etc/roster.yml").entries[0] == entry


def test_absolute_paths_are_normalized_without_resolving_symlinks(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc")
    entry = read(tmp_path, {"slug": "demo", "local_path": f"{tmp_path}/a/../link/."}).entries[0]
    assert entry.local_path == f"{tmp_path}/link"


def test_without_a_file_a_relative_path_is_invalid() -> None:
    first, second = roster_of([ONE, {"slug": "ok", "local_path": "/srv/ok"}], source="hub", base=None).entries
    assert "not absolute" in (first.problem or "")
    assert (second.problem, second.local_path) == (None, "/srv/ok")


@pytest.mark.parametrize(
    ("host_paths", "local_path", "hosts", "chosen"),
    [
        ({"big.example": "/b", "big": "/s"}, "/l", ("big.example", "big"), "/b"),
        ({"big": "/s"}, "/l", ("big.example", "big"), "/s"),
        ({"other": "/o"}, "/l", ("big.example", "big"), "/l"),
        ({"big.example": "", "big": "/s"}, "/l", ("big.example", "big"), "/s"),
        ({"big.example": None, "big": None}, "/l", ("big.example", "big"), "/l"),
        ({"big": ""}, "", ("big.example", "big"), None),
        ({}, None, ("big.example", "big"), None),
        (None, "/l", ("big.example", "big"), "/l"),
        ({"BIG": "/b"}, None, ("big",), "/b"),
        ({"big": "/b"}, None, ("Big",), "/b"),
        ({"BIG": "/b", "big": "/s"}, None, ("big",), "/s"),
        ({"BIG": "/b", "big": None}, None, ("big",), "/b"),
        ({"big.Example": "/b"}, None, ("BIG.example", "BIG"), "/b"),
    ],
)
def test_the_path_is_that_of_the_first_host_with_a_path(
    host_paths: dict[str, str | None] | None, local_path: str | None, hosts: tuple[str, ...], chosen: str | None
) -> None:
    rows = [{"slug": "demo", "host_paths": host_paths, "local_path": local_path}]
    assert roster_of(rows, source="hub", base=None).entries[0].path_for(hosts) == chosen


def chosen_root(roster: Roster, host: str | None = None) -> str | None:
    return resolve_roster(roster=roster, host=host).outcomes[0].root


def test_the_default_host_is_the_full_name_then_the_short_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "big")
    monkeypatch.setattr(socket, "getfqdn", lambda _name="": "big.example")
    paths = {"big.example": "full", "big": "short", "given": "given"}
    whole = read(tmp_path, {**ONE, "host_paths": paths})
    assert chosen_root(whole) == str(tmp_path / "full")
    assert chosen_root(whole, host="given") == str(tmp_path / "given")
    assert chosen_root(whole, host="stranger") == str(tmp_path / "checkouts" / "demo"), "a given host is the only one"
    del paths["big.example"]
    assert chosen_root(read(tmp_path, {**ONE, "host_paths": paths})) == str(tmp_path / "short")
    assert chosen_root(read(tmp_path, ONE)) == str(tmp_path / "checkouts" / "demo")


def test_a_full_host_name_also_matches_its_short_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "big.example")
    monkeypatch.setattr(socket, "getfqdn", lambda _name="": "big.example")
    assert chosen_root(read(tmp_path, {**ONE, "host_paths": {"big": "short"}})) == str(tmp_path / "short")


@pytest.mark.parametrize(
    ("row", "repo"),
    [
        ({"local_path": "x"}, "#2"),
        ({"slug": ""}, "#2"),
        ({"slug": None}, "#2"),
        ({"slug": 7}, "#2"),
        ({"slug": "../up"}, "#2"),
        ({"slug": ".hidden"}, "#2"),
        ({"slug": "a b"}, "#2"),
        ({"slug": "line\n"}, "#2"),
        ({"slug": "x" * 101}, "#2"),
        ("demo", "#2"),
        (None, "#2"),
        (["demo"], "#2"),
        ({"slug": "fine", "domain": 7}, "fine"),
        ({"slug": "fine", "host_paths": ["a"]}, "fine"),
        ({"slug": "fine", "host_paths": {"a": 1}}, "fine"),
        ({"slug": "fine", "local_path": ["x"]}, "fine"),
        ({"slug": "fine", "local_path": "x\x1b[31m"}, "fine"),
        ({"slug": "fine", "kaizen_schedule_enabled": "false"}, "fine"),
        ({"slug": "fine", "kaizen_schedule_enabled": 0}, "fine"),
    ],
)
def test_an_invalid_entry_has_its_slug_or_position_and_affects_no_other(row: Any, repo: str) -> None:
    good = {"slug": "demo", "local_path": "/srv/demo"}
    entries = roster_of([good, row, {**good, "slug": "more"}], source="hub", base=None).entries
    assert [entry.repo for entry in entries] == ["demo", repo, "more"]
    assert [entry.problem is None for entry in entries] == [True, False, True]
    assert (entries[1].problem or "").isprintable()


def test_fields_of_other_systems_are_ignored(tmp_path: Path) -> None:
    entry = read(tmp_path, {**ONE, "id": 7, "remote": {"url": "x"}, "domain": None}).entries[0]
    assert (entry.problem, entry.domain, entry.slug) == (None, None, "demo")


def test_a_slug_has_at_most_100_characters() -> None:
    entries = roster_of([{"slug": "x" * 100, "local_path": "/x"}], source="hub", base=None).entries
    assert entries[0].problem is None


def test_a_file_and_a_list_with_the_same_content_have_the_same_digest(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"slug": "b", "local_path": "/srv/b"},
        {"slug": "a", "host_paths": {"h": "/srv/a"}, "domain": "d"},
    ]
    file = read(tmp_path, *rows)
    hub = roster_of([{**row, "id": n} for n, row in enumerate(reversed(rows))], source="http://hub", base=None)
    assert file.digest == hub.digest
    assert file.digest != read(tmp_path, rows[0]).digest
    assert file.digest != read(tmp_path, rows[0], {**rows[1], "domain": "e"}).digest


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"slug": 5}, "slug must be text, not the number 5"),
        ({"slug": "a", "domain": ["x"]}, "domain must be text, not a list"),
        ({"slug": "a", "host_paths": [1]}, "host_paths must be a mapping, not a list"),
        ({"slug": "a", "host_paths": {"x": 5}}, "host_paths.x must be text, not the number 5"),
        ({"slug": "a", "kaizen_schedule_enabled": "yes"}, 'kaizen_schedule_enabled must be true or false, not "yes"'),
        ({"slug": "a b"}, f'slug must match {SLUG_PATTERN}, not "a b"'),
        ({"domain": "x"}, 'missing "slug"'),
        (["slug"], "the entry is not a mapping"),
    ],
)
def test_the_message_for_an_invalid_entry(row: object, problem: str) -> None:
    (entry,) = roster_of([row], source="hub", base=None).entries
    assert entry.problem == problem
