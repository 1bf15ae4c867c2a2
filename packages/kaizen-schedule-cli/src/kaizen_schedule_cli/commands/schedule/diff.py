"""`schedule diff`: what a change of the manifest means, compared with a Git revision."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from kaizen_schedule_core.clock.fires import next_fire
from kaizen_schedule_core.clock.zones import load_zone
from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.commands import prepare_command
from kaizen_schedule_core.diagnostics import diagnose, escape_control_chars, quoted
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.fleet.resolution import ScheduledRun
from kaizen_schedule_core.manifest.differences import AgentChange, AgentTiming, manifest_changes
from kaizen_schedule_core.manifest.loading import check_manifest
from kaizen_schedule_core.manifest.model import Manifest
from kaizen_schedule_core.repo.agents import RepositoryAgents
from kaizen_schedule_core.repo.paths import MANIFEST_PATH
from kaizen_schedule_core.repo.roots import repo_name, repository_root

from kaizen_schedule_cli.answers import answer_from, utc_or_none
from kaizen_schedule_cli.answers.diff import DiffAnswer, DiffedAgent, FiredAgent, Timing
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.manifests import load_valid_manifest
from kaizen_schedule_cli.commands.options import Catalog, Target
from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_cli.render.diff import diff_markdown, diff_text
from kaizen_schedule_cli.render.streams import write_json, write_stderr, write_stdout

if TYPE_CHECKING:
    from kaizen_activity_defs.model import Definition


_LAST_COMMIT = "HEAD"
_FILES = frozenset({b"100644", b"100755"})


class DiffFormat(StrEnum):
    """The output formats of `schedule diff`."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


@as_command("kaizen-agentic schedule diff HEAD --format markdown")
def command(
    revision: Annotated[str, typer.Argument(metavar="REV", help="The Git revision to compare with.")] = _LAST_COMMIT,
    target: Target = ".",
    *,
    catalog: Catalog = None,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 if anything differs.")] = False,
    output: Annotated[
        DiffFormat, typer.Option("--format", help="Output format; markdown is for a pull request.")
    ] = DiffFormat.TEXT,
) -> None:
    """Compare the manifest with that of a Git revision.

    With --catalog, also show the definitions that no longer select an agent.
    """
    root = repository_root(target)
    before = _manifest_at(root, revision)
    after: Manifest | None = None
    if before is None or os.path.lexists(os.path.join(root, MANIFEST_PATH)):
        after, _ = load_valid_manifest(root, target)
    now = datetime.now(UTC)
    found = manifest_changes(before, after)
    changes = [_row(change, now) for change in found]
    if catalog is not None:
        from kaizen_activity_defs.catalog import load_catalog

        enabled = [one for one in load_catalog(catalog) if one.header.enabled]
        changes = [_with_definitions(row, change, root, enabled) for row, change in zip(changes, found, strict=True)]
    answer = DiffAnswer(base=revision, changes=tuple(changes))
    if output is DiffFormat.JSON:
        write_json(answer)
    elif output is DiffFormat.MARKDOWN:
        write_stdout(diff_markdown(answer))
    else:
        write_stdout(diff_text(answer))
        if not changes:
            write_stderr(f"The schedule is that of {escape_control_chars(revision)}.")
    if check and changes:
        raise typer.Exit(Exit.DIFFERENT)


def _manifest_at(root: str, revision: str) -> Manifest | None:
    """Return the manifest of a revision; None if it or the repository has none, or with a warning if it is invalid.

    Raises KaizenError (KZ101) without a Git repository, and typer.BadParameter for an unknown revision.
    """
    if _git(root, "rev-parse", "--is-inside-work-tree") is None:
        message = f"{root} is not in a Git repository, or Git is not installed"
        hint = "run the command in a clone of the repository"
        raise KaizenError(diagnose(reading.ABSENT, message, file=root, hint=hint))
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is not None and not re.fullmatch(rb"[0-9a-f]{40,64}\n", commit):  # a negated revision such as ^HEAD
        commit = None
    if commit is None and revision == _LAST_COMMIT:
        return None  # a new repository
    if commit is None:
        message = f"Git has no commit {quoted(revision)}: fetch it, or use another revision"
        raise typer.BadParameter(message, param_hint="REV")
    shown = f"{revision}:{MANIFEST_PATH}"
    data = _blob(root, commit.decode().strip(), shown)
    if data is None:
        return None
    try:
        checked = check_manifest(data, file=shown, agents=RepositoryAgents(root), advice=False)
    except KaizenError as error:
        problems = error.diagnostics
    else:
        if checked.manifest is not None:
            return checked.manifest
        problems = checked.diagnostics
    first = problems[0]
    write_stderr(f"warning: the manifest of {escape_control_chars(revision)} is invalid: {first.code} {first.message}")
    return None


def _blob(root: str, commit: str, shown: str) -> bytes | None:
    """Return the manifest of a commit, or None without one. Raises KaizenError (KZ102, KZ106) if it cannot be read."""
    entry = _git(root, "ls-tree", commit, "--", MANIFEST_PATH)
    if not entry:
        return None
    mode, _, blob, *_ = entry.split()
    if mode not in _FILES:
        raise KaizenError(
            diagnose(reading.NOT_A_FILE, f"{escape_control_chars(shown)} is not a regular file", file=shown)
        )
    data = _git(root, "cat-file", "blob", blob.decode())
    if data is None:
        message = f"Git cannot read {escape_control_chars(shown)}"
        raise KaizenError(diagnose(reading.UNREADABLE, message, file=shown, hint="check the repository: git fsck"))
    return data


def _git(root: str, *words: str) -> bytes | None:
    """Return the output of a Git command in the root, or None if it fails."""
    try:
        done = subprocess.run(["git", "-C", root, *words], capture_output=True, check=False)  # noqa: S603, S607
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def _row(change: AgentChange, now: datetime) -> DiffedAgent:
    return DiffedAgent(
        agent=change.agent,
        change=change.change,
        before=_timing(change.before),
        after=_timing(change.after),
        next_before=_next(change.before, now),
        next_after=_next(change.after, now),
    )


def _with_definitions(
    row: DiffedAgent, change: AgentChange, root: str, definitions: Sequence[Definition]
) -> FiredAgent:
    """Add the definitions that no longer select the agent of a repository; its domain is assumed to be theirs."""
    before, after = (_run(root, change.agent, timing) for timing in (change.before, change.after))
    lost = [one.id for one in definitions if _selects(one, before) and not _selects(one, after)]
    return answer_from(row, FiredAgent, no_longer_fired_by=tuple(lost))


def _selects(definition: Definition, run: ScheduledRun | None) -> bool:
    from kaizen_activity_defs.catalog import selected_domains, selects

    return run is not None and selects(definition, run, domain=next(iter(selected_domains(definition)), None))


def _run(root: str, agent: str, timing: AgentTiming | None) -> ScheduledRun | None:
    if timing is None or not timing.schedule.enabled:
        return None
    return ScheduledRun(
        repo=repo_name(root),
        root=root,
        agent=agent,
        cadence=timing.schedule.cadence,
        cron=timing.schedule.cron,
        timezone=timing.timezone,
        enabled=True,
        prepare_command=prepare_command(agent, root),
    )


def _timing(timing: AgentTiming | None) -> Timing | None:
    if timing is None:
        return None
    schedule = timing.schedule
    return Timing(cadence=schedule.cadence, cron=schedule.cron.text, timezone=timing.timezone, enabled=schedule.enabled)


def _next(timing: AgentTiming | None, now: datetime) -> str | None:
    if timing is None or not timing.schedule.enabled:
        return None
    return utc_or_none(next_fire(timing.schedule.cron, load_zone(timing.timezone), now))
