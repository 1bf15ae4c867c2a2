"""A kill at every step of sync, enable and disable: no edit is lost, no file is incomplete, nothing is enabled."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from kaizen_activity_defs import Site, enable, load_catalog

if TYPE_CHECKING:
    from conftest import Catalog

COACH = "kaizen-weekly-coach-orientation"
OPTIMIZATION = "kaizen-weekly-optimization-review"

KILLER = """
import datetime, os, shutil, signal, sys
import kaizen_activity_defs as defs
import filelock, tempfile
catalog, report, action = sys.argv[1:]
reason = defs.SwitchReason(by="operator", at=datetime.datetime(2026, 6, 17, 9, tzinfo=datetime.UTC), reason="tried")
def act(folder):
    if action == "sync":
        defs.sync_catalog(folder, defs.packaged_definitions(), site=defs.Site(domain="acme", source_type="other"))
    elif action == "enable":
        defs.enable(folder, "kaizen-weekly-optimization-review", report, reason)
    else:
        defs.disable(folder, "kaizen-weekly-coach-orientation", reason)
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
def catalog(catalog: Catalog) -> Catalog:
    """A catalog in which the coach's definition is enabled."""
    enable(str(catalog), COACH, catalog.report(), catalog.reason)
    return catalog


def killed(catalog: Catalog, action: str, least: int) -> Iterator[Catalog]:
    """The catalogs that kills at each step left, and last the one of the run that came to its end."""
    command = [sys.executable, "-c", KILLER, str(catalog), catalog.report(), action]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    assert int(done.stdout) >= least, "there were that many steps"
    for step in range(int(done.stdout) + 1):
        yield replace(catalog, folder=catalog.folder.parent / f"catalog-{step:03}")


def leftovers(catalog: Catalog) -> list[str]:
    return [
        path.name
        for path in catalog.folder.iterdir()
        if not re.fullmatch(r"[a-z-]+\.md|index\.yml(\.lock)?", path.name)
    ]


def test_sync_completes_a_killed_sync(catalog: Catalog) -> None:
    before = catalog.states()
    domains = set()
    for left in killed(catalog, "sync", 20):
        assert left.states() == before
        domains.add(tuple(one.header.context_sources[0].params.get("domain") for one in load_catalog(str(left))))
        assert set(left.sync(check=True).values()) <= {"unchanged", "updated", "adopted"}
        site = Site(domain="acme", source_type="other")
        left.sync(site=site)
        assert left.states() == before
        assert set(left.sync(check=True).values()) == {"unchanged"}
        assert leftovers(left) == []
        text = left.index_path.read_text(encoding="utf-8")
        assert ('domain: "acme"' in text, '"action": "enable"' in text, "pending" in text) == (True, True, False)
    assert len(domains) > 2, "kills fell between the files too"


def test_killed_enable_leaves_a_consistent_catalog(catalog: Catalog) -> None:
    off = catalog.states()
    seen = set()
    for left in killed(catalog, "enable", 8):
        found = left.states()
        seen.add(found[OPTIMIZATION])
        assert found | {OPTIMIZATION: False} == off
        assert set(left.sync().values()) <= {"unchanged", "switched"}
        assert left.states() == found, "a sync switches nothing"
        assert (set(left.sync(check=True).values()), leftovers(left)) == ({"unchanged"}, [])
        if found[OPTIMIZATION]:
            log = left.index_path.read_text(encoding="utf-8").partition(OPTIMIZATION)[2]
            assert '"action": "enable"' in log, "nothing is on without an entry"
    assert seen == {False, True}


def test_killed_disable_leaves_a_consistent_catalog(catalog: Catalog) -> None:
    on = catalog.states()
    seen = set()
    for left in killed(catalog, "disable", 8):
        found = left.states()
        seen.add(found[COACH])
        assert found | {COACH: True} == on
        assert set(left.sync().values()) <= {"unchanged", "switched"}
        assert left.states() == found
        assert (set(left.sync(check=True).values()), leftovers(left)) == ({"unchanged"}, [])
    assert seen == {False, True}
