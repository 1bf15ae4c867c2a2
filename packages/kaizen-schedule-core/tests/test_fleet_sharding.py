"""The n shards of a roster are together exactly the roster (ADR-014)."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaizen_schedule_core import Resolution, discover_kaizen_scheduled_repos, resolve_roster
from kaizen_schedule_core.fleet.guard import fleet_size
from kaizen_schedule_core.fleet.roster import roster_of
from kaizen_schedule_core.fleet.sharding import parse_shard

NOW = datetime(2026, 6, 15, 7, 0, tzinfo=UTC)
MANIFESTS = {
    "two": 'version: "1"\nagents:\n  coach: {cadence: weekly}\n  optimization: {cadence: monthly}\n',
    "paused": 'version: "1"\nagents:\n  coach: {cadence: weekly, enabled: false}\n',
    "broken": 'version: "1"\nagents:\n  coach: {cadence: weekley}\n',
    "newer": 'version: "9"\n',
}


@pytest.fixture(scope="module")
def checkouts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkouts")
    for name, text in MANIFESTS.items():
        (folder / name / ".kaizen").mkdir(parents=True)
        (folder / name / ".kaizen/schedule.yml").write_text(text, encoding="utf-8")
    (folder / "bare").mkdir()
    return folder


SLUGS = st.sampled_from([*(f"repo-{number}" for number in range(12)), "Repo-1", "-bad", "", "a" * 101, None, 7])
PATHS = st.sampled_from([*MANIFESTS, "bare", "missing", None, 3])
HOSTS = st.sampled_from(["runner", "elsewhere"])
ROWS: st.SearchStrategy[Any] = st.one_of(
    st.fixed_dictionaries(
        {"slug": SLUGS, "local_path": PATHS},
        optional={
            "domain": st.sampled_from(["custodian", "other", None]),
            "host_paths": st.dictionaries(HOSTS, st.sampled_from([*MANIFESTS, None])),
            "kaizen_schedule_enabled": st.sampled_from([True, False, None, "yes"]),
        },
    ),
    st.sampled_from([None, "text", 5, [], {}]),
)


def parts(count: int, **asked: Any) -> Iterator[Resolution]:
    for index in range(count):
        yield resolve_roster(now=NOW, shard=(index, count), **asked)


@settings(max_examples=200)
@given(
    rows=st.lists(ROWS, min_size=1, max_size=25),
    count=st.integers(1, 7),
    host=st.sampled_from(["runner", None]),
    domain=st.sampled_from(["custodian", None]),
    cadence=st.sampled_from(["weekly", None]),
)
def test_the_shards_together_are_the_whole_roster(
    checkouts: Path, rows: list[Any], count: int, host: str | None, domain: str | None, cadence: str | None
) -> None:
    roster = roster_of(rows, source="drawn", base=str(checkouts))
    asked = {"roster": roster, "host": host, "domain": domain, "cadence": cadence}
    whole = resolve_roster(now=NOW, **asked)  # type: ignore[arg-type]  # one mapping for both calls
    found = list(parts(count, **asked))
    key = repr  # any order that is the same for both
    assert sorted((one for part in found for one in part.outcomes), key=key) == sorted(whole.outcomes, key=key)
    together = sorted((run for part in found for run in part.runs), key=lambda run: (run.repo, run.agent))
    assert together == list(whole.runs)
    assert {name: sum(part.counts[name] for part in found) for name in whole.counts} == whole.counts
    assert {(part.source, part.digest) for part in found} == {(whole.source, whole.digest)}
    sizes = [fleet_size(part) for part in found]
    size = fleet_size(whole)
    assert sum(part.entries for part in sizes) == size.entries
    assert sum(part.opted_in for part in sizes) == size.opted_in


def test_duplicates_of_a_slug_are_in_one_shard(checkouts: Path) -> None:
    rows = [{"slug": f"repo-{number % 20}", "local_path": "two"} for number in range(40)]
    roster = roster_of(rows, source="drawn", base=str(checkouts))
    for part in parts(4, roster=roster):
        assert part.counts["duplicate-slug"] == len(part.outcomes)
        assert part.runs == ()


def test_the_shard_of_a_slug_depends_only_on_the_slug(checkouts: Path) -> None:
    rows = [{"slug": f"repo-{number:04}", "local_path": "bare"} for number in range(400)]
    roster = roster_of(rows, source="drawn", base=str(checkouts))
    sizes = []
    for index, part in enumerate(parts(4, roster=roster)):
        indexes = [int(hashlib.sha256(one.repo.encode()).hexdigest(), 16) % 4 for one in part.outcomes]
        assert set(indexes) == {index}
        sizes.append(len(indexes))
    assert sum(sizes) == 400
    assert min(sizes) > 70, "the shards have similar sizes"


def test_discover_accepts_a_shard(checkouts: Path) -> None:
    rows = [{"slug": f"repo-{number}", "local_path": f"copy-{number}"} for number in range(9)]
    for row in rows:
        shutil.copytree(checkouts / "two", checkouts / row["local_path"])
    roster = roster_of(rows, source="drawn", base=str(checkouts))
    whole = discover_kaizen_scheduled_repos(roster=roster, now=NOW)["scheduled_runs"]
    found = [discover_kaizen_scheduled_repos(roster=roster, now=NOW, shard=(i, 3))["scheduled_runs"] for i in range(3)]
    assert all(found)
    assert sorted((run for part in found for run in part), key=lambda r: (str(r["repo"]), str(r["agent"]))) == whole


@pytest.mark.parametrize(
    "shard", [(4, 4), (-1, 4), (0, 0), (0,), (0, 1, 2), (0.0, 4), (True, 4), ("0", "4"), [0, 4], "04", 3, ()]
)
def test_an_invalid_shard_is_an_error_with_the_right_form(shard: Any) -> None:
    roster = roster_of([{"slug": "repo", "local_path": "/missing"}], source="drawn", base=None)
    with pytest.raises(ValueError, match=r"shard must be \(index, count\) with 0 <= index < count, such as \(0, 4\)"):
        resolve_roster(roster=roster, shard=shard)


@pytest.mark.parametrize(("text", "shard"), [("2/8", (1, 8)), ("1/1", (0, 1)), ("8/8", (7, 8)), ("007/010", (6, 10))])
def test_shards_in_text_are_counted_from_one(text: str, shard: tuple[int, int]) -> None:
    assert parse_shard(text) == shard


@pytest.mark.parametrize(
    "text",
    ["", "2", "2/", "/8", "0/8", "9/8", "1/0", "-1/8", "+1/8", " 2/8", "2/8\n", "2/8/3", "2 / 8", "a/b", "2.0/8", "٢/٨",
     "1/1234567890"],
)  # fmt: skip
def test_an_invalid_shard_text_is_an_error_with_the_right_form(text: str) -> None:
    with pytest.raises(ValueError, match=r"^write a shard as 2/8: the second of eight$"):
        parse_shard(text)
