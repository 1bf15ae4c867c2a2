"""The roster, the resolver, expected runs and their status (ADR-005, ADR-010)."""
