"""Benchmarks, each one command that prints JSON. What they said is told in docs/performance.md."""
