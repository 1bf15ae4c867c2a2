"""`schedule init`: create a manifest."""

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Annotated

import typer
from kaizen_schedule_core.clock.cadence import DEFAULT_TIMEZONE
from kaizen_schedule_core.clock.times import parse_duration
from kaizen_schedule_core.diagnostics import did_you_mean, escape_control_chars, quoted
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.manifest.discovery import manifest_of
from kaizen_schedule_core.manifest.loading import load_manifest
from kaizen_schedule_core.manifest.opt_in import OptedIn, opt_in
from kaizen_schedule_core.manifest.planning import BootstrapCadence, Engagement, Stagger, plan_manifest
from kaizen_schedule_core.manifest.scaffold import EXAMPLE, offered_agents
from kaizen_schedule_core.repo.agents import ListedAgent, RepositoryAgents, list_agents, load_agent
from kaizen_schedule_core.repo.paths import MANIFEST_PATH
from kaizen_schedule_core.repo.roots import repo_name, repository_root

from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import (
    RepoSlug,
    Target,
    UsageError,
    check_slug,
    check_timezone,
    read_optional,
    read_value,
    text_option,
)
from kaizen_schedule_cli.render.streams import write_stderr, write_stdout

_BOOTSTRAP: dict[str, BootstrapCadence] = {"hourly": "hourly", "daily": "daily", "weekly": "weekly"}

Agent = Annotated[
    list[str] | None,
    typer.Option("--agent", metavar="NAME", help="Schedule this agent, not those in the example; repeatable."),
]
Agents = Annotated[str | None, text_option("--agents", "A,B,…", "The same as --agent A --agent B.")]
Timezone = Annotated[str | None, text_option("--timezone", "ZONE", "Time zone of all crons [default: Europe/Berlin].")]
EngagementSlug = Annotated[
    str | None, text_option("--engagement", "SLUG", "Run the agents more often, for a new engagement.")
]
Bootstrap = Annotated[
    str | None,
    text_option("--bootstrap-cadence", "WORD", "With --engagement: hourly, daily or weekly [default: daily]."),
]
StaggerWindow = Annotated[
    str | None, text_option("--stagger", "30m|1h|…", "Spread the start times over this period (1m up to 12h).")
]


@as_command("kaizen-agentic schedule init --agent coach --agent optimization --stagger 1h")
def command(
    target: Target = ".",
    *,
    agent: Agent = None,
    agents: Agents = None,
    timezone: Timezone = None,
    engagement: EngagementSlug = None,
    bootstrap: Bootstrap = None,
    stagger: StaggerWindow = None,
    repo: RepoSlug = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the manifest without writing it.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing manifest.")] = False,
) -> None:
    """Create .kaizen/schedule.yml and its schema."""
    root = repository_root(target)
    exists = os.path.lexists(os.path.join(root, MANIFEST_PATH))
    if exists and force and not (agent or agents) and (timezone or engagement or stagger):
        raise UsageError(
            "--force replaces the manifest with all its agents: pass --agent too, or change the file in an editor"
        )
    begun = _engagement(engagement, bootstrap)
    minutes = _stagger(root, stagger, repo, begun)
    check_timezone(timezone)
    known = RepositoryAgents(root)
    chosen = _descriptions(known, [*(agent or ()), *(agents.split(",") if agents else ())])
    zone = timezone or (_zone_of(root) if exists and chosen is not None else DEFAULT_TIMEZONE)
    plan = partial(plan_manifest, chosen, timezone=zone, stagger=minutes, engagement=begun)
    text = read_value("--stagger", plan) + offered_agents(_others(known, chosen))
    if not force and _is_left_out(root):
        raise UsageError(
            f"{MANIFEST_PATH} is committed, but a sparse checkout left it out: run git sparse-checkout add .kaizen"
        )
    done = opt_in(root, text, shown=manifest_of(target, root).shown, replace=force, dry_run=dry_run)
    if dry_run:
        write_stdout(text)
        files = _listed(done, write="would write", replace="would replace", keep="would keep")
        write_stderr(f"{files}Dry run: nothing was written.")
    else:
        write_stdout(_listed(done, write="wrote", replace="replaced", keep="kept"))
        if done.copy is not None:
            write_stderr(f"The old manifest is {done.copy}.")
        _write_next_steps(root, target)


def _zone_of(root: str) -> str:
    """Return the time zone of the existing manifest, or the default if it is invalid."""
    try:
        manifest = load_manifest(root, agents=RepositoryAgents(root)).manifest
    except KaizenError:
        manifest = None
    return DEFAULT_TIMEZONE if manifest is None else manifest.timezone


def _is_left_out(root: str) -> bool:
    """Check whether the manifest is committed, but not in a sparse checkout."""
    if os.path.lexists(os.path.join(root, MANIFEST_PATH)):
        return False
    command = ["git", "-C", root, "ls-files", "-t", "--", MANIFEST_PATH]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        return False  # without git, there is no sparse checkout
    return done.stdout.startswith("S ")


def _engagement(slug: str | None, cadence: str | None) -> Engagement | None:
    if slug is None:
        if cadence is not None:
            raise UsageError("--bootstrap-cadence requires --engagement SLUG")
        return None
    word = cadence or "daily"
    if word not in _BOOTSTRAP:
        near = did_you_mean(word, _BOOTSTRAP) or f"use one of {', '.join(_BOOTSTRAP)}"
        raise typer.BadParameter(f"unknown cadence {quoted(word)}: {near}", param_hint="--bootstrap-cadence")
    return Engagement(slug=check_slug("--engagement", slug), cadence=_BOOTSTRAP[word])


def _stagger(root: str, window: str | None, repo: str | None, engagement: Engagement | None) -> Stagger | None:
    """Return the stagger of the crons, or None."""
    if window is None and engagement is None:
        if repo is not None:
            raise UsageError("--repo requires --stagger or --engagement")
        return None
    length = read_optional("--stagger", window, parse_duration) or timedelta(hours=1)
    return Stagger(repo=check_slug("--repo", repo or repo_name(root)), window=length)


def _descriptions(known: RepositoryAgents, given: Sequence[str]) -> dict[str, str] | None:
    """Return the descriptions of the agents by name, in the given order, or None if none is given.

    Raises KaizenError for an unknown agent.
    """
    names = [name.strip() for name in given]
    if "" in names:
        raise typer.BadParameter("a name is empty: use names such as --agents coach,optimization", param_hint="--agent")
    if len(set(names)) < len(names):
        raise typer.BadParameter("duplicate name: list each agent once", param_hint="--agent")
    return {name: load_agent(known, name).description for name in names} or None


def _others(known: RepositoryAgents, chosen: Mapping[str, str] | None) -> list[ListedAgent]:
    """Return the usable agents of the repository that are not in the new manifest."""
    scheduled = chosen if chosen is not None else {agent.name for agent in EXAMPLE}
    rows, _ = list_agents(known)
    return [row for row in rows if row.usable and row.source != "packaged" and row.agent not in scheduled]


def _listed(done: OptedIn, *, write: str, replace: str, keep: str) -> str:
    lines = []
    for verb, paths in ((write, done.written), (replace, done.replaced), (keep, done.kept)):
        lines += [f"{verb} {path}\n" for path in paths]
    return "".join(lines)


def _write_next_steps(root: str, target: str) -> None:
    where = "" if target == "." else f" --target {shlex.quote(escape_control_chars(target))}"
    write_stderr(f"\nNext: kaizen-agentic schedule validate{where}, then commit the directory .kaizen.")
    if not os.path.lexists(os.path.join(root, ".git")):
        write_stderr("Not a Git repository: other checkouts get the schedule when it is committed.")
