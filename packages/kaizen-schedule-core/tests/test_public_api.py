"""The public API: what `__init__.pyi` names, imported when it is first used."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from types import FunctionType
from typing import Any

import kaizen_schedule_core
import pytest

PUBLIC: list[str] = vars(kaizen_schedule_core)["__all__"]
STUB = ast.parse(Path(kaizen_schedule_core.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))


def run(code: str) -> Any:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=30)
    return json.loads(done.stdout)


def test_the_api_is_small_and_each_name_is_written_once() -> None:
    named = [alias for statement in STUB.body if isinstance(statement, ast.ImportFrom) for alias in statement.names]
    assert [alias.name for alias in named] == [alias.asname for alias in named], "mypy re-exports only `x as x`"
    assert sorted(alias.name for alias in named) == sorted(PUBLIC)
    assert 40 <= len(PUBLIC) == len(set(PUBLIC)) <= 55


@pytest.mark.parametrize("name", PUBLIC)
def test_each_public_name_can_be_imported_and_is_documented(name: str) -> None:
    value = getattr(kaizen_schedule_core, name)
    if isinstance(value, type | FunctionType):
        assert value.__doc__, name
        assert not value.__doc__.startswith(f"{name}("), "the docstring that a dataclass writes itself"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        getattr(kaizen_schedule_core, "nothing")  # noqa: B009 - mypy knows that it does not exist


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import json, sys; before = set(sys.modules); import kaizen_schedule_core; "
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    loaded = run(code)
    assert "kaizen_schedule_core" in loaded
    heavy = {"pydantic", "pydantic_core", "yaml", "filelock", "tzdata", "zoneinfo", "urllib3"}
    assert heavy.isdisjoint(loaded)
    assert [name for name in loaded if name.startswith("kaizen_schedule_core.")] == []


@pytest.mark.parametrize("name", ["KaizenError", "Diagnostic", "parse_cron", "CODES"])
def test_light_names_load_without_pydantic_and_yaml(name: str) -> None:
    code = (
        f"import json, sys, kaizen_schedule_core; kaizen_schedule_core.{name}; "
        "print(json.dumps([name for name in ('pydantic', 'yaml', 'filelock') if name in sys.modules]))"
    )
    assert run(code) == []


def test_a_star_import_brings_every_public_name() -> None:
    code = "import json; from kaizen_schedule_core import *; print(json.dumps(sorted(set(globals()))))"
    assert set(PUBLIC) <= set(run(code))
