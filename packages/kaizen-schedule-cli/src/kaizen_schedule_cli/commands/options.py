"""Options of several commands, and functions that parse their values."""

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import typer
from kaizen_schedule_core.clock.cadence import CADENCES
from kaizen_schedule_core.clock.times import parse_time
from kaizen_schedule_core.diagnostics import did_you_mean, quoted
from kaizen_schedule_core.names import is_slug

Value = TypeVar("Value")


class FiresFormat(StrEnum):
    """The output formats of commands that list fires."""

    TEXT = "text"
    JSON = "json"
    ICS = "ics"


class Format(StrEnum):
    """The output formats of most commands."""

    TEXT = "text"
    JSON = "json"


class UsageError(typer.BadParameter):
    """A missing option, or options that cannot be combined; shown without "Invalid value"."""

    def format_message(self) -> str:
        """Return the message alone."""
        return self.message


def filled(param: typer.CallbackParam, value: str | None) -> str | None:
    """Return the text of an option, as its `callback`. Raises typer.BadParameter if it is empty."""
    if value == "":
        raise typer.BadParameter("the value is empty: pass a value, or omit the option", param_hint=param.opts[0])
    return value


def filled_list(param: typer.CallbackParam, values: list[str]) -> list[str]:
    """Return the texts of a repeatable option, as its `callback`. Raises typer.BadParameter if one is empty."""
    for value in values:
        filled(param, value)
    return values


def text_option(name: str, metavar: str, text: str) -> Any:
    """Declare an option with a non-empty value; `text` is its help."""
    return typer.Option(name, metavar=metavar, help=text, callback=filled)


def slug(param: typer.CallbackParam, value: str | None) -> str | None:
    """Return the slug of an option, as its `callback`. Raises typer.BadParameter if it is invalid."""
    return None if filled(param, value) is None else check_slug(param.opts[0], str(value))


Target = Annotated[str, text_option("--target", "DIR", "The repository's root.")]
RepoSlug = Annotated[
    str | None,
    typer.Option("--repo", metavar="SLUG", help="The repository's slug [default: directory name].", callback=slug),
]
FiresOutputFormat = Annotated[FiresFormat, typer.Option("--format", help="Output format; ics is a calendar.")]
OutputFormat = Annotated[Format, typer.Option("--format", help="Output format.")]
AgentArgument = Annotated[str, typer.Argument(metavar="AGENT", help="The agent's name.")]
DefinitionId = Annotated[str, typer.Argument(metavar="ID", help="The definition's id.")]
RosterFile = Annotated[str | None, text_option("--roster", "FILE", "The roster file.")]
Hub = Annotated[str | None, text_option("--hub", "URL", "State Hub with the roster [default: $KAIZEN_STATE_HUB_URL].")]
Catalog = Annotated[str | None, text_option("--catalog", "DIR", "Catalog of the definitions that fire the runs.")]
Now = Annotated[
    str | None, typer.Option("--now", metavar="TIME", help="Evaluate as of this time (with offset) or date (UTC).")
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", metavar="N", min=1, max=256, help="Number of processes [default: the processors, for many files]."
    ),
]
Host = Annotated[str | None, text_option("--host", "NAME", "Use the paths of this host.")]


def read_value(option: str, read: Callable[[], Value]) -> Value:
    """Return the result of `read`; its ValueError becomes a usage error of an option (exit 2)."""
    try:
        return read()
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def read_optional(option: str, text: str | None, parse: Callable[[str], Value]) -> Value | None:
    """Parse the text of an optional option. Raises typer.BadParameter."""
    if text is None:
        return None
    return read_value(option, lambda: parse(text))


def parse_utc(text: str) -> datetime:
    """Parse a time with its offset, or a date in UTC. Raises ValueError."""
    return parse_time(text, zone=UTC)


def read_cadence(text: str | None) -> str | None:
    """Return the value of --cadence. Raises typer.BadParameter."""
    if text is not None and text not in CADENCES:
        near = did_you_mean(text, CADENCES) or f"use one of {', '.join(CADENCES)}"
        raise typer.BadParameter(f"unknown cadence {quoted(text)}: {near}", param_hint="--cadence")
    return text


def check_words(option: str, given: Iterable[str] | None, allowed: Collection[str]) -> None:
    """Raise typer.BadParameter if a value of a repeatable option is not one of the allowed words."""
    for word in given or ():
        if word not in allowed:
            near = did_you_mean(word, allowed) or f"use one of {', '.join(allowed)}"
            raise typer.BadParameter(f"unknown value {quoted(word)}: {near}", param_hint=option)


def check_slug(option: str, value: str) -> str:
    """Return the value of an option. Raises typer.BadParameter if it is not a slug."""
    if not is_slug(value):
        message = f"invalid slug {quoted(value)}: use at most 100 letters, digits, dots, hyphens and underscores"
        raise typer.BadParameter(message, param_hint=option)
    return value


def check_timezone(name: str | None) -> None:
    """Raise typer.BadParameter if the value of --timezone is not a known zone."""
    from kaizen_schedule_core.clock.zones import known_zones, zone_hint

    if name is not None and name not in known_zones():
        raise typer.BadParameter(f"unknown time zone {quoted(name)}: {zone_hint(name)}", param_hint="--timezone")
