"""The shape of each JSON output, from the types that the command line prints."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from kaizen_activity_defs.smoke_report import SmokeReport
from kaizen_schedule_cli.answers.bundle import PrepareAnswer
from kaizen_schedule_cli.answers.conformance import ConformanceAnswer
from kaizen_schedule_cli.answers.definitions import DryRunAnswer, SyncAnswer
from kaizen_schedule_cli.answers.diff import DiffAnswer
from kaizen_schedule_cli.answers.export import ExportAnswer
from kaizen_schedule_cli.answers.findings import FindingsAnswer
from kaizen_schedule_cli.answers.metrics import MetricsAnswer
from kaizen_schedule_cli.answers.roster import CheckAnswer, ExpectAnswer, ExplainAnswer, ResolveAnswer, StatusAnswer
from kaizen_schedule_cli.answers.schedule import AgentsAnswer, ListAnswer, NextAnswer
from pydantic import TypeAdapter

from reference.markdown import fence

ANSWERS: dict[str, type] = {
    "schedule validate": FindingsAnswer,
    "schedule agents": AgentsAnswer,
    "schedule list": ListAnswer,
    "schedule next": NextAnswer,
    "schedule diff": DiffAnswer,
    "schedule prepare": PrepareAnswer,
    "schedule export": ExportAnswer,
    "metrics show": MetricsAnswer,
    "roster resolve": ResolveAnswer,
    "roster explain": ExplainAnswer,
    "roster expect": ExpectAnswer,
    "roster status": StatusAnswer,
    "roster check": CheckAnswer,
    "roster export": ExportAnswer,
    "definitions validate": FindingsAnswer,
    "definitions dry-run": DryRunAnswer,
    "definitions sync": SyncAnswer,
    "conformance run": ConformanceAnswer,
}
"""The type of the output of each command that has `--format json`."""

_WIDTH = 84


def shape(answer: type) -> str:
    """Return the keys of an output in their order, with the types of their values."""
    schema = TypeAdapter(answer).json_schema(mode="serialization")
    return "\n".join(_lines(schema, schema.get("$defs", {})))


def _lines(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> list[str]:
    if "$ref" in schema:
        return _lines(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        kind, null = (_lines(one, definitions) for one in schema["anyOf"])
        return [*kind[:-1], f"{kind[-1]} | {null[0]}"]
    if schema["type"] == "array":
        first, *rest = _lines(schema["items"], definitions)
        lines = [f"[{first}", *rest]
        return [*lines[:-1], f"{lines[-1]}]"]
    if schema["type"] == "object":
        properties = schema.get("properties") or dict.fromkeys(
            schema["propertyNames"]["enum"], schema["additionalProperties"]
        )
        return _object({key: _lines(value, definitions) for key, value in properties.items()})
    if schema["type"] == "string" and "const" in schema:
        return [json.dumps(schema["const"])]
    return [schema["type"]]


def _object(properties: Mapping[str, list[str]]) -> list[str]:
    """Return the lines of an object: one line if it fits."""
    inline = ", ".join(f"{key}: {lines[0]}" for key, lines in properties.items())
    if len(inline) + 2 <= _WIDTH and all(len(lines) == 1 for lines in properties.values()):
        return [f"{{{inline}}}"]
    written = ["{"]
    for key, (first, *rest) in properties.items():
        written += [f"  {key}: {first}", *(f"  {line}" for line in rest)]
        written[-1] += ","
    written[-1] = written[-1].removesuffix(",")
    return [*written, "}"]


def _fenced(answer: type) -> str:
    return fence(shape(answer), "text")


SHAPES: dict[str, Callable[[], str]] = {
    f"shape-{command.replace(' ', '-')}": partial(_fenced, answer) for command, answer in ANSWERS.items()
}
SHAPES["shape-roster-smoke"] = partial(_fenced, SmokeReport)
"""The shapes by region name."""
