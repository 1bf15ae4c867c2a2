"""Floor 3: the orientation bundle: gather, clean, fit to the budget, render, seal (ADR-009)."""
