"""The WSGI entry point of the breakable portal: the real one, after it was made breakable."""

import signal

signal.signal(signal.SIGTERM, signal.SIG_DFL)  # as `wsgi.py` does first of all

from tests.e2e.broken_app import weaken  # noqa: E402

weaken()

from wsgi import app  # noqa: E402, F401
