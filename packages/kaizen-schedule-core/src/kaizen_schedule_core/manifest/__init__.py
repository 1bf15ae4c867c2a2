"""Floor 2: the manifest `.kaizen/schedule.yml`: its model, its rules, loading, scaffold and JSON Schema."""

MANIFEST_PATH = ".kaizen/schedule.yml"
SCHEMA_PATH = ".kaizen/schedule.schema.json"
