"""Run the mail catcher in the foreground until told to end."""

from __future__ import annotations

import argparse

from tests.stubs.mail import start
from tests.stubs.server import wait_for_signal


def main() -> None:
    """Read the ports from the command line and serve."""
    parser = argparse.ArgumentParser(prog="tests.stubs.mail", description=__doc__)
    parser.add_argument("--smtp-port", type=int, default=8025)
    parser.add_argument("--http-port", type=int, default=8026)
    given = parser.parse_args()
    try:
        handle = start(given.smtp_port, given.http_port)
    except OSError as error:
        raise SystemExit(f"The mail catcher cannot start: {error}") from None
    print(f"Mail at {handle.url}", flush=True)
    wait_for_signal()
    handle.stop()


if __name__ == "__main__":
    main()
