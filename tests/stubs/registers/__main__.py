"""Run the registers in the foreground until told to end."""

from __future__ import annotations

import argparse

from tests.stubs.registers import start
from tests.stubs.server import wait_for_signal


def main() -> None:
    """Read the port from the command line and serve."""
    parser = argparse.ArgumentParser(prog="tests.stubs.registers", description=__doc__)
    parser.add_argument("--port", type=int, default=8020)
    try:
        handle = start(parser.parse_args().port)
    except OSError as error:
        raise SystemExit(f"The registers cannot start: {error}") from None
    print(f"Registers at {handle.url}", flush=True)
    wait_for_signal()
    handle.stop()


if __name__ == "__main__":
    main()
