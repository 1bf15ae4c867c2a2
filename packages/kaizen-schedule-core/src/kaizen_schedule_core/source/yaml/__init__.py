"""Strict YAML with positions, and precise messages for the mistakes that people make in it (ADR-007)."""
