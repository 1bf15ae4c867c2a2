"""Agent sessions: start a command, wait for it, and record how it ended."""

SESSION_VARIABLE = "KAIZEN_SESSION_ID"
"""The environment variable with the id of the session, for the command of a run."""
