"""The kaizen schedule contract: manifest, checks, clock, orientation bundle, fleet resolver.

This is the front door: what is named here is public, and everything else may move. A room is opened when something
of it is first asked for, so that a light use stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_ROOMS = {
    "bundle": "DEFAULT_MAX_BYTES",
    "bundle.parts": "Part",
    "bundle.prepare": "Bundle prepare_bundle",
    "clock.cadence": "CADENCES DEFAULT_TIMEZONE",
    "clock.cron": "PORTABLE_DIALECT Cron parse_cron",
    "clock.field": "CronProblem",
    "clock.fires": "FIRING_DIALECT fires last_fire next_fire",
    "clock.preview": "PreviewedFire preview",
    "clock.times": "parse_duration parse_moment parse_time utc_text",
    "clock.zones": "known_zones load_zone suggest_zone tzdata_version zone_hint",
    "codes": "CODES Code",
    "diagnostics": "Diagnostic Note Severity Span count diagnose did_you_mean has_errors inert quoted tidy",
    "errors": "KaizenError RosterError",
    "events": "PREPARED_SUBJECT PreparedEvent event_id prepared_event prepared_schema",
    "fleet.credentials": "basic_authorization",
    "fleet.expected": "Firing FiringsOf SLOT_LIMIT Slot expected_slots manifest_firings",
    "fleet.guard": "FleetSize fleet_size guard_fleet",
    "fleet.hub": "HUB_TIMEOUT is_hub_url load_hub",
    "fleet.resolution": "OUTCOMES RepoOutcome Resolution ScheduledRun",
    "fleet.resolver": "discover_kaizen_scheduled_repos read_roster resolve_roster",
    "fleet.roster": "Roster RosterEntry load_roster roster_of",
    "fleet.status": "RUN_STATES TROUBLE RunStatus fleet_status",
    "handoff": "SLUG_PATTERN is_slug normal_root prepare_command repo_name session_close slot_id",
    "manifest": "MANIFEST_PATH SCHEMA_PATH",
    "manifest.finding": "ManifestPlace find_manifests manifest_of",
    "manifest.json_schema": "manifest_schema",
    "manifest.loading": "CheckedManifest check_manifest load_manifest",
    "manifest.model": "AgentSchedule Manifest",
    "manifest.opting_in": "check_schema_file opt_in",
    "manifest.planning": "BootstrapCadence Engagement Stagger plan_manifest",
    "manifest.rules": "Surroundings",
    "manifest.scaffold": "SCAFFOLD company_files schema_text",
    "repo.agents": "AGENTS_FOLDER Agent RepositoryAgents load_agent packaged_agents require_known unusable_agents",
    "repo.memory": "Memory add_note init_memory memory_path no_memory read_memory",
    "repo.metrics": "ExecutionRecord Summary metrics_path no_metrics summarize",
    "repo.pointers": "DOCUMENTS Pointer find_pointers",
    "repo.recording": "Recorded record_run",
    "repo.roots": "repository_root",
    "source.complaints": "in_words",
    "source.document": "Document",
    "source.frontmatter": "parse_frontmatter",
    "source.reading": (
        "DEFINITION_LIMIT MANIFEST_LIMIT ROSTER_LIMIT locate_inside near_name os_problem read_file read_inside "
        "read_prefix"
    ),
    "source.shape": "read_model",
    "source.strict_yaml": "parse_yaml",
    "source.text": "decode",
    "source.writing": "append_line locked require_writable temporary_prefix write_file write_inside",
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names.split()}

_WHOLE_ROOMS = ("codes", "conformance")

__all__ = sorted([*_ROOM_OF, *_WHOLE_ROOMS])  # noqa: PLE0605 - it is a list, of the table above


def __getattr__(name: str) -> Any:
    """Open the room of a public name when it is first asked for."""
    if name in _WHOLE_ROOMS:
        return import_module(f"kaizen_schedule_core.{name}")
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"kaizen_schedule_core.{_ROOM_OF[name]}"), name)
    globals()[name] = value
    return value
