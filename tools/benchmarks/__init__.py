"""Benchmarks against floors and peers, each a process of its own: `python -m benchmarks.startup` and so on."""
