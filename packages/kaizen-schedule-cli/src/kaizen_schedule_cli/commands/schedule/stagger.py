"""`schedule stagger`: spread the start times of an existing manifest."""

import codecs
from collections.abc import Mapping
from typing import Annotated

import typer
from kaizen_schedule_core.clock.times import parse_duration
from kaizen_schedule_core.files.reading import read_inside
from kaizen_schedule_core.files.writing import write_inside
from kaizen_schedule_core.manifest import MANIFEST_LIMIT
from kaizen_schedule_core.manifest.loading import check_manifest
from kaizen_schedule_core.manifest.model import Manifest
from kaizen_schedule_core.manifest.staggering import StaggeredAgent, stagger_agents, with_crons
from kaizen_schedule_core.repo.agents import RepositoryAgents
from kaizen_schedule_core.repo.paths import MANIFEST_PATH
from kaizen_schedule_core.repo.roots import repo_name, repository_root

from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.manifests import load_valid_manifest
from kaizen_schedule_cli.commands.options import RepoSlug, Target, UsageError, check_slug, read_value
from kaizen_schedule_cli.render.streams import write_stderr, write_stdout
from kaizen_schedule_cli.render.tables import table


@as_command("kaizen-agentic schedule stagger --window 2h --dry-run")
def command(
    target: Target = ".",
    *,
    window: Annotated[
        str, typer.Option("--window", metavar="30m|1h|…", help="Start within this time after the present one.")
    ] = "1h",
    repo: RepoSlug = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the new times without writing them.")] = False,
) -> None:
    """Spread the start times of the agents, in the manifest.

    Each agent that starts at a full hour or quarter gets a time derived from the slug of the repository and its name.
    """
    length = read_value("--window", lambda: parse_duration(window))
    root = repository_root(target)
    manifest, document = load_valid_manifest(root, target)
    slug = check_slug("--repo", repo or repo_name(root))
    rows = stagger_agents(manifest, repo=slug, window=length)
    crons = {row.agent: row.after for row in rows if row.after is not None}
    text = with_crons(document, crons)
    checked = check_manifest(text.encode(), file=document.file, agents=RepositoryAgents(root), advice=False)
    if not _is_intended(manifest, checked.manifest, crons):
        raise UsageError(
            "the manifest has a notation that this command does not edit, and was not changed: "
            "write each key of an agent on its own line"
        )
    if crons and not dry_run:
        data = text.encode()
        if read_inside(root, MANIFEST_PATH, limit=MANIFEST_LIMIT).startswith(codecs.BOM_UTF8):
            data = codecs.BOM_UTF8 + data  # the document's text is without it
        write_inside(root, MANIFEST_PATH, data)
    write_stdout(table(("agent", "before", "after"), [_row(row) for row in rows]))
    if not crons:
        write_stderr("Nothing to change.")
    elif dry_run:
        write_stderr("Dry run: nothing was written.")


def _is_intended(before: Manifest, after: Manifest | None, crons: Mapping[str, str]) -> bool:
    """Check that an edited manifest has the new crons, and is otherwise unchanged."""
    if after is None or after.timezone != before.timezone or list(after.agents) != list(before.agents):
        return False
    for name, schedule in before.agents.items():
        found = after.agents[name]
        if (found.cadence, found.enabled) != (schedule.cadence, schedule.enabled):
            return False
        if found.cron.text != crons.get(name, schedule.cron.text):
            return False
    return True


def _row(row: StaggeredAgent) -> tuple[str, str, str]:
    return row.agent, row.before, row.after or f"not changed: {row.reason}"
