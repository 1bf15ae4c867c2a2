"""Strict YAML with positions, and specific messages for common mistakes (ADR-007)."""
