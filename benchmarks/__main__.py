"""`python -m benchmarks`: every figure as a ratio to a baseline in the same run. 1.0 is as fast."""

from __future__ import annotations

import platform
import sys
import time

from benchmarks.applications import applications
from benchmarks.lists import lists
from benchmarks.logins import logins
from benchmarks.pages import access, pages
from benchmarks.portals import running
from benchmarks.queue import queue
from benchmarks.registrations import registrations
from benchmarks.rights import rights


def main() -> None:
    """Build portals with demo data and print the figures: all of them, or the parts named as arguments."""
    every = {"logins", "pages", "lists", "queue", "rights", "registrations", "applications"}
    wanted = set(sys.argv[1:]) or every
    began = time.monotonic()
    print(f"Python {platform.python_version()}, {platform.machine()}; ratio 1.0 is as fast as the baseline")
    with running() as (cluster, portal):
        if "pages" in wanted:
            access(portal)
            pages(portal)
        if "logins" in wanted:
            logins(portal)
        if "lists" in wanted:
            lists(cluster, portal)
        if "rights" in wanted:
            rights(cluster, portal)
        if "queue" in wanted:
            queue(cluster, portal)
    if "registrations" in wanted:
        registrations()
    if "applications" in wanted:
        applications()
    print(f"\n{time.monotonic() - began:.0f} seconds in all")


if __name__ == "__main__":
    main()
