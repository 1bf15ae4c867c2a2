"""The manifest `.kaizen/schedule.yml`: model, rules, loading, scaffold and JSON Schema."""

from kaizen_schedule_core.files.reading import KIB

MANIFEST_LIMIT = 256 * KIB
