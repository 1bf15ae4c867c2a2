"""The options that several commands share, and how their values are read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, TypeVar

import typer
from kaizen_schedule_core.clock.cadence import CADENCES
from kaizen_schedule_core.clock.times import parse_duration, parse_time
from kaizen_schedule_core.diagnostics import did_you_mean, quoted

Value = TypeVar("Value")


class Format(StrEnum):
    """The output formats most commands have."""

    TEXT = "text"
    JSON = "json"


def filled(param: typer.CallbackParam, value: str | None) -> str | None:
    """An option's text, for its `callback`: an empty one, as of a variable that is not set, asks for nothing.

    Raises typer.BadParameter.
    """
    if value == "":
        raise typer.BadParameter("it is empty: give a value, or leave the option out", param_hint=param.opts[0])
    return value


Target = Annotated[str, typer.Option("--target", metavar="DIR", help="The repository's root.", callback=filled)]
OutputFormat = Annotated[Format, typer.Option("--format", help="How to write the answer.")]
AgentArgument = Annotated[str, typer.Argument(metavar="AGENT", help="The agent's name.")]

RosterFile = Annotated[str | None, typer.Option("--roster", metavar="FILE", help="The roster file.", callback=filled)]
Hub = Annotated[
    str | None,
    typer.Option(
        "--hub",
        metavar="URL",
        help="The State Hub that holds the roster. Without either, KAIZEN_STATE_HUB_URL.",
        callback=filled,
    ),
]
StateFile = Annotated[
    str | None,
    typer.Option(
        "--state",
        metavar="FILE",
        help="Remember the fleet's size here, and fail if a fifth vanished.",
        callback=filled,
    ),
]
AllowShrink = Annotated[bool, typer.Option("--allow-shrink", help="The fleet is meant to be smaller than before.")]
Catalog = Annotated[
    str | None,
    typer.Option("--catalog", metavar="DIR", help="The folder of the definitions that fire the runs.", callback=filled),
]
Domain = Annotated[
    str | None, typer.Option("--domain", metavar="NAME", help="Only repositories of this domain.", callback=filled)
]
CadenceWord = Annotated[
    str | None,
    typer.Option("--cadence", metavar="WORD", help="Only agents of this cadence: daily, weekly, monthly."),
]
AgentFilter = Annotated[str | None, typer.Option("--agent", metavar="NAME", help="Only this agent.", callback=filled)]
Now = Annotated[
    str | None,
    typer.Option("--now", metavar="TIME", help="Judge from this moment: a time with offset, or a date (UTC)."),
]
Window = Annotated[
    str | None,
    typer.Option("--window", metavar="15m|1h|…", help="Only runs whose own cron fires in the window that ends now."),
]
Host = Annotated[
    str | None, typer.Option("--host", metavar="NAME", help="Take the paths of this host.", callback=filled)
]


def group(text: str) -> typer.Typer:
    """A group of commands with the settings of the whole command line."""
    return typer.Typer(help=text, no_args_is_help=True, add_completion=False, rich_markup_mode=None)


def example(command: str) -> str:
    """The end of a command's help: a line to paste, never wrapped."""
    return f"\b\nExample:\n  {command}"


def read_now(text: str | None) -> datetime | None:
    """The moment given with --now. Raises typer.BadParameter."""
    return None if text is None else read_value("--now", lambda: parse_time(text, zone=UTC))


def read_window(text: str | None) -> timedelta | None:
    """The duration given with --window. Raises typer.BadParameter."""
    return None if text is None else read_value("--window", lambda: parse_duration(text))


def read_cadence(text: str | None) -> str | None:
    """The word given with --cadence. Raises typer.BadParameter."""
    if text is not None and text not in CADENCES:
        near = did_you_mean(text, CADENCES) or f"write one of {', '.join(CADENCES)}"
        raise typer.BadParameter(f"unknown cadence {quoted(text)}: {near}", param_hint="--cadence")
    return text


def read_value(option: str, read: Callable[[], Value]) -> Value:
    """What `read` makes of an option's text; its ValueError becomes wrong usage (exit 2)."""
    try:
        return read()
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
