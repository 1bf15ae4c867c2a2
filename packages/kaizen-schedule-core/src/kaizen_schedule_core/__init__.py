"""The kaizen schedule contract: manifest, checks, clock, orientation bundle, fleet resolver.

This is the front door: what is named here is public, and everything else may move. A room is opened when something
of it is first asked for, so that a light use stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kaizen_schedule_core import codes as codes
    from kaizen_schedule_core.bundle.budget import DEFAULT_MAX_BYTES as DEFAULT_MAX_BYTES
    from kaizen_schedule_core.bundle.parts import Part as Part
    from kaizen_schedule_core.bundle.prepare import Bundle as Bundle
    from kaizen_schedule_core.bundle.prepare import prepare_bundle as prepare_bundle
    from kaizen_schedule_core.clock.cadence import CADENCES as CADENCES
    from kaizen_schedule_core.clock.cron import PORTABLE_DIALECT as PORTABLE_DIALECT
    from kaizen_schedule_core.clock.cron import Cron as Cron
    from kaizen_schedule_core.clock.cron import CronProblem as CronProblem
    from kaizen_schedule_core.clock.cron import parse_cron as parse_cron
    from kaizen_schedule_core.clock.fires import FIRING_DIALECT as FIRING_DIALECT
    from kaizen_schedule_core.clock.fires import fires as fires
    from kaizen_schedule_core.clock.fires import last_fire as last_fire
    from kaizen_schedule_core.clock.fires import next_fire as next_fire
    from kaizen_schedule_core.clock.times import parse_duration as parse_duration
    from kaizen_schedule_core.clock.times import parse_time as parse_time
    from kaizen_schedule_core.clock.times import utc_text as utc_text
    from kaizen_schedule_core.clock.zones import known_zones as known_zones
    from kaizen_schedule_core.clock.zones import load_zone as load_zone
    from kaizen_schedule_core.clock.zones import suggest_zone as suggest_zone
    from kaizen_schedule_core.clock.zones import tzdata_version as tzdata_version
    from kaizen_schedule_core.codes import CODES as CODES
    from kaizen_schedule_core.codes import Code as Code
    from kaizen_schedule_core.diagnostics import Diagnostic as Diagnostic
    from kaizen_schedule_core.diagnostics import Note as Note
    from kaizen_schedule_core.diagnostics import Severity as Severity
    from kaizen_schedule_core.diagnostics import Span as Span
    from kaizen_schedule_core.diagnostics import count as count
    from kaizen_schedule_core.diagnostics import diagnose as diagnose
    from kaizen_schedule_core.diagnostics import did_you_mean as did_you_mean
    from kaizen_schedule_core.diagnostics import has_errors as has_errors
    from kaizen_schedule_core.diagnostics import inert as inert
    from kaizen_schedule_core.diagnostics import quoted as quoted
    from kaizen_schedule_core.diagnostics import tidy as tidy
    from kaizen_schedule_core.errors import KaizenError as KaizenError
    from kaizen_schedule_core.errors import RosterError as RosterError
    from kaizen_schedule_core.fleet.resolution import OUTCOMES as OUTCOMES
    from kaizen_schedule_core.fleet.resolution import RepoOutcome as RepoOutcome
    from kaizen_schedule_core.fleet.resolution import Resolution as Resolution
    from kaizen_schedule_core.fleet.resolution import ScheduledRun as ScheduledRun
    from kaizen_schedule_core.fleet.resolver import (
        discover_kaizen_scheduled_repos as discover_kaizen_scheduled_repos,
    )
    from kaizen_schedule_core.fleet.resolver import resolve_roster as resolve_roster
    from kaizen_schedule_core.fleet.roster import Roster as Roster
    from kaizen_schedule_core.fleet.roster import RosterEntry as RosterEntry
    from kaizen_schedule_core.fleet.roster import load_roster as load_roster
    from kaizen_schedule_core.fleet.roster import roster_of as roster_of
    from kaizen_schedule_core.handoff import normal_root as normal_root
    from kaizen_schedule_core.handoff import prepare_command as prepare_command
    from kaizen_schedule_core.handoff import repo_name as repo_name
    from kaizen_schedule_core.handoff import session_close as session_close
    from kaizen_schedule_core.handoff import slot_id as slot_id
    from kaizen_schedule_core.manifest import MANIFEST_PATH as MANIFEST_PATH
    from kaizen_schedule_core.manifest import SCHEMA_PATH as SCHEMA_PATH
    from kaizen_schedule_core.manifest.finding import ManifestPlace as ManifestPlace
    from kaizen_schedule_core.manifest.finding import find_manifests as find_manifests
    from kaizen_schedule_core.manifest.finding import manifest_of as manifest_of
    from kaizen_schedule_core.manifest.json_schema import manifest_schema as manifest_schema
    from kaizen_schedule_core.manifest.loading import CheckedManifest as CheckedManifest
    from kaizen_schedule_core.manifest.loading import check_manifest as check_manifest
    from kaizen_schedule_core.manifest.loading import load_manifest as load_manifest
    from kaizen_schedule_core.manifest.model import AgentSchedule as AgentSchedule
    from kaizen_schedule_core.manifest.model import Manifest as Manifest
    from kaizen_schedule_core.manifest.opting_in import check_schema_file as check_schema_file
    from kaizen_schedule_core.manifest.opting_in import opt_in as opt_in
    from kaizen_schedule_core.manifest.rules import Surroundings as Surroundings
    from kaizen_schedule_core.manifest.scaffold import SCAFFOLD as SCAFFOLD
    from kaizen_schedule_core.manifest.scaffold import scaffold_files as scaffold_files
    from kaizen_schedule_core.manifest.scaffold import schema_text as schema_text
    from kaizen_schedule_core.repo.agents import AGENTS_FOLDER as AGENTS_FOLDER
    from kaizen_schedule_core.repo.agents import Agent as Agent
    from kaizen_schedule_core.repo.agents import RepositoryAgents as RepositoryAgents
    from kaizen_schedule_core.repo.agents import load_agent as load_agent
    from kaizen_schedule_core.repo.agents import packaged_agents as packaged_agents
    from kaizen_schedule_core.repo.agents import require_known as require_known
    from kaizen_schedule_core.repo.memory import Memory as Memory
    from kaizen_schedule_core.repo.memory import add_note as add_note
    from kaizen_schedule_core.repo.memory import init_memory as init_memory
    from kaizen_schedule_core.repo.memory import memory_path as memory_path
    from kaizen_schedule_core.repo.memory import no_memory as no_memory
    from kaizen_schedule_core.repo.memory import read_memory as read_memory
    from kaizen_schedule_core.repo.metrics import ExecutionRecord as ExecutionRecord
    from kaizen_schedule_core.repo.metrics import Recorded as Recorded
    from kaizen_schedule_core.repo.metrics import Summary as Summary
    from kaizen_schedule_core.repo.metrics import metrics_path as metrics_path
    from kaizen_schedule_core.repo.metrics import no_metrics as no_metrics
    from kaizen_schedule_core.repo.metrics import record_run as record_run
    from kaizen_schedule_core.repo.metrics import summarize as summarize
    from kaizen_schedule_core.repo.pointers import DOCUMENTS as DOCUMENTS
    from kaizen_schedule_core.repo.pointers import Pointer as Pointer
    from kaizen_schedule_core.repo.pointers import find_pointers as find_pointers
    from kaizen_schedule_core.repo.roots import repository_root as repository_root
    from kaizen_schedule_core.source.frontmatter import Frontmatter as Frontmatter
    from kaizen_schedule_core.source.frontmatter import parse_frontmatter as parse_frontmatter
    from kaizen_schedule_core.source.reading import MANIFEST_LIMIT as MANIFEST_LIMIT
    from kaizen_schedule_core.source.reading import decode as decode
    from kaizen_schedule_core.source.reading import locate_inside as locate_inside
    from kaizen_schedule_core.source.reading import os_problem as os_problem
    from kaizen_schedule_core.source.reading import read_file as read_file
    from kaizen_schedule_core.source.reading import read_inside as read_inside
    from kaizen_schedule_core.source.shape import read_model as read_model
    from kaizen_schedule_core.source.strict_yaml import Document as Document
    from kaizen_schedule_core.source.strict_yaml import parse_yaml as parse_yaml
    from kaizen_schedule_core.source.writing import write_file as write_file
    from kaizen_schedule_core.source.writing import write_inside as write_inside

_ROOMS: dict[str, tuple[str, ...]] = {
    "bundle.budget": ("DEFAULT_MAX_BYTES",),
    "bundle.parts": ("Part",),
    "bundle.prepare": (
        "Bundle",
        "prepare_bundle",
    ),
    "clock.cadence": ("CADENCES",),
    "clock.cron": (
        "PORTABLE_DIALECT",
        "Cron",
        "CronProblem",
        "parse_cron",
    ),
    "clock.fires": (
        "FIRING_DIALECT",
        "fires",
        "last_fire",
        "next_fire",
    ),
    "clock.times": (
        "parse_duration",
        "parse_time",
        "utc_text",
    ),
    "clock.zones": (
        "known_zones",
        "load_zone",
        "suggest_zone",
        "tzdata_version",
    ),
    "codes": (
        "CODES",
        "Code",
    ),
    "diagnostics": (
        "Diagnostic",
        "Note",
        "Severity",
        "Span",
        "count",
        "diagnose",
        "did_you_mean",
        "has_errors",
        "inert",
        "quoted",
        "tidy",
    ),
    "errors": (
        "KaizenError",
        "RosterError",
    ),
    "fleet.resolution": (
        "OUTCOMES",
        "RepoOutcome",
        "Resolution",
        "ScheduledRun",
    ),
    "fleet.resolver": (
        "discover_kaizen_scheduled_repos",
        "resolve_roster",
    ),
    "fleet.roster": (
        "Roster",
        "RosterEntry",
        "load_roster",
        "roster_of",
    ),
    "handoff": (
        "normal_root",
        "prepare_command",
        "repo_name",
        "session_close",
        "slot_id",
    ),
    "manifest": (
        "MANIFEST_PATH",
        "SCHEMA_PATH",
    ),
    "manifest.finding": (
        "ManifestPlace",
        "find_manifests",
        "manifest_of",
    ),
    "manifest.json_schema": ("manifest_schema",),
    "manifest.loading": (
        "CheckedManifest",
        "check_manifest",
        "load_manifest",
    ),
    "manifest.model": (
        "AgentSchedule",
        "Manifest",
    ),
    "manifest.opting_in": (
        "check_schema_file",
        "opt_in",
    ),
    "manifest.rules": ("Surroundings",),
    "manifest.scaffold": (
        "SCAFFOLD",
        "scaffold_files",
        "schema_text",
    ),
    "repo.agents": (
        "AGENTS_FOLDER",
        "Agent",
        "RepositoryAgents",
        "load_agent",
        "packaged_agents",
        "require_known",
    ),
    "repo.memory": (
        "Memory",
        "add_note",
        "init_memory",
        "memory_path",
        "no_memory",
        "read_memory",
    ),
    "repo.metrics": (
        "ExecutionRecord",
        "Recorded",
        "Summary",
        "metrics_path",
        "no_metrics",
        "record_run",
        "summarize",
    ),
    "repo.pointers": (
        "DOCUMENTS",
        "Pointer",
        "find_pointers",
    ),
    "repo.roots": ("repository_root",),
    "source.frontmatter": (
        "Frontmatter",
        "parse_frontmatter",
    ),
    "source.reading": (
        "MANIFEST_LIMIT",
        "decode",
        "locate_inside",
        "os_problem",
        "read_file",
        "read_inside",
    ),
    "source.shape": ("read_model",),
    "source.strict_yaml": (
        "Document",
        "parse_yaml",
    ),
    "source.writing": (
        "write_file",
        "write_inside",
    ),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "AGENTS_FOLDER",
    "CADENCES",
    "CODES",
    "DEFAULT_MAX_BYTES",
    "DOCUMENTS",
    "FIRING_DIALECT",
    "MANIFEST_LIMIT",
    "MANIFEST_PATH",
    "OUTCOMES",
    "PORTABLE_DIALECT",
    "SCAFFOLD",
    "SCHEMA_PATH",
    "Agent",
    "AgentSchedule",
    "Bundle",
    "CheckedManifest",
    "Code",
    "Cron",
    "CronProblem",
    "Diagnostic",
    "Document",
    "ExecutionRecord",
    "Frontmatter",
    "KaizenError",
    "Manifest",
    "ManifestPlace",
    "Memory",
    "Note",
    "Part",
    "Pointer",
    "Recorded",
    "RepoOutcome",
    "RepositoryAgents",
    "Resolution",
    "Roster",
    "RosterEntry",
    "RosterError",
    "ScheduledRun",
    "Severity",
    "Span",
    "Summary",
    "Surroundings",
    "add_note",
    "check_manifest",
    "check_schema_file",
    "codes",
    "count",
    "decode",
    "diagnose",
    "did_you_mean",
    "discover_kaizen_scheduled_repos",
    "find_manifests",
    "find_pointers",
    "fires",
    "has_errors",
    "inert",
    "init_memory",
    "known_zones",
    "last_fire",
    "load_agent",
    "load_manifest",
    "load_roster",
    "load_zone",
    "locate_inside",
    "manifest_of",
    "manifest_schema",
    "memory_path",
    "metrics_path",
    "next_fire",
    "no_memory",
    "no_metrics",
    "normal_root",
    "opt_in",
    "os_problem",
    "packaged_agents",
    "parse_cron",
    "parse_duration",
    "parse_frontmatter",
    "parse_time",
    "parse_yaml",
    "prepare_bundle",
    "prepare_command",
    "quoted",
    "read_file",
    "read_inside",
    "read_memory",
    "read_model",
    "record_run",
    "repo_name",
    "repository_root",
    "require_known",
    "resolve_roster",
    "roster_of",
    "scaffold_files",
    "schema_text",
    "session_close",
    "slot_id",
    "suggest_zone",
    "summarize",
    "tidy",
    "tzdata_version",
    "utc_text",
    "write_file",
    "write_inside",
]


def __getattr__(name: str) -> Any:
    """Open the room of a public name when it is first asked for."""
    if name not in _ROOM_OF:
        if name == "codes":
            return import_module("kaizen_schedule_core.codes")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"kaizen_schedule_core.{_ROOM_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names."""
    return __all__
