"""An OpenID provider for development and tests, where one picks which invented person to be.

`start()` runs it in a thread; `python -m tests.stubs.identity_provider --port 8010` in the foreground.
"""

from __future__ import annotations

from tests.stubs.identity_provider.app import create_app
from tests.stubs.identity_provider.personas import Persona, read_personas
from tests.stubs.identity_provider.steps import CLIENTS, Steps
from tests.stubs.server import HOST, Handle, bind

__all__ = ["CLIENTS", "Persona", "Steps", "create_app", "read_personas", "start"]


def start(port: int = 0, *, steps: Steps | None = None) -> Handle:
    """Run the provider in a thread; the handle's `url` is the issuer.

    `steps` may be a subclass of `Steps` that misbehaves. `OSError` if the port is taken.
    """
    steps = steps or Steps(read_personas())
    server = bind(create_app(steps), port)
    steps.issuer = f"http://{HOST}:{server.port}"
    return Handle(server)
