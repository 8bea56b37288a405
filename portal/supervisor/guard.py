"""Ends what a killed supervisor left behind: `python guard.py`, told over standard input.

The kernel asks each child to end when the supervisor dies, but not the children's own
children, and it does not insist. This small process does. Lines `+12 2` and `-12` say that the
process group 12 of stage 2 came or went; when the supervisor is gone the input ends, and
groups still there are ended, highest stage first. Standard library only: it starts in no time.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

PATIENCE_SECONDS = 12.0


def alive(group: int) -> bool:
    """Whether a process group has a member that has not ended (one unreaped has)."""
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    if not Path("/proc/self/stat").exists():
        return True
    return any(_member(entry, group) for entry in Path("/proc").glob("[0-9]*"))


def _member(entry: Path, group: int) -> bool:
    try:
        fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return False
    return fields[0] not in {"Z", "X"} and int(fields[2]) == group


def end(groups: list[int]) -> None:
    """Ask the groups to end, wait, and kill what did not."""
    for number, patience in ((signal.SIGTERM, PATIENCE_SECONDS), (signal.SIGKILL, 2.0)):
        groups = [each for each in groups if alive(each)]
        for group in groups:
            _send(group, number)
        deadline = time.monotonic() + patience
        while any(map(alive, groups)) and time.monotonic() < deadline:
            time.sleep(0.05)


def _send(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except OSError:
        return


def main() -> None:
    """Keep the list until the input ends, then end what is on it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    stages: dict[int, int] = {}
    for line in sys.stdin:
        if line.startswith("+"):
            group, stage = map(int, line[1:].split())
            stages[group] = stage
        else:
            stages.pop(int(line[1:]), None)
    for stage in sorted(set(stages.values()), reverse=True):
        end([group for group, its in stages.items() if its == stage])


if __name__ == "__main__":
    main()
