"""The JSON Schema of the manifest, made from its models."""

import json

from kaizen_schedule_core.manifest.model import ManifestFile


def manifest_schema() -> str:
    """Return the JSON Schema of the manifest as text, for editors and other validators.

    Keys that start with x- are allowed, except for agent names.
    """
    schema = ManifestFile.model_json_schema()
    for part in (schema, *schema["$defs"].values()):
        part["patternProperties"] = {"^x-": True}
    schema["properties"]["agents"]["additionalProperties"] = False
    del schema["$defs"]["AgentEntry"]["properties"]["cron"]["default"]
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "kaizen schedule manifest",
        "description": "Which kaizen agents run in a repository, and when (.kaizen/schedule.yml).",
    }
    # The id of the first release, of which repositories have copies.
    return json.dumps({**schema, **head}, indent=2, sort_keys=True).replace("AgentEntry", "AgentSchedule") + "\n"
