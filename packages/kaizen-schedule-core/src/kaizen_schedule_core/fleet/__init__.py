"""Floor 3: the roster, the resolver, and an outcome for every entry (ADR-005, ADR-010)."""
