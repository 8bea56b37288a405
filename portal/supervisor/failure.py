"""The one kind of failure the supervisor explains instead of showing a traceback."""


class StartError(Exception):
    """Something outside the portal stops it; the message is one line: what, and what to do."""
