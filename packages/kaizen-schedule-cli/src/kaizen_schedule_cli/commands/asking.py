"""What the roster commands are asked: where the fleet is listed, which part of it is meant, and by which clock."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import typer
from kaizen_schedule_core.diagnostics import inert
from kaizen_schedule_core.fleet.guard import fleet_size, guard_fleet
from kaizen_schedule_core.fleet.hub import is_hub_url, load_hub
from kaizen_schedule_core.fleet.resolution import Resolution
from kaizen_schedule_core.fleet.resolver import resolve_roster
from kaizen_schedule_core.fleet.roster import Roster, load_roster

from kaizen_schedule_cli.commands.options import (
    AgentFilter,
    AllowShrink,
    CadenceWord,
    Domain,
    Host,
    Hub,
    Now,
    RosterFile,
    StateFile,
    Window,
    read_cadence,
    read_now,
    read_value,
    read_window,
)
from kaizen_schedule_cli.render.streams import remark

if TYPE_CHECKING:
    from kaizen_activity_defs.catalog import CatalogFirings

HUB_VARIABLE = "KAIZEN_STATE_HUB_URL"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """The options of a roster command, read; `now` is filled in, so that everything is judged from one moment."""

    roster: Roster
    now: datetime
    domain: str | None = None
    cadence: str | None = None
    agent: str | None = None
    window: timedelta | None = None
    host: str | None = None
    state: str | None = None
    allow_shrink: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether a part of the fleet is asked for."""
        return any(part is not None for part in (self.domain, self.cadence, self.agent, self.window))


Ask: TypeAlias = Callable[[], Question]


def read_source(roster: str | None, hub: str | None) -> Roster:
    """The roster of `--roster` or `--hub`, else of the environment. Raises typer.BadParameter, RosterError."""
    if roster is not None and hub is not None:
        raise typer.BadParameter("give one of --roster and --hub", param_hint="--hub")
    url = hub if hub is not None else os.environ.get(HUB_VARIABLE)
    if roster is not None:
        if is_hub_url(roster):  # it is not repeated: it may hold a password
            raise typer.BadParameter("it names a file; give the address of a hub with --hub", param_hint="--roster")
        return load_roster(roster)
    if not url:
        raise typer.BadParameter(f"give --roster FILE or --hub URL, or set {HUB_VARIABLE}", param_hint="--roster")
    option = "--hub" if hub is not None else HUB_VARIABLE
    if not is_hub_url(url):
        raise typer.BadParameter("write the hub's address, such as http://127.0.0.1:8000", param_hint=option)
    return read_value(option, lambda: load_hub(url))


def asks(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that are the same for all roster commands (contract section 10).

    The command's first parameter is a function that reads them: it tells wrong usage before it asks for the roster.
    """
    shared = inspect.signature(_read_question, eval_str=True).parameters
    own = [one for one in inspect.signature(command, eval_str=True).parameters.values() if one.name != "ask"]

    @functools.wraps(command)
    def call(**given: Any) -> None:
        options = {name: given.pop(name) for name in shared}
        command(functools.partial(_read_question, **options), **given)

    ordered = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in (*shared.values(), *own)]
    call.__signature__ = inspect.Signature(ordered)  # type: ignore[attr-defined]  # Typer reads the options from it
    return call


def _read_question(
    *,
    roster: RosterFile = None,
    hub: Hub = None,
    domain: Domain = None,
    cadence: CadenceWord = None,
    agent: AgentFilter = None,
    now: Now = None,
    window: Window = None,
    host: Host = None,
    state: StateFile = None,
    allow_shrink: AllowShrink = False,
) -> Question:
    if allow_shrink and state is None:
        raise typer.BadParameter("it needs --state FILE", param_hint="--allow-shrink")
    word, length, moment = read_cadence(cadence), read_window(window), read_now(now) or datetime.now(UTC)
    return Question(
        roster=read_source(roster, hub),
        now=moment,
        domain=domain,
        cadence=word,
        agent=agent,
        window=length,
        host=host,
        state=state,
        allow_shrink=allow_shrink,
    )


def resolve(question: Question) -> Resolution:
    """The answer to a question, guarded against a vanishing fleet if there is a state file.

    The fleet is counted whole, so that a filter or a window changes neither number (contract section 7).
    """
    if question.state is None:
        return _resolution(question)
    census = _resolution(replace(question, domain=None, cadence=None, agent=None, window=None))
    guard_fleet(fleet_size(census), question.state, allow_shrink=question.allow_shrink)
    return _resolution(question) if question.narrowed else census


def _resolution(question: Question) -> Resolution:
    return resolve_roster(
        question.domain,
        question.cadence,
        question.now,
        roster=question.roster,
        host=question.host,
        agent=question.agent,
        window=question.window,
    )


def firings_of(catalog: str | None, resolution: Resolution) -> CatalogFirings | None:
    """What the enabled definitions of a catalog fire; None without one."""
    if catalog is None:
        return None
    from kaizen_activity_defs.catalog import CatalogFirings as defs_CatalogFirings
    from kaizen_activity_defs.catalog import load_catalog

    definitions = load_catalog(catalog)
    if not any(definition.header.enabled for definition in definitions):
        remark(f"No definition in {inert(catalog)} is enabled, so nothing fires.")
    return defs_CatalogFirings(definitions, resolution)
