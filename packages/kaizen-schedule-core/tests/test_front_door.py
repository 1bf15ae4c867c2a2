from __future__ import annotations

import ast
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import kaizen_schedule_core as door
import pytest

TYPES = ast.parse(Path(door.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
ROOMS: dict[str, list[str]] = {room: names.split() for room, names in vars(door)["_ROOMS"].items()}
TABLE = {name: f"{door.__name__}.{room}" for room, names in ROOMS.items() for name in names}
PUBLIC: list[str] = vars(door)["__all__"]
MODULES = dict.fromkeys(("codes", "conformance"), door.__name__)  # named as a whole: rooms that are public themselves


def imports_for_type_checkers() -> dict[str, str]:
    """The public names as type checkers see them, and the modules they come from; each is re-exported explicitly."""
    found: dict[str, str] = {}
    for statement in TYPES.body:
        assert isinstance(statement, ast.ImportFrom)
        for name in statement.names:
            assert name.asname == name.name, "mypy re-exports only `import x as x`"
            assert name.name not in found
            found[name.name] = str(statement.module)
    return found


def run(code: str) -> Any:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=30)
    return json.loads(done.stdout)


def test_the_public_names_the_types_and_the_lazy_table_agree() -> None:
    assert imports_for_type_checkers() == {**TABLE, **MODULES}
    assert set(PUBLIC) == set(TABLE) | set(MODULES)


def test_no_name_is_given_twice_and_all_are_sorted() -> None:
    assert len(PUBLIC) == len(set(PUBLIC)) > 90
    assert len(TABLE) == sum(len(names) for names in ROOMS.values())
    assert sorted(PUBLIC) == PUBLIC
    assert list(ROOMS) == sorted(ROOMS)


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_each_public_name_opens_and_is_that_of_its_room(name: str) -> None:
    if name in MODULES:
        assert getattr(door, name) is import_module(f"{door.__name__}.{name}")
    else:
        assert getattr(door, name) is vars(import_module(TABLE[name]))[name]


@pytest.mark.parametrize("name", sorted(set(PUBLIC) - set(MODULES)))
def test_each_public_class_and_function_has_a_docstring_of_its_own(name: str) -> None:
    value = getattr(door, name)
    if isinstance(value, type | FunctionType):
        assert value.__doc__, name
        assert not value.__doc__.startswith(f"{name}("), "a dataclass writes one itself; that is none"


def test_a_name_that_is_not_public_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        getattr(door, "nothing")  # noqa: B009 - mypy knows that it is not there


def test_entering_loads_nothing_heavy() -> None:
    code = (
        "import json, sys; before = set(sys.modules); import kaizen_schedule_core; "
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    loaded = run(code)
    assert "kaizen_schedule_core" in loaded
    heavy = {"pydantic", "pydantic_core", "yaml", "filelock", "tzdata", "zoneinfo", "urllib3"}
    assert heavy.isdisjoint(loaded)
    assert [name for name in loaded if name.startswith("kaizen_schedule_core.")] == []


@pytest.mark.parametrize(
    "name", ["KaizenError", "Diagnostic", "prepare_command", "session_close", "parse_cron", "codes"]
)
def test_light_names_open_without_pydantic_and_yaml(name: str) -> None:
    code = (
        f"import json, sys, kaizen_schedule_core; kaizen_schedule_core.{name}; "
        "print(json.dumps([name for name in ('pydantic', 'yaml', 'filelock') if name in sys.modules]))"
    )
    assert run(code) == []


def test_a_star_import_brings_every_public_name() -> None:
    code = "import json; from kaizen_schedule_core import *; print(json.dumps(sorted(set(globals()))))"
    assert set(PUBLIC) <= set(run(code))
