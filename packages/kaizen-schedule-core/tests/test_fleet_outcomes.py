from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaizen_schedule_core import Resolution, resolve_roster
from kaizen_schedule_core.fleet.resolution import OUTCOMES
from kaizen_schedule_core.fleet.roster import roster_of
from kaizen_schedule_core.fleet.selection import Selection, select_runs

NOW = datetime(2026, 6, 17, 12, 0, tzinfo=UTC)
GOOD = 'version: "1"\nagents:\n  coach:\n    cadence: weekly\n  optimization:\n    cadence: daily\n'
HOST = "here"


def repository(root: Path, manifest: str | None = GOOD) -> Path:
    (root / ".kaizen").mkdir(parents=True)
    if manifest is not None:
        (root / ".kaizen" / "schedule.yml").write_text(manifest)
    return root


def roster(folder: Path, rows: list[Any]) -> str:
    path = folder / "roster.yml"
    path.write_text(json.dumps({"version": "1", "repos": rows}))  # JSON is YAML, and it has no aliases
    return str(path)


def resolve(folder: Path, rows: list[Any], **asked: Any) -> Resolution:
    return resolve_roster(now=NOW, host=HOST, roster=roster(folder, rows), **asked)


def outcomes(resolution: Resolution) -> list[tuple[str, str]]:
    return [(found.repo, found.outcome) for found in resolution.outcomes]


# Each row is wrong in its own way and in every way that comes after it, so that only the order can tell.
def make_rows(folder: Path) -> list[Any]:
    repository(folder / "newer", 'version: "2"\nagents: 7\n')
    repository(folder / "invalid", GOOD.replace("weekly", "often").replace("daily", "daily\n    enabled: false"))
    repository(folder / "disabled", GOOD.replace("weekly", "weekly\n    enabled: false").replace(
        "daily", "daily\n    enabled: false"))  # fmt: skip
    repository(folder / "monthly", GOOD.replace("weekly", "monthly"))
    repository(folder / "good")
    repository(folder / "absent", None)
    for name in ("fifo", "shared"):
        repository(folder / name, None)
        os.mkfifo(folder / name / ".kaizen" / "schedule.yml")
    here = {"domain": "custodian"}
    return [
        {"slug": "a-invalid-entry", "domain": 7, "kaizen_schedule_enabled": False},
        *({"slug": "b-duplicate", "domain": "other", "kaizen_schedule_enabled": False} for _ in range(2)),
        {"slug": "c-other-domain", "domain": "other", "kaizen_schedule_enabled": False},
        {"slug": "c-owner", "domain": "other", "local_path": "shared"},
        {"slug": "d-hub-disabled", **here, "kaizen_schedule_enabled": False},
        {"slug": "e-no-path", **here, "host_paths": {"elsewhere": "good"}},
        {"slug": "f-missing", **here, "local_path": "gone"},
        {"slug": "g-duplicate", **here, "local_path": "./shared/"},
        {"slug": "g-unreadable", **here, "local_path": "fifo"},
        {"slug": "h-no-manifest", **here, "local_path": "absent"},
        {"slug": "i-newer", **here, "local_path": "newer"},
        {"slug": "j-invalid", **here, "local_path": "invalid"},
        {"slug": "k-disabled", **here, "local_path": "disabled"},
        {"slug": "l-monthly", **here, "local_path": "monthly"},
        {"slug": "m-scheduled", **here, "local_path": "good"},
    ]


def test_every_outcome_in_the_order_of_the_contract(tmp_path: Path) -> None:
    resolution = resolve(tmp_path, make_rows(tmp_path), domain="custodian", cadence="weekly")
    assert [outcome for _, outcome in outcomes(resolution)] == [
        "invalid-entry", "duplicate-slug", "duplicate-slug", "filtered", "filtered", "hub-disabled", "no-path-for-host",
        "path-missing", "duplicate-root", "unreadable", "no-manifest", "newer-manifest", "invalid-manifest",
        "all-disabled", "filtered", "scheduled",
    ]  # fmt: skip
    assert {outcome for _, outcome in outcomes(resolution)} == set(OUTCOMES)
    assert sum(resolution.counts.values()) == 16
    assert list(resolution.counts) == list(OUTCOMES)
    assert all(found.detail.isprintable() and len(found.detail) > 4 for found in resolution.outcomes)
    assert {found.repo for found in resolution.outcomes if found.root is None} == {
        "a-invalid-entry", "b-duplicate", "c-other-domain", "c-owner", "d-hub-disabled", "e-no-path"
    }  # fmt: skip


def opened(path: str) -> list[str]:
    """Return the paths that resolving opens and lists, from an audit hook."""
    script = (
        "import sys, kaizen_schedule_core as k\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, given: seen.append(given[0]) if event in {'open', 'os.listdir'} else None)\n"
        "k.resolve_roster(roster=sys.argv[1])\n"
        "print(*seen, sep='\\n')\n"
    )
    done = subprocess.run([sys.executable, "-c", script, path], check=True, capture_output=True, text=True, timeout=30)
    return done.stdout.splitlines()


def test_the_repository_of_a_disabled_entry_is_not_read(tmp_path: Path) -> None:
    home = str(repository(tmp_path / "a"))
    row = {"slug": "a", "local_path": "a"}
    assert [seen for seen in opened(roster(tmp_path, [row])) if home in seen], (
        "the test is valid: opened paths are recorded"
    )
    path = roster(tmp_path, [{**row, "kaizen_schedule_enabled": False}])
    assert [seen for seen in opened(path) if home in seen] == []
    assert outcomes(resolve_roster(now=NOW, roster=path)) == [("a", "hub-disabled")]


@pytest.mark.parametrize("flag", [{}, {"kaizen_schedule_enabled": None}, {"kaizen_schedule_enabled": True}])
def test_the_flag_has_an_effect_only_if_it_is_false(tmp_path: Path, flag: dict[str, object]) -> None:
    repository(tmp_path / "a")
    repository(tmp_path / "b", None)
    rows = [{"slug": name, "local_path": name, **flag} for name in "ab"]
    assert outcomes(resolve(tmp_path, rows)) == [("a", "scheduled"), ("b", "no-manifest")]


def spoil(command: str) -> Callable[[Path], None]:
    def spoiling(root: Path) -> None:
        subprocess.run(["sh", "-ec", command], cwd=root, check=True)

    return spoiling


BREAKS: dict[str, tuple[Callable[[Path], None], str]] = {
    "gone": (spoil("rm -r ../bad"), "path-missing"),
    "a file": (spoil("rm -r ../bad; echo x > ../bad"), "unreadable"),
    "a fifo": (spoil("rm -r ../bad; mkfifo ../bad"), "unreadable"),
    "a circle": (spoil("rm -r ../bad; ln -s bad ../bad"), "unreadable"),
    "no manifest": (spoil("rm .kaizen/schedule.yml"), "no-manifest"),
    "no kaizen folder": (spoil("rm -r .kaizen"), "no-manifest"),
    "kaizen is a file": (spoil("rm -r .kaizen; echo x > .kaizen"), "unreadable"),
    "manifest is a folder": (spoil("rm .kaizen/schedule.yml; mkdir .kaizen/schedule.yml"), "unreadable"),
    "manifest points outside": (
        spoil("mv .kaizen/schedule.yml ../x.yml; ln -s ../../x.yml .kaizen/schedule.yml"),
        "unreadable",
    ),
    "kaizen points outside": (spoil("mv .kaizen ../theirs; ln -s ../theirs .kaizen"), "unreadable"),
    "manifest in a circle": (spoil("ln -sf schedule.yml .kaizen/schedule.yml"), "unreadable"),
    "empty": (spoil(": > .kaizen/schedule.yml"), "invalid-manifest"),
    "no yaml": (spoil("echo 'a: [' > .kaizen/schedule.yml"), "invalid-manifest"),
    "latin-1": (spoil("printf 'a: caf\\351' > .kaizen/schedule.yml"), "invalid-manifest"),
    "nul": (spoil("printf 'a: \\0' > .kaizen/schedule.yml"), "invalid-manifest"),
    "too large": (spoil("head -c 300000 /dev/zero | tr '\\0' a > .kaizen/schedule.yml"), "invalid-manifest"),
    "too deep": (spoil("head -c 100000 /dev/zero | tr '\\0' '[' > .kaizen/schedule.yml"), "invalid-manifest"),
    "newer": (spoil('sed -i \'s/"1"/"9"/\' .kaizen/schedule.yml'), "newer-manifest"),
    "unknown agent": (spoil("sed -i s/coach/coahc/ .kaizen/schedule.yml"), "invalid-manifest"),
    "unknown key": (spoil("echo 'x: 1' >> .kaizen/schedule.yml"), "invalid-manifest"),
    "unknown key without a value": (spoil("echo 'x:' >> .kaizen/schedule.yml"), "invalid-manifest"),
    "agents point outside": (spoil("ln -s /etc agents; sed -i s/coach/mine/ .kaizen/schedule.yml"), "unreadable"),
}


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_a_broken_repository_does_not_affect_others(tmp_path: Path, name: str) -> None:
    breaking, outcome = BREAKS[name]
    for each in ("a", "bad", "z"):
        repository(tmp_path / each)
    rows = [{"slug": each, "local_path": each} for each in ("z", "bad", "a")]
    before = resolve(tmp_path, rows)
    assert before.counts["scheduled"] == 3
    breaking(tmp_path / "bad")
    after = resolve(tmp_path, rows)
    assert outcomes(after) == [("a", "scheduled"), ("bad", outcome), ("z", "scheduled")]
    others = [run.as_json() for run in before.runs if run.repo != "bad"]
    assert repr([run.as_json() for run in after.runs]) == repr(others)
    assert after.outcomes[1].detail.isprintable()


@pytest.mark.parametrize("place", [".", "bad", "bad/.kaizen", "bad/.kaizen/schedule.yml"])
def test_an_inaccessible_directory_is_unreadable_and_not_missing(tmp_path: Path, place: str) -> None:
    for home in [*list(tmp_path.parents)[:3], tmp_path]:
        home.chmod(home.stat().st_mode | 0o055)
    repository(tmp_path / "closed" / "bad")
    path = roster(tmp_path, [{"slug": "bad", "local_path": "closed/bad"}])
    script = (
        "import os, sys, kaizen_schedule_core as k\n"
        "assert k.resolve_roster(roster=sys.argv[1]).counts['scheduled'] == 1\n"
        "os.chmod(sys.argv[2], 0)\n"
        "if os.getuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "print(k.resolve_roster(roster=sys.argv[1]).outcomes[0].outcome)\n"
    )
    command = [sys.executable, "-c", script, path, str(tmp_path / "closed" / place)]
    done = subprocess.run(command, check=True, timeout=30, capture_output=True, text=True)
    (tmp_path / "closed" / place).chmod(0o755)
    assert done.stdout.strip() == "unreadable"


PLACES: dict[str, Callable[[Path], None]] = {
    "./r1/": spoil("true"),
    "r1": spoil("true"),
    "r1/../r1": spoil("true"),
    "link": spoil("ln -s r1 link"),
    "links": spoil("ln -s r1 link; ln -s link links"),
    "here/r1": spoil("ln -s . here"),
}


@pytest.mark.parametrize("place", PLACES)
def test_of_two_paths_of_one_checkout_only_the_slug_that_sorts_first_runs(tmp_path: Path, place: str) -> None:
    repository(tmp_path / "r1")
    PLACES[place](tmp_path)
    for first, second in (("r1", place), (place, "r1")):
        rows = [{"slug": "b", "local_path": second}, {"slug": "a", "host_paths": {HOST: first}}]
        resolution = resolve(tmp_path, rows)
        assert outcomes(resolution) == [("a", "scheduled"), ("b", "duplicate-root")]
        assert resolution.outcomes[1].detail == "same checkout as a, whose slug sorts first"


def test_entries_that_cannot_run_own_no_checkout(tmp_path: Path) -> None:
    repository(tmp_path / "r1")
    here = {"local_path": "r1"}
    rows = [
        {"slug": "a", **here, "kaizen_schedule_enabled": False},
        *({"slug": "b", **here} for _ in range(2)),
        {"slug": "c", **here, "domain": 7},
        {"slug": "d", "host_paths": {"elsewhere": "r1"}},
        {"slug": "e", **here},
    ]
    assert outcomes(resolve(tmp_path, rows))[-1] == ("e", "scheduled")
    rows.append({"slug": "B", **here})
    assert outcomes(resolve(tmp_path, rows))[-1] == ("e", "duplicate-root")


def test_different_directories_are_different_checkouts(tmp_path: Path) -> None:
    main = repository(tmp_path / "main")
    script = (
        "git init -q; git add -A; git -c user.name=a -c user.email=a@b commit -qm a;"
        " git worktree add -q ../tree; cp -r . ../copy; ln -s ../x gone; ln -s ../x gone-too"
    )
    subprocess.run(["sh", "-ec", script], cwd=main, check=True)
    repository(main / "nested")
    names = ("main", "main/nested", "tree", "copy", "main/gone", "main/gone-too", "none", "none/.")
    found = outcomes(resolve(tmp_path, [{"slug": f"r{at}", "local_path": name} for at, name in enumerate(names)]))
    assert [outcome for _, outcome in found] == ["scheduled"] * 4 + ["unreadable"] * 2 + ["path-missing"] * 2


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("~/src/a", '"~" is not expanded: write the absolute path'),
        ("~me/src", '"~me" is not expanded: write the absolute path'),
        ("$HOME/src/b", '"$HOME" is not expanded: write the absolute path'),
        ("src/${USER}/b", '"${USER}" is not expanded: write the absolute path'),
        ("none/$(hostname)/b", '"$(hostname)" is not expanded: write the absolute path'),
        ("%USERPROFILE%\\src", '"%USERPROFILE%" is not expanded: write the absolute path'),
        ("C:\\src\\c", 'Windows paths are not converted: in WSL, write "/mnt/c/src/c"'),
        ("d:/src/c", 'Windows paths are not converted: in WSL, write "/mnt/d/src/c"'),
        ("src\\c", "backslashes are not converted: separate directories with /"),
        ("src/c~", None),
        ("100%/c", None),
    ],
)
def test_a_missing_path_has_a_hint_that_says_what_is_not_expanded(tmp_path: Path, path: str, hint: str | None) -> None:
    [found] = resolve(tmp_path, [{"slug": "a", "local_path": path}]).outcomes
    assert (found.outcome, found.root) == ("path-missing", os.path.join(tmp_path, path))
    assert found.detail == f"{found.root} does not exist" + (f" ({hint})" if hint else "")
    [entry] = roster_of([{"slug": "a", "local_path": path}], source="hub", base=None).entries
    assert (entry.problem or "").endswith(f" is not absolute ({hint})" if hint else " is not absolute")
    repository(tmp_path / path)
    assert outcomes(resolve(tmp_path, [{"slug": "a", "local_path": path}])) == [("a", "scheduled")]


def test_a_part_of_the_path_that_exists_has_no_hint(tmp_path: Path) -> None:
    (tmp_path / "$HOME").mkdir()
    [found] = resolve(tmp_path, [{"slug": "a", "local_path": "$HOME/gone"}]).outcomes
    assert found.detail == f"{tmp_path}/$HOME/gone does not exist"


@pytest.mark.parametrize(
    ("hosts", "detail"),
    [
        ([], 'no host_paths entry for "here" and no local_path'),
        (["web"], 'no host_paths entry for "here" and no local_path; the entry has: "web"'),
        (["web", "heer"], '"here" and no local_path (did you mean "heer"?); the entry has: "heer", "web"'),
        (["here.example.org"], '(did you mean "here.example.org"?); the entry has: "here.example.org"'),
        (list("abcdefg"), 'and no local_path; the entry has: "a", "b", "c", "d", "e" and 2 more'),
        (["\x1b"], 'the entry has: "\\x1b"'),
    ],
)
def test_an_entry_without_a_path_for_the_host_names_its_hosts(tmp_path: Path, hosts: list[str], detail: str) -> None:
    [found] = resolve(tmp_path, [{"slug": "a", "host_paths": dict.fromkeys(hosts, "r1")}]).outcomes
    assert found.outcome == "no-path-for-host"
    assert found.detail.endswith(detail)


@pytest.mark.parametrize("name", ["schedule.yaml", "schedule.YML", "Schedule.yml", "shedule.yml"])
def test_a_manifest_with_a_similar_name_is_not_read_and_has_a_hint(tmp_path: Path, name: str) -> None:
    root = repository(tmp_path / "a", None)
    (root / ".kaizen" / name).write_text(GOOD)
    [found] = resolve(tmp_path, [{"slug": "a", "local_path": "a"}]).outcomes
    assert found.outcome == "no-manifest"
    assert found.detail == f"not opted in: no .kaizen/schedule.yml (rename {root}/.kaizen/{name} to schedule.yml)"


FILTERS: list[dict[str, Any]] = [
    {},
    {"domain": "custodian"},
    {"cadence": "weekly"},
    {"agent": "optimization"},
    {"window": timedelta(hours=5)},
    {"domain": "custodian", "cadence": "monthly", "agent": "coach", "window": timedelta(days=20)},
]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_filters_on_a_resolution_give_the_same_result(tmp_path: Path, filters: dict[str, Any]) -> None:
    rows = make_rows(tmp_path)
    none = {"domain": None, "cadence": None, "agent": None, "window": None}
    selection = Selection(now=NOW, **{**none, **filters})
    assert select_runs(resolve(tmp_path, rows), selection) == resolve(tmp_path, rows, **filters)


SLUGS = st.sampled_from(["one", "two", "three", "../up", "", 7, None, "x" * 101])
PATHS = st.sampled_from(["good", "good", "absent", "invalid", "gone", "", None, 3, "a\x1bb"])
ENTRIES: st.SearchStrategy[Any] = st.one_of(
    st.fixed_dictionaries(
        {"slug": SLUGS},
        optional={
            "domain": st.sampled_from(["custodian", "other", None, 4]),
            "host_paths": st.none() | st.dictionaries(st.sampled_from(["here", "there"]), PATHS),
            "local_path": PATHS,
            "kaizen_schedule_enabled": st.sampled_from([True, False, None, "no"]),
            "other": st.just({"deep": [1]}),
        },
    ),
    st.sampled_from([None, 7, "text", [], [1], {}]),
)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("fleet")
    repository(home / "good")
    repository(home / "absent", None)
    repository(home / "invalid", GOOD + "x: 1\n")
    return home


ROWS = st.lists(ENTRIES, min_size=1, max_size=8)
QUICKLY = settings(max_examples=80)


@QUICKLY
@given(rows=ROWS, domain=st.sampled_from([None, "custodian"]))
def test_every_entry_has_exactly_one_outcome(fleet: Path, rows: list[Any], domain: str | None) -> None:
    resolution = resolve(fleet, rows, domain=domain)
    assert len(resolution.outcomes) == sum(resolution.counts.values()) == len(rows)
    unnamed = [
        f"#{position}"
        for position, row in enumerate(rows, start=1)
        if not isinstance(row, dict) or row.get("slug") not in {"one", "two", "three"}
    ]
    assert sorted(found.repo for found in resolution.outcomes if found.repo.startswith("#")) == sorted(unnamed)
    assert all(bool(found.runs) == (found.outcome == "scheduled") for found in resolution.outcomes)
    valid = [found.repo for found in resolution.outcomes if found.outcome != "invalid-entry"]
    assert not [run for run in resolution.runs if valid.count(run.repo) > 1]


@QUICKLY
@given(rows=ROWS, data=st.data())
def test_the_order_of_the_roster_does_not_matter(fleet: Path, rows: list[Any], data: st.DataObject) -> None:
    def shown(resolved: Resolution) -> list[Any]:
        return [found for found in resolved.outcomes if not found.repo.startswith("#")]  # those are named by position

    first, second = resolve(fleet, rows), resolve(fleet, data.draw(st.permutations(rows)))
    assert second.runs == first.runs
    assert second.counts == first.counts
    assert shown(second) == shown(first)


@QUICKLY
@given(rows=ROWS, data=st.data())
def test_the_digest_depends_on_the_content_and_not_on_its_order(
    fleet: Path, rows: list[Any], data: st.DataObject
) -> None:
    assert resolve(fleet, rows).digest == resolve(fleet, data.draw(st.permutations(rows))).digest
