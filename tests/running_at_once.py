"""Two use cases at the same moment, each as a request of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from flask import Flask

from portal.database import db


def at_once(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """Run at once; gives what each gave or raised."""
    start = threading.Barrier(len(acts))
    came: list[object] = [None] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                came[index] = act()
            except Exception as error:
                came[index] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return came
