"""A kill at every step of a sync, an enable and a disable: nothing is lost, half written or switched on by accident."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import kaizen_activity_defs as defs
import pytest

COACH = "kaizen-weekly-coach-orientation"
OPTIMIZATION = "kaizen-weekly-optimization-review"
NOW = datetime(2026, 6, 17, 9, tzinfo=UTC)

KILLER = """
import datetime, os, shutil, signal, sys
import kaizen_activity_defs as defs
import filelock, tempfile
catalog, report, action = sys.argv[1:]
ground = defs.Ground(by="operator", at=datetime.datetime(2026, 6, 17, 9, tzinfo=datetime.UTC), reason="tried")
def act(folder):
    if action == "sync":
        defs.sync_catalog(folder, defs.packaged_definitions(), site=defs.Site(domain="acme", source_type="other"))
    elif action == "enable":
        defs.enable(folder, "kaizen-weekly-optimization-review", report, ground)
    else:
        defs.disable(folder, "kaizen-weekly-coach-orientation", ground)
MUTATIONS = {"tempfile.mkstemp", "os.chmod", "os.rename", "os.remove", "os.mkdir", "os.truncate"}
shutil.copytree(catalog, catalog + "-warm")
act(catalog + "-warm")  # what is imported late is imported now
shutil.rmtree(catalog + "-warm")
step = 0
while True:
    folder = f"{catalog}-{step:03}"
    shutil.copytree(catalog, folder)
    child = os.fork()
    if child == 0:
        left = iter(range(step))
        def count(event, words):
            writes = event == "open" and words[2] & (os.O_WRONLY | os.O_RDWR) or event in MUTATIONS
            if writes and next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(count)
        act(folder)
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        break
    step += 1
print(step)
"""


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """A catalog in which the coach's definition is enabled."""
    folder = tmp_path / "catalog"
    folder.mkdir()
    defs.sync_catalog(str(folder), defs.packaged_definitions())
    defs.enable(str(folder), COACH, report(folder), defs.Ground(by="operator", at=NOW, reason="pilot"))
    return folder


def report(folder: Path) -> str:
    tried = [{"id": one.id, "digest": one.digest, "passed": True} for one in defs.load_catalog(str(folder))]
    path = folder.parent / "smoke.json"
    value = {"version": "1", "passed": True, "finished_at": "2026-06-17T08:00:00Z", "definitions": tried}
    path.write_text(json.dumps(value), encoding="utf-8")
    return str(path)


def killed(catalog: Path, action: str, least: int) -> Iterator[Path]:
    """The catalogs that kills at each step left, and last the one of the run that came to its end."""
    command = [sys.executable, "-c", KILLER, str(catalog), report(catalog), action]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    assert int(done.stdout) >= least, "there were that many steps"
    for step in range(int(done.stdout) + 1):
        yield catalog.parent / f"catalog-{step:03}"


def states(folder: Path) -> dict[str, bool]:
    return {one.id: one.header.enabled for one in defs.load_catalog(str(folder))}


def change(folder: Path, *, check: bool = False) -> set[str]:
    return {one.change for one in defs.sync_catalog(str(folder), defs.packaged_definitions(), check=check)}


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if not re.fullmatch(r"[a-z-]+\.md|index\.yml(\.lock)?", path.name)]


def test_a_sync_that_is_killed_is_taken_up(catalog: Path) -> None:
    before = states(catalog)
    domains = set()
    for folder in killed(catalog, "sync", 20):
        assert states(folder) == before
        domains.add(tuple(one.header.context_sources[0].params.get("domain") for one in defs.load_catalog(str(folder))))
        assert change(folder, check=True) <= {"unchanged", "updated", "adopted"}
        site = defs.Site(domain="acme", source_type="other")
        defs.sync_catalog(str(folder), defs.packaged_definitions(), site=site)
        assert states(folder) == before
        assert change(folder, check=True) == {"unchanged"}
        assert leftovers(folder) == []
        text = (folder / "index.yml").read_text(encoding="utf-8")
        assert ('domain: "acme"' in text, '"action": "enable"' in text, "pending" in text) == (True, True, False)
    assert len(domains) > 2, "kills fell between the files too"


def test_an_enable_that_is_killed_leaves_it_off_or_done(catalog: Path) -> None:
    off = states(catalog)
    seen = set()
    for folder in killed(catalog, "enable", 8):
        found = states(folder)
        seen.add(found[OPTIMIZATION])
        assert found | {OPTIMIZATION: False} == off
        assert change(folder) <= {"unchanged", "switched"}
        assert states(folder) == found, "a sync switches nothing"
        assert (change(folder, check=True), leftovers(folder)) == ({"unchanged"}, [])
        if found[OPTIMIZATION]:
            log = (folder / "index.yml").read_text(encoding="utf-8").partition(OPTIMIZATION)[2]
            assert '"action": "enable"' in log, "nothing is on without an entry"
    assert seen == {False, True}


def test_a_disable_that_is_killed_leaves_it_on_or_off(catalog: Path) -> None:
    on = states(catalog)
    seen = set()
    for folder in killed(catalog, "disable", 8):
        found = states(folder)
        seen.add(found[COACH])
        assert found | {COACH: True} == on
        assert change(folder) <= {"unchanged", "switched"}
        assert states(folder) == found
        assert (change(folder, check=True), leftovers(folder)) == ({"unchanged"}, [])
    assert seen == {False, True}
