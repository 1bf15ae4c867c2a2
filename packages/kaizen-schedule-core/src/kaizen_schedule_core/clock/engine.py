"""The engines whose fires can be previewed, and their rules near clock changes (ADR-030)."""


class NoNextFire(Exception):
    """The engine does not find the next fire: it fails, or returns a fire again."""
