"""The orientation bundle: gather, clean, fit to the budget, render and seal (ADR-009)."""

DEFAULT_MAX_BYTES = 65_536  # here, so that importing it loads no other module
