"""What a fleet runs, as tables that a person reads on 80 columns and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kaizen_schedule_core.clock.times import utc_text
from kaizen_schedule_core.fleet.expected import FiringsOf, Slot
from kaizen_schedule_core.fleet.expected import manifest_firings as by_manifest
from kaizen_schedule_core.fleet.resolution import RepoOutcome, Resolution, ScheduledRun
from kaizen_schedule_core.fleet.status import RunStatus

from kaizen_schedule_cli.render.streams import plural
from kaizen_schedule_cli.render.tables import table

if TYPE_CHECKING:
    from kaizen_activity_defs.catalog import CatalogFirings

EXPLAIN_VERSION = "1"


def counts_text(resolution: Resolution) -> str:
    """How many repositories there are, and how many of them had each outcome."""
    counted = ", ".join(f"{number} {name}" for name, number in resolution.counts.items() if number)
    return f"{plural(len(resolution.outcomes), 'repository')}: {counted}"


def clock_name(firings: FiringsOf | None) -> str:
    """Which clock is meant: that of a catalog's definitions, or the manifests' own crons."""
    return "manifest" if firings is None else "catalog"


def explanation_text(resolution: Resolution, now: datetime, firings: CatalogFirings | None) -> str:
    """A row for every entry of the roster; with a catalog, below it one for every run and what fires it."""
    rows: list[tuple[str, str, str]] = []
    for outcome in resolution.outcomes:
        rows.append((outcome.repo, outcome.outcome, outcome.detail))
        if firings is not None:
            rows += [("", run.agent, _who_fires(run, outcome.domain, now, firings)) for run in outcome.runs]
    return table(("repo", "outcome", "why"), rows)


def _who_fires(run: ScheduledRun, domain: str | None, now: datetime, firings: CatalogFirings) -> str:
    [own] = by_manifest(run)
    mine = own.next(now)
    found = [(firing, firing.next(now)) for firing in firings(run)]
    if not found:
        return firings.why_not(run, domain=domain)
    told = [
        f"fires {_when(fire)} {firing.timezone} through {firing.definition}"
        for firing, fire in found
        if fire is not None
    ]
    if mine is not None and mine not in [fire for _, fire in found]:
        told.append(f"manifest says {_when(mine)} {run.timezone}, nothing fires then")
    return "; ".join(told) or "the definitions that select this never fire"


def _when(fire: datetime) -> str:
    return f"{fire:%a %H:%M}"


def explanation_json(resolution: Resolution, now: datetime, firings: FiringsOf | None) -> dict[str, object]:
    """The form of `roster explain` (contract section 13)."""
    return {
        "version": EXPLAIN_VERSION,
        "roster": {"source": resolution.source, "digest": resolution.digest, "repos": len(resolution.outcomes)},
        "counts": resolution.counts,
        "repos": [_outcome_json(outcome, now, firings) for outcome in resolution.outcomes],
    }


def _outcome_json(outcome: RepoOutcome, now: datetime, firings: FiringsOf | None) -> dict[str, object]:
    return {
        "repo": outcome.repo,
        "outcome": outcome.outcome,
        "detail": outcome.detail,
        "root": outcome.root,
        "runs": [
            {
                "agent": run.agent,
                "cadence": run.cadence,
                "cron": run.cron.text,
                "timezone": run.timezone,
                "fired_by": None if firings is None else _fired_by(run, now, firings),
            }
            for run in outcome.runs
        ],
    }


def _fired_by(run: ScheduledRun, now: datetime, firings: FiringsOf) -> list[dict[str, object]]:
    return [
        {
            "definition": firing.definition,
            "cron": firing.cron.text,
            "timezone": firing.timezone,
            "next": utc_text(fire) if (fire := firing.next(now)) else None,
        }
        for firing in firings(run)
    ]


def slots_text(slots: Sequence[Slot], firings: FiringsOf | None) -> str:
    """Which clock says so, then the expected runs by day."""
    rows = [
        (f"{slot.at:%a %Y-%m-%d %H:%M}{slot.at.isoformat()[19:]}", slot.repo, slot.agent, _slot_time(slot))
        for slot in slots
    ]
    return "\n".join([_clock_line(firings), "", table(("expected", "repo", "agent", "slot"), rows)])


def _slot_time(slot: Slot) -> str:
    return slot.slot.rpartition("/")[2]


def status_text(rows: Sequence[RunStatus], firings: FiringsOf | None) -> str:
    """Which clock says so, then how every agent of every repository stands; times in UTC."""
    cells = [(row.state, row.repo, row.agent, _moment(row.last_expected), _moment(row.last_recorded)) for row in rows]
    return "\n".join(
        [_clock_line(firings), "", table(("state", "repo", "agent", "expected (utc)", "recorded (utc)"), cells)]
    )


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else "-"


def _clock_line(firings: FiringsOf | None) -> str:
    if firings is None:
        return "By the manifests' own crons: give --catalog to go by the definitions that fire."
    return "By the enabled definitions of the catalog."
