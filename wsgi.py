"""The WSGI entry point: `app`."""

import signal
import threading

from portal import create_app

# A server's new process inherits a handler that is not its own yet: asked to end while it still builds the
# app, it would not hear, and be waited for. The server sets its handler once the app is there.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

app = create_app()
