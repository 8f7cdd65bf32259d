"""Benchmarks against the budgets of docs/benchmarks.md. `make bench` prints them all, `python -m bench units` one of them."""
