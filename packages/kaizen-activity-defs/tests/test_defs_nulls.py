"""A null, or a value of another kind, anywhere in a definition is a diagnostic, never an internal error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from kaizen_activity_defs import packaged_definitions
from kaizen_activity_defs.loading import load_definition
from kaizen_schedule_core import KaizenError

TEXT = packaged_definitions()[0].text
_, FRONTMATTER, BODY = TEXT.split("---\n", 2)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from paths(inner, (*path, number))


@pytest.mark.parametrize("other", [None, [], {}, "x", 1])
@pytest.mark.parametrize("path", list(paths(yaml.safe_load(FRONTMATTER))), ids=str)
def test_another_value_in_the_frontmatter_is_valid_or_a_diagnostic(
    tmp_path: Path, path: tuple[Any, ...], other: object
) -> None:
    values = yaml.safe_load(FRONTMATTER)
    inner = values
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = other
    file = tmp_path / "definition.md"
    file.write_text(f"---\n{yaml.safe_dump(values, sort_keys=False)}---\n{BODY}", encoding="utf-8")
    if other is None:
        with pytest.raises(KaizenError):
            load_definition(str(file))
    else:
        with suppress(KaizenError):  # any other exception fails the test
            load_definition(str(file))


@pytest.mark.parametrize("key", ["type", "query", "bind_to", "required"])
def test_an_empty_value_in_a_context_source_is_reported_at_its_line(tmp_path: Path, key: str) -> None:
    lines = TEXT.splitlines()
    [number] = [
        number
        for number, line in enumerate(lines)
        if line.lstrip(" -").startswith(f"{key}:") and line[0] == " " and number > 12
    ]
    lines[number] = lines[number].partition(":")[0] + ":"
    file = tmp_path / "definition.md"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(KaizenError) as caught:
        load_definition(str(file))
    assert [(problem.code, problem.line) for problem in caught.value.diagnostics] == [("KZ212", number + 1)]
