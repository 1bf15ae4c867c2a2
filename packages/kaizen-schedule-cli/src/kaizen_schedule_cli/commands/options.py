"""The options that several commands share, and the functions that read their values."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import typer
from kaizen_schedule_core.clock.cadence import CADENCES
from kaizen_schedule_core.clock.times import parse_time
from kaizen_schedule_core.diagnostics import did_you_mean, quoted

Value = TypeVar("Value")


class Format(StrEnum):
    """The output formats most commands have."""

    TEXT = "text"
    JSON = "json"


def filled(param: typer.CallbackParam, value: str | None) -> str | None:
    """Return an option's text, for its `callback`. Raises typer.BadParameter if it is empty, like an unset variable."""
    if value == "":
        raise typer.BadParameter("it is empty: give a value, or leave the option out", param_hint=param.opts[0])
    return value


def text_option(name: str, metavar: str, text: str) -> Any:
    """Declare an option whose value must not be empty; `text` is its help."""
    return typer.Option(name, metavar=metavar, help=text, callback=filled)


Target = Annotated[str, text_option("--target", "DIR", "The repository's root.")]
OutputFormat = Annotated[Format, typer.Option("--format", help="How to write the answer.")]
AgentArgument = Annotated[str, typer.Argument(metavar="AGENT", help="The agent's name.")]
DefinitionId = Annotated[str, typer.Argument(metavar="ID", help="The definition's id.")]
RosterFile = Annotated[str | None, text_option("--roster", "FILE", "The roster file.")]
Hub = Annotated[
    str | None,
    text_option("--hub", "URL", "The State Hub that holds the roster. Without either, KAIZEN_STATE_HUB_URL."),
]
Catalog = Annotated[str | None, text_option("--catalog", "DIR", "The folder of the definitions that fire the runs.")]
Now = Annotated[
    str | None,
    typer.Option("--now", metavar="TIME", help="Judge from this moment: a time with offset, or a date (UTC)."),
]
Host = Annotated[str | None, text_option("--host", "NAME", "Take the paths of this host.")]


def read_value(option: str, read: Callable[[], Value]) -> Value:
    """Return what `read` returns; its ValueError becomes wrong usage of an option (exit 2)."""
    try:
        return read()
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def read_optional(option: str, text: str | None, parse: Callable[[str], Value]) -> Value | None:
    """Parse the text of an option that may be absent. Raises typer.BadParameter."""
    if text is None:
        return None
    return read_value(option, lambda: parse(text))


def parse_utc(text: str) -> datetime:
    """Parse a time with its offset, or a date in UTC. Raises ValueError."""
    return parse_time(text, zone=UTC)


def read_cadence(text: str | None) -> str | None:
    """Return the word given with --cadence. Raises typer.BadParameter."""
    if text is not None and text not in CADENCES:
        near = did_you_mean(text, CADENCES) or f"write one of {', '.join(CADENCES)}"
        raise typer.BadParameter(f"unknown cadence {quoted(text)}: {near}", param_hint="--cadence")
    return text


def check_timezone(name: str | None) -> None:
    """Raise typer.BadParameter if the name given with --timezone is not a known zone."""
    from kaizen_schedule_core.clock.zones import known_zones, zone_hint

    if name is not None and name not in known_zones():
        raise typer.BadParameter(f"unknown time zone {quoted(name)}: {zone_hint(name)}", param_hint="--timezone")
