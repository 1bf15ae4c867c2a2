"""The prose check: proselint with the style of this project, over docs, messages and docstrings (ADR-019)."""
