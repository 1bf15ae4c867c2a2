"""Benchmarks with limits, relative to other programs: `python -m benchmarks.startup`, `.validating`, `.fleet`."""
