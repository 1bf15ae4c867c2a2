"""`schedule init`: write the manifest that the options ask for."""

from __future__ import annotations

import os
import shlex
from datetime import timedelta
from typing import Annotated

import typer
from kaizen_schedule_core.clock.cadence import DEFAULT_TIMEZONE
from kaizen_schedule_core.clock.times import parse_duration
from kaizen_schedule_core.clock.zones import known_zones, zone_hint
from kaizen_schedule_core.diagnostics import did_you_mean, inert, quoted
from kaizen_schedule_core.manifest.discovery import manifest_of
from kaizen_schedule_core.manifest.opt_in import opt_in
from kaizen_schedule_core.manifest.planning import BootstrapCadence, Engagement, Stagger, plan_manifest
from kaizen_schedule_core.names import is_slug
from kaizen_schedule_core.repo.agents import RepositoryAgents, load_agent
from kaizen_schedule_core.repo.roots import repo_name, repository_root

from kaizen_schedule_cli.commands.options import Target, example, filled, read_value
from kaizen_schedule_cli.commands.schedule.group import app
from kaizen_schedule_cli.render.streams import answer, remark

_BOOTSTRAP: dict[str, BootstrapCadence] = {"hourly": "hourly", "daily": "daily", "weekly": "weekly"}


@app.command(epilog=example("kaizen-agentic schedule init --agents coach,optimization --stagger 1h"))
def init(
    target: Target = ".",
    *,
    agents: Annotated[
        str | None,
        typer.Option("--agents", metavar="A,B,…", help="Run these agents instead of the example's.", callback=filled),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option("--timezone", metavar="ZONE", help="The zone of all crons; else Europe/Berlin.", callback=filled),
    ] = None,
    engagement: Annotated[
        str | None,
        typer.Option(
            "--engagement", metavar="SLUG", help="Begin an engagement: run the agents more often.", callback=filled
        ),
    ] = None,
    bootstrap: Annotated[
        str | None,
        typer.Option(
            "--bootstrap-cadence",
            metavar="WORD",
            help="How often then: hourly, daily, weekly. Daily unless given.",
            callback=filled,
        ),
    ] = None,
    stagger: Annotated[
        str | None,
        typer.Option(
            "--stagger",
            metavar="30m|1h|…",
            help="Start each agent at its own minute within this window.",
            callback=filled,
        ),
    ] = None,
    repo: Annotated[
        str | None,
        typer.Option(
            "--repo", metavar="SLUG", help="The slug that decides the minutes; else the folder's name.", callback=filled
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the manifest and write nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a manifest that is there.")] = False,
) -> None:
    """Opt a repository in: write .kaizen/schedule.yml and its schema."""
    root = repository_root(target)
    text = _planned(root, agents, timezone, _engagement(engagement, bootstrap), (stagger, repo))
    done = opt_in(root, text, shown=manifest_of(target, root).shown, replace=force, dry_run=dry_run)
    files = [("write", "wrote", path) for path in done.written]
    files += [("replace", "replaced", path) for path in done.replaced]
    files += [("keep", "kept", path) for path in done.kept]
    if dry_run:
        answer(text)
        remark(
            "".join(f"would {would} {path}\n" for would, _, path in files) + "Nothing was written: this is a dry run."
        )
        return
    answer("".join(f"{did} {path}\n" for _, did, path in files))
    where = "" if target == "." else f" --target {shlex.quote(inert(target))}"
    remark(f"\nNext: kaizen-agentic schedule validate{where}, then commit the folder .kaizen.")
    if not os.path.lexists(os.path.join(root, ".git")):
        remark("This folder is no git repository yet: a schedule takes effect for others once it is committed.")


def _planned(
    root: str,
    agents: str | None,
    timezone: str | None,
    engagement: Engagement | None,
    stagger: tuple[str | None, str | None],
) -> str:
    """The manifest's text. Raises typer.BadParameter, and KaizenError for an agent that is not known."""
    window, repo = stagger
    minutes = None
    if window is not None or engagement is not None:
        length = read_value("--stagger", lambda: parse_duration(window)) if window is not None else timedelta(hours=1)
        minutes = Stagger(repo=_slug("--repo", repo_name(root) if repo is None else repo), window=length)
    elif repo is not None:
        raise typer.BadParameter("it decides minutes: give --stagger or --engagement too", param_hint="--repo")
    if timezone is not None and timezone not in known_zones():
        message = f"unknown time zone {quoted(timezone)}: {zone_hint(timezone)}"
        raise typer.BadParameter(message, param_hint="--timezone")
    chosen = None if agents is None else _known(root, agents)
    zone = DEFAULT_TIMEZONE if timezone is None else timezone
    return read_value("--stagger", lambda: plan_manifest(chosen, timezone=zone, stagger=minutes, engagement=engagement))


def _engagement(slug: str | None, cadence: str | None) -> Engagement | None:
    if slug is None:
        if cadence is not None:
            raise typer.BadParameter("it needs --engagement SLUG", param_hint="--bootstrap-cadence")
        return None
    word = "daily" if cadence is None else cadence
    if word not in _BOOTSTRAP:
        near = did_you_mean(word, _BOOTSTRAP) or f"write one of {', '.join(_BOOTSTRAP)}"
        raise typer.BadParameter(f"unknown cadence {quoted(word)}: {near}", param_hint="--bootstrap-cadence")
    return Engagement(slug=_slug("--engagement", slug), cadence=_BOOTSTRAP[word])


def _slug(option: str, text: str) -> str:
    if not is_slug(text):
        message = f"{quoted(text)} is no slug: write letters, digits, dots, hyphens and underscores, up to 100"
        raise typer.BadParameter(message, param_hint=option)
    return text


def _known(root: str, listed: str) -> dict[str, str]:
    """What each of the agents does, by name, in the order given."""
    names = [name.strip() for name in listed.split(",")]
    if "" in names:
        raise typer.BadParameter("write names with commas between them: coach,optimization", param_hint="--agents")
    if len(set(names)) < len(names):
        raise typer.BadParameter("write each name once: one is there twice", param_hint="--agents")
    known = RepositoryAgents(root)
    return {name: load_agent(known, name).description for name in names}
