"""`python -m bench [NAME …]`: all benchmarks, or those named. Exit 0 whatever they say: budgets are for people to look at."""

from __future__ import annotations

import sys

from bench import cold_start, forecast, handlers, mails, sending, units
from bench.figures import show

BENCHMARKS = {
    "units": ("DynamoDB request units, counted", units.figures),
    "handlers": ("API handlers, CPU of one request", handlers.figures),
    "mails": ("Mails, CPU of one", mails.figures),
    "sending": ("Local sending to files, a commit per mail", sending.figures),
    "forecast": ("A forecast of 30 days for 10,000 contacts", forecast.figures),
    "cold_start": ("The Lambda package, and a cold start from it", cold_start.figures),
}


def main(names: list[str]) -> int:
    """The exit code."""
    if unknown := set(names) - set(BENCHMARKS):
        sys.stderr.write(f"bench: there is no {min(unknown)}; there are {', '.join(BENCHMARKS)}.\n")
        return 2
    over = sum(
        show(*found)
        for name, (title, figures) in BENCHMARKS.items()
        if name in (names or BENCHMARKS)
        for found in [(title, figures())]
    )
    sys.stdout.write(f"\n{over} over budget.\n" if over else "\nAll within their budgets.\n")
    return 0


raise SystemExit(main(sys.argv[1:]))
