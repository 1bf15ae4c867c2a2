"""The `kaizen-agentic` command: a thin skin over kaizen-schedule-core and kaizen-activity-defs."""
