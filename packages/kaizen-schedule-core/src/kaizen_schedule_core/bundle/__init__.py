"""The orientation bundle: gather, clean, fit to the budget, render, seal (ADR-009)."""

DEFAULT_MAX_BYTES = 65_536  # here, so that importing it loads nothing else
