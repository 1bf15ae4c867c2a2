"""The page of the Python API names exactly what the packages export."""

import re
from pathlib import Path
from types import ModuleType

import kaizen_activity_defs
import kaizen_schedule_core
from kaizen_schedule_core import conformance

ROOT = Path(__file__).parents[2]
PACKAGES: tuple[ModuleType, ...] = (kaizen_schedule_core, kaizen_activity_defs)
KIT: ModuleType = conformance
PAGE = (ROOT / "docs/reference/python-api.md").read_text(encoding="utf-8")


def test_every_public_name_has_one_entry() -> None:
    public = [f"{package.__name__}.{name}" for package in PACKAGES for name in package.__all__]
    assert sorted(re.findall(r"^::: (\S+)$", PAGE, re.MULTILINE)) == sorted(public)


def test_every_name_of_the_conformance_kit_is_listed() -> None:
    [members] = re.findall(
        r"^::: kaizen_schedule_core\.conformance\n +options:\n +members: \[(.*)\]$", PAGE, re.MULTILINE
    )
    assert sorted(members.split(", ")) == sorted(KIT.__all__)
