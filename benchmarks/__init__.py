"""Benchmarks: each is one command that prints JSON. Figures of one run stand beside each other; see docs/performance.md."""
