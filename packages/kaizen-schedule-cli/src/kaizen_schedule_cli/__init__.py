"""The `kaizen-agentic` command: the command line of kaizen-schedule-core and kaizen-activity-defs."""
