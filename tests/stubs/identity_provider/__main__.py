"""Run the provider in the foreground until told to end, with the contact register that its tokens open."""

from __future__ import annotations

import argparse

from werkzeug.middleware.dispatcher import DispatcherMiddleware

from tests.stubs import contact_register
from tests.stubs.identity_provider import Steps, create_app, read_personas
from tests.stubs.server import HOST, Handle, bind, wait_for_signal

REGISTER = "/kontaktregister"


def main() -> None:
    """Read the port from the command line and serve."""
    parser = argparse.ArgumentParser(prog="tests.stubs.identity_provider", description=__doc__)
    parser.add_argument("--port", type=int, default=8010)
    try:
        handle = _start(parser.parse_args().port)
    except OSError as error:
        raise SystemExit(f"The identity provider cannot start: {error}") from None
    print(f"Identity provider at {handle.url}", flush=True)
    wait_for_signal()
    handle.stop()


def _start(port: int) -> Handle:
    """Both at one origin: who a token belongs to is known in this process only."""
    steps = Steps(read_personas())
    register = contact_register.build(steps.logins.by_token)
    server = bind(DispatcherMiddleware(create_app(steps), {REGISTER: register}), port)
    steps.issuer = f"http://{HOST}:{server.port}"
    return Handle(server)


if __name__ == "__main__":
    main()
